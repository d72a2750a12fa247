"""Long tasks: queued, worked off by a process of its own, watched and stopped through the database.

    number = submit(engine, home, "report", {"kind": "slips", …}, by="甲")
    work(home)          # in the process that works them off: `hpf report work`

The queue is kept in a file of the home, or in Redis where hpf.toml names one ([jobs] queue); it
holds nothing but numbers. What a job is, how far it is and what came of it stands in the table of
jobs. A job that its process was killed over starts again with the next one, and a batch of cards
then goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from huey import Huey, RedisHuey, SqliteHuey
from huey.exceptions import ConfigurationError
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.reports.alone import alone
from hpf.reports.batch import Progress
from hpf.reports.issuing import Deadline, no_deadline, print_stored
from hpf.reports.troubles import BatchStopped
from hpf.storage.audit import record
from hpf.storage.engine import lock, reading, writing
from hpf.storage.home import Home
from hpf.storage.models import Hospital, Job
from hpf.storage.troubles import StorageError, trouble

FILE = "jobs.db"
_LOCK = 4_850_013  # whether a job is under way is asked by one at a time
_NAME = "hpf"
_EVERY = 0.5  # seconds between two entries of how far a job is


@dataclass(slots=True)
class Work:
    """A job under way: what its task gets. tell: how far it is; halted: whether it shall stop."""

    home: Home
    engine: Engine
    number: int
    arguments: Mapping[str, Any]
    deadline: Deadline
    last: float = 0.0
    stop: bool = False

    def tell(self, progress: Progress) -> None:
        """Enter how far it is, and look whether somebody stopped it; not too often."""
        now = time.monotonic()
        if now - self.last < _EVERY and progress.done < progress.total:
            return
        self.last = now
        with writing(self.engine) as session:
            job = session.get_one(Job, self.number)
            job.done, job.total = progress.done, progress.total
            self.stop = bool((job.outcome or {}).get("stop"))
            session.commit()

    def halted(self) -> bool:
        """Whether somebody said stop."""
        now = time.monotonic()
        if not self.stop and now - self.last >= _EVERY:
            self.last = now
            with reading(self.engine) as session:
                found = session.get_one(Job, self.number).outcome or {}
            self.stop = bool(found.get("stop"))
        return self.stop


def report(work: Work) -> dict[str, Any]:
    """Draw cards: {kind, scheme, period, language, processes}."""
    said = work.arguments
    done = print_stored(
        work.engine, work.home, said["kind"], said["scheme"], Period.parse(said["period"]),
        lang=said.get("language", ""), processes=said.get("processes"),
        deadline=work.deadline, progress=work.tell, stop=work.halted,
    )  # fmt: skip
    return {
        "folder": str(done.folder), "files": len(done.lines), "kept": done.kept,
        "problems": [p.as_json() for p in (*done.failed, *done.notices)],
    }  # fmt: skip


TASKS: Mapping[str, Callable[[Work], dict[str, Any]]] = {"report": report}


def queue(home: Home, deadline: Deadline = no_deadline) -> Any:
    """The task of the home's queue: called with a home's folder and a job's number, it is queued;
    `.huey` is the queue itself. deadline: as in `stored_issue`, where jobs are worked off."""
    made = _redis(home) if home.queue else SqliteHuey(_NAME, filename=str(home.folder / FILE))

    def run(folder: str, number: int) -> None:
        perform(folder, number, deadline)

    return made.task(name=perform.__name__)(run)


def _redis(home: Home) -> Huey:
    """The queue at the address that hpf.toml names; tried when it is first used."""
    try:
        return RedisHuey(_NAME, url=home.queue)
    except (ConfigurationError, ValueError) as error:  # no client installed; no address
        raise StorageError([trouble(
            "jobs_redis",
            (f"不能使用 [jobs] queue（{error}）", f"[jobs] queue cannot be used ({error})"),
            ("请安装：pip install redis；地址如 redis://localhost/0；或去掉这一项",
             "pip install redis; an address is like redis://localhost/0; or leave the entry out"),
            str(home.file), name="jobs.queue",
        )]) from error  # fmt: skip


def submit(engine: Engine, home: Home, name: str, arguments: Mapping[str, Any], by: str) -> int:
    """Enter a job and queue it; returns its number. Raises KeyError for a task there is none of."""
    with writing(engine) as session:
        job = _entered(session, home, name, arguments, by)
        session.commit()
    _queued(engine, home, job.id)
    return job.id


def submit_once(
    engine: Engine, home: Home, name: str, arguments: Mapping[str, Any], by: str, action: str
) -> int | None:
    """As `submit`, unless the same waits or is under way: then None, however many ask at once.

    action: what the audit trail calls it.
    """
    with writing(engine) as session:
        lock(session.connection(), _LOCK)
        same = select(Job.id).where(
            Job.hospital_id == home.hospital(session), Job.name == name,
            Job.arguments == dict(arguments), Job.state.in_(("waiting", "running")),
        )  # fmt: skip
        if session.scalar(same.limit(1)) is not None:
            return None
        job = _entered(session, home, name, arguments, by)
        record(session, by, action, f"job:{job.id}", dict(arguments), hospital=home.hospital_code)
        session.commit()
    _queued(engine, home, job.id)
    return job.id


def _entered(session: Session, home: Home, name: str, arguments: Mapping[str, Any], by: str) -> Job:
    if name not in TASKS:
        raise KeyError(name)
    job = Job(
        hospital_id=home.hospital(session), name=name, arguments=dict(arguments),
        state="waiting", done=0, total=0, outcome=None, by=by,
        created_at=_now(), started_at=None, finished_at=None,
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job


def _queued(engine: Engine, home: Home, number: int) -> None:
    """Tell the queue. A job that it does not take would wait for ever: it is entered as failed."""
    try:
        queue(home)(str(home.folder), number)
    except Exception as error:
        _finish(engine, number, "failed", {"error": f"{type(error).__name__}: {error}"})
        raise


def cancel(engine: Engine, number: int, by: str) -> None:
    """Stop a job: one that waits never begins, one under way stops after the page in hand. The
    audit trail says who did.

    Raises StorageError for one there is none of, or that is over.
    """
    with writing(engine) as session:
        job = session.get(Job, number)
        if job is None or job.state in ("done", "failed"):
            raise StorageError([_over(number, job)])
        if job.state == "waiting":
            job.state, job.outcome, job.finished_at = "failed", {"stopped": by}, _now()
        else:
            job.outcome = {"stop": by}
        whose = session.get(Hospital, job.hospital_id) if job.hospital_id is not None else None
        record(session, by, "job.stopped", f"job:{number}", {"task": job.name},
               hospital=whose.code if whose else "")  # fmt: skip
        session.commit()


def perform(folder: str, number: int, deadline: Deadline = no_deadline) -> None:
    """The queue's task: do a job that waits. What goes wrong is entered with it."""
    home = Home.open(Path(folder))
    engine = home.engine()
    try:
        _perform(home, engine, number, deadline)
    finally:
        engine.dispose()


def _perform(home: Home, engine: Engine, number: int, deadline: Deadline) -> None:
    with writing(engine) as session:
        claimed: Any = session.execute(
            update(Job).where(Job.id == number, Job.state == "waiting")
            .values(state="running", started_at=_now(), outcome=None)
        )  # fmt: skip
        session.commit()
        if not claimed.rowcount:
            return  # stopped before it began, or done by another process
        job = session.get_one(Job, number)
        work, task = Work(home, engine, number, dict(job.arguments), deadline), TASKS[job.name]
    try:
        state, outcome = "done", task(work)
    except BatchStopped as error:
        state, outcome = "failed", {"stopped": _stopper(engine, number), **_problems(error)}
    except HpfError as error:
        state, outcome = "failed", _problems(error)
    except Exception as error:
        _finish(engine, number, "failed", {"error": f"{type(error).__name__}: {error}"})
        raise  # a defect: the queue's process logs where
    _finish(engine, number, state, outcome)


def _finish(engine: Engine, number: int, state: str, outcome: dict[str, Any]) -> None:
    with writing(engine) as session:
        job = session.get_one(Job, number)
        job.state, job.outcome, job.finished_at = state, outcome, _now()
        session.commit()


def work(home: Home, *, once: bool = False, deadline: Deadline = no_deadline) -> None:
    """Work jobs off, one after the other, until the process ends. once: until none waits.

    Those that an earlier process was killed over begin again. Raises StorageError where another
    process does this for the same home.
    """
    task = queue(home, deadline)
    busy = trouble(
        "jobs_busy", ("已有进程在处理任务", "a process works jobs off already"),
        ("不必再开一个", "One is enough"), str(home.folder),
    )  # fmt: skip
    with alone(home.folder / f"{FILE}.lock", StorageError([busy])):
        engine = home.engine()
        try:
            with writing(engine) as session:
                for number in _left(session, home.hospital(session)):
                    task(str(home.folder), number)
        finally:
            engine.dispose()
        if not once:
            task.huey.create_consumer(workers=1, worker_type="thread", periodic=False).run()
            return
        while (found := task.huey.dequeue()) is not None:
            task.huey.execute(found)


def _left(session: Session, hospital: int) -> list[int]:
    """Jobs that were under way, waiting again. Those of other processes are theirs."""
    mine = (Job.hospital_id == hospital, Job.state == "running", Job.name.in_(TASKS))
    query = select(Job).where(*mine).order_by(Job.id)
    found = list(session.scalars(query))
    for job in found:
        job.state = "waiting"
    session.commit()
    return [job.id for job in found]


def _stopper(engine: Engine, number: int) -> str:
    with reading(engine) as session:
        return str((session.get_one(Job, number).outcome or {}).get("stop", ""))


def _problems(error: HpfError) -> dict[str, Any]:
    return {"problems": [p.as_json() for p in error.problems]}


def _over(number: int, job: Job | None) -> Any:
    if job is None:
        return trouble("no_job", (f"没有任务 {number}", f"there is no job {number}"))
    return trouble(
        "job_over", (f"任务 {number} 已经结束", f"job {number} is over"), place=f"job:{number}"
    )


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
