"""Backups: the whole database as one file, taken while others work, restored into an empty place.

The file is gzip over lines of JSON: a head, the tables with their rows, the files of the home that
prove something (`hpf.storage.backup_files`), an end with a digest of each table and the signed head
of the audit chain. It opens on either kind of database, so it moves a hospital from SQLite to
PostgreSQL, too. With a passphrase it is encrypted (`hpf.storage.vault`). The keys are not in it,
those of open questionnaires included: whoever finds a backup reads no account number and no answer,
and signs nothing.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, cast

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from hpf.core.errors import Problem
from hpf.storage.audit_heads import Head, read_head
from hpf.storage.backup_files import Taking, kept_files, lines_of, sound
from hpf.storage.backup_reading import FORMAT, Backup, Tell, damaged, first_of, lines_in
from hpf.storage.dump import (
    digest_rows,
    fill,
    go_on_counting,
    is_empty,
    line,
    rows_of,
    tables_of,
    without_triggers,
)
from hpf.storage.engine import is_sqlite, reading
from hpf.storage.migrations import revision_of, upgrade_on
from hpf.storage.outages import outage
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import utc_text
from hpf.storage.vault import Sealer

Check = Callable[[Connection], list[Problem]]


def back_up(
    engine: Engine,
    path: Path,
    *,
    head: Head | None,
    passphrase: str = "",
    about: Mapping[str, Any] | None = None,
    home: Path | None = None,
    tell: Tell | None = None,
) -> Backup:
    """Write everything to `path`, as it was at one moment. head: the audit chain's, just signed.

    home: whose kept files go along. tell: how far it is. `path` is written as it goes: give one
    that `atomic_write` yields. Raises StorageError for a database without tables or a short
    passphrase, OSError where it cannot be written.
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
        tables = tables_of(connection)
        with gzip.GzipFile(fileobj=under, mode="wb", compresslevel=6, mtime=0) as out:
            out.write(line(first))
            for number, table in enumerate(tables, 1):
                out.write(line({"table": table.name, "columns": [c.name for c in table.c]}))
                digest, count = hashlib.sha256(), 0
                for row in rows_of(connection, table):
                    said = line(row)
                    out.write(said)
                    digest.update(said)
                    count += 1
                sums[table.name] = [count, digest.hexdigest()]
                if tell:
                    tell(number, len(tables))
            # a file is on the disk before its row is committed: all that the rows name are there
            names = kept_files(home) if home else []
            left_out = _put_files(out, home, names, len(tables), tell) if home else []
            document = head.document() if head else None
            files = len(names) - len(left_out)
            out.write(line({"end": sums, "files": files, "head": document}))
        if sealer:
            sealer.finish()
    rows = {name: count for name, (count, _) in sums.items()}
    return Backup(revision, made, rows, dict(about or {}), head, files, tuple(left_out))


def _put_files(
    out: gzip.GzipFile, home: Path, names: list[str], before: int, tell: Tell | None
) -> list[str]:
    """Every file that is what its name says; the names of those that are not."""
    left_out = []
    for number, name in enumerate(names, 1):
        if sound(home, name):
            for said in lines_of(home, name):
                out.write(said)
        else:
            left_out.append(name)
        if tell:
            tell(before + number, before + len(names))
    return left_out


def restore(
    engine: Engine,
    path: Path,
    *,
    passphrase: str = "",
    check: Check | None = None,
    home: Path | None = None,
) -> Backup:
    """Fill an empty database from a backup; all of it or nothing.

    home: where its files are put, of which whoever calls clears away what a failure leaves; without
    it they are only checked. check: looks at the restored database before it is committed (audit
    chain, seals). Raises StorageError where the database is not empty, the file is damaged or no
    backup, or what lies in the database afterwards is not what the backup says.
    """
    try:
        with path.open("rb") as file, engine.begin() as connection:
            return _restore(connection, file, path, passphrase, check, home)
    except (IntegrityError, DataError, ValueError) as error:  # a row is missing, a value is none
        raise damaged(path) from error
    except DBAPIError as error:
        if (problem := outage(engine.url, error)) is None:
            raise
        raise StorageError([problem]) from error


def _restore(
    connection: Connection,
    file: BinaryIO,
    path: Path,
    passphrase: str,
    check: Check | None,
    home: Path | None,
) -> Backup:
    if not is_empty(connection):
        words = ("目标数据库不是空的", "the database to restore into is not empty")
        cure = ("请换一个空的数据库", "Name an empty one")
        raise StorageError([trouble("not_empty", words, cure)])
    read = lines_in(file, passphrase, path)
    first = first_of(read, path)
    upgrade_on(connection, str(first["revision"]))
    if is_sqlite(connection):
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    end = _fill(connection, read, path, home)
    problems = _compare(connection, end["end"], path)
    if not problems and check:
        problems = check(connection)
    if any(p.severity == "problem" for p in problems):
        raise StorageError(problems)
    rows = {name: count for name, (count, _) in end["end"].items()}
    head = read_head(end["head"]) if end["head"] else None
    files = end.get("files", 0)
    return Backup(first["revision"], first["made"], rows, first["about"], head, files)


def _fill(
    connection: Connection, lines: Iterator[Any], path: Path, home: Path | None
) -> Mapping[str, Any]:
    """Add every table's rows, put the files in their places; returns the end of the backup."""
    tables = tables_of(connection)
    known = {t.name: t for t in tables}
    said = next(lines, None)
    with without_triggers(connection, tables):
        while isinstance(said, dict) and "table" in said:
            table = known.get(said["table"])
            if table is None or [c.name for c in table.c] != said["columns"]:
                raise damaged(path)
            after: list[Any] = []
            fill(connection, table, _rows(lines, after))
            said = after[0] if after else None
        said, count = _take_files(said, lines, home)
        if not isinstance(said, dict) or set(said) - {"files"} != {"end", "head"}:
            raise damaged(path)  # cut off
        if count != said.get("files", 0):
            raise damaged(path)
    go_on_counting(connection, tables)
    return said


def _take_files(said: Any, lines: Iterator[Any], home: Path | None) -> tuple[Any, int]:
    """The files from a line on; the first line that is none of theirs, and how many they were."""
    taking = Taking(home)
    try:
        while isinstance(said, str) or (isinstance(said, dict) and "file" in said):
            if isinstance(said, str):
                taking.part(said)
            else:
                taking.begin(said)
            said = next(lines, None)
        taking.end()
    finally:
        taking.drop()
    return said, taking.count


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
