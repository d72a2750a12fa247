"""Interpreter two's nodes that stay in their row: given values, arithmetic, scales, conditions."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hpf.core.formula import exact
from hpf.core.formula import tree as t
from hpf.core.formula.cells import (
    STEP,
    Cell,
    Here,
    Num,
    exactly,
    given,
    product_error,
    size,
    strict,
)
from hpf.core.formula.labels import figure
from hpf.core.parameters import ScaleValue
from hpf.core.values import ABSENT, Absent, Trouble

if TYPE_CHECKING:
    from hpf.core.formula.scalar import Scalar


def _const(scalar: Scalar, node: t.Const, here: Here) -> Cell:
    assert not isinstance(node.value, t.Rounding)
    return given(node.value)


def _param(scalar: Scalar, node: t.Param, here: Here) -> Cell:
    held = scalar.parameters[node.name]
    if node.key is None:
        return given(held.value)
    key = scalar.node(node.key, here)
    if isinstance(key, Absent | Trouble):
        return key
    assert isinstance(held.value, Mapping)
    if key not in held.value:
        return scalar.troubles.missing_key(node, here, held, str(key))
    return given(held.value[str(key)])


def _period_day(scalar: Scalar, node: t.PeriodDay, here: Here) -> Cell:
    period = scalar.checked.period
    return period.first_day if node.edge == "first" else period.last_day


def _months_later(scalar: Scalar, node: t.MonthsLater, here: Here) -> Cell:
    date, months = scalar.node(node.date, here), scalar.node(node.months, here)
    if not isinstance(date, dt.date) or not isinstance(months, Num):
        return strict(date, months)
    assert months.value.denominator == 1, "parameter_checks lets whole months pass alone"
    year, month = divmod(date.year * 12 + date.month - 1 + int(months.value), 12)
    if not dt.MINYEAR <= year <= dt.MAXYEAR:
        return scalar.troubles.off_the_calendar(node, here)
    _, length = calendar.monthrange(year, month + 1)
    return dt.date(year, month + 1, min(date.day, length))


def _days_between(scalar: Scalar, node: t.DaysBetween, here: Here) -> Cell:
    start, end = scalar.node(node.start, here), scalar.node(node.end, here)
    if not isinstance(start, dt.date) or not isinstance(end, dt.date):
        return strict(start, end)
    return Num(Fraction((end - start).days))


def _arith(scalar: Scalar, node: t.Arith, here: Here) -> Cell:
    left, right = scalar.node(node.left, here), scalar.node(node.right, here)
    if not isinstance(left, Num) or not isinstance(right, Num):
        return strict(left, right)
    (a, ea), (b, eb) = left, right
    match node.kind:
        case "add":
            return scalar.bounded(a + b, ea + eb, node, here)
        case "sub":
            return scalar.bounded(a - b, ea + eb, node, here)
        case "mul":
            return scalar.bounded(a * b, product_error(left, right), node, here)
    divisor = scalar.snap(right, node.right, here)
    if isinstance(divisor, Trouble):
        return divisor
    if divisor == 0:
        return scalar.troubles.division_by_zero(node, here)
    quotient = a / b
    return scalar.bounded(quotient, (ea + size(quotient) * eb) / size(b) + STEP, node, here)


def _extreme(scalar: Scalar, node: t.Extreme, here: Here) -> Cell:
    cells = [scalar.node(a, here) for a in node.args]
    numbers = [c for c in cells if isinstance(c, Num)]
    if len(numbers) < len(cells):
        return strict(*cells)
    return scalar.fold("max" if node.kind == "larger" else "min", numbers, node, here)


def _round(scalar: Scalar, node: t.Round, here: Here) -> Cell:
    how = scalar.rounding(node.how)
    if how.step == 0:
        return scalar.node(node.value, here)
    value = scalar.snapped(node.value, here)
    if not isinstance(value, Fraction):
        return value
    return scalar.bounded(exact.to_step(value, how), 0.0, node, here)


def _band(scalar: Scalar, node: t.Band, here: Here) -> Cell:
    cell = scalar.node(node.x, here)
    if not isinstance(cell, Num):
        return cell
    x = scalar.snap(cell, node.x, here)
    if isinstance(x, Trouble):
        return x
    scale = scalar.parameters[node.scale].value
    assert isinstance(scale, ScaleValue)
    at = scalar.band_at(node, x)
    if at is None:
        return scalar.troubles.off_scale(node, here, figure(x), _ends(scale))
    band, top = scale.bands[at], Num(Fraction(0))
    if band.rate is None:
        if node.top is None:
            raise ValueError("the scale's open top rate comes with the call: top=")
        found = scalar.node(node.top, here)
        if not isinstance(found, Num):
            return found
        top = found
    rates = [top if b.rate is None else exactly(b.rate) for b in scale.bands]
    if node.kind == "bracket":
        return rates[at]
    widths = [exact.width(b, x) for b in scale.bands]
    total = sum((r.value * w for r, w in zip(rates, widths, strict=True)), Fraction(0))
    # x is snapped, so that the widths are exact
    err = sum(product_error(r, Num(w)) for r, w in zip(rates, widths, strict=True))
    return scalar.bounded(total, err, node, here)


def _compare(scalar: Scalar, node: t.Compare, here: Here) -> Cell:
    left, right = scalar.node(node.left, here), scalar.node(node.right, here)
    a = scalar.snap(left, node.left, here) if isinstance(left, Num) else left
    b = scalar.snap(right, node.right, here) if isinstance(right, Num) else right
    if isinstance(a, Absent | Trouble) or isinstance(b, Absent | Trouble):
        return strict(a, b)
    return _RELATIONS[node.kind](a, b)


def _logic(scalar: Scalar, node: t.Logic, here: Here) -> Cell:
    cells = [scalar.node(a, here) for a in node.args]
    if node.kind == "not":
        return not cells[0] if isinstance(cells[0], bool) else cells[0]
    decisive = node.kind == "or"
    if any(c is decisive for c in cells):
        return decisive
    if all(isinstance(c, bool) for c in cells):
        return not decisive
    return strict(*cells)


def _when(scalar: Scalar, node: t.When, here: Here) -> Cell:
    condition = scalar.node(node.condition, here)
    if condition is ABSENT:
        return scalar.troubles.undefined_condition(node, here)
    if isinstance(condition, Trouble):
        return condition
    return scalar.node(node.then if condition else node.other, here)


def _only(scalar: Scalar, node: t.Only, here: Here) -> Cell:
    condition = scalar.node(node.condition, here)
    if isinstance(condition, Trouble):
        return condition
    return scalar.node(node.body, here) if condition is True else ABSENT


def _first_of(scalar: Scalar, node: t.FirstOf, here: Here) -> Cell:
    for arg in node.args:
        cell = scalar.node(arg, here)
        if cell is not ABSENT:
            return cell
    return ABSENT


def _ends(scale: ScaleValue) -> str:
    low, high = scale.bands[0].low, scale.bands[-1].high
    return f"{'…' if low is None else figure(low)} – {'…' if high is None else figure(high)}"


_RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
}

Handler = Callable[["Scalar", Any, Here], Cell]
IN_THE_ROW: dict[type[t.Node], Handler] = {
    t.Const: _const,
    t.Param: _param,
    t.PeriodDay: _period_day,
    t.MonthsLater: _months_later,
    t.DaysBetween: _days_between,
    t.Arith: _arith,
    t.Compare: _compare,
    t.Logic: _logic,
    t.When: _when,
    t.Extreme: _extreme,
    t.Round: _round,
    t.Band: _band,
    t.Only: _only,
    t.FirstOf: _first_of,
}
