"""Interpreter one's work across rows: gathering, ranking and splitting by group.

Keys are row numbers of the group's entity; a null key belongs to no group.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

import polars as pl

from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.store import Stored

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
        return self.lazy(numbered=True).collect()

    def lazy(self, *, numbered: bool = False) -> pl.LazyFrame:
        """The same rows, not yet drawn up; `i` where they are numbered."""
        columns = {"k": self.key}
        if self.value is not None:
            columns["v"] = self.value.value
            if self.value.bad is not None:
                columns["x"] = self.value.bad
        if self.chosen is not None:
            columns["w"] = self.chosen
        if self.undecided is not None:
            columns["u"] = self.undecided
        keep: pl.Expr | None = pl.col("k").is_not_null() if self.key.null_count() else None
        if "w" in columns:
            chosen = pl.col("w").fill_null(False)
            if "u" in columns:
                chosen = chosen | pl.col("u")
            keep = chosen if keep is None else keep & chosen
        frame = pl.DataFrame(columns).lazy()
        if numbered:
            frame = frame.with_row_index("i")
        if keep is not None:
            frame = frame.filter(keep)
        bad = c.either(
            pl.col("x") if "x" in columns else None, pl.col("u") if "u" in columns else None
        )
        return frame if bad is None else frame.with_columns(x=bad)

    @property
    def flagged(self) -> bool:
        """Whether a taker may be a problem."""
        return self.undecided is not None or (self.value is not None and self.value.bad is not None)

    def count(self) -> int:
        """At most how many rows take part."""
        if self.chosen is None:
            return len(self.key)
        open_ = 0 if self.undecided is None else int(self.undecided.sum())
        return int(self.chosen.sum()) + open_


def dense(grouped: pl.DataFrame, size: int) -> pl.DataFrame:
    """One row a group, in order of the group's row number, nulls where the group has no rows."""
    if len(grouped) == size and grouped["k"].is_sorted():
        return grouped
    base = pl.LazyFrame({"k": pl.int_range(0, size, dtype=pl.UInt32, eager=True)})
    found = grouped.lazy().with_columns(pl.col("k").cast(pl.UInt32))
    return base.join(found, on="k", how="left", maintain_order="left").collect()


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
    value, many = takers.value, max(1, takers.count())
    places: int | None = 0
    err = 0.0
    v = pl.col("v")
    if value is None or kind == "count":
        drawn = {"r": (pl.len() if value is None else v.count()).cast(pl.Decimal(38, 0))}
    elif kind in ("max", "min"):
        places, err = value.places, value.err
        drawn = {"r": v.max() if kind == "max" else v.min()}
    else:
        places, err = value.places, value.err * many
        drawn = {"r": v.sum(), "n": v.count()}
    if takers.flagged:
        drawn["x"] = pl.col("x").any()
    if "n" in drawn and value is not None and value.size[0] * many >= c.WHOLE:
        grouped = _wide(takers, value, drawn)
    else:
        grouped = takers.lazy().group_by("k").agg(**drawn).collect()
    if kind == "mean":
        some = pl.when(pl.col("n") > 0).then(pl.col("n")).cast(c.dtype(None))
        grouped = grouped.with_columns(r=pl.col("r").cast(c.dtype(None)) / some)
        places, err = None, err + c.STEP
    out = dense(grouped, size)
    result = out["r"]
    bad = [out[name].fill_null(False) for name in ("over", "x") if name in out.columns]
    if kind in ("sum", "count"):
        if result.null_count():
            result = result.fill_null(Decimal(0))
    elif result.null_count():
        bad.append(result.is_null())
    return finish(result, reduce(or_, bad) if bad else None, places, err)


def _wide(takers: Takers, value: Stored, drawn: Mapping[str, pl.Expr]) -> pl.DataFrame:
    """As drawn, with sums that Polars would wrap; `over` where one is out of bounds."""
    frame = takers.frame()
    grouped = frame.group_by("k").agg(**{n: e for n, e in drawn.items() if n != "r"})
    live = frame.filter(pl.col("v").is_not_null())
    found = sums(live, value.size[0], value.places).select("k", "over", r="s")
    return grouped.join(found, on="k", how="left")


def finish(
    value: pl.Series, bad: pl.Series | None, places: int | None, err: c.Estimate = 0.0
) -> Stored:
    """A stored number, null where bad."""
    target = c.dtype(places)
    if value.dtype != target:
        value = value.cast(target)
    if bad is None or not bad.any():
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
