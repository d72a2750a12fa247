"""Holding units back: what is not known of them, whom that would touch, and what may be sealed.

A unit whose facts are incomplete need not stop the others, as long as no other payout rests on
what is missing; where its facts are in doubt, on any of them. Results that rest on what is missing
are then held: no figure, and no zero. The rows themselves stay: a headcount or a pool that counts
them is as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import polars as pl

from hpf.core.errors import FactsError, Problem, Text
from hpf.core.facts import Checked
from hpf.core.program import Program, Rule
from hpf.core.results import Evaluated
from hpf.core.rules import REQUIREMENT
from hpf.core.settings import Resolved
from hpf.core.spreading import Key, Spreading
from hpf.core.unreported import notices, unreported


class HeldUnit(NamedTuple):
    """A unit that waits. in_doubt: what is reported of it may change, not only what is missing.

    zeros: its own results count every blank as its declared zero, as in runs that were sealed
    before some were told apart: they replay as they were.
    """

    entity: str
    id: str
    in_doubt: bool = False
    zeros: bool = False


Held = Sequence[HeldUnit]
_MISSING = ("facts.missing",)
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Dependant:
    """A payout of somebody who is not held, which rests on what is not known."""

    entity: str
    id: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Tolerated:
    """Rows that are held (entity -> row numbers), and what checking found missing in them."""

    rows: Mapping[str, frozenset[int]]
    missing: Mapping[Key, set[int]]
    notices: tuple[Problem, ...] = ()

    def has(self, problem: Problem, checked: Checked) -> bool:
        """Whether a problem is about a held row."""
        rows = checked.rows.get(problem.entity)
        row = rows.row_of(problem.id) if rows is not None and problem.id else None
        return row is not None and row in self.rows.get(problem.entity, ())


def tolerate(
    program: Program, checked: Checked, problems: Sequence[Problem], held: Held
) -> tuple[Tolerated, list[Problem]]:
    """What is missing of held units is told apart from all other problems of checking.

    Raises FactsError for a unit that is not there.
    """
    rows = rows_of(program, checked, held)
    found = Tolerated(rows, {})
    missing: dict[Key, set[int]] = {}
    others, told = [], []
    for problem in problems:
        if problem.code in _MISSING and found.has(problem, checked):
            row = checked.rows[problem.entity].row_of(problem.id)
            missing.setdefault((problem.entity, problem.name), set()).add(int(row or 0))
            told.append(_held_notice(problem))
        else:
            others.append(problem)
    return Tolerated(rows, missing, tuple(told)), others


def rows_of(program: Program, checked: Checked, held: Held) -> dict[str, frozenset[int]]:
    """The held units' rows, and all rows whose links lead to them."""
    gone: dict[str, set[int]] = {entity: set() for entity in checked.rows}
    unknown = []
    for entity, id, *_ in held:
        rows = checked.rows.get(entity)
        row = rows.row_of(id) if rows is not None else None
        if row is None:
            unknown.append(_no_unit(entity, id))
        else:
            gone[entity].add(row)
    if unknown:
        raise FactsError(unknown)
    grown = True
    while grown:
        grown = False
        for entity, rows in checked.rows.items():
            for link in program.entities[entity].links:
                if link.name not in rows.links or not gone.get(link.to):
                    continue
                led = {n for n, end in enumerate(rows.links[link.name].to_list())
                       if end in gone[link.to]}  # fmt: skip
                if not led <= gone[entity]:
                    gone[entity] |= led
                    grown = True
    return {entity: frozenset(found) for entity, found in gone.items() if found}


def mask(
    program: Program,
    checked: Checked,
    parameters: Mapping[str, Resolved],
    evaluated: Evaluated,
    tolerated: Tolerated,
    held: Held,
    problems: Iterable[Problem],
) -> tuple[Evaluated, list[Problem]]:
    """Results of held rows that rest on what is not known become problems, so that no figure
    stands for them; and the problems that remain.

    problems: what computing found. Those of held rows become notices. Raises FactsError naming
    the dependants where somebody else's payout rests on what is not known.
    """
    unknown: dict[Key, set[int]] = {}
    for entity, columns in evaluated.bad.items():
        for name, wrong in columns.items():
            rows = set(wrong.arg_true().to_list()) & tolerated.rows.get(entity, frozenset())
            if rows:
                unknown.setdefault((entity, name), set()).update(rows)
    found = list(problems)
    spread = Spreading(program, checked, parameters, tolerated.missing, unknown)
    broken = _broken(program, checked, spread, tolerated, found)
    if broken:
        for key, more in broken.items():
            unknown.setdefault(key, set()).update(more)
        spread = Spreading(program, checked, parameters, tolerated.missing, unknown)
    left = [
        _held_notice(p)
        if p.severity == "problem"
        and (tolerated.has(p, checked) or _rests(p, program, checked, spread))
        else p
        for p in found
    ]
    all_of_it = Spreading(program, checked, parameters, _in_doubt(program, checked, held), {})
    touched = dependants(program, checked, all_of_it, tolerated)
    touched += [d for d in dependants(program, checked, spread, tolerated) if d not in touched]
    if touched:
        raise FactsError([_refused(touched)])
    counted = rows_of(program, checked, [one for one in held if not one.zeros])
    blank = unreported(program, checked, counted, tolerated.missing)
    if blank:  # nobody else is stopped by them
        spread = Spreading(program, checked, parameters, {**tolerated.missing, **blank}, unknown)
        left += notices(program, blank)
    values = {e: dict(c) for e, c in evaluated.values.items()}
    bad = {e: dict(c) for e, c in evaluated.bad.items()}
    for (entity, name), marks in spread.results.items():
        mine = [m and n in tolerated.rows.get(entity, ()) for n, m in enumerate(marks)]
        if any(mine):
            column = values[entity][name]
            out = pl.Series(mine, dtype=pl.Boolean)
            nothing = pl.Series([None] * len(column), dtype=column.dtype)
            values[entity][name] = column.zip_with(~out, nothing)
            old = bad.get(entity, {}).get(name)
            bad.setdefault(entity, {})[name] = out if old is None else old | out
    return replace(evaluated, values=values, bad=bad), left


def _in_doubt(program: Program, checked: Checked, held: Held) -> dict[Key, set[int]]:
    """Every fact that somebody reports of units in doubt: any of them may come out differently.

    What another scheme's sealed result fills is known, and stays as it is.
    """
    found: dict[Key, set[int]] = {}
    doubted = [one for one in held if one.in_doubt]
    for entity, rows in rows_of(program, checked, doubted).items():
        table = checked.rows[entity].table
        bound = table.bound if table is not None else {}
        for indicator in program.of(entity):
            if indicator.code not in bound:
                found[entity, indicator.code] = set(rows)
    return found


def _broken(
    program: Program,
    checked: Checked,
    spread: Spreading,
    tolerated: Tolerated,
    problems: Iterable[Problem],
) -> dict[Key, set[int]]:
    """All results of held rows on which a requirement fails: nothing of them can be relied on.

    A requirement that itself rests on what is not known has not failed.
    """
    found: dict[Key, set[int]] = {}
    for problem in problems:
        rule = program.rule(problem.entity, problem.name)
        if problem.severity != "problem" or rule is None or rule.kind != REQUIREMENT:
            continue
        if tolerated.has(problem, checked) and not _rests(problem, program, checked, spread):
            row = checked.rows[problem.entity].row_of(problem.id) or 0
            for other in program.rules:
                if other.entity == problem.entity:
                    found.setdefault((other.entity, other.qualified), set()).add(row)
    return found


def _rests(problem: Problem, program: Program, checked: Checked, spread: Spreading) -> bool:
    """Whether a problem is about a result that rests on what is not known."""
    rule = program.rule(problem.entity, problem.name)
    row = checked.rows[problem.entity].row_of(problem.id) if rule and problem.id else None
    if rule is None or row is None:
        return False
    return spread.results[rule.entity, rule.qualified][row]


def dependants(
    program: Program, checked: Checked, spread: Spreading, tolerated: Tolerated
) -> list[Dependant]:
    """Payouts of others (scores and grades, where nothing is paid) that rest on what is not known.

    Sums above them, like a hospital's total, are not among them: they say what they leave out.
    """
    paid = program.payout
    wanted = [paid] if paid else [r for r in program.rules if r.kind in ("score", "grade")]
    found = []
    for rule in wanted:
        held = tolerated.rows.get(rule.entity, frozenset())
        ids = checked.rows[rule.entity].ids
        marks = spread.results[rule.entity, rule.qualified]
        found += [
            Dependant(rule.entity, ids[row], rule)
            for row, touched in enumerate(marks)
            if touched and row not in held
        ]
    return found


def _held_notice(problem: Problem) -> Problem:
    return replace(
        problem,
        severity="notice",
        message=Text(f"暂缓：{problem.message.zh}", f"held back: {problem.message.en}"),
    )


def _no_unit(entity: str, id: str) -> Problem:
    return Problem(
        "hold.no_unit",
        Text(f"没有 {entity}:{id}", f"there is no {entity}:{id}"),
        Text("请检查编号", "Check the id"),
        entity=entity,
        id=id,
    )


def _refused(found: Sequence[Dependant]) -> Problem:
    name = found[0].rule.names
    names = ", ".join(f"{d.entity}:{d.id}" for d in found[:_SHOWN])
    more = f" … ({len(found)})" if len(found) > _SHOWN else ""
    return Problem(
        "hold.dependants",
        Text(
            f"不能暂缓：还有 {len(found)} 人的“{name.zh}”要用到它的数据：{names}{more}",
            f"cannot be held back: '{name.en}' of {len(found)} others rests on its "
            f"facts: {names}{more}",
        ),
        Text(
            "请先补齐、核实它的数据，或把这些人所在的单位一并暂缓",
            "Complete and settle its facts, or hold the units of these people as well",
        ),
        entity=found[0].entity,
        name=found[0].rule.name,
    )
