"""The staff register that is measured on: made up, the same on every run and for every contender.

Amounts, coefficients and scores are drawn with a hash of the row number, so that equal shares
(ties of remainders) are frequent, as they are where many people have the same title.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import polars as pl

PER_DEPARTMENT = 20


@dataclass(frozen=True, slots=True)
class Register:
    """departments: id, hospital, income, cost (CNY, two places); staff: id, department, coef,
    score (one place). Rows come in order of id."""

    departments: pl.DataFrame
    staff: pl.DataFrame

    @property
    def hospital(self) -> pl.DataFrame:
        """The one hospital that all departments belong to."""
        return pl.DataFrame({"id": ["H1"]})


def make(staff: int) -> Register:
    """A register of that many people, twenty to a department on average, no department empty."""
    count = max(1, staff // PER_DEPARTMENT)
    codes = _ids("D", count)
    department = (
        pl.select(i=pl.int_range(staff, dtype=pl.Int64))
        .with_columns(drawn=_draw(staff, 3, 0, count))
        .select(pl.when(pl.col("i") < count).then(pl.col("i")).otherwise(pl.col("drawn")))
        .to_series()
    )
    departments = pl.DataFrame(
        {
            "id": codes,
            "hospital": pl.repeat("H1", count, eager=True),
            "income": _decimals(_draw(count, 1, 10_000_000, 100_000_000), 2),
            "cost": _decimals(_draw(count, 2, 1_000_000, 10_000_000), 2),
        }
    )
    people = pl.DataFrame(
        {
            "id": _ids("S", staff),
            "department": codes.gather(department),
            "coef": _decimals(_draw(staff, 4, 10, 30), 1),
            "score": _decimals(_draw(staff, 5, 600, 1000), 1),
        }
    )
    return Register(departments, people)


def pools_in_fen(register: Register) -> pl.DataFrame:
    """department, pool: (income − cost) × 0.45 in whole fen, half up, in whole numbers."""
    fen = [(pl.col(c) * pl.lit(Decimal(100))).cast(pl.Int64).alias(c) for c in ("income", "cost")]
    parts = (pl.col("income") - pl.col("cost")) * 45
    rounded = (parts.abs() + 50) // 100 * parts.sign()
    return register.departments.select("id", *fen).select(department="id", pool=rounded)


def not_conserved(register: Register, fen: pl.Series) -> int:
    """In how many departments the shares (whole fen, in order of the staff) miss the pool."""
    given = register.staff.select("department", fen=fen).group_by("department").agg(pl.sum("fen"))
    both = pools_in_fen(register).join(given, on="department", how="left")
    return int((both["pool"] != both["fen"]).sum())


def in_fen(pay: pl.Series) -> pl.Series:
    """Amounts with two places as whole fen."""
    return pl.select((pay * pl.lit(Decimal(100))).cast(pl.Int64)).to_series()


def save(register: Register, folder: Path) -> None:
    """Write the register where child processes find it."""
    register.departments.write_ipc(folder / "departments.arrow")
    register.staff.write_ipc(folder / "staff.arrow")


def load(folder: Path) -> Register:
    """Read it back, into memory."""
    # rechunked, so that nothing is left mapped from the files
    frames = [pl.read_ipc(folder / f"{name}.arrow").rechunk() for name in ("departments", "staff")]
    return Register(*frames)


def _ids(letter: str, count: int) -> pl.Series:
    number = pl.int_range(count).cast(pl.String).str.zfill(7)
    return pl.select((pl.lit(letter) + number).alias("id")).to_series()


def _draw(count: int, seed: int, low: int, high: int) -> pl.Series:
    """Whole numbers from low up to, not including, high."""
    drawn = pl.int_range(count, eager=True).hash(seed) % (high - low)
    return drawn.cast(pl.Int64) + low


def _decimals(numbers: pl.Series, places: int) -> pl.Series:
    """Whole numbers as decimals: 12345 with two places is 123.45."""
    unit = pl.lit(Decimal(1).scaleb(-places), dtype=pl.Decimal(38, places))
    return pl.select(numbers.cast(pl.Decimal(38, places)) * unit).to_series()
