"""The small piece of a sheet around a cell that is wrong: heading, its row, and those beside it.

for one in excerpts(path, program, problems): one.place, one.columns, one.rows
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hpf.core.errors import Problem
from hpf.core.program import Program
from hpf.intake import headings
from hpf.intake.cells import shown_cell
from hpf.intake.grid import Cell, Grid, Mark, letter, number_of
from hpf.intake.reader import sheet_name
from hpf.intake.workbooks import open_book

MOST: Final = 8  # a page; every problem is told, these are shown
_CELL: Final = re.compile(r"\[(?P<sheet>[^\]]+)\] (?P<column>[A-Z]{1,3})(?P<row>\d{1,7})")
_FIRST_COLUMN: Final = 0  # what the rows are called


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell of an excerpt. wrong: the one it is about."""

    text: str
    numeric: bool = False
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """key: of the problem's place; place: `staff!D18`; columns: their letters; rows: number of the
    row in the sheet, whether it is the heading, cells."""

    key: str
    place: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, bool, tuple[Shown, ...]], ...]


def excerpts(path: Path, program: Program, problems: Iterable[Problem]) -> list[Excerpt]:
    """Of the first problems that name a cell, each cell once. The file is read once more, only the
    sheets that are shown; one that cannot be opened has no excerpts."""
    wanted: dict[tuple[str, int, int], str] = {}
    for problem in problems:
        found = _CELL.search(problem.place)
        if found and len(wanted) < MOST:
            key = (found["sheet"], int(found["row"]) - 1, number_of(found["column"]))
            wanted.setdefault(key, problem.place)
    sheets = {sheet for sheet, _, _ in wanted}
    if not sheets:
        return []
    grids = {g.sheet: g for g in open_book(path, lambda name: name in sheets).grids}
    return [
        _excerpt(grids[sheet], program, row, column, place)
        for (sheet, row, column), place in wanted.items()
        if sheet in grids and row < len(grids[sheet].rows)
    ]


def _excerpt(grid: Grid, program: Program, row: int, column: int, place: str) -> Excerpt:
    width = len(grid.rows[0]) if grid.rows else 0
    columns = sorted({_FIRST_COLUMN, *range(max(column - 1, 0), min(column + 2, width)), column})
    head = _heading(grid, program)
    lines = sorted({head, *range(max(row - 1, 0), min(row + 2, len(grid.rows))), row})
    lines = [n for n in lines if n >= head or n == row]
    return Excerpt(
        place, f"{grid.sheet}!{letter(column)}{row + 1}", tuple(map(letter, columns)),
        tuple((n + 1, n == head, tuple(_cells(grid, n, columns, (row, column)))) for n in lines),
    )  # fmt: skip


def _cells(grid: Grid, row: int, columns: Iterable[int], wrong: tuple[int, int]) -> Iterator[Shown]:
    for column in columns:
        cell: Cell = grid.rows[row][column] if column < len(grid.rows[row]) else None
        numeric = isinstance(cell, float | int) and not isinstance(cell, bool)
        yield Shown(_text(cell), numeric, (row, column) == wrong)


def _text(cell: Cell) -> str:
    if cell is None or cell == "":
        return ""
    return cell.text if isinstance(cell, Mark) else shown_cell(cell)


def _heading(grid: Grid, program: Program) -> int:
    """The row that names the columns for people: the second heading where there is one."""
    entities = {sheet_name(code): code for code in program.used_entities()}
    entity = entities.get(headings.fold(grid.sheet))
    found = headings.find(grid, program, entity, (), frozenset()) if entity else None
    return 0 if found is None else found.first - 1
