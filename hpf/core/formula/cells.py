"""What interpreter two passes from node to node: cells, and the row they are seen from."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from hpf.core.facts import Checked
from hpf.core.formula import exact
from hpf.core.formula import tree as t
from hpf.core.program import Program
from hpf.core.values import ABSENT, DIVISION_ERROR, SNAP_GUARD, Absent, Trouble

GUARD: Final = float(SNAP_GUARD)  # a bound on interpreter one's errors, never an amount
STEP: Final = float(DIVISION_ERROR)  # a bound on its errors, never an amount


class Num(NamedTuple):
    """A number: its exact value, and how far fixed digits may be off it."""

    value: Fraction
    err: float = 0.0  # the error bound of docs/nodes.md, not an amount


Cell = Num | bool | str | dt.date | Absent | Trouble


class Here(NamedTuple):
    """Where a node is seen from: a row, the rule whose tree it stands in, periods back."""

    entity: str
    row: int
    rule: str
    back: int = 0


def follow(program: Program, checked: Checked, here: Here, path: t.Path) -> Here | None:
    """The row that a path of links leads to, or None where a link is missing."""
    entity, row = here.entity, here.row
    for name in path:
        at = checked.rows[entity].links.get(name)
        to = None if at is None else at[row]
        if to is None:
            return None
        entity = next(k.to for k in program.entities[entity].links if k.name == name)
        row = int(to)
    return here._replace(entity=entity, row=row)


def cell_of(value: Any) -> Cell:
    """A fact or an earlier result as a cell; None is absent."""
    if value is None:
        return ABSENT
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Num(Fraction(value))
    found: bool | str | dt.date = value
    return found


def given(value: Any) -> Cell:
    """A constant or a parameter as a cell."""
    return exactly(value) if isinstance(value, Fraction) else cell_of(value)


def exactly(value: Fraction) -> Num:
    """A written number; what 22 places cannot hold is off by one unit of the last."""
    return Num(value, 0.0 if exact.fits(value) else STEP)  # an error bound


def strict(*cells: object) -> Absent | Trouble:
    """What a strict node yields for operands of which one is no value: absent beats problem."""
    if any(c is ABSENT for c in cells):
        return ABSENT
    return next(c for c in cells if isinstance(c, Trouble))


def product_error(one: Num, two: Num) -> float:  # an error bound, not an amount
    """The error bound of a product: exact factors have an exact one if 22 places hold it."""
    (a, ea), (b, eb) = one, two
    if ea or eb or exact.places_of(a) + exact.places_of(b) > exact.FINE:
        return size(a) * eb + size(b) * ea + STEP
    return 0.0  # likewise a bound


def size(value: Fraction) -> float:
    """A magnitude for error bounds, never an amount."""
    return abs(float(value))  # for a bound on errors, never an amount
