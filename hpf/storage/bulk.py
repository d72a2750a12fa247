"""Many rows at once, in bounded memory: COPY on PostgreSQL, executemany on SQLite."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from hpf.storage.engine import is_sqlite

CHUNK = 50_000  # rows that are in memory at the same time


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
