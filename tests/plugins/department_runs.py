"""Runs of the departments' schemes: of their worked examples, and of facts written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from plugin_runs import PLUGINS, PROGRAMS

from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.kit.examples import Example
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.core.settings import Settings

CODES = (
    "cardiology",
    "general_surgery",
    "head_nurse",
    "head_nurse_year",
    "laboratory",
    "laboratory_points",
    "radiology",
    "ultrasound",
    "anaesthesia",
    "ophthalmology",
    "director",
    "director_year",
    "operating_room",
    "category_weight",
    "ward_nurse",
)
CASES = example_cases([PLUGINS.schemes[code] for code in CODES])
EXAMPLES: dict[str, Example] = {case.example.id: case.example for case in CASES}
Facts = dict[str, dict[str, dict[str, Any]]]


def run(
    code: str,
    facts: Mapping[str, Any],
    given: Mapping[str, Any] | None = None,
    period: str = "2006-09",
    profile: str = "full",
) -> Run:
    """One run on hand-written facts; `given` are a hospital's values, dated like the period."""
    program = PROGRAMS[code]
    when = Period.parse(period)
    dated = {
        k: [{"from": when.first_day, "value": v, "reason": "test"}]
        for k, v in (given or {}).items()
    }
    held = Settings.parse(program.parameters, dated, "test")
    return calculate(program, facts_of(program, when, facts), held, profile=profile)


def of(id: str, profile: str = "full") -> Run:
    """The run of an example."""
    e = EXAMPLES[id]
    return run(e.program.code, e.facts, e.settings, str(e.period), profile)


def total(found: Run, rule: str, entity: str = "staff") -> Decimal:
    ids = found.checked.rows[entity].ids.to_list()
    values = [found.value(entity, i, rule) for i in ids]
    return sum((v for v in values if isinstance(v, Decimal)), Decimal(0))
