"""Second-level distribution: the pool is sealed, its head allocates, the staff run is conserved."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from hpf.allocation_rules import AllocationRule, set_rule
from hpf.allocations import approve, fall_back, propose, write_again
from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Formula, Row, Scheme, round_to
from hpf.core.build import build
from hpf.core.errors import HpfError
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.holds import approve as approve_hold
from hpf.holds import hold
from hpf.pools import Pool, default_parts, pools
from hpf.runs import seal_period
from hpf.storage.configuration import set_bindings
from hpf.storage.engine import reading, writing
from hpf.storage.imports import preview, save_import
from hpf.storage.replay import verify_run

MAY = Period.parse("2026-05")
LATE = dt.date(2199, 1, 1)
RULE = AllocationRule("ward", "house.department.pool", "staff.part", "0.5", "2", "points", 5,
                      "staff.points")  # fmt: skip


def programs(folder: Path) -> dict[str, Program]:
    house = Scheme("house", zh="全院", en="House", document="T", here=str(folder / "x.py"))
    house.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY, clause="T.1")

    @house.pay(DEPARTMENT, zh="总额", en="Pool", clause="T.1")
    def pool(one: Row) -> Formula:
        return round_to(one.income / 3)

    ward = Scheme("ward", zh="科室", en="Ward", document="T", here=str(folder / "x.py"))
    ward.decimal(STAFF, "points", zh="分", en="Points", unit=POINT, clause="T.1")
    ward.decimal(STAFF, "part", zh="分配", en="Part", unit=CNY, clause="T.1")

    @ward.pay(STAFF, zh="绩效", en="Pay", clause="T.1")
    def pay(one: Row) -> Formula:
        return round_to(one.part)

    return {"house": build(house), "ward": build(ward)}


class Desk:
    """One hospital with two departments' pools, W1 with three people and W2 with one."""

    def __init__(self, engine: Engine, hospital: int, folder: Path) -> None:
        self.engine, self.hospital, self.programs = engine, hospital, programs(folder)
        self.ward = self.programs["ward"]
        departments = {"W1": {"hospital": "H"}, "W2": {"hospital": "H"}}
        money = {"W1": {"income": "300.01"}, "W2": {"income": "30"}}
        pool = {d: departments[d] | money[d] for d in departments}
        self.report("house", {"hospital": {"H": {}}, "department": pool, "staff": {}})
        staff = {i: {"department": "W1", "points": p} for i, p in
                 (("A", "1"), ("B", "1"), ("C", "2"))}  # fmt: skip
        staff["D"] = {"department": "W2", "points": "0.5"}
        self.report("ward", {"hospital": {"H": {}}, "department": departments, "staff": staff})
        with writing(engine) as session:
            set_rule(session, hospital, self.programs, RULE, by="院长", reason="职代会")
            session.commit()

    def report(self, code: str, given: dict[str, Any]) -> None:
        program = self.programs[code]
        with writing(self.engine) as session:
            shown = preview(session, self.hospital, program, facts_of(program, MAY, given))
            save_import(session, shown, by="张三")
            session.commit()

    def seal(self, code: str) -> Any:
        return seal_period(self.engine, self.programs, self.hospital, code, MAY, by="李四")[code]

    def propose(self, unit: str, by: str = "主任", on: dt.date | None = None, **parts: str) -> int:
        with writing(self.engine) as session:
            amounts = {i: Decimal(v) for i, v in parts.items()}
            day = on or dt.datetime.now(dt.UTC).date()
            one = propose(session, self.hospital, self.ward, MAY, unit, amounts, by=by, on=day)
            session.commit()
            return one.id

    def approve(self, number: int, by: str = "院长") -> None:
        with writing(self.engine) as session:
            approve(session, self.hospital, self.ward, number, by=by)
            session.commit()

    def fall_back(self, on: dt.date = LATE) -> list[str]:
        with writing(self.engine) as session:
            found = fall_back(session, self.hospital, self.ward, MAY, by="人事", on=on)
            session.commit()
            return found


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def test_both_levels_are_sealed_and_conserved_to_the_fen(desk: Desk) -> None:
    house = desk.seal("house")
    with pytest.raises(HpfError, match=r"part"):
        desk.seal("ward")
    number = desk.propose("W1", A="50", B="20", C="30")
    with pytest.raises(HpfError, match="own entry"):
        desk.approve(number, by="主任")
    desk.approve(number)
    assert desk.fall_back() == ["W2"], "its head was silent"
    ward = desk.seal("ward")
    for unit, people in (("W1", "ABC"), ("W2", "D")):
        paid = sum(ward.run.value("staff", i, "pay") for i in people)
        assert paid == house.run.value("department", unit, "pool")
    with reading(desk.engine) as session:
        assert [verify_run(session, r.id).problems for r in (house, ward)] == [(), ()]
        places = ward.run.checked.rows["staff"]
        assert places.reported(0, "part")[0] == "主任", "who allocated it"


def test_all_that_is_wrong_with_an_allocation_is_told_at_once(desk: Desk) -> None:
    desk.seal("house")
    with pytest.raises(HpfError) as error:
        desk.propose("W1", on=LATE, A="80", B="0.001", E="3")
    said = [(p.code, p.id) for p in error.value.problems]
    assert said == [
        ("storage.allocation", "C"), ("storage.allocation", "E"), ("storage.allocation", "A"),
        ("storage.allocation", "B"), ("storage.allocation", "E"), ("storage.allocation", ""),
        ("storage.allocation_late", ""),
    ]  # fmt: skip


def test_facts_that_go_round_the_approval_are_not_sealed(desk: Desk) -> None:
    desk.seal("house")
    desk.approve(desk.propose("W1", A="50", B="20", C="30"))
    desk.fall_back()
    frame = {"staff": {"A": {"part": "51"}, "B": {"part": "19"}}}
    with writing(desk.engine) as session:
        facts = facts_of(desk.ward, MAY, frame)
        shown = preview(session, desk.hospital, desk.ward, facts, extent="part")
        save_import(session, shown, by="张三")
        session.commit()
    with pytest.raises(HpfError, match="approved allocation"):
        desk.seal("ward")
    with writing(desk.engine) as session:
        write_again(session, desk.hospital, desk.ward, MAY)
        session.commit()
    assert desk.seal("ward").run.value("staff", "A", "pay") == Decimal("50.00")


def test_a_pool_that_changed_has_to_be_allocated_again(desk: Desk) -> None:
    desk.seal("house")
    desk.approve(desk.propose("W1", A="50", B="20", C="30"))
    desk.fall_back()
    changed = {"W1": {"hospital": "H", "income": "330"}, "W2": {"hospital": "H", "income": "30"}}
    desk.report("house", {"hospital": {"H": {}}, "department": changed, "staff": {}})
    desk.seal("house")
    with pytest.raises(HpfError) as error:
        desk.seal("ward")
    assert [(p.code, p.id) for p in error.value.problems] == [("storage.allocation_open", "W1")]
    with reading(desk.engine) as session:
        assert pools(session, desk.hospital, desk.ward, MAY)["W1"].given is None


def bind(desk: Desk, folder: Path) -> None:
    """A third scheme, whose department's money is the house's pool."""
    whole = Scheme("whole", zh="再分", en="Whole", document="T", here=str(folder / "x.py"))
    whole.decimal(DEPARTMENT, "given", zh="来款", en="Given", unit=CNY, clause="T.1")

    @whole.pay(DEPARTMENT, zh="所得", en="Pay", clause="T.1")
    def pay(one: Row) -> Formula:
        return round_to(one.given)

    desk.programs["whole"] = build(whole)
    given = [{"indicator": "whole.department.given", "result": "house.department.pool"}]
    with writing(desk.engine) as session:
        set_bindings(session, desk.hospital, desk.programs, given,
                     since=MAY.first_day, by="院长", reason="办法")  # fmt: skip
        session.commit()
    unit = {i: {"hospital": "H"} for i in ("W1", "W2")}
    desk.report("whole", {"hospital": {"H": {}}, "department": unit, "staff": {}})


def test_who_is_held_above_waits_below_and_the_rest_is_sealed(desk: Desk) -> None:
    """W2 has no income yet: no pool, no allocation; its hold above stands when the ward is run."""
    unit = {"W1": {"hospital": "H", "income": "300.01"}, "W2": {"hospital": "H", "income": None}}
    desk.report("house", {"hospital": {"H": {}}, "department": unit, "staff": {}})
    with writing(desk.engine) as session:
        for code in ("house", "ward"):
            entry = hold(session, desk.hospital, code, MAY, "department", "W2", "未报", by="甲")
            approve_hold(session, desk.hospital, entry.id, by="乙")
        session.commit()
    house = desk.seal("house")
    assert house.run.value("department", "W2", "pool") is None
    desk.approve(desk.propose("W1", A="50", B="20", C="30"))
    ward = desk.seal("ward")
    assert ward.run.value("staff", "D", "pay") is None
    assert ward.run.value("staff", "A", "pay") == Decimal("50.00")


def test_a_held_unit_of_a_scheme_above_stays_held_when_one_below_is_sealed(
    database: Engine, hospital: int, tmp_path: Path
) -> None:
    """In doubt, though complete: calculating the scheme below must not pay it."""
    desk = Desk(database, hospital, tmp_path)
    bind(desk, tmp_path)
    with writing(database) as session:
        entry = hold(
            session, hospital, "house", MAY, "department", "W2", "核对", by="甲", in_doubt=True
        )
        approve_hold(session, hospital, entry.id, by="乙")
        session.commit()
    house = desk.seal("house")
    below = seal_period(database, desk.programs, hospital, "whole", MAY, by="李四")
    assert (below["house"].id, below["house"].fresh) == (house.id, False)
    assert below["whole"].run.value("department", "W1", "pay") == Decimal("100.00")


def test_a_pool_that_is_owed_is_shared_out_as_well(desk: Desk) -> None:
    """A negative pool has its bounds turned round; nothing at all needs no points."""
    unit = {"W1": {"hospital": "H", "income": "-300"}, "W2": {"hospital": "H", "income": "0"}}
    desk.report("house", {"hospital": {"H": {}}, "department": unit, "staff": {}})
    people = {i: {"department": "W1", "points": "1"} for i in "ABC"}
    people["D"] = {"department": "W2", "points": "0"}
    unit = {i: {"hospital": "H"} for i in unit}
    desk.report("ward", {"hospital": {"H": {}}, "department": unit, "staff": people})
    desk.seal("house")
    with pytest.raises(HpfError, match="out of bounds"):
        desk.propose("W1", A="-90", B="-10", C="0")
    desk.approve(desk.propose("W1", A="-50", B="-25", C="-25"))
    assert desk.fall_back() == ["W2"]
    ward = desk.seal("ward")
    assert [ward.run.value("staff", i, "pay") for i in "ABCD"] == [-50, -25, -25, 0]


@given(
    fen=st.integers(1, 10**11),
    points=st.lists(st.decimals("0.01", 10**6, places=2), min_size=1, max_size=60),
    default=st.sampled_from(["equal", "points"]),
)
def test_the_default_shares_out_any_pool_to_the_fen(
    fen: int, points: list[Decimal], default: str
) -> None:
    people = {f"P{n:02}": p for n, p in enumerate(points)}
    pool = Pool("W1", Decimal(fen) / 100, 1, LATE, people)
    rule = AllocationRule("w", "h.department.p", "staff.x", "0", "9", default, 1, "staff.y")
    parts = default_parts(rule, pool)
    assert sum(parts.values()) == pool.amount
    assert all(v == v.quantize(Decimal("0.01")) >= 0 for v in parts.values())
    total = sum(people.values())
    for id, part in parts.items():
        quota = (
            pool.amount / len(people) if default == "equal" else pool.amount * people[id] / total
        )
        assert abs(part - quota) < Decimal("0.0101"), "within a fen of its quota"
