"""Lists as files: a workbook, or CSV that Excel opens in Chinese; no cell is ever a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from flask import Response

from hpf.core.errors import Text
from hpf.intake.export import guarded, keeps, sheet_title
from hpf.intake.template import must
from hpf.portal.language import language, say
from hpf.storage.cycles import CHINA

EXPORTS = ("xlsx", "csv")
_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_LONGEST = 32_000  # characters of a cell; Excel ends at 32,767


def exported(
    kind: str, name: str, title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Response:
    """A download. kind: one of EXPORTS; name: of the file; title: of the sheet."""
    write = _workbook if kind == "xlsx" else _csv
    answer = Response(write(title, heads, rows), mimetype=_TYPES[kind])
    answer.headers["Content-Disposition"] = f"attachment; filename={name}.{kind}"
    return answer


def _csv(_title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(map(guarded, heads))
    for row in rows:
        writer.writerow(guarded(_text(value)) for value in row)
    return out.getvalue().encode("utf-8-sig")  # without the mark Excel takes it for another code


def _workbook(title: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(sheet_title(title, set()))
    head = book.add_format({"bold": True, "bottom": 1})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, name in enumerate(heads):
        must(sheet.write_string(0, column, guarded(name), head))
    sheet.set_column(0, max(len(heads) - 1, 0), 18)
    sheet.freeze_panes(1, 0)
    for at, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            if _is_number(value):
                must(sheet.write_number(at, column, value))
            elif isinstance(value, dt.date) and not isinstance(value, dt.datetime):
                midnight = dt.datetime.combine(value, dt.time())
                must(sheet.write_datetime(at, column, midnight, day))
            elif said := guarded(_text(value)):
                must(sheet.write_string(at, column, said[:_LONGEST]))
    book.close()
    return out.getvalue()


def _is_number(value: Any) -> bool:
    """Whether a spreadsheet's number keeps a cell as it is."""
    if isinstance(value, Decimal):
        return keeps(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _text(value: Any) -> str:
    """A cell as a file keeps it: what there is none of stays blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return say(("是", "yes") if value else ("否", "no"))
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Text):
        return value.say(language())
    return str(value)
