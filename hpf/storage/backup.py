"""Backups: the whole database as one file, taken while others work, restored into an empty place.

The file is gzip over lines of JSON: a head, the tables with their rows, an end with a digest of
each table and the signed head of the audit chain. It opens on either kind of database, so it moves
a hospital from SQLite to PostgreSQL, too. With a passphrase it is encrypted (`hpf.storage.vault`).
The keys are not in it: whoever finds a backup reads no account number, and signs nothing.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from hpf.core.errors import Problem
from hpf.storage.audit_heads import Head, read_head
from hpf.storage.dump import (
    digest_rows,
    fill,
    go_on_counting,
    is_empty,
    line,
    read_line,
    rows_of,
    tables_of,
    without_triggers,
)
from hpf.storage.engine import is_sqlite, reading
from hpf.storage.migrations import revision_of, upgrade_on
from hpf.storage.outages import outage
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import utc_text
from hpf.storage.vault import MAGIC, Opener, Sealer

FORMAT = "hpf-backup-1"
Check = Callable[[Connection], list[Problem]]


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. rows: of each table; about: what the caller put into it."""

    revision: str
    made: str
    rows: Mapping[str, int]
    about: Mapping[str, Any]
    head: Head | None


def back_up(
    engine: Engine,
    path: Path,
    *,
    head: Head | None,
    passphrase: str = "",
    about: Mapping[str, Any] | None = None,
) -> Backup:
    """Write everything to `path`, as it was at one moment. head: the audit chain's, just signed.

    `path` is written as it goes: give one that `atomic_write` yields. Raises StorageError for a
    database without tables or a short passphrase, OSError where it cannot be written.
    """
    made = utc_text(dt.datetime.now(dt.UTC))
    with path.open("wb") as file, reading(engine) as session:
        connection = session.connection()
        revision = revision_of(connection)
        if revision is None:
            words = ("数据库还是空的", "the database is empty")
            raise StorageError([trouble("nothing_to_back_up", words)])
        sealer = Sealer(file, passphrase) if passphrase else None
        under = cast(BinaryIO, sealer or file)
        first = {"format": FORMAT, "revision": revision, "made": made, "about": dict(about or {})}
        sums: dict[str, list[Any]] = {}
        with gzip.GzipFile(fileobj=under, mode="wb", compresslevel=6, mtime=0) as out:
            out.write(line(first))
            for table in tables_of(connection):
                out.write(line({"table": table.name, "columns": [c.name for c in table.c]}))
                digest, count = hashlib.sha256(), 0
                for row in rows_of(connection, table):
                    said = line(row)
                    out.write(said)
                    digest.update(said)
                    count += 1
                sums[table.name] = [count, digest.hexdigest()]
            document = head.document() if head else None
            out.write(line({"end": sums, "head": document}))
        if sealer:
            sealer.finish()
    rows = {name: count for name, (count, _) in sums.items()}
    return Backup(revision, made, rows, dict(about or {}), head)


def is_encrypted(path: Path) -> bool:
    """Whether a backup needs a passphrase."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def peek(path: Path, passphrase: str = "") -> Mapping[str, Any]:
    """What stands at the front: revision, made, about. StorageError where it is no backup."""
    with path.open("rb") as file:
        return _first(_lines(file, passphrase, path), path)


def restore(
    engine: Engine, path: Path, *, passphrase: str = "", check: Check | None = None
) -> Backup:
    """Fill an empty database from a backup; all of it or nothing.

    check: looks at the restored database before it is committed (audit chain, seals). Raises
    StorageError where the database is not empty, the file is damaged or no backup, or what lies
    in the database afterwards is not what the backup says.
    """
    try:
        with path.open("rb") as file, engine.begin() as connection:
            return _restore(connection, file, path, passphrase, check)
    except (IntegrityError, DataError, ValueError) as error:  # a row is missing, a value is none
        raise _damaged(path) from error
    except DBAPIError as error:
        if (problem := outage(engine.url, error)) is None:
            raise
        raise StorageError([problem]) from error


def _restore(
    connection: Connection, file: BinaryIO, path: Path, passphrase: str, check: Check | None
) -> Backup:
    if not is_empty(connection):
        words = ("目标数据库不是空的", "the database to restore into is not empty")
        cure = ("请换一个空的数据库", "Name an empty one")
        raise StorageError([trouble("not_empty", words, cure)])
    lines = _lines(file, passphrase, path)
    first = _first(lines, path)
    upgrade_on(connection, str(first["revision"]))
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    end = _fill(connection, lines, path)
    problems = _compare(connection, end["end"], path)
    if not problems and check:
        problems = check(connection)
    if any(p.severity == "problem" for p in problems):
        raise StorageError(problems)
    rows = {name: count for name, (count, _) in end["end"].items()}
    head = read_head(end["head"]) if end["head"] else None
    return Backup(first["revision"], first["made"], rows, first["about"], head)


def _fill(connection: Connection, lines: Iterator[Any], path: Path) -> Mapping[str, Any]:
    """Add every table's rows; returns the end of the file."""
    tables = tables_of(connection)
    known = {t.name: t for t in tables}
    said = next(lines, None)
    with without_triggers(connection, tables):
        while isinstance(said, dict) and "table" in said:
            table = known.get(said["table"])
            if table is None or [c.name for c in table.c] != said["columns"]:
                raise _damaged(path)
            after: list[Any] = []
            fill(connection, table, _rows(lines, after))
            said = after[0] if after else None
        if not isinstance(said, dict) or set(said) != {"end", "head"}:
            raise _damaged(path)  # cut off
    go_on_counting(connection, tables)
    return said


def _rows(lines: Iterator[Any], after: list[Any]) -> Iterator[list[Any]]:
    """The rows up to the next line that is none, which goes into `after`."""
    for one in lines:
        if not isinstance(one, list):
            after.append(one)
            return
        yield one


def _compare(connection: Connection, wanted: Mapping[str, Any], path: Path) -> list[Problem]:
    """Each table as it lies in the database now, beside its digest in the backup."""
    found = {t.name: list(digest_rows(rows_of(connection, t))) for t in tables_of(connection)}
    problems = []
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            words = (f"表 {name} 与备份的摘要不符", f"table {name} is not what the backup says")
            cure = ("文件已损坏：请用另一份备份", "The file is damaged: use another backup")
            problems.append(trouble("restore_differs", words, cure, str(path)))
    return problems


def _lines(file: BinaryIO, passphrase: str, path: Path) -> Iterator[Any]:
    start = file.read(len(MAGIC))
    file.seek(0)
    under: Any = file
    if start == MAGIC:
        if not passphrase:
            words = ("备份已加密", "the backup is encrypted")
            cure = ("请给出口令", "Give its passphrase")
            raise StorageError([trouble("passphrase_missing", words, cure, str(path))])
        under = io.BufferedReader(Opener(file, passphrase))
    try:
        for data in gzip.GzipFile(fileobj=under, mode="rb"):
            yield read_line(data)
    except (OSError, EOFError, ValueError, UnicodeDecodeError) as error:
        raise _damaged(path) from error


def _first(lines: Iterator[Any], path: Path) -> Mapping[str, Any]:
    first = next(lines, None)
    if not isinstance(first, dict) or first.get("format") != FORMAT:
        raise _damaged(path)
    return first


def _damaged(path: Path) -> StorageError:
    words = ("不是 HPF 的备份，或已损坏", "it is no backup of HPF, or damaged")
    cure = ("请用另一份备份", "Use another backup")
    return StorageError([trouble("bad_backup", words, cure, str(path))])
