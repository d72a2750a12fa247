"""The derivation as the page shows it: rows with this period, last period and basis.

What is shown of a sum always adds up to it: what is folded away stands as one row with its own sum,
unless it is not the viewer's to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from urllib.parse import quote

from flask import url_for

from hpf.core.compose import filler
from hpf.core.errors import Text
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.formula.steps import NONE, Step
from hpf.core.formula.words import words
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.values import ABSENT, Trouble
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_plain import Plain, keys, plain
from hpf.portal.pages.derivation_rows import (
    KINDS,
    LARGEST,
    Chip,
    Node,
    Pair,
    amount,
    css,
    fold,
    gathered,
    gives_away,
    sum_of,
    unit_of,
    unseen,
)
from hpf.portal.pages.derivation_runs import Loaded
from hpf.portal.pages.derivation_sight import HOSPITAL, Sight, row_name
from hpf.portal.pages.derivation_words import cell, number, reported, said

_SHOWN = 6  # operands up to which a sum is shown whole
_OPEN = 3  # levels that are open at first
_WORDS = 64  # signs of a formula; at the top it stands above the tree, set in full


@dataclass(frozen=True)
class Grower:
    """Makes rows of one run's steps. before: the same scheme in the period before, if it ran."""

    loaded: Loaded
    run: Run
    number: int
    sight: Sight
    before: Run | None
    depth: int

    def node(
        self, one: Plain, then: Plain | None, level: int = 0, above: tuple[str, str] = ("", "")
    ) -> Node:
        """A step and all below it."""
        step = one.step
        if step.id and not self.sight.sees(step.entity, step.id):
            return unseen(step)
        pairs = self._pairs(one, then, level, above)
        children = tuple(self._children(one, pairs, level))
        if level and any(gives_away(step, c, n) for c, n in pairs):
            return unseen(step)
        name, box = self._name(step, above), say(KINDS[step.kind]) if step.kind in KINDS else ""
        made = Node(
            kind=css(step), box=box if box.lower() != name.lower() else "",
            name=name, now=said(step.value, unit_of(one), language()),
            unit=self._unit(one), then=self._then(one, then), note=one.note.say(language()),
            open=bool(children) and level < _OPEN and step.kind != "condition", children=children,
        )  # fmt: skip
        if step.said != NONE:
            made = replace(made, now=step.said.say(language()))
        if step.value is ABSENT:
            made = replace(made, state="absent")
        if isinstance(step.value, Trouble):
            made = replace(made, state="trouble", now=say(("有问题", "Problem")),
                           note=step.value.message.say(language()))  # fmt: skip
        return self._with_basis(made, one, children, level)

    def _with_basis(self, made: Node, one: Plain, children: tuple[Node, ...], level: int) -> Node:
        step = one.step
        if step.kind == "rule" and (rule := self._rule(step)) is not None:
            chips = tuple(self.chip(c) for c in rule.clauses)
            withheld = any(c.state == "hidden" for c in children)
            return replace(
                made, chips=chips,
                words=_cut(words(self.run.program, rule, language())) if level else "",
                numbers="" if withheld else self._numbers(rule, step, one),
                href=self.href(step.entity, step.id, rule.name),
            )  # fmt: skip
        if step.cited is not None:
            c = step.cited
            said = c.reference.say(language())
            since = say((f"{c.since} 起，{said}", f"from {c.since}, {said}"))
            return replace(made, chips=(self.chip(c.clause),) if c.clause else (), basis=(since,))
        if step.source is not None:
            s = step.source
            told = [cell(s.place), reported(s.by, s.at)]
            if s.bound:
                told = [say((f"取自 {s.bound}", f"from {s.bound}"))]
            chips = tuple(self.chip(c) for c in step.clauses)
            return replace(made, chips=chips, basis=tuple(t for t in told if t))
        return replace(made, chips=tuple(self.chip(c) for c in step.clauses))

    def _pairs(
        self, one: Plain, then: Plain | None, level: int, above: tuple[str, str]
    ) -> list[Pair]:
        found = dict(zip(keys(then.children), then.children, strict=True)) if then else {}
        here = (one.step.entity, one.step.id) if one.step.id else above
        return [
            (c, self.node(c, found.get(k), level + 1, here))
            for k, c in zip(keys(one.children), one.children, strict=True)
        ]

    def _children(self, one: Plain, made: Sequence[Pair], level: int) -> Iterator[Node]:
        yield from self._above(one.step, level)
        if one.gathered:
            yield from gathered(one, made)
            return
        whole = sum_of(one)
        if len(made) <= _SHOWN or whole is None:
            yield from (n for _, n in made)
            return
        kept = sorted(range(len(made)), key=lambda n: -abs(amount(made[n][0])))[:LARGEST]
        yield from (made[n][1] for n in sorted(kept))
        rest = [made[n] for n in range(len(made)) if n not in kept]
        yield fold(rest, Text(f"其余 {len(rest)} 项", f"The other {len(rest)}"), one.step)

    def _above(self, step: Step, level: int) -> Iterator[Node]:
        """The derivation of the result that fills a bound fact, in the scheme above."""
        above = filler(self.run, step, self.loaded.runs)
        if above is None:
            return
        sight = Sight(above.run, self.sight.viewer, self.sight.own)
        if not sight.sees(above.entity, above.id):
            return
        scheme = above.run.program.code
        found = self.loaded.derive(scheme, above.entity, above.id, above.rule, self.depth)
        if found is not None:
            grower = replace(self, run=above.run, sight=sight, before=None, number=0)
            yield grower.node(plain(found), None, level + 1)

    def chip(self, id: str) -> Chip:
        """A clause of this scheme."""
        found = self.run.program.clauses.get(id)
        return Chip(id, found.meaning.say(language()) if found else "", clause_href(self.run, id))

    def href(self, entity: str, id: str, rule: str) -> str:
        """Where a figure's own derivation is; '' where it cannot be asked for."""
        if not self.number or not self.sight.top(entity, id):
            return ""
        return derivation_href(self.number, entity, id, rule)

    def _rule(self, step: Step) -> Rule | None:
        return self.run.program.rule(step.entity, step.code)

    def _numbers(self, rule: Rule, step: Step, one: Plain) -> str:
        rows = self.run.checked.rows[step.entity]
        index = rows.row_of(step.id)
        if index is None or step.value is ABSENT:
            return ""
        line = in_numbers(self.loaded.scalar(self.run.program.code), rule, index)
        text = line.say(language())
        if one.exact is not None:
            text = f"{text} = {number(one.exact, None, 12)}"
        return text if any(s in text for s in "+−×÷=") else ""

    def _name(self, step: Step, above: tuple[str, str]) -> str:
        """The label; whose it is, where that is not the row above it."""
        name = step.label.say(language())
        if step.kind == "member" and step.id:
            return row_name(self.run, step.entity, step.id)
        if not step.id or (step.entity, step.id) == above or step.entity == HOSPITAL:
            return name
        called = row_name(self.run, step.entity, step.id)
        return say((f"{name}（{called}）", f"{name} ({called})"))

    def _unit(self, one: Plain) -> str:
        unit = unit_of(one)
        return unit.say(language()) if unit and isinstance(one.step.value, Fraction) else ""

    def _then(self, one: Plain, then: Plain | None) -> str:
        """Last period's value; 相同 where it is the same."""
        step = one.step
        value: object = None
        if then is not None:
            value = then.step.value
        elif self.before is not None and step.kind == "rule" and step.id:
            value = _of(self.before, step.entity, step.id, step.code)
        if value is None or isinstance(value, Trouble):
            return ""
        if isinstance(value, Decimal):
            value = Fraction(value)
        if value == step.value:
            return say(("相同", "same")) if value is not ABSENT else ""
        return said(value, unit_of(one), language())


def derivation_href(run: int, entity: str, id: str, rule: str) -> str:
    """Where a figure of a sealed run is taken apart."""
    return url_for("derivation.index", run=str(run), entity=entity, id=id, rule=rule)


def clause_href(run: Run, id: str) -> str:
    """Where the handbook has a clause; '' where there is no handbook of the scheme."""
    from flask import current_app

    if "handbook.scheme" not in current_app.view_functions:
        return ""
    anchor = "c-" + "".join(s if s.isascii() and s.isalnum() else "-" for s in id)
    return url_for("handbook.scheme", scheme=run.program.code) + "#" + quote(anchor)


def _of(run: Run, entity: str, id: str, rule: str) -> object:
    rows = run.checked.rows.get(entity)
    if rows is None or rows.row_of(id) is None or run.program.rule(entity, rule) is None:
        return None
    value = run.value(entity, id, rule)
    return ABSENT if value is None else value


def _cut(text: str) -> str:
    most = _WORDS if language() == "zh" else 2 * _WORDS
    return text if len(text) <= most else text[: most - 1] + "…"
