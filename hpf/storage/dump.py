"""Tables as lines of JSON and back: the same text whichever database they lie in.

A row is a list in the order of its columns, rows come in the order of the primary key. Numbers are
plain text, moments UTC text, bytes {"b": hex}: what one database holds, the other takes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text, type_coerce
from sqlalchemy.types import NullType

from hpf.core.results import plain
from hpf.storage.engine import is_sqlite
from hpf.storage.types import canonical, utc_text

_BATCH = 10_000
_OWN = "alembic_version"  # the migrations' own; `upgrade` fills it


def tables_of(connection: Connection) -> list[Table]:
    """All tables as the database has them, whatever its revision; those pointed at come first."""
    metadata = MetaData()
    metadata.reflect(connection, views=False)
    return [t for t in metadata.sorted_tables if t.name != _OWN]


def rows_of(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """The rows of a table in the plain form, in the order of its key, some at a time."""
    key = [table.c[c.name] for c in table.primary_key] or list(table.c)
    # as the driver gives them: what they mean is not this module's business
    asked = select(*(type_coerce(c, NullType()) for c in table.c)).order_by(*key)
    found = connection.execution_options(yield_per=_BATCH).execute(asked)
    for part in found.partitions():
        for row in part:
            yield [_plain(v) for v in row]


def digest_rows(rows: Iterable[list[Any]]) -> tuple[int, str]:
    """How many rows, and the SHA-256 over their lines."""
    digest, count = hashlib.sha256(), 0
    for row in rows:
        digest.update(line(row))
        count += 1
    return count, digest.hexdigest()


def line(row: Any) -> bytes:
    """One row as a line."""
    return canonical(row).encode() + b"\n"


def read_line(data: bytes) -> Any:
    """The inverse of `line`; ValueError where it is none."""
    return json.loads(data)


def fill(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows in the plain form. ValueError or IntegrityError where the table refuses one."""
    names = ", ".join(f'"{c.name}"' for c in table.c)
    waiting = ([_driver(v) for v in row] for row in _parents_first(table, rows))
    if is_sqlite(connection):
        marks = ", ".join("?" * len(table.c))
        statement = f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})'
        for part in _parts(waiting):
            connection.exec_driver_sql(statement, [tuple(r) for r in part])
        return
    driver: Any = connection.connection.driver_connection
    dbapi: Any = connection.dialect.dbapi
    statement = f'COPY "{table.name}" ({names}) FROM STDIN'
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in waiting:
                copy.write_row(row)
    except (dbapi.IntegrityError, dbapi.DataError) as error:
        raise ValueError(str(error)) from error


@contextmanager
def without_triggers(connection: Connection, tables: Sequence[Table]) -> Iterator[None]:
    """While tables are filled again, their own rules rest; they stand again before the commit."""
    if is_sqlite(connection):
        asked = text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = connection.execute(asked).all()
        for name, _ in kept:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in kept:
            connection.exec_driver_sql(sql)
        return
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    # a foreign key that is still to be looked at would forbid the next statement
    connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')


def go_on_counting(connection: Connection, tables: Sequence[Table]) -> None:
    """PostgreSQL's sequences go on after the highest number (SQLite does that by itself)."""
    if is_sqlite(connection):
        return
    for table in tables:
        for column in table.primary_key:
            asked = text("SELECT pg_get_serial_sequence(:t, :c)")
            sequence = connection.scalar(asked, {"t": f'"{table.name}"', "c": column.name})
            highest = connection.scalar(select(func.max(column))) if sequence else None
            if highest is not None:
                connection.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": highest})


def is_empty(connection: Connection) -> bool:
    """Whether a database has no table at all."""
    return not inspect(connection).get_table_names()


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, bytes | memoryview):
        return {"b": bytes(value).hex()}
    if isinstance(value, dt.datetime):
        return utc_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    return int(value) if isinstance(value, bool) else value


def _driver(value: Any) -> Any:
    return bytes.fromhex(value["b"]) if isinstance(value, dict) else value


def _parents_first(table: Table, rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
    """Rows that point at rows of their own table come after those."""
    links = [
        (index, list(table.c).index(key.column))
        for index, column in enumerate(table.c)
        for key in column.foreign_keys
        if key.column.table is table
    ]
    if not links:
        return rows
    waiting: list[Sequence[Any]] = list(rows)
    done: list[Sequence[Any]] = []
    placed: dict[int, set[Any]] = {at: set() for _, at in links}
    while waiting:
        ready = [r for r in waiting if all(r[i] is None or r[i] in placed[at] for i, at in links)]
        if not ready:
            return [*done, *waiting]  # they go in a circle: the database says so
        for row in ready:
            for _, at in links:
                placed[at].add(row[at])
        done += ready
        known = {id(r) for r in ready}
        waiting = [r for r in waiting if id(r) not in known]
    return done


def _parts(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    part: list[list[Any]] = []
    for row in rows:
        part.append(row)
        if len(part) == _BATCH:
            yield part
            part = []
    if part:
        yield part
