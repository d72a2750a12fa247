"""A plain list: one sheet (or one CSV file), a line of headings, a line a row. What is wrong with
it is told by cell.

    lines = read_list(path, (Column("code", ("编号", "code")), Column("day", ("日期",), "date")))
    lines[0].cells["code"], lines[0].place("code")      # 'E01', 'pool.xlsx [Sheet1] A2'
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hpf.core.errors import HpfError, Problem, Text
from hpf.intake.cells import marked, read_date, shown_cell
from hpf.intake.csvs import read_table
from hpf.intake.grid import Cell, Grid, Mark
from hpf.intake.workbooks import open_book

MOST = 20_000  # lines


@dataclass(frozen=True, slots=True)
class Column:
    """A column. names: what its heading may say, the usual one first; kind: text or date;
    needed: whether the heading must be there."""

    code: str
    names: tuple[str, ...]
    kind: str = "text"
    needed: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A line. cells: text by column, a date as 2026-10-14, '' for blank or no such column."""

    cells: Mapping[str, str]
    places: Mapping[str, str]

    def place(self, code: str) -> str:
        """The cell: `pool.xlsx [Sheet1] A2`."""
        return self.places[code]


def read_list(path: Path, columns: Sequence[Column]) -> list[Line]:
    """The lines of the first sheet that has the headings; blank lines are left out.

    Raises HpfError with all that is wrong: the file itself, headings that are missing or stand
    twice, cells that cannot be read.
    """
    grid = _grid(path, columns)
    at = _headings(grid, columns)
    found: list[Line] = []
    wrong: list[Problem] = []
    for row in range(1, len(grid.rows)):
        cells = grid.rows[row]
        if all(cell is None or str(cell).strip() == "" for cell in cells):
            continue
        text, places = {}, {}
        for column in columns:
            index = at.get(column.code)
            places[column.code] = grid.place(row, index)
            text[column.code] = ""
            if index is not None:
                read = _read(cells[index], column.kind, places[column.code])
                if isinstance(read, Problem):
                    wrong.append(read)
                else:
                    text[column.code] = read
        found.append(Line(text, places))
    if len(found) > MOST:
        message = Text(f"有 {len(found)} 行，最多 {MOST} 行", f"{len(found)} lines of {MOST}")
        wrong.append(Problem("list.long", message, Text("请分成几份", "Split it"), grid.place()))
    if not found:
        message = Text("表里没有内容", "the list is empty")
        cure = Text("标题之下每行一条", "One line a row under the headings")
        wrong.append(Problem("list.empty", message, cure, grid.place()))
    if wrong:
        raise HpfError(wrong)
    return found


def _grid(path: Path, columns: Sequence[Column]) -> Grid:
    if path.suffix.lower() == ".csv":
        try:
            read = read_table(path.read_bytes(), path.name, path.stem)
        except OSError as error:
            why = error.strerror or str(error)
            message = Text(f"无法读取（{why}）", f"it cannot be read ({why})")
            raise HpfError([Problem("list.file", message, place=path.name)]) from None
        if isinstance(read, Problem):
            raise HpfError([read])
        return read
    book = open_book(path, lambda _: True)
    if book.problems:
        raise HpfError(book.problems)
    named = {n for c in columns for n in c.names}
    best = max(book.grids, default=None, key=lambda g: len(named & set(_first(g))))
    if best is None:
        raise HpfError([Problem("list.empty", Text("没有工作表", "no sheet"), place=path.name)])
    return best


def _first(grid: Grid) -> list[str]:
    return [str(cell).strip() for cell in grid.rows[0]] if grid.rows else []


def _headings(grid: Grid, columns: Sequence[Column]) -> dict[str, int]:
    """column -> where it stands."""
    heads = _first(grid)
    found: dict[str, int] = {}
    wrong = []
    for column in columns:
        places = [n for n, head in enumerate(heads) if head in column.names]
        if len(places) > 1:
            message = Text(f"标题“{column.names[0]}”有两列", f"two columns '{column.names[0]}'")
            cure = Text("留一列", "Keep one")
            wrong.append(Problem("list.heading_twice", message, cure, grid.place(0, places[1])))
        elif places:
            found[column.code] = places[0]
        elif column.needed:
            listed = Text("、".join(c.names[0] for c in columns),
                          ", ".join(c.code for c in columns))  # fmt: skip
            message = Text(f"没有标题“{column.names[0]}”", f"there is no heading '{column.code}'")
            cure = Text(f"第一行须是：{listed.zh}", f"The first line is: {listed.en}")
            wrong.append(Problem("list.heading", message, cure, grid.place(0)))
    if wrong:
        raise HpfError(wrong)
    return found


def _read(cell: Cell, kind: str, place: str) -> str | Problem:
    if isinstance(cell, Mark):
        fault = marked(cell).fault
        assert fault is not None
        return Problem(f"list.{fault.code}", fault.message, fault.cure, place)
    if kind == "date":
        read = read_date(cell)
        if read.fault is not None:
            return Problem(f"list.{read.fault.code}", read.fault.message, read.fault.cure, place)
        return read.value.isoformat() if isinstance(read.value, dt.date) else ""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        return shown_cell(cell)
    return "" if cell is None else str(cell).strip()
