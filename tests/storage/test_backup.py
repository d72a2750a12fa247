"""Backups: taken while others work, opened only by who may, restored whole into an empty place."""

from __future__ import annotations

import gzip
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from sqlalchemy import Engine, text
from test_triggers import fill

from hpf.storage.audit import record
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import public_key, sign
from hpf.storage.backup import back_up, restore
from hpf.storage.backup_reading import is_encrypted, peek
from hpf.storage.dump import rows_of, tables_of
from hpf.storage.engine import connect, reading, writing
from hpf.storage.migrations import newest
from hpf.storage.troubles import StorageError, trouble

SECRET = "a long enough passphrase 口令"


def contents(engine: Engine) -> dict[str, list[list[Any]]]:
    with engine.connect() as connection:
        return {t.name: list(rows_of(connection, t)) for t in tables_of(connection)}


def triggers(engine: Engine) -> list[str]:
    asked = (
        "SELECT name || sql FROM sqlite_master WHERE type = 'trigger' ORDER BY 1"
        if engine.dialect.name == "sqlite"
        else "SELECT tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1"
    )
    with engine.connect() as connection:
        return list(connection.execute(text(asked)).scalars())


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    """With a batch that was sent, and a line that came back."""
    made = Desk(database, hospital, tmp_path)
    code = made.pay().pay_list.batch
    made.mark(code, "sent")
    made.mark(code, "returned", "B", reason="户名不符")
    return made


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_what_is_restored_is_what_was_backed_up(desk: Desk, new_url, passphrase: str) -> None:
    path = desk.folder / "a.backup"
    head = sign(desk.engine, desk.keys)
    made = back_up(desk.engine, path, head=head, passphrase=passphrase, about={"by": "甲"})
    assert (made.revision, made.head) == (newest(), head)
    assert made.rows["payout_lines"] == 3
    assert is_encrypted(path) == bool(passphrase)
    assert (b"hospitals" in path.read_bytes()) is False
    assert peek(path, passphrase)["about"] == {"by": "甲"}
    other = connect(new_url(empty=True))
    assert restore(other, path, passphrase=passphrase) == made
    assert contents(other) == contents(desk.engine)
    assert triggers(other) == triggers(desk.engine) != []
    with reading(other) as session:
        assert verify(session, public_key(desk.keys), [head]).problems == ()
    with writing(other) as session:  # numbers go on where they were
        record(session, "甲", "test.act", "x", {})
        session.commit()
    elsewhere = Desk.__new__(Desk)
    elsewhere.__dict__ |= desk.__dict__ | {"engine": other}
    assert elsewhere.store(period="2026-10") == desk.run + 1
    other.dispose()


@pytest.mark.slow
def test_a_hospital_moves_from_one_database_to_the_other(
    kind: str, desk: Desk, templates, request: pytest.FixtureRequest
) -> None:
    path = desk.folder / "a.backup"
    back_up(desk.engine, path, head=None)
    url = (
        templates.postgresql(request.getfixturevalue("server"), True)
        if kind == "sqlite"
        else templates.sqlite(True)
    )
    other = connect(url)
    restore(other, path)
    assert contents(other) == contents(desk.engine)
    other.dispose()


def test_every_table_with_a_row_comes_back(database: Engine, new_url, tmp_path: Path) -> None:
    """Rows of every kind of column, in every table that only grows or closes."""
    with database.begin() as connection:
        fill(connection)
    back_up(database, tmp_path / "a.backup", head=None)
    other = connect(new_url(empty=True))
    restore(other, tmp_path / "a.backup")
    assert contents(other) == contents(database)
    other.dispose()


def test_a_backup_while_others_write_is_of_one_moment(desk: Desk, new_url) -> None:
    """Each transaction adds two entries: a backup has both or neither."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            with writing(desk.engine) as session:
                record(session, "甲", "test.first", "x", {})
                record(session, "甲", "test.second", "x", {})
                session.commit()
            stop.wait(0.005)  # a queue that is never empty would wear out the restore

    thread = threading.Thread(target=work)
    thread.start()
    try:
        counts = []
        for n in range(2):
            path = desk.folder / f"{n}.backup"
            back_up(desk.engine, path, head=None)
            other = connect(new_url(empty=True))
            restore(other, path)
            actions = [row[4] for row in contents(other)["audit"]]
            counts.append((actions.count("test.first"), actions.count("test.second")))
            other.dispose()
    finally:
        stop.set()
        thread.join()
    assert all(first == second for first, second in counts)
    assert counts[-1][0] > 0, "somebody did write"


def told(call: Any) -> list[str]:
    with pytest.raises(StorageError) as error:
        call()
    return [p.code.removeprefix("storage.") for p in error.value.problems]


def test_only_an_empty_place_is_restored_into(desk: Desk, new_url) -> None:
    path = desk.folder / "a.backup"
    back_up(desk.engine, path, head=None)
    before = contents(desk.engine)
    assert told(lambda: restore(desk.engine, path)) == ["not_empty"]
    assert contents(desk.engine) == before


def test_a_damaged_backup_leaves_the_place_empty(desk: Desk, new_url) -> None:
    path, bad = desk.folder / "a.backup", desk.folder / "bad.backup"
    back_up(desk.engine, path, head=None)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    other = connect(new_url(empty=True))

    def fails(content: bytes) -> list[str]:
        bad.write_bytes(content)
        found = told(lambda: restore(other, bad))
        with other.connect() as connection:
            assert tables_of(connection) == [], "nothing half restored"
        return found

    at = next(n for n, x in enumerate(lines) if b'"table":"payout_lines"' in x) + 1
    row = json.loads(lines[at])
    row[5] = row[5] + "x"
    altered = [*lines[:at], json.dumps(row).encode() + b"\n", *lines[at + 1 :]]
    assert fails(gzip.compress(b"".join(altered))) == ["restore_differs"]
    dropped = fails(gzip.compress(b"".join([*lines[:at], *lines[at + 1 :]])))
    assert dropped in (["restore_differs"], ["bad_backup"])
    assert fails(gzip.compress(b"".join(lines[:-1]))) == ["bad_backup"], "its end is cut off"
    assert fails(path.read_bytes()[:-20]) == ["bad_backup"]
    assert fails(b"no backup at all") == ["bad_backup"]
    assert fails(gzip.compress(b'{"format":"other"}\n')) == ["bad_backup"]
    other.dispose()


def test_a_check_that_finds_something_leaves_the_place_empty(desk: Desk, new_url) -> None:
    path = desk.folder / "a.backup"
    back_up(desk.engine, path, head=None)
    other = connect(new_url(empty=True))
    found = told(lambda: restore(other, path, check=lambda _: [trouble("seal", ("封", "seal"))]))
    assert found == ["seal"]
    with other.connect() as connection:
        assert tables_of(connection) == []
    other.dispose()


def test_an_encrypted_backup_opens_with_its_passphrase_alone(desk: Desk, new_url) -> None:
    path = desk.folder / "a.backup"
    assert told(lambda: back_up(desk.engine, path, head=None, passphrase="short")) == [
        "passphrase_short"
    ]
    back_up(desk.engine, path, head=None, passphrase=SECRET)
    other = connect(new_url(empty=True))
    assert told(lambda: restore(other, path)) == ["passphrase_missing"]
    assert told(lambda: restore(other, path, passphrase="another passphrase")) == ["vault"]
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    assert told(lambda: restore(other, path, passphrase=SECRET)) == ["vault"]
    other.dispose()


def test_an_empty_database_is_no_backup(new_url, tmp_path: Path) -> None:
    engine = connect(new_url(empty=True))
    assert told(lambda: back_up(engine, tmp_path / "a", head=None)) == ["nothing_to_back_up"]
    engine.dispose()


def test_large_files_are_sealed_in_chunks_in_order(tmp_path: Path) -> None:
    """Chunks that were swapped, repeated or dropped do not open."""
    import io
    import secrets

    from hpf.storage.vault import Opener, Sealer

    plain, out = secrets.token_bytes(3 * (1 << 20)), io.BytesIO()
    sealer = Sealer(out, SECRET)
    for at in range(0, len(plain), 700_001):
        sealer.write(plain[at : at + 700_001])
    sealer.finish()
    data = out.getvalue()
    assert io.BufferedReader(Opener(io.BytesIO(data), SECRET)).read() == plain
    head, size = 40, (1 << 20) + 16
    one, two, three = (
        data[head : head + size],
        data[head + size : head + 2 * size],
        data[head + 2 * size :],
    )
    for other in (two + one + three, one + three, one + two, one + one + two + three):
        forged = io.BufferedReader(Opener(io.BytesIO(data[:head] + other), SECRET))
        with pytest.raises(StorageError, match="damaged"):
            forged.read()
