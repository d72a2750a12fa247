"""Connections: one engine for each database, and transactions that belong to the caller.

SQLite gets write-ahead logging (readers never wait for a writer), foreign keys, synchronous=FULL
(what was committed survives a power cut) and BEGIN IMMEDIATE for writers, so that two of them
queue instead of failing half-way. PostgreSQL readers see one snapshot, and cannot write.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.orm import Session

from hpf.storage.outages import outage, shown
from hpf.storage.troubles import StorageError, Words, trouble

BUSY_MILLISECONDS = 30_000  # how long a writer waits for another one before it gives up
_WRITES = "hpf_writes"
# A page that writes holds two connections, one it reads with: with fewer than two for each thread
# of a server all of them could wait for one another.
_POOL = {"pool_size": 10, "max_overflow": 30}


def connect(url: str, *, busy_milliseconds: int = BUSY_MILLISECONDS) -> Engine:
    """An engine for `sqlite:///path/to/file.db` or `postgresql://user@host/name`, tried once.

    Raises StorageError when the address is none, or file or server cannot be reached.
    """
    address = _address(url)
    engine = _engine(address, busy_milliseconds)
    try:
        with engine.connect():
            pass
    except DBAPIError as error:
        engine.dispose()
        problem = outage(address, error)
        if problem is None or problem.code != "storage.damaged":
            problem = _unreachable(address, error)
        raise StorageError([problem]) from error
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that sees one unchanging state of the database and cannot write to it."""
    plain = engine.execution_options(**{_WRITES: False})
    if engine.dialect.name == "postgresql":
        plain = engine.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
    with _told(engine), Session(plain, expire_on_commit=False) as session:
        yield session


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session that may write; the caller commits, and whatever is not committed never was.

    On SQLite it waits its turn at the first statement; PostgreSQL's writers take the locks they
    need where they need them (`lock`).
    """
    plain = engine.execution_options(**{_WRITES: True})
    with _told(engine), Session(plain, expire_on_commit=False) as session:
        yield session


def is_sqlite(connection: Connection) -> bool:
    """Whether the database is SQLite rather than PostgreSQL."""
    return connection.dialect.name == "sqlite"


def lock(connection: Connection, number: int) -> None:
    """Hold one of the application's named locks until the transaction ends.

    SQLite has one writer at a time, and needs none.
    """
    if not is_sqlite(connection):
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (number,))


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """A disk that is full, a server that is gone and the like, as StorageError: no defect."""
    try:
        yield
    except DBAPIError as error:
        problem = outage(engine.url, error)
        if problem is None:
            raise
        raise StorageError([problem]) from error


def _address(url: str) -> URL:
    forms = "sqlite:///hospital.db, postgresql://USER@HOST/NAME"
    cure = (f"请按这样的格式写：{forms}", f"Write it like these: {forms}")
    try:
        address = make_url(url)
    except ArgumentError as error:
        words = (f"“{url}”不是数据库地址", f"'{url}' is no database address")
        raise StorageError([trouble("address", words, cure)]) from error
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        kind = address.get_backend_name()
        words = (f"不支持的数据库：{kind}", f"there is no support for '{kind}'")
        raise StorageError([trouble("address", words, cure)])
    if address.drivername == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    return address


def _engine(address: URL, busy: int) -> Engine:
    try:
        if address.get_backend_name() == "postgresql":
            return create_engine(address, pool_pre_ping=True, **_POOL)
        engine = create_engine(address, **(_POOL if address.database else {}))
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        words = (f"没有安装数据库驱动 {error}", f"the driver is not installed: {error}")
        cure = (
            "请安装 hospital-performance-framework[postgresql]",
            "Install hospital-performance-framework[postgresql]",
        )
        raise StorageError([trouble("driver", words, cure, shown(address))]) from error

    @event.listens_for(engine, "connect")
    def _prepare(driver: Any, _record: object) -> None:
        # the driver's own transaction control is switched off, so that BEGIN is ours to say
        driver.isolation_level = None
        cursor = driver.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {busy:d}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, True)
        connection.exec_driver_sql(f"PRAGMA query_only = {0 if writes else 1}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _unreachable(address: URL, error: DBAPIError) -> Any:
    why = " ".join(str(error.orig).split())[:200]
    cure: Words = (
        "请检查地址、服务是否已启动，以及用户名和口令",
        "Check the address, whether the server runs, and user and password",
    )
    if address.get_backend_name() == "sqlite":
        cure = (
            "请检查文件夹是否存在、可写，以及该文件确为 HPF 的数据库",
            "Check that its folder exists and may be written to, and that it is HPF's database",
        )
    words = (f"无法打开数据库（{why}）", f"the database cannot be opened ({why})")
    return trouble("unreachable", words, cure, shown(address))
