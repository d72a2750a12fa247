"""Blanks of held units: a declared zero counts in a complete row, and no figure in another."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from bent_scheme import Bench

from hpf.core import CNY, HOSPITAL, STAFF, round_to
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.holding import HeldUnit
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run

SEPTEMBER = Period.parse("2026-09")


@pytest.fixture
def ward(bench: Bench) -> Program:
    """People are paid a rate, and for their nights: a blank there means none."""
    bench.scheme.decimal(STAFF, "nights", zh="夜班费", en="Nights", unit=CNY, blank="zero")

    def paid(person: Any) -> Any:
        return round_to(person.nights + person.pay_rate.or_(0))

    def doubled(person: Any) -> Any:
        return person.pay_rate.or_(0) * 2

    def nights(hospital: Any) -> Any:
        return hospital.departments.staff.nights.sum()

    bench.rule(paid, "pay", "paid", unit=CNY)
    bench.rule(doubled, name="doubled", unit=CNY)
    bench.rule(nights, name="nights_of_all", unit=CNY, of=HOSPITAL)
    return bench.build()


def run(program: Program, *held: HeldUnit, **own: Any) -> Run:
    """own: what is reported of A; colleague B, of another ward, is complete."""
    whole = {"department": "W2", "score": 1, "role": "senior", "ward": "east", "leave": False,
             "remark": "无"}  # fmt: skip
    data = {
        "hospital": {"H": {}},
        "department": {w: {"hospital": "H", "pool": 0} for w in ("W1", "W2")},
        "staff": {
            "A": {**whole, "pay_rate": 100, **own, "department": "W1"},
            "B": {**whole, "pay_rate": 100, "nights": 30},
        },
    }
    return calculate(program, facts_of(program, SEPTEMBER, data), held=held)


W1 = HeldUnit("department", "W1")


def test_in_a_complete_row_a_blank_is_the_zero_that_its_indicator_says(ward: Program) -> None:
    found = run(ward, W1)
    assert found.value("staff", "A", "paid") == Decimal(100)
    assert not [p for p in found.problems if p.code == "hold.blank"]


def test_in_a_row_that_lacks_a_value_no_figure_rests_on_a_blank(ward: Program) -> None:
    """Others count the zero that was accepted at the import, and nobody is stopped by it."""
    found = run(ward, W1, score=None)
    assert found.value("staff", "A", "paid") is None
    bad = found.evaluated.bad["staff"]["bent.paid"]
    assert bad.to_list() == [True, False], "a problem, not an absent value"
    assert found.value("staff", "A", "doubled") == Decimal(200), "rests on what is reported"
    assert found.value("staff", "B", "paid") == Decimal(130)
    assert found.value("hospital", "H", "nights_of_all") == Decimal(30)
    (told,) = [p for p in found.problems if p.code == "hold.blank"]
    assert (told.severity, told.entity, told.name) == ("notice", "staff", "nights")
    assert found.value("staff", "A", "paid") != run(ward, W1).value("staff", "A", "paid")


def test_a_run_sealed_before_blanks_were_told_apart_replays_as_it_was(ward: Program) -> None:
    found = run(ward, W1._replace(zeros=True), score=None)
    assert found.value("staff", "A", "paid") == Decimal(100)
