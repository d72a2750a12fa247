"""A scheme's own sample, shaken: fewer rows, other values, other readings, and what came of it.

Everything is drawn from a seed, so a failure is repeated by its number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from agreement import UNIT, Careful, conserved, exactly_equal

from hpf.core.checking import check
from hpf.core.facts import Checked, Facts, facts_of
from hpf.core.formula.columns import evaluate
from hpf.core.formula.exact import snap
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.parameter_checks import misfits
from hpf.core.program import Program
from hpf.core.program_json import parameters_json, program_json, read_parameters, read_program
from hpf.core.results import Evaluated, Run
from hpf.core.seal import seal
from hpf.core.settings import Resolved
from hpf.core.values import ABSENT, History, Trouble

Data = dict[str, dict[str, dict[str, Any]]]
_NUMBERS = ("0", "0", "1", "1", "2", "0.5", "0.005", "0.125", "7", "12.345", "33.333333333333",
            "60", "80", "100", "999.995", "12345.67", "1000000000.01")  # fmt: skip
_KEPT = 7  # rows of an entity, at most


def shaken(program: Program, facts: Facts, chance: Random) -> Data:
    """Some rows whose links still lead somewhere, about half of their values drawn anew."""
    data: Data = {}
    for code in program.used_entities():
        table = facts.tables.get(code)
        rows = table.frame.to_dicts() if table is not None else []
        links = {link.name: link for link in program.entities[code].links}
        chance.shuffle(rows)
        data[code] = {}
        for row in rows:
            lost = [n for n, link in links.items() if link.to in data
                    and row.get(n) is not None and row[n] not in data[link.to]]  # fmt: skip
            for name in lost:
                row[name] = None
            if len(data[code]) < _KEPT and all(links[n].optional for n in lost):
                data[code][str(row.pop("id"))] = row
        known = {"name", *links, *(i.code for i in program.of(code))}
        for row in data[code].values():
            for name in row.keys() - known:
                del row[name]
            for indicator in program.of(code):
                if chance.random() < 0.5:
                    row[indicator.code] = drawn(indicator, facts, chance)
    return data


def drawn(indicator: Indicator, facts: Facts, chance: Random) -> Any:
    """A value that the indicator admits, often an awkward one."""
    if indicator.blank is not Blank.REQUIRED and chance.random() < 0.2:
        return None
    match indicator.type:
        case Type.CHOICE:
            return chance.choice(indicator.choices)
        case Type.BOOLEAN:
            return chance.random() < 0.5
        case Type.DATE:
            return facts.period.last_day + dt.timedelta(chance.randint(-800, 40))
        case Type.TEXT:
            return chance.choice(("甲", "乙"))
    number = Fraction(chance.choice(_NUMBERS))
    if indicator.type is Type.INTEGER:
        number = Fraction(int(number))
    if indicator.low is None and chance.random() < 0.2:
        number = -number
    for bound, least in ((indicator.low, True), (indicator.high, False)):
        if bound is not None and (number < bound if least else number > bound):
            number = bound
    return _plain(number)


def _plain(number: Fraction) -> str:
    """A fraction of few places, written out."""
    return f"{Decimal(number.numerator) / Decimal(number.denominator):f}"


def turned(parameters: dict[str, Resolved], chance: Random) -> dict[str, Resolved]:
    """Some switches on another of their readings."""
    out = dict(parameters)
    for name, held in parameters.items():
        p = held.parameter
        options: tuple[Any, ...] = (True, False) if p.kind == "boolean" else p.choices
        if options and not p.keys and chance.random() < 0.3:
            dated = replace(held.dated, value=chance.choice(options))
            out[name] = replace(held, dated=dated)
    return out


def disagreements(program: Program, run: Run, chance: Random) -> list[str] | None:
    """What is wrong on one shaken month; None where its facts do not hold or digits cannot decide.

    run: the sample's own, whose facts are shaken and whose results stand for the period before.
    """
    facts = facts_of(program, run.period, shaken(program, _facts(run), chance))
    checked, problems = check(program, facts)
    parameters = turned(dict(run.parameters), chance)
    if [p for p in problems if p.severity == "problem"] or misfits(program, parameters):
        return None
    history = _before(run) if chance.random() < 0.5 else History()
    scalar = Careful(program, checked, parameters, history)
    two = {
        (rule.entity, id, rule.name): scalar.value(rule.entity, n, rule.qualified)
        for rule in program.rules
        for n, id in enumerate(checked.rows[rule.entity].ids)
    }
    if scalar.undecided:
        return None
    evaluated = evaluate(program, checked, parameters, history)
    found = list(_differing(program, checked, evaluated, two))
    found += conserved(program, checked, scalar, two)
    sealed = seal(program, checked, parameters, evaluated, history)
    stored, held = read_program(program_json(program)), read_parameters(parameters_json(parameters))
    again = evaluate(stored, checked, held, history)
    if seal(stored, checked, held, again, history) != sealed:
        found.append("the stored program does not replay to the same seal")
    return found


def _facts(run: Run) -> Facts:
    tables = {e: r.table for e, r in run.checked.rows.items() if r.table is not None}
    return Facts(run.period, tables)


def _before(run: Run) -> History:
    results: dict[tuple[str, str], dict[str, Any]] = {}
    for line in run.lines():
        results.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
    return History({run.period.earlier(k): results for k in (1, 2)})


def _differing(
    program: Program, checked: Checked, evaluated: Evaluated, two: dict[tuple[str, str, str], Any]
) -> Iterator[str]:
    for rule in program.rules:
        values = evaluated.values[rule.entity][rule.qualified]
        bad = evaluated.bad.get(rule.entity, {}).get(rule.qualified)
        for n, id in enumerate(checked.rows[rule.entity].ids):
            exact, quick = two[rule.entity, id, rule.name], values[n]
            if isinstance(exact, Trouble) or (bad is not None and bad[n]):
                same = isinstance(exact, Trouble) and bad is not None and bad[n] and quick is None
            elif isinstance(exact, Fraction):
                off = None if quick is None else abs(snap(exact) - Fraction(quick))
                same = off is not None and off <= (0 if exactly_equal(rule.tree) else UNIT)
            else:
                same = quick == (None if exact is ABSENT else exact)
            if not same:
                yield f"{rule.qualified} of {rule.entity}:{id}: columns {quick!r}, scalar {exact!r}"
