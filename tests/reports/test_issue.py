"""What all cards of a run share: payouts, departments, the period before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from hpf.core.kit.hookspecs import BY_ROW
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.reports.cards.declared import SectionError, most_of
from hpf.reports.issue import Issue, Standing, payouts

Make = Callable[..., Issue]
Facts = Callable[..., dict[str, Any]]


def test_everyone_paid_is_in_one_department(ward: Make, facts: Facts) -> None:
    issue = ward(facts(7))
    assert dict(issue.units) == {"D": "心血管内科"}
    assert issue.members["D"] == tuple(sorted(issue.payouts))
    assert set(issue.unit_of.values()) == {"D"}


def test_the_period_before_comes_from_its_run_or_from_the_months(ward: Make, facts: Facts) -> None:
    with_run = ward(facts(), before=facts())
    assert with_run.payouts_before == payouts(with_run.before)  # type: ignore[arg-type]
    by_month = ward(facts(), months=((with_run.run.period.earlier(1), {"S001": Decimal(7)}),))
    assert by_month.payouts_before == {"S001": Decimal(7)}
    assert by_month.lines_before("S001") == []
    assert ward(facts()).payouts_before == {}


def test_sections_are_those_of_the_runs_own_scheme(ward: Make, facts: Facts) -> None:
    issue = ward(facts())
    assert [s.code for s in issue.of("bars", "radar")] == ["points", "card"]
    foreign = ward(facts(), sections=load_plugins().report_sections)
    assert foreign.of("bars", "people", "waterfall", "states") == ()


@pytest.mark.parametrize("standing", Standing)
def test_each_standing_has_words(standing: Standing) -> None:
    assert standing.names.zh
    assert standing.names.en


def test_full_marks_of_installed_sections_are_parameters_of_their_schemes() -> None:
    plugins = load_plugins()
    programs = load_programs(plugins)
    for section in plugins.report_sections:
        if section.chart in BY_ROW:
            continue  # theirs are names of the row, which are checked at start
        known = programs[section.scheme].parameters
        for name in filter(None, section.full):
            parameter, _, key = name.rstrip("]").partition("[")
            assert parameter in known, f"{section.code}: {name}"
            assert not key or key in known[parameter].keys


def test_a_section_with_an_unknown_parameter_says_which(ward: Make, facts: Facts) -> None:
    issue = ward(facts())
    section = replace(next(s for s in issue.sections if s.code == "points"), full=("ful_marks",))
    with pytest.raises(SectionError, match="Did you mean full_marks"):
        most_of(issue.run, section, 0)
