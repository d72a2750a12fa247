"""Many rows at once: written by COPY on PostgreSQL, executemany on SQLite; read as frames."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Select
from sqlalchemy.orm import Session

from hpf.storage.engine import is_sqlite

CHUNK = 50_000  # rows that are in memory at the same time
_PART = 500  # rows read that are Python objects at the same time


def insert_many(
    session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> int:
    """Add rows of plain values (text, whole numbers, None) to a table; returns how many.

    Rows are taken from the iterable as they are needed. Belongs to the session's transaction, and
    sends what the session itself still holds first.
    """
    session.flush()
    connection = session.connection()
    names = ", ".join(f'"{name}"' for name in columns)
    waiting = iter(rows)
    count = 0
    if is_sqlite(connection):
        marks = ", ".join("?" * len(columns))
        statement = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
        while chunk := list(itertools.islice(waiting, CHUNK)):
            connection.exec_driver_sql(statement, [tuple(row) for row in chunk])
            count += len(chunk)
        return count
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        while chunk := list(itertools.islice(waiting, CHUNK)):
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in chunk:
                    copy.write_row(row)
            count += len(chunk)
    return count


def read_many(
    session: Session,
    query: Select[*tuple[Any, ...]],
    columns: Mapping[str, pl.DataType | type[pl.DataType]],
) -> pl.DataFrame:
    """What a query of plain columns answers, as a frame of these columns in its order.

    Sends what the session itself still holds first. Asked by the connection, for the session
    would make objects of rows that are tuples already; and part by part, for Python looks through
    all objects for garbage when many come at once, which takes longer than reading them.
    """
    session.flush()
    parts = [pl.DataFrame(schema=columns)]
    for rows in session.connection().execute(query).partitions(_PART):
        series = zip(columns.items(), zip(*rows, strict=True), strict=True)
        parts.append(pl.DataFrame([pl.Series(name, found, kind) for (name, kind), found in series]))
    return pl.concat(parts)
