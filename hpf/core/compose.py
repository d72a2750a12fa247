"""Composition: one scheme's indicator bound to another scheme's result, by configuration.

    bindings:
      - {indicator: laboratory.department.bonus_pool, result: hospital_pool.department.share}
      - indicator: ward_nurse.department.pool
        result: hospital_pool.department.share
        rows: {WARD-7: NURSING-7}        # own id: the other scheme's id, where they differ

The order of calculation is derived, cycles are refused, and explanation and reconciliation cross
the binding. A result that is absent takes the meaning that the indicator gives a blank; a result
that is a problem stops the scheme that needs it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl

from hpf.core.calculate import calculate
from hpf.core.errors import (
    Collector,
    FactsError,
    HpfError,
    Problem,
    SchemeError,
    Text,
    did_you_mean,
)
from hpf.core.facts import Bound, Facts, Table
from hpf.core.indicators import Indicator, Type
from hpf.core.parameters import Settings
from hpf.core.program import Program, Rule
from hpf.core.results import Run
from hpf.core.values import NO_HISTORY, History


@dataclass(frozen=True, slots=True)
class Binding:
    """An indicator (scheme, entity, code) filled by a result (scheme, entity, rule).

    rows: own id -> the other scheme's id, where they differ.
    """

    scheme: str
    entity: str
    indicator: str
    from_scheme: str
    from_entity: str
    rule: str
    rows: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    def __str__(self) -> str:
        return (
            f"{self.scheme}.{self.entity}.{self.indicator}"
            f" = {self.from_scheme}.{self.from_entity}.{self.rule}"
        )


def parse_bindings(
    data: Sequence[Mapping[str, Any]], programs: Mapping[str, Program], place: str
) -> tuple[Binding, ...]:
    """Read and check a configuration's bindings.

    Raises SchemeError with every mistake: unknown names (with the nearest), types, units, entities
    and periods that do not fit, an indicator bound twice, a cycle of schemes.
    """
    bad = Collector()
    found: list[Binding] = []
    for number, entry in enumerate(data or (), 1):
        here = f"{place} bindings #{number}"
        binding = _binding(entry, here, bad)
        if binding and _fits(binding, programs, bad):
            twice = [b for b in found if _target(b) == _target(binding)]
            if twice:
                _add(bad, here, "twice", f"{'.'.join(_target(binding))} 已在 {twice[0].place} 绑定",
                     f"{'.'.join(_target(binding))} is bound already by {twice[0].place}")  # fmt: skip
            found.append(binding)
    bad.stop(SchemeError)
    order(programs, found)
    return tuple(found)


def _target(binding: Binding) -> tuple[str, str, str]:
    return binding.scheme, binding.entity, binding.indicator


def _add(
    bad: Collector, place: str, code: str, zh: str, en: str, cure: Text = Text("", "")
) -> None:
    bad.add(Problem(f"binding.{code}", Text(zh, en), cure, place=place))


def _binding(entry: Any, place: str, bad: Collector) -> Binding | None:
    known = {"indicator", "result", "rows"}
    if not isinstance(entry, Mapping) or not {"indicator", "result"} <= set(entry):
        _add(bad, place, "bad", "要有 indicator 与 result", "needs `indicator` and `result`")
        return None
    for extra in sorted(set(entry) - known):
        _add(bad, place, "unknown", f"没有 {extra} 这一项", f"there is no entry '{extra}'",
             did_you_mean(extra, known))  # fmt: skip
    parts = [str(entry[key]).split(".") for key in ("indicator", "result")]
    if any(len(p) != 3 for p in parts):
        _add(bad, place, "bad", "要写成 方案.实体.名称", "write scheme.entity.name",
             Text("例如 laboratory.department.pool", "e.g. laboratory.department.pool"))  # fmt: skip
        return None
    rows = entry.get("rows") or {}
    if not isinstance(rows, Mapping):
        _add(bad, place, "bad", "rows 要写成 {本方案的 id: 来源的 id}",
             "`rows` is a table {own id: the other scheme's id}")  # fmt: skip
        return None
    return Binding(*parts[0], *parts[1], {str(k): str(v) for k, v in rows.items()}, place)


def _fits(b: Binding, programs: Mapping[str, Program], bad: Collector) -> bool:
    for code in (b.scheme, b.from_scheme):
        if code not in programs:
            _add(bad, b.place, "unknown", f"没有方案 {code}", f"there is no scheme '{code}'",
                 did_you_mean(code, programs))  # fmt: skip
            return False
    down, up = programs[b.scheme], programs[b.from_scheme]
    for program, entity in ((down, b.entity), (up, b.from_entity)):
        if entity not in program.entities:
            _add(bad, b.place, "unknown", f"方案 {program.code} 没有实体 {entity}",
                 f"scheme '{program.code}' has no entity '{entity}'",
                 did_you_mean(entity, program.entities))  # fmt: skip
            return False
    indicator, rule = down.indicator(b.entity, b.indicator), up.rule(b.from_entity, b.rule)
    if indicator is None:
        known = [i.code for i in down.of(b.entity)]
        _add(bad, b.place, "unknown", f"{b.scheme}.{b.entity} 没有指标 {b.indicator}",
             f"{b.scheme}.{b.entity} has no indicator '{b.indicator}'",
             did_you_mean(b.indicator, known))  # fmt: skip
    if rule is None:
        known = [r.name for r in up.rules if r.entity == b.from_entity]
        _add(bad, b.place, "unknown", f"{b.from_scheme}.{b.from_entity} 没有规则 {b.rule}",
             f"{b.from_scheme}.{b.from_entity} has no rule '{b.rule}'",
             did_you_mean(b.rule, known))  # fmt: skip
    if indicator is None or rule is None:
        return False
    _alike(b, indicator, rule, down, up, bad)
    return True


def _alike(
    b: Binding, indicator: Indicator, rule: Rule, down: Program, up: Program, bad: Collector
) -> None:
    same = indicator.type is rule.type or (indicator.type.is_number and rule.type.is_number)
    if not same:
        _add(bad, b.place, "type", f"指标是{indicator.type},结果是{rule.type}",
             f"the indicator is a {indicator.type}, the result a {rule.type}")  # fmt: skip
    elif indicator.type.is_number and indicator.unit != rule.unit:
        _add(bad, b.place, "unit", f"单位不符:指标 {indicator.unit},结果 {rule.unit}",
             f"units do not fit: indicator in {indicator.unit}, result in {rule.unit}")  # fmt: skip
    for choice in rule.choices if indicator.type is Type.CHOICE else ():
        if choice not in indicator.choices:
            _add(bad, b.place, "choice", f"结果可能是“{choice}”,指标没有这个选项",
                 f"the result may be '{choice}', which is no choice of the indicator",
                 did_you_mean(choice, indicator.choices))  # fmt: skip
    if b.entity != b.from_entity and not b.rows:
        _add(bad, b.place, "entity", f"实体不同:{b.entity} 与 {b.from_entity}",
             f"the entities differ: {b.entity} and {b.from_entity}",
             Text("请用 rows 写明哪一行取自哪一行", "Say with `rows` which row takes which"))  # fmt: skip
    if down.period != up.period:
        _add(bad, b.place, "period", f"周期不同:{down.period} 与 {up.period}",
             f"the periods differ: {down.period} and {up.period}")  # fmt: skip


def order(programs: Iterable[str], bindings: Sequence[Binding]) -> list[str]:
    """Scheme codes, each after those whose results it takes; SchemeError naming a loop."""
    above: dict[str, list[Binding]] = {code: [] for code in programs}
    for b in bindings:
        above.setdefault(b.scheme, []).append(b)
    done: list[str] = []
    on_way: list[str] = []

    def visit(code: str) -> None:
        if code in done:
            return
        if code in on_way:
            loop = [*on_way[on_way.index(code) :], code]
            words = " ← ".join(loop)
            used = [str(b) for one, two in zip(loop, loop[1:], strict=False)
                    for b in bindings if (b.scheme, b.from_scheme) == (one, two)]  # fmt: skip
            message = Text(f"绑定互相依赖:{words}", f"the bindings form a cycle: {words}")
            cure = Text("请去掉其中一个:" + ";".join(used), "Remove one of: " + "; ".join(used))
            raise SchemeError([Problem("binding.cycle", message, cure)])
        on_way.append(code)
        for b in sorted(above.get(code, ()), key=lambda b: b.from_scheme):
            visit(b.from_scheme)
        on_way.pop()
        done.append(code)

    for code in sorted(above):
        visit(code)
    return done


def needed_for(scheme: str, bindings: Sequence[Binding]) -> list[str]:
    """The schemes to run for one scheme, in order, itself last."""
    found = {scheme}
    todo = [scheme]
    while todo:
        code = todo.pop()
        for b in bindings:
            if b.scheme == code and b.from_scheme not in found:
                found.add(b.from_scheme)
                todo.append(b.from_scheme)
    return order(found, [b for b in bindings if b.scheme in found])


def bound_indicators(scheme: str, bindings: Iterable[Binding]) -> set[tuple[str, str]]:
    """(entity, indicator) that other schemes fill, so that nobody needs to report them."""
    return {(b.entity, b.indicator) for b in bindings if b.scheme == scheme}


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
    message = Text(f"{b} 要用方案 {b.from_scheme} 的结果,却没有它的数据",
                   f"{b} takes results of '{b.from_scheme}', which has no facts")  # fmt: skip
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
            _add(bad, b.place, "period", f"{b.from_scheme} 是 {run.period} 的结果",
                 f"the results of '{b.from_scheme}' are of {run.period}")  # fmt: skip
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
                _add(bad, b.place, "row", f"rows:方案 {scheme} 没有 {id}",
                     f"rows: scheme '{scheme}' has no '{id}'", did_you_mean(id, known))  # fmt: skip
    column = run.evaluated.values[b.from_entity][name]
    mask = run.evaluated.bad.get(b.from_entity, {}).get(name)
    places = [at.get(b.rows.get(id, id)) for id in own]
    for id, place in zip(own, places, strict=True):
        if place is not None and mask is not None and mask[place]:
            message = Text(f"{b.rule} 在 {rows.ids[place]} 上有问题,不能代入",
                           f"{b.rule} is a problem for {rows.ids[place]} and cannot be handed on")  # fmt: skip
            cure = Text(f"请先处理方案 {b.from_scheme} 的问题", f"Mend '{b.from_scheme}' first")
            bad.add(Problem("binding.problem", message, cure, b.place, b.entity, id, b.indicator))
    filled = column.gather(pl.Series(places, dtype=pl.UInt32)).alias(b.indicator)
    bound = Bound(b.from_scheme, b.from_entity, b.rule, b.rows)
    return replace(
        table,
        frame=table.frame.with_columns(filled),
        bound={**table.bound, b.indicator: bound},
    )
