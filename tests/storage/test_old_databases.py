"""A filled database of every earlier revision comes to the newest: rows kept, seals hold."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, inspect, select, text, types

from hpf.core.errors import HpfError
from hpf.storage.backup import restore
from hpf.storage.dump import rows_of, tables_of
from hpf.storage.engine import connect, reading
from hpf.storage.migrations import current, newest, revisions, upgrade
from hpf.storage.models import StoredRun
from hpf.storage.replay import verify_run
from hpf.storage.soundness import unsound

OLD = Path(__file__).parent / "old" / "0001.backup"
GONE = {"questionnaires", "answers"}  # of 0001: no release wrote to them, 0002 replaces them


def contents(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    with engine.connect() as connection:
        return {
            t.name: [dict(zip(t.c.keys(), row, strict=True)) for row in rows_of(connection, t)]
            for t in tables_of(connection)
        }


def fill_empty(connection: Connection) -> set[str]:
    """A row in each table that has none, by what the database itself says of its columns.

    Returns the tables that are left empty, because they are replaced."""
    tables = tables_of(connection)
    gone = GONE if "answers" in {t.name for t in tables} else set()
    for table in tables:
        held = connection.execute(table.select().limit(1)).first()
        if held is None and table.name not in gone:
            connection.execute(table.insert(), [values(connection, table)])
    return gone


def values(connection: Connection, table: Table) -> dict[str, Any]:
    checks = [c["sqltext"] for c in inspect(connection).get_check_constraints(table.name)]
    words = [re.search(r"(\w+)[^']*'(\w+)'", check) for check in checks]
    allowed = {found[1]: found[2] for found in words if found}  # the first of those it may hold
    found: dict[str, Any] = {}
    for column in table.columns:
        parents = [k.column for k in column.foreign_keys]
        if column.nullable and not column.primary_key:
            continue
        if parents and parents[0].table is not table:
            found[column.name] = connection.scalar(select(parents[0]).limit(1))
        else:
            found[column.name] = allowed.get(column.name, value(column.type))
    return found


def value(kind: Any) -> Any:
    if isinstance(kind, types.Boolean):
        return True
    if isinstance(kind, types.Integer | types.Numeric):
        return 1
    if isinstance(kind, types.DateTime):
        return dt.datetime(2026, 9, 30, tzinfo=dt.UTC)
    if isinstance(kind, types.Date):
        return dt.date(2026, 9, 30)
    return b"x" if isinstance(kind, types.LargeBinary) else "1"


@pytest.mark.parametrize("revision", revisions())
def test_rows_are_kept_and_the_sealed_run_verifies(new_url, revision: str) -> None:
    engine = connect(new_url(empty=True))
    kept = restore(engine, OLD)
    assert current(engine) == "0001"
    upgrade(engine, revision)
    with engine.begin() as connection:
        gone = fill_empty(connection)
    before = contents(engine)
    assert all(rows for name, rows in before.items() if name not in gone), "a row in every table"
    assert upgrade(engine) == newest()
    after = contents(engine)
    for name, rows in before.items():
        if name in gone:
            assert rows == after.get(name, [])
            continue
        assert len(after[name]) == len(rows), name
        for old, new in zip(rows, after[name], strict=True):
            assert old.items() <= new.items(), name  # columns may come, none may change
    with reading(engine) as session:
        run = session.scalars(select(StoredRun.id).where(StoredRun.seal.like("_" * 64))).one()
        assert not verify_run(session, run).problems
        assert not [p for p in unsound(session, kept.about["public_key"]) if p.severity != "notice"]
    engine.dispose()


def test_old_answers_that_name_somebody_are_not_thrown_away(new_url) -> None:
    """Nothing ever wrote to the tables that 0002 replaces; should rows be there, it refuses."""
    engine = connect(new_url(empty=True))
    restore(engine, OLD)
    with engine.begin() as connection:
        table = next(t for t in tables_of(connection) if t.name == "questionnaires")
        connection.execute(table.insert(), [values(connection, table)])
    with pytest.raises(HpfError, match="Export them") as told:
        upgrade(engine)
    assert told.value.problems[0].code == "storage.old_answers"
    assert current(engine) == "0001"
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM questionnaires")) == 1
    engine.dispose()
