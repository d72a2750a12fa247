"""Composition: one scheme's indicator bound to another scheme's result, by configuration.

The order of calculation is derived, cycles are refused, and explanation and reconciliation cross
the binding. A result that is absent takes the meaning that the indicator gives a blank; a result
that is a problem stops the scheme that needs it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from hpf.core.bindings import Binding, bound_indicators, needed_for, order, parse_bindings
from hpf.core.calculate import calculate
from hpf.core.errors import Collector, FactsError, HpfError, Problem, Text, did_you_mean
from hpf.core.facts import Bound, Facts, Table
from hpf.core.formula.steps import Step
from hpf.core.program import Program
from hpf.core.reconcile import Reconciled, reconcile
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.core.values import NO_HISTORY, History

__all__ = [
    "Binding",
    "Filler",
    "Reconciled",
    "bound_indicators",
    "fill",
    "filler",
    "needed_for",
    "order",
    "parse_bindings",
    "reconcile",
    "run_composed",
]


def run_composed(
    programs: Mapping[str, Program],
    bindings: Sequence[Binding],
    facts: Mapping[str, Facts],
    settings: Mapping[str, Settings] | None = None,
    history: Mapping[str, History] | None = None,
    profile: str = "full",
) -> dict[str, Run]:
    """Run every scheme that facts are given for, in the order of the bindings.

    facts, settings, history: by scheme code. Raises HpfError (as `calculate` does) with the
    problems of every scheme that could be looked at; a bound result that is a problem counts as
    one of the scheme that takes it.
    """
    runs: dict[str, Run] = {}
    wrong: list[Problem] = []
    kind: type[HpfError] = FactsError
    here = [b for b in bindings if b.scheme in facts]
    for code in order(facts, here):
        mine = [b for b in here if b.scheme == code]
        missing = [b for b in mine if b.from_scheme not in runs]
        if missing or code not in facts:
            # the scheme above failed and has told why, or was given no facts at all
            wrong += [_no_facts(b) for b in missing if b.from_scheme not in facts]
            continue
        try:
            given = fill(facts[code], mine, runs)
            runs[code] = calculate(
                programs[code],
                given,
                (settings or {}).get(code),
                (history or {}).get(code, NO_HISTORY),
                profile,
            )
        except HpfError as error:
            kind = type(error) if not wrong else FactsError
            wrong += error.problems
    if wrong:
        raise kind(wrong)
    return runs


def _no_facts(b: Binding) -> Problem:
    message = Text(
        f"{b} 要用方案 {b.from_scheme} 的结果，却没有它的数据",
        f"{b} takes results of '{b.from_scheme}', which has no facts",
    )
    cure = Text("请同时提供它的数据", "Give its facts as well")
    return Problem("binding.no_facts", message, cure, place=b.place)


def fill(facts: Facts, bindings: Sequence[Binding], runs: Mapping[str, Run]) -> Facts:
    """The facts with bound indicators filled from the runs they are bound to.

    Raises FactsError for a result that is a problem, a named row that is not there, or another
    period.
    """
    bad = Collector()
    tables = dict(facts.tables)
    for b in bindings:
        run, table = runs[b.from_scheme], tables.get(b.entity)
        if run.period != facts.period:
            message = Text(
                f"{b.from_scheme} 是 {run.period} 的结果",
                f"the results of '{b.from_scheme}' are of {run.period}",
            )
            bad.add(Problem("binding.period", message, place=b.place))
        elif table is not None:
            tables[b.entity] = _filled(table, b, run, bad)
    bad.stop(FactsError)
    return replace(facts, tables=tables)


def _filled(table: Table, b: Binding, run: Run, bad: Collector) -> Table:
    name = f"{b.from_scheme}.{b.rule}"
    rows = run.checked.rows[b.from_entity]
    at = {id: i for i, id in enumerate(rows.ids.to_list())}
    own = table.frame["id"].cast(pl.String).to_list()
    for mine, theirs in b.rows.items():
        for id, known, scheme in ((mine, own, b.scheme), (theirs, list(at), b.from_scheme)):
            if id not in known:
                message = Text(
                    f"rows:方案 {scheme} 没有 {id}", f"rows: scheme '{scheme}' has no '{id}'"
                )
                bad.add(Problem("binding.row", message, did_you_mean(id, known), b.place))
    column = run.evaluated.values[b.from_entity][name]
    mask = run.evaluated.bad.get(b.from_entity, {}).get(name)
    places = [at.get(b.rows.get(id, id)) for id in own]
    for id, place in zip(own, places, strict=True):
        if place is not None and mask is not None and mask[place]:
            message = Text(
                f"{b.rule} 在 {rows.ids[place]} 上有问题，不能代入",
                f"{b.rule} is a problem for {rows.ids[place]} and cannot be handed on",
            )
            cure = Text(f"请先处理方案 {b.from_scheme} 的问题", f"Mend '{b.from_scheme}' first")
            bad.add(Problem("binding.problem", message, cure, b.place, b.entity, id, b.indicator))
    filled = column.gather(pl.Series(places, dtype=pl.UInt32)).alias(b.indicator)
    bound = Bound(b.from_scheme, b.from_entity, b.rule, b.rows)
    return replace(
        table,
        frame=table.frame.with_columns(filled),
        bound={**table.bound, b.indicator: bound},
    )


@dataclass(frozen=True, slots=True)
class Filler:
    """The result that fills a bound fact: a rule of a row in the run of a scheme above."""

    run: Run
    entity: str
    id: str
    index: int
    rule: str


def filler(run: Run, step: Step, runs: Mapping[str, Run]) -> Filler | None:
    """Where the derivation of a run's bound fact goes on; None for any other step, and where
    nothing fills this row. runs: by scheme code."""
    table = run.checked.rows[step.entity].table if step.source and step.source.bound else None
    if table is None or step.code not in table.bound:
        return None
    bound = table.bound[step.code]
    above, id = runs.get(bound.scheme), bound.row(step.id)
    index = None if above is None else above.checked.rows[bound.entity].row_of(id)
    if above is None or index is None:
        return None
    return Filler(above, bound.entity, id, int(index), bound.rule)
