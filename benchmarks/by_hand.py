"""The same pay in hand-written Polars: one scheme, no checks, nothing to explain.

It does the same exact work: decimals throughout, quotas snapped to 12 places, largest remainder,
ties to the lower id, a negative pool mirrored. It trusts its input: no duplicate ids, no blanks,
no weight of zero or below, every department known and never empty.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import polars as pl

from benchmarks.register import Register

AWAY: Final = "half_away_from_zero"
PARTS = 10**12  # a remainder of a fen is counted in this many parts
FINE = pl.Decimal(38, 22)


def pay(register: Register) -> pl.DataFrame:
    """id, pay (two places), in order of id."""
    staff, key, pools = _joined(register)
    weight = staff.select(pl.col("coef").cast(pl.Decimal(38, 2)) * pl.col("score")).to_series()
    groups = _totals(key, weight)
    size = pools.abs()
    product = pl.col("w").cast(pl.Decimal(38, 4)) * pl.col("P")
    quota = (product.cast(FINE) / pl.col("W").cast(FINE) * _lit("100", 0)).round(12, mode=AWAY)
    rest = (pl.col("q") - pl.col("f").cast(pl.Decimal(38, 0))).cast(pl.Decimal(38, 12))
    quotas = (
        pl.LazyFrame({"w": weight, "P": size.gather(key), "W": groups["W"].gather(key)})
        .select(q=quota)
        .with_columns(f=pl.col("q").cast(pl.Int64))
        .select("f", r=(rest * _lit(str(PARTS), 0)).cast(pl.Int64))
        .collect()
    )
    whole = pl.select((size * _lit("100", 0)).cast(pl.Int64)).to_series()
    fen = _with_leftovers(key, quotas["f"], quotas["r"], PARTS, whole, groups["n"])
    return _amounts(staff["id"], key, fen, pools)


def whole_numbers(register: Register) -> pl.DataFrame:
    """The same again in whole fen and whole hundredths of weight, without one decimal division.

    Right only while products stay below 2^63 and the weights of a department below 10^12 units
    (then no two remainders differ by so little that snapping could change their order).
    """
    staff, key, pools = _joined(register)
    units = [(pl.col(c) * _lit("10", 0)).cast(pl.Int64) for c in ("coef", "score")]
    weight = staff.select(units[0] * units[1]).to_series()
    groups = _totals(key, weight)
    whole = pl.select((pools.abs() * _lit("100", 0)).cast(pl.Int64)).to_series()
    quotas = (
        pl.LazyFrame({"P": weight * whole.gather(key), "W": groups["W"].gather(key)})
        .with_columns(f=pl.col("P") // pl.col("W"))
        .select("f", r=pl.col("P") - pl.col("f") * pl.col("W"))
        .collect()
    )
    most = int(groups["W"].max())  # type: ignore[arg-type]  # whole numbers, never empty
    fen = _with_leftovers(key, quotas["f"], quotas["r"], most, whole, groups["n"])
    return _amounts(staff["id"], key, fen, pools)


def _joined(register: Register) -> tuple[pl.DataFrame, pl.Series, pl.Series]:
    """The staff in order of id, each one's department as a row number, and the pools.

    Texts are joined once; from then on a department is its row number.
    """
    staff = register.staff
    if not staff["id"].is_sorted():
        staff = staff.sort("id")
    # a product keeps the places of its larger operand, so the surplus first gets room for four
    surplus = (pl.col("income") - pl.col("cost")).cast(pl.Decimal(38, 4))
    pool = (surplus * _lit("0.45", 2)).round(2, mode=AWAY).cast(pl.Decimal(38, 2))
    pools = register.departments.select(department="id", P=pool).with_row_index("k")
    found = staff.select("department").join(
        pools.select("k", "department"), on="department", how="left", maintain_order="left"
    )
    return staff, found["k"], pools["P"]


def _totals(key: pl.Series, weight: pl.Series) -> pl.DataFrame:
    """k, W (sum of weights), n (members), in order of department."""
    rows = pl.DataFrame({"k": key, "w": weight})
    return rows.group_by("k").agg(W=pl.sum("w"), n=pl.len()).sort("k")


def _with_leftovers(
    key: pl.Series, fen: pl.Series, rest: pl.Series, most: int, pools: pl.Series, counts: pl.Series
) -> pl.Series:
    """Whole fen plus one more for the largest remainders of each department.

    One sort of one whole number: the department, then the larger remainder; a stable sort keeps
    equal ones in the order of rows, which is that of ids. rest: below `most`.
    """
    given = pl.DataFrame({"k": key, "f": fen}).group_by("k").agg(pl.sum("f")).sort("k")["f"]
    last = counts.cum_sum().cast(pl.Int64) - counts.cast(pl.Int64) + (pools - given)
    order = (key.cast(pl.Int64) * most + (most - 1 - rest)).arg_sort()
    sorted_key = key.gather(order)
    gets = pl.int_range(len(key), eager=True) < last.gather(sorted_key)
    more = order.filter(gets)
    return fen.scatter(more, fen.gather(more) + 1)


def _amounts(ids: pl.Series, key: pl.Series, fen: pl.Series, pools: pl.Series) -> pl.DataFrame:
    sign = pl.select(pools.sign().cast(pl.Int64)).to_series()
    if (sign < 0).any():
        fen = fen * sign.gather(key)
    return pl.DataFrame({"id": ids, "pay": fen}).select(
        "id", pay=pl.col("pay").cast(pl.Decimal(38, 2)) * _lit("0.01", 2)
    )


def _lit(value: str, places: int) -> pl.Expr:
    return pl.lit(Decimal(value), dtype=pl.Decimal(38, places))
