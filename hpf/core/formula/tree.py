"""The formula tree: small immutable nodes, nothing else.

A tree says what to compute and never how. Its meaning is exact rational arithmetic
(docs/nodes.md has every node's behaviour on zero, negative, empty and missing values); the two
interpreters, `columns` and `scalar`, read it without sharing any arithmetic.

Every node is seen from one row of one entity. Look, Gather and Split change the row on purpose:
their inner trees are seen from the row they lead to. Names are qualified: `scheme.name`.

A tree is canonical (`arith` at the end turns x × (a ÷ b) into (x × a) ÷ b) and hashable; as plain
JSON and back: `tree_json`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar

Path = tuple[str, ...]
MODES = ("half_up", "half_even", "up", "down", "ceiling", "floor")


@dataclass(frozen=True, slots=True)
class Rounding:
    """A step (0: leave the value as it is) and one of MODES; docs/rounding.md shows each."""

    step: Fraction
    mode: str = "half_up"


Plain = Fraction | bool | str | dt.date | Rounding


@dataclass(frozen=True, slots=True)
class Node:
    """Base of all nodes; `op` is the name in the serialised form."""

    op: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Const(Node):
    """A value written in the rule itself."""

    op: ClassVar[str] = "const"
    value: Plain


@dataclass(frozen=True, slots=True)
class Param(Node):
    """A dated parameter; with `key`, the entry of a keyed one."""

    op: ClassVar[str] = "param"
    name: str
    key: Node | None = None


@dataclass(frozen=True, slots=True)
class PeriodDay(Node):
    """The period's first or last day. edge: `first` | `last`."""

    op: ClassVar[str] = "period_day"
    edge: str


@dataclass(frozen=True, slots=True)
class MonthsLater(Node):
    """The day `months` (a Const or Param) after `date`; a shorter month's end is kept."""

    op: ClassVar[str] = "months_later"
    date: Node
    months: Node


@dataclass(frozen=True, slots=True)
class DaysBetween(Node):
    """How many days lie from `start` to `end`; below zero where `end` is the earlier."""

    op: ClassVar[str] = "days_between"
    start: Node
    end: Node


@dataclass(frozen=True, slots=True)
class Own(Node):
    """The row's own fact, or another rule's result on the same row."""

    op: ClassVar[str] = "own"
    entity: str
    name: str


@dataclass(frozen=True, slots=True)
class Look(Node):
    """The value of `inner`, seen from the row of `entity` that `path` of links leads to."""

    op: ClassVar[str] = "look"
    path: Path
    entity: str
    inner: Node


@dataclass(frozen=True, slots=True)
class Gather(Node):
    """kind of `value` over the rows of `member` whose `path` of links leads to this row.

    kind: sum | mean | max | min | count; `where`: which of them (seen from the member).
    """

    op: ClassVar[str] = "gather"
    kind: str
    member: str
    path: Path
    value: Node | None = None
    where: Node | None = None


@dataclass(frozen=True, slots=True)
class Arith(Node):
    """kind: add | sub | mul | div."""

    op: ClassVar[str] = "arith"
    kind: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """kind: eq | ne | lt | le | gt | ge; numbers are snapped first."""

    op: ClassVar[str] = "compare"
    kind: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """kind: and | or | not, three-valued."""

    op: ClassVar[str] = "logic"
    kind: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class When(Node):
    """`then` where the condition holds, else `other`; the one not taken is not looked at."""

    op: ClassVar[str] = "when"
    condition: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Extreme(Node):
    """kind: larger | smaller of all args."""

    op: ClassVar[str] = "extreme"
    kind: str
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Round(Node):
    """`value` on the step and by the mode of `how`, a Const or Param holding a Rounding."""

    op: ClassVar[str] = "round"
    value: Node
    how: Node


@dataclass(frozen=True, slots=True)
class Band(Node):
    """x on the scale parameter `scale`. kind: marginal | bracket; `top`: the open top's rate."""

    op: ClassVar[str] = "band"
    kind: str
    scale: str
    x: Node
    top: Node | None = None


@dataclass(frozen=True, slots=True)
class Rank(Node):
    """Place of `value` among the rows with the same `within`, from 1, equal values sharing a place.

    among: which rows take part at all.
    """

    op: ClassVar[str] = "rank"
    value: Node
    within: Path
    descending: bool = True
    among: Node | None = None


@dataclass(frozen=True, slots=True)
class Split(Node):
    """The row's share of `pool` (seen from the group) by weight `by`, conserved on `step`."""

    op: ClassVar[str] = "split"
    pool: Node
    by: Node
    within: Path
    group: str
    step: Node
    among: Node | None = None


@dataclass(frozen=True, slots=True)
class Only(Node):
    """`body` where `condition` holds, absent elsewhere."""

    op: ClassVar[str] = "only"
    condition: Node
    body: Node


@dataclass(frozen=True, slots=True)
class FirstOf(Node):
    """The first of args that is not absent; a problem is never passed over."""

    op: ClassVar[str] = "first_of"
    args: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Past(Node):
    """`inner` (own results, parameters of today) as it stood `steps` periods ago."""

    op: ClassVar[str] = "past"
    steps: int
    inner: Node


@dataclass(frozen=True, slots=True)
class Window(Node):
    """kind of `value` over the last `span` periods, this one included.

    kind: sum | mean | max | min | count | streak (how many in a row, up to now, hold `where`);
    span: a number of periods, or 0 for the year to date.
    """

    op: ClassVar[str] = "window"
    kind: str
    span: int
    value: Node | None = None
    where: Node | None = None


CLASSES: dict[str, type[Node]] = {
    c.op: c
    for c in (
        Const, Param, PeriodDay, MonthsLater, DaysBetween, Own, Look, Gather, Arith, Compare, Logic,
        When, Extreme, Round, Band, Rank, Split, Only, FirstOf, Past, Window,
    )
}  # fmt: skip
NODE_OPS = tuple(CLASSES)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in field order."""
    names: tuple[str, ...] = node.__slots__  # its fields; `fields` takes four times as long
    for name in names:
        value = getattr(node, name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (v for v in value if isinstance(v, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def arith(kind: str, left: Node, right: Node) -> Node:
    """An arithmetic node in canonical form: a quotient inside a product moves outwards.

    11 ÷ 18 × 9 is 5.5; with fixed digits it would be 5.4999…; 11 × 9 ÷ 18 is not.
    """
    if kind == "mul":
        match (left, right):
            case (Arith("div", a, b), Arith("div", c, d)):
                return arith("div", arith("mul", a, c), arith("mul", b, d))
            case (Arith("div", a, b), x):
                return Arith("div", arith("mul", a, x), b)
            case (x, Arith("div", a, b)):
                return Arith("div", arith("mul", x, a), b)
    return Arith(kind, left, right)
