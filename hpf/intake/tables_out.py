"""Tables to hand on: sheets of one workbook, or a .csv each; exact, and no formula in any cell.

Numbers of a workbook are binary doubles: a figure with more digits than a double keeps is written
as text. In a .csv all digits stand.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from hpf.core.errors import HpfError
from hpf.intake.atomic import atomic_write
from hpf.intake.export import guarded, keeps, sheet_title
from hpf.intake.grid import trouble
from hpf.intake.styles import Styles
from hpf.intake.template import must

_MOST = 1_048_575  # rows of a worksheet, below its heading
Value = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class TableOut:
    """One table. name: of the sheet or file; rows are taken one after the other."""

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Value]]


def write_tables(path: Path, tables: Sequence[TableOut]) -> list[Path]:
    """Write `path` (.xlsx) with a sheet a table, or (.csv) a file a table beside it.

    All files or none. Raises OSError where they cannot be written, HpfError where a table is too
    long for a worksheet.
    """
    if path.suffix.lower() == ".xlsx":
        with atomic_write(path) as beside:
            _workbook(beside, tables, path)
        return [path]
    places = [path.with_name(f"{path.stem}-{t.name}{path.suffix}") for t in tables]
    if len(tables) == 1:
        places = [path]
    with ExitStack() as stack:
        for table, place in zip(tables, places, strict=True):
            beside = stack.enter_context(atomic_write(place))
            with beside.open("w", encoding="utf-8-sig", newline="") as file:
                writer = csv.writer(file, lineterminator="\r\n")
                writer.writerow([guarded(h) for h in table.heads])
                writer.writerows([_text(v) for v in row] for row in table.rows)
    return places


def _workbook(place: Path, tables: Sequence[TableOut], shown: Path) -> None:
    book = xlsxwriter.Workbook(str(place), {"constant_memory": True, "strings_to_formulas": False})
    style, taken = Styles(book), set[str]()
    for table in tables:
        sheet = book.add_worksheet(sheet_title(table.name, taken))
        for column, head in enumerate(table.heads):
            must(sheet.write_string(0, column, guarded(head), style.code))
            sheet.set_column(column, column, max(12, min(40, 2 * len(head) + 2)))
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(table.rows, 1):
            if number > _MOST:
                words = ("行数超过工作表的上限", "there are more rows than a worksheet has")
                cure = ("请导出为 csv", "Export it as csv")
                raise HpfError([trouble("too_many_rows", words, cure, f"{shown} [{table.name}]")])
            for column, value in enumerate(row):
                if isinstance(value, Decimal | int) and keeps(Decimal(value)):
                    must(sheet.write_number(number, column, value, style.general))
                elif value is not None:
                    must(sheet.write_string(number, column, _text(value)[:32_000], style.as_text))
    book.close()


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return guarded(value) if isinstance(value, str) else str(value)
