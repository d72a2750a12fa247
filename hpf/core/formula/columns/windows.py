"""Interpreter one's windows over earlier periods: each period is a column of the same row."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.arithmetic import add
from hpf.core.formula.columns.col import Col, either, sure
from hpf.core.formula.columns.operators import both, but_not, without


def window(kind: str, values: list[Col | None], wheres: list[Col | None]) -> Col:
    """kind over the periods, this one first. values, wheres: a column (or None) per period."""
    if kind == "streak":
        return _streak([w for w in wheres if w is not None])
    taken: list[pl.Expr] = []
    bads: list[pl.Expr | None] = []
    for value, where in zip(values, wheres, strict=True):
        chosen = sure(where.value) if where else pl.lit(True)
        if where is not None:
            bads.append(where.bad)
        if value is not None:
            bads.append(both(chosen, value.bad))
            chosen = chosen & value.value.is_not_null()
        taken.append(chosen)
    bad = either(*bads)
    count = reduce(lambda a, b: a + b, [k.cast(pl.Int64) for k in taken])
    if kind == "count":
        many = float(len(taken))  # a bound on the count, never the count itself
        return without(Col(count.cast(pl.Decimal(38, 0)), None, bad, hi=many))
    real = [v for v in values if v is not None]
    places = c.common(*real)
    parts = [c.at_scale(v, places) for v in real]
    none = but_not(count == 0, bad)
    err = max(v.err for v in real)
    if kind in ("max", "min"):
        masked = [pl.when(k).then(p) for k, p in zip(taken, parts, strict=True)]
        fold = pl.max_horizontal if kind == "max" else pl.min_horizontal
        hi = max(v.hi for v in real)
        errs = (lambda: pl.max_horizontal(_errors(taken, real))) if err else None
        return without(Col(fold(masked), none, bad, True, places, hi, 0.0, err, errs))
    zero = pl.lit(Decimal(0), dtype=c.dtype(places))
    addends = [
        Col(pl.when(k).then(p).otherwise(zero), None, None, True, places, v.hi, 0.0, v.err)
        for k, p, v in zip(taken, parts, real, strict=True)
    ]
    total = reduce(lambda a, b: add(a, b, False), addends)
    error = (lambda: pl.sum_horizontal(_errors(taken, real))) if err else None
    bad = either(bad, total.bad)
    if kind == "sum":
        return without(Col(total.value, None, bad, True, places, total.hi, 0.0, total.err, error))
    mean = c.at_scale(total, None) / pl.when(count > 0).then(count).cast(c.dtype(None))
    none = but_not(count == 0, bad)
    shared = (lambda: error() / pl.when(count > 0).then(count) + c.STEP) if error else None
    return without(Col(mean, none, bad, True, None, total.hi, 0.0, total.err + c.STEP, shared))


def _errors(taken: list[pl.Expr], values: list[Col]) -> list[pl.Expr]:
    """The error bounds of the values that are taken."""
    pairs = zip(taken, values, strict=True)
    return [pl.when(k).then(v.error()).otherwise(0.0) for k, v in pairs]  # bounds, not amounts


def _streak(wheres: list[Col]) -> Col:
    alive: pl.Expr = pl.lit(True)
    total: pl.Expr = pl.lit(0, dtype=pl.Int64)
    bads: list[pl.Expr | None] = []
    for where in wheres:
        bads.append(both(alive, where.bad))
        alive = alive & sure(where.value)
        total = total + alive.cast(pl.Int64)
    many = float(len(wheres))  # a bound on the count, never the count itself
    return without(Col(total.cast(pl.Decimal(38, 0)), None, either(*bads), hi=many))
