"""Where in an export a mapping's columns stand: its file, its sheet, its row of headings."""

from __future__ import annotations

from pathlib import Path

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.intake import csvs
from hpf.intake.grid import Book, Grid, trouble
from hpf.intake.headings import fold
from hpf.intake.mapping import ExportMapping
from hpf.intake.workbooks import open_book

_LOOK = 30  # rows among which the headings are looked for: exports begin with titles


def open_export(path: Path) -> Book:
    """The file as sheets of cells; a CSV file is one sheet."""
    if path.suffix.lower() != ".csv" or not path.is_file():
        return open_book(path, lambda name: True)
    book = Book(path.name)
    found = csvs.read_table(path.read_bytes(), path.name, path.stem)
    if isinstance(found, Problem):
        book.problems.append(found)
    else:
        book.grids.append(found)
    return book


def sheet_of(book: Book, mapping: ExportMapping, problems: list[Problem]) -> Grid | None:
    """The sheet that the mapping names, or the only one; None, and a problem, without it."""
    shown = [g for g in book.grids if not g.hidden]
    named = [g for g in book.grids if fold(g.sheet) == fold(mapping.sheet)]
    if named or (shown and (not mapping.sheet or len(book.grids) == 1)):
        return (named or shown)[0]
    names = [g.sheet for g in book.grids]
    words = (f"没有工作表“{mapping.sheet}”", f"there is no sheet '{mapping.sheet}'")
    near = did_you_mean(mapping.sheet, names)
    problems.append(trouble("missing_sheet", words, near, book.file))
    return None


def headings(
    grid: Grid, mapping: ExportMapping, problems: list[Problem]
) -> tuple[int, dict[str, int]] | None:
    """The row of the headings, and the column of each name."""
    wanted = {name: fold(heading) for name, heading in mapping.columns.items()}
    best, row = -1, 0
    for number, cells in enumerate(grid.rows[:_LOOK]):
        folded = {fold(c) for c in cells}
        count = sum(h in folded for h in wanted.values())
        if count > best:
            best, row = count, number
    heads = [fold(c) for c in grid.rows[row]] if grid.rows else []
    found: dict[str, int] = {}
    wrong = False
    for name, heading in wanted.items():
        places = [i for i, h in enumerate(heads) if h == heading]
        said = mapping.columns[name]
        if len(places) == 1:
            found[name] = places[0]
            continue
        wrong = True
        if places:
            words = (f"列“{said}”有 {len(places)} 个", f"'{said}' stands {len(places)} times")
            cure = ("请改名或删去多余的", "Rename or delete the others")
            place = grid.place(row, places[1])
        else:
            words = (f"没有列“{said}”", f"there is no column '{said}'")
            cure = did_you_mean(said, [str(c).strip() for c in grid.rows[row] if fold(c)]) if (
                grid.rows) else Text("", "")  # fmt: skip
            place = grid.place(row if grid.rows else None)
        problems.append(trouble("missing_column", words, cure, place, name=said))
    return None if wrong else (row, found)
