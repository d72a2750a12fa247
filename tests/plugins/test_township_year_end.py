"""The township's year-end award (S2-5-1b): both methods, their problems, the sample of 2026."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import HpfError
from hpf.core.facts import facts_of
from hpf.core.kit.check import check_scheme
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.intake import load

PROGRAMS = load_programs(load_plugins(only=("township",)))
PROGRAM = PROGRAMS["township_year"]
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings["township_year"]
YEAR = Period.parse("2026")
BY_POINTS, BY_AMOUNT = "by_points", "by_amount"


def run(method: str | None, pool: str, nominations: Mapping[str, Mapping[str, str]]) -> Run:
    """Two people of one unit; `nominations` says what the committee gives whom."""
    facts: dict[str, Any] = {
        "hospital": {"H": {"award_pool": pool, "award_minutes": "合成数据"}},
        "department": {"A": {"hospital": "H"}},
        "staff": {"a": {"department": "A"}, "b": {"department": "A"}},
        "nomination": {i: {"staff": i, "merit": "合成数据", **n} for i, n in nominations.items()},
    }
    answers: dict[str, Any] = {}
    if method:
        answers["year_end_award_method"] = [
            {"from": "2026-01-01", "value": method, "reason": "test"}
        ]
    held = Settings.parse(PROGRAM.parameters, answers, "test")
    return calculate(PROGRAM, facts_of(PROGRAM, YEAR, facts), held)


def told(found: Run) -> list[tuple[str, str]]:
    """Code and row of what is told, notices apart."""
    return [(p.code, p.id) for p in found.problems if p.severity == "problem"]


@pytest.mark.slow
def test_the_scheme_keeps_its_promises_and_its_examples_notice_every_mutant() -> None:
    """Clauses covered, parameters used, every worked example right, no mutant left."""
    report = check_scheme(PROGRAM, PROGRAMS.beside("township_year"), mutate=True)
    assert [p.line("en") for p in report.problems] == []
    assert report.gate is not None
    assert report.gate.excused == ()


def test_the_method_is_the_hospitals_and_has_no_default() -> None:
    with pytest.raises(HpfError, match="year_end_award_method"):
        run(None, "100", {"a": {"points": "1"}})


def test_a_pool_that_nobody_was_nominated_for_is_told() -> None:
    """By points there must be someone to share it; amounts may leave all of it."""
    found = run(BY_POINTS, "100", {})
    assert "no_takers" in str(told(found))
    assert found.value("staff", "a", "award") is None
    left = run(BY_AMOUNT, "100", {})
    assert told(left) == []
    assert left.value("hospital", "H", "pool_left") == 100


def test_without_a_pool_there_is_no_award_and_nothing_is_told() -> None:
    found = run(BY_POINTS, "0", {})
    assert told(found) == []
    assert found.value("hospital", "H", "awards") == 0


def test_shares_that_do_not_come_out_even_still_add_up() -> None:
    found = run(BY_POINTS, "100", {"a": {"points": "1"}, "b": {"points": "2"}})
    assert found.value("staff", "a", "award") == Decimal("33.33")
    assert found.value("staff", "b", "award") == Decimal("66.67")


def test_amounts_beyond_the_pool_are_told_with_what_helps() -> None:
    found = run(BY_AMOUNT, "100", {"a": {"amount": "60"}, "b": {"amount": "40.01"}})
    (problem,) = [p for p in found.problems if p.severity == "problem"]
    assert problem.id == "H"
    assert "raise the pool" in problem.line("en")
    assert "追加总额" in problem.line("zh")


def test_the_samples_award_goes_to_four_people() -> None:
    """12,000 by 35, 30, 20 and 15 points: 120 a point."""
    found = calculate(PROGRAM, load(SAMPLE / "township_year" / "2026", PROGRAM, YEAR), CONFIG)
    assert found.problems == ()
    awards = {i: found.value("staff", i, "award") for i in found.checked.rows["staff"].ids}
    expected = {"K01-2": 4200, "K02-1": 3600, "K07-1": 2400, "X03-2": 1800}
    assert {i: v for i, v in awards.items() if v is not None} == expected
