"""A payment that dies, or finds the disk full: batch and files, or neither; never paid twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from desk import Desk
from sqlalchemy import Engine, select

from hpf.core.errors import HpfError
from hpf.intake.pay_files import BUILT_IN
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.engine import reading
from hpf.storage.models import PayoutBatch, PayoutLine
from hpf.workflow.payments import BATCH, write_again

CHILD = """
import sys
from pathlib import Path
from hpf.core.kit.hookspecs import PayoutWriter
from hpf.core.errors import Text
from hpf.intake.pay_files import BUILT_IN
from hpf.storage.engine import connect
from hpf.workflow.payments import BATCH, pay

url, keys, run, out, fill = sys.argv[1:]
files = {Path(out) / f"{BATCH}{w.suffix}": w for w in BUILT_IN}
if int(fill):
    import resource, signal
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(fill), int(fill)))
    def much(listed):
        for _ in range(64):
            yield bytes(1 << 20)
    files[Path(out) / "much.txt"] = PayoutWriter("much", Text("多", "much"), ".txt", much)
pay(connect(url), Path(keys), int(run), by="x", files=files, without_cycle=True)
"""
PLACES = ("payout.after_lines", "payout.before_commit", "payout.files_written", "payout.committed")


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    (tmp_path / "out").mkdir()
    return Desk(database, hospital, tmp_path)


def child(desk: Desk, fault: str = "", fill: int = 0) -> subprocess.CompletedProcess[str]:
    url = desk.engine.url.render_as_string(hide_password=False)
    arguments = [url, str(desk.keys), str(desk.run), str(desk.folder / "out"), str(fill)]
    return subprocess.run(
        [sys.executable, "-c", CHILD, *arguments],
        env=os.environ | {"HPF_FAULT": fault},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def batches(desk: Desk) -> list[tuple[str, int]]:
    with reading(desk.engine) as session:
        lines = list(session.scalars(select(PayoutLine.batch_id)))
        found = session.scalars(select(PayoutBatch)).all()
    assert len(lines) == sum(lines.count(b.id) for b in found)
    return [(b.code, lines.count(b.id)) for b in found]


def files(desk: Desk) -> list[str]:
    """What stands in the folder under a name that somebody would take for a pay list."""
    return sorted(p.name for p in (desk.folder / "out").iterdir() if not p.name.startswith("."))


def sound(desk: Desk) -> bool:
    with reading(desk.engine) as session:
        return not verify(session, public_key(desk.keys), kept_heads(desk.keys)).problems


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_payment_killed_anywhere_is_whole_or_never_was(desk: Desk, place: str) -> None:
    assert child(desk, place).returncode == -signal.SIGKILL
    assert files(desk) == [], "no list that nobody vouches for"
    assert sound(desk)
    if place == "payout.committed":
        assert batches(desk) == [("H-2026-09-1", 3)]
        assert "storage.paid_already" in str(_refused(desk))
    else:
        assert batches(desk) == []
        assert child(desk).returncode == 0, "the next one pays"
    assert batches(desk) == [("H-2026-09-1", 3)]
    out = {desk.folder / "out" / f"{BATCH}{w.suffix}": w for w in BUILT_IN}
    write_again(desk.engine, desk.keys, desk.hospital, "H-2026-09-1", out)
    assert files(desk) == ["H-2026-09-1.csv", "H-2026-09-1.txt", "H-2026-09-1.xlsx"]
    assert len(list((desk.folder / "out").iterdir())) == 3, "what the killed one left is gone"
    assert list(desk.keys.glob("paying-*")) == []
    assert sound(desk)


def _refused(desk: Desk) -> list[str]:
    with pytest.raises(HpfError) as told:
        desk.pay()
    return [p.code for p in told.value.problems]


@pytest.mark.slow
def test_a_full_disk_leaves_neither_file_nor_batch(desk: Desk) -> None:
    """The lists themselves fit; another file of the same batch does not."""
    failed = child(desk, fill=16 << 20)
    assert failed.returncode == 1
    assert "File too large" in failed.stderr
    assert list((desk.folder / "out").iterdir()) == [], "not even a temporary file"
    assert batches(desk) == []
    assert sound(desk)
    assert child(desk).returncode == 0
    assert batches(desk) == [("H-2026-09-1", 3)]
