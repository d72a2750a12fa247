"""A result on the scale of its grades: which grade, how far from the next, where the others are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.formula.tree import Compare, Own, Param, walk
from hpf.core.kit.hookspecs import ReportSection
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.reports import figures as f
from hpf.reports.cards.declared import value_of


@dataclass(frozen=True, slots=True)
class Limit:
    """Where one grade begins: the parameter's name, its value and its clause."""

    name: Text
    value: Decimal
    clause: str


@dataclass(frozen=True, slots=True)
class Scale:
    """limits: ascending; grades: one more than limits, the lowest first, () where their order
    cannot be told from the results."""

    limits: tuple[Limit, ...]
    grades: tuple[str, ...]


def scale(run: Run, section: ReportSection) -> Scale:
    """The limits that the grade's rule compares the total with."""
    rule = run.program.rule(section.entity, section.group)
    if rule is None:
        return Scale((), ())
    found = {limit.value: limit for limit in _limits(run, rule, section.total)}
    limits = tuple(found[v] for v in sorted(found))
    return Scale(limits, _grades(run, section, rule, limits))


def _limits(run: Run, rule: Rule, total: str) -> Iterator[Limit]:
    for node in walk(rule.tree):
        match node:
            case Compare(_, Own(_, name), Param(parameter, None)):
                held = run.parameters[parameter]
                if name.rpartition(".")[2] == total and isinstance(held.value, Fraction):
                    known = held.parameter
                    yield Limit(known.names, decimal_of(held.value), known.clause)


def _grades(
    run: Run, section: ReportSection, rule: Rule, limits: Sequence[Limit]
) -> tuple[str, ...]:
    """The choices, lowest first: declared one way or the other, as the results show."""
    if len(rule.choices) != len(limits) + 1:
        return ()
    results = [
        (value_of(run, section.entity, id, section.total),
         value_of(run, section.entity, id, section.group))
        for id in run.checked.rows[section.entity].ids.to_list()
    ]  # fmt: skip
    for order in (tuple(reversed(rule.choices)), tuple(rule.choices)):
        if all(_fits(total, grade, order, limits) for total, grade in results):
            return order
    return ()


def _fits(total: object, grade: object, order: Sequence[str], limits: Sequence[Limit]) -> bool:
    """Whether a grade lies where an order puts it; a total on a limit may lie on either side."""
    if not isinstance(total, Decimal) or not isinstance(grade, str):
        return True
    least = sum(total > x.value for x in limits)
    most = sum(total >= x.value for x in limits)
    return grade in order[least : most + 1]


def distance(found: Scale, total: Decimal, grade: str, lang: str) -> str:
    """How far it is to the next grade; '' in the highest."""
    above = [x for x in found.limits if x.value > total]
    if not above:
        return ""
    by = f.points(above[0].value - total)
    place = found.limits.index(above[0]) + 1
    if not found.grades or found.grades[place] == grade:
        return ""
    name = found.grades[place]
    return Text(f"距{name} {by} 分", f"{by} points to {name}").say(lang)
