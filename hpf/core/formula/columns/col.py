"""Columns while they are being computed: the value, where it is absent or a problem, how exact.

Numbers that are exact keep their natural scale (`places`); what a division touched has 22 places
(`places` None) and an error bound. The static bounds `hi`, `lo` and `err` (over all rows) prove
in most runs that no guard is needed, so none is computed; they are estimates of magnitude, never
amounts.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import reduce
from typing import Final

import polars as pl

from hpf.core.values import DIVISION_ERROR, SNAP_GUARD

FINE = 22
SNAP = 12
WHOLE = 10**16
GUARD = float(SNAP_GUARD)  # a bound on errors, never an amount
STEP = float(DIVISION_ERROR)  # a bound on errors, never an amount
TINY = 0.5 * 10**-SNAP  # smallest divisor that does not snap to zero, for estimates alone
AWAY: Final = "half_away_from_zero"

Estimate = float  # magnitudes and error bounds; never money or points


@dataclass(frozen=True, slots=True)
class Col:
    """A compiled column.

    value: expression, null where absent or a problem; absent, bad: masks, None where never.
    number: whether it computes; places: exact decimals, None after a division.
    hi, lo: bounds of the magnitude of non-null, non-zero values; err: bound of the error over all
    rows; errs: the error row by row, drawn only when `err` does not settle a guard.
    """

    value: pl.Expr
    absent: pl.Expr | None = None
    bad: pl.Expr | None = None
    number: bool = True
    places: int | None = 0
    hi: Estimate = math.inf
    lo: Estimate = 0.0
    err: Estimate = 0.0
    errs: Callable[[], pl.Expr] | None = None

    def error(self) -> pl.Expr:
        """The error row by row (Float64: a bound, never an amount)."""
        if self.errs is not None:
            return self.errs()
        return pl.lit(self.err, dtype=pl.Float64)  # a bound, never an amount


def dtype(places: int | None) -> pl.Decimal:
    """The Polars type of a number with these places."""
    return pl.Decimal(38, FINE if places is None else places)


def least(places: int | None, lo: Estimate = 0.0) -> Estimate:
    """Below what no value but zero can be: with so many places a number is a whole count of steps.

    A divisor that no static bound keeps from zero would cost its guards on every row.
    """
    return lo if places is None else max(lo, 10.0**-places * (1 - 1e-12))


def either(*masks: pl.Expr | None) -> pl.Expr | None:
    """True where any mask is; None if there are none."""
    real = [m for m in masks if m is not None]
    return reduce(lambda a, b: a | b, real) if real else None


_MIRRORED: Final = {"eq": "eq", "ne": "ne", "lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


def compared(kind: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """`left` and `right` by eq, ne, lt, le, gt or ge.

    What names no column stands on the right: Polars 2.1 drops rows of `lit(1) < when(…).then(…)`
    where neighbours are alike, and keeps them of `when(…).then(…) > lit(1)`.
    """
    if not left.meta.root_names():
        kind, left, right = _MIRRORED[kind], right, left
    found: pl.Expr = getattr(left, f"__{kind}__")(right)
    return found


def outside(mask: pl.Expr | None, absent: pl.Expr | None) -> pl.Expr | None:
    """A problem mask where the row is not absent: absent beats problem."""
    if mask is None or absent is None:
        return mask
    return mask & ~absent


def sure(condition: pl.Expr) -> pl.Expr:
    """A condition with undefined rows read as false."""
    return condition.fill_null(False)


def fits(value: Fraction) -> tuple[Decimal, int | None]:
    """A constant as a decimal with its places, or rounded to 22 (places None)."""
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        places = max(0, -int(exact.normalize().as_tuple().exponent))
        if Fraction(exact) == value and places <= FINE:
            return exact, places
        return exact.quantize(Decimal(1).scaleb(-FINE)), None


def constant(value: Fraction) -> Col:
    """A number written in a rule or a parameter file."""
    exact, places = fits(value)
    size = abs(Estimate(value))
    err = 0.0 if places is not None else STEP
    return Col(pl.lit(exact, dtype=dtype(places)), places=places, hi=size, lo=size, err=err)


def at_scale(col: Col, places: int | None) -> pl.Expr:
    """The column's value with that many places (at least its own)."""
    return col.value if col.places == places else col.value.cast(dtype(places))


def common(*cols: Col) -> int | None:
    """The places that hold all of them exactly; None once a division is among them."""
    if any(c.places is None for c in cols):
        return None
    return max(c.places or 0 for c in cols)


def snapped(col: Col) -> Col:
    """Half away from zero to 12 places; a problem where fixed digits could have tipped it over."""
    if not col.number or (col.places is not None and col.places <= SNAP):
        return col
    value = col.value.round(SNAP, mode=AWAY).cast(pl.Decimal(38, SNAP))
    bad = col.bad
    if col.err >= GUARD:
        vague = sure(col.error() >= GUARD)
        value = pl.when(~vague).then(value)
        bad = either(bad, outside(vague & col.value.is_not_null(), col.absent))
    return Col(value, col.absent, bad, True, SNAP, col.hi + TINY, col.lo / 2)


def bounded(value: pl.Expr, over: pl.Expr | None, col: Col) -> Col:
    """`col` with `value`, null and a problem where `over` holds."""
    if over is None:
        return Col(value, col.absent, col.bad, True, col.places, col.hi, col.lo, col.err, col.errs)
    bad = either(col.bad, outside(sure(over), col.absent))
    limit = min(col.hi, float(WHOLE))  # a bound on the size, never an amount
    return Col(value, col.absent, bad, True, col.places, limit, col.lo, col.err, col.errs)
