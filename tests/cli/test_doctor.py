"""`hpf doctor`: each thing that can be wrong is found, and says what to do."""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLE, copy_of

from hpf.storage.home import Home
from hpf_cli.examination import examine


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
        "hospital", "open", "audit", "imports", "parameters",
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
