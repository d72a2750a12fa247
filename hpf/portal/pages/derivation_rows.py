"""Rows of a derivation's page, and how several of them are folded into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from hpf.core.errors import Text
from hpf.core.formula.labels import word
from hpf.core.formula.steps import Step
from hpf.core.units import Unit
from hpf.core.values import ABSENT
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_plain import Plain
from hpf.portal.pages.derivation_words import number

KINDS: Final = {
    "rule": Text("规则", "Rule"),
    "parameter": Text("参数", "Parameter"),
    "fact": Text("事实", "Fact"),
    "past": Text("往期", "Earlier"),
    "condition": Text("条件", "Condition"),
}
LARGEST: Final = 3  # operands of a long sum, and members of a gathering, that stay apart
_COUNT = word("count")
_HIDDEN = Text("只显示您有权看的行", "only rows that you may see are shown")


@dataclass(frozen=True, slots=True)
class Chip:
    """A clause: its number, meaning, and where the handbook has it."""

    id: str
    meaning: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A row of the page. kind: for its box; then: '' where nothing is known of last period."""

    kind: str
    box: str
    name: str
    words: str = ""
    numbers: str = ""
    now: str = ""
    unit: str = ""
    then: str = ""
    chips: tuple[Chip, ...] = ()
    basis: tuple[str, ...] = ()
    note: str = ""
    href: str = ""
    state: str = ""
    open: bool = False
    children: tuple[Node, ...] = ()


Pair = tuple[Plain, Node]


def css(step: Step) -> str:
    return step.kind if step.kind in KINDS else "operation"


def gives_away(step: Step, below: Plain, node: Node) -> bool:
    """Whether a row's value is that of a single one below it that is not shown."""
    return node.state == "hidden" and bool(step.value) and below.step.value == step.value


def unseen(step: Step) -> Node:
    """A row that is there and not for this viewer."""
    box = say(KINDS[step.kind]) if step.kind in KINDS else ""
    name = "" if step.kind in ("member", "past") else step.label.say(language())
    return Node(css(step), box, name or say(("他人的一行", "A row of somebody else")),
                state="hidden", note=_HIDDEN.say(language()))  # fmt: skip


def gathered(one: Plain, made: Sequence[Pair]) -> Iterator[Node]:
    """Members of a gathering: those to be seen as one fold, of the others that they are there."""
    members = [m for m in made if m[0].step.kind in ("member", "rule", "fact", "past", "more")]
    others = [n for c, n in made if (c, n) not in members]
    yield from others
    hidden = [n for _, n in members if n.state == "hidden"]
    seen = [(c, n) for c, n in members if n.state != "hidden"]
    if not hidden:
        if len(seen) <= LARGEST:
            yield from (n for _, n in seen)
        elif seen:
            counted = one.note.say(language()) or say((f"{len(seen)} 行", f"{len(seen)} rows"))
            yield fold(seen, Text(*(counted,) * 2), one.step)
        return
    yield from (n for c, n in seen if c.step.kind != "more")
    yield Node("operation", "", say(("其他各行", "The other rows")), state="hidden",
               note=_HIDDEN.say(language()))  # fmt: skip


def fold(rest: Sequence[Pair], name: Text, of: Step) -> Node:
    values = [value(c) for c, _ in rest]
    total = sum((v for v in values if v is not None), Fraction(0))
    complete = all(
        v is not None or c.step.value is ABSENT for v, (c, _) in zip(values, rest, strict=True)
    )
    numeric = any(v is not None for v in values) and complete
    return Node(
        "fold", "", name.say(language()), now=number(total, of.unit) if numeric else "",
        unit=of.unit.say(language()) if of.unit and numeric else "",
        children=tuple(n for _, n in rest),
    )  # fmt: skip


def unit_of(one: Plain) -> Unit | None:
    """A row's unit; of a gathering, that of what is gathered, where all have the same."""
    step = one.step
    if step.unit is not None or step.kind != "gather" or step.label.zh.startswith(_COUNT.zh):
        return step.unit
    units = {c.step.unit for c in one.children if c.step.kind in ("rule", "fact", "past")}
    return units.pop() if len(units) == 1 else None


def value(one: Plain) -> Fraction | None:
    found = one.step.value
    return found if isinstance(found, Fraction) else None


def amount(one: Plain) -> Fraction:
    return value(one) or Fraction(0)


def sum_of(one: Plain) -> Fraction | None:
    """What the operands add up to, where that is the row's own value."""
    total = sum((amount(c) for c in one.children), Fraction(0))
    return total if total == (one.exact if one.exact is not None else one.step.value) else None
