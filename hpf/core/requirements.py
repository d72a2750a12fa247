"""Requirements that the facts do not meet: which rows, what was found there, and the cure.

A requirement is a rule like any other and yields yes or no. Where it is no, interpreter two is
asked what stands on both sides of the comparison that failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from hpf.core.errors import Problem, Text
from hpf.core.facts import Checked
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here, Num
from hpf.core.formula.exact import snap
from hpf.core.formula.labels import RELATIONS, short
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.troubles import disagreement
from hpf.core.formula.words import formula_words
from hpf.core.program import Program, Rule
from hpf.core.results import Evaluated
from hpf.core.rules import REQUIREMENT
from hpf.core.settings import Resolved
from hpf.core.values import ABSENT, History

_OPPOSITE = {"eq": "ne", "ne": "eq", "lt": "ge", "ge": "lt", "gt": "le", "le": "gt"}


def unmet(
    program: Program,
    checked: Checked,
    parameters: Mapping[str, Resolved],
    evaluated: Evaluated,
    history: History,
) -> Iterator[Problem]:
    """One problem (or notice) for each requirement and row where it is false, in their order."""
    scalar: Scalar | None = None
    for rule, rows in failing(program, evaluated):
        # what the run has worked out without loss is taken from it: many rows may fail
        scalar = scalar or Scalar(program, checked, parameters, history, evaluated)
        one = Unmet(scalar, rule)
        yield from (one.on(row) for row in rows)


def failing(program: Program, evaluated: Evaluated) -> Iterator[tuple[Rule, pl.Series]]:
    """Requirements, in their order, that are false somewhere, with the row numbers."""
    rules = (r for r in program.rules if r.kind == REQUIREMENT)
    for rule in sorted(rules, key=lambda r: r.order):
        met = evaluated.values[rule.entity][rule.qualified]
        rows = (~met).fill_null(False).arg_true()
        if len(rows):
            yield rule, rows


@dataclass(frozen=True, slots=True)
class Unmet:
    """One requirement where it is false; words: of the nodes told so far."""

    scalar: Scalar
    rule: Rule
    words: dict[t.Node, Text] = field(default_factory=dict)

    def on(self, row: int) -> Problem:
        rule, rows = self.rule, self.scalar.checked.rows[self.rule.entity]
        id = rows.ids[row]
        if self.scalar.value(rule.entity, row, rule.qualified) is not False:
            return disagreement(rule.entity, id, rule.qualified).problem()
        here = Here(rule.entity, row, rule.qualified)
        body = rule.tree.body if isinstance(rule.tree, t.Only) else rule.tree
        found = list(self._found(body, here, False))
        message = rule.names
        if found:
            zh, en = "；".join(f.zh for f, _ in found), "; ".join(f.en for f, _ in found)
            message = Text(f"{rule.names.zh}：{zh}", f"{rule.names.en}: {en}")
        return Problem(
            f"requirement.{rule.name}",
            message,
            rule.cure,
            self._place([*(node for _, node in found), body], here),
            rule.entity,
            id,
            rule.name,
            rule.severity,
        )

    def _place(self, nodes: Iterable[t.Node], here: Here) -> str:
        """The first cell of the row itself that the nodes read, else that of its id."""
        rows = self.scalar.checked.rows[here.entity]
        read = (name for node in nodes for name in _own_facts(node))
        code = next((c for name in read if (c := name.rpartition(".")[2]) in rows.values), "id")
        return rows.place(here.row, code)

    def _found(self, node: t.Node, here: Here, holds: bool) -> Iterator[tuple[Text, t.Node]]:
        """Why a condition is what it is on this row: findings, each with the node it is about.

        Of several conditions only those that decide are told.
        """
        match node:
            case t.Logic("not", (inner,)):
                yield from self._found(inner, here, not holds)
            case t.Logic(_, args):
                for arg in args:
                    if self.scalar.node(arg, here) is holds:
                        yield from self._found(arg, here, holds)
            case t.When(condition, then, other):
                taken = self.scalar.node(condition, here) is True
                branch = then if taken else other
                if isinstance(branch, t.Const):
                    yield from self._found(condition, here, taken)
                else:
                    yield from self._found(branch, here, holds)
            case t.FirstOf(args):
                given = next(a for a in args if self.scalar.node(a, here) is not ABSENT)
                yield from self._found(given, here, holds)
            case t.Only(_, body):
                yield from self._found(body, here, holds)
            case t.Compare(kind, left, right):
                sign = RELATIONS[kind if holds else _OPPOSITE[kind]]
                one, two = (self._side(side, here) for side in (left, right))
                if sign == "=" and isinstance(right, t.Const):
                    one = self._words(left, here)  # its value is what stands on the right
                zh = f"{one.zh} {sign} {two.zh}".replace("） ", "）")
                yield Text(zh, f"{one.en} {sign} {two.en}"), node
            case t.Const():
                pass
            case _:
                said, answer = self._words(node, here), short(holds)
                yield Text(f"“{said.zh}”为{answer.zh}", f"'{said.en}' is {answer.en}"), node

    def _side(self, node: t.Node, here: Here) -> Text:
        """One side of a comparison: its words and its value."""
        cell = self.scalar.node(node, here)
        value = short(snap(cell.value) if isinstance(cell, Num) else cell)
        if isinstance(node, t.Const):
            return value
        said = self._words(node, here)
        if isinstance(node, t.Own | t.PeriodDay) or (isinstance(node, t.Param) and not node.key):
            return Text(f"{said.zh} {value.zh}", f"{said.en} {value.en}")
        return Text(f"{said.zh}（{value.zh}）", f"{said.en} ({value.en})")

    def _words(self, node: t.Node, here: Here) -> Text:
        if node not in self.words:
            program = self.scalar.program
            zh, en = (formula_words(program, node, lang, here.entity) for lang in ("zh", "en"))
            self.words[node] = Text(zh, en)
        return self.words[node]


def _own_facts(node: t.Node) -> Iterator[str]:
    """Names that a tree reads on the very row it is seen from, this period."""
    if isinstance(node, t.Own):
        yield node.name
    elif not isinstance(node, t.Look | t.Gather | t.Past | t.Window):
        for child in t.children(node):
            yield from _own_facts(child)
