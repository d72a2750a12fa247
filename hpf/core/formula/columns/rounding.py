"""Interpreter one's single place for rounding to a step."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.col import Col
from hpf.core.formula.tree import Rounding


def rounded(value: Col, how: Rounding) -> Col:
    """The value on the step; a step of 0 leaves it as it is."""
    if how.step == 0:
        return value
    start = c.snapped(value)
    step, places = c.fits(how.step)
    if places is None:
        raise ValueError(f"a rounding step needs finitely many places, not {how.step}")
    size = pl.lit(step, dtype=pl.Decimal(38, places))
    if how.step == 1 or (how.step.numerator == 1 and 10**places == how.step.denominator):
        whole = _to_places(start, how.mode, places)
    else:
        steps = start.value.cast(pl.Decimal(38, _enough(how.step))) / size
        whole = _whole(steps, how.mode).cast(pl.Decimal(38, places)) * size
    hi = start.hi + float(how.step)  # a bound on the size, never an amount
    out = Col(whole, start.absent, start.bad, True, places, hi, 0.0)
    if hi < c.WHOLE:
        return out
    over = whole.abs() >= pl.lit(Decimal(10) ** 16, dtype=pl.Decimal(38, 0))
    return c.bounded(pl.when(~c.sure(over)).then(whole), over, out)


def _enough(step: Fraction) -> int:
    """Places that tell every quotient value ÷ step apart from a tie, and leave it room.

    Values have 12 places, so a quotient is at least 1 ÷ (2 × step × 10^12) off a tie it is not.
    """
    return min(c.FINE, max(c.SNAP, len(str(2 * math.ceil(step * 10**c.SNAP))) + 1))


def _to_places(start: Col, mode: str, places: int) -> pl.Expr:
    if start.places is not None and start.places <= places:
        return start.value.cast(pl.Decimal(38, places))
    if mode in ("half_up", "half_even"):
        half = start.value.round(places, mode="half_to_even")
        if mode == "half_up":
            half = start.value.round(places, mode=c.AWAY)
        return half.cast(pl.Decimal(38, places))
    if places == 0:
        return _whole(start.value, mode).cast(pl.Decimal(38, 0))
    up = pl.lit(Decimal(10) ** places, dtype=pl.Decimal(38, 0))
    steps = start.value.cast(pl.Decimal(38, c.SNAP)) * up
    down = pl.lit(Decimal(1).scaleb(-places), dtype=pl.Decimal(38, places))
    return _whole(steps, mode).cast(pl.Decimal(38, places)) * down


def _whole(steps: pl.Expr, mode: str) -> pl.Expr:
    """A number of steps made whole."""
    zero = pl.lit(Decimal(0), dtype=pl.Decimal(38, 0))
    match mode:
        case "half_up":
            return steps.round(0, mode="half_away_from_zero")
        case "half_even":
            return steps.round(0, mode="half_to_even")
        case "floor":
            return steps.floor()
        case "ceiling":
            return steps.ceil()
        case "down":
            return pl.when(steps < zero).then(steps.ceil()).otherwise(steps.floor())
    return pl.when(steps < zero).then(steps.floor()).otherwise(steps.ceil())
