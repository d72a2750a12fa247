"""Revisions: they make what the models say, from an empty database and from a filled one."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from hpf.storage.engine import connect
from hpf.storage.migrations import current, newest, upgrade
from hpf.storage.models import Base


def test_an_empty_database_is_brought_to_the_newest_revision(new_url) -> None:
    engine = connect(new_url(empty=True))
    assert current(engine) is None
    assert upgrade(engine) == newest() == current(engine)
    assert upgrade(engine) == newest(), "once more changes nothing"
    assert set(Base.metadata.tables) <= set(inspect(engine).get_table_names())
    engine.dispose()


def test_models_and_revisions_agree(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []
        for table in Base.metadata.sorted_tables:
            connection.execute(table.select().limit(1)).all()


def test_constraints_of_models_and_revisions_have_the_same_names(database: Engine, new_url) -> None:
    """What autogenerate does not compare: checks, and how a table keeps its rows."""
    direct = connect(new_url(empty=True))
    Base.metadata.create_all(direct)
    one, two = inspect(database), inspect(direct)
    for table in Base.metadata.tables:
        for found in ("get_check_constraints", "get_unique_constraints", "get_foreign_keys"):
            said = [sorted(map(str, getattr(i, found)(table))) for i in (one, two)]
            assert said[0] == said[1], f"{table} {found}"
    if database.dialect.name == "sqlite":
        made = []
        for engine in (database, direct):
            with engine.connect() as connection:
                rows = connection.execute(
                    text("SELECT name, sql LIKE '%WITHOUT ROWID%' FROM sqlite_master "
                         "WHERE type = 'table' AND name NOT LIKE 'alembic%' ORDER BY name")
                )  # fmt: skip
                made.append(rows.all())
        assert made[0] == made[1]
    direct.dispose()


def test_a_revision_that_fails_leaves_nothing_behind(
    new_url, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpf.storage.migrations import r0001_triggers

    monkeypatch.setattr(
        r0001_triggers, "VIEW", "CREATE VIEW broken AS SELECT nothing FROM nowhere_at_all"
    )
    monkeypatch.setattr(r0001_triggers, "GROW", {"no_such_table": ("id",)})
    engine = connect(new_url(empty=True))
    with pytest.raises(Exception, match="no_such_table"):
        upgrade(engine)
    assert inspect(engine).get_table_names() == []
    assert current(engine) is None
    engine.dispose()
