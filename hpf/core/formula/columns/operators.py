"""Interpreter one's other row-wise operators: comparison, logic, extremes, only, first_of."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from functools import reduce

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.arithmetic import strict
from hpf.core.formula.columns.col import Col, either, sure


def but_not(mask: pl.Expr, bad: pl.Expr | None) -> pl.Expr:
    """A mask less the rows that are a problem."""
    return mask if bad is None else mask & ~bad


def without(col: Col) -> Col:
    """Null where it is a problem, as every column is."""
    if col.bad is None:
        return col
    value = pl.when(~col.bad).then(col.value)
    return Col(
        value, col.absent, col.bad, col.number, col.places, col.hi, col.lo, col.err, col.errs
    )


def both(condition: pl.Expr, mask: pl.Expr | None) -> pl.Expr | None:
    """A mask where the condition holds."""
    return None if mask is None else condition & mask


def plain(value: object) -> Col:
    """A constant or a parameter's value."""
    if isinstance(value, bool):
        return Col(pl.lit(value), number=False)
    if isinstance(value, Fraction):
        return c.constant(value)
    if isinstance(value, dt.date):
        return Col(pl.lit(value, dtype=pl.Date), number=False)
    return Col(pl.lit(str(value)), number=False)


def compare(kind: str, a: Col, b: Col) -> Col:
    """Numbers are snapped first."""
    one, two = (c.snapped(a), c.snapped(b)) if a.number else (a, b)
    absent, bad = strict(one, two)
    left, right = one.value, two.value
    if a.number:
        places = c.common(one, two)
        left, right = c.at_scale(one, places), c.at_scale(two, places)
    value = c.compared(kind, left, right)  # null where a side is
    return Col(value, absent, bad, number=False)


def logic(kind: str, args: list[Col]) -> Col:
    """Three-valued and, or, not."""
    if kind == "not":
        (only,) = args
        return Col(~only.value, only.absent, only.bad, number=False)
    value = reduce(lambda x, y: x & y if kind == "and" else x | y, [a.value for a in args])
    some, trouble = either(*(a.absent for a in args)), either(*(a.bad for a in args))
    if some is None and trouble is None:
        return Col(value, number=False)
    open_ = value.is_null()
    absent = None if some is None else open_ & some
    bad = None if trouble is None else (open_ if some is None else open_ & ~some)
    return Col(value, absent, bad, number=False)


def extreme(kind: str, args: list[Col]) -> Col:
    """The larger or the smaller of all."""
    absent, bad = strict(*args)
    places = c.common(*args)
    values = [c.at_scale(a, places) for a in args]
    fold = pl.max_horizontal if kind == "larger" else pl.min_horizontal
    value = fold(values)
    mask = either(absent, bad)
    if mask is not None:
        value = pl.when(~mask).then(value)
    err = max(a.err for a in args)
    errs = (lambda: pl.max_horizontal([a.error() for a in args])) if err else None
    return Col(value, absent, bad, True, places, max(a.hi for a in args), 0.0, err, errs)


def only(condition: Col, body: Col) -> Col:
    """The body where the condition holds, absent elsewhere."""
    yes = (
        condition.value
        if condition.absent is None and condition.bad is None
        else sure(condition.value)
    )
    value = pl.when(yes).then(body.value)
    bad = either(condition.bad, both(yes, body.bad))
    no = ~yes if condition.bad is None else ~yes & ~condition.bad
    absent = no if body.absent is None else no | (yes & body.absent)
    return Col(value, absent, bad, body.number, body.places, body.hi, body.lo, body.err, body.errs)


def first(acc: Col, then: Col) -> Col:
    """`acc`, or `then` where it is absent; a problem stays one."""
    if acc.absent is None:
        return acc
    places = c.common(acc, then) if acc.number else 0
    one = c.at_scale(acc, places) if acc.number else acc.value
    two = c.at_scale(then, places) if acc.number else then.value
    gone = acc.absent
    value = pl.when(gone).then(two).otherwise(one)
    bad = either(acc.bad, both(gone, then.bad))
    absent = None if then.absent is None else gone & then.absent
    err = max(acc.err, then.err)
    errs = (lambda: pl.when(gone).then(then.error()).otherwise(acc.error())) if err else None
    return Col(
        value,
        absent,
        bad,
        acc.number,
        places,
        max(acc.hi, then.hi),
        min(acc.lo, then.lo),
        err,
        errs,
    )
