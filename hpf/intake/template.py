"""Templates: a workbook a hospital fills in, one sheet an entity, made from the declarations.

`read_facts` reads it back. Lists stand in a hidden sheet under names of their own, since a list
written into the rule of a drop-down is dropped without a word past 255 characters.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from hpf.core.entities import Link
from hpf.core.errors import Text
from hpf.core.facts import Facts, Table
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import guide
from hpf.intake.atomic import write_bytes
from hpf.intake.cells import FIRST_DAY, LAST_DAY
from hpf.intake.headings import NAME_HEADING
from hpf.intake.meta import CHOICES, HOW_TO_FILL, is_synthetic
from hpf.intake.numbers import DIGITS
from hpf.intake.reader import sheet_name
from hpf.intake.styles import Styles

ROWS = 2_000  # rows that lists and checks reach at least
SYNTHETIC = Text("合成数据，并非真实人员与金额", "synthetic data: no real people or amounts")
_YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}


def write_template(
    program: Program,
    period: Period,
    path: Path,
    *,
    facts: Facts | None = None,
    lang: str = "zh",
    synthetic: bool = False,
) -> None:
    """Write the workbook of a scheme for a period, atomically.

    facts: filled in already. lang: of second heading row, notes and drop-downs. synthetic: marks
    the workbook (facts read from a marked one keep the mark). Raises OSError when it cannot be
    written, ValueError when Excel would not hold what is declared.
    """
    synthetic = synthetic or (facts is not None and is_synthetic(facts.notices))
    # built in memory: nothing of it is on disk until it is whole
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    _Template(book, program, period, facts, lang).write(synthetic)
    book.close()
    write_bytes(path, out.getvalue())


class _Template:
    """One workbook on its way."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        program: Program,
        period: Period,
        facts: Facts | None,
        lang: str,
    ) -> None:
        self.book, self.program, self.period, self.facts = book, program, period, facts
        self.lang = "zh" if lang.startswith("zh") else "en"
        self.styles = Styles(book)
        self.entities = program.used_entities()
        self.last = ROWS + max((len(t.frame) for t in facts.tables.values()), default=0) if facts \
            else ROWS  # fmt: skip
        self.lists: list[Sequence[str]] = []

    def write(self, synthetic: bool) -> None:
        guide_sheet = self.book.add_worksheet(HOW_TO_FILL)
        sheets = {code: self.book.add_worksheet(sheet_name(code)) for code in self.entities}
        choices = self.book.add_worksheet(CHOICES)
        self._guide(guide_sheet, synthetic)
        self.yes_no = self._name("yes_no", _YES_NO[self.lang])
        for code, sheet in sheets.items():
            ids = f"'{sheet_name(code)}'!$A$3:$A${self.last + 2}"
            # only as far as there are ids: Excel lets anything pass where a list holds blanks
            count = f"MAX(1,COUNTA({ids}))"
            start = f"'{sheet_name(code)}'!$A$3"
            must(self.book.define_name(f"ids_{code}", f"=OFFSET({start},0,0,{count},1)"))
            self._entity(sheet, code)
        for column, items in enumerate(self.lists):
            for row, item in enumerate(items):
                choices.write_string(row, column, item)
        choices.hide()

    def _name(self, name: str, items: Sequence[str]) -> str:
        column = xlsxwriter.utility.xl_col_to_name(len(self.lists), col_abs=True)
        area = f"='{CHOICES}'!{column}$1:{column}${len(items)}"
        must(self.book.define_name(name, area))
        self.lists.append(items)
        return name

    def _guide(self, sheet: Any, synthetic: bool) -> None:
        style, program = self.styles, self.program
        sheet.hide_gridlines(2)
        sheet.write_string(0, 0, guide.bilingual(program.names), style.title)
        stated = [
            ("方案 Scheme", program.code),
            ("期间 Period", str(self.period)),
            ("版本 Version", program.version),
            ("依据 Document", program.document),
        ]
        if synthetic:
            stated.append(("合成数据 Synthetic", guide.bilingual(SYNTHETIC)))
        for row, (key, value) in enumerate(stated, 1):
            warn = style.warning if key.endswith("Synthetic") else None
            sheet.write_string(row, 0, key, warn or style.label)
            sheet.write_string(row, 1, value, warn or style.text)
        row = len(stated) + 2
        sheet.write_string(row, 0, "填表说明 How to fill in", style.section)
        for rule in guide.RULES:
            row += 1
            sheet.write_string(row, 0, rule.zh)
            row += 1
            sheet.write_string(row, 0, rule.en, style.quiet)
        row += 2
        for column, head in enumerate(guide.HEADS):
            sheet.write_string(row, column, guide.bilingual(head), style.code)
        indicators = [i for code in self.entities for i in program.of(code)]
        for number, indicator in enumerate(indicators, 1):
            line = guide.row(number, indicator, self.period, sheet_name(indicator.entity))
            for column, text in enumerate(line):
                sheet.write_string(row + number, column, text, style.cell)
        for column, width in enumerate((22, 18, 24, 24, 28, 18, 12, 36, 24, 16, 14, 18, 48)):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _entity(self, sheet: Any, code: str) -> None:
        links = [k for k in self.program.entities[code].links if k.to in self.entities]
        indicators = list(self.program.of(code))
        table = self.facts.tables.get(code) if self.facts else None
        self._column(sheet, 0, "id", NAME_HEADING["id"].say(self.lang), required=True)
        for column, link in enumerate(links, 1):
            self._link(sheet, column, link)
        name_at = len(links) + 1
        self._column(sheet, name_at, "name", NAME_HEADING["name"].say(self.lang), required=False)
        for column, indicator in enumerate(indicators, name_at + 1):
            self._indicator(sheet, column, indicator)
        sheet.freeze_panes(2, 1)
        sheet.set_landscape()
        sheet.repeat_rows(0, 1)
        if table is not None:
            self._fill(sheet, table, ["id", *(k.name for k in links), "name"], indicators)

    def _column(self, sheet: Any, column: int, code: str, name: str, *, required: bool) -> None:
        style = self.styles
        sheet.write_string(0, column, code, style.code if required else style.optional_code)
        sheet.write_string(1, column, name, style.name)
        width = max(len(code), sum(2 if ord(c) > 0x2E7F else 1 for c in name))
        sheet.set_column(column, column, min(40, max(10, width + 3)), style.as_text)

    def _link(self, sheet: Any, column: int, link: Link) -> None:
        self._column(
            sheet, column, link.name, link.names.say(self.lang), required=not link.optional
        )
        words = Text(
            f"填写 {sheet_name(link.to)} 表里的 id" + ("(可空)" if link.optional else ""),
            f"an id of sheet '{sheet_name(link.to)}'"
            + (" (may be empty)" if link.optional else ""),
        )
        must(sheet.write_comment(0, column, words.say(self.lang)))
        self._check(sheet, column, {"validate": "list", "source": f"=ids_{link.to}"}, words)

    def _indicator(self, sheet: Any, column: int, indicator: Indicator) -> None:
        name = guide.heading(indicator, self.lang)
        required = indicator.blank is Blank.REQUIRED
        self._column(sheet, column, indicator.code, name, required=required)
        comment = guide.note(indicator, self.period, self.lang)
        size = {"x_scale": 1.8, "y_scale": 0.4 + 0.25 * (comment.count("\n") + 1)}
        must(sheet.write_comment(0, column, comment, size))
        width = min(40, max(12, len(name) * 2 + 2, len(indicator.code) + 3))
        sheet.set_column(column, column, width, self.styles.of(indicator))
        rule = self._rule(indicator)
        if rule:
            words = guide.bounds(indicator)
            kind = guide.TYPES[indicator.type]
            self._check(
                sheet,
                column,
                rule,
                Text(f"请填{kind.zh} {words.zh}".rstrip(), f"a {kind.en} {words.en}".rstrip()),
            )

    def _rule(self, indicator: Indicator) -> dict[str, Any]:
        """The check Excel makes while somebody types; bounds as formulas, digit by digit."""
        match indicator.type:
            case Type.CHOICE:
                name = f"choices_{indicator.entity}_{indicator.code}"
                return {"validate": "list", "source": f"={self._name(name, indicator.choices)}"}
            case Type.BOOLEAN:
                return {"validate": "list", "source": f"={self.yes_no}"}
            case Type.DATE:
                between = {"criteria": "between", "minimum": FIRST_DAY, "maximum": LAST_DAY}
                return {"validate": "date", **between}
            case Type.DECIMAL | Type.INTEGER:
                kind = "decimal" if indicator.type is Type.DECIMAL else "integer"
                low = "-9999999999999999" if indicator.low is None else guide.plain(indicator.low)
                high = "9999999999999999" if indicator.high is None else guide.plain(indicator.high)
                between = {"criteria": "between", "minimum": f"={low}", "maximum": f"={high}"}
                return {"validate": kind, **between}
        return {}

    def _check(self, sheet: Any, column: int, rule: dict[str, Any], words: Text) -> None:
        title = {"zh": "填写有误", "en": "Please check"}[self.lang]
        text = words.say(self.lang)
        shown = text if len(text) <= 250 else text[:249] + "…"  # Excel holds 255
        options = {**rule, "ignore_blank": True, "error_title": title, "error_message": shown}
        must(sheet.data_validation(2, column, self.last + 1, column, options))

    def _fill(
        self, sheet: Any, table: Table, keys: Sequence[str], indicators: Sequence[Indicator]
    ) -> None:
        for column, code in enumerate((*keys, *(i.code for i in indicators))):
            if code not in table.frame.columns:
                continue
            for row, value in enumerate(table.frame[code].to_list(), 2):
                if value is not None:
                    self._value(sheet, row, column, value)

    def _value(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if isinstance(value, bool):
            must(sheet.write_string(row, column, _YES_NO[self.lang][0 if value else 1]))
        elif isinstance(value, Decimal):
            digits = value.normalize().as_tuple()
            if len(digits.digits) + max(0, int(digits.exponent)) > DIGITS:
                # more digits than a spreadsheet's number keeps: as text, which is read exactly
                must(sheet.write_string(row, column, f"{value:f}", self.styles.as_text))
            else:
                must(sheet.write_number(row, column, value))
        elif isinstance(value, dt.date):
            midnight = dt.datetime.combine(value, dt.time())
            must(sheet.write_datetime(row, column, midnight, self.styles.date))
        else:
            must(sheet.write_string(row, column, str(value)))


def must(returned: int) -> None:
    """xlsxwriter reports what it leaves out by a number alone: never let it pass."""
    if isinstance(returned, int) and returned < 0:
        raise ValueError(f"the workbook cannot hold what is written to it ({returned})")
