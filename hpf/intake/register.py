"""The workbook of the organisation: departments, people, and where they work since when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from hpf.core.checking import check
from hpf.core.entities import Entity, entity, link
from hpf.core.errors import FactsError, Problem, Text
from hpf.core.facts import Facts, Table
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.organisation import merge as together
from hpf.core.organisation import problems as unfit
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake.grid import trouble
from hpf.intake.headings import fold
from hpf.intake.meta import OWN_SHEETS
from hpf.intake.reader import merge, sheet_name
from hpf.intake.sheets import read_table
from hpf.intake.template import write_template
from hpf.intake.workbooks import open_book

DEPARTMENT = entity("department", "科室", "Department")
STAFF = entity("staff", "人员", "Staff")
ASSIGNMENT = entity(
    "assignment",
    "任职",
    "Assignment",
    link("staff", STAFF, "人员", "Person", "assignments"),
    link("department", DEPARTMENT, "科室", "Department", "assignments"),
)
_SINCE = Text("空白：按 --since 指定的日期", "empty: the day that --since names")
_ROW = re.compile(r"[A-Z]{1,3}(?=\d+$)")  # the column of a cell
_ANY = Period.parse("2026-01")  # a register belongs to no period; the reader wants one


def _day(owner: Entity, code: str, zh: str, en: str, note: Text) -> Indicator:
    return Indicator(
        code, owner.code, Type.DATE, Text(zh, en), blank=Blank.NOT_APPLICABLE, note=note
    )


def _text(code: str, zh: str, en: str) -> Indicator:
    return Indicator(code, ASSIGNMENT.code, Type.TEXT, Text(zh, en), blank=Blank.NOT_APPLICABLE)


def form() -> Program:
    """The register's columns, in the form that templates and readers know."""
    closing = Text("关闭之日（当天起不再存在）", "the first day on which it is no more")
    leaving = Text("离开之日（当天起不在）", "the first day on which they are gone")
    ending = Text("结束之日；空白：一直", "the first day on which it no longer holds; empty: on")
    return Program(
        code="register",
        version="1",
        period="month",
        names=Text("组织名册", "Organisation"),
        document="",
        folder=Path(),
        entities={e.code: e for e in (DEPARTMENT, STAFF, ASSIGNMENT)},
        indicators=(
            _day(DEPARTMENT, "opened", "设立之日", "Opened", _SINCE),
            _day(DEPARTMENT, "closed", "关闭之日", "Closed", closing),
            _day(STAFF, "joined", "入职之日", "Joined", _SINCE),
            _day(STAFF, "left", "离开之日", "Left", leaving),
            _text("title", "职称", "Title"),
            _text("post", "岗位", "Post"),
            Indicator(
                "share",
                ASSIGNMENT.code,
                Type.DECIMAL,
                Text("份额", "Share"),
                note=Text("整个人是 1", "the whole person is 1"),
            ),
            _day(ASSIGNMENT, "since", "任职自", "Since", _SINCE),
            _day(ASSIGNMENT, "until", "任职止", "Until", ending),
        ),
        rules=(),
        parameters={},
        clauses={},
    )


def read_register(
    path: Path, since: dt.date | None = None, known: Register | None = None
) -> tuple[Register, list[Problem], list[Problem]]:
    """What a workbook says of the organisation, the problems and the notices.

    since: the day for those without one (of somebody known already, their own day stays). known:
    the register so far, whose departments and people may be named without being listed again.
    """
    program, old = form(), known or Register()
    sheets = {sheet_name(code): code for code in program.entities}
    book = open_book(path, lambda name: fold(name) not in OWN_SHEETS)
    problems, notices = list(book.problems), list(book.notices)
    tables: dict[str, Table] = {}
    for grid in book.grids:
        code = sheets.get(fold(grid.sheet))
        if code is None or code in tables:
            words = (f"多余的工作表“{grid.sheet}”", f"sheet '{grid.sheet}' is not asked for")
            cure = ("名册有这些表：" + "、".join(sheets), "A register has: " + ", ".join(sheets))
            problems.append(trouble("unknown_sheet", words, cure, grid.place()))
            continue
        found: list[Problem] = []
        table = read_table(grid, program, code, (), frozenset(), found, notices)
        if code == ASSIGNMENT.code and table is not None:
            found = [p for p in found if (p.code, p.name) != ("intake.missing_column", "id")]
            table = _numbered(table)
        problems += [p for p in found if p.code != "intake.no_rows"]
        if table is not None:
            tables[code] = table
    if not book.problems and not tables:
        words = ("没有一个名册的工作表", "there is no sheet of a register")
        cure = ("需要 " + "、".join(sheets), "Wanted: " + ", ".join(sheets))
        problems.append(trouble("missing_sheet", words, cure, path.name))
    _, wrong = check(program, Facts(_ANY, _with_known(tables, old)))
    problems = merge(problems, wrong)
    quiet = ("intake.column_left_out", "intake.no_rows")
    notices = [n for n in notices if n.code not in quiet]
    register, undated = _register(tables, since, old)
    return register, [*problems, *undated], notices


def register_after(
    path: Path, since: dt.date | None, known: Register
) -> tuple[Register, list[Problem]]:
    """The register once a workbook is written into it, and the notices; since: as above.

    Raises FactsError with everything that is wrong: with its cells, and with how they fit together.
    """
    given, wrong, notices = read_register(path, since, known)
    new = together(known, given)
    told = {_ROW.sub("", p.place) for p in wrong}  # a row that is told once is told enough
    wrong = [*wrong, *(p for p in unfit(new) if _ROW.sub("", p.place) not in told)]
    if wrong:
        raise FactsError(wrong)
    return new, notices


def write_register(path: Path, register: Register, lang: str = "zh") -> None:
    """The register as a workbook that can be changed and handed in again, atomically."""
    units = [{"id": u.code, "name": u.name, "opened": u.opened, "closed": u.closed}
             for u in register.units.values()]  # fmt: skip
    people = [{"id": p.code, "name": p.name, "joined": p.joined, "left": p.left}
              for p in register.people.values()]  # fmt: skip
    placements = [
        {"id": str(n), "staff": p.person, "department": p.department, "title": p.title or None,
         "post": p.post or None, "share": p.share, "since": p.since, "until": p.until}
        for n, p in enumerate(register.placements, 1)
    ]  # fmt: skip
    tables = {
        DEPARTMENT.code: _frame(units, ("opened", "closed")),
        STAFF.code: _frame(people, ("joined", "left")),
        ASSIGNMENT.code: _frame(placements, ("since", "until")),
    }
    facts = Facts(_ANY, {code: Table(code, frame) for code, frame in tables.items()})
    write_template(form(), _ANY, path, facts=facts, lang=lang)


def _frame(rows: list[dict[str, Any]], days: Sequence[str]) -> pl.DataFrame:
    schema: dict[str, Any] = {"id": pl.String, **dict.fromkeys(days, pl.Date)}
    if rows:
        schema = {
            k: schema.get(k, pl.Decimal(38, 12) if k == "share" else pl.String) for k in rows[0]
        }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _numbered(table: Table) -> Table:
    """Assignments need no id of their own: their rows are numbered."""
    ids = pl.Series("id", [str(n) for n in range(1, len(table.frame) + 1)], dtype=pl.String)
    return replace(table, frame=table.frame.with_columns(ids))


def _with_known(tables: dict[str, Table], old: Register) -> dict[str, Table]:
    """The tables, with the departments and people that are known already."""
    found = dict(tables)
    for code, names in (
        (DEPARTMENT.code, {c: u.name for c, u in old.units.items()}),
        (STAFF.code, {c: p.name for c, p in old.people.items()}),
    ):
        table = tables.get(code)
        listed = set(table.frame["id"].to_list()) if table is not None else set()
        more = pl.DataFrame({"id": [c for c in names if c not in listed]}, schema={"id": pl.String})
        if table is None:
            found[code] = Table(code, more)
        else:
            # new rows come last, so that the places of the sheet's own rows stay
            found[code] = replace(table, frame=pl.concat([table.frame, more], how="diagonal"))
    found.setdefault(
        ASSIGNMENT.code, Table(ASSIGNMENT.code, pl.DataFrame(schema={"id": pl.String}))
    )
    return found


def _register(
    tables: dict[str, Table], since: dt.date | None, old: Register
) -> tuple[Register, list[Problem]]:
    problems: list[Problem] = []

    def rows(code: str) -> Any:
        table = tables.get(code)
        if table is None:
            return
        for index, row in enumerate(table.frame.iter_rows(named=True)):
            if row["id"]:
                yield index, row, table

    def day(row: dict[str, Any], code: str, index: int, table: Table, before: Any) -> dt.date:
        found = row.get(code) or before or since
        if found is None:
            words = (f"没有写 {code}", f"'{code}' is missing")
            cure = (
                "请写日期，或用 --since 指定一个",
                "Write a date, or name one for all with --since",
            )
            place = table.place(index, code)
            problems.append(trouble("missing", words, cure, place, table.entity, row["id"], code))
        return found or dt.date.min

    units, people, placements = {}, {}, []
    for index, row, table in rows(DEPARTMENT.code):
        id, known = row["id"], old.units.get(row["id"])
        opened = day(row, "opened", index, table, known and known.opened)
        name = row.get("name") or (known.name if known else id)
        units[id] = Unit(id, name, opened, row.get("closed"), table.place(index, "id"))
    for index, row, table in rows(STAFF.code):
        id, who = row["id"], old.people.get(row["id"])
        joined = day(row, "joined", index, table, who and who.joined)
        name = row.get("name") or (who.name if who else id)
        people[id] = Person(id, name, joined, row.get("left"), table.place(index, "id"))
    for index, row, table in rows(ASSIGNMENT.code):
        if row.get("staff") is None or row.get("department") is None or row.get("share") is None:
            continue  # told already
        placements.append(
            Placement(
                row["staff"],
                day(row, "since", index, table, None),
                row["department"],
                row.get("post") or "",
                row.get("title") or "",
                row["share"].normalize() + 0,
                row.get("until"),
                table.place(index, "share"),
            )
        )
    return Register(units, people, tuple(placements)), problems
