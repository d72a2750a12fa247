"""`hpf backup`, `restore`, `upgrade`, `audit` and `export` on a hospital that pays."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import sys
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from homes import copy_of
from paying import fill

from hpf.storage.backup_files import EVIDENCE, keep_file, place_of

SECRET = "correct horse battery"


@pytest.fixture
def home(hpf, township_home: Path, tmp_path: Path) -> Path:
    folder = copy_of(township_home, tmp_path / "home")
    fill(folder)
    made = hpf("pay", "make", 1, "--no-cycle", "--out", tmp_path, "--home", folder)
    assert made.exit_code == 0, made.output
    return folder


@pytest.mark.parametrize("secret", ["", SECRET])
def test_a_hospital_comes_back_from_its_backup_and_its_keys(
    hpf, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    if secret:
        monkeypatch.setenv("HPF_PASSPHRASE", secret)
    file, keys, scan = tmp_path / "a.hpfbackup", tmp_path / "kept", tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF- a record of the visit")
    digest = keep_file(home, EVIDENCE, scan)
    done = hpf("backup", file, *(["--encrypt"] if secret else []), "--home", home)
    assert done.exit_code == 0, done.output
    assert file.stat().st_mode & 0o077 == 0
    shutil.copytree(home / "keys", keys)
    shutil.rmtree(home)  # the fire
    restored = hpf("restore", file, home, "--keys", keys)
    assert restored.exit_code == 0, restored.output
    assert hpf("audit", "verify", "--all", "--home", home).exit_code == 0
    kept = place_of(home, EVIDENCE, digest)
    assert kept is not None
    assert kept.read_bytes() == scan.read_bytes()
    assert "H01-2026-09-1" in hpf("pay", "list", "--home", home).output
    again = hpf("pay", "make", 1, "--no-cycle", "--out", tmp_path, "--home", home)
    assert "已经发放过" in again.output, "what was paid before the fire is not paid again"


def test_a_wrong_passphrase_or_a_place_in_use_changes_nothing(
    hpf, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, place = tmp_path / "a.hpfbackup", tmp_path / "new"
    assert "没有口令" in hpf("backup", file, "--encrypt", "--home", home).output
    assert not file.exists()
    monkeypatch.setenv("HPF_PASSPHRASE", SECRET)
    assert hpf("backup", file, "--encrypt", "--home", home).exit_code == 0
    monkeypatch.setenv("HPF_PASSPHRASE", "another passphrase")
    assert hpf("restore", file, place).exit_code == 2
    assert not place.exists()
    assert "不是空的" in hpf("restore", file, home).output
    data = file.read_bytes()
    file.write_bytes(data[:-1])
    monkeypatch.setenv("HPF_PASSPHRASE", SECRET)
    assert hpf("restore", file, place).exit_code == 2
    assert not place.exists()


def test_a_restore_that_does_not_match_the_kept_heads_is_refused(
    hpf, home: Path, tmp_path: Path
) -> None:
    """An older backup with newer keys: the end of the chain is missing, and that is said."""
    file, place = tmp_path / "old.hpfbackup", tmp_path / "new"
    assert hpf("backup", file, "--home", home).exit_code == 0
    assert hpf("pay", "sent", "H01-2026-09-1", "--home", home).exit_code == 0
    refused = hpf("restore", file, place, "--keys", home / "keys", lang="en")
    assert refused.exit_code == 2
    assert "cut off" in refused.output
    assert not place.exists()
    assert hpf("restore", file, place).exit_code == 0, "without them it is a matter of the audit"


def test_upgrade_has_nothing_to_do_on_the_newest_revision(hpf, home: Path) -> None:
    done = hpf("upgrade", "--home", home, lang="en")
    assert done.exit_code == 0, done.output
    assert "newest" in done.output
    assert not (home / "backups").exists()


def test_a_changed_entry_is_found_and_a_head_kept_elsewhere_finds_a_rebuilt_chain(
    hpf, home: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "head.json"
    assert hpf("audit", "head", kept, "--home", home).exit_code == 0
    assert json.loads(kept.read_text())["algorithm"] == "hpf-audit-1/ed25519"
    assert hpf("audit", "verify", "--head", kept, "--home", home).exit_code == 0
    with sqlite3.connect(home / "hpf.db") as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type='trigger' AND tbl_name LIKE 'audit%'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE audit SET who = 'nobody' WHERE seq = 2")
    database.close()
    found = hpf("audit", "verify", "--home", home, lang="en")
    assert found.exit_code == 2
    assert "audit:2" in found.output
    with sqlite3.connect(home / "hpf.db") as database:
        database.execute("DELETE FROM audit_heads")
        database.execute("DELETE FROM audit")
    database.close()
    (home / "keys" / "audit.heads").unlink()
    assert hpf("audit", "verify", "--home", home).exit_code == 0, "nothing is left to tell by"
    gone = hpf("audit", "verify", "--head", kept, "--home", home, lang="en")
    assert gone.exit_code == 2
    assert "cut off" in gone.output


def test_exports_have_everything_and_no_formula(hpf, home: Path, tmp_path: Path) -> None:
    at = ("--home", home)
    out = tmp_path / "r.xlsx"
    assert hpf("export", "results", 1, out, *at).exit_code == 0
    book = openpyxl.load_workbook(out)
    rows = list(book["results"].iter_rows(values_only=True))
    assert ("staff", "B", "乙", "pay", "绩效", "T.1", "pay", 402.5) in rows
    assert dict(book["seal"].iter_rows(values_only=True))["scheme"] == "ward"
    assert (
        dict(book["audit-head"].iter_rows(values_only=True))["algorithm"] == "hpf-audit-1/ed25519"
    )

    assert hpf("export", "pay", tmp_path / "p.csv", *at).exit_code == 0
    with (tmp_path / "p-pay.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.reader(file))
    assert [x[6] for x in lines[1:]] == ["****0001", "****0002", "****0004"]
    assert [x[7] for x in lines[1:]] == ["600", "402.5", "11.15"]

    evil = '=cmd|"/c calc"!A1'
    hpf("pay", "ceiling", "2026-09", "9000", "--reason", "x", "--by", evil, *at)
    assert hpf("export", "audit", tmp_path / "a.csv", *at).exit_code == 0
    with (tmp_path / "a-audit.csv").open(encoding="utf-8-sig", newline="") as file:
        entries = list(csv.reader(file))
    assert "'" + evil in {x[2] for x in entries}, "kept from being a formula"
    assert not any(cell.startswith(("=", "+", "@")) for row in entries for cell in row)
    assert hpf("export", "pay", tmp_path / "p.pdf", *at).exit_code == 2
