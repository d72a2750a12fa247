"""Facts: reported values with the cell each came from, and the check that makes them computable.

A `Table` is one entity's rows: a Polars frame with `id`, `name`, one column of ids per link and
one column per indicator code, plus where it was read from. `check` turns the tables of a period
into `Checked` rows (links resolved, blanks given their declared meaning) or finds every problem.
Numbers are Polars decimals throughout; a missing value is null and never becomes a zero unless
its indicator says that a blank means zero.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

import polars as pl

from hpf.core.errors import BadValue, Problem, unknown
from hpf.core.indicators import Indicator, Type
from hpf.core.periods import Period
from hpf.core.program import Program

PLACES = 12  # decimals a fact may have
BOUND = 10**16  # no value reaches this


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table was read from: columns maps a code to its letter, rows gives sheet rows.

    by, at: who reported it and when. lines: for values made of several rows of the sheet, code ->
    for each row of the table which they were: `3,7-9`.
    """

    file: str
    sheet: str
    columns: Mapping[str, str]
    rows: Sequence[int]
    by: str = ""
    at: str = ""
    lines: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def place(self, index: int, code: str) -> str:
        """`pay.xlsx [staff] D18`; `log.xlsx [details] D3,D7:D9` of a value made of several rows."""
        several = self.lines.get(code)
        lines = several[index] if several else ""
        return cell_place(
            self.file, self.sheet, self.columns.get(code, ""), lines or str(self.rows[index])
        )

    def reported(self, index: int, code: str) -> tuple[str, str]:
        """Who reported a value, and when; '' where nobody said."""
        return self.by, self.at


_SHOWN = 6  # spans of lines that a place names


def cell_place(file: str, sheet: str, letter: str, lines: str) -> str:
    """The cells `lines` (18, or 3,7-9) of a column, as a person would point at them."""
    spans = lines.split(",")
    cells = ",".join(letter + span.replace("-", f":{letter}") for span in spans[:_SHOWN])
    return f"{file} [{sheet}] {cells}" + ("…" if len(spans) > _SHOWN else "")


@dataclass(frozen=True, slots=True)
class Bound:
    """An indicator filled by another scheme's result, row by row of the same id.

    rows: own id -> the other scheme's id, where they differ.
    """

    scheme: str
    entity: str
    rule: str
    rows: Mapping[str, str] = field(default_factory=dict)

    def row(self, id: str) -> str:
        """The id of the other scheme's row that fills the row `id`."""
        return self.rows.get(id, id)


@dataclass(frozen=True, slots=True)
class Table:
    """One entity's rows; bound: indicators that configuration binds to another scheme's result."""

    entity: str
    frame: pl.DataFrame
    source: Source | None = None
    bound: Mapping[str, Bound] = field(default_factory=dict)

    def place(self, index: int, code: str) -> str:
        """Where a value stands: the cell, or row and column of tables without a file."""
        if code in self.bound:
            b = self.bound[code]
            return f"{b.scheme}.{b.rule} ({b.entity}:{b.row(self.frame['id'][index])})"
        if self.source:
            return self.source.place(index, code)
        return f"[{self.entity}] {self.frame['id'][index]}.{code}"


@dataclass(frozen=True, slots=True)
class Facts:
    """All tables of one period; zeros: how many blanks were read as a declared zero."""

    period: Period
    tables: Mapping[str, Table]
    notices: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Checked rows of one entity, in order of id.

    ids: strings; values: indicator code -> column (null: absent); links: name -> row number in
    the other entity's Rows (null: no link); names: what the rows are called.
    """

    entity: str
    ids: pl.Series
    names: pl.Series
    values: Mapping[str, pl.Series]
    links: Mapping[str, pl.Series]
    table: Table | None = None
    origin: pl.Series | None = None  # row number in the table's frame
    _numbers: list[dict[str, int]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )

    def row_of(self, id: str) -> int | None:
        """Number of the row with an id; None where there is none.

        A derivation asks thousands of times, so the numbers are written down once. The list takes
        them whole: another thread finds all of them or none.
        """
        if not self._numbers:
            self._numbers.append({one: n for n, one in enumerate(self.ids.to_list())})
        return self._numbers[0].get(id)

    def place(self, index: int, code: str) -> str:
        """Where the value of a row stands."""
        if self.table is None or self.origin is None:
            return ""
        return self.table.place(self.origin[index], code)

    def reported(self, index: int, code: str) -> tuple[str, str]:
        """Who reported the value of a row, and when; '' where nobody said."""
        if self.table is None or self.origin is None or self.table.source is None:
            return "", ""
        return self.table.source.reported(self.origin[index], code)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Checked:
    """Facts that hold, ready for both interpreters. accepted_zeros: blanks read as zero."""

    period: Period
    rows: Mapping[str, Rows]
    accepted_zeros: int = 0
    notices: tuple[Problem, ...] = ()


def as_decimal(column: pl.Series) -> pl.Series:
    """A column as Decimal(38, s), s at most 12; TypeError for floats, which are never money."""
    if isinstance(column.dtype, pl.Decimal):
        scale = column.dtype.scale or 0
        if scale > PLACES:
            column = column.round(PLACES, mode="half_away_from_zero")
            scale = PLACES
        return column.cast(pl.Decimal(38, scale))
    if column.dtype == pl.Null or column.dtype.is_integer():
        return column.cast(pl.Decimal(38, 0))
    raise TypeError(f"column '{column.name}' holds {column.dtype}; numbers come as Decimal")


def decimal_of(value: Any) -> Decimal:
    """A Fraction with finitely many digits, or an int or Decimal, as a Decimal."""
    if isinstance(value, Decimal):
        return value
    return Decimal(value.numerator) / Decimal(value.denominator)


def facts_of(
    program: Program, period: Period, data: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Facts:
    """Facts written down by hand: `{entity: {id: {column: value}}}`, numbers quoted or whole.

    Raises ValueError for an unknown entity or column, or a value that is not of its type.
    """
    tables: dict[str, Table] = {}
    for code, by_id in data.items():
        if code not in program.entities:
            raise unknown("实体", "entity", code, program.entities)
        indicators = {i.code: i for i in program.of(code)}
        known = {"name", *indicators, *(link.name for link in program.entities[code].links)}
        used = {c for row in by_id.values() for c in (row or {})}
        for extra in sorted(used - known):
            raise unknown(f"这一列（{code}）", f"column of {code}", extra, known)
        columns: dict[str, Any] = {"id": pl.Series("id", [str(i) for i in by_id], dtype=pl.String)}
        for column in sorted(used):
            values = [(row or {}).get(column) for row in by_id.values()]
            columns[column] = _series(column, values, indicators.get(column))
        tables[code] = Table(code, pl.DataFrame(columns))
    return Facts(period, tables)


def _number(name: str, value: Any) -> Decimal:
    try:
        found = Decimal("NaN") if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise _not_of_type(name, value, "数", "a number")
    return found


def _not_of_type(name: str, value: Any, zh: str, en: str) -> BadValue:
    return BadValue(f"'{name}'：'{value}' 不是{zh}", f"'{name}': '{value}' is not {en}")


def _series(name: str, values: list[Any], indicator: Indicator | None) -> pl.Series:
    if indicator is None or indicator.type in (Type.CHOICE, Type.TEXT):
        return pl.Series(name, [None if v is None else str(v) for v in values], dtype=pl.String)
    if indicator.type is Type.BOOLEAN:
        if wrong := [v for v in values if v is not None and not isinstance(v, bool)]:
            raise _not_of_type(name, wrong[0], "true 或 false", "true or false")
        return pl.Series(name, values, dtype=pl.Boolean)
    if indicator.type is Type.DATE:
        days = [dt.date.fromisoformat(v) if isinstance(v, str) else v for v in values]
        return pl.Series(name, days, dtype=pl.Date)
    if any(isinstance(v, float) for v in values):
        raise BadValue(
            f"'{name}'：有小数的数没加引号，浮点数不精确",
            f"'{name}': a number with places is not quoted, floats are not exact",
            "请加引号，如 '0.45'",
            "Quote it, as '0.45'",
        )
    numbers = [None if v is None else _number(name, v) for v in values]
    places = max((-int(n.as_tuple().exponent) for n in numbers if n is not None), default=0)
    return pl.Series(name, numbers, dtype=pl.Decimal(38, max(0, min(places, 30))))
