"""Versions of facts as they lie in the database: by column, the last one up to an import counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.bulk import read_many
from hpf.storage.models import Fact, FactColumn, ImportColumn

ID, NAME, LINK = "@id", "@name", "@link:"
_BATCH = 200_000  # versions read at once
_MOST_COLUMNS = 500  # columns in one query
_VERSION = {
    "row": pl.String,
    "value": pl.String,
    "line": pl.Int64,
    "lines": pl.String,
    "import": pl.Int64,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A stored column, and all that imports said about where they read it.

    spoken: import id -> (type, file, sheet, letter), oldest first.
    """

    id: int
    entity: str
    code: str
    spoken: Mapping[int, tuple[str, str, str, str]]


def stored_columns(
    session: Session, hospital: int, scheme: str, period: Period, upto: int
) -> list[Column]:
    """The columns of a period that imports up to `upto` spoke of, by entity and code."""
    found: dict[int, Column] = {}
    rows = session.execute(
        select(
            FactColumn.id,
            FactColumn.entity,
            FactColumn.code,
            ImportColumn.import_id,
            ImportColumn.type,
            ImportColumn.file,
            ImportColumn.sheet,
            ImportColumn.letter,
        )
        .join(ImportColumn, ImportColumn.column_id == FactColumn.id)
        .where(
            FactColumn.hospital_id == hospital,
            FactColumn.scheme == scheme,
            FactColumn.period == period,
            ImportColumn.import_id <= upto,
        )
        .order_by(FactColumn.entity, FactColumn.code, ImportColumn.import_id)
    )
    for id, entity, code, number, *said in rows:
        column = found.setdefault(id, Column(id, entity, code, {}))
        column.spoken[number] = tuple(said)  # type: ignore[index]  # ours until it is returned
    return list(found.values())


class Versions:
    """The values in force at an import, column by column; few queries, and bounded memory.

    Columns are asked for in the order they are given in: each batch of them is read once.
    """

    def __init__(self, session: Session, columns: Sequence[Column], upto: int) -> None:
        self.session, self.upto = session, upto
        self.batches = self._batches([c.id for c in columns])
        self.held: dict[int, pl.DataFrame] = {}

    def of(self, column: Column) -> pl.DataFrame:
        """row, value, line, lines, import: where there is a value, in order of row."""
        batch = self.batches.get(column.id)
        if batch is None:
            return pl.DataFrame(schema=_VERSION)
        if column.id not in self.held:
            self.held = self._read(batch)
        return self.held[column.id]

    def _batches(self, columns: Sequence[int]) -> dict[int, tuple[int, ...]]:
        """Which columns are read together: so many that their versions fit in memory easily."""
        sizes: dict[int, int] = {}
        for some in _parts(columns, _MOST_COLUMNS):
            count = select(Fact.column_id, func.count()).where(Fact.column_id.in_(some))
            counted = self.session.execute(count.group_by(Fact.column_id))
            sizes |= {id: int(size) for id, size in counted}
        found: dict[int, tuple[int, ...]] = {}
        batch: list[int] = []
        rows = 0
        for id in [*(c for c in columns if c in sizes), None]:
            size = 0 if id is None else sizes[id]
            if batch and (id is None or rows + size > _BATCH or len(batch) == _MOST_COLUMNS):
                found.update(dict.fromkeys(batch, tuple(batch)))
                batch, rows = [], 0
            if id is not None:
                batch.append(id)
                rows += size
        return found

    def _read(self, batch: tuple[int, ...]) -> dict[int, pl.DataFrame]:
        query = (
            select(Fact.column_id, Fact.row, Fact.value, Fact.line, Fact.lines, Fact.import_id)
            .where(Fact.column_id.in_(batch), Fact.import_id <= self.upto)
            .order_by(Fact.column_id, Fact.row, Fact.import_id)
        )
        frame = read_many(self.session, query, {"column": pl.Int64, **_VERSION})
        if frame["import"].n_unique() > 1:
            frame = frame.unique(["column", "row"], keep="last", maintain_order=True)
        frame = frame.filter(pl.col("value").is_not_null())
        parts = frame.partition_by("column", as_dict=True, include_key=False, maintain_order=True)
        nothing = frame.clear().drop("column")
        return {id: parts.get((id,), nothing) for id in batch}


def _parts(items: Sequence[int], size: int) -> list[Sequence[int]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def own_code(code: str) -> str:
    """The column of a table that a stored column is: @id → id, @link:unit → unit."""
    return code.removeprefix(LINK) if code.startswith(LINK) else code.removeprefix("@")


def stored_code(program: Program, entity: str, name: str) -> str:
    """The stored column that a table's column is."""
    if name in ("id", "name"):
        return f"@{name}"
    links = {link.name for link in program.entities[entity].links}
    return LINK + name if name in links else name
