"""A department's reconciliation: pools given out, the scheme's own equalities, what was handed on.

Each is two figures found in two ways; the difference is printed, 0.00 or not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hpf.core.entities import DEPARTMENT
from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here, Num
from hpf.core.formula.exact import snap
from hpf.core.program import Rule
from hpf.core.rules import REQUIREMENT
from hpf.core.units import CNY
from hpf.reports.issue import Issue

_LESS = "0 − "  # a pool that is taken off


@dataclass(frozen=True, slots=True)
class Account:
    """One line. there: what must be; given: what is."""

    name: Text
    there: Decimal
    given: Decimal

    @property
    def by(self) -> Decimal:
        """Nothing, unless something is wrong."""
        return self.given - self.there


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool that was split in a department. extra: steps that largest remainders received."""

    account: Account
    step: Fraction
    extra: int
    takers: int


def pools(issue: Issue, unit: str) -> list[Pool]:
    """What a department's pools came to, and what was given out of each; empty ones left out."""
    row = issue.run.checked.rows[DEPARTMENT.code].row_of(unit)
    if row is None:
        raise KeyError(f"{DEPARTMENT.code}:{unit}")
    found = (_pool(issue, rule, row) for rule in issue.run.program.rules)
    return [p for p in found if p is not None]


def _pool(issue: Issue, rule: Rule, unit: int) -> Pool | None:
    scalar = issue.scalar
    for node in t.walk(rule.tree):
        if not isinstance(node, t.Split) or node.group != DEPARTMENT.code:
            continue
        rows = scalar.grouping.members(rule.entity, node.within, unit)
        taken = [
            r for r in rows if _taken(issue, rule.tree, node, Here(rule.entity, r, rule.qualified))
        ]
        if not taken:
            continue
        group = scalar.grouping.group_of(node, Here(rule.entity, taken[0], rule.qualified), unit)
        pool = scalar.node(node.pool, Here(DEPARTMENT.code, unit, rule.qualified))
        if group.shares is None or not isinstance(pool, Num) or not pool.value:
            continue  # nothing was shared out
        column = issue.run.evaluated.values[rule.entity][rule.qualified]
        given = sum((column[r] for r in rows if column[r] is not None), Decimal(0))
        label = scalar.labels.of(node.pool)
        if label.zh.startswith(_LESS):
            label = Text(f"−{label.zh.removeprefix(_LESS)}", f"−{label.en.removeprefix(_LESS)}")
        name = Text(f"{label.zh} → {rule.names.zh}", f"{label.en} → {rule.names.en}")
        step = scalar.rounding(node.step).step
        return Pool(
            Account(name, decimal_of(snap(pool.value)), given), step,
            sum(group.shares.extra), len(group.rows),
        )  # fmt: skip
    return None


def _taken(issue: Issue, node: t.Node, split: t.Split, here: Here) -> bool:
    """Whether a row's value comes from the split, and not from another branch."""
    match node:
        case t.Split():
            return node is split
        case t.Only(condition, body):
            held = issue.scalar.node(condition, here) is True
            return held and _taken(issue, body, split, here)
        case t.When(condition, then, other):
            branch = then if issue.scalar.node(condition, here) is True else other
            return _taken(issue, branch, split, here)
    return any(_taken(issue, child, split, here) for child in t.children(node))


def equalities(issue: Issue, unit: str) -> Iterator[Account]:
    """The scheme's requirements that say of a department that two amounts are the same."""
    program = issue.run.program
    row = issue.run.checked.rows[DEPARTMENT.code].row_of(unit)
    for rule in sorted(program.rules, key=lambda r: r.order):
        if rule.kind != REQUIREMENT or rule.entity != DEPARTMENT.code or row is None:
            continue
        if issue.run.evaluated.values[rule.entity][rule.qualified][row] is None:
            continue  # it asks nothing of this department
        here = Here(rule.entity, row, rule.qualified)
        for node in _equal(rule.tree):
            sides = [issue.scalar.node(side, here) for side in (node.left, node.right)]
            if _is_money(issue, node) and all(isinstance(s, Num) for s in sides):
                one, two = (decimal_of(snap(s.value)) for s in sides if isinstance(s, Num))
                yield Account(rule.names, two, one)


def _equal(node: t.Node) -> Iterator[t.Compare]:
    match node:
        case t.Compare("eq"):
            yield node
        case t.Only(_, body):
            yield from _equal(body)
        case t.Logic("or" | "and", args):
            for arg in args:
                yield from _equal(arg)


def _is_money(issue: Issue, node: t.Compare) -> bool:
    for one in t.walk(node):
        if isinstance(one, t.Own):
            program = issue.run.program
            found = program.rule(one.entity, one.name) or program.indicator(one.entity, one.name)
            if found is not None and found.type.is_number and found.unit == CNY:
                return True
    return False


def handed_on(issue: Issue, unit: str) -> Iterator[Account]:
    """Amounts that another scheme handed to this one for the department."""
    for one in issue.reconciled:
        if one.row == unit and one.binding.entity == DEPARTMENT.code and one.rule:
            code, taken = one.binding.from_scheme, one.rule
            name = Text(f"{code} 给出 → {taken}", f"{code} hands on → {taken}")
            yield Account(name, one.amount or Decimal(0), one.shared or Decimal(0))


def accounts(issue: Issue, unit: str, paid: Decimal) -> list[Account]:
    """All of them, each once, and at last the lines of everyone beside what they are paid.

    paid: the sum of the people's table.
    """
    found: list[Account] = []
    for one in (
        *(p.account for p in pools(issue, unit)),
        *equalities(issue, unit),
        *handed_on(issue, unit),
    ):
        same = [a for a in found if a.there == one.there and a.given == one.given and a.there]
        if not same:
            found.append(one)
    members = issue.members.get(unit, ())
    total = sum((issue.payouts[id] for id in members), Decimal(0))
    name = Text("全员实发 = 逐行之和", "Paid to everyone = sum of all lines")
    return [*found, Account(name, total, paid)]
