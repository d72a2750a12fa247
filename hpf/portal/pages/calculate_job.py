"""Sealing as a job: it goes on whether or not somebody watches, and says how far it is.

    number = start(app, "township", period, by="甲")     # the one under way, where there is one
    job = waited(number, 1.0)                            # finished by then, or still under way

Everyone is computed at once, in columns. Then, department by department, what each person is paid
is worked out a second time, exactly, by the interpreter that explains it; only what agrees is
sealed. That part's progress can be told. Before the seal nothing is written but how far it is.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from sqlalchemy import Engine, select

from hpf.core.errors import FactsError, HpfError, Problem, Text
from hpf.core.formula.scalar import Scalar
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import ABSENT
from hpf.holds import holds, units
from hpf.portal.database import Desk
from hpf.portal.pages.derivation_sight import whose
from hpf.portal.processes import here, lives, mark, own
from hpf.runs import calculate_period, seal_period
from hpf.storage.engine import lock, reading, writing
from hpf.storage.models import Job

TASK: Final = "calculate"
_LOCK: Final = 4_850_014  # whether a calculation is under way is asked by one at a time
_EVERY: Final = 0.3  # seconds between two entries of how far it is
_LONG: Final = dt.timedelta(minutes=30)  # beyond it a job of another machine is taken for dead
_BEGINS: Final = dt.timedelta(seconds=5)  # until then its thread may not have begun
_NEAR: Final = Fraction(1, 10**12)  # stored results end there
_log = logging.getLogger("hpf.portal")
Tell = Callable[[int, int], None]


def start(desk: Desk, scheme: str, period: Period, by: str) -> int:
    """Begin a calculation, unless the same is under way; its number either way."""
    said = {"scheme": scheme, "period": str(period)}
    with writing(desk.engine) as session:
        lock(session.connection(), _LOCK)
        for job in session.scalars(
            select(Job).where(
                Job.hospital_id == desk.hospital, Job.name == TASK, Job.arguments == said,
                Job.state == "running",
            )
        ):  # fmt: skip
            if alive(job):
                return job.id
            job.state, job.outcome, job.finished_at = "failed", {"lost": True}, _now()
        made = Job(
            hospital_id=desk.hospital, name=TASK, arguments=said, state="running", done=0, total=0,
            outcome=mark(), by=by,
            created_at=_now(), started_at=_now(), finished_at=None,
        )  # fmt: skip
        session.add(made)
        session.commit()
        number = made.id
    args = (desk.engine, desk.programs, desk.hospital, scheme, period, by, number)
    threading.Thread(target=_perform, args=args, name=f"calculate-{number}", daemon=True).start()
    return number


def waited(engine: Engine, number: int, seconds: float) -> None:
    """Wait until a calculation is over, at most so long."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with reading(engine) as session:
            if session.get_one(Job, number).state not in ("waiting", "running"):
                return
        time.sleep(0.05)


def alive(job: Job) -> bool:
    """Whether the process that works on a job is still there."""
    said = job.outcome or {}
    if not here(said):
        return job.started_at is not None and _now() - job.started_at < _LONG
    if own(said):
        new = job.started_at is not None and _now() - job.started_at < _BEGINS
        return new or any(t.name == f"calculate-{job.id}" for t in threading.enumerate())
    return lives(said)


def lost(desk: Desk) -> int:
    """Enter calculations whose process is gone as broken off, so that no list says they go on;
    how many there were. For whoever begins to serve."""
    with writing(desk.engine) as session:
        lock(session.connection(), _LOCK)
        found = session.scalars(
            select(Job).where(
                Job.hospital_id == desk.hospital, Job.name == TASK, Job.state == "running"
            )
        ).all()
        gone = [job for job in found if not alive(job)]
        for job in gone:
            job.state, job.outcome, job.finished_at = "failed", {"lost": True}, _now()
        session.commit()
    return len(gone)


def agree(run: Run, tell: Tell, *, held: bool = False) -> None:
    """Work out, department by department, what each row is paid once more and exactly.

    held: units are held back, whose rows have no results. Raises FactsError with every row whose
    two results differ.
    """
    paid = run.program.payout
    if paid is None:
        return
    rows = run.checked.rows[paid.entity]
    by_unit: dict[str, list[int]] = {}
    for index, id in enumerate(rows.ids.to_list()):
        unit = min(whose(run, paid.entity, id).units, default="")
        by_unit.setdefault(unit, []).append(index)
    stored = run.evaluated.values[paid.entity][paid.qualified].to_list()
    bad = run.evaluated.bad.get(paid.entity, {}).get(paid.qualified)
    scalar, wrong = Scalar.of(run), []
    for number, unit in enumerate(sorted(by_unit), 1):
        tell(number, len(by_unit))
        for index in by_unit[unit]:
            if stored[index] is None and (held or (bad is not None and bad[index])):
                continue
            value = scalar.value(paid.entity, index, paid.qualified)
            if not _same(value, stored[index]):
                wrong.append(_differs(str(rows.ids[index]), paid.entity, paid.name))
    if wrong:
        raise FactsError(wrong)


def _perform(
    engine: Engine, programs: Mapping[str, Program], hospital: int, scheme: str, period: Period,
    by: str, number: int,
) -> None:  # fmt: skip
    try:
        with reading(engine) as session:
            held = units(holds(session, hospital, scheme, period, approved=True))
        found = calculate_period(engine, programs, hospital, scheme, period, held=held)
        if not found.problems:
            agree(found.run, _teller(engine, number), held=bool(held))
        sealed = seal_period(engine, programs, hospital, scheme, period, by=by)[scheme]
        state = "done"
        outcome: dict[str, Any] = {"run": sealed.id, "fresh": sealed.fresh}
    except HpfError as error:
        state, outcome = "failed", {"problems": [p.as_json() for p in error.problems]}
    except Exception as error:  # a defect: told with a name, and the server's log has the trace
        _log.error("calculation %s: %s", number, type(error).__name__, exc_info=error)
        state, outcome = "failed", {"error": type(error).__name__}
    _entered(engine, number, state=state, outcome=outcome, finished_at=_now())


def _teller(engine: Engine, number: int) -> Tell:
    """Enters how far it is: the first and the last always, others not too often."""
    last = [0.0]

    def tell(done: int, total: int) -> None:
        now = time.monotonic()
        if 1 < done < total and now - last[0] < _EVERY:
            return
        last[0] = now
        _entered(engine, number, done=done, total=total)

    return tell


def _entered(engine: Engine, number: int, **values: Any) -> None:
    with writing(engine) as session:
        job = session.get_one(Job, number)
        for name, value in values.items():
            setattr(job, name, value)
        session.commit()


def _same(value: object, stored: object) -> bool:
    if value is ABSENT or stored is None:
        return value is ABSENT and stored is None
    return isinstance(value, Fraction) and abs(value - Fraction(str(stored))) <= _NEAR


def _differs(id: str, entity: str, rule: str) -> Problem:
    return Problem(
        "calculate.differs",
        Text(f"{id} 的两次计算不一致", f"the two calculations of {id} differ"),
        Text("这是程序的问题，请告诉信息科；什么都没有封存",
             "This is a defect: tell the IT desk. Nothing was sealed"),
        entity=entity, id=id, name=rule,
    )  # fmt: skip


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
