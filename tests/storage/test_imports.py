"""Imports: what changes is shown before it is written, and every value keeps where it came from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_imports import BASE, PERIOD, Given, changed, look, rows, save, small, stored
from sqlalchemy import Engine, func, select

from hpf.core import STAFF, Scheme
from hpf.core.build import build
from hpf.core.checking import check
from hpf.core.facts import Facts, Table, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.engine import reading
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.imports import _lines, preview
from hpf.storage.models import AuditEntry, Fact, Import
from hpf.storage.troubles import StorageError


@pytest.fixture(scope="module")
def program() -> Program:
    return small()


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
