"""Mutants of formula trees: each comparison flipped, each term dropped, each constant nudged.

A mutant's id is the rule, the way to the node and what was done there
(`staff.pay:body.by/drop_left`), so it stays the same while the formula around it does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any

from hpf.core.build import among
from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.words import formula_words
from hpf.core.program import Program, Rule

_FLIPPED = {"lt": "le", "le": "lt", "gt": "ge", "ge": "gt", "eq": "ne", "ne": "eq"}
ZERO, ONE = t.Const(Fraction(0)), t.Const(Fraction(1))


@dataclass(frozen=True, slots=True)
class TreeMutant:
    """One changed rule. id: stable; place: the rule's file and line; meaning: before → after."""

    id: str
    rule: Rule
    place: str
    meaning: Text


def tree_mutants(program: Program) -> Iterator[TreeMutant]:
    """Every mutant of every rule, those left out whose tree is the original's or another's."""
    for rule in sorted(program.rules, key=lambda r: (r.entity, r.name)):
        plain = _without_among(rule.tree)
        seen = {_with_among(plain)}
        for where, label, old, new, whole in _mutate(plain, ""):
            tree = _with_among(whole)
            if tree in seen:
                continue
            seen.add(tree)
            said = [
                tuple(formula_words(program, n, lang, rule.entity, rule.unit) for n in (old, new))
                for lang in ("zh", "en")
            ]
            yield TreeMutant(
                f"{rule.entity}.{rule.name}:{where or 'root'}/{label}",
                replace(rule, tree=tree),
                rule.place,
                Text(*(f"{before} → {after}" for before, after in said)),
            )


def _mutate(node: t.Node, where: str) -> Iterator[tuple[str, str, t.Node, t.Node, t.Node]]:
    """(way, label, node before, node after, whole tree after) for this node and all below."""
    for label, new in _edits(node):
        yield where, label, node, new, new
    for name, index, child in _slots(node):
        way = name if index is None else f"{name}{index}"
        for at, label, old, new, below in _mutate(child, f"{where}.{way}" if where else way):
            yield at, label, old, new, _put(node, name, index, below)


def _slots(node: t.Node) -> Iterator[tuple[str, int | None, t.Node]]:
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(value, t.Node):
            yield f.name, None, value
        elif isinstance(value, tuple):
            yield from ((f.name, i, v) for i, v in enumerate(value) if isinstance(v, t.Node))


def _put(node: t.Node, name: str, index: int | None, child: t.Node) -> t.Node:
    value: Any = child
    if index is not None:
        old = getattr(node, name)
        value = (*old[:index], child, *old[index + 1 :])
    changed = replace(node, **{name: value})
    if isinstance(changed, t.Arith):
        return t.arith(changed.kind, changed.left, changed.right)
    return changed


def _edits(node: t.Node) -> Iterator[tuple[str, t.Node]]:
    match node:
        case t.Const(value) if isinstance(value, Fraction) and value:
            for label, nudged in nudges(value):
                yield label, t.Const(nudged)
        case t.Const(value) if isinstance(value, t.Rounding):
            for label, rounding in rounding_nudges(value):
                yield label, t.Const(rounding)
        case t.MonthsLater(date, _):
            yield "drop", date
        case t.DaysBetween(start, end):
            yield "swap", t.DaysBetween(end, start)
        case t.Compare(kind, left, right):
            yield "flip", t.Compare(_FLIPPED[kind], left, right)
        case t.Arith("add", left, right):
            yield "drop_left", right
            yield "drop_right", left
        case t.Arith("sub", left, right):
            if left != ZERO:
                yield "drop_left", t.Arith("sub", ZERO, right)
            yield "drop_right", left
        case t.Arith("mul", left, right):
            yield "drop_left", right
            yield "drop_right", left
        case t.Arith("div", left, right):
            if left != ONE:
                yield "drop_left", t.Arith("div", ONE, right)
            yield "drop_right", left
        case t.Logic("not", args):
            yield "drop", args[0]
        case t.Logic(_, args) | t.Extreme(_, args) | t.FirstOf(args):
            for i in range(len(args)):
                rest = (*args[:i], *args[i + 1 :])
                yield f"drop{i}", rest[0] if len(rest) == 1 else replace(node, args=rest)
        case t.When(_, then, other):
            yield "always", then
            yield "never", other
        case t.Only(_, body):
            yield "drop", body
        case t.Gather(_, _, _, _, where) if where is not None:
            yield "drop_where", replace(node, where=None)
        case t.Window():
            if node.where is not None and node.value is not None:
                yield "drop_where", replace(node, where=None)
            for step in (1, -1) if node.span > 1 else (1,) if node.span else ():
                yield "longer" if step > 0 else "shorter", replace(node, span=node.span + step)
        case t.Rank():
            yield "reverse", replace(node, descending=not node.descending)
        case t.Split() if node.by != ONE:
            yield "equal_weights", replace(node, by=ONE)
        case t.Past():
            yield "earlier", replace(node, steps=node.steps + 1)


def _without_among(node: t.Node) -> t.Node:
    """`among` is the rule's only= a second time; it is put back from there, so they agree."""
    changed: dict[str, Any] = {}
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(node, t.Rank | t.Split) and f.name == "among":
            changed["among"] = None
        elif isinstance(value, t.Node):
            changed[f.name] = _without_among(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], t.Node):
            changed[f.name] = tuple(_without_among(v) for v in value)
    return replace(node, **changed) if changed else node


def _with_among(node: t.Node) -> t.Node:
    if isinstance(node, t.Only):
        return t.Only(node.condition, among(node.body, node.condition))
    return node


def nudges(value: Fraction) -> Iterator[tuple[str, Fraction]]:
    """One step up and one down: the last written digit, or a hundredth of a large whole number."""
    step = _step(value)
    yield "up", value + step
    yield "down", value - step


def _step(value: Fraction) -> Fraction:
    if value.denominator == 1:
        return Fraction(max(1, abs(value.numerator) // 100))
    places = 1
    while (value * 10**places).denominator != 1 and places < 12:
        places += 1
    if (value * 10**places).denominator != 1:
        return abs(value) / 100  # its digits never end
    return Fraction(1, 10**places)


def rounding_nudges(value: t.Rounding) -> Iterator[tuple[str, t.Rounding]]:
    """Ten times coarser and ten times finer; where nothing was rounded, to whole numbers."""
    if not value.step:
        yield "coarser", t.Rounding(Fraction(1), value.mode)
        return
    yield "coarser", t.Rounding(value.step * 10, value.mode)
    yield "finer", t.Rounding(value.step / 10, value.mode)
