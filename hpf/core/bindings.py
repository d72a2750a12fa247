"""Bindings between schemes, as a configuration writes them; `hpf.core.compose` runs them.

- {indicator: laboratory.department.bonus_pool, result: hospital_pool.department.share}
- indicator: ward_nurse.department.pool
  result: hospital_pool.department.share
  rows: {WARD-7: NURSING-7}        # own id: the other scheme's id, where they differ
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from hpf.core.errors import Collector, Problem, SchemeError, Text, did_you_mean
from hpf.core.indicators import Indicator, Type
from hpf.core.program import Program, Rule


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
                _add(
                    bad,
                    here,
                    "twice",
                    f"{'.'.join(_target(binding))} 已在 {twice[0].place} 绑定",
                    f"{'.'.join(_target(binding))} is bound already by {twice[0].place}",
                )
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
        _add(
            bad,
            place,
            "unknown",
            f"没有 {extra} 这一项",
            f"there is no entry '{extra}'",
            did_you_mean(extra, known),
        )
    parts = [str(entry[key]).split(".") for key in ("indicator", "result")]
    if any(len(p) != 3 for p in parts):
        _add(
            bad,
            place,
            "bad",
            "要写成 方案.实体.名称",
            "write scheme.entity.name",
            Text("例如 laboratory.department.pool", "e.g. laboratory.department.pool"),
        )
        return None
    rows = entry.get("rows") or {}
    if not isinstance(rows, Mapping):
        _add(
            bad,
            place,
            "bad",
            "rows 要写成 {本方案的 id: 来源的 id}",
            "`rows` is a table {own id: the other scheme's id}",
        )
        return None
    (scheme, entity, code), (from_scheme, from_entity, rule) = parts
    same = {str(k): str(v) for k, v in rows.items()}
    return Binding(scheme, entity, code, from_scheme, from_entity, rule, same, place)


def _fits(b: Binding, programs: Mapping[str, Program], bad: Collector) -> bool:
    for code in (b.scheme, b.from_scheme):
        if code not in programs:
            _add(
                bad,
                b.place,
                "unknown",
                f"没有方案 {code}",
                f"there is no scheme '{code}'",
                did_you_mean(code, programs),
            )
            return False
    down, up = programs[b.scheme], programs[b.from_scheme]
    for program, entity in ((down, b.entity), (up, b.from_entity)):
        if entity not in program.entities:
            _add(
                bad,
                b.place,
                "unknown",
                f"方案 {program.code} 没有实体 {entity}",
                f"scheme '{program.code}' has no entity '{entity}'",
                did_you_mean(entity, program.entities),
            )
            return False
    indicator, rule = down.indicator(b.entity, b.indicator), up.rule(b.from_entity, b.rule)
    if indicator is None:
        known = [i.code for i in down.of(b.entity)]
        _add(
            bad,
            b.place,
            "unknown",
            f"{b.scheme}.{b.entity} 没有指标 {b.indicator}",
            f"{b.scheme}.{b.entity} has no indicator '{b.indicator}'",
            did_you_mean(b.indicator, known),
        )
    if rule is None:
        known = [r.name for r in up.rules if r.entity == b.from_entity]
        _add(
            bad,
            b.place,
            "unknown",
            f"{b.from_scheme}.{b.from_entity} 没有规则 {b.rule}",
            f"{b.from_scheme}.{b.from_entity} has no rule '{b.rule}'",
            did_you_mean(b.rule, known),
        )
    if indicator is None or rule is None:
        return False
    _alike(b, indicator, rule, down, up, bad)
    return True


def _alike(
    b: Binding, indicator: Indicator, rule: Rule, down: Program, up: Program, bad: Collector
) -> None:
    same = indicator.type is rule.type or (indicator.type.is_number and rule.type.is_number)
    if not same:
        _add(
            bad,
            b.place,
            "type",
            f"指标是{indicator.type}，结果是{rule.type}",
            f"the indicator is a {indicator.type}, the result a {rule.type}",
        )
    elif indicator.type.is_number and indicator.unit != rule.unit:
        _add(
            bad,
            b.place,
            "unit",
            f"单位不符：指标 {indicator.unit}，结果 {rule.unit}",
            f"units do not fit: indicator in {indicator.unit}, result in {rule.unit}",
        )
    for choice in rule.choices if indicator.type is Type.CHOICE else ():
        if choice not in indicator.choices:
            _add(
                bad,
                b.place,
                "choice",
                f"结果可能是“{choice}”，指标没有这个选项",
                f"the result may be '{choice}', which is no choice of the indicator",
                did_you_mean(choice, indicator.choices),
            )
    if b.entity != b.from_entity and not b.rows:
        _add(
            bad,
            b.place,
            "entity",
            f"实体不同：{b.entity} 与 {b.from_entity}",
            f"the entities differ: {b.entity} and {b.from_entity}",
            Text("请用 rows 写明哪一行取自哪一行", "Say with `rows` which row takes which"),
        )
    if down.period != up.period:
        _add(
            bad,
            b.place,
            "period",
            f"周期不同：{down.period} 与 {up.period}",
            f"the periods differ: {down.period} and {up.period}",
        )


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
            used = [
                str(b)
                for one, two in pairwise(loop)
                for b in bindings
                if (b.scheme, b.from_scheme) == (one, two)
            ]
            message = Text(f"绑定互相依赖：{words}", f"the bindings form a cycle: {words}")
            cure = Text("请去掉其中一个：" + ";".join(used), "Remove one of: " + "; ".join(used))
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
