"""Evidence and originals in a backup: they come back byte for byte, or are refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tracemalloc
from pathlib import Path

import pytest
from desk import Desk
from sqlalchemy import Engine

from hpf.storage.backup import back_up, restore
from hpf.storage.backup_files import EVIDENCE, ORIGINALS, keep_file, kept_files, place_of
from hpf.storage.backup_reading import read_through
from hpf.storage.dump import tables_of
from hpf.storage.engine import connect
from hpf.storage.troubles import StorageError

SECRET = "a long enough passphrase 口令"


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home that keeps a record, a large photograph and a workbook."""
    made = tmp_path / "kept"
    for folder, name, data in (
        (EVIDENCE, "record.pdf", b"%PDF- a record"),
        (EVIDENCE, "photo.jpg", b"\xff\xd8\xff" + os.urandom(300_000)),
        (ORIGINALS, "2026-09.xlsx", b"PK\x03\x04 a workbook"),
    ):
        made.mkdir(exist_ok=True)
        (made / name).write_bytes(data)
        keep_file(made, folder, made / name)
    return made


@pytest.mark.parametrize("passphrase", ["", SECRET])
def test_files_come_back_byte_for_byte(
    desk: Desk, home: Path, new_url, tmp_path: Path, passphrase: str
) -> None:
    path, new = tmp_path / "a.backup", tmp_path / "new"
    made = back_up(desk.engine, path, head=None, passphrase=passphrase, home=home)
    assert (made.files, made.left_out) == (3, ())
    assert read_through(path, passphrase).rows == made.rows
    other = connect(new_url(empty=True))
    done = restore(other, path, passphrase=passphrase, home=new)
    other.dispose()
    assert done.files == 3
    assert kept_files(new) == kept_files(home)
    for name in kept_files(home):
        assert (new / name).read_bytes() == (home / name).read_bytes()
        assert (new / name).stat().st_mode & 0o077 == 0, "for its owner alone"
    assert [p.name for p in new.rglob("*.tmp")] == []


def test_a_file_that_is_no_longer_what_was_handed_in_stays_out(
    desk: Desk, home: Path, tmp_path: Path
) -> None:
    """A backup of what somebody changed would pass for the original."""
    spoilt = kept_files(home)[0]
    (home / spoilt).write_bytes(b"something else")
    made = back_up(desk.engine, tmp_path / "a.backup", head=None, home=home)
    assert (made.files, made.left_out) == (2, (spoilt,))


def test_what_does_not_read_as_it_was_written_is_refused(
    desk: Desk, home: Path, new_url, tmp_path: Path
) -> None:
    path, bad, new = tmp_path / "a.backup", tmp_path / "bad.backup", tmp_path / "new"
    back_up(desk.engine, path, head=None, home=home)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    at = [n for n, x in enumerate(lines) if x.startswith(b'{"file"')]
    outside = lines[at[0]].replace(json.loads(lines[at[0]])["file"].encode(), b"../hpf.toml")
    swapped = hashlib.sha256(b"another").hexdigest()
    other_name = f"evidence/{swapped[:2]}/{swapped}".encode()
    renamed = lines[at[0]].replace(json.loads(lines[at[0]])["file"].encode(), other_name)
    row = next(n for n, x in enumerate(lines) if x.startswith(b"["))
    for content in (
        [*lines[: at[0]], outside, *lines[at[0] + 1 :]],
        [*lines[: at[0]], renamed, *lines[at[0] + 1 :]],
        [*lines[: at[0] + 1], *lines[at[0] + 2 :]],  # a part is missing
        [*lines[: at[-1]], lines[-1]],  # a file is missing
        [*lines[:row], *lines[row + 1 :]],
        [*lines[: at[0]], lines[row], *lines[at[0] :]],  # a row where none belongs
        [*lines, lines[row]],
        lines[:-1],
    ):
        bad.write_bytes(gzip.compress(b"".join(content)))
        with pytest.raises(StorageError):
            read_through(bad)
    for content in ([*lines[: at[0]], outside, *lines[at[0] + 1 :]],
                    [*lines[: at[0]], renamed, *lines[at[0] + 1 :]],
                    [*lines[: at[-1]], lines[-1]]):  # fmt: skip
        bad.write_bytes(gzip.compress(b"".join(content)))
        other = connect(new_url(empty=True))
        with pytest.raises(StorageError):
            restore(other, bad, home=new)
        with other.connect() as connection:
            assert tables_of(connection) == [], "nothing half restored"
        other.dispose()
        assert not (tmp_path / "hpf.toml").exists(), "nothing is written outside"
        assert [p.name for p in new.rglob("*.tmp")] == []


def test_a_backup_from_before_files_were_in_it_still_opens(
    desk: Desk, new_url, tmp_path: Path
) -> None:
    path = tmp_path / "a.backup"
    back_up(desk.engine, path, head=None)
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    first = lines[0].replace(b"hpf-backup-2", b"hpf-backup-1")
    last = {k: v for k, v in json.loads(lines[-1]).items() if k != "files"}
    old = [first, *lines[1:-1], json.dumps(last).encode() + b"\n"]
    path.write_bytes(gzip.compress(b"".join(old)))
    assert read_through(path).files == 0
    other = connect(new_url(empty=True))
    assert restore(other, path).files == 0
    other.dispose()


def test_a_large_file_is_never_in_memory_as_a_whole(desk: Desk, new_url, tmp_path: Path) -> None:
    home, path = tmp_path / "kept", tmp_path / "a.backup"
    home.mkdir()
    (home / "scan.pdf").write_bytes(b"%PDF-" + bytes(48 << 20))
    digest = keep_file(home, EVIDENCE, home / "scan.pdf")
    other = connect(new_url(empty=True))
    tracemalloc.start()
    back_up(desk.engine, path, head=None, home=home)
    read_through(path)
    restore(other, path, home=tmp_path / "new")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    other.dispose()
    assert place_of(tmp_path / "new", EVIDENCE, digest) is not None
    assert most < 32 << 20, f"{most >> 20} MB"
