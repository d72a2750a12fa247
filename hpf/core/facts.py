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
from decimal import Decimal
from typing import Any

import polars as pl

from hpf.core.entities import Entity
from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.periods import Period
from hpf.core.program import Program

PLACES = 12  # decimals a fact may have
BOUND = 10**16  # no value reaches this


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table was read from: columns maps a code to its letter, rows gives sheet rows."""

    file: str
    sheet: str
    columns: Mapping[str, str]
    rows: Sequence[int]
    by: str = ""
    at: str = ""

    def place(self, index: int, code: str) -> str:
        """`pay.xlsx [staff] D18`."""
        return f"{self.file} [{self.sheet}] {self.columns.get(code, '')}{self.rows[index]}"


@dataclass(frozen=True, slots=True)
class Bound:
    """An indicator filled by another scheme's result, row by row of the same id (or `row`)."""

    scheme: str
    entity: str
    rule: str
    row: str = ""


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
            return f"{b.scheme}.{b.rule}"
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

    def place(self, index: int, code: str) -> str:
        """Where the value of a row stands."""
        if self.table is None or self.origin is None:
            return ""
        return self.table.place(self.origin[index], code)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Checked:
    """Facts that hold, ready for both interpreters. accepted_zeros: blanks read as zero."""

    period: Period
    rows: Mapping[str, Rows]
    accepted_zeros: int = 0
    notices: tuple[Problem, ...] = ()


def check(program: Program, facts: Facts) -> tuple[Checked, list[Problem]]:
    """Resolve links, apply the meaning of blanks, test types and bounds.

    Returns the checked rows and every problem found; use the rows only if there is none.
    """
    problems: list[Problem] = []
    if facts.period.kind != program.period:
        message = Text(
            f"方案 {program.code} 按{_kind(program.period).zh}计算,{facts.period} 不是",
            f"scheme '{program.code}' runs by the {_kind(program.period).en}; {facts.period} is none",
        )
        problems.append(Problem("facts.period", message))
    rows: dict[str, Rows] = {}
    zeros = 0
    for code in program.used_entities():
        table = facts.tables.get(code)
        if table is None:
            if code in {r.entity for r in program.rules} | {i.entity for i in program.indicators}:
                problems.append(_no_table(program.entities[code]))
            table = Table(code, pl.DataFrame({"id": []}, schema={"id": pl.String}))
        rows[code], count = _rows(program, table, rows, problems)
        zeros += count
    _self_links(program, facts, rows, problems)
    return Checked(facts.period, rows, zeros, facts.notices), problems


def _kind(kind: str) -> Text:
    from hpf.core.periods import kind_name

    return kind_name(kind)


def _no_table(entity: Entity) -> Problem:
    return Problem(
        "facts.no_table",
        Text(f"缺少{entity.names.zh}表 {entity.code}", f"there is no table '{entity.code}'"),
        Text(
            f"请加一个名为 {entity.code} 的工作表(或 {entity.code}.csv),至少有 id 一列",
            f"Add a sheet (or CSV file) named '{entity.code}' with at least an id column",
        ),
        entity=entity.code,
    )


def _rows(
    program: Program, table: Table, done: Mapping[str, Rows], problems: list[Problem]
) -> tuple[Rows, int]:
    entity = program.entities[table.entity]
    frame = table.frame.with_row_index("__origin").sort("id", maintain_order=True)
    origin = frame["__origin"]
    ids = frame["id"].cast(pl.String)
    _check_ids(table, ids, origin, problems)
    links: dict[str, pl.Series] = {}
    for link in entity.links:
        if link.to in done:
            given = frame[link.name] if link.name in frame.columns else None
            links[link.name] = _resolve(
                table, link.name, given, link.optional, done[link.to], ids, origin, problems
            )
    values: dict[str, pl.Series] = {}
    zeros = 0
    for indicator in program.of(entity.code):
        column = frame[indicator.code] if indicator.code in frame.columns else None
        values[indicator.code], count = _column(table, indicator, column, ids, origin, problems)
        zeros += count
    names = frame["name"].cast(pl.String) if "name" in frame.columns else ids
    return Rows(entity.code, ids, names, values, links, table, origin), zeros


def _check_ids(table: Table, ids: pl.Series, origin: pl.Series, problems: list[Problem]) -> None:
    for i in (ids.is_null() | (ids == "")).fill_null(True).arg_true():
        message = Text("这一行没有 id", "this row has no id")
        cure = Text("请给每一行一个唯一编号", "Give each row an id of its own")
        place = table.place(origin[i], "id")
        problems.append(Problem("facts.no_id", message, cure, place, table.entity))
    for i in (ids.is_duplicated() & ids.is_not_null() & ~ids.is_first_distinct()).arg_true():
        first = int((ids == ids[i]).arg_max() or 0)
        message = Text(
            f"id '{ids[i]}' 重复,第一次在 {table.place(origin[first], 'id')}",
            f"id '{ids[i]}' stands twice, first at {table.place(origin[first], 'id')}",
        )
        cure = Text("每个 id 只能有一行", "Each id has one row")
        place = table.place(origin[i], "id")
        problems.append(Problem("facts.duplicate_id", message, cure, place, table.entity, ids[i]))


def _resolve(
    table: Table,
    name: str,
    given: pl.Series | None,
    optional: bool,
    target: Rows,
    ids: pl.Series,
    origin: pl.Series,
    problems: list[Problem],
) -> pl.Series:
    if given is None:
        given = pl.Series(name, [None] * len(ids), dtype=pl.String)
    given = given.cast(pl.String)
    known = pl.DataFrame({"id": target.ids, "__at": pl.Series(range(len(target)), dtype=pl.UInt32)})
    found = pl.DataFrame({"id": given}).join(
        known.unique("id", keep="first"), on="id", how="left", maintain_order="left"
    )["__at"]
    for i in (found.is_null() & given.is_not_null()).arg_true():
        near = did_you_mean(given[i], target.ids.drop_nulls().to_list())
        message = Text(
            f"{name} '{given[i]}' 不在 {target.entity} 表里",
            f"{name} '{given[i]}' is not in table '{target.entity}'",
        )
        place = table.place(origin[i], name)
        problems.append(
            Problem("facts.unknown_parent", message, near, place, table.entity, ids[i], name)
        )
    if not optional:
        for i in given.is_null().arg_true():
            message = Text(f"缺少 {name}", f"'{name}' is missing")
            cure = Text(f"请填 {target.entity} 的 id", f"Fill in the id of a {target.entity}")
            place = table.place(origin[i], name)
            problems.append(
                Problem("facts.no_parent", message, cure, place, table.entity, ids[i], name)
            )
    return found


def _column(
    table: Table,
    indicator: Indicator,
    column: pl.Series | None,
    ids: pl.Series,
    origin: pl.Series,
    problems: list[Problem],
) -> tuple[pl.Series, int]:
    if column is None:
        column = pl.Series(indicator.code, [None] * len(ids), dtype=pl.Null)
    typed = _typed(table, indicator, column, ids, origin, problems)
    blanks = typed.is_null()
    if indicator.blank is Blank.REQUIRED:
        bad = blanks & column.is_null()
        for i in bad.arg_true():
            problems.append(_blank(table, indicator, origin[i], ids[i]))
        return typed, 0
    if indicator.blank is Blank.ZERO:
        count = int(blanks.sum())
        if count and indicator.type.is_number:
            typed = typed.fill_null(Decimal(0))
        elif count and indicator.type is Type.BOOLEAN:
            typed = typed.fill_null(False)
        return typed, count
    return typed, 0


def _blank(table: Table, indicator: Indicator, index: int, row: str) -> Problem:
    message = Text(
        f"{indicator.names.zh}({indicator.code})没有填",
        f"{indicator.names.en} ('{indicator.code}') is missing",
    )
    cure = Text("这一项必填;确实为零请写 0", "It is required; if it is zero, write 0")
    place = table.place(index, indicator.code)
    return Problem("facts.missing", message, cure, place, table.entity, row, indicator.code)


def _typed(
    table: Table,
    indicator: Indicator,
    column: pl.Series,
    ids: pl.Series,
    origin: pl.Series,
    problems: list[Problem],
) -> pl.Series:
    """The column in the type it computes in; out-of-bound and unknown values become problems."""

    def complain(mask: pl.Series, code: str, zh: str, en: str, cure: Text) -> None:
        for i in mask.fill_null(False).arg_true():
            place = table.place(origin[i], indicator.code)
            value = column[i]
            shown = f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)
            text = Text(f"{indicator.names.zh} {shown} {zh}", f"{indicator.names.en} {shown} {en}")
            problems.append(
                Problem(f"facts.{code}", text, cure, place, table.entity, ids[i], indicator.code)
            )

    match indicator.type:
        case Type.DECIMAL | Type.INTEGER:
            typed = as_decimal(column)
            beyond = typed.abs() >= BOUND
            cure = Text("绝对值须小于 10^16", "Its magnitude must stay below 10^16")
            complain(beyond, "beyond", "超出可计算的范围", "is beyond what is computed", cure)
            if indicator.type is Type.INTEGER and _scale(typed):
                whole = Text("请填整数", "Fill in a whole number")
                part = typed != typed.round(0, mode="half_away_from_zero")
                complain(part, "not_whole", "不是整数", "is not a whole number", whole)
            for bound, low in ((indicator.low, True), (indicator.high, False)):
                if bound is not None:
                    words = ("不小于", "at least") if low else ("不大于", "at most")
                    unit = Text(*(indicator.unit.say(x) for x in ("zh", "en")))
                    limit = decimal_of(bound)
                    out = typed < limit if low else typed > limit
                    shown = f"{limit.normalize():f}"
                    cure = Text(
                        f"应{words[0]} {shown}{unit.zh}", f"It must be {words[1]} {shown} {unit.en}"
                    )
                    complain(out, "bounds", "超出范围", "is out of bounds", cure)
            return typed
        case Type.CHOICE:
            typed = column.cast(pl.String)
            unknown = ~typed.is_in(list(indicator.choices)) & typed.is_not_null()
            for i in unknown.arg_true():
                near = did_you_mean(typed[i], indicator.choices)
                complain(
                    pl.Series([j == i for j in range(len(typed))]) if len(typed) < 2 else _one(len(typed), i),
                    "choice", "不是可选的值", "is no choice", near,
                )  # fmt: skip
            return typed
        case Type.DATE:
            return column.cast(pl.Date)
        case Type.BOOLEAN:
            return column.cast(pl.Boolean)
    return column.cast(pl.String)


def _one(length: int, index: int) -> pl.Series:
    return pl.Series(range(length)) == index


def _scale(column: pl.Series) -> int:
    dtype = column.dtype
    return dtype.scale or 0 if isinstance(dtype, pl.Decimal) else 0


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


def _self_links(
    program: Program, facts: Facts, rows: dict[str, Rows], problems: list[Problem]
) -> None:
    """Links to the same entity, or around a ring of entities: their target comes only now."""
    for code, mine in list(rows.items()):
        late = {
            link.name: link
            for link in program.entities[code].links
            if link.to in rows and link.name not in mine.links
        }
        if not late or mine.table is None or mine.origin is None:
            continue
        frame = mine.table.frame[mine.origin.to_list()] if len(mine) else mine.table.frame
        links = dict(mine.links)
        for name, link in late.items():
            given = frame[name] if name in frame.columns else None
            links[name] = _resolve(
                mine.table, name, given, link.optional, rows[link.to], mine.ids, mine.origin, problems
            )
        rows[code] = Rows(code, mine.ids, mine.names, mine.values, links, mine.table, mine.origin)


def facts_of(
    program: Program, period: Period, data: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> Facts:
    """Facts written down by hand: `{entity: {id: {column: value}}}`, numbers quoted or whole.

    Raises ValueError for an unknown entity or column, or a value that is not of its type.
    """
    tables: dict[str, Table] = {}
    for code, by_id in data.items():
        if code not in program.entities:
            raise ValueError(f"unknown entity '{code}'. {did_you_mean(code, program.entities).en}")
        indicators = {i.code: i for i in program.of(code)}
        known = {"name", *indicators, *(link.name for link in program.entities[code].links)}
        used = {c for row in by_id.values() for c in (row or {})}
        for extra in sorted(used - known):
            raise ValueError(f"{code} has no column '{extra}'. {did_you_mean(extra, known).en}")
        columns: dict[str, Any] = {"id": pl.Series("id", [str(i) for i in by_id], dtype=pl.String)}
        for column in sorted(used):
            values = [(row or {}).get(column) for row in by_id.values()]
            columns[column] = _series(column, values, indicators.get(column))
        tables[code] = Table(code, pl.DataFrame(columns))
    return Facts(period, tables)


def _series(name: str, values: list[Any], indicator: Indicator | None) -> pl.Series:
    if indicator is None or indicator.type in (Type.CHOICE, Type.TEXT):
        return pl.Series(name, [None if v is None else str(v) for v in values], dtype=pl.String)
    if indicator.type is Type.BOOLEAN:
        return pl.Series(name, values, dtype=pl.Boolean)
    if indicator.type is Type.DATE:
        days = [dt.date.fromisoformat(v) if isinstance(v, str) else v for v in values]
        return pl.Series(name, days, dtype=pl.Date)
    if any(isinstance(v, float) for v in values):
        raise ValueError(f"'{name}': quote numbers with places, floats are not exact")
    numbers = [None if v is None else Decimal(str(v)) for v in values]
    places = max((-int(n.as_tuple().exponent) for n in numbers if n is not None), default=0)
    return pl.Series(name, numbers, dtype=pl.Decimal(38, max(0, min(places, 30))))
