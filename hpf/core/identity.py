"""What names a row beside its id: links that only one row may have together."""

from __future__ import annotations

import math
from collections.abc import Iterator

import polars as pl

from hpf.core.entities import Entity
from hpf.core.errors import Problem, Text
from hpf.core.facts import Rows


def duplicate_keys(entity: Entity, rows: Rows) -> Iterator[Problem]:
    """One problem for each row whose key another row has already; both cells are named.

    A row that lacks one of the links is no duplicate.
    """
    if not entity.key or not all(name in rows.links for name in entity.key):
        return
    frame = pl.DataFrame({str(n): rows.links[name] for n, name in enumerate(entity.key)})
    whole = frame.with_row_index("row").drop_nulls()
    keys = whole.columns[1:]
    if len(whole) and _distinct(whole.select(keys)) == len(whole):
        return
    # rows as they stand in the sheet, so that the first one is the first a reader meets
    origin = rows.origin if rows.origin is not None else pl.Series(range(len(rows)))
    placed = whole.with_columns(at=origin.gather(whole["row"])).sort("at")
    first = placed.unique(keys, keep="first").rename({"row": "first"}).drop("at")
    again = placed.join(first, on=keys).filter(pl.col("row") != pl.col("first")).sort("at")
    for line in again.iter_rows(named=True):
        yield _duplicate(entity, rows, line["row"], line["first"])


def _distinct(keys: pl.DataFrame) -> int:
    """How many different rows of row numbers there are."""
    sizes = [int(column.max()) + 1 for column in keys]  # type: ignore[arg-type]  # whole numbers
    if math.prod(sizes) >= 2**63:
        return keys.n_unique()
    # one number a row: several times as fast as comparing rows of several
    code = pl.lit(0, dtype=pl.UInt64)
    for name, size in zip(keys.columns, sizes, strict=True):
        code = code * size + pl.col(name)
    return keys.select(code.alias("code"))["code"].n_unique()


def _duplicate(entity: Entity, rows: Rows, row: int, first: int) -> Problem:
    links = {link.name: link for link in entity.links}
    given = rows.table.frame if rows.table is not None else None
    shown = []
    for name in entity.key:
        at = rows.origin[row] if rows.origin is not None else row
        value = given[name][at] if given is not None else ""
        shown.append((links[name].names, value))
    place = rows.place(first, entity.key[0])
    return Problem(
        "facts.duplicate_key",
        Text(
            f"{'、'.join(f'{names.zh} {value}' for names, value in shown)} 的{entity.names.zh}"
            f"重复，第一次在 {place}（{rows.ids[first]}）",
            f"{', '.join(f'{names.en} {value}' for names, value in shown)}: the "
            f"{entity.names.en} stands twice, first at {place} ({rows.ids[first]})",
        ),
        Text("请删去其中一行，或改正链接", "Remove one of the rows, or correct its links"),
        rows.place(row, entity.key[0]),
        entity.code,
        rows.ids[row],
        entity.key[-1],
    )
