"""A workbook of results: for people to read, filter and print; figures exact as computed."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from hpf.core.errors import Problem
from hpf.core.formula.words import value_words
from hpf.core.results import Run, as_json, plain
from hpf.core.values import Result
from hpf.intake.template import must
from hpf_cli.sheets import Column, Sheet, of_run, pay_tables
from hpf_cli.speech import Words

_DIGITS = 15  # a spreadsheet keeps no more of a number; longer ones are written as text
_PAY, _OTHER = "#,##0.00", "#,##0.######"


def results_workbook(run: Run, notices: Sequence[Problem], lang: str) -> bytes:
    """Sheets: pay (or scores) by entity, every result, parameters in force, notices, the run.

    Texts are always written as texts, so none can become a formula.
    """
    out = io.BytesIO()  # nothing of it is on disk until it is whole
    plain_texts = {f"strings_to_{kind}": False for kind in ("formulas", "urls", "numbers")}
    book = xlsxwriter.Workbook(out, {"in_memory": True, **plain_texts})
    writer = _Writer(book, lang)
    sheets = of_run(run)
    for sheet in pay_tables(sheets):
        label = Words("绩效", "pay") if sheet.pays else Words("结果", "results")
        writer.sheet(f"{sheet.names.say(lang)} {label.say(lang)}", sheet)
    writer.rows(
        Words("全部结果", "all results").say(lang),
        _heads(_RESULTS, lang),
        _lines(run),
    )
    writer.rows(
        Words("参数", "parameters").say(lang), _heads(_PARAMETERS, lang), _parameters(run, lang)
    )
    if notices:
        writer.rows(
            Words("提示", "notices").say(lang),
            _heads(_NOTICES, lang),
            [(n.place, n.message.say(lang)) for n in notices],
        )
    writer.rows(Words("本次计算", "run").say(lang), ("", ""), _about(run, lang))
    book.close()
    return out.getvalue()


_RESULTS = (
    Words("实体", "entity"),
    Words("编号", "id"),
    Words("规则", "rule"),
    Words("种类", "kind"),
    Words("数值", "value"),
    Words("单位", "unit"),
    Words("条款", "clause"),
)
_PARAMETERS = (
    Words("代码", "name"),
    Words("参数", "parameter"),
    Words("取值", "value"),
    Words("自", "from"),
    Words("由谁定", "origin"),
    Words("出处", "reference"),
    Words("条款", "clause"),
)
_NOTICES = (Words("位置", "place"), Words("提示", "notice"))


def _heads(words: Sequence[Words], lang: str) -> list[str]:
    return [w.say(lang) for w in words]


def _lines(run: Run) -> list[tuple[Any, ...]]:
    document = as_json(run)
    results = document["results"]
    assert isinstance(results, list)
    keys = ("entity", "id", "rule", "kind", "value", "unit", "clause")
    return [
        tuple(
            Decimal(line[k]) if k == "value" and line["value_type"] == "decimal" else line[k]
            for k in keys
        )
        for line in results
    ]


def _parameters(run: Run, lang: str) -> list[tuple[Any, ...]]:
    return [
        (
            name,
            r.parameter.names.say(lang),
            value_words(r.parameter, r.value, lang),
            r.dated.since,
            r.dated.origin,
            r.dated.reference,
            r.parameter.clause,
        )
        for name, r in sorted(run.parameters.items())
    ]


def _about(run: Run, lang: str) -> list[tuple[str, Result]]:
    program = run.program
    return [
        (Words("方案", "scheme").say(lang), f"{program.names.say(lang)} ({program.code})"),
        (Words("版本", "version").say(lang), program.version),
        (Words("文件", "document").say(lang), program.document),
        (Words("周期", "period").say(lang), str(run.period)),
        (
            Words("按零处理的空白", "blanks read as zero").say(lang),
            Decimal(run.checked.accepted_zeros),
        ),
        *((f"seal {k}" if k != "seal" else k, v) for k, v in run.seal.items()),
    ]


class _Writer:
    """Draws sheets in one manner."""

    def __init__(self, book: xlsxwriter.Workbook, lang: str) -> None:
        self.book, self.lang = book, lang
        self.head = book.add_format(
            {"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"}
        )
        self.day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self.bold = book.add_format({"bold": True, "top": 1})
        self.formats = {f: book.add_format({"num_format": f}) for f in (_PAY, _OTHER)}
        self.sums = book.add_format({"num_format": _PAY, "bold": True, "top": 1})
        self.used: set[str] = set()

    def _add(self, title: str) -> Any:
        name = "".join(c for c in title if c not in "[]:*?/\\'")[:31]
        while name.lower() in self.used:
            name = name[:28] + f" {len(self.used)}"
        self.used.add(name.lower())
        sheet = self.book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        return sheet

    def rows(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A plain list; widths by what stands in it."""
        sheet = self._add(title)
        widths = [_width(h) for h in heads]
        for column, head in enumerate(heads):
            must(sheet.write_string(0, column, head, self.head))
        for at, row in enumerate(rows, 1):
            for column, value in enumerate(row):
                self._cell(sheet, at, column, value, self.formats[_OTHER])
                widths[column] = max(widths[column], _width(value))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + 2, 60))
        if rows and heads[0]:
            sheet.autofilter(0, 0, len(rows), len(heads) - 1)

    def sheet(self, title: str, table: Sheet) -> None:
        """One entity's results with a line of sums under pay."""
        sheet = self._add(title)
        words = (Words("编号", "ID"), Words("名称", "Name"))
        for column, word in enumerate(words):
            must(sheet.write_string(0, column, word.say(self.lang), self.head))
        for column, head in enumerate(table.columns, 2):
            must(sheet.write_string(0, column, _heading(head, self.lang), self.head))
        for at, (id, name, values) in enumerate(table.rows, 1):
            must(sheet.write_string(at, 0, id))
            must(sheet.write_string(at, 1, name))
            for column, (value, head) in enumerate(zip(values, table.columns, strict=True), 2):
                self._cell(sheet, at, column, value, self.formats[_PAY if head.pay else _OTHER])
        below = len(table.rows) + 1
        if table.pays and len(table.rows) > 1:
            must(sheet.write_string(below, 0, Words("合计", "Total").say(self.lang), self.bold))
            must(sheet.write_blank(below, 1, None, self.bold))
            for column in range(len(table.columns)):
                total = table.total(column)
                if total is not None:
                    self._cell(sheet, below, column + 2, total, self.sums)
        sheet.set_column(0, 1, 14)
        sheet.set_column(2, len(table.columns) + 1, 16)
        sheet.freeze_panes(1, 2)

    def _cell(self, sheet: Any, row: int, column: int, value: Any, number: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            must(sheet.write_boolean(row, column, value))
        elif isinstance(value, Decimal):
            text = str(plain(value))
            if len(text.lstrip("-").replace(".", "").lstrip("0")) > _DIGITS:
                must(sheet.write_string(row, column, text))
            else:
                must(sheet.write_number(row, column, value, number))  # digits as they are, no float
        elif isinstance(value, dt.date):
            must(sheet.write_datetime(row, column, dt.datetime.combine(value, dt.time()), self.day))
        else:
            must(sheet.write_string(row, column, str(value)))


def _heading(column: Column, lang: str) -> str:
    unit = column.unit.say(lang)
    return column.names.say(lang) + (f"\n{unit}" if unit else "")


def _width(value: Any) -> int:
    return sum(2 if ord(c) > 0x2E80 else 1 for c in str(value))
