"""Imports: what changes is shown before it is written, and every value keeps where it came from."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select, text

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.errors import HpfError
from hpf.core.facts import Facts, Source, Table, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import load
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.imports import MOVED, Preview, _lines, check_import, preview, save_import
from hpf.storage.models import AuditEntry, Fact, Import
from hpf.storage.troubles import StorageError, TamperError

PERIOD = Period.parse("2026-09")
Given = Mapping[str, Mapping[str, Mapping[str, Any]]]
BASE: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {"name": "某医院"}},
    "department": {
        "D1": {"hospital": "H", "name": "内科", "income": "1000.50", "open": True},
        "D2": {"hospital": "H", "name": "外科", "income": "0", "open": False},
    },
    "staff": {
        "A1": {"department": "D1", "name": "甲", "points": "12.5", "post": "护士"},
        "A2": {"department": "D1", "name": "乙", "points": None, "post": "医生"},
        "A3": {"department": "D2", "name": "丙", "points": "7", "post": "医生",
               "since": "2020-02-29"},
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def program() -> Program:
    scheme = Scheme("small", zh="小方案", en="Small", document="T", here=__file__)
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.boolean(DEPARTMENT, "open", zh="开放", en="Open")
    scheme.decimal(STAFF, "points", zh="分", en="Points", unit=POINT, blank="zero")
    scheme.choice(STAFF, "post", ["医生", "护士"], zh="岗位", en="Post")
    scheme.date(STAFF, "since", zh="自", en="Since", blank="not_applicable")
    return build(scheme)


def changed(**cells: object) -> dict[str, Any]:
    """BASE with cells of staff changed: A1_points="13"."""
    rows = {k: dict(v) for k, v in BASE["staff"].items()}
    for name, value in cells.items():
        id, _, code = name.partition("_")
        rows[id][code] = value
    return {**BASE, "staff": rows}


def look(engine: Engine, hospital: int, program: Program, data: Given | Facts,
         extent: str = "whole") -> Preview:  # fmt: skip
    facts = data if isinstance(data, Facts) else facts_of(program, PERIOD, data)
    with reading(engine) as session:
        return preview(session, hospital, program, facts, extent=extent)


def save(engine: Engine, shown: Preview, **more: Any) -> Import | None:
    with writing(engine) as session:
        saved = save_import(session, shown, **{"by": "张三", **more})
        session.commit()
        return saved


def stored(engine: Engine, hospital: int, program: Program, upto: int | None = None) -> Facts:
    with reading(engine) as session:
        return facts_at(session, hospital, program, PERIOD, upto)


def rows(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Every table as plain rows without what is blank; numbers by value."""
    return {
        entity: [
            {k: v for k, v in row.items() if v is not None}
            for row in table.frame.sort("id").iter_rows(named=True)
        ]
        for entity, table in sorted(facts.tables.items())
    }


def test_what_was_imported_comes_back(database: Engine, hospital: int, program: Program) -> None:
    shown = look(database, hospital, program, BASE)
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Fact.__table__)) == 0
    assert shown.counts == {"new": 27, "changed": 0, "removed": 0, "unchanged": 0}
    assert shown.accepted_zeros == 1, "the blank points of A2"
    save(database, shown)
    found = stored(database, hospital, program)
    assert rows(found) == rows(facts_of(program, PERIOD, BASE))
    _, problems = check(program, found)
    assert problems == []


def test_the_same_again_changes_nothing_and_writes_nothing(
    database: Engine, hospital: int, program: Program
) -> None:
    save(database, look(database, hospital, program, BASE))
    longer = changed(A1_points="12.5000")
    shown = look(database, hospital, program, longer)
    assert shown.empty
    assert shown.counts == {"new": 0, "changed": 0, "removed": 0, "unchanged": 27}
    assert save(database, shown) is None
    with database.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(Import.__table__)) == 1
        assert connection.scalar(select(func.count()).select_from(AuditEntry.__table__)) == 1


def test_a_correction_is_shown_cell_by_cell(
    database: Engine, hospital: int, program: Program
) -> None:
    save(database, look(database, hospital, program, BASE))
    data = changed(A1_points="13", A2_points="4", A3_since=None)
    # and a department closes
    data = {**data, "department": {"D1": BASE["department"]["D1"]}}
    shown = look(database, hospital, program, data)
    cells = {(c.entity, c.id, c.code): (c.old, c.new) for c in shown.cells()}
    assert cells == {
        ("staff", "A1", "points"): ("12.5", "13"),
        ("staff", "A3", "since"): ("2020-02-29", None),
        ("department", "D2", "id"): ("D2", None),
        ("department", "D2", "name"): ("外科", None),
        ("department", "D2", "hospital"): ("H", None),
        ("department", "D2", "income"): ("0", None),
        ("department", "D2", "open"): ("false", None),
    }
    assert shown.counts == {"new": 1, "changed": 1, "removed": 6, "unchanged": 20}
    save(database, shown)
    assert rows(stored(database, hospital, program)) == rows(facts_of(program, PERIOD, data))


def test_a_part_leaves_alone_what_it_does_not_name(
    database: Engine, hospital: int, program: Program
) -> None:
    save(database, look(database, hospital, program, BASE))
    part = {"staff": {"A1": {"points": "99"}, "A9": {"points": "1", "department": "D2"}}}
    shown = look(database, hospital, program, part, "part")
    assert [(c.id, c.code, c.old, c.new) for c in shown.cells()] == [("A1", "points", "12.5", "99")]
    assert shown.counts["new"] == 3, "A9: its row, its points, its department"
    save(database, shown)
    found = {r["id"]: r for r in rows(stored(database, hospital, program))["staff"]}
    assert set(found) == {"A1", "A2", "A3", "A9"}
    assert found["A1"]["points"] == Decimal(99)
    assert found["A1"]["post"] == "护士"
    assert found["A3"]["since"] == dt.date(2020, 2, 29)


def test_an_earlier_import_is_seen_as_it_was(
    database: Engine, hospital: int, program: Program
) -> None:
    first = save(database, look(database, hospital, program, BASE))
    second = save(database, look(database, hospital, program, changed(A1_points="13")))
    assert first is not None
    assert second is not None
    then = stored(database, hospital, program, first.id)
    assert rows(then) == rows(facts_of(program, PERIOD, BASE))
    assert rows(stored(database, hospital, program, second.id)) != rows(then)
    with reading(database) as session:
        assert latest_import(session, hospital, "small", PERIOD) == second.id
        assert latest_import(session, hospital, "small", PERIOD, first.id) == first.id
        assert latest_import(session, hospital, "small", Period.parse("2026-10")) is None
        assert facts_at(session, hospital, program, Period.parse("2026-10")).tables == {}


def workbook(path: Path, points: float = 12.5, first: bool = True) -> Path:
    book = xlsxwriter.Workbook(path)
    sheets = {
        "hospital": [["id", "name"], ["H", "某医院"]],
        "department": [["id", "hospital", "income", "open"], ["D1", "H", 1000.5, "是"]],
        "staff": [
            ["id", "department", "points", "post"],
            *([["A0", "D1", 1, "医生"]] if first else []),
            ["A1", "D1", points, "护士"],
        ],
    }
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                sheet.write(row, column, cell)
    book.close()
    return path


def test_every_value_keeps_its_cell_its_reporter_and_its_moment(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    """What a correction did not touch still names the first file."""
    moment = dt.datetime(2026, 10, 3, 1, 2, 3, tzinfo=dt.UTC)
    one = load(workbook(tmp_path / "九月.xlsx"), program, PERIOD)
    save(database, look(database, hospital, program, one), by="甲", at=moment, file="九月.xlsx")
    two = load(workbook(tmp_path / "更正.xlsx", 13, first=False), program, PERIOD)
    save(database, look(database, hospital, program, two), by="乙", file="更正.xlsx")
    checked, problems = check(program, stored(database, hospital, program))
    assert problems == []
    staff = checked.rows["staff"]
    assert staff.ids.to_list() == ["A1"]
    assert staff.place(0, "points") == "更正.xlsx [staff] C2"
    assert staff.reported(0, "points")[0] == "乙"
    assert staff.place(0, "post") == "九月.xlsx [staff] D3"
    assert staff.reported(0, "post") == ("甲", "2026-10-03T01:02:03.000000Z")
    assert staff.place(0, "since") == "九月.xlsx [staff] 3", "never reported: its row"


def test_a_value_made_of_several_rows_names_them_all(
    database: Engine, hospital: int, program: Program
) -> None:
    frame = pl.DataFrame({"id": ["A1", "A2"], "points": [Decimal("3.5"), None]},
                         schema={"id": pl.String, "points": pl.Decimal(38, 1)})  # fmt: skip
    source = Source("导出.xlsx", "明细", {"id": "B", "points": "E"}, [4, 9],
                    lines={"points": ["4,7-8", ""]})  # fmt: skip
    save(database, look(database, hospital, program, BASE))
    part = Facts(PERIOD, {"staff": Table("staff", frame, source)})
    save(database, look(database, hospital, program, part, "part"))
    checked, _ = check(program, stored(database, hospital, program))
    assert checked.rows["staff"].place(0, "points") == "导出.xlsx [明细] E4,E7:E8"
    with database.connect() as connection:
        shown = connection.execute(
            text("SELECT value, line, lines FROM fact_versions WHERE file = '导出.xlsx'")
        ).all()
    assert ("3.5", 4, "4,7-8") in [tuple(r) for r in shown]


def test_an_empty_table_is_reported_too(database: Engine, hospital: int, program: Program) -> None:
    """No trip this month is a statement: it must not be taken for a sheet that is missing."""
    empty = pl.DataFrame(schema={"id": pl.String, "department": pl.String})
    given = facts_of(program, PERIOD, BASE)
    facts = Facts(PERIOD, {**given.tables, "staff": Table("staff", empty)})
    save(database, look(database, hospital, program, facts))
    found = stored(database, hospital, program)
    assert len(found.tables["staff"].frame) == 0
    _, problems = check(program, found)
    assert problems == []
    assert look(database, hospital, program, facts).empty


def test_one_audit_entry_an_import_carries_its_digest(
    database: Engine, hospital: int, program: Program
) -> None:
    saved = save(database, look(database, hospital, program, BASE), reason="九月", file="a.xlsx",
                 file_digest="f" * 64)  # fmt: skip
    assert saved is not None
    assert saved.digest is not None
    assert len(saved.digest) == 64
    with reading(database) as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.action, entry.who, entry.hospital) == ("import.saved", "张三", "H")
        assert entry.detail["facts"] == saved.digest
        assert entry.detail["file_digest"] == "f" * 64
        check_import(session, session.get_one(Import, saved.id))


@pytest.mark.parametrize(
    "tampered",
    [
        "UPDATE facts SET value = '13' WHERE value = '12.5'",
        "UPDATE facts SET line = 77 WHERE value = '12.5'",
        "UPDATE facts SET row = 'A7' WHERE value = '12.5'",
        "DELETE FROM facts WHERE value = '12.5'",
        "UPDATE import_columns SET file = 'other.xlsx'",
        "UPDATE imports SET \"by\" = '李四'",
    ],
)
def test_an_import_that_was_altered_in_the_database_is_found(
    database: Engine, hospital: int, program: Program, tampered: str
) -> None:
    saved = save(database, look(database, hospital, program, BASE))
    assert saved is not None
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for (name,) in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(tampered))
    with reading(database) as session, pytest.raises(TamperError):
        check_import(session, session.get_one(Import, saved.id))


def test_an_import_shown_before_another_one_is_refused(
    database: Engine, hospital: int, program: Program
) -> None:
    """Whoever confirms must have seen what will be overwritten."""
    mine = look(database, hospital, program, changed(A1_points="1"))
    save(database, look(database, hospital, program, changed(A1_points="2")))
    with pytest.raises(StorageError) as caught:
        save(database, mine)
    assert [p.code for p in caught.value.problems] == [MOVED]
    again = look(database, hospital, program, changed(A1_points="1"))
    assert [(c.old, c.new) for c in again.cells()] == [("2", "1")]


def test_two_imports_at_the_same_moment_come_one_after_the_other(
    database: Engine, hospital: int, program: Program
) -> None:
    """Both were shown on an empty period: one is written, the other is told to look again."""
    shown = [look(database, hospital, program, changed(A1_points=str(n))) for n in range(4)]
    begin = threading.Barrier(4)
    outcome: list[str] = []

    def run(one: Preview) -> None:
        begin.wait()
        try:
            saved = save(database, one)
            outcome.append(f"number {saved.number}" if saved else "nothing")
        except HpfError as error:
            outcome.append(error.problems[0].code)

    threads = [threading.Thread(target=run, args=(one,)) for one in shown]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcome) == sorted(["number 1", MOVED, MOVED, MOVED])
    with reading(database) as session:
        for one in session.scalars(select(Import)):
            check_import(session, one)


def test_another_period_or_scheme_is_another_matter(
    database: Engine, hospital: int, program: Program
) -> None:
    mine = look(database, hospital, program, BASE)
    october = facts_of(program, Period.parse("2026-10"), BASE)
    with reading(database) as session:
        theirs = preview(session, hospital, program, october)
    save(database, theirs)
    saved = save(database, mine)
    assert saved is not None
    assert saved.number == 2


@pytest.mark.parametrize("ids", [["A1", "A1"], ["A1", None]])
def test_rows_without_an_id_of_their_own_are_refused(
    database: Engine, hospital: int, program: Program, ids: list[str | None]
) -> None:
    table = Table("staff", pl.DataFrame({"id": pl.Series(ids, dtype=pl.String)}))
    with pytest.raises(StorageError, match="id"):
        look(database, hospital, program, Facts(PERIOD, {"staff": table}))


def test_an_indicator_of_another_type_by_now_is_asked_for_again(
    database: Engine, hospital: int, program: Program
) -> None:
    save(database, look(database, hospital, program, BASE))
    scheme = Scheme("small", zh="小方案", en="Small", document="T", here=__file__)
    scheme.decimal(STAFF, "post", zh="岗位数", en="Posts")
    later = build(scheme)
    with pytest.raises(StorageError, match="imported as text"):
        stored(database, hospital, later)
    data = {
        **BASE,
        "department": {"D1": {"hospital": "H"}},
        "staff": {"A1": {"department": "D1", "post": "2.5"}},
    }
    again = facts_of(later, PERIOD, data)
    save(database, look(database, hospital, later, again))
    assert rows(stored(database, hospital, later))["staff"][0]["post"] == Decimal("2.5")


NUMBERS = st.decimals(min_value=-(10**15), max_value=10**15, places=12) | st.none()
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8)


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    months=st.lists(
        st.dictionaries(NAMES, st.tuples(NUMBERS, st.booleans(), NAMES), max_size=6),
        min_size=1,
        max_size=4,
    )
)
def test_any_sequence_of_corrections_ends_where_the_last_one_says(
    database: Engine, hospital: int, program: Program, months: list[dict[str, Any]]
) -> None:
    """And each one before it can still be seen, to the last digit."""
    saved: list[tuple[int, Given]] = []
    for month in months:
        data: Given = {
            "hospital": {"H": {"name": "H"}},
            "department": {
                id: {"hospital": "H", "income": None if i is None else str(i), "open": o, "name": n}
                for id, (i, o, n) in month.items()
            },
        }
        save(database, look(database, hospital, program, data))
        with reading(database) as session:
            last = latest_import(session, hospital, "small", PERIOD)
        assert last is not None
        saved.append((last, data))
    for number, data in dict(saved).items():
        wanted = facts_of(program, PERIOD, data)
        found = rows(stored(database, hospital, program, number))
        assert found == rows(wanted)


@given(rows=st.lists(st.tuples(st.text(), st.none() | st.text(), st.none() | st.integers())))
def test_a_digest_does_not_depend_on_how_rows_are_read(rows: list[tuple[Any, ...]]) -> None:
    whole = _lines(rows) if rows else b""
    assert whole == b"".join(_lines([row]) for row in rows)
