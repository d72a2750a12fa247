"""Interpreter one's largest-remainder split: conserved on the step, ties to the lower id.

Rows come in order of id, so 'the lower id first' is 'the earlier row first'.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.groups import Takers, dense, finish, sums
from hpf.core.formula.columns.store import Stored

_ZERO = pl.lit(Decimal(0), dtype=pl.Decimal(38, 0))
_BILLION = Decimal(10) ** c.SNAP


def split(
    pool: Stored, takers: Takers, step: Decimal, places: int, height: int
) -> tuple[Stored, list[int]]:
    """Shares per row, and the group rows whose pool nobody takes.

    pool: per group, already on the step (places as the step's); takers.value: snapped weights.
    """
    weights = takers.value
    assert weights is not None
    frame = takers.frame()
    if weights.value.null_count():
        frame = frame.filter(pl.col("v").is_not_null() | _flag(frame))
    size = len(pool.value)
    faults = _faults(frame, pool, weights, size)
    orphans = _orphans(frame, pool, size)
    live = frame.filter(pl.col("v").is_not_null()) if weights.value.null_count() else frame
    total = dense(sums(live, weights.size[0], weights.places), size)
    groups = pl.DataFrame({"P": pool.value.abs(), "W": total["s"], "over": total["over"]})
    zero = (groups["W"].fill_null(Decimal(0)) == Decimal(0)) if size else pl.Series([], dtype=pl.Boolean)
    faults = faults | groups["over"].fill_null(False) | (zero & (pool.value != Decimal(0)).fill_null(False))
    faults = faults | _too_large(live, groups, pool, weights, size)
    shares = _shares(live, groups, zero, faults, step, places)
    signs = pool.value < Decimal(0)
    if signs.any():
        key = live["k"]
        negative = signs.gather(key)
        shares = pl.DataFrame({"s": shares, "n": negative}).select(
            pl.when(pl.col("n")).then(-pl.col("s")).otherwise(pl.col("s"))
        ).to_series()
    return _spread(live, frame, shares, faults, pool, takers, places, height), orphans


def _flag(frame: pl.DataFrame) -> pl.Expr:
    return pl.col("x").fill_null(False) if "x" in frame.columns else pl.lit(False)


def _no(size: int) -> pl.Series:
    return pl.repeat(False, size, dtype=pl.Boolean, eager=True)


def _faults(frame: pl.DataFrame, pool: Stored, weights: Stored, size: int) -> pl.Series:
    """Groups with a problem among pool and weights."""
    bad = _no(size) if pool.bad is None else pool.bad
    wrong: pl.Expr | None = None
    if weights.size[1] == 0.0:  # nothing proves that all weights are positive
        wrong = pl.col("v") < _ZERO
    if "x" in frame.columns:
        wrong = c.either(wrong, pl.col("x"))
    if wrong is None:
        return bad
    grouped = frame.group_by("k").agg(x=wrong.fill_null(False).any())
    return bad | dense(grouped, size)["x"].fill_null(False)


def _orphans(frame: pl.DataFrame, pool: Stored, size: int) -> list[int]:
    taken = dense(frame.group_by("k").agg(n=pl.len()), size)["n"].is_null()
    alone = taken & (pool.value != Decimal(0)).fill_null(False)
    return alone.arg_true().to_list()


def _too_large(
    live: pl.DataFrame, groups: pl.DataFrame, pool: Stored, weights: Stored, size: int
) -> pl.Series:
    if pool.size[0] * weights.size[0] < c.WHOLE:
        return _no(size)
    most = dense(live.group_by("k").agg(m=pl.col("v").max()), size)["m"]
    both = pl.DataFrame({"P": groups["P"], "m": most})
    one = pl.lit(Decimal(1), dtype=pl.Decimal(38, 0))
    room = pl.lit(Decimal(10) ** 15, dtype=c.dtype(None)) / pl.when(pl.col("m") >= one).then(
        pl.col("m").cast(c.dtype(None))
    )
    tenth = pl.lit(Decimal("0.1"), dtype=pl.Decimal(38, 1))
    over = (pl.col("P") >= one) & (pl.col("P").cast(c.dtype(None)) * tenth >= room)
    return both.select(over.fill_null(False)).to_series()


def _shares(
    live: pl.DataFrame,
    groups: pl.DataFrame,
    zero: pl.Series,
    faults: pl.Series,
    step: Decimal,
    places: int,
) -> pl.Series:
    """Shares of |pool| per live row, null where the group has no amount to share."""
    key = live["k"]
    mask = faults | zero | groups["P"].is_null()
    whole = (groups["P"] / pl.Series([step], dtype=pl.Decimal(38, places))[0]) if False else None
    del whole
    ready = groups.with_columns(
        P=pl.when(~pl.Series(mask)).then(pl.col("P")), W=pl.when(~pl.Series(mask)).then(pl.col("W"))
    )
    rows = pl.DataFrame(
        {"k": key, "w": live["v"], "P": ready["P"].gather(key), "W": ready["W"].gather(key)}
    )
    amount = pl.col("w").cast(c.dtype(None)) * pl.col("P")
    quota = amount / pl.col("W").cast(c.dtype(None))
    inverse = Decimal(1) / step
    if inverse == inverse.to_integral_value():
        quota = quota * pl.lit(inverse, dtype=pl.Decimal(38, 0))
    else:
        quota = quota / pl.lit(step, dtype=c.dtype(None))
    quota = quota.round(c.SNAP, mode=c.AWAY)
    rows = rows.lazy().with_columns(q=quota).with_columns(f=pl.col("q").floor()).select(
        "k",
        f=pl.col("f").cast(pl.Decimal(38, 0)),
        r=((pl.col("q") - pl.col("f")).cast(pl.Decimal(38, c.SNAP)) * pl.lit(_BILLION, dtype=pl.Decimal(38, 0))).cast(pl.Int64),
    ).collect()
    given = dense(rows.group_by("k").agg(g=pl.col("f").sum()), len(groups))["g"]
    steps = pl.DataFrame({"P": ready["P"], "g": given}).select(
        left=(pl.col("P").cast(c.dtype(None)) / pl.lit(step, dtype=c.dtype(None))).cast(pl.Decimal(38, 0)) - pl.col("g")
    )["left"].cast(pl.Int64)
    rows = rows.with_columns(left=steps.gather(key))
    # the ordinal rank gives equal remainders in the order of rows, which is the order of ids
    turn = pl.col("r").rank("ordinal", descending=True).over("k")
    unit = pl.lit(step, dtype=pl.Decimal(38, places))
    got = pl.when(turn <= pl.col("left")).then(pl.lit(1)).otherwise(pl.lit(0)).cast(pl.Decimal(38, 0))
    share = rows.select(((pl.col("f") + got).cast(pl.Decimal(38, places)) * unit).alias("s"))["s"]
    if zero.any():
        nothing = (zero & ~faults & groups["P"].is_not_null()).gather(key)
        share = pl.DataFrame({"s": share, "n": nothing}).select(
            pl.when(pl.col("n")).then(pl.lit(Decimal(0), dtype=pl.Decimal(38, places))).otherwise(pl.col("s"))
        ).to_series()
    return share


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
        return finish(shares, _no(height), places)
    rows = pl.DataFrame({"i": pl.int_range(0, height, dtype=pl.UInt32, eager=True)})
    found = rows.join(
        pl.DataFrame({"i": live["i"], "s": shares}), on="i", how="left", maintain_order="left"
    )["s"]
    key = frame["k"]
    none = (pool.value.is_null() & ~(pool.bad if pool.bad is not None else _no(len(pool.value)))).gather(key)
    wrong = pl.DataFrame({"i": frame["i"], "x": faults.gather(key) & ~none})
    bad = rows.join(wrong, on="i", how="left", maintain_order="left")["x"].fill_null(False)
    return finish(found, bad, places)
