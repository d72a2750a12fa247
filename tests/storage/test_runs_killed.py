"""Runs that are cut off: at each fault point, on a full disk, with the database gone.

The process is a real one, killed as a power cut would; a fresh one then finds all or nothing, and
seals the same.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from wards import MAY, Desk, data, scheme

from hpf.runs import seal_period
from hpf.storage import runs as stored_runs
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, RunRow, RunRule, StoredResult, StoredRun
from hpf.storage.replay import verify_run
from hpf.storage.troubles import StorageError

SAMPLE = Path(__file__).parents[2] / "plugins" / "township" / "sample"
FAULTS = ["run.opened", "run.results:1", "run.results:60", "run.after_results",
          "run.before_commit"]  # fmt: skip
SEPTEMBER = ("--period", "2026-09")


def hpf(*arguments: object, fault: str = "", limit: int = 0) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own. limit: bytes that a file may have there."""
    command = [sys.executable, "-m", "hpf_cli"]
    if limit:
        bound = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
        run = "import sys; from hpf_cli import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", f"{bound}; {run}"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env={**os.environ, "HPF_LANG": "en", "HPF_FAULT": fault},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def home(new_url, kind: str, tmp_path: Path) -> Home:
    """A township with September imported, on a database of each kind."""
    url = "sqlite:///hpf.db" if kind == "sqlite" else new_url()
    folder = tmp_path / "home"
    for command in (
        ("init", folder, "--plugin", "township", "--database", url),
        ("configure", SAMPLE / "config.yaml", "--home", folder),
        ("import", "township", SAMPLE / "2026-09", *SEPTEMBER, "--yes", "--home", folder),
    ):
        done = hpf(*command)
        assert done.returncode == 0, done.stderr
    return Home.open(folder)


def calculate(home: Home, fault: str = "", **more: int) -> subprocess.CompletedProcess[str]:
    asked = ("calculate", "township", *SEPTEMBER, "--home", home.folder)
    return hpf(*asked, fault=fault, **more)


def rows(home: Home) -> list[int]:
    """How many rows a run's tables hold, and how many runs the audit tells of."""
    engine = home.engine()
    with reading(engine) as session:
        tables = (StoredRun, RunRule, RunRow, StoredResult)
        found = [session.scalar(select(func.count()).select_from(t)) or 0 for t in tables]
        told = select(func.count()).where(AuditEntry.action == "run.sealed")
        found.append(session.scalar(told) or 0)
    engine.dispose()
    return found


def seal_of(home: Home) -> str:
    """The seal of the only run, which verifies."""
    engine = home.engine()
    with reading(engine) as session:
        (run,) = session.scalars(select(StoredRun))
        assert verify_run(session, run.id).problems == ()
        seal = run.seal
    engine.dispose()
    assert seal is not None
    return seal


@pytest.mark.slow
def test_killed_anywhere_a_run_is_there_whole_or_not_at_all(home: Home) -> None:
    for fault in FAULTS:
        done = calculate(home, fault)
        assert done.returncode == -signal.SIGKILL, f"{fault}: {done.stdout}{done.stderr}"
        assert rows(home) == [0] * 5, f"{fault} left a half state"
    done = calculate(home, "run.committed")
    assert done.returncode == -signal.SIGKILL
    assert rows(home)[0] == rows(home)[4] == 1, "it was committed: it is there"
    seal = seal_of(home)
    again = calculate(home)
    assert again.returncode == 0, again.stderr
    assert re.search(rf"as it was: run \d+, {seal[:16]}", again.stdout), again.stdout
    assert seal_of(home) == seal


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits a file's size as Linux does")
def test_on_a_full_disk_nothing_is_sealed_and_it_says_so(home: Home) -> None:
    if home.database_file() is None:
        pytest.skip("the server's disk is the server's")
    done = calculate(home, limit=64 * 1024)
    assert done.returncode == 2, done.stderr
    assert "disk is full" in done.stderr
    assert "Nothing was written" in done.stderr
    assert rows(home) == [0] * 5
    assert calculate(home).returncode == 0
    seal_of(home)


def test_the_database_gone_in_the_middle_of_a_run(
    database: Engine, hospital: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends the connection, or the file turns read-only, after the results."""
    desk = Desk(database, hospital, scheme(tmp_path / "ward"))
    desk.report(MAY, data())
    whole = stored_runs.write_results

    def breaks(session, *more) -> None:  # type: ignore[no-untyped-def]  # as write_results
        whole(session, *more)
        if database.dialect.name == "sqlite":
            session.execute(text("PRAGMA query_only = 1"))
        else:
            pid = session.scalar(text("SELECT pg_backend_pid()"))
            with database.connect() as other:
                other.execute(text(f"SELECT pg_terminate_backend({pid})"))

    monkeypatch.setattr(stored_runs, "write_results", breaks)
    with pytest.raises(StorageError):
        desk.seal(MAY)
    monkeypatch.setattr(stored_runs, "write_results", whole)
    with reading(database) as session:
        assert session.scalar(select(func.count()).select_from(StoredResult)) == 0
    sealed = seal_period(database, desk.programs, hospital, "ward", MAY, by="李四")["ward"]
    assert sealed.fresh
    assert desk.problems(sealed.id) == []
