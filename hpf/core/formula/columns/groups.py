"""Interpreter one's work across rows: gathering, ranking and splitting by group.

Keys are row numbers of the group's entity; a null key belongs to no group.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.store import Stored

_BOUND = Decimal(c.WHOLE)
_CUT = Decimal(10**8)
_ZERO = pl.lit(Decimal(0), dtype=pl.Decimal(38, 0))
_ONE = pl.lit(Decimal(1), dtype=pl.Decimal(38, 0))


@dataclass(frozen=True, slots=True)
class Takers:
    """Rows that take part. key: group row or null; value: stored; chosen, undecided: from a
    condition (None: all rows, none undecided)."""

    key: pl.Series
    value: Stored | None
    chosen: pl.Series | None = None
    undecided: pl.Series | None = None

    def frame(self) -> pl.DataFrame:
        """`k`, `i` (row), `v`, `x` (one problem among the takers) of rows with a group."""
        columns = {"k": self.key}
        if self.value is not None:
            columns["v"] = self.value.value
            if self.value.bad is not None:
                columns["x"] = self.value.bad
        if self.chosen is not None:
            columns["w"] = self.chosen
        if self.undecided is not None:
            columns["u"] = self.undecided
        frame = pl.DataFrame(columns)
        keep: pl.Expr | None = pl.col("k").is_not_null() if self.key.null_count() else None
        if "w" in columns:
            chosen = pl.col("w").fill_null(False)
            if "u" in columns:
                chosen = chosen | pl.col("u")
            keep = chosen if keep is None else keep & chosen
        frame = frame.with_row_index("i")
        if keep is not None:
            frame = frame.filter(keep)
        bad = c.either(
            pl.col("x") if "x" in columns else None, pl.col("u") if "u" in columns else None
        )
        if bad is not None:
            frame = frame.with_columns(x=bad)
        return frame


def dense(grouped: pl.DataFrame, size: int) -> pl.DataFrame:
    """One row a group, in order of the group's row number, nulls where the group has no rows."""
    if len(grouped) == size and grouped["k"].is_sorted():
        return grouped
    base = pl.DataFrame({"k": pl.int_range(0, size, dtype=pl.UInt32, eager=True)})
    return base.join(
        grouped.with_columns(pl.col("k").cast(pl.UInt32)), on="k", how="left", maintain_order="left"
    )


def sums(frame: pl.DataFrame, hi: c.Estimate, places: int | None) -> pl.DataFrame:
    """k, s (exact sum), n (rows), over (out of bounds) of column v.

    Polars alone would wrap in silence.
    """
    if hi * max(1, len(frame)) < c.WHOLE:
        return frame.group_by("k").agg(s=pl.col("v").sum(), n=pl.len(), over=pl.lit(False))
    # sum the part above 10^8 and the rest apart: neither can wrap
    size = c.dtype(places)
    cut = pl.lit(_CUT, dtype=pl.Decimal(38, 0))
    high = (pl.col("v").cast(c.dtype(None)) / cut).floor().cast(pl.Decimal(38, 0))
    parts = frame.with_columns(h=high).with_columns(
        l=pl.col("v").cast(c.dtype(None)) - pl.col("h") * cut
    )
    grouped = parts.group_by("k").agg(pl.col("h").sum(), pl.col("l").sum(), n=pl.len())
    # both parts of one sign: h × 10^8 alone then stays in bounds where the sum does
    carry = (pl.col("l") / cut).floor().cast(pl.Decimal(38, 0))
    carry = pl.when(pl.col("h") + carry < _ZERO).then(carry + _ONE).otherwise(carry)
    grouped = grouped.with_columns(h=pl.col("h") + carry, l=pl.col("l") - carry * cut)
    total = pl.col("h").cast(c.dtype(None)) + pl.col("l") / cut
    over = (total.abs() >= cut).fill_null(False)
    grouped = grouped.with_columns(over=over)
    safe = pl.when(~pl.col("over")).then(pl.col("h").cast(c.dtype(None)))
    low = pl.when(~pl.col("over")).then(pl.col("l"))
    return grouped.with_columns(s=(safe * cut + low).cast(size)).select("k", "s", "n", "over")


def gather(kind: str, takers: Takers, size: int) -> Stored:
    """sum, mean, max, min or count of the takers' values per group."""
    frame = takers.frame()
    value = takers.value
    grouped: pl.DataFrame
    poison = frame.group_by("k").agg(x=pl.col("x").any()) if "x" in frame.columns else None
    places: int | None = 0
    err = 0.0
    if value is None:
        grouped = frame.group_by("k").agg(r=pl.len().cast(pl.Decimal(38, 0)))
        over = False
    else:
        places, err = value.places, value.err * max(1, len(frame))
        live = frame.filter(pl.col("v").is_not_null()) if value.value.null_count() else frame
        over = False
        if kind == "count":
            grouped = live.group_by("k").agg(r=pl.len().cast(pl.Decimal(38, 0)))
            places, err = 0, 0.0
        elif kind in ("max", "min"):
            best = pl.col("v").max() if kind == "max" else pl.col("v").min()
            grouped, err = live.group_by("k").agg(r=best), value.err
        else:
            grouped = sums(live, value.size[0], places).rename({"s": "r"})
            over = True
            if kind == "mean":
                mean = pl.col("r").cast(c.dtype(None)) / pl.col("n").cast(c.dtype(None))
                grouped = grouped.with_columns(r=mean)
                places, err = None, err + c.STEP
    out = dense(grouped, size)
    result = out["r"]
    bad = no(size)
    if over:
        bad = bad | out["over"].fill_null(False)
    if poison is not None:
        bad = bad | dense(poison, size)["x"].fill_null(False)
    if kind in ("sum", "count"):
        result = result.fill_null(Decimal(0))
    else:
        bad = bad | result.is_null()
    return finish(result, bad, places, err)


def finish(value: pl.Series, bad: pl.Series, places: int | None, err: c.Estimate = 0.0) -> Stored:
    """A stored number, null where bad."""
    target = c.dtype(places)
    if value.dtype != target:
        value = value.cast(target)
    if not bad.any():
        return Stored(value, None, True, places, err)
    holes = pl.DataFrame({"v": value, "b": bad}).select(pl.when(~pl.col("b")).then(pl.col("v")))
    return Stored(holes.to_series(), bad, True, places, err)


def ranks(takers: Takers, descending: bool, height: int) -> Stored:
    """Shared places from 1 among each group's takers."""
    frame = takers.frame()
    value = takers.value
    assert value is not None
    live = frame.filter(pl.col("v").is_not_null() | flag(frame))
    poison = flag(live).any().over("k") if "x" in live.columns else pl.lit(False)
    place = pl.col("v").rank("min", descending=descending).over("k").cast(pl.Decimal(38, 0))
    ranked = live.with_columns(r=place, p=poison)
    result = pl.DataFrame({"i": pl.int_range(0, height, dtype=pl.UInt32, eager=True)}).join(
        ranked.select("i", "r", "p"), on="i", how="left", maintain_order="left"
    )
    absent = value.value.is_null()  # takes no part, and absent beats problem
    if value.bad is not None:
        absent = absent & ~value.bad
    bad = result["p"].fill_null(False) & ~absent
    return finish(result["r"], bad, 0)


def no(size: int) -> pl.Series:
    """False for each of `size` rows."""
    return pl.repeat(False, size, dtype=pl.Boolean, eager=True)


def flag(frame: pl.DataFrame) -> pl.Expr:
    """The mark of a problem among the takers."""
    return pl.col("x").fill_null(False) if "x" in frame.columns else pl.lit(False)
