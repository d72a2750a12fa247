"""Compiling what stays in the row: a tree becomes one Polars expression with its masks.

Every guard follows docs/nodes.md. A guard that the static bounds make needless is not drawn.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from typing import Any

import polars as pl

from hpf.core.formula import tree as t
from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.col import Col, either, outside, sure
from hpf.core.formula.columns.bands import band
from hpf.core.formula.columns.rounding import rounded
from hpf.core.parameters import Resolved
from hpf.core.periods import Period

_ONE = pl.lit(Decimal(1), dtype=pl.Decimal(38, 0))
_TENTH = pl.lit(Decimal("0.1"), dtype=pl.Decimal(38, 1))
Lookup = Callable[[str, t.Node, int], Col]  # entity, leaf or leaving node, periods back


class Rowwise:
    """Compiles nodes of one program in one period.

    leaf(entity, node, back): the stored column of an Own (`back` periods ago) or of a node that
    leaves the row.
    """

    def __init__(
        self, parameters: Mapping[str, Resolved], period: Period, leaf: Lookup
    ) -> None:
        self.parameters, self.period, self.leaf = parameters, period, leaf

    def compile(self, entity: str, node: t.Node, back: int = 0) -> Col:
        """The column of a node as rows of `entity` see it."""
        match node:
            case t.Const():
                return _plain(node.value)
            case t.Param():
                return self._param(entity, node, back)
            case t.PeriodDay():
                day = self.period.first_day if node.edge == "first" else self.period.last_day
                return Col(pl.lit(day, dtype=pl.Date), number=False)
            case t.Own() | t.Look() | t.Gather() | t.Rank() | t.Split():
                return self.leaf(entity, node, back)
            case t.Arith():
                left = self.compile(entity, node.left, back)
                right = self.compile(entity, node.right, back)
                return _ARITH[node.kind](left, right)
            case t.Compare():
                left = self.compile(entity, node.left, back)
                right = self.compile(entity, node.right, back)
                return _compare(node.kind, left, right)
            case t.Logic():
                return _logic(node.kind, [self.compile(entity, a, back) for a in node.args])
            case t.When():
                return self._when(entity, node, back)
            case t.Extreme():
                return _extreme(node.kind, [self.compile(entity, a, back) for a in node.args])
            case t.Round():
                how = self.static(node.how)
                assert isinstance(how, t.Rounding)
                return rounded(self.compile(entity, node.value, back), how)
            case t.Band():
                top = self.compile(entity, node.top, back) if node.top else None
                scale: Any = self.parameters[node.scale].value
                return band(node.kind, scale, self.compile(entity, node.x, back), top)
            case t.Only():
                return _only(
                    self.compile(entity, node.condition, back),
                    self.compile(entity, node.body, back),
                )
            case t.FirstOf():
                return reduce(_first, [self.compile(entity, a, back) for a in node.args])
            case t.Past():
                return self.compile(entity, node.inner, back + node.steps)
            case t.Window():
                return self._window(entity, node, back)
        raise TypeError(f"no column for {node.op}")

    def static(self, node: t.Node) -> object | None:
        """The plain value of a node that no row changes (a switch), or None."""
        match node:
            case t.Const():
                return node.value
            case t.Param(name, None):
                return self.parameters[name].value
            case t.Compare("eq" | "ne", left, right):
                a, b = self.static(left), self.static(right)
                if a is None or b is None:
                    return None
                return (a == b) is (node.kind == "eq")
            case t.Logic("not", (inner,)):
                known = self.static(inner)
                return not known if isinstance(known, bool) else None
        return None

    def _param(self, entity: str, node: t.Param, back: int) -> Col:
        value = self.parameters[node.name].value
        if node.key is None:
            return _plain(value)
        assert isinstance(value, Mapping)
        key = self.compile(entity, node.key, back)
        entries = {k: _plain(v) for k, v in value.items()}
        missing = pl.lit(True) if not entries else ~key.value.is_in(list(entries))
        bad = either(key.bad, outside(sure(missing & key.value.is_not_null()), key.absent))
        if not entries:
            return Col(pl.lit(None, dtype=pl.Decimal(38, 0)), key.absent, bad)
        number = all(e.number for e in entries.values())
        places = c.common(*entries.values()) if number else 0
        found = pl.lit(None, dtype=c.dtype(places) if number else None)
        for k, e in reversed(entries.items()):
            one = c.at_scale(e, places) if number else e.value
            found = pl.when(key.value == k).then(one).otherwise(found)
        hi = max(e.hi for e in entries.values())
        lo = min(e.lo for e in entries.values())
        err = max(e.err for e in entries.values())
        return Col(found, key.absent, bad, number, places, hi, lo, err)

    def _when(self, entity: str, node: t.When, back: int) -> Col:
        known = self.static(node.condition)
        if isinstance(known, bool):
            return self.compile(entity, node.then if known else node.other, back)
        condition = self.compile(entity, node.condition, back)
        a = self.compile(entity, node.then, back)
        b = self.compile(entity, node.other, back)
        places = c.common(a, b) if a.number else 0
        one = c.at_scale(a, places) if a.number else a.value
        two = c.at_scale(b, places) if b.number else b.value
        defined = condition.absent is None and condition.bad is None
        yes = condition.value if defined else sure(condition.value)
        no = ~condition.value if defined else sure(~condition.value)
        value = pl.when(yes).then(one).otherwise(two)
        if not defined:
            value = pl.when(yes).then(one).when(no).then(two)
        absent = either(_both(yes, a.absent), _both(no, b.absent))
        bad = either(
            None if defined else condition.value.is_null(),
            _both(yes, a.bad),
            _both(no, b.bad),
        )
        errs = None
        if a.err or b.err:
            errs = lambda: pl.when(yes).then(a.error()).otherwise(b.error())  # noqa: E731
        return Col(
            value, absent, bad, a.number, places, max(a.hi, b.hi), min(a.lo, b.lo),
            max(a.err, b.err), errs,
        )  # fmt: skip

    def _window(self, entity: str, node: t.Window, back: int) -> Col:
        span = node.span or self.period.earlier(back).year_to_date
        values = [
            self.compile(entity, node.value, back + j) if node.value else None for j in range(span)
        ]
        wheres = [
            self.compile(entity, node.where, back + j) if node.where else None for j in range(span)
        ]
        if node.kind == "streak":
            return _streak([w for w in wheres if w is not None])
        taken, bads = [], []
        for value, where in zip(values, wheres, strict=True):
            chosen = sure(where.value) if where else pl.lit(True)
            if where is not None:
                bads.append(where.bad)
            if value is not None:
                bads.append(_both(chosen, value.bad))
                chosen = chosen & value.value.is_not_null()
            taken.append(chosen)
        bad = either(*bads)
        count = reduce(lambda a, b: a + b, [k.cast(pl.Int64) for k in taken])
        if node.kind == "count":
            return _without(Col(count.cast(pl.Decimal(38, 0)), None, bad, hi=span))
        real = [v for v in values if v is not None]
        places = c.common(*real)
        parts = [c.at_scale(v, places) for v in real]
        none = outside(count == 0, bad)
        if node.kind in ("max", "min"):
            masked = [pl.when(k).then(p) for k, p in zip(taken, parts, strict=True)]
            fold = pl.max_horizontal if node.kind == "max" else pl.min_horizontal
            err = max(v.err for v in real)
            hi = max(v.hi for v in real)
            return _without(Col(fold(masked), _not(none, bad), bad, True, places, hi, 0.0, err))
        zero = pl.lit(Decimal(0), dtype=c.dtype(places))
        addends = [
            Col(pl.when(k).then(p).otherwise(zero), places=places, hi=v.hi, err=v.err)
            for k, p, v in zip(taken, parts, real, strict=True)
        ]
        total = reduce(lambda a, b: _add(a, b, False), addends)
        bad = either(bad, total.bad)
        if node.kind == "sum":
            return _without(
                Col(total.value, None, bad, True, places, total.hi, 0.0, total.err, total.errs)
            )
        absent = _not(count == 0, bad)
        mean = c.at_scale(total, None) / pl.when(count > 0).then(count).cast(c.dtype(None))
        return _without(
            Col(mean, absent, bad, True, None, total.hi, 0.0, total.err + c.STEP)
        )


def _not(mask: pl.Expr | None, bad: pl.Expr | None) -> pl.Expr | None:
    return mask if mask is None or bad is None else mask & ~bad


def _without(col: Col) -> Col:
    """Null where it is a problem, as every column is."""
    if col.bad is None:
        return col
    value = pl.when(~col.bad).then(col.value)
    return Col(value, col.absent, col.bad, col.number, col.places, col.hi, col.lo, col.err, col.errs)


def _both(condition: pl.Expr, mask: pl.Expr | None) -> pl.Expr | None:
    return None if mask is None else condition & mask


def _plain(value: object) -> Col:
    if isinstance(value, bool):
        return Col(pl.lit(value), number=False)
    if isinstance(value, Fraction):
        return c.constant(value)
    if isinstance(value, dt.date):
        return Col(pl.lit(value, dtype=pl.Date), number=False)
    return Col(pl.lit(str(value)), number=False)


def _strict(*cols: Col) -> tuple[pl.Expr | None, pl.Expr | None]:
    absent = either(*(x.absent for x in cols))
    return absent, outside(either(*(x.bad for x in cols)), absent)


def _add(a: Col, b: Col, minus: bool) -> Col:
    places = c.common(a, b)
    absent, bad = _strict(a, b)
    one, two = c.at_scale(a, places), c.at_scale(b, places)
    err = a.err + b.err
    errs = (lambda: a.error() + b.error()) if err else None
    out = Col(pl.lit(0), absent, bad, True, places, a.hi + b.hi, 0.0, err, errs)
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


def _mul(a: Col, b: Col) -> Col:
    exact = a.places is not None and b.places is not None and a.places + b.places <= c.FINE
    places = (a.places or 0) + (b.places or 0) if exact else None
    absent, bad = _strict(a, b)
    err = a.hi * b.err + b.hi * a.err if (a.err or b.err) else 0.0
    errs = None
    if err:
        err += c.STEP
        errs = lambda: _size(a) * b.error() + _size(b) * a.error() + c.STEP  # noqa: E731
    out = Col(pl.lit(0), absent, bad, True, places, a.hi * b.hi, a.lo * b.lo, err, errs)
    if a.hi * b.hi < c.WHOLE:
        scale = places if exact else c.FINE
        return c.bounded(_product(a, b, scale), None, out)
    # one factor of at most 1 cannot take the other out of bounds; else compare |a| with 10^16 ÷ |b|
    one, two = c.at_scale(a, None), c.at_scale(b, None)
    large = pl.when((one.abs() >= _ONE) & (two.abs() >= _ONE)).then(two.abs())
    over = sure(one.abs() * _TENTH >= pl.lit(Decimal(10) ** 15, dtype=c.dtype(None)) / large)
    value = pl.when(~over).then(one) * two
    return c.bounded(value.cast(c.dtype(places)) if exact and places != c.FINE else value, over, out)


def _product(a: Col, b: Col, scale: int | None) -> pl.Expr:
    # Polars gives a product the larger scale of the two: one factor is widened beforehand
    wide = a.value.cast(c.dtype(scale))
    return wide * (b.value if b.places is not None else b.value.cast(c.dtype(None)))


def _size(a: Col) -> pl.Expr:
    return a.value.cast(pl.Float64).abs()  # a magnitude for the error bound, never an amount


def _div(a: Col, b: Col) -> Col:
    absent, bad = _strict(a, b)
    divisor = c.snapped(b)
    bad = outside(either(bad, divisor.bad), absent)
    one, two = c.at_scale(a, None), c.at_scale(b, None)
    zero = sure(divisor.value == pl.lit(Decimal(0), dtype=pl.Decimal(38, 0)))
    never = b.lo == b.hi and b.lo > 2 * c.TINY  # a constant
    mask: pl.Expr | None = None if never else zero
    low = max(b.lo, c.TINY)
    hi = a.hi / low
    if hi >= c.WHOLE:
        room = pl.when(two.abs() < _ONE).then(two.abs()) * pl.lit(
            Decimal(10) ** 15, dtype=pl.Decimal(38, 0)
        )
        mask = either(mask, sure(one.abs() * _TENTH >= room))
    if mask is None:
        value = one / two
    else:
        value = one / pl.when(~mask).then(two)
    err = (a.err + hi * b.err) / low + c.STEP
    errs = lambda: (a.error() + (value.cast(pl.Float64).abs() * b.error())) / _size(b) + c.STEP  # noqa: E731
    low_out = a.lo / b.hi if b.hi and math.isfinite(b.hi) else 0.0
    out = Col(pl.lit(0), absent, bad, True, None, hi, low_out, err, errs)
    return c.bounded(value, mask, out)


_ARITH: dict[str, Callable[[Col, Col], Col]] = {
    "add": lambda a, b: _add(a, b, False),
    "sub": lambda a, b: _add(a, b, True),
    "mul": _mul,
    "div": _div,
}


def _compare(kind: str, a: Col, b: Col) -> Col:
    one, two = (c.snapped(a), c.snapped(b)) if a.number else (a, b)
    absent, bad = _strict(one, two)
    left, right = one.value, two.value
    if a.number:
        places = c.common(one, two)
        left, right = c.at_scale(one, places), c.at_scale(two, places)
    value: pl.Expr = getattr(left, f"__{kind}__")(right)
    if bad is not None or absent is not None:
        value = pl.when(left.is_not_null() & right.is_not_null()).then(value)
    return Col(value, absent, bad, number=False)


def _logic(kind: str, args: list[Col]) -> Col:
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


def _extreme(kind: str, args: list[Col]) -> Col:
    absent, bad = _strict(*args)
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


def _only(condition: Col, body: Col) -> Col:
    yes = condition.value if condition.absent is None and condition.bad is None else sure(condition.value)
    value = pl.when(yes).then(body.value)
    bad = either(condition.bad, _both(yes, body.bad))
    no = ~yes if condition.bad is None else ~yes & ~condition.bad
    absent = no if body.absent is None else no | (yes & body.absent)
    return Col(
        value, absent, bad, body.number, body.places, body.hi, body.lo, body.err, body.errs
    )


def _first(acc: Col, then: Col) -> Col:
    if acc.absent is None:
        return acc
    places = c.common(acc, then) if acc.number else 0
    one = c.at_scale(acc, places) if acc.number else acc.value
    two = c.at_scale(then, places) if acc.number else then.value
    gone = acc.absent
    value = pl.when(gone).then(two).otherwise(one)
    bad = either(acc.bad, _both(gone, then.bad))
    absent = None if then.absent is None else gone & then.absent
    err = max(acc.err, then.err)
    errs = (lambda: pl.when(gone).then(then.error()).otherwise(acc.error())) if err else None
    return Col(
        value, absent, bad, acc.number, places, max(acc.hi, then.hi), min(acc.lo, then.lo), err, errs
    )


def _streak(wheres: list[Col]) -> Col:
    alive: pl.Expr = pl.lit(True)
    total: pl.Expr = pl.lit(0, dtype=pl.Int64)
    bads: list[pl.Expr | None] = []
    for where in wheres:
        bads.append(_both(alive, where.bad))
        alive = alive & sure(where.value)
        total = total + alive.cast(pl.Int64)
    return _without(
        Col(total.cast(pl.Decimal(38, 0)), None, either(*bads), hi=float(len(wheres)))
    )
