"""Derivations: how one result came about, clause by clause, down to the cells.

    step = derive(Scalar.of(run), "staff", 3, "ward_nurse.pay")
    print("\n".join(lines(step, "zh")))

Interpreter two is asked for every number, so a derivation cannot say anything else than it
computes. Long lists are cut unless the whole is asked for, a result explained once is not explained
again, and what lies deeper than asked for is named so that it can be asked for by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Cell, Here, follow
from hpf.core.formula.choice_words import chosen_from
from hpf.core.formula.derived_groups import (
    LISTED,
    band_step,
    more,
    rank_step,
    split_step,
    value_of,
    window_step,
)
from hpf.core.formula.labels import Value, figure, short, word
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.steps import NONE, Cited, Origin, Step, as_json, line, lines
from hpf.core.units import Unit
from hpf.core.values import ABSENT

__all__ = ["Cited", "Origin", "Step", "as_json", "derive", "line", "lines"]

LEVELS: Final = 60  # steps inside one another
STEPS: Final = 4000  # steps in all; what lies beyond is named, not explained

_MODES = {
    "half_up": Text("四舍五入", "half up"),
    "half_even": Text("五成双", "half to even"),
    "up": Text("进位", "away from zero"),
    "down": Text("去尾", "towards zero"),
    "ceiling": Text("向上", "upwards"),
    "floor": Text("向下", "downwards"),
}
_SEEN = Text("见上", "see above")


def derive(
    scalar: Scalar,
    entity: str,
    index: int,
    name: str,
    depth: int | None = None,
    whole: bool = False,
) -> Step:
    """The derivation of one result (or fact) of one row.

    name: qualified. depth: how many results deep to go (0: the rule's own formula alone; None:
    down to every fact). whole: every member of every list, however many steps that takes.
    Raises KeyError for a name the entity does not have.
    """
    no_end = sys.maxsize
    deriver = Deriver(scalar, left=no_end, listed=no_end) if whole else Deriver(scalar)
    return deriver.result(Here(entity, index, name), name, depth, 0)


def _less(depth: int | None) -> int | None:
    return None if depth is None else depth - 1


@dataclass(slots=True)
class Deriver:
    """One derivation. seen: explained already; left: steps to come; listed: members of a list."""

    scalar: Scalar
    seen: set[tuple[str, int, str]] = field(default_factory=set)
    left: int = STEPS
    listed: int = LISTED

    def _id(self, here: Here) -> str:
        return str(self.scalar.checked.rows[here.entity].ids[here.row])

    def result(self, here: Here, name: str, depth: int | None, level: int) -> Step:
        """A fact or a rule's result on a row of this period."""
        rule = self.scalar.rule(here.entity, name)
        if rule is None:
            return self._fact(here, name)
        key = (here.entity, here.row, name)
        leaf = (depth is not None and depth < 0) or level >= LEVELS or self.left <= 0
        value = self.scalar.value(*key, fresh=not leaf)
        step = Step(
            "rule", rule.names, value, rule.unit if rule.type.is_number else None,
            here.entity, self._id(here), rule.name, rule.clauses,
            said=self._choice(rule.tree, value),
        )  # fmt: skip
        if key in self.seen:
            return replace(step, note=_SEEN)
        if leaf:
            return step
        self.seen.add(key)
        inner = Here(here.entity, here.row, rule.qualified)
        return replace(step, children=(self.node(rule.tree, inner, depth, level + 1),))

    def _fact(self, here: Here, name: str) -> Step:
        code = name.rpartition(".")[2]
        rows, id = self.scalar.checked.rows[here.entity], self._id(here)
        indicator = self.scalar.program.indicator(here.entity, code)
        table = rows.table
        bound = table.bound.get(code) if table else None
        by, at = ("", "") if bound else rows.reported(here.row, code)
        source = Origin(
            rows.place(here.row, code), here.entity, id, code,
            f"{bound.scheme}.{bound.rule} ({bound.entity}:{bound.row(id)})" if bound else "",
            by, at,
        )  # fmt: skip
        number = indicator is not None and indicator.type.is_number
        return Step(
            "fact", self.scalar.labels.own(here.entity, code),
            self.scalar.value(here.entity, here.row, name),
            indicator.unit if indicator and number else None, here.entity, id, code,
            (indicator.clause,) if indicator and indicator.clause else (), source=source,
        )  # fmt: skip

    def node(self, node: t.Node, here: Here, depth: int | None, level: int) -> Step:
        """A node of a formula, seen from a row."""
        self.left -= 1
        match node:
            case t.Const(value):
                return Step(
                    "constant", short(value), value if isinstance(value, Fraction) else None
                )
            case t.Param():
                return self.parameter(node, here, depth, level)
            case t.PeriodDay(edge):
                return Step("constant", word(edge), value_of(self.scalar.node(node, here)))
            case t.Own(_, name) if not here.back:
                return self.result(here, name, _less(depth), level)
            case t.Own(_, name):
                return self._earlier(node, here, name)
            case t.Look():
                return self._look(node, here, depth, level)
            case t.Gather():
                return self._gather(node, here, depth, level)
            case t.Window():
                return window_step(self, node, here, depth, level)
            case t.Split():
                return split_step(self, node, here, depth, level)
            case t.Rank():
                return rank_step(self, node, here, depth, level)
            case t.Band():
                return band_step(self, node, here, depth, level)
            case t.Past(steps, inner):
                return self.node(inner, here._replace(back=here.back + steps), depth, level)
        return self._operation(node, here, depth, level)

    def nodes(
        self, nodes: Iterable[t.Node], here: Here, depth: int | None, level: int
    ) -> tuple[Step, ...]:
        """The operands that are worth a line: a bare constant stands in the label already."""
        worth = [n for n in nodes if not isinstance(n, t.Const)]
        return tuple(self.node(n, here, depth, level + 1) for n in worth)

    def _operation(self, node: t.Node, here: Here, depth: int | None, level: int) -> Step:
        label, note = self.scalar.labels.of(node), NONE
        value = value_of(self.scalar.node(node, here))
        kind, operands = "operation", list(t.children(node))
        match node:
            case t.Arith():
                operands = list(_flat(node))
            case t.Compare() | t.Logic():
                kind = "condition"
            case t.Round(_, how):
                held = self.scalar.rounding(how)
                mode = _MODES[held.mode]
                step = figure(held.step)
                label = (
                    Text(f"按 {step} 取整", f"rounded to {step}") if held.step else word("round")
                )
                note = mode if held.step else Text("不取整", "left exact")
            case t.When(condition, then, other):
                holds = self.scalar.node(condition, here)
                label = word("when")
                operands = [condition]
                if isinstance(holds, bool):
                    operands.append(then if holds else other)
                    note = (
                        Text("条件成立", "it holds") if holds else Text("条件不成立", "it does not")
                    )
            case t.Only(condition, body):
                label = word("only")
                holds = self.scalar.node(condition, here)
                operands = [condition, body] if holds is True else [condition]
                if isinstance(holds, bool):
                    note = Text("适用", "it applies") if holds else Text("不适用", "does not apply")
            case t.FirstOf(args):
                label, operands = word("first_of"), []
                for arg in args:
                    operands.append(arg)
                    if self.scalar.node(arg, here) is not ABSENT:
                        break
        children = self.nodes(operands, here, depth, level)
        said = self._choice(node, value)
        return Step(kind, label, value, note=note, children=children, said=said)

    def parameter(self, node: t.Param, here: Here, depth: int | None, level: int) -> Step:
        """A parameter in force, cited; keyed ones with the key they were asked for."""
        held = self.scalar.parameters[node.name]
        p = held.parameter
        label = p.names
        value: Value | None = None
        children: tuple[Step, ...] = ()
        if p.kind == "rounding":
            label = Text(*(f"{n}:{s}" for n, s in zip(p.names, short(held.value), strict=True)))
        elif p.kind != "scale":
            value = value_of(self.scalar.node(node, here))
        if node.key is not None:
            given = value_of(self.scalar.node(node.key, here))
            key = p.key(given) if isinstance(given, str) else short(given)
            label = Text(f"{p.names.zh}[{key.zh}]", f"{p.names.en}[{key.en}]")
            children = self.nodes([node.key], here, depth, level)
        return self.cited(node.name, label, value, children)

    def cited(
        self, name: str, label: Text, value: Value | None, children: tuple[Step, ...] = ()
    ) -> Step:
        """A step that cites a parameter: since when, from whom, where it is printed."""
        held = self.scalar.parameters[name]
        p, d = held.parameter, held.dated
        cited = Cited(p.name, p.clause, d.since, d.cited, d.origin)
        unit: Unit | None = p.unit if isinstance(value, Fraction) else None
        said = p.choice(value) if isinstance(value, str) else NONE
        return Step("parameter", label, value, unit, code=name, cited=cited, children=children,
                    said=said)  # fmt: skip

    def _choice(self, node: t.Node, value: Value) -> Text:
        """A value by its name, where it is a choice of a parameter."""
        if not isinstance(value, str):
            return NONE
        parameter = chosen_from(self.scalar.program, node)
        return parameter.choice_names.get(value, NONE) if parameter else NONE

    def _look(self, node: t.Look, here: Here, depth: int | None, level: int) -> Step:
        there = follow(self.scalar.program, self.scalar.checked, here, node.path)
        if there is not None:
            return self.node(node.inner, there, depth, level)
        path = ".".join(node.path)
        note = Text(f"没有 {path}", f"there is no {path}")
        return Step("link", self.scalar.labels.of(node), ABSENT, note=note)

    def _earlier(self, node: t.Own, here: Here, name: str) -> Step:
        period = self.scalar.checked.period.earlier(here.back)
        rule = self.scalar.rule(here.entity, name)
        note = Text(f"{period.say('zh')}没有给出结果", f"no results were given for {period}")
        if period in self.scalar.history.periods:
            note = Text(f"取自{period.say('zh')}的结果", f"from the results of {period}")
        if period in self.scalar.history.provisional:
            note = Text(f"{note.zh}，暂定", f"{note.en}, provisional")
        unit = rule.unit if rule and rule.type.is_number else None
        return Step(
            "past", self.scalar.labels.own(here.entity, name),
            value_of(self.scalar.node(node, here)), unit, here.entity, self._id(here),
            name.rpartition(".")[2], rule.clauses if rule else (), note=note,
        )  # fmt: skip

    def _gather(self, node: t.Gather, here: Here, depth: int | None, level: int) -> Step:
        value = value_of(self.scalar.node(node, here))
        found = list(self.scalar.grouping.chosen(node, here))
        total = len(self.scalar.grouping.members(node.member, node.path, here.row))
        who = self.scalar.labels.entity(node.member)
        note = Text(
            f"{who.zh} {total} 个，计入 {len(found)} 个", f"{len(found)} of {total} {who.en}"
        )
        children = [
            self._member(there, cell, node.value, depth, level)
            for there, cell in found[: self.listed]
        ]
        children += more([value_of(c) for _, c in found[self.listed :]])
        return Step(
            "gather", self.scalar.labels.of(node), value, note=note, children=tuple(children)
        )

    def _member(
        self, there: Here, cell: Cell, inner: t.Node | None, depth: int | None, level: int
    ) -> Step:
        """A member's value; explained further where there is depth left, else with its cell."""
        plain = isinstance(inner, t.Own) and self.scalar.rule(there.entity, inner.name) is None
        if inner is not None and (plain or there.back or depth is None or depth > 0):
            step = self.node(inner, there, depth, level + 1)
            if step.id:
                return step
            return self.named(there, value_of(cell), (step,))
        return self.named(there, value_of(cell) if inner is not None else None)

    def named(self, there: Here, value: Value | None, children: tuple[Step, ...] = ()) -> Step:
        """A row by name and id, with a value of its own."""
        rows = self.scalar.checked.rows[there.entity]
        label = str(rows.names[there.row] or rows.ids[there.row])
        kind, note = "past" if there.back else "member", NONE
        if there.back:
            period = self.scalar.checked.period.earlier(there.back)
            note = Text(period.say("zh"), str(period))
        return Step(
            kind, Text(label, label), value, None, there.entity, self._id(there), note=note,
            children=children,
        )  # fmt: skip


def _flat(node: t.Arith) -> Iterable[t.Node]:
    """a + b + c as one line with three parts, not as a stair."""
    alike = ("add", "sub") if node.kind in ("add", "sub") else ("mul",)
    for side in (node.left, node.right):
        if isinstance(side, t.Arith) and side.kind in alike and node.kind in alike:
            yield from _flat(side)
        else:
            yield side
