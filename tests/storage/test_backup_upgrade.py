"""`hpf upgrade`: a filled database of every earlier revision comes to the newest, or stays put."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from sqlalchemy import Engine, inspect, text
from test_triggers import fill

from hpf.core.errors import HpfError
from hpf.storage.audit_heads import kept_heads, public_key, sign
from hpf.storage.backup import restore
from hpf.storage.dump import rows_of, tables_of
from hpf.storage.engine import connect, reading
from hpf.storage.migrations import current, newest, revisions, upgrade
from hpf.storage.soundness import unsound
from hpf.storage.upgrading import upgrade_database

# Nothing follows the newest revision yet: this one stands for whatever will.
NEXT = '''
"""A revision of tests: it adds a column and fills it, and makes a table."""
import sqlalchemy as sa
from alembic import op

revision = "next"
down_revision = "{newest}"


def upgrade() -> None:
    op.add_column("hospitals", sa.Column("district", sa.Text(), nullable=True))
    op.execute("UPDATE hospitals SET district = 'of ' || name")
    op.create_table("beds", sa.Column("id", sa.Integer(), primary_key=True))
    {more}
'''
BROKEN = {
    "it raises": 'raise RuntimeError("a defect of the revision")',
    "bad SQL": 'op.execute("INSERT INTO nowhere_at_all VALUES (1)")',
    "a value": 'raise ValueError("no such value")',
}
# drops what refuses it, and changes a sealed result: only looking at the seals finds it
HARMFUL = """
    import sqlalchemy
    if op.get_context().dialect.name == "sqlite":
        op.execute("DROP TRIGGER hpf_results_update")
    else:
        op.execute("ALTER TABLE results DISABLE TRIGGER USER")
    op.execute("UPDATE results SET value = '601' WHERE value = '600'")
"""


def versions(folder: Path, more: str = "pass") -> list[Path]:
    (folder / "versions").mkdir(exist_ok=True)
    source = NEXT.format(newest=newest(), more=more)
    (folder / "versions" / "next.py").write_text(source, "utf-8")
    return [folder / "versions"]


def contents(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {t.name: list(rows_of(connection, t)) for t in tables_of(connection)}


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    made = Desk(database, hospital, tmp_path)
    made.pay()
    return made


def test_an_upgrade_backs_up_migrates_and_verifies(desk: Desk, new_url) -> None:
    before, path = contents(desk.engine), desk.folder / "before.backup"
    done = upgrade_database(desk.engine, desk.keys, path, by="甲", more=versions(desk.folder))
    assert (done.before, done.after, current(desk.engine)) == (newest(), "next", "next")
    with desk.engine.connect() as connection:
        assert connection.scalar(text("SELECT district FROM hospitals")) == "of 某医院"
    after = contents(desk.engine)
    assert {n: r for n, r in after.items() if n in before and n not in ("hospitals", "audit",
            "audit_heads")} == {n: r for n, r in before.items() if n not in ("hospitals", "audit",
            "audit_heads")}  # fmt: skip
    assert after["audit"][: len(before["audit"])] == before["audit"]
    assert desk.actions()[-1] == "database.upgraded"
    assert kept_heads(desk.keys)[-1].seq == len(after["audit"]), "the head is signed"
    other = connect(new_url(empty=True))
    restore(other, path)
    assert contents(other) == before, "the backup is of before"
    other.dispose()


def test_once_more_there_is_nothing_to_do(desk: Desk) -> None:
    path = desk.folder / "before.backup"
    done = upgrade_database(desk.engine, desk.keys, path, by="甲")
    assert (done.before, done.after, done.backup) == (newest(), newest(), None)
    assert not path.exists()


@pytest.mark.parametrize("more", sorted(BROKEN))
def test_a_revision_that_breaks_leaves_the_database_as_it_was(desk: Desk, more: str) -> None:
    before = contents(desk.engine)
    folders = versions(desk.folder, BROKEN[more])
    with pytest.raises(HpfError, match=f"still at {newest()}, and untouched"):
        upgrade_database(desk.engine, desk.keys, desk.folder / "a.backup", by="甲", more=folders)
    assert (current(desk.engine), contents(desk.engine)) == (newest(), before)
    assert "beds" not in inspect(desk.engine).get_table_names()
    assert (desk.folder / "a.backup").exists()


def test_a_revision_that_harms_a_sealed_run_is_rolled_back(desk: Desk) -> None:
    before = contents(desk.engine)
    folders = versions(desk.folder, HARMFUL.strip().replace("\n    ", "\n    "))
    with pytest.raises(HpfError) as told:
        upgrade_database(desk.engine, desk.keys, desk.folder / "a.backup", by="甲", more=folders)
    codes = {p.code for p in told.value.problems}
    assert "storage.result" in codes
    assert "untouched" in str(told.value)
    assert (current(desk.engine), contents(desk.engine)) == (newest(), before)


def test_a_newer_or_empty_database_is_told(desk: Desk, new_url) -> None:
    empty = connect(new_url(empty=True))
    with pytest.raises(HpfError, match="empty"):
        upgrade_database(empty, desk.keys, desk.folder / "a", by="甲")
    empty.dispose()
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(HpfError, match="newer"):
        upgrade_database(desk.engine, desk.keys, desk.folder / "a", by="甲")


@pytest.mark.parametrize("revision", revisions())
def test_a_filled_database_of_each_revision_comes_to_the_newest(
    new_url, revision: str, tmp_path: Path
) -> None:
    """A row in every table it had then; none is lost, and the newest tables take rows."""
    engine = connect(new_url(empty=True))
    upgrade(engine, revision)
    with engine.begin() as connection:
        fill(connection)
    before = contents(engine)
    assert all(before[t] for t in ("facts", "results", "payout_lines", "audit"))
    upgrade(engine, more=versions(tmp_path))
    after = contents(engine)
    for name, rows in before.items():
        if name != "hospitals":
            assert after.get(name, []) == rows, name  # an empty table may go
    engine.dispose()


def test_everything_closed_is_sound_until_somebody_touches_it(desk: Desk) -> None:
    def codes() -> set[str]:
        with reading(desk.engine) as session:
            key = public_key(desk.keys)
            return {p.code for p in unsound(session, key, kept_heads(desk.keys))}

    sign(desk.engine, desk.keys)
    assert codes() == set()
    with desk.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER hpf_payout_lines_update")
            connection.exec_driver_sql("DROP TRIGGER hpf_results_update")
        else:
            for table in ("payout_lines", "results"):
                connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        connection.exec_driver_sql("UPDATE payout_lines SET amount = '1' WHERE row_id = 'A'")
        connection.exec_driver_sql("UPDATE results SET value = '1' WHERE value = '600'")
    assert codes() == {"storage.batch_altered", "storage.result"}
