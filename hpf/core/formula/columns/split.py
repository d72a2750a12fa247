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
_KEYS = 2**63 // _PARTS - 1  # as many groups fit into one whole number beside the remainder


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
    pools, orphans = _pools(pool, weights, frame, live)
    steps = _steps(live, pools, step, pool.value)
    size = pl.lit(step, dtype=pl.Decimal(38, places))
    shares = pl.DataFrame({"n": steps}).select(pl.col("n").cast(pl.Decimal(38, places)) * size)
    return _spread(
        live, frame, shares.to_series(), pools.fault, pool, takers, places, height
    ), orphans


def _pools(
    pool: Stored, weights: Stored, frame: pl.DataFrame, live: pl.DataFrame
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


def _steps(live: pl.DataFrame, pools: _Pools, step: Decimal, pool: pl.Series) -> pl.Series:
    """Shares as a number of steps per live row; null where there is no amount to share."""
    key = live["k"]
    rows = pl.DataFrame(
        {"k": key, "w": live["v"], "P": pools.amount.gather(key), "W": pools.weights.gather(key)}
    )
    weight_places = _scale(live["v"])
    both = weight_places + _scale(pools.amount)
    product = pl.col("w").cast(c.dtype(both if both <= c.FINE else None)) * pl.col("P")
    quota = product.cast(c.dtype(None)) / pl.when(pl.col("W") != _ZERO).then(pl.col("W")).cast(
        c.dtype(None)
    )
    quota = quota_in_steps(quota, step).round(c.SNAP, mode=c.AWAY)
    whole = pl.col("q").cast(pl.Int64)  # towards zero, and quotas are not negative
    rest = (pl.col("q") - pl.col("f").cast(pl.Decimal(38, 0))).cast(pl.Decimal(38, c.SNAP))
    parts = (rest * pl.lit(Decimal(_PARTS), dtype=pl.Decimal(38, 0))).cast(pl.Int64)
    rows = (
        rows.lazy().select("k", q=quota).with_columns(f=whole).select("k", "f", r=parts).collect()
    )
    given = dense(rows.group_by("k").agg(g=pl.col("f").sum()), len(pool))["g"]
    total = pl.DataFrame({"P": pools.amount}).select(
        quota_in_steps(pl.col("P").cast(c.dtype(None)), step).cast(pl.Int64)
    )
    left = (total.to_series() - given).gather(key)
    got = (_turn(rows, pools) <= left).fill_null(False)
    steps = rows["f"] + got.cast(pl.Int64)
    if pools.empty.any():
        nothing = (pools.empty & pool.is_not_null()).gather(key)
        steps = (
            pl.DataFrame({"s": steps, "n": nothing})
            .select(pl.when(pl.col("n")).then(pl.lit(0, dtype=pl.Int64)).otherwise(pl.col("s")))
            .to_series()
        )
    negative = (pool < _NONE).fill_null(False)
    if negative.any():
        steps = steps * (1 - 2 * negative.gather(key).cast(pl.Int64))
    return steps


def quota_in_steps(amount: pl.Expr, step: Decimal) -> pl.Expr:
    """An amount counted in steps; exact for the usual ones (0.01, 0.1, 1)."""
    inverse = 1 / step
    if inverse == inverse.to_integral_value():
        return amount * pl.lit(inverse, dtype=pl.Decimal(38, 0))
    return amount / pl.lit(step, dtype=c.dtype(None))


def _turn(rows: pl.DataFrame, pools: _Pools) -> pl.Series:
    """1 for the row of each group that is first to get a step left over, then 2, …

    Equal remainders come in the order of rows (an ordinal rank keeps it), which is that of ids.
    """
    if len(pools.amount) > _KEYS or rows["r"].null_count():
        return rows.select(pl.col("r").rank("ordinal", descending=True).over("k")).to_series()
    # one sort of one whole number: the group, then the larger remainder
    order = rows.select(pl.col("k").cast(pl.Int64) * _PARTS + (_PARTS - 1 - pl.col("r")))
    before = pools.count.fill_null(0).cum_sum().shift(1, fill_value=0)
    return order.to_series().rank("ordinal").cast(pl.Int64) - before.cast(pl.Int64).gather(
        rows["k"]
    )


def _scale(column: pl.Series) -> int:
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
    return finish(found, bad, places)
