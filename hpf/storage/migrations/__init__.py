"""The database's form, step by step, and the functions that anyone needs of it.

A revision is a module of `versions/`, named after its number, and never changes once released. To
make one: change the models, copy the newest revision, and write what differs by hand; the tests
say whether models and revisions agree, and want a filled database of the revision before it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from hpf.storage.engine import lock

_LOCK = 4_850_001  # held while a database is migrated, so that two starts do not meet
_CONNECTION = "connection"


def upgrade(
    engine: Engine,
    revision: str = "head",
    *,
    more: Sequence[Path] = (),
    check: Callable[[Connection], None] | None = None,
) -> str:
    """Bring a database, new or old, to a revision; all of it or nothing. Returns the revision.

    more: further folders of revisions. check: looks at the outcome before it is committed, and
    raises where it is not to stand.
    """
    with engine.begin() as connection:
        found = upgrade_on(connection, revision, more=more)
        if check is not None:
            check(connection)
        return found


def upgrade_on(connection: Connection, revision: str = "head", *, more: Sequence[Path] = ()) -> str:
    """As `upgrade`, in the transaction of a connection."""
    lock(connection, _LOCK)
    command.upgrade(_config(connection, more), revision)
    return revision_of(connection) or ""


def current(engine: Engine) -> str | None:
    """The revision a database is at; None where it is empty."""
    with engine.connect() as connection:
        return revision_of(connection)


def newest(more: Sequence[Path] = ()) -> str:
    """The revision this version of HPF works with."""
    return ScriptDirectory.from_config(_config(None, more)).get_current_head() or ""


def revisions() -> list[str]:
    """All revisions there are, the oldest first."""
    walked = ScriptDirectory.from_config(_config(None)).walk_revisions()
    return [script.revision for script in walked][::-1]


def revision_of(connection: Connection) -> str | None:
    """The revision of the database behind a connection; None where it is empty."""
    found: str | None = MigrationContext.configure(connection).get_current_revision()
    return found


def _config(connection: Connection | None, more: Sequence[Path] = ()) -> Config:
    config = Config()
    config.set_main_option("script_location", "hpf.storage:migrations")
    config.set_main_option("path_separator", "os")
    if more:
        folders = [Path(__file__).parent / "versions", *more]
        config.set_main_option("version_locations", os.pathsep.join(map(str, folders)))
    config.attributes[_CONNECTION] = connection
    return config
