"""The database's form, step by step, and the two functions that anyone needs of it.

A revision is a module of `versions/`, named after its number, and never changes once released. To
make one: change the models, copy the newest revision, and write what differs by hand; the tests
say whether models and revisions agree, and want a filled database of the revision before it.
"""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hpf.storage.engine import lock

_LOCK = 4_850_001  # held while a database is migrated, so that two starts do not meet
_CONNECTION = "connection"


def upgrade(engine: Engine, revision: str = "head") -> str:
    """Bring a database, new or old, to a revision; all of it or nothing. Returns the revision."""
    with engine.begin() as connection:
        lock(connection, _LOCK)
        command.upgrade(_config(connection), revision)
        return _revision(connection) or ""


def current(engine: Engine) -> str | None:
    """The revision a database is at; None where it is empty."""
    with engine.connect() as connection:
        return _revision(connection)


def newest() -> str:
    """The revision this version of HPF works with."""
    return ScriptDirectory.from_config(_config(None)).get_current_head() or ""


def _revision(connection: Connection) -> str | None:
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "hpf.storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes[_CONNECTION] = connection
    return config
