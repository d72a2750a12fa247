"""A backup as a job: it goes on whether or not somebody watches, says how far it is, and may be
stopped.

    number = start(desk, by="it", passphrase="")     # the one under way, where there is one

The passphrase stays in this process and is written nowhere.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.database import Desk
from hpf.portal.processes import here, lives, mark, own
from hpf.storage.engine import lock, writing
from hpf.storage.home import Home
from hpf.storage.models import Job
from hpf.workflow.backups import make_backup

TASK: Final = "backup"
_LOCK: Final = 4_850_021  # whether a backup is under way is asked by one at a time
_EVERY: Final = 0.4  # seconds between two entries of how far it is
_BEGINS: Final = dt.timedelta(seconds=5)  # until then its thread may not have begun
_LONG: Final = dt.timedelta(hours=6)  # beyond it a job of another machine is taken for dead
_log = logging.getLogger("hpf.portal")
Tell = Callable[[int, int], None]


class _StoppedError(Exception):
    """Somebody said stop."""


def start(desk: Desk, by: str, passphrase: str = "") -> int:
    """Begin a backup, unless one is under way; its number either way."""
    with writing(desk.engine) as session:
        lock(session.connection(), _LOCK)
        going = _under_way(session, desk.hospital)
        if going is not None:
            return going.id
        made = Job(
            hospital_id=desk.hospital, name=TASK, arguments={"encrypted": bool(passphrase)},
            state="running", done=0, total=0,
            outcome=mark(), by=by, created_at=_now(), started_at=_now(), finished_at=None,
        )  # fmt: skip
        session.add(made)
        session.commit()
        number = made.id
    args = (desk.settings.home, desk.engine, number, by, passphrase)
    threading.Thread(target=_perform, args=args, name=f"backup-{number}", daemon=True).start()
    return number


def _under_way(session: Session, hospital: int) -> Job | None:
    """The backup that is being made. One whose process is gone is entered as lost."""
    found = None
    for job in session.scalars(
        select(Job).where(Job.hospital_id == hospital, Job.name == TASK, Job.state == "running")
    ):
        if alive(job):
            found = job
        else:
            job.state, job.outcome, job.finished_at = "failed", {"lost": True}, _now()
    return found


def latest(session: Session, hospital: int) -> Job | None:
    """The backup that was asked for last, in the portal."""
    asked = select(Job).where(Job.hospital_id == hospital, Job.name == TASK)
    return session.scalar(asked.order_by(Job.id.desc()).limit(1))


def wrong_of(job: Job) -> list[Problem]:
    """Why a backup was not made, as people read it; empty where it was."""
    said = job.outcome or {}
    if job.state == "done" or alive(job):
        return []
    if said.get("problems"):
        return [
            Problem(p["code"], Text(**p["message"]), Text(**p["cure"]), p.get("place", ""))
            for p in said["problems"]
        ]
    cure = Text("没有留下半个文件。请再备份一次", "No half file is left. Make another one")
    if "stopped" in said:
        told = Text(f"{said['stopped']} 停止了备份", f"{said['stopped']} stopped it")
        return [Problem("upkeep.stopped", told, cure)]
    if said.get("lost") or job.state == "running":
        told = Text("备份时门户停了", "The portal was stopped during the backup")
        return [Problem("upkeep.lost", told, cure)]
    why = said.get("error", "")
    told = Text(f"没有写成：{why}", f"It was not written: {why}")
    look = Text("请看磁盘空间和服务器日志", "Look at the disk and at the server's log")
    return [Problem("upkeep.failed", told, look)]


def _perform(home: Home, engine: Engine, number: int, by: str, passphrase: str) -> None:
    try:
        place, made = make_backup(home, engine, by=by, passphrase=passphrase,
                                  tell=_teller(engine, number))  # fmt: skip
        outcome: dict[str, Any] = {
            "file": place.name, "rows": sum(made.rows.values()), "files": made.files,
            "left_out": list(made.left_out),
        }  # fmt: skip
        state = "done"
    except _StoppedError as error:
        state, outcome = "failed", {"stopped": str(error)}
    except HpfError as error:
        state, outcome = "failed", {"problems": [p.as_json() for p in error.problems]}
    except OSError as error:
        state, outcome = "failed", {"error": error.strerror or type(error).__name__}
    except Exception as error:  # a defect: told with a name, and the server's log has the trace
        _log.error("backup %s: %s", number, type(error).__name__, exc_info=error)
        state, outcome = "failed", {"error": type(error).__name__}
    with writing(engine) as session:
        job = session.get_one(Job, number)
        job.state, job.outcome, job.finished_at = state, outcome, _now()
        session.commit()


def _teller(engine: Engine, number: int) -> Tell:
    """Enters how far it is, not too often, and looks whether it shall stop."""
    last = [0.0]

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if done < total and now - last[0] < _EVERY:
            return
        last[0] = now
        with writing(engine) as session:
            job = session.get_one(Job, number)
            job.done, job.total = done, total
            stop = str((job.outcome or {}).get("stop", ""))
            session.commit()
        if stop:
            raise _StoppedError(stop)

    return tell


def alive(job: Job) -> bool:
    """Whether a backup is still being made."""
    if job.state != "running":
        return False
    said = job.outcome or {}
    age = _now() - (job.started_at or job.created_at)
    if "process" not in said:
        return age < _LONG  # somebody said stop: its thread looks at it soon
    if not here(said):
        return age < _LONG
    if own(said):
        return age < _BEGINS or any(t.name == f"backup-{job.id}" for t in threading.enumerate())
    return lives(said)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
