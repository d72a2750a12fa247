"""Interpreter one's largest-remainder split: conserved on the step, ties to the lower id.

Rows come in order of id, so 'the lower id first' is 'the earlier row first'.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.groups import Takers, dense, finish, flag, no, sums
from hpf.core.formula.columns.store import Stored

_NONE = Decimal(0)
_ZERO = pl.lit(_NONE, dtype=pl.Decimal(38, 0))
_PARTS = 10**c.SNAP  # a remainder of a step is counted in this many parts
_MOST_STEPS = 2**62  # a pool has fewer steps; more is a problem of its group
_FITS = 2**63 - 2**40  # whole numbers below this are safe


@dataclass(frozen=True, slots=True)
class _Pools:
    """Per group: amount (|pool|, null where there is none to share), weights (their sum), count
    (takers), fault (a problem for all of them), empty (all weights are zero)."""

    amount: pl.Series
    weights: pl.Series
    count: pl.Series
    fault: pl.Series
    empty: pl.Series


def split(
    pool: Stored, takers: Takers, step: Decimal, places: int, height: int
) -> tuple[Stored, list[int]]:
    """Shares per row, and the group rows whose pool nobody takes.

    pool: per group, already on the step (places as the step's); takers.value: snapped weights.
    """
    weights = takers.value
    assert weights is not None
    frame = takers.frame()
    gaps = weights.value.null_count() > 0
    if gaps:
        frame = frame.filter(pl.col("v").is_not_null() | flag(frame))
    live = frame.filter(pl.col("v").is_not_null()) if gaps else frame
    pools, orphans = _pools(pool, weights, step, frame, live)
    steps = _steps(live, pools, pool, weights, step)
    size = pl.lit(step, dtype=pl.Decimal(38, places))
    shares = pl.DataFrame({"n": steps}).select(pl.col("n").cast(pl.Decimal(38, places)) * size)
    return _spread(
        live, frame, shares.to_series(), pools.fault, pool, takers, places, height
    ), orphans


def _pools(
    pool: Stored, weights: Stored, step: Decimal, frame: pl.DataFrame, live: pl.DataFrame
) -> tuple[_Pools, list[int]]:
    size = len(pool.value)
    some = (pool.value != _NONE).fill_null(False)
    sum_ = dense(sums(live, weights.size[0], weights.places), size)
    taken = sum_ if len(live) == len(frame) else dense(frame.group_by("k").agg(n=pl.len()), size)
    orphans = (taken["n"].is_null() & some).arg_true().to_list()
    empty = (sum_["s"] == _NONE).fill_null(False)
    fault = sum_["over"].fill_null(False) | (empty & some)
    if pool.bad is not None:
        fault = fault | pool.bad
    wrong: pl.Expr | None = None
    if weights.size[1] == 0.0:  # nothing proves that all weights are positive
        wrong = pl.col("v") < _ZERO
    if "x" in frame.columns:
        wrong = c.either(wrong, pl.col("x"))
    if wrong is not None:
        grouped = frame.group_by("k").agg(x=wrong.fill_null(False).any())
        fault = fault | dense(grouped, size)["x"].fill_null(False)
    if pool.size[0] * weights.size[0] >= c.WHOLE:
        fault = fault | _too_large(live, pool, size)
    most = pool.size[0] / float(step)  # a bound on the steps: only near the limit are they counted
    if most >= _MOST_STEPS / 2:
        fault = fault | (_counted(pool.value.abs(), step) >= _MOST_STEPS).fill_null(False)
    shut = fault | empty
    amount = pool.value.abs()
    if shut.any():
        amount = (
            pl.DataFrame({"p": amount, "x": shut})
            .select(pl.when(~pl.col("x")).then(pl.col("p")))
            .to_series()
        )
    return _Pools(amount, sum_["s"], sum_["n"], fault, empty & ~fault), orphans


def _too_large(live: pl.DataFrame, pool: Stored, size: int) -> pl.Series:
    """Groups in which |pool| × a weight reaches the bound."""
    most = dense(live.group_by("k").agg(m=pl.col("v").max()), size)["m"]
    both = pl.DataFrame({"P": pool.value.abs(), "m": most})
    one = pl.lit(Decimal(1), dtype=pl.Decimal(38, 0))
    tenth = pl.lit(Decimal("0.1"), dtype=pl.Decimal(38, 1))
    large = pl.when(pl.col("m") >= one).then(pl.col("m").cast(c.dtype(None)))
    room = pl.lit(Decimal(10) ** 15, dtype=c.dtype(None)) / large
    over = (pl.col("P") >= one) & (pl.col("P").cast(c.dtype(None)) * tenth >= room)
    return both.select(over.fill_null(False)).to_series()


def _steps(
    live: pl.DataFrame, pools: _Pools, pool: Stored, weights: Stored, step: Decimal
) -> pl.Series:
    """Shares as a number of steps per live row; null where there is no amount to share."""
    key = live["k"]
    amount = _counted(pools.amount, step).cast(pl.Int64)
    rows = _small(live, pools, amount, weights)
    if rows is None:
        rows = _quotas(live, pools, step, pool.size[0])
        wide = pl.Int64 if len(amount) < _FITS // _PARTS - 1 else pl.Int128
        order = pl.col("k").cast(wide) * _PARTS + _PARTS - pl.col("r")
        rows = rows.with_columns(order=order)
    given = dense(rows.group_by("k").agg(g=pl.col("f").sum()), len(amount))["g"]
    got = (_turn(rows, pools) <= (amount - given).gather(key)).fill_null(False)
    steps = rows["f"] + got.cast(pl.Int64)
    if pools.empty.any():
        nothing = (pools.empty & pool.value.is_not_null()).gather(key)
        steps = _choose(nothing, pl.lit(0, dtype=pl.Int64), steps)
    negative = (pool.value < _NONE).fill_null(False)
    if negative.any():
        steps = steps * (1 - 2 * negative.gather(key).cast(pl.Int64))
    return steps


def _choose(mask: pl.Series, then: pl.Expr, other: pl.Series) -> pl.Series:
    frame = pl.DataFrame({"m": mask, "o": other})
    return frame.select(pl.when(pl.col("m")).then(then).otherwise(pl.col("o"))).to_series()


def _counted(amount: pl.Series, step: Decimal) -> pl.Series:
    """Amounts on the step as a number of steps (Int128)."""
    places = max(scale(amount), -int(step.as_tuple().exponent))
    units = amount.cast(pl.Decimal(38, places)).to_physical().alias("u")
    size = pl.lit(int(step.scaleb(places)), dtype=pl.Int128)
    return units.to_frame().select(pl.col("u") // size).to_series()


def _small(
    live: pl.DataFrame, pools: _Pools, amount: pl.Series, weights: Stored
) -> pl.DataFrame | None:
    """k, f (whole steps), order, in whole numbers throughout; None where they might not fit.

    With a sum of weights W below 10^12 units no two remainders lie nearer than 10^-12 steps, so
    that snapping the quotas would change nothing.
    """
    places = scale(live["v"])
    most = _largest(amount) * Decimal(weights.size[0]).scaleb(places)
    heaviest = pools.weights.max()
    sizes = [Decimal(weights.size[0]), heaviest if isinstance(heaviest, Decimal) else _NONE]
    heavy = max(sizes).scaleb(places) >= _FITS
    if len(live) == 0 or heavy or not most < _FITS:
        return None
    unit = pl.lit(Decimal(10) ** places, dtype=pl.Decimal(38, 0))
    total = pools.weights.to_frame("W").select((pl.col("W") * unit).cast(pl.Int64)).to_series()
    largest = _largest(total)
    if largest >= _PARTS or (len(amount) + 1) * largest >= _FITS:
        return None
    key = live["k"]
    rows = pl.DataFrame({"k": key, "w": live["v"], "P": amount.gather(key), "W": total.gather(key)})
    product = (pl.col("w") * unit).cast(pl.Int64) * pl.col("P")
    whole = pl.col("P") // pl.when(pl.col("W") != 0).then(pl.col("W"))
    last = pl.col("k").cast(pl.Int64) * largest + largest
    return (
        rows.lazy()
        .select("k", "W", P=product)
        .with_columns(f=whole)
        .select("k", "f", order=last - (pl.col("P") - pl.col("f") * pl.col("W")))
        .collect()
    )


def _largest(whole: pl.Series) -> int:
    most = whole.max()
    return most if isinstance(most, int) else 0


def _quotas(live: pl.DataFrame, pools: _Pools, step: Decimal, hi: c.Estimate) -> pl.DataFrame:
    """k, f (whole steps), r (parts of a step left), in decimals of 22 places."""
    key = live["k"]
    rows = pl.DataFrame(
        {"k": key, "w": live["v"], "P": pools.amount.gather(key), "W": pools.weights.gather(key)}
    )
    places = scale(live["v"]) + scale(pools.amount)
    product = pl.col("w").cast(c.dtype(places if places <= c.FINE else None)) * pl.col("P")
    total = pl.when(pl.col("W") != _ZERO).then(pl.col("W")).cast(c.dtype(None))
    rows = rows.select("k", a=product.cast(c.dtype(None)) / total)
    whole = pl.lit(0, dtype=pl.Int64)
    quota = _in_steps(pl.col("a"), step)
    if hi / float(step) >= c.WHOLE / 2:  # a bound on the steps: counted, they might not fit
        whole, quota = _apart(step)
    rows = rows.select("k", whole=whole, q=quota.round(c.SNAP, mode=c.AWAY))
    rest = (pl.col("q") - pl.col("q").floor()).cast(pl.Decimal(38, c.SNAP))
    return rows.select(
        "k",
        f=pl.col("whole") + pl.col("q").cast(pl.Int64),  # towards zero; quotas are not negative
        r=(rest * pl.lit(Decimal(_PARTS), dtype=pl.Decimal(38, 0))).cast(pl.Int64),
    )


def _apart(step: Decimal) -> tuple[pl.Expr, pl.Expr]:
    """Column a in steps: whole ones of its integer part, and what is left of it as a decimal."""
    places = max(0, -int(step.as_tuple().exponent))
    unit, size = 10**places, int(step.scaleb(places))  # a step is `size` units
    floor = pl.col("a").floor()
    units = floor.cast(pl.Int128) * unit
    over = (units % size).cast(pl.Decimal(38, 0)).cast(c.dtype(None))
    part = over + (pl.col("a") - floor) * pl.lit(Decimal(unit), dtype=pl.Decimal(38, 0))
    return (units // size).cast(pl.Int64), part / pl.lit(Decimal(size), dtype=pl.Decimal(38, 0))


def _in_steps(amount: pl.Expr, step: Decimal) -> pl.Expr:
    """An amount counted in steps; exact for the usual ones (0.01, 0.1, 1)."""
    inverse = 1 / step
    if inverse == inverse.to_integral_value():
        return amount * pl.lit(inverse, dtype=pl.Decimal(38, 0))
    return amount / pl.lit(step, dtype=c.dtype(None))


def _turn(rows: pl.DataFrame, pools: _Pools) -> pl.Series:
    """1 for the row of each group that is first to get a step left over, then 2, …

    `order` puts the groups one after the other, in each the larger remainder first. Equal
    remainders come in the order of rows (an ordinal rank keeps it), which is that of ids.
    """
    shared = pools.amount.is_not_null() & pools.count.is_not_null()
    counts = _choose(shared, pl.lit(1, dtype=pl.Int64), pl.repeat(0, len(shared), eager=True))
    counts = counts * pools.count.cast(pl.Int64).fill_null(0)
    before = counts.cum_sum().shift(1, fill_value=0)
    return rows["order"].rank("ordinal").cast(pl.Int64) - before.gather(rows["k"])


def scale(column: pl.Series) -> int:
    """The places of a decimal column, 0 for any other."""
    return (column.dtype.scale or 0) if isinstance(column.dtype, pl.Decimal) else 0


def _spread(
    live: pl.DataFrame,
    frame: pl.DataFrame,
    shares: pl.Series,
    faults: pl.Series,
    pool: Stored,
    takers: Takers,
    places: int,
    height: int,
) -> Stored:
    """Shares back in the order of all rows; absent where no part is taken or there is no pool."""
    if len(live) == height and not faults.any() and takers.undecided is None:
        return finish(shares, no(height), places)
    rows = pl.DataFrame({"i": pl.int_range(0, height, dtype=pl.UInt32, eager=True)})
    found = rows.join(
        pl.DataFrame({"i": live["i"], "s": shares}), on="i", how="left", maintain_order="left"
    )["s"]
    key = frame["k"]
    none = (
        pool.value.is_null() & ~(pool.bad if pool.bad is not None else no(len(pool.value)))
    ).gather(key)
    wrong = pl.DataFrame({"i": frame["i"], "x": faults.gather(key) & ~none})
    bad = rows.join(wrong, on="i", how="left", maintain_order="left")["x"].fill_null(False)
    weights = takers.value
    assert weights is not None
    absent = weights.value.is_null()  # takes no part, and absent beats problem
    if weights.bad is not None:
        absent = absent & ~weights.bad
    return finish(found, bad & ~absent, places)
