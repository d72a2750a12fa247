"""A small scheme and small workbooks for the tests of intake."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from intake_sheets import Read, Write

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    HOSPITAL,
    HOUR,
    POINT,
    STAFF,
    Period,
    Scheme,
    entity,
    link,
    split,
)
from hpf.core.build import build
from hpf.core.errors import Problem
from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.intake import read_facts

Rows = Sequence[Sequence[Any]]
Sheets = Mapping[str, Rows]

GOOD: dict[str, list[list[Any]]] = {
    "hospital": [["id", "name"], ["H", "某医院"]],
    "department": [["id", "hospital", "name", "income", "rate"], ["D", "H", "内科", 1000.5, 0.85]],
    "staff": [
        ["id", "department", "name", "role", "points", "days", "active", "since", "memo"],
        ["A", "D", "甲", "doctor", 3, 20, True, "2020-02-29", "x"],
        ["B", "D", "乙", "nurse", 2.5, None, None, None, None],
    ],
    "meta": [["period", "2026-09"]],
}


def small_scheme(folder: Path, code: str = "demo") -> Scheme:
    """Two entities with an indicator of every type and meaning of blank."""
    s = Scheme(code, zh="例", en="Demo", document="A", here=str(folder / "x.py"))
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY, low=0, due_day=31,
              reporter=("财务科", "Finance"), note=("含税", "with tax"), clause="A.1")  # fmt: skip
    s.decimal(DEPARTMENT, "rate", zh="比例", en="Rate", low=0, high="1", blank="not_applicable")
    s.choice(STAFF, "role", ["doctor", "nurse", "主任（副）"], zh="岗位", en="Role")
    s.decimal(STAFF, "points", zh="分值", en="Points", unit=POINT)
    s.integer(STAFF, "days", zh="天数", en="Days", unit=DAY, blank="zero")
    s.boolean(STAFF, "active", zh="在岗", en="On duty", blank="not_applicable")
    s.date(STAFF, "since", zh="入职", en="Since", blank="not_applicable")
    s.text(STAFF, "memo", zh="备注", en="Memo", blank="not_applicable")

    @s.pay(STAFF, zh="奖金", en="Bonus", clause="A.1")
    def bonus(m: Any) -> Any:
        return split(m.department.income, by=m.points, within=m.department)

    return s


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(small_scheme(tmp_path_factory.mktemp("scheme")))


@pytest.fixture(scope="session")
def period() -> Period:
    return Period.parse("2026-09")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write sheets as an .xlsx; `touch(book, sheets)` may do more to it."""

    def make(sheets: Sheets, touch: Callable[[Any, dict[str, Any]], None] | None = None) -> Path:
        path = tmp_path / "pay.xlsx"
        book = xlsxwriter.Workbook(path)
        made = {}
        for name, rows in sheets.items():
            made[name] = sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str):
                        sheet.write_string(r, c, value)
                    elif value is not None:
                        sheet.write(r, c, value)
        if touch:
            touch(book, made)
        book.close()
        return path

    return make


@pytest.fixture
def read(program: Program, period: Period) -> Read:
    def run(path: Path, **more: Any) -> tuple[Facts, list[Problem]]:
        return read_facts(path, program, period, **more)

    return run


@pytest.fixture
def good() -> dict[str, list[list[Any]]]:
    """Sheets without a mistake, to be changed at will."""
    return {name: [list(row) for row in rows] for name, rows in GOOD.items()}


@pytest.fixture
def another(tmp_path: Path) -> Program:
    """A second scheme of the same hospital, with a column and a sheet of its own."""
    s = Scheme("other", zh="另", en="Other", document="B", here=str(tmp_path / "y.py"))
    team = s.entity(entity("team", "组", "Team", link("hospital", HOSPITAL, "医院", "Hospital")))
    s.decimal(STAFF, "overtime", zh="加班", en="Overtime", unit=HOUR)
    s.decimal(team, "fund", zh="基金", en="Fund", unit=CNY)
    return build(s)


@pytest.fixture
def edit() -> Callable[[Path, str, Callable[[str], str]], Path]:
    """Change one part of a workbook's zip."""

    def run(path: Path, part: str, change: Callable[[str], str]) -> Path:
        with zipfile.ZipFile(path) as old:
            parts = {i.filename: old.read(i) for i in old.infolist()}
        parts[part] = change(parts[part].decode()).encode()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name, data in parts.items():
                new.writestr(name, data)
        return path

    return run


@pytest.fixture
def told() -> Callable[[Sequence[Problem]], list[tuple[str, str]]]:
    """(code, place) of problems, without the common beginnings."""

    def shorten(problems: Sequence[Problem]) -> list[tuple[str, str]]:
        return [(p.code.removeprefix("intake."), p.place) for p in problems]

    return shorten
