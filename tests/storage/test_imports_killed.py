"""Imports that are cut off: at each fault point, on a full disk, without the database.

The process is a real one, killed as a power cut would; a fresh one then finds all or nothing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from hpf.core.checking import check
from hpf.core.periods import Period
from hpf.core.results import Evaluated
from hpf.core.seal import seal
from hpf.core.values import NO_HISTORY
from hpf.intake import load
from hpf.storage.engine import connect, reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.home import Home
from hpf.storage.imports import check_import
from hpf.storage.models import AuditEntry, Fact, FactColumn, Import, ImportColumn
from hpf.storage.troubles import StorageError

SAMPLE = Path(__file__).parents[2] / "plugins" / "township" / "sample" / "2026-09"
PERIOD = Period.parse("2026-09")
HPF = [sys.executable, "-m", "hpf_cli"]
BEFORE = ["import.opened", "import.column", "import.column:100", "import.after_rows",
          "import.before_commit"]  # fmt: skip


def hpf(*arguments: object, fault: str = "", limit: int = 0) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own. limit: bytes that a file may have there."""
    environment = {**os.environ, "HPF_LANG": "en", "HPF_FAULT": fault}
    command = HPF
    if limit:
        bound = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))"
        run = "import sys; from hpf_cli import main; main(sys.argv[1:])"
        command = [sys.executable, "-c", f"{bound}; {run}"]
    return subprocess.run(
        [*command, *map(str, arguments)],
        env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def home(new_url, kind: str, tmp_path: Path) -> Home:
    """A hospital of the township's plugin, on a database of each kind."""
    url = "sqlite:///hpf.db" if kind == "sqlite" else new_url()
    done = hpf("init", tmp_path / "home", "--plugin", "township", "--database", url)
    assert done.returncode == 0, done.stderr
    return Home.open(tmp_path / "home")


def start(home: Home, fault: str = "", **more: int) -> subprocess.CompletedProcess[str]:
    return hpf("import", "township", SAMPLE, "--period", "2026-09", "--home", home.folder, "--yes",
               fault=fault, **more)  # fmt: skip


def rows(home: Home) -> list[int]:
    """How many rows the import's tables hold, the audit's among them."""
    engine = home.engine()
    with reading(engine) as session:
        found = [
            session.scalar(select(func.count()).select_from(m)) or 0
            for m in (Import, ImportColumn, FactColumn, Fact)
        ]
        entries = session.scalar(
            select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "import.saved")
        )
    engine.dispose()
    return [*found, entries or 0]


def facts_seal(home: Home) -> str:
    """The seal of what is stored now, and that every import still has its digest."""
    engine = home.engine()
    program = home.programs()["township"]
    with reading(engine) as session:
        facts = facts_at(session, home.hospital(session), program, PERIOD)
        for one in session.scalars(select(Import)):
            check_import(session, one)
    engine.dispose()
    checked, problems = check(program, facts)
    assert problems == []
    return seal(program, checked, {}, Evaluated({}, {}), NO_HISTORY)["facts"]


@pytest.mark.slow
def test_killed_anywhere_an_import_is_there_whole_or_not_at_all(home: Home) -> None:
    program = home.programs()["township"]
    checked, _ = check(program, load(SAMPLE, program, PERIOD))
    wanted = seal(program, checked, {}, Evaluated({}, {}), NO_HISTORY)["facts"]
    for fault in BEFORE:
        done = start(home, fault)
        assert done.returncode == -signal.SIGKILL, f"{fault}: {done.stdout}{done.stderr}"
        assert rows(home) == [0] * 5, f"{fault} left a half state"
    done = start(home, "import.committed")
    assert done.returncode == -signal.SIGKILL
    assert rows(home)[0] == 1, "it was committed: it is there"
    assert facts_seal(home) == wanted
    again = start(home)
    assert "nothing to write" in again.stdout, again.stderr
    assert facts_seal(home) == wanted


@pytest.mark.slow
def test_killed_and_begun_again_it_yields_the_same_seal(home: Home) -> None:
    start(home, "import.after_rows")
    done = start(home)
    assert done.returncode == 0, done.stderr
    first = facts_seal(home)
    assert rows(home)[0] == rows(home)[4] == 1
    assert hpf("doctor", "--home", home.folder, "--json").stdout.count('"check": "open"') == 1
    assert facts_seal(home) == first


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits a file's size as Linux does")
def test_on_a_full_disk_nothing_is_written_and_it_says_so(kind: str, home: Home) -> None:
    file = home.database_file()
    if file is None:
        pytest.skip("the server's disk is the server's")
    done = start(home, limit=64 * 1024)  # the log of what is being written outgrows it
    assert done.returncode == 2, done.stderr
    assert "disk is full" in done.stderr
    assert "Nothing was written" in done.stderr
    assert rows(home) == [0] * 5
    done = start(home)
    assert done.returncode == 0, done.stderr
    facts_seal(home)


def lose_the_server(database: Engine) -> None:
    """Begin to write, and have the server end the connection before it is done."""
    with writing(database) as session:
        pid = session.scalar(text("SELECT pg_backend_pid()"))
        session.execute(text("UPDATE hospitals SET name = 'x'"))
        with database.connect() as other:
            other.execute(text(f"SELECT pg_terminate_backend({pid})"))
        session.execute(text("UPDATE hospitals SET name = 'y'"))
        session.commit()


def test_a_database_that_is_gone_in_the_middle_is_told(database: Engine, hospital: int) -> None:
    """A server that stops, or a file that breaks: words, no traceback, nothing half-written."""
    if database.dialect.name == "sqlite":
        file = Path(str(database.url.database))
        database.dispose()
        for end in ("-wal", "-shm"):
            file.with_name(file.name + end).unlink(missing_ok=True)
        file.write_bytes(b"SQLite format 3\0" + b"\xff" * 8192)
        with pytest.raises(StorageError, match="damaged"), reading(database) as session:
            session.execute(text("SELECT * FROM hospitals")).all()
        return
    with pytest.raises(StorageError, match="lost"):
        lose_the_server(database)
    with reading(database) as session:
        assert session.scalar(text("SELECT name FROM hospitals")) == "某医院"


def test_writers_wait_for_one_another_and_say_so_when_it_lasts(
    database: Engine, hospital: int
) -> None:
    if database.dialect.name != "sqlite":
        pytest.skip("PostgreSQL's writers wait at the rows they share")
    impatient = connect(str(database.url), busy_milliseconds=50)
    with writing(database) as session:
        session.execute(text("UPDATE hospitals SET name = 'x'"))
        with pytest.raises(StorageError, match="another program"), writing(impatient) as other:
            other.execute(text("UPDATE hospitals SET name = 'y'"))
        session.commit()
    impatient.dispose()
