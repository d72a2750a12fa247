"""A derivation without its scaffolding: a rule is one row, and below it what it is made of.

Roundings, cases that were taken and first values that were found pass on what lies in them: the
rule's words say them already. Conditions stay, after what they decide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from hpf.core.errors import Text
from hpf.core.formula.labels import word
from hpf.core.formula.steps import NONE, Step
from hpf.core.values import ABSENT

_ROUNDED: Final = re.compile(r"按 .+ 取整")
_BODIES: Final = ("operation", "gather", "split", "rank")
Key = tuple[str, str, str, str, str, int]


@dataclass(frozen=True, slots=True)
class Plain:
    """A step and what it is made of. exact: what was rounded to it; None: nothing was."""

    step: Step
    children: tuple[Plain, ...] = ()
    exact: Fraction | None = None
    note: Text = NONE
    gathered: bool = False  # children are members of a gathering or of a group


def plain(step: Step) -> Plain:
    """A step as it is shown."""
    if step.kind == "rule" and len(step.children) == 1:
        return _rule(step)
    return Plain(step, tuple(spliced(step.children)), note=step.note, gathered=_gathers(step))


def spliced(steps: tuple[Step, ...]) -> list[Plain]:
    """Steps in order, those that only pass something on replaced by what they pass on."""
    found: list[Plain] = []
    for step in steps:
        body, conditions, _, _ = _through(step)
        found.append(plain(body))
        found += [plain(c) for c in conditions]
    return found


def _rule(step: Step) -> Plain:
    body, conditions, exact, note = _through(step.children[0])
    if body.kind in _BODIES and not body.id:
        children = spliced(body.children)
        note = note if body.note == NONE else body.note
    else:
        children = [plain(body)]
    children += [plain(c) for c in conditions]
    note = note if step.note == NONE else step.note
    return Plain(step, tuple(children), exact, note, _gathers(body))


def _through(step: Step) -> tuple[Step, list[Step], Fraction | None, Text]:
    """What a chain of roundings and choices ends in; the conditions, the unrounded value, how."""
    conditions: list[Step] = []
    exact: Fraction | None = None
    how = NONE
    while step.kind == "operation" and not step.id:
        body = [c for c in step.children if c.kind != "condition"]
        own = [c for c in step.children if c.kind == "condition"]
        if step.label == word("first_of") and body:
            absent = [c for c in body if c.value is ABSENT]
            if len(absent) == len(body):
                return _instead(step, body[0]), conditions, exact, how
            step = body[-1]
            continue
        rounded = bool(_ROUNDED.fullmatch(step.label.zh))
        bodies = [c for c in body if not (rounded and c.kind == "parameter")]
        if len(bodies) != 1 or not (rounded or bodies[0].value == step.value):
            break
        conditions += own
        if rounded:
            how = step.note
            value = bodies[0].value
            if isinstance(value, Fraction) and value != step.value:
                exact = value
        step = bodies[0]
    return step, conditions, exact, how


def _instead(step: Step, missing: Step) -> Step:
    """What stands for a value that is not there."""
    said = step.shown
    note = Text(f"没有，按 {said.zh}", f"there is none: {said.en} is taken")
    return replace(missing, value=step.value, children=(), note=note)


def _gathers(step: Step) -> bool:
    many = step.kind == "gather" or any(c.kind in ("member", "more") for c in step.children)
    return many and len(step.children) > 1


def keys(children: tuple[Plain, ...]) -> list[Key]:
    """What children are found again by in another period's tree."""
    seen: dict[tuple[str, str, str, str, str], int] = {}
    found = []
    for one in children:
        s = one.step
        key = (s.kind, s.label.zh, s.entity, s.id, s.code)
        found.append((*key, seen.get(key, 0)))
        seen[key] = seen.get(key, 0) + 1
    return found
