"""Each alternative of a survey against a whole run so configured, on worked examples."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.kit.examples import read_examples
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.switches import Survey, survey
from hpf.core.results import Run
from hpf.core.settings import Settings

PROGRAMS = load_programs(load_plugins())
EXAMPLES = {
    e.id: e
    for e in read_examples(
        PROGRAMS["laboratory"].folder / "examples.yaml",
        {p.code: p for p in PROGRAMS.beside("laboratory")},
    )
    if e.source == "printed" or e.id in ("S4.6-turn-of-the-year", "S4.6-seventy-is-low")
}


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_alternative_is_what_a_run_so_configured_yields(name: str) -> None:
    example = EXAMPLES[name]
    program = example.program
    facts = facts_of(program, example.period, example.facts)
    day = example.period.first_day
    plain = {
        k: v if isinstance(v, list) and v and isinstance(v[0], dict) and "from" in v[0]
        else [{"from": day, "value": v, "reason": "example"}]
        for k, v in example.settings.items()
    }  # fmt: skip
    settings = Settings.parse(program.parameters, plain, name)
    run = calculate(program, facts, settings)
    if run.problems:
        return  # the example shows a problem: nothing is promised about its switches
    found = survey(run)
    for switch in found.switches:
        for one in switch.alternatives:
            value = {**run.parameters[switch.parameter.name].value, switch.key: one.value} \
                if switch.key else one.value  # type: ignore[dict-item]  # fmt: skip
            turned = [{"from": day, "value": value, "reason": "turned"}]
            other = Settings.parse(program.parameters, {**plain, switch.parameter.name: turned}, "")
            whole = calculate(program, facts, other)
            assert bool(whole.problems) == bool(one.problems), switch.label
            if not one.problems:
                lines = [{(x.entity, x.id, x.rule.name): x.value for x in r.lines()}
                         for r in (run, whole)]  # fmt: skip
                changed = {k for k in lines[0].keys() | lines[1].keys()
                           if lines[0].get(k) != lines[1].get(k)}  # fmt: skip
                assert len(changed) == one.results, switch.label
                assert one.total == _paid(found, whole)


def _paid(found: Survey, run: Run) -> Decimal | None:
    if found.money is None:
        return None
    paid = (x.value for x in run.lines() if x.rule.name == found.money.rule.name)
    return sum((v for v in paid if isinstance(v, Decimal)), Decimal(0))
