"""The register: nothing is deleted, every day of last year is still there, shares sum to 1."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from hpf.core.facts import Facts, Table
from hpf.core.organisation import Person, Placement, Register, Unit, merge, problems
from hpf.core.periods import Period
from hpf.intake.register import read_register, write_register
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Department, Staff
from hpf.storage.organisation import MOVED, against_register, register_of, save_register
from hpf.storage.troubles import StorageError


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def placed(person: str, unit: str, since: str, until: str | None = None, share: str = "1",
           post: str = "护士") -> Placement:  # fmt: skip
    return Placement(person, day(since), unit, post, "初级", Decimal(share),
                     day(until) if until else None)  # fmt: skip


def register(
    *placements: Placement, closed: str | None = None, left: str | None = None
) -> Register:
    units = {
        "D1": Unit("D1", "内科", day("2020-01-01"), day(closed) if closed else None),
        "D2": Unit("D2", "外科", day("2020-01-01")),
    }
    people = {"A1": Person("A1", "甲", day("2021-03-01"), day(left) if left else None)}
    return Register(units, people, placements)


LAST_YEAR = register(placed("A1", "D1", "2021-03-01"))


def save(engine: Engine, hospital: int, new: Register, base: Register | None = None) -> int:
    with writing(engine) as session:
        old = register_of(session, hospital) if base is None else base
        found = save_register(session, hospital, old, new, by="张三", reason="九月")
        session.commit()
        return len(found)


def test_a_transfer_leaves_last_year_as_it_was(database: Engine, hospital: int) -> None:
    save(database, hospital, LAST_YEAR)
    moved = Register({}, {}, (placed("A1", "D2", "2026-09-01"),))
    with reading(database) as session:
        new = merge(register_of(session, hospital), moved)
    save(database, hospital, new)
    with reading(database) as session:
        then, now = (register_of(session, hospital, day(d)) for d in ("2025-12-31", "2026-09-01"))
        whole = register_of(session, hospital)
    assert [(p.department, p.until) for p in then.placements] == [("D1", day("2026-09-01"))]
    assert [(p.department, p.until) for p in now.placements] == [("D2", None)]
    assert whole.on(day("2025-12-31")) == then


def test_a_department_that_closed_is_there_in_the_periods_before(
    database: Engine, hospital: int
) -> None:
    new = register(
        placed("A1", "D1", "2021-03-01", "2026-07-01"), placed("A1", "D2", "2026-07-01"),
        closed="2026-07-01",
    )  # fmt: skip
    save(database, hospital, new)
    with reading(database) as session:
        assert set(register_of(session, hospital, day("2026-06-30")).units) == {"D1", "D2"}
        assert set(register_of(session, hospital, day("2026-07-01")).units) == {"D2"}
        assert {d.code for d in session.scalars(select(Department))} == {"D1", "D2"}


def test_somebody_who_left_is_no_longer_there_and_not_deleted(
    database: Engine, hospital: int
) -> None:
    save(database, hospital, LAST_YEAR)
    save(database, hospital, register(placed("A1", "D1", "2021-03-01"), left="2026-09-16"))
    with reading(database) as session:
        assert set(register_of(session, hospital, day("2026-09-15")).people) == {"A1"}
        assert not register_of(session, hospital, day("2026-09-16")).people
        assert not register_of(session, hospital, day("2026-09-16")).placements
        assert session.scalar(select(Staff.code)) == "A1"
    with pytest.raises(StorageError, match="cannot be deleted"):
        save(database, hospital, Register(LAST_YEAR.units, {}, ()))


@pytest.mark.parametrize(
    ("wrong", "code", "said"),
    [
        (register(placed("A1", "D1", "2021-03-01", share="0.5")), "shares", "0.5"),
        (register(placed("A1", "D1", "2021-04-01")), "shares", "2021-03-01"),
        (
            register(
                placed("A1", "D1", "2021-03-01"), placed("A1", "D2", "2022-01-01", share="0.1")
            ),
            "shares",
            "1.1",
        ),
        (register(placed("A1", "D1", "2021-03-01", "2022-01-01")), "shares", "2022-01-01"),
        (
            register(placed("A1", "D1", "2021-03-01"), closed="2026-07-01"),
            "department_closed",
            "D1",
        ),
        (register(placed("A1", "D1", "2021-01-01")), "before_joining", "2021-03-01"),
        (register(placed("A1", "D9", "2021-03-01")), "no_department", "D9"),
        (register(placed("B7", "D1", "2021-03-01")), "no_person", "B7"),
        (register(placed("A1", "D1", "2021-03-01", "2021-03-01")), "span", "2021-03-01"),
        (register(placed("A1", "D1", "2021-03-01", share="1.5")), "share", "1.5"),
    ],
)  # fmt: skip
def test_what_does_not_hold_together_is_told(wrong: Register, code: str, said: str) -> None:
    found = [p for p in problems(wrong) if p.code == f"organisation.{code}"]
    assert found
    assert said in found[0].message.en


def test_shares_of_three_departments_sum_exactly() -> None:
    """A third has no end in digits: 0.3 + 0.3 + 0.4 is 1, three times 0.333 is not."""
    parts = [placed("A1", "D1", "2021-03-01", share=s, post=f"岗{i}")
             for i, s in enumerate(("0.3", "0.3", "0.4"))]  # fmt: skip
    assert problems(register(*parts)) == []
    parts = [placed("A1", "D1", "2021-03-01", share="0.333", post=f"岗{i}") for i in range(3)]
    assert [p.code for p in problems(register(*parts))] == ["organisation.shares"]


def test_nothing_is_written_when_somebody_else_was_faster(database: Engine, hospital: int) -> None:
    save(database, hospital, LAST_YEAR)
    other = register(placed("A1", "D2", "2021-03-01"))
    with pytest.raises(StorageError) as caught:
        save(database, hospital, other, base=Register())
    assert [p.code for p in caught.value.problems] == [MOVED]
    assert save(database, hospital, LAST_YEAR) == 0, "and the same again changes nothing"
    with reading(database) as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert entry.action == "register.saved"
        assert entry.detail["count"] == 4


def test_the_workbook_comes_back_as_it_was(tmp_path: Path) -> None:
    whole = register(
        placed("A1", "D1", "2021-03-01", "2026-07-01", share="0.6"),
        placed("A1", "D2", "2021-03-01", "2026-07-01", share="0.4"),
        placed("A1", "D2", "2026-07-01"),
        closed="2026-07-01",
    )
    write_register(tmp_path / "名册.xlsx", whole)
    found, wrong, notices = read_register(tmp_path / "名册.xlsx")
    assert (wrong, notices) == ([], [])
    assert found == whole


def test_a_workbook_may_name_whom_the_register_knows(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "assignment"
    for row in (["staff", "department", "share"], ["A1", "D2", 1], ["A7", "D2", 1]):
        sheet.append(row)
    book.save(tmp_path / "调动.xlsx")
    found, wrong, _ = read_register(tmp_path / "调动.xlsx", day("2026-09-01"), LAST_YEAR)
    assert found.placements[0].since == day("2026-09-01")
    assert [(p.code, p.place) for p in wrong] == [
        ("facts.unknown_parent", "调动.xlsx [assignment] A3")
    ]
    _, wrong, _ = read_register(tmp_path / "调动.xlsx", None, LAST_YEAR)
    assert {p.code for p in wrong} == {"facts.unknown_parent", "intake.missing"}


SNAPSHOTS = st.lists(
    st.dictionaries(st.sampled_from(["D1", "D2", "D3"]), st.integers(1, 5), min_size=1),
    min_size=1, max_size=8,
)  # fmt: skip


@given(months=SNAPSHOTS)
def test_monthly_snapshots_make_a_history_that_holds(months: list[dict[str, int]]) -> None:
    """Each month's sheet says where everybody is: every earlier month stays as it was said."""
    units = {d: Unit(d, d, day("2026-01-01")) for d in ("D1", "D2", "D3")}
    so_far = Register(units, {"A": Person("A", "A", day("2026-01-01"))}, ())
    said: dict[dt.date, dict[str, Decimal]] = {}
    for number, weights in enumerate(months, 1):
        first = dt.date(2026, number, 1)
        shares = {d: Decimal(w) / 20 for d, w in weights.items()}
        last = next(iter(shares))
        shares[last] += 1 - sum(shares.values())
        said[first] = shares
        rows = tuple(Placement("A", first, d, "岗", "", s) for d, s in shares.items())
        so_far = merge(so_far, Register({}, {}, rows))
        assert problems(so_far) == []
    for first, shares in said.items():
        found = so_far.on(first).placements
        assert {p.department: p.share for p in found} == shares
    assert merge(so_far, Register({}, {}, ())) == so_far


def test_facts_that_disagree_with_the_register_are_noticed(database: Engine, hospital: int) -> None:
    import polars as pl

    frame = pl.DataFrame({"id": ["A1", "A2"], "department": ["D2", "D1"]})
    facts = Facts(Period.parse("2026-09"), {"staff": Table("staff", frame)})
    with reading(database) as session:
        assert against_register(session, hospital, facts) == [], "there is no register yet"
    save(database, hospital, LAST_YEAR)
    with reading(database) as session:
        found = against_register(session, hospital, facts)
    assert [(p.code.rpartition(".")[2], p.id, p.severity) for p in found] == [
        ("other_department", "A1", "notice"),
        ("not_registered", "A2", "notice"),
    ]
