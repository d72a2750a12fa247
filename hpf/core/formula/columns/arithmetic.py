"""Interpreter one's arithmetic: sums, products and quotients with their bounds and errors."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.col import Col, either, outside, sure

_ONE = pl.lit(Decimal(1), dtype=pl.Decimal(38, 0))
_TENTH = pl.lit(Decimal("0.1"), dtype=pl.Decimal(38, 1))


def strict(*cols: Col) -> tuple[pl.Expr | None, pl.Expr | None]:
    """Where a strict node is absent, and where it is a problem."""
    absent = either(*(x.absent for x in cols))
    return absent, outside(either(*(x.bad for x in cols)), absent)


def add(a: Col, b: Col, minus: bool) -> Col:
    """a + b, or a − b."""
    places = c.common(a, b)
    absent, bad = strict(a, b)
    one, two = c.at_scale(a, places), c.at_scale(b, places)
    err = a.err + b.err
    errs = (lambda: a.error() + b.error()) if err else None
    lo = c.least(places)
    out = Col(pl.lit(0), absent, bad, True, places, a.hi + b.hi, lo, err, errs)
    if a.hi + b.hi < c.WHOLE:
        return c.bounded(one - two if minus else one + two, None, out)
    limit = pl.lit(Decimal(c.WHOLE), dtype=pl.Decimal(38, 0))
    if places is not None and places < c.FINE:
        value = one - two if minus else one + two
        over = sure(value.abs() >= limit)
        return c.bounded(pl.when(~over).then(value), over, out)
    # 22 places leave no room for a sum out of bounds: its tenth is added first
    tenths = [v.cast(c.dtype(None)) * _TENTH for v in (one, two)]
    tenth = tenths[0] - tenths[1] if minus else tenths[0] + tenths[1]
    over = sure(tenth.abs() >= limit * _TENTH)
    safe = pl.when(~over).then(one)
    return c.bounded(safe - two if minus else safe + two, over, out)


def mul(a: Col, b: Col) -> Col:
    """a × b."""
    exact = a.places is not None and b.places is not None and a.places + b.places <= c.FINE
    places = (a.places or 0) + (b.places or 0) if exact else None
    absent, bad = strict(a, b)
    err = a.hi * b.err + b.hi * a.err if (a.err or b.err) else 0.0
    errs = None
    if err or not exact:
        err += c.STEP
        errs = lambda: _product_error(a, b)  # noqa: E731
    out = Col(pl.lit(0), absent, bad, True, places, a.hi * b.hi, a.lo * b.lo, err, errs)
    if a.hi * b.hi < c.WHOLE:
        scale = places if exact else c.FINE
        return c.bounded(_product(a, b, scale), None, out)
    # one factor of at most 1 cannot take the other out of bounds; else compare |a| with 10^16 ÷ |b|
    one, two = c.at_scale(a, None), c.at_scale(b, None)
    large = pl.when((one.abs() >= _ONE) & (two.abs() >= _ONE)).then(two.abs())
    most = pl.lit(Decimal(10) ** 15, dtype=c.dtype(None)) / large
    over = sure(c.compared("ge", one.abs() * _TENTH, most))
    value = pl.when(~over).then(one) * two
    return c.bounded(
        value.cast(c.dtype(places)) if exact and places != c.FINE else value, over, out
    )


def _product_error(a: Col, b: Col) -> pl.Expr:
    """Row by row: exact factors have an exact product if 22 places hold it."""
    both = _size(a) * b.error() + _size(b) * a.error() + c.STEP
    inexact = (a.error() > 0) | (b.error() > 0) | (_places(a) + _places(b) > c.FINE)
    return pl.when(inexact).then(both).otherwise(0.0)  # a bound


def _places(a: Col) -> pl.Expr:
    """How many places each row's value has."""
    short = c.FINE if a.places is None else a.places
    # cut off, not rounded: next to 10^16 there is no room to round away from zero
    shorter = [(a.value != a.value.truncate(k)).cast(pl.Int32) for k in range(short)]
    return pl.sum_horizontal(shorter) if shorter else pl.lit(0)


def _product(a: Col, b: Col, scale: int | None) -> pl.Expr:
    # Polars gives a product the larger scale of the two: one factor is widened beforehand
    wide = a.value.cast(c.dtype(scale))
    return wide * (b.value if b.places is not None else b.value.cast(c.dtype(None)))


def _size(a: Col) -> pl.Expr:
    return a.value.cast(pl.Float64).abs()  # a magnitude for the error bound, never an amount


def div(a: Col, b: Col) -> Col:
    """a ÷ b; a divisor that snaps to 0 is a problem."""
    absent, bad = strict(a, b)
    divisor = c.snapped(b)
    bad = outside(either(bad, divisor.bad), absent)
    # the divisor keeps its own places: the quotient is rounded at the dividend's 22 all the same
    one, two = c.at_scale(a, None), b.value
    zero = sure(divisor.value == pl.lit(Decimal(0), dtype=pl.Decimal(38, 0)))
    # a constant alone: bounds that meet say nothing of rows that are zero
    never = b.lo == b.hi and b.lo > 2 * c.TINY and not b.value.meta.root_names()
    mask: pl.Expr | None = None if never else zero
    low = max(b.lo, c.TINY)
    hi = a.hi / low
    if hi >= c.WHOLE:
        size = c.at_scale(b, None).abs()
        room = pl.when(size < _ONE).then(size) * pl.lit(Decimal(10) ** 15, dtype=pl.Decimal(38, 0))
        mask = either(mask, sure(c.compared("ge", one.abs() * _TENTH, room)))
    value = one / two if mask is None else one / pl.when(~mask).then(two)
    err = (a.err + hi * b.err) / low + c.STEP
    errs = lambda: _quotient_error(value, a, b)  # noqa: E731
    low_out = a.lo / b.hi if b.hi and math.isfinite(b.hi) else 0.0
    out = Col(pl.lit(0), absent, bad, True, None, hi, low_out, err, errs)
    return c.bounded(value, mask, out)


def _quotient_error(value: pl.Expr, a: Col, b: Col) -> pl.Expr:
    """(ea + |q|·eb) ÷ |b| + one unit of the 22nd place, row by row."""
    quotient = value.cast(pl.Float64).abs()  # a magnitude for the error bound, never an amount
    return (a.error() + quotient * b.error()) / _size(b) + c.STEP


ARITHMETIC: dict[str, Callable[[Col, Col], Col]] = {
    "add": lambda a, b: add(a, b, False),
    "sub": lambda a, b: add(a, b, True),
    "mul": mul,
    "div": div,
}
