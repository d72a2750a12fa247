"""What is recorded stays: refused by the database itself, whoever asks it."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from hpf.storage.migrations.r0001_triggers import CLOSE, GROW, KEEP
from hpf.storage.models import Base

NOW = "2026-09-30T00:00:00.000000Z"


def fill(connection: Connection) -> None:
    """A row in each table that only grows or closes; imports and runs closed."""
    connection.execute(text("INSERT INTO hospitals (id, code, name) VALUES (1, 'H', 'H')"))
    for table in ("fact_columns", "imports", "programs", "runs"):
        put(connection, table)
    for table in ("import_columns", "facts", "run_rules", "run_rows", "results"):
        put(connection, table)
    put(connection, "fact_columns", id=2, code="y")
    put(connection, "run_rows", row=2)
    for table, column in CLOSE.items():
        connection.execute(text(f"UPDATE {table} SET {column} = 'closed'"))
    for table in ("committees", "users", "committee_members", "cycles", "ballots",
                  "payout_batches", "payout_lines"):  # fmt: skip
        put(connection, table)
    done = {"fact_columns", "import_columns", "facts", "programs", "run_rules", "run_rows",
            "results", "payout_batches"}  # fmt: skip
    for table in GROW:
        if table not in done:
            put(connection, table)


def put(connection: Connection, table: str, **other: object) -> None:
    """A row of a table, each column some value of its type that its checks allow."""
    columns = {c.name: c for c in Base.metadata.tables[table].columns}
    values = {n: value(table, n, c) for n, c in columns.items()} | other
    values = {n: v for n, v in values.items() if v is not None}
    connection.execute(Base.metadata.tables[table].insert(), [values])


WORDS = {
    ("imports", "extent"): "whole",
    ("import_columns", "type"): "text",
    ("runs", "kind"): "main",
}
OPEN = {("imports", "digest"), ("runs", "seal"), ("runs", "of_id"), ("runs", "facts_upto")}


def value(table: str, name: str, column) -> object:
    from hpf.core.periods import Period

    if (table, name) in OPEN or (column.nullable and not column.primary_key):
        return None
    if (table, name) in WORDS:
        return WORDS[table, name]
    if name in ("program_digest", "digest"):
        return "D"
    checks = [str(c.sqltext) for c in Base.metadata.tables[table].constraints
              if hasattr(c, "sqltext") and str(c.sqltext).startswith(f"{name} IN")]  # fmt: skip
    if checks:
        return checks[0].split("'")[1]
    kind = type(column.type).__name__
    return {
        "Integer": 1,
        "BigInteger": 1,
        "Boolean": True,
        "PeriodText": Period.parse("2026-09"),
        "Utc": dt.datetime(2026, 9, 30, tzinfo=dt.UTC),
        "Date": dt.date(2026, 9, 30),
        "Exact": 1,
        "JsonText": {},
        "LargeBinary": b"x",
    }.get(kind, "x")


@pytest.fixture
def filled(database: Engine) -> Engine:
    with database.begin() as connection:
        fill(connection)
    return database


def refused(engine: Engine, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=r"hpf: \w+: \w+ refused"),
        engine.begin() as connection,
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("table", sorted({*GROW, *CLOSE}))
def test_what_is_recorded_is_neither_changed_nor_deleted(filled: Engine, table: str) -> None:
    with filled.connect() as connection:
        before = connection.execute(text(f"SELECT * FROM {table}")).all()
    assert before
    for column in Base.metadata.tables[table].columns:
        refused(filled, f'UPDATE {table} SET "{column.name}" = "{column.name}"')
    refused(filled, f"DELETE FROM {table}")
    if filled.dialect.name == "postgresql":
        refused(filled, f"TRUNCATE {table} CASCADE")
    else:
        names = ", ".join(f'"{c.name}"' for c in Base.metadata.tables[table].columns)
        refused(filled, f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table}")
    with filled.connect() as connection:
        assert connection.execute(text(f"SELECT * FROM {table}")).all() == before


@pytest.mark.parametrize("table", sorted(KEEP))
def test_of_a_pay_line_nothing_but_its_encrypted_account_changes(
    filled: Engine, table: str
) -> None:
    """The account is encrypted anew when its key is; amount, person and batch stay."""
    columns = [c.name for c in Base.metadata.tables[table].columns]
    assert set(columns) == {*KEEP[table], "account"}
    for name in KEEP[table]:
        refused(filled, f'UPDATE {table} SET "{name}" = "{name}"')
    refused(filled, f"DELETE FROM {table}")
    if filled.dialect.name == "postgresql":
        refused(filled, f"TRUNCATE {table} CASCADE")
    else:
        refused(filled, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    with filled.begin() as connection:
        connection.execute(Base.metadata.tables[table].update().values(account=b"anew"))


@pytest.mark.parametrize("table", ["facts", "import_columns", "run_rules", "run_rows", "results"])
def test_nothing_is_added_to_what_is_closed(filled: Engine, table: str) -> None:
    """A sealed run gets no further result, a saved import no further fact."""
    key = {"import_columns": "column_id", "run_rules": "rule"}.get(table, "row")
    new = {"facts": "y", "run_rows": 3}.get(table, 2)
    with (
        pytest.raises(DBAPIError, match=r"hpf: \w+: INSERT refused"),
        filled.begin() as connection,
    ):
        put(connection, table, **{key: new})


@pytest.mark.parametrize("table", sorted(CLOSE))
def test_what_is_still_open_may_be_finished_or_given_up(database: Engine, table: str) -> None:
    """Until it is closed, a run or an import is nobody's record yet."""
    with database.begin() as connection:
        connection.execute(text("INSERT INTO hospitals (id, code, name) VALUES (1, 'H', 'H')"))
        put(connection, "programs")
        put(connection, table)
        connection.execute(text(f"UPDATE {table} SET \"by\" = 'somebody'"))
        connection.execute(text(f"DELETE FROM {table}"))
        assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 0
