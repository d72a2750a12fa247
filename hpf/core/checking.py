"""Checking facts: links resolved, blanks given their declared meaning, types and bounds tested.

Everything wrong is found at once; the rows are used only if nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from hpf.core.entities import Entity
from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.facts import BOUND, Checked, Facts, Rows, Table, as_decimal, decimal_of
from hpf.core.identity import duplicate_keys
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.periods import kind_name
from hpf.core.program import Program


def check(program: Program, facts: Facts) -> tuple[Checked, list[Problem]]:
    """Resolve links, apply the meaning of blanks, test types and bounds.

    Returns the checked rows and every problem found; use the rows only if there is none.
    """
    problems: list[Problem] = []
    if facts.period.kind != program.period:
        message = Text(
            f"方案 {program.code} 按{kind_name(program.period).zh}计算，{facts.period} 不是",
            f"'{program.code}' runs by the {kind_name(program.period).en}, not {facts.period}",
        )
        problems.append(Problem("facts.period", message))
    rows: dict[str, Rows] = {}
    zeros = 0
    for code in program.used_entities():
        table = facts.tables.get(code)
        if table is None:
            if code in program.tables():
                problems.append(_no_table(program.entities[code]))
            table = Table(code, pl.DataFrame({"id": []}, schema={"id": pl.String}))
        rows[code], count = _rows(program, table, rows, problems)
        zeros += count
    _self_links(program, facts, rows, problems)
    for code, found in rows.items():
        problems.extend(duplicate_keys(program.entities[code], found))
    return Checked(facts.period, rows, zeros, facts.notices), problems


def _no_table(entity: Entity) -> Problem:
    return Problem(
        "facts.no_table",
        Text(f"缺少{entity.names.zh}表 {entity.code}", f"there is no table '{entity.code}'"),
        Text(
            f"请加一个名为 {entity.code} 的工作表（或 {entity.code}.csv），至少有 id 一列",
            f"Add a sheet (or CSV file) named '{entity.code}' with at least an id column",
        ),
        entity=entity.code,
    )


def _rows(
    program: Program, table: Table, done: Mapping[str, Rows], problems: list[Problem]
) -> tuple[Rows, int]:
    entity = program.entities[table.entity]
    frame = table.frame.with_row_index("__origin")
    if not frame["id"].is_sorted():
        frame = frame.sort("id", maintain_order=True)
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
    for i in _true(ids.is_null() | (ids == "")):
        message = Text("这一行没有 id", "this row has no id")
        cure = Text("请给每一行一个唯一编号", "Give each row an id of its own")
        place = table.place(origin[i], "id")
        problems.append(Problem("facts.no_id", message, cure, place, table.entity))
    # rows are in order of id, so a duplicate follows its twin
    for i in _true(ids == ids.shift(1)):
        first = int((ids == ids[i]).arg_max() or 0)
        message = Text(
            f"id '{ids[i]}' 重复，第一次在 {table.place(origin[first], 'id')}",
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
    known = pl.DataFrame({"id": target.ids}).with_row_index("__at").unique("id", keep="first")
    found = pl.DataFrame({"id": given}).join(known, on="id", how="left", maintain_order="left")[
        "__at"
    ]
    for i in _true(found.is_null() & given.is_not_null()):
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
        for i in _true(given.is_null()):
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
        bad = _true(blanks & column.is_null())
        problems.extend(_blank(table, indicator, origin[i], ids[i]) for i in bad)
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
    place = table.place(index, indicator.code)
    return Problem(
        "facts.missing", message, _fill_in(indicator), place, table.entity, row, indicator.code
    )


def _fill_in(indicator: Indicator) -> Text:
    """What to write where a required value is missing."""
    match indicator.type:
        case Type.CHOICE:
            some = indicator.choices[:12]
            more = " …" if len(indicator.choices) > len(some) else ""
            return Text(
                f"这一项必填；请从这些选项中选一个：{'、'.join(some)}{more}",
                f"It is required; choose one of: {', '.join(some)}{more}",
            )
        case Type.DATE:
            return Text(
                "这一项必填；请写日期，例如 2026-09-01",
                "It is required; write a date such as 2026-09-01",
            )
        case Type.BOOLEAN:
            return Text("这一项必填；请写 是 或 否", "It is required; write yes or no")
        case Type.TEXT:
            return Text("这一项必填；请写文字", "It is required; write a text")
    return Text("这一项必填；确实为零请写 0", "It is required; if it is zero, write 0")


def _typed(
    table: Table,
    indicator: Indicator,
    column: pl.Series,
    ids: pl.Series,
    origin: pl.Series,
    problems: list[Problem],
) -> pl.Series:
    """The column in the type it computes in; out-of-bound and unknown values become problems."""

    def complain(where: Iterable[int], code: str, zh: str, en: str, cure: Text) -> None:
        for i in where:
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
            complain(
                _true(beyond), "beyond", "超出可计算的范围", "is beyond what is computed", cure
            )
            if indicator.type is Type.INTEGER and _scale(typed):
                whole = Text("请填整数", "Fill in a whole number")
                part = typed != typed.round(0, mode="half_away_from_zero")
                complain(_true(part), "not_whole", "不是整数", "is not a whole number", whole)
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
                    complain(_true(out), "bounds", "超出范围", "is out of bounds", cure)
            return typed
        case Type.CHOICE:
            typed = column.cast(pl.String)
            unknown = ~typed.is_in(list(indicator.choices)) & typed.is_not_null()
            for i in _true(unknown):
                near = did_you_mean(typed[i], indicator.choices)
                complain([i], "choice", "不是可选的值", "is no choice", near)
            return typed
        case Type.DATE:
            return column.cast(pl.Date)
        case Type.BOOLEAN:
            return column.cast(pl.Boolean)
    return column.cast(pl.String)


def _true(mask: pl.Series) -> list[int]:
    """Rows for which a mask holds: none at all, as a rule."""
    return mask.fill_null(False).arg_true().to_list() if mask.any() else []


def _scale(column: pl.Series) -> int:
    dtype = column.dtype
    return dtype.scale or 0 if isinstance(dtype, pl.Decimal) else 0


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
                mine.table,
                name,
                given,
                link.optional,
                rows[link.to],
                mine.ids,
                mine.origin,
                problems,
            )
        rows[code] = Rows(code, mine.ids, mine.names, mine.values, links, mine.table, mine.origin)
