"""The workbook in which a hospital fills in what the documents leave to it: a line a value.

Sheet `parameters`: one line a parameter, or one for each key of a table; sheet `scales`: one line
a band. Meaning, clause, unit, kind and choices stand beside each; values that hold already are
filled in, so that the workbook can be changed and handed in again. `decisions.read_decisions`
reads it back.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from hpf.core.errors import Text
from hpf.core.formula.tree import MODES, Rounding
from hpf.core.parameters import Dated, Parameter, Scalar, ScaleValue
from hpf.core.program import Program
from hpf.intake.atomic import write_bytes
from hpf.intake.meta import CHOICES, HOW_TO_FILL
from hpf.intake.styles import Styles
from hpf.intake.template import must

PARAMETERS, SCALES = "parameters", "scales"
COLUMNS = {  # code -> its name below
    "scheme": Text("方案", "Scheme"),
    "parameter": Text("参数", "Parameter"),
    "key": Text("键", "Key"),
    "name": Text("名称", "Name"),
    "meaning": Text("说明", "Meaning"),
    "clause": Text("条款", "Clause"),
    "unit": Text("单位", "Unit"),
    "kind": Text("填什么", "Kind of value"),
    "printed": Text("文件规定", "In the document"),
    "value": Text("取值", "Value"),
    "since": Text("起用日期", "From"),
    "reason": Text("依据（会议、文件）", "Reason (resolution, document)"),
}
BANDS = {
    **{code: COLUMNS[code] for code in ("scheme", "parameter", "name", "meaning", "clause")},
    "unit": Text("单位（档限 → 标准）", "Unit (of the bounds → of the rate)"),
    "low": Text("下限（空：不限）", "From (empty: open)"),
    "low_in": Text("含下限", "Bound included"),
    "high": Text("上限（空：不限）", "To (empty: open)"),
    "high_in": Text("含上限", "Bound included"),
    "rate": Text("标准", "Rate"),
    "since": COLUMNS["since"],
    "reason": COLUMNS["reason"],
}
_WIDTHS = {"name": 24, "meaning": 48, "reason": 40, "kind": 22, "parameter": 26, "value": 16}
_YES_NO = {"zh": ("是", "否"), "en": ("yes", "no")}
_RULES = (
    Text(
        "这里列出文件留给医院决定的各项。请填取值、起用日期和依据；深色列名为必填。",
        "These are what the documents leave to the hospital. Fill in value, date and reason; "
        "columns with dark headings are required.",
    ),
    Text(
        "尚未决定的一项留空即可，以后再交。留空不等于零。",
        "Leave empty what is not decided yet, and hand it in later. Empty is not zero.",
    ),
    Text(
        "从某日起改变：另加一行，写新的取值、起用日期和依据；不要改旧的一行。",
        "To change a value from a day on, add a line with the new value, day and reason; leave the "
        "old line as it is.",
    ),
    Text(
        "表格类参数每个键一行；同一组的日期要相同。分档在 scales 表，每档一行，从低到高。",
        "A table has a line a key, all of one day. Scales stand in their own sheet, a line a band, "
        "lowest first.",
    ),
)


class Asked(NamedTuple):
    """A parameter to be filled in, with the values that hold already."""

    scheme: str
    parameter: Parameter
    held: tuple[Dated, ...] = ()


def asked_of(
    programs: Mapping[str, Program],
    held: Mapping[str, Mapping[str, tuple[Dated, ...]]],
    *,
    everything: bool = False,
) -> list[Asked]:
    """What the workbook asks for: required parameters, or all; held: scheme -> name -> values."""
    return [
        Asked(code, parameter, held.get(code, {}).get(name, ()))
        for code, program in programs.items()
        for name, parameter in program.parameters.items()
        if everything or parameter.required
    ]


def write_decisions(path: Path, asked: Sequence[Asked], since: dt.date, lang: str = "zh") -> None:
    """Write the workbook, atomically. since: the day that is filled in where nothing holds yet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    _Sheets(book, since, "zh" if lang.startswith("zh") else "en").write(asked)
    book.close()
    write_bytes(path, out.getvalue())


class _Sheets:
    def __init__(self, book: Any, since: dt.date, lang: str) -> None:
        self.book, self.since, self.lang = book, since, lang
        self.styles = Styles(book)
        self.lists: list[Sequence[str]] = []

    def write(self, asked: Sequence[Asked]) -> None:
        guide = self.book.add_worksheet(HOW_TO_FILL)
        sheet = self.book.add_worksheet(PARAMETERS)
        bands = self.book.add_worksheet(SCALES)
        hidden = self.book.add_worksheet(CHOICES)
        self._guide(guide)
        self.yes_no = self._list("yes_no", _YES_NO[self.lang])
        self._heads(sheet, COLUMNS, ("value", "since", "reason"))
        self._heads(bands, BANDS, ("low_in", "high_in", "rate", "since", "reason"))
        row = band = 2
        for one in asked:
            if one.parameter.kind == "scale":
                band = self._scale(bands, band, one)
            else:
                row = self._parameter(sheet, row, one)
        for column, items in enumerate(self.lists):
            for at, item in enumerate(items):
                hidden.write_string(at, column, item)
        hidden.hide()
        sheet.activate()

    def _guide(self, sheet: Any) -> None:
        sheet.hide_gridlines(2)
        title = Text("由医院决定的参数", "What the hospital decides").say(self.lang)
        sheet.write_string(0, 0, title, self.styles.title)
        for row, rule in enumerate(_RULES, 2):
            sheet.write_string(row, 0, rule.say(self.lang))
        sheet.set_column(0, 0, 100)

    def _heads(self, sheet: Any, columns: Mapping[str, Text], required: Sequence[str]) -> None:
        for column, (code, names) in enumerate(columns.items()):
            style = self.styles.code if code in required else self.styles.optional_code
            sheet.write_string(0, column, code, style)
            sheet.write_string(1, column, names.say(self.lang), self.styles.name)
            sheet.set_column(column, column, _WIDTHS.get(code, 13))
        sheet.freeze_panes(2, 3)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)

    def _list(self, name: str, items: Sequence[str]) -> str:
        column = xlsxwriter.utility.xl_col_to_name(len(self.lists), col_abs=True)
        must(self.book.define_name(name, f"='{CHOICES}'!{column}$1:{column}${len(items)}"))
        self.lists.append(items)
        return name

    def _parameter(self, sheet: Any, row: int, one: Asked) -> int:
        parameter = one.parameter
        choices = ""
        if parameter.choices:
            called = [parameter.choice(c).say(self.lang) for c in parameter.choices]
            choices = self._list(f"choices_{len(self.lists)}", called)
        elif parameter.kind == "boolean":
            choices = self.yes_no
        for value, since, reason in _lines(one, self.since):
            for key in parameter.keys or ("",):
                single = value.get(key) if isinstance(value, Mapping) else value
                more = {"key": parameter.key(key).say(self.lang),
                        "printed": printed(one, key, self.lang)}  # fmt: skip
                self._words(sheet, row, one, COLUMNS, more)
                column = list(COLUMNS).index("value")
                if isinstance(single, str):
                    single = parameter.choice(single).say(self.lang)
                if single is not None:
                    self._value(sheet, row, column, single)
                if choices:
                    rule = {"validate": "list", "source": f"={choices}"}
                    must(sheet.data_validation(row, column, row, column, rule))
                self._dated(sheet, row, column + 1, since, reason)
                row += 1
        return row

    def _scale(self, sheet: Any, row: int, one: Asked) -> int:
        at = {code: column for column, code in enumerate(BANDS)}
        for value, since, reason in _lines(one, self.since):
            bands = value.bands if isinstance(value, ScaleValue) else (None, None, None)
            for band in bands:
                self._words(sheet, row, one, BANDS, {})
                for code in ("low_in", "high_in"):
                    rule = {"validate": "list", "source": f"={self.yes_no}"}
                    must(sheet.data_validation(row, at[code], row, at[code], rule))
                if band is not None:
                    for code, bound, included in (
                        ("low", band.low, band.low_in),
                        ("high", band.high, band.high_in),
                    ):
                        if bound is not None:
                            self._value(sheet, row, at[code], bound)
                            self._value(sheet, row, at[f"{code}_in"], included)
                    self._value(sheet, row, at["rate"], "fact" if band.rate is None else band.rate)
                self._dated(sheet, row, at["since"], since, reason)
                row += 1
        return row

    def _words(
        self, sheet: Any, row: int, one: Asked, columns: Mapping[str, Text], more: Mapping[str, str]
    ) -> None:
        parameter, lang = one.parameter, self.lang
        unit = parameter.unit.say(lang)
        if parameter.kind == "scale":
            unit = f"{parameter.input_unit.say(lang) or '—'} → {unit or '—'}"
        words = {
            "scheme": one.scheme,
            "parameter": parameter.name,
            "name": parameter.names.say(lang),
            "meaning": parameter.note.say(lang),
            "clause": parameter.clause,
            "unit": unit,
            "kind": kind(parameter).say(lang),
            **more,
        }
        for column, code in enumerate(columns):
            if code in words:
                must(sheet.write_string(row, column, words[code], self.styles.cell))

    def _dated(self, sheet: Any, row: int, column: int, since: dt.date, reason: str) -> None:
        day = dt.datetime.combine(since, dt.time())
        must(sheet.write_datetime(row, column, day, self.styles.date))
        if reason:
            must(sheet.write_string(row, column + 1, reason))

    def _value(self, sheet: Any, row: int, column: int, value: Scalar) -> None:
        if isinstance(value, bool):
            must(sheet.write_string(row, column, _YES_NO[self.lang][0 if value else 1]))
        elif isinstance(value, dt.date):
            day = dt.datetime.combine(value, dt.time())
            must(sheet.write_datetime(row, column, day, self.styles.date))
        else:  # numbers as text too: what is typed is what is read
            must(sheet.write_string(row, column, written(value), self.styles.as_text))


def _lines(one: Asked, since: dt.date) -> Iterator[tuple[Any, dt.date, str]]:
    for dated in sorted(one.held, key=lambda d: d.since):
        yield dated.value, dated.since, dated.reference  # what is handed in again, as it was
    if not one.held:
        yield None, since, ""


def printed(one: Asked, key: str, lang: str) -> str:
    """What the document says, if anything: it holds as long as the hospital is silent."""
    last = max(one.parameter.values, key=lambda d: d.since, default=None)
    if last is None:
        return ""
    value = last.value.get(key) if isinstance(last.value, Mapping) else last.value
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, str):
        return one.parameter.choice(value).say(lang)
    return "" if value is None else written(value)


def kind(parameter: Parameter) -> Text:
    """What is to be filled in, in words."""
    match parameter.kind:
        case "choice":
            called = [parameter.choice(c) for c in parameter.choices]
            return Text("选一项：" + "、".join(c.zh for c in called),
                        "one of: " + ", ".join(c.en for c in called))  # fmt: skip
        case "boolean":
            return Text("是或否", "yes or no")
        case "date":
            return Text("日期", "date")
        case "rounding":
            modes = ", ".join(MODES)
            return Text(
                f"取整：步长和方式，如 0.01 half_up；不取整写 exact（方式：{modes}）",
                f"step and mode, such as 0.01 half_up; exact for none (modes: {modes})",
            )
        case "scale":
            return Text("分档，每档一行", "bands, a line each")
    return Text("数字", "number")


def written(value: Scalar) -> str:
    """A value as a configuration writes it: `0.45`, `1/3`, `0.01 half_up`, a choice."""
    if isinstance(value, Rounding):
        return "exact" if not value.step else f"{written(value.step)} {value.mode}"
    if isinstance(value, Fraction):
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest != 1:
            return str(value)
        places = 0
        while (value * 10**places).denominator != 1:
            places += 1
        digits = str(abs(value.numerator * 10**places // value.denominator)).rjust(places + 1, "0")
        text = f"{digits[:-places]}.{digits[-places:]}" if places else digits
        return f"-{text}" if value < 0 else text
    return str(value)
