"""The audit chain: one line of entries, and whatever is done to it in the database is found."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, Row, select, text

from hpf.storage.audit import entry_hash, record
from hpf.storage.audit_checks import Verdict, verify
from hpf.storage.audit_heads import FILE, heads_of, kept_heads, public_key, sign
from hpf.storage.engine import reading, writing
from hpf.storage.keys import AUDIT, make_keys
from hpf.storage.models import AuditEntry
from hpf.storage.troubles import StorageError

AT = dt.datetime(2026, 9, 30, 8, tzinfo=dt.UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


def add(engine: Engine, count: int, start: int = 1) -> None:
    with writing(engine) as session:
        for n in range(start, start + count):
            record(session, "甲", "test.act", f"thing:{n}", {"n": n, "字": "值"}, at=AT)
        session.commit()


@pytest.fixture
def chain(database: Engine, keys: Path) -> Engine:
    """Six entries, signed at the fourth and at the sixth."""
    add(database, 4)
    sign(database, keys)
    add(database, 2, 5)
    sign(database, keys)
    return database


def checked(engine: Engine, keys: Path) -> Verdict:
    with reading(engine) as session:
        return verify(session, public_key(keys), kept_heads(keys))


def codes(engine: Engine, keys: Path) -> set[str]:
    return {p.code.removeprefix("storage.audit_") for p in checked(engine, keys).problems}


def by_hand(engine: Engine, *statements: str) -> None:
    """What somebody with the database in hand does: the triggers first."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.execute(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%audit%'"
                )
            ).scalars()
            for name in found.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            for table in ("audit", "audit_heads"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        for statement in statements:
            connection.exec_driver_sql(statement)


def rebuild(engine: Engine, first: int, **changes: str) -> None:
    """Write all entries from `first` on anew, each hash right: consistent in itself."""
    with engine.begin() as connection:
        rows: list[Row] = list(connection.execute(
            select(AuditEntry.__table__).order_by(AuditEntry.seq)))  # fmt: skip
        previous = ""
        for row in rows:
            new = AuditEntry(**row._mapping)
            if row.seq >= first:
                new.previous = previous
                for name, value in changes.items():
                    setattr(new, name, value)
                new.hash = entry_hash(new)
                connection.execute(
                    AuditEntry.__table__.update()
                    .where(AuditEntry.seq == row.seq)
                    .values(previous=new.previous, hash=new.hash, **changes)
                )
            previous = new.hash


def test_entries_form_one_chain(chain: Engine, keys: Path) -> None:
    with reading(chain) as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [e.seq for e in entries] == [1, 2, 3, 4, 5, 6]
    assert [e.previous for e in entries] == ["", *(e.hash for e in entries[:-1])]
    said = '[1,"2026-09-30T08:00:00.000000Z","甲","","test.act","thing:1",{"n":1,"字":"值"},""]'
    assert entries[0].hash == hashlib.sha256(said.encode()).hexdigest()
    assert checked(chain, keys) == Verdict(6, 6, ())


def test_what_came_after_the_last_head_is_told(chain: Engine, keys: Path) -> None:
    add(chain, 3, 7)
    found = checked(chain, keys)
    assert (found.entries, found.signed, found.problems) == (9, 6, ())


def test_an_entry_belongs_to_its_transaction(database: Engine, keys: Path) -> None:
    with writing(database) as session:
        record(session, "甲", "test.act", "thing:1", {})
    assert checked(database, keys).entries == 0
    assert sign(database, keys) is None


def test_floats_and_unsaid_moments_are_refused(database: Engine) -> None:
    with writing(database) as session, pytest.raises(TypeError, match="float"):
        record(session, "甲", "test.act", "x", {"share": 0.1})


@pytest.mark.parametrize(
    ("column", "value"),
    [("at", "'2026-10-01T00:00:00.000000Z'"), ("who", "'乙'"), ("hospital", "'X'"),
     ("action", "'test.other'"), ("object", "'thing:9'"), ("detail", "'{\"n\":99}'")],
)  # fmt: skip
def test_an_altered_entry_is_found(chain: Engine, keys: Path, column: str, value: str) -> None:
    by_hand(chain, f"UPDATE audit SET {column} = {value} WHERE seq = 3")
    problems = checked(chain, keys).problems
    assert [(p.code, p.place) for p in problems] == [("storage.audit_altered", "audit:3")]


def test_an_altered_entry_with_its_hash_made_anew_breaks_the_chain(
    chain: Engine, keys: Path
) -> None:
    by_hand(chain, "UPDATE audit SET who = '乙' WHERE seq = 3")
    with chain.begin() as connection:
        row = connection.execute(
            select(AuditEntry.__table__).where(AuditEntry.seq == 3)
        ).one()  # fmt: skip
        connection.execute(text("UPDATE audit SET hash = :h WHERE seq = 3"),
                           {"h": entry_hash(AuditEntry(**row._mapping))})  # fmt: skip
    assert codes(chain, keys) == {"broken"}


def test_a_removed_entry_is_found(chain: Engine, keys: Path) -> None:
    by_hand(chain, "DELETE FROM audit WHERE seq = 3")
    assert codes(chain, keys) == {"removed"}


def test_a_removed_entry_with_the_rest_moved_up_is_found(chain: Engine, keys: Path) -> None:
    heads = "DELETE FROM audit_heads"
    by_hand(chain, heads, "DELETE FROM audit WHERE seq = 3",
            *(f"UPDATE audit SET seq = {n - 1} WHERE seq = {n}" for n in (4, 5, 6)))  # fmt: skip
    assert {"altered", "truncated", "head_removed"} <= codes(chain, keys)


def test_entries_in_another_order_are_found(chain: Engine, keys: Path) -> None:
    by_hand(chain, "UPDATE audit SET seq = 99 WHERE seq = 2",
            "UPDATE audit SET seq = 2 WHERE seq = 3",
            "UPDATE audit SET seq = 3 WHERE seq = 99")  # fmt: skip
    assert "altered" in codes(chain, keys)
    rebuild(chain, 2)
    assert codes(chain, keys) == {"rebuilt"}, "hashes made anew do not help"


def test_a_chain_cut_off_at_its_end_is_found(chain: Engine, keys: Path) -> None:
    by_hand(chain, "DELETE FROM audit_heads WHERE seq > 4", "DELETE FROM audit WHERE seq > 4")
    assert codes(chain, keys) == {"truncated", "head_removed"}


def test_a_chain_cut_off_whole_is_found(chain: Engine, keys: Path) -> None:
    by_hand(chain, "DELETE FROM audit_heads", "DELETE FROM audit")
    assert codes(chain, keys) == {"truncated", "head_removed"}


def test_a_chain_rebuilt_from_the_first_entry_on_is_found(chain: Engine, keys: Path) -> None:
    by_hand(chain, "UPDATE audit SET seq = seq")
    rebuild(chain, 1, who="乙")
    assert codes(chain, keys) == {"rebuilt"}


def test_a_rebuilt_chain_with_heads_of_another_key_is_found(
    chain: Engine, keys: Path, tmp_path: Path
) -> None:
    """Whoever has the database but not the key signs with a key of their own."""
    by_hand(chain, "DELETE FROM audit_heads")
    rebuild(chain, 1, who="乙")
    make_keys(tmp_path / "theirs")
    sign(chain, tmp_path / "theirs")
    assert {"rebuilt", "signature", "head_removed"} == codes(chain, keys)


def test_a_forged_head_is_found_even_with_nothing_kept_outside(chain: Engine, keys: Path) -> None:
    by_hand(chain, "UPDATE audit_heads SET hash = 'f00d' WHERE seq = 4")
    (keys / FILE).unlink()
    assert codes(chain, keys) == {"signature"}


def test_a_head_of_an_export_finds_a_rebuilt_chain_when_the_file_is_lost(
    chain: Engine, keys: Path, tmp_path: Path
) -> None:
    shutil.copy(keys / FILE, tmp_path / "exported")
    by_hand(chain, "DELETE FROM audit_heads")
    rebuild(chain, 1, who="乙")
    (keys / FILE).unlink()
    sign(chain, keys)  # with the right key: somebody who has both
    assert codes(chain, keys) == set()
    with reading(chain) as session:
        found = verify(session, public_key(keys), heads_of(tmp_path / "exported"))
    assert "storage.audit_rebuilt" in {p.code for p in found.problems}


def test_signing_twice_keeps_one_head(chain: Engine, keys: Path) -> None:
    first = sign(chain, keys)
    assert sign(chain, keys) == first
    assert [h.seq for h in kept_heads(keys)] == [4, 6]
    assert (keys / FILE).stat().st_mode & 0o077 == 0, "for its owner alone"


def test_a_half_written_line_of_the_head_file_is_mended(chain: Engine, keys: Path) -> None:
    with (keys / FILE).open("a") as file:
        file.write('{"algorithm": "hpf-au')  # the power went
    with pytest.raises(StorageError, match="line 3"):
        kept_heads(keys)
    add(chain, 1, 7)
    sign(chain, keys)
    assert [h.seq for h in kept_heads(keys)] == [4, 6, 7]


def test_a_missing_or_wrong_key_is_told(chain: Engine, keys: Path) -> None:
    (keys / AUDIT).write_bytes(b"no key at all")
    with pytest.raises(StorageError, match="no key that signs"):
        sign(chain, keys)
    (keys / AUDIT).unlink()
    with pytest.raises(StorageError, match="missing"):
        sign(chain, keys)


def test_a_head_that_cannot_be_kept_beside_the_keys_is_told(chain: Engine, keys: Path) -> None:
    (keys / FILE).unlink()
    (keys / FILE).mkdir()
    with pytest.raises(StorageError, match="could not be kept"):
        sign(chain, keys)


def test_writers_at_the_same_moment_do_not_fork_the_chain(database: Engine, keys: Path) -> None:
    """Five threads, each with a connection of its own."""
    ready = threading.Barrier(5)
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            ready.wait()
            for n in range(8):
                with writing(database) as session:
                    record(session, f"writer {number}", "test.act", f"thing:{n}", {})
                    session.commit()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert checked(database, keys) == Verdict(40, 0, ())
