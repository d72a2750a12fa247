"""The settlement of the year (S2-5-4, S2-5-5): what the day named for it must be."""

from __future__ import annotations

import datetime as dt

import pytest

from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.settings import Settings

PLUGINS = load_plugins(only=("township",))
PROGRAM = load_programs(PLUGINS)["township"]
EXAMPLE = next(
    case.example
    for case in example_cases([PLUGINS.schemes["township"], PLUGINS.schemes["township_year"]])
    if case.example.id == "TWP-yearly-account"
)


def told(period: str, ends: dt.date) -> set[str]:
    """Problems of a month of a hospital with a seasonal unit, whose year ends on that day."""
    answers = {
        code: [{"from": "2026-01-01", "value": value, "reason": "test"}]
        for code, value in EXAMPLE.settings.items()
    }
    facts = {**EXAMPLE.facts, "hospital": {"H": {**EXAMPLE.facts["hospital"]["H"]}}}
    facts["hospital"]["H"]["year_ends_on"] = ends
    held = Settings.parse(PROGRAM.parameters, answers, "test")
    found = calculate(PROGRAM, facts_of(PROGRAM, Period.parse(period), facts), held)
    return {p.name for p in found.problems if p.name.startswith("year_end")}


@pytest.mark.parametrize(
    ("period", "ends"),
    [
        ("2026-09", dt.date(2026, 9, 30)),  # October to December would never be settled
        ("2026-12", dt.date(2027, 6, 30)),  # December would pass as an advance
        ("2026-12", dt.date(2027, 1, 1)),
    ],
)
def test_a_year_that_does_not_end_with_december_is_refused(period: str, ends: dt.date) -> None:
    """The year's sums begin in January: any other day leaves months out, and nobody is told."""
    assert told(period, ends)


@pytest.mark.parametrize("period", ["2026-01", "2026-09", "2026-12", "2028-02", "2099-12"])
def test_31_december_is_accepted_in_every_month(period: str) -> None:
    assert told(period, dt.date(int(period[:4]), 12, 31)) == set()
