"""Pools beside what was shared out of them: to the fen, and every difference says why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from asking import ran, scheme
from sample_months import sample_month, sample_run

from hpf.core import CNY, DEPARTMENT, STAFF, Formula, Row, split
from hpf.core.calculate import calculate
from hpf.core.kit.programs import Programs
from hpf.core.parameters import Dated
from hpf.core.results import Run
from hpf.core.shared_out import shared_out


@pytest.mark.parametrize("code", ["township", "community"])
def test_a_sample_s_pools_are_shared_out_to_the_fen(shipped_programs: Programs, code: str) -> None:
    run = sample_run(shipped_programs, code)
    found = shared_out(run)
    assert len(found) > 4
    assert {(one.left, one.why.zh) for one in found} == {(Decimal(0), "")}
    for one in found:
        held = run.evaluated.values[one.rule.entity][one.rule.qualified]
        assert one.given <= held.drop_nulls().sum()
        assert one.takers <= len(held)


def test_pools_lead_to_what_each_department_shares(shipped_programs: Programs) -> None:
    run = sample_run(shipped_programs, "township")
    (line,) = (x for x in shared_out(run) if x.rule.name == "unit_share" and x.id == "K01")
    assert (line.group, line.name, line.takers) == ("department", "内科", 10)
    assert line.pool == run.value("department", "K01", "to_share")


def test_a_reading_that_shares_nothing_out_has_no_pools(shipped_programs: Programs) -> None:
    """Whoever reads the printed formula pays by head; then no pool of people is claimed."""
    program, facts, settings = sample_month(shipped_programs, "township")
    assert settings is not None
    first = facts.period.first_day
    other = Dated(first, "printed_per_head", "test", "hospital")
    bent = replace(settings, overrides={**settings.overrides, "individual_formula": (other,)})
    names = {x.rule.name for x in shared_out(calculate(program, facts, bent))}
    assert "unit_share" not in names
    assert "management_allocated" in names


def run_of(folder: Path, *, pool: str, empty: bool = False) -> Run:
    """Departments D and E have a pool each; E may have nobody."""
    s = scheme(folder)
    s.decimal(DEPARTMENT, "fund", zh="科室总额", en="Fund", unit=CNY)

    @s.pay(STAFF, zh="份额", en="Share", clause="A.2")
    def share(person: Row) -> Formula:
        return split(person.department.fund, by=person.points, within=person.department)

    people = {"A": {"department": "D", "points": "50"},
              "B": {"department": "D", "points": "50"}}  # fmt: skip
    if not empty:
        people["C"] = {"department": "E", "points": "1"}
    units = {"D": {"hospital": "H", "fund": pool}, "E": {"hospital": "H", "fund": "30"}}
    return ran(s, {"hospital": {"H": {}}, "department": units, "staff": people})


@pytest.mark.parametrize(
    ("pool", "bent", "lefts", "why"),
    [
        ("100", {}, ("0", "0"), ""),
        ("100", {"empty": True}, ("0", "30"), "没有人参加分配"),
        ("100.005", {}, ("-0.005", "0"), "取整为 100.01"),
    ],
)  # fmt: skip
def test_what_nobody_got_says_why(
    tmp_path: Path, pool: str, bent: dict[str, bool], lefts: tuple[str, str], why: str
) -> None:
    found = shared_out(run_of(tmp_path, pool=pool, **bent))
    assert [x.left for x in found] == [Decimal(x) for x in lefts]
    assert [x.why.zh for x in found if x.left] == [why] * bool(why)
    assert all(bool(x.why.en) == bool(x.left) for x in found)
