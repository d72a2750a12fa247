"""A large workbook read into checked facts, against readers that only read."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import python_calamine as calamine
import xlsxwriter

from benchmarks import measure
from benchmarks.ours import SEPTEMBER
from benchmarks.sizes import Sizes
from benchmarks.table import Line, compared, seconds
from hpf.core import CNY, POINT, STAFF, Scheme, round_to
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.program import Program
from hpf.intake import read_facts

TIME = 1.5  # at most this multiple of the fastest plain reader
TITLES = ("senior", "deputy", "middle", "junior")
COLUMNS = 15  # id, name, department, title, date, whole number and nine decimals
AMOUNTS = tuple(f"amount_{i}" for i in range(1, 5))
SCORES = tuple(f"score_{i}" for i in range(1, 6))


def lines(sizes: Sizes) -> list[Line]:
    """Ours (read + check) against each reader there is; the fastest is the one that counts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "staff.xlsx"
        write_workbook(path, sizes.rows)
        of = program()
        tasks: dict[str, Callable[[], object]] = {
            "ours": lambda: _ours(path, of),
            "python-calamine": lambda: _calamine(path),
        }
        if find_spec("fastexcel"):
            tasks["fastexcel"] = lambda: _fastexcel(path)
        took = measure.interleaved(tasks, sizes.repeats)
    mine = took.pop("ours")
    first = min(took, key=lambda name: took[name])
    size = f"{sizes.rows:,} rows × {COLUMNS} columns"
    what = f"{size}: workbook to checked facts"
    out = []
    for name, theirs in took.items():
        figures = (seconds(mine), seconds(theirs), mine / theirs)
        if name == first:
            out.append(compared(f"{what}, against {name} (the fastest)", *figures, TIME))
        else:
            out.append(Line(f"{what}, against {name}", *figures))
    return out


def program() -> Program:
    """Twelve indicators of staff and one rule."""
    scheme = Scheme("bench_reading", zh="读表", en="Measured reading", document="B", here=__file__)
    scheme.choice(STAFF, "title", TITLES, zh="职称", en="Title")
    scheme.date(STAFF, "joined", zh="入职日期", en="Joined")
    scheme.integer(STAFF, "nights", zh="夜班数", en="Nights", low=0)
    for code in AMOUNTS:
        scheme.decimal(STAFF, code, zh=code, en=code, unit=CNY)
    for code in SCORES:
        scheme.decimal(STAFF, code, zh=code, en=code, unit=POINT, low=0, high=100)

    @scheme.pay(STAFF, zh="绩效", en="Pay", clause="B.1")
    def pay(member: object) -> object:
        return round_to(getattr(member, AMOUNTS[0]))

    return build(scheme)


def _ours(path: Path, of: Program) -> object:
    facts, problems = read_facts(path, of, SEPTEMBER)
    checked, found = check(of, facts)
    if problems or found:
        raise ValueError([p.line("en") for p in (*problems, *found)][:3])
    return checked


def _calamine(path: Path) -> object:
    book = calamine.CalamineWorkbook.from_path(str(path))
    return [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]


def _fastexcel(path: Path) -> object:
    import fastexcel

    book = fastexcel.read_excel(str(path))
    return [book.load_sheet(name).to_polars() for name in book.sheet_names]


def write_workbook(path: Path, rows: int) -> None:
    """A staff sheet of made-up people, as a spreadsheet program would save it."""
    chance = random.Random(2)
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    departments = max(1, rows // 20)
    for name, table in (
        ("hospital", [["id"], ["H1"]]),
        ("department", [["id", "hospital"], *([f"D{d:04d}", "H1"] for d in range(departments))]),
    ):
        sheet = book.add_worksheet(name)
        for at, row in enumerate(table):
            sheet.write_row(at, 0, row)
    sheet = book.add_worksheet("staff")
    headings = ["id", "name", "department", "title", "joined", "nights", *AMOUNTS, *SCORES]
    assert len(headings) == COLUMNS
    sheet.write_row(0, 0, headings)
    for at in range(1, rows + 1):
        department = f"D{chance.randrange(departments):04d}"
        sheet.write_row(at, 0, [f"S{at:06d}", f"Person {at}", department, chance.choice(TITLES)])
        sheet.write_number(at, 4, chance.randrange(36_000, 46_000), day)
        amounts = [chance.randrange(1_000_000) / 100 for _ in AMOUNTS]  # cells hold doubles
        scores = [chance.randrange(1_001) / 10 for _ in SCORES]  # likewise
        sheet.write_row(at, 5, [chance.randrange(31), *amounts, *scores])
    book.close()
