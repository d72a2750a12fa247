"""Runs of the community hospital: of its sample, of its worked examples, of people with results."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from decimal import Decimal
from pathlib import Path
from typing import Any

from plugin_runs import PLUGINS, PROGRAMS

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.facts import facts_of
from hpf.core.kit.examples import Example
from hpf.core.kit.testing import example_cases
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.core.values import NO_HISTORY, History
from hpf.intake import load

CODE = "community"
PROGRAM = PROGRAMS[CODE]
SAMPLE = PROGRAM.folder / "sample"
CONFIG = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS).settings[CODE]
CASES = example_cases(PLUGINS.schemes[CODE])
EXAMPLES: dict[str, Example] = {case.example.id: case.example for case in CASES}
QUARTER = Period.parse("2026-Q3")
Facts = dict[str, dict[str, dict[str, Any]]]


def part(*rules: str) -> Program:
    """The scheme cut down to rules of people and what they read: many runs of it are quick."""
    return PROGRAM.part([("staff", f"{CODE}.{rule}") for rule in rules])


RANKING = part("pay", "weights_fall")


def sampled(period: str, history: History = NO_HISTORY, folder: Path | None = None) -> Run:
    """A quarter of the sample (or of a spoilt copy) under its configuration."""
    facts = load(folder or SAMPLE / period, PROGRAM, Period.parse(period))
    return calculate(PROGRAM, facts, CONFIG, history)


def facts_from(example: str) -> Facts:
    """An example's facts, free to be changed."""
    return deepcopy({e: {i: dict(r or {}) for i, r in rows.items()}
                     for e, rows in EXAMPLES[example].facts.items()})  # fmt: skip


def run(
    facts: Facts,
    like: str,
    history: History = NO_HISTORY,
    /,
    program: Program = PROGRAM,
    **settings: Any,
) -> Run:
    """A run under an example's settings, some of them changed; program: perhaps a part of it."""
    held = {
        name: [{"from": "2026-01-01", "value": value, "reason": "test"}]
        for name, value in {**EXAMPLES[like].settings, **settings}.items()
    }
    return calculate(
        program,
        facts_of(PROGRAM, QUARTER, facts),
        Settings.parse(PROGRAM.parameters, held, "test"),
        history,
    )


def people(results: Mapping[str, Decimal], pool: str = "9000", **groups: str) -> Facts:
    """People of one rank group (or others, by id) with these final results, all above zero.

    Each has one entry of so many points; there is neither base, limit nor factor.
    """
    facts = facts_from("S0-6-2-check")
    home = {"department": "D", **facts["staff"]["A"]}
    facts["staff"] = {id: {**home, "rank_group": groups.get(id, "G")} for id in results}
    facts["rank_group"]["G"]["pool_given"] = pool
    facts["rank_group"]["K"]["pool_given"] = pool if "K" in groups.values() else "0"
    facts["tally"] = {id: {"staff": id, "standard": "Q"} for id in results}
    facts["entry"] = {
        id: {"tally": id, "sign": "加", "points": f"{value:f}", "day": "2026-07-01"}
        for id, value in results.items()
    }
    return facts


def ranked(results: Mapping[str, Decimal], pool: str = "9000", **settings: Any) -> Run:
    """One rank group with these final results, exactly."""
    exact = {"base_points": "0", "result_rounding": "exact"}
    return run(people(results, pool), "S0-6-2-check", program=RANKING, **{**exact, **settings})
