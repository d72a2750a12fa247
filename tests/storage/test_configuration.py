"""What the hospital decided: by date, with reason and author, never changed, only followed."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import Engine, select

from hpf.core.errors import HpfError
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.settings import resolve
from hpf.storage.configuration import (
    Decision,
    bindings_on,
    configuration,
    decided,
    lacking,
    set_bindings,
    set_parameters,
)
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, ParameterValue

BOUND = [{"indicator": "ward_nurse.department.pool",
          "result": "laboratory.department.pool_to_share"}]  # fmt: skip


@pytest.fixture(scope="module")
def programs() -> Programs:
    return load_programs(load_plugins(only=["departments"]))


def award(since: str, value: Any, reason: str = "决议", name: str = "best_award") -> Decision:
    return Decision("laboratory", name, dt.date.fromisoformat(since), value, reason)


def enter(engine: Engine, hospital: int, programs: Programs, *decisions: Decision,
          by: str = "张三") -> int:  # fmt: skip
    with writing(engine) as session:
        found = set_parameters(session, hospital, programs, decisions, by=by)
        session.commit()
        return len(found)


def held(engine: Engine, hospital: int, programs: Programs, day: str) -> tuple[Any, str] | None:
    """The value and its reference on a day."""
    on = dt.date.fromisoformat(day)
    with reading(engine) as session:
        config = configuration(session, hospital, programs, on)
    found, _ = resolve(programs["laboratory"].parameters, on, config.settings.get("laboratory"))
    one = found.get("best_award")
    return None if one is None else (one.value, one.dated.reference)


def test_a_value_holds_from_its_day_until_the_next_one(
    database: Engine, hospital: int, programs: Programs
) -> None:
    assert enter(database, hospital, programs, award("2026-01-01", "200"),
                 award("2026-07-01", "250.50", "第 8 号")) == 2  # fmt: skip
    assert held(database, hospital, programs, "2025-12-31") is None
    assert held(database, hospital, programs, "2026-06-30") == (Fraction(200), "决议（张三）")
    assert held(database, hospital, programs, "2026-07-01") == (
        Fraction("250.5"),
        "第 8 号（张三）",
    )


def test_a_later_entry_takes_the_place_and_the_earlier_one_stays(
    database: Engine, hospital: int, programs: Programs
) -> None:
    enter(database, hospital, programs, award("2026-01-01", "200"))
    assert enter(database, hospital, programs, award("2026-01-01", "200.00")) == 0, "the same"
    assert enter(database, hospital, programs, award("2026-01-01", "300", "更正"), by="李四") == 1
    assert held(database, hospital, programs, "2026-02-01") == (Fraction(300), "更正（李四）")
    assert enter(database, hospital, programs, award("2026-01-01", None, "撤回")) == 1
    assert held(database, hospital, programs, "2026-02-01") is None
    with reading(database) as session:
        values = [
            v.value for v in session.scalars(select(ParameterValue).order_by(ParameterValue.id))
        ]
        told = [(e.who, e.detail["before"], e.detail["value"]) for e in
                session.scalars(select(AuditEntry).order_by(AuditEntry.seq))]  # fmt: skip
    assert values == ["200", "300", None]
    assert told == [("张三", None, "200"), ("李四", "200", "300"), ("张三", "300", None)]


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (award("2026-01-01", "200", " "), "reason"),
        (award("2026-01-01", 0.5), "Quote it"),
        (award("2026-01-01", "二百"), "plain number"),
        (award("2026-01-01", "1", name="best_avard"), "best_award"),
        (Decision("lab", "x", dt.date(2026, 1, 1), "1", "x"), "laboratory"),
        (Decision("lab", "x", dt.date(2026, 1, 1), None, "x"), "laboratory"),
    ],
)
def test_a_value_that_does_not_hold_is_refused_and_nothing_is_entered(
    database: Engine, hospital: int, programs: Programs, decision: Decision, said: str
) -> None:
    with pytest.raises(HpfError) as caught:
        enter(database, hospital, programs, award("2026-02-01", "1"), decision)
    assert said in " ".join(p.line("en") for p in caught.value.problems)
    with reading(database) as session:
        assert session.scalars(select(ParameterValue)).all() == []


def test_two_values_of_one_day_are_refused(
    database: Engine, hospital: int, programs: Programs
) -> None:
    with pytest.raises(HpfError, match="two values"):
        enter(database, hospital, programs, award("2026-01-01", "1"), award("2026-01-01", "2"))


def test_what_is_missing_is_told_by_scheme_until_nothing_is(
    database: Engine, hospital: int, programs: Programs
) -> None:
    day = dt.date(2026, 9, 30)
    with reading(database) as session:
        before = lacking(session, hospital, programs, day)
    assert ("laboratory", "best_award") in {(m.scheme, m.parameter.name) for m in before}
    assert all(m.parameter.required and m.problem.cure.en for m in before)
    enter(database, hospital, programs, award("2026-10-01", "200"))
    with reading(database) as session:
        assert len(lacking(session, hospital, programs, day)) == len(before), "not in force yet"
        assert len(lacking(session, hospital, programs, dt.date(2026, 10, 1))) == len(before) - 1
        assert (
            decided(session, hospital, programs)["laboratory"]["best_award"][0].reference == "决议"
        )


def test_bindings_hold_from_a_day_on(database: Engine, hospital: int, programs: Programs) -> None:
    def bind(bindings: list[Any], since: str) -> bool:
        with writing(database) as session:
            done = set_bindings(session, hospital, programs, bindings,
                                since=dt.date.fromisoformat(since), reason="r", by="b")  # fmt: skip
            session.commit()
            return done

    assert bind(BOUND, "2026-07-01")
    assert not bind(BOUND, "2026-08-01"), "they hold already"
    assert bind([], "2027-01-01"), "and end"
    with reading(database) as session:
        counts = [
            len(bindings_on(session, hospital, programs, dt.date.fromisoformat(day)))
            for day in ("2026-06-30", "2026-07-01", "2026-12-31", "2027-01-01")
        ]
    assert counts == [0, 1, 1, 0]
    with pytest.raises(HpfError, match="pool"):
        bind(
            [{"indicator": "ward_nurse.department.pol", "result": BOUND[0]["result"]}], "2026-07-01"
        )
