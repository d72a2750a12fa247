"""A list of bank accounts: a workbook's first sheet, or a .csv, with an id and a number a row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from hpf.core.errors import HpfError
from hpf.intake.grid import Cell, Grid, trouble
from hpf.intake.workbooks import open_book

_IDS = ("编号", "工号", "id")
_NUMBERS = ("账号", "银行账号", "account")


@dataclass(frozen=True, slots=True)
class Account:
    """A person's id and account number as written ('': none any more), and the cell it stood in."""

    id: str
    number: str
    place: str


def read_accounts(path: Path) -> list[Account]:
    """All rows of a list. Raises HpfError with everything that is wrong with it.

    A number that is no text in the workbook is refused: a spreadsheet keeps fifteen digits of it.
    """
    grid = _grid(path)
    heads = [str(c or "").strip().lower() for c in grid.rows[0]] if grid.rows else []
    at = [next((heads.index(n) for n in names if n in heads), None) for names in (_IDS, _NUMBERS)]
    if at[0] is None or at[1] is None:
        words = ("首行应有“编号”和“账号”", "the first row has to name 'id' and 'account'")
        raise HpfError([trouble("accounts_heading", words, ("", ""), grid.place())])
    found: list[Account] = []
    problems = []
    known: set[str] = set()
    for row, cells in enumerate(grid.rows[1:], 1):
        id, number = _text(cells[at[0]]), cells[at[1]]
        place = grid.place(row, at[1])
        if not id and not _text(number):
            continue
        if isinstance(number, float | int):
            words = ("账号写成了数字，末几位已丢失", "the account is a number: its end is lost")
            cure = ("请把该列设为文本后重新填写", "Make the column text, and enter it again")
            problems.append(trouble("account_number", words, cure, place, "staff", id))
        elif not id or id in known:
            words = ("编号空缺或重复", "the id is missing, or stands twice")
            problems.append(trouble("account_id", words, ("", ""), place, "staff", id))
        known.add(id)
        found.append(Account(id, _text(number), place))
    if problems:
        raise HpfError(problems)
    return found


def _grid(path: Path) -> Grid:
    if path.suffix.lower() == ".csv":
        data = path.read_bytes()
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("gb18030", "replace")  # what is none at all has no such heading
        rows = csv.reader(io.StringIO(text, newline=""))
        cells: list[list[Cell]] = [list(row) for row in rows]
        width = max(map(len, cells), default=0)
        even = [[*row, *[""] * (width - len(row))] for row in cells]
        return Grid(path.name, path.stem, even, written=True)
    book = open_book(path, lambda _: True)
    if book.problems:
        raise HpfError(book.problems)
    if not book.grids:
        words = ("工作簿是空的", "the workbook is empty")
        raise HpfError([trouble("accounts_empty", words, ("", ""), path.name)])
    return book.grids[0]


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).strip()
