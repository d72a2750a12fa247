"""Results as a workbook to hand on: a sheet an entity, the seal, and what is to be told.

An Excel number is a binary double, so this is for reading and printing; the figures of record are
the strings in the JSON results. A figure with more digits than a double keeps is written as text.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.utility import xl_rowcol_to_cell  # type: ignore[import-untyped]  # as above

from hpf.core.errors import Problem
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.units import CNY
from hpf.core.values import Result
from hpf.intake.atomic import write_bytes
from hpf.intake.guide import bilingual
from hpf.intake.meta import is_synthetic
from hpf.intake.numbers import DIGITS
from hpf.intake.styles import Styles
from hpf.intake.template import SYNTHETIC, must

_FIRST = 3  # row of the first figures, from 0
_KIND_ORDER = ("pay", "total", "score", "grade", "requirement")
_KIND_NAMES = {
    "pay": "绩效 pay",
    "total": "合计 total",
    "score": "得分 score",
    "grade": "等级 grade",
    "requirement": "要求 requirement",
}
_DANGEROUS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")  # full width as well
_FORBIDDEN = str.maketrans("[]:*?/\\'", "        ")


def write_results(runs: Run | Sequence[Run], path: Path, *, synthetic: bool = False) -> None:
    """Write the results of one or several runs, atomically.

    synthetic: marks every sheet; runs on facts that were marked are marked in any case. Raises
    OSError when it cannot be written.
    """
    runs = [runs] if isinstance(runs, Run) else list(runs)
    out = io.BytesIO()  # nothing is on disk until it is whole
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    style = Styles(book)
    taken: set[str] = set()
    for run in runs:
        marked = synthetic or is_synthetic(run.checked.notices)
        for entity in run.program.used_entities():
            rules = _rules(run, entity)
            if rules:
                names = run.program.entities[entity].names
                title = names.zh if len(runs) == 1 else f"{run.program.names.zh} {names.zh}"
                sheet = book.add_worksheet(sheet_title(title, taken))
                _Results(sheet, style, run, entity, rules).write(marked)
    _seal(book.add_worksheet(sheet_title("封印 Seal", taken)), style, runs, synthetic)
    _told(book.add_worksheet(sheet_title("问题与提示 Problems", taken)), style, runs)
    book.close()
    write_bytes(path, out.getvalue())


def sheet_title(wanted: str, taken: set[str]) -> str:
    """A name a sheet may have, not in `taken` (which grows): 31 characters, none of []:*?/\\'."""
    base = " ".join(wanted.translate(_FORBIDDEN).split())[:31] or "Sheet"
    title, number = base, 1
    while title.lower() in taken:
        number += 1
        title = f"{base[: 31 - len(str(number)) - 1]} {number}"
    taken.add(title.lower())
    return title


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula, whatever it is pasted into or exported to."""
    return "'" + text if text.startswith(_DANGEROUS) else text


def _rules(run: Run, entity: str) -> list[Rule]:
    """Pay first, then totals, scores, grades, requirements, each as in the document."""
    known = run.evaluated.values.get(entity, {})
    rules = [r for r in run.program.rules if r.entity == entity and r.qualified in known]
    return sorted(rules, key=lambda r: (_KIND_ORDER.index(r.kind), r.order))


class _Results:
    """One entity's sheet: id, name, links' ids, then a column a rule, sums of pay below."""

    def __init__(
        self, sheet: Any, style: Styles, run: Run, entity: str, rules: Sequence[Rule]
    ) -> None:
        self.sheet, self.style, self.run, self.entity = sheet, style, run, entity
        self.rows, self.rules = run.checked.rows[entity], rules

    def write(self, synthetic: bool) -> None:
        sheet, style = self.sheet, self.style
        title = f"{bilingual(self.run.program.names)} · {self.run.period.say('zh')}"
        sheet.write_string(0, 0, guarded(title), style.section)
        if synthetic:
            sheet.write_string(0, 4, bilingual(SYNTHETIC), style.warning)
        texts = list(self._texts())
        for column, (code, name, values) in enumerate(texts):
            self._head(column, code, name)
            for row, value in enumerate(values, _FIRST):
                if value is not None:
                    must(sheet.write_string(row, column, guarded(value), style.as_text))
        for column, rule in enumerate(self.rules, len(texts)):
            self._rule(column, rule)
        end = _FIRST + len(self.rows)
        if any(r.kind in ("pay", "total") for r in self.rules):
            sheet.write_string(end, 0, "合计 Sum", style.total_text)
        sheet.freeze_panes(_FIRST, 2)
        sheet.set_landscape()
        sheet.repeat_rows(1, 2)

    def _texts(self) -> Iterator[tuple[str, str, list[str | None]]]:
        yield "id", "编号", self.rows.ids.to_list()
        yield "name", "名称", self.rows.names.to_list()
        for link in self.run.program.entities[self.entity].links:
            at = self.rows.links.get(link.name)
            if at is not None and link.to in self.run.checked.rows:
                ids: pl.Series = self.run.checked.rows[link.to].ids.gather(at)
                yield link.name, link.names.zh, ids.to_list()

    def _head(self, column: int, code: str, name: str) -> None:
        self.sheet.write_string(1, column, guarded(name), self.style.code)
        self.sheet.write_string(2, column, guarded(code), self.style.name)
        width = max(len(code), 2 * len(name))
        self.sheet.set_column(column, column, min(40, max(12, width + 2)))

    def _rule(self, column: int, rule: Rule) -> None:
        sheet, style = self.sheet, self.style
        unit = rule.unit.say("zh") if rule.type.is_number else ""
        self._head(column, rule.name, rule.names.zh + (f"({unit})" if unit else ""))
        words = f"{_KIND_NAMES[rule.kind]}\n{bilingual(rule.names)}\n{', '.join(rule.clauses)}"
        must(sheet.write_comment(1, column, words, {"x_scale": 1.8}))
        values = self.run.evaluated.values[self.entity][rule.qualified].to_list()
        bad = self.run.evaluated.bad.get(self.entity, {}).get(rule.qualified)
        number = style.pay if rule.unit == CNY else style.decimal
        for row, value in enumerate(values):
            if bad is not None and bad[row]:
                # never a blank, never a zero: a figure that could not be computed says so
                sheet.write_string(_FIRST + row, column, "有问题 problem", style.bad)
            elif value is not None:
                self._value(_FIRST + row, column, value, number)
        if rule.kind in ("pay", "total") and rule.type.is_number:
            self._sum(column, [v for v in values if isinstance(v, Decimal)])

    def _value(self, row: int, column: int, value: Result, number: object) -> None:
        sheet = self.sheet
        if isinstance(value, bool):
            must(sheet.write_string(row, column, "是" if value else "否"))
        elif isinstance(value, Decimal):
            if keeps(value):
                must(sheet.write_number(row, column, value, number))  # a double from here on
            else:
                must(sheet.write_string(row, column, f"{value.normalize():f}"))
        elif isinstance(value, dt.date):
            midnight = dt.datetime.combine(value, dt.time())
            must(sheet.write_datetime(row, column, midnight, self.style.date))
        else:
            must(sheet.write_string(row, column, guarded(value), self.style.as_text))

    def _sum(self, column: int, values: Sequence[Decimal]) -> None:
        """The sum as a formula, with the exact sum as its stored value."""
        total = sum(values, Decimal(0))
        end = _FIRST + len(self.rows)
        if not keeps(total) or not all(map(keeps, values)):
            self.sheet.write_string(end, column, f"{total.normalize():f}", self.style.total)
        elif len(self.rows):
            first = xl_rowcol_to_cell(_FIRST, column)
            area = f"{first}:{xl_rowcol_to_cell(end - 1, column)}"
            must(self.sheet.write_formula(end, column, f"=SUM({area})", self.style.total, total))


def keeps(value: Decimal) -> bool:
    """Whether a spreadsheet's number keeps all digits of a value."""
    digits = value.normalize().as_tuple()
    return len(digits.digits) + max(0, int(digits.exponent)) <= DIGITS


def _seal(sheet: Any, style: Styles, runs: Sequence[Run], synthetic: bool) -> None:
    row = 0
    for run in runs:
        facts = sorted(
            f"{t.source.file} [{t.source.sheet}]"
            for r in run.checked.rows.values()
            if (t := r.table) is not None and t.source is not None
        )
        lines = {
            "方案 Scheme": f"{run.program.code} {bilingual(run.program.names)}",
            "版本 Version": run.program.version,
            "期间 Period": str(run.period),
            "口径 Profile": run.profile,
            **{f"封印 {name}": value for name, value in run.seal.items()},
            "按零处理的空白 Blanks read as zero": str(run.checked.accepted_zeros),
            "事实来源 Facts": "; ".join(facts),
        }
        if synthetic or is_synthetic(run.checked.notices):
            lines["合成数据 Synthetic"] = bilingual(SYNTHETIC)
        for key, value in lines.items():
            sheet.write_string(row, 0, key, style.label)
            must(sheet.write_string(row, 1, guarded(value)[:32_000], style.as_text))
            row += 1
        row += 1
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 1, 80)


def _told(sheet: Any, style: Styles, runs: Sequence[Run]) -> None:
    heads = ("方案 Scheme", "级别 Severity", "位置 Place", "对象 Row", "项目 Name",
             "问题", "办法", "Problem", "Cure", "代码 Code")  # fmt: skip
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, style.code)
    row = 0
    for run in runs:
        for problem in (*run.problems, *run.checked.notices):
            row += 1
            for column, text in enumerate(_problem(run, problem)):
                must(sheet.write_string(row, column, guarded(text)[:32_000], style.cell))
    for column, width in enumerate((16, 10, 28, 16, 18, 44, 36, 44, 36, 26)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 0)


def _problem(run: Run, problem: Problem) -> tuple[str, ...]:
    severity = "提示 notice" if problem.severity == "notice" else "问题 problem"
    row = f"{problem.entity}:{problem.id}" if problem.id else problem.entity
    message, cure = problem.message, problem.cure
    return (run.program.code, severity, problem.place, row, problem.name, message.zh, cure.zh,
            message.en, cure.en, problem.code)  # fmt: skip
