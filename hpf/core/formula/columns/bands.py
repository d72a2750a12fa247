"""Interpreter one's scales: bracket (one rate) and marginal (band by band)."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.arithmetic import ARITHMETIC
from hpf.core.formula.columns.col import Col, either, outside, sure
from hpf.core.parameters import Bandwidth, ScaleValue


def band(kind: str, scale: ScaleValue, x: Col, top: Col | None) -> Col:
    """x on the scale; `top` is the open top band's rate where the scale leaves it to the facts."""
    at = c.snapped(x)
    masks = [_inside(b, at, kind == "marginal" and i == 0) for i, b in enumerate(scale.bands)]
    found = either(*masks)
    assert found is not None
    rates = [top if b.rate is None else c.constant(b.rate) for b in scale.bands]
    if any(r is None for r in rates):
        raise ValueError("the scale's open top rate comes with the call: .bracket(x, top=…)")
    real = [r for r in rates if r is not None]
    off = outside(sure(~found), either(at.absent, at.bad))
    taken = masks[-1] if scale.bands[-1].rate is None and top is not None else None
    absent = at.absent
    bad = either(at.bad, off)
    if taken is not None and top is not None:
        # the open top's rate matters only where x is in it
        gone = None if top.absent is None else sure(taken) & top.absent
        absent = either(absent, gone)
        wrong = None if top.bad is None else sure(taken) & top.bad
        bad = outside(either(bad, wrong), absent)
    out = _bracket(masks, real) if kind == "bracket" else _marginal(scale, at, real)
    mask = either(absent, bad)
    value = out.value if mask is None else pl.when(~mask).then(out.value)
    return Col(
        value,
        absent,
        outside(either(bad, out.bad), absent),
        True,
        out.places,
        out.hi,
        0.0,
        out.err,
        out.errs,
    )


def _inside(b: Bandwidth, x: Col, from_zero: bool) -> pl.Expr:
    parts = []
    low, low_in = b.low, b.low_in
    if low is None and from_zero:
        low, low_in = Fraction(0), True
    if low is not None:
        edge = c.constant(low).value
        parts.append(x.value >= edge if low_in else x.value > edge)
    if b.high is not None:
        edge = c.constant(b.high).value
        parts.append(x.value <= edge if b.high_in else x.value < edge)
    if not parts:
        return x.value.is_not_null()
    return parts[0] if len(parts) == 1 else parts[0] & parts[1]


def _bracket(masks: list[pl.Expr], rates: list[Col]) -> Col:
    places = c.common(*rates)
    value: pl.Expr = pl.lit(None, dtype=c.dtype(places))
    for mask, rate in reversed(list(zip(masks, rates, strict=True))):
        value = pl.when(mask).then(c.at_scale(rate, places)).otherwise(value)
    err = max(r.err for r in rates)
    errs = (lambda: _chosen_error(masks, rates)) if err else None
    return Col(value, None, None, True, places, max(r.hi for r in rates), 0.0, err, errs)


def _chosen_error(masks: list[pl.Expr], rates: list[Col]) -> pl.Expr:
    error: pl.Expr = pl.lit(0.0)  # a bound, not an amount
    for mask, rate in zip(masks, rates, strict=True):
        error = pl.when(mask).then(rate.error()).otherwise(error)
    return error


def _marginal(scale: ScaleValue, at: Col, rates: list[Col]) -> Col:
    total: Col | None = None
    for b, rate in zip(scale.bands, rates, strict=True):
        width = _part(at, b.low if b.low is not None else Fraction(0), b.high)
        # an unused open top rate must not spoil the lower bands
        plain = Col(
            rate.value.fill_null(Decimal(0)),
            None,
            None,
            True,
            rate.places,
            rate.hi,
            0.0,
            rate.err,
            rate.errs,
        )
        piece = ARITHMETIC["mul"](width, plain)
        total = piece if total is None else ARITHMETIC["add"](total, piece)
    assert total is not None
    return total  # x is snapped: the rates alone may be inexact


def _part(x: Col, low: Fraction, high: Fraction | None) -> Col:
    """How much of x lies between low and high, never negative: an x below the first band is off
    the scale, and however far below, what is multiplied for it must not go out of bounds."""
    zero = c.constant(Fraction(0)).value
    edge = c.constant(low)
    places = c.common(x, edge)
    above = c.at_scale(x, places) - c.at_scale(edge, places)
    above = pl.when(above > zero).then(above).otherwise(zero.cast(c.dtype(places)))
    hi = x.hi + abs(float(low))  # a bound on the size, never an amount
    if high is not None:
        full = c.constant(high - low)
        places2 = c.common(Col(above, places=places), full)
        above = above.cast(c.dtype(places2))
        cap = c.at_scale(full, places2)
        above = pl.when(above > cap).then(cap).otherwise(above)
        places, hi = places2, min(hi, full.hi)
    return Col(above, None, None, True, places, hi)
