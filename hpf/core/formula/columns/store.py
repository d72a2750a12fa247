"""Stored columns: what has been computed, per entity, ready to be read by the next level."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from hpf.core.facts import Rows
from hpf.core.formula.columns.col import Col, least


@dataclass(slots=True)
class Stored:
    """A computed column. bad: mask or None; errs: computes the error column when asked for it.

    places, err as in Col; hi and lo are measured.
    """

    value: pl.Series
    bad: pl.Series | None
    number: bool
    places: int | None
    err: float = 0.0  # an error bound, not an amount
    errs: Callable[[], pl.Series] | None = None
    _size: tuple[float, float] | None = None

    @property
    def size(self) -> tuple[float, float]:
        """Largest and smallest non-zero magnitude (estimates; 0, 0 for an empty column)."""
        if self._size is None:
            self._size = _measure(self.value) if self.number else (0.0, 0.0)
        return self._size

    @property
    def complete(self) -> bool:
        """Whether every row has a value."""
        return self.value.null_count() == 0


def _measure(value: pl.Series) -> tuple[float, float]:
    if len(value) == 0 or value.null_count() == len(value):
        return 0.0, 0.0
    least, most = value.min(), value.max()
    low = float(least)  # type: ignore[arg-type]  # a bound on the size, never an amount
    high = float(most)  # type: ignore[arg-type]  # a bound on the size, never an amount
    hi = max(abs(low), abs(high)) * (1 + 1e-12)
    return hi, low * (1 - 1e-12) if low > 0 else 0.0


@dataclass(slots=True)
class Frame:
    """One entity's working columns: key -> Stored. paths: where each row's links lead."""

    rows: Rows
    stored: dict[str, Stored] = field(default_factory=dict)
    paths: dict[tuple[str, ...], pl.Series] = field(default_factory=dict)

    def path(
        self,
        path: tuple[str, ...],
        frames: Mapping[str, Frame],
        entities: Mapping[str, Mapping[str, str]],
    ) -> pl.Series:
        """Row numbers at the end of a path of links; null where a link is missing."""
        if path not in self.paths:
            first = self.rows.links[path[0]]
            if len(path) > 1:
                to = entities[self.rows.entity][path[0]]
                first = frames[to].path(path[1:], frames, entities).gather(first)
            # groups of rows that stand together need no hashing
            together = first.null_count() == 0 and first.is_sorted()
            self.paths[path] = (first.set_sorted() if together else first).alias("__key")
        return self.paths[path]

    def column(self, key: str) -> Col:
        """The stored column as expressions for the next level; see `select` for the names."""
        s = self.stored[key]
        value = pl.col(key)
        bad = None if s.bad is None else pl.col(f"{key}!")
        absent = None
        if not s.complete:
            absent = value.is_null() if bad is None else value.is_null() & ~bad
        hi, lo = s.size
        lo = least(s.places, lo) if s.number else lo
        errs = (lambda: pl.col(f"{key}~")) if s.err else None
        return Col(value, absent, bad, s.number, s.places, hi, lo, s.err, errs)

    def select(self, expressions: list[pl.Expr], height: int) -> pl.DataFrame:
        """Evaluate expressions over the stored columns they name."""
        return self.plan(expressions, height).collect()

    def plan(self, expressions: list[pl.Expr], height: int) -> pl.LazyFrame:
        """The same, still to be collected."""
        names = sorted({n for e in expressions for n in e.meta.root_names()})
        series = [self._named(n) for n in names]
        series.append(
            pl.Series("__row", range(height), dtype=pl.UInt32)
            if height < 2
            else pl.int_range(0, height, dtype=pl.UInt32, eager=True).alias("__row")
        )
        frame = pl.DataFrame(series).lazy()
        return frame.select(pl.col("__row"), *expressions).drop("__row")

    def some(self, at: pl.Series) -> Frame:
        """The same columns on some of the rows; each is taken when it is asked for."""
        return Frame(self.rows, _Taken(self.stored, at))

    def _named(self, name: str) -> pl.Series:
        if name.endswith("!"):
            bad = self.stored[name[:-1]].bad
            assert bad is not None
            return bad.alias(name)
        if name.endswith("~"):
            stored = self.stored[name[:-1]]
            assert stored.errs is not None
            return stored.errs().alias(name)
        return self.stored[name].value.alias(name)

    def keep(self, key: str, col: Col, value: pl.Series, bad: pl.Series | None) -> Stored:
        """Store a computed column; its error column is drawn only if a guard asks for it."""
        if bad is not None and not bad.any():
            bad = None
        errs = None
        if col.err:
            drawn = col.error()

            def errs() -> pl.Series:
                bound = drawn.cast(pl.Float64).alias("e")  # a bound on errors, never an amount
                return self.select([bound], len(self.rows))["e"]

        stored = Stored(value.alias(key), bad, col.number, col.places, col.err, errs)
        self.stored[key] = stored
        return stored


class _Taken(dict[str, Stored]):
    """Columns on some of the rows of others."""

    def __init__(self, whole: Mapping[str, Stored], at: pl.Series) -> None:
        super().__init__()
        self.whole, self.at = whole, at

    def __missing__(self, key: str) -> Stored:
        s = self.whole[key]
        bad = None if s.bad is None else s.bad.gather(self.at)
        bad = bad if bad is not None and bad.any() else None
        self[key] = Stored(s.value.gather(self.at), bad, s.number, s.places, s.err, self._errs(s))
        return self[key]

    def _errs(self, stored: Stored) -> Callable[[], pl.Series] | None:
        errs = stored.errs
        return None if errs is None else lambda: errs().gather(self.at)
