"""`hpf doctor`: each thing that can be wrong is found, and says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLE, copy_of

from hpf.storage.home import Home
from hpf.workflow.examination import examine
from hpf.workflow.leftovers import noted


@pytest.fixture
def home(hpf: Any, township_home: Path, tmp_path: Path) -> Path:
    folder = copy_of(township_home, tmp_path / "home")
    hpf("configure", SAMPLE / "config.yaml", "--home", folder)
    return folder


def states(home: Path, today: dt.date = dt.date(2026, 6, 1)) -> dict[str, str]:
    return {one.code: one.state for one in examine(Home.open(home), today)}


def test_a_hospital_in_order_has_nothing_to_be_seen_to(hpf: Any, home: Path) -> None:
    assert set(states(home).values()) <= {"good", "notice"}
    result = hpf("doctor", "--home", home, "--json")
    checks = {line["check"] for line in json.loads(result.output)}
    assert checks == {
        "home", "plugins", "keys", "disk", "calendar", "database", "integrity", "triggers",
        "hospital", "open", "audit", "imports", "parameters", "backup", "leftovers", "files",
        "questionnaires",
    }  # fmt: skip


def database(home: Path, *statements: str) -> None:
    with sqlite3.connect(home / "hpf.db") as connection:
        for statement in statements:
            connection.execute(statement)


def leave_one_open(home: Path) -> None:
    database(
        home,
        "INSERT INTO imports (hospital_id, number, scheme, period, extent, file, file_digest,"
        " reason, \"by\", at, notices) VALUES (1, 99, 'township', '2026-09', 'whole', '', '', '',"
        " 'x', '2026-09-30T00:00:00.000000Z', '[]')",
    )


def lose_a_file(home: Path) -> None:
    database(
        home,
        'INSERT INTO evidence (hospital_id, digest, file, size, object, object_id, "by", at)'
        f" VALUES (1, '{'ab' * 32}', 'record.pdf', 3, 'mark', '1', 'x',"
        " '2026-09-30T00:00:00.000000Z')",
    )


def lose_a_key(home: Path) -> None:
    database(
        home,
        "INSERT INTO questionnaires (hospital_id, scheme, period, code, form, rules, opens,"
        " closes, batches, key_check, seed, \"by\") VALUES (1, 'township', '2026-09', 'q', '{}',"
        " '{}', '2026-09-01', '2026-09-30', '[]', 'x', '', 'x')",
    )


def damage(home: Path) -> None:
    with (home / "hpf.db").open("r+b") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096 * 20)


def rename_hospital(home: Path) -> None:
    file = home / "hpf.toml"
    file.write_text(file.read_text("utf-8").replace('"H01"', '"H02"'), "utf-8")


def enable_what_is_not_there(home: Path) -> None:
    file = home / "hpf.toml"
    file.write_text(file.read_text("utf-8").replace('"township"', '"townshp"'), "utf-8")


Break = Callable[[Path], object]


@pytest.mark.parametrize(
    ("spoil", "check", "said"),
    [
        (lambda home: (home / "keys" / "audit.pem").unlink(), "keys", "audit.pem"),
        (lambda home: (home / "keys").chmod(0o755), "keys", "chmod 700"),
        (lambda home: (home / "hpf.db").unlink(), "database", "hpf init"),
        (lambda home: (home / "hpf.db").chmod(0o644), "integrity", "chmod 600"),
        (lambda home: database(home, "UPDATE alembic_version SET version_num = '0000'"),
         "database", "hpf upgrade"),
        (lambda home: database(home, "UPDATE users SET active = 0"), "hospital", "account"),
        (lambda home: database(home, "DROP TRIGGER hpf_audit_update",
                               "DROP TRIGGER hpf_audit_delete",
                               "DROP TRIGGER hpf_audit_replace"), "triggers", "audit"),
        (lambda home: database(home, "DROP TRIGGER hpf_audit_update",
                               "UPDATE audit SET who = 'x' WHERE seq = 2"), "audit", "audit:2"),
        (leave_one_open, "open", "half-written|without a digest"),
        (rename_hospital, "hospital", "H01"),
        (enable_what_is_not_there, "plugins", "township"),
        (lose_a_file, "files", "record.pdf"),
        (lose_a_key, "questionnaires", "questionnaire-1.key"),
        (damage, "database", "hpf restore"),
    ],
)  # fmt: skip
@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_what_is_wrong_is_found_with_its_cure(
    hpf: Any, home: Path, spoil: Break, check: str, said: str
) -> None:
    spoil(home)
    assert states(home).get(check) == "problem"
    result = hpf("doctor", "--home", home, lang="en")
    assert result.exit_code == 2
    assert any(word in result.output for word in said.split("|")), result.output
    assert "to be seen to" in result.output


def test_a_fact_that_was_altered_in_the_database_is_found(hpf: Any, home: Path) -> None:
    hpf("import", "township", SAMPLE / "2026-09", "--period", "2026-09", "--home", home, "--yes")
    assert states(home)["imports"] == "good"
    database(home, "DROP TRIGGER hpf_facts_update",
             "UPDATE facts SET value = '999' WHERE row = (SELECT min(row) FROM facts)")  # fmt: skip
    assert states(home)["imports"] == "problem"


def test_missing_parameters_are_counted(township_home: Path) -> None:
    (found,) = [f for f in examine(Home.open(township_home)) if f.code == "parameters"]
    assert found.state == "problem"
    assert "26" in found.problems[0].message.en


@pytest.mark.parametrize(
    ("today", "state"),
    [("2026-06-01", "notice"), ("2026-12-01", "problem"), ("2025-06-01", "good")],
)
def test_next_years_calendar_is_late_in_december(home: Path, today: str, state: str) -> None:
    """It comes out in November: until then nobody can have it. 2027 is not published here."""
    assert states(home, dt.date.fromisoformat(today))["calendar"] == state


def test_the_latest_backup_is_told_and_its_absence_too(hpf: Any, home: Path) -> None:
    """A backup that was moved away may be safe elsewhere: it is asked about, and stops nothing."""
    assert states(home)["backup"] == "notice", "there is none"
    assert hpf("backup", "--home", home).exit_code == 0
    assert states(home)["backup"] == "good"
    for file in (home / "backups").glob("*.hpfbackup"):
        file.unlink()
    assert states(home)["backup"] == "notice"
    assert "no longer at" in hpf("doctor", "--home", home, lang="en").output


def test_what_a_killed_payment_left_is_taken_away_and_nothing_else(home: Path) -> None:
    """A process that is still at work keeps its files; a killed one's hold account numbers."""
    ours, theirs = home / ".ours.tmp", home / ".theirs.tmp"
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, text=True, check=True)  # fmt: skip
    with noted(home / "keys") as note:
        for path in (ours, theirs):
            path.write_text("6222000000000001")
        note.add(ours)
        dead = home / "keys" / "paying-1-dead.json"
        said = json.loads(note.place.read_text())
        dead.write_text(json.dumps(said | {"process": int(ended.stdout), "paths": [str(theirs)]}))
        (found,) = [f for f in examine(Home.open(home)) if f.code == "leftovers"]
        assert found.state == "notice"
        assert (ours.exists(), theirs.exists(), dead.exists()) == (True, False, False)
    assert not note.place.exists()
    assert ours.exists(), "what was written to its end is nobody's leftover"
