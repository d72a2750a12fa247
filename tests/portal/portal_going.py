"""A calculation that is under way, as far as the portal can tell: its row, and its thread."""

from __future__ import annotations

import datetime as dt
import os
import platform
import threading
from collections.abc import Callable
from typing import Any

import portal_homes as homes

from hpf.portal.pages.calculate_job import TASK
from hpf.storage.engine import writing
from hpf.storage.models import Job


def entered(
    desk: Any, *, process: int = 0, machine: str = "", ago: dt.timedelta = dt.timedelta(0),
    done: int = 0, total: int = 0,
) -> int:  # fmt: skip
    """A calculation that somebody began; by whose process on which machine."""
    began = dt.datetime.now(dt.UTC) - ago
    said = {"scheme": "township", "period": str(homes.PERIOD)}
    job = Job(hospital_id=desk.hospital, name=TASK, arguments=said, state="running", by="office",
              outcome={"process": process or os.getpid(), "machine": machine or platform.node()},
              created_at=began, started_at=began, finished_at=None,
              done=done, total=total)  # fmt: skip
    with writing(desk.engine) as session:
        session.add(job)
        session.commit()
        return job.id


def going(desk: Any, *, done: int, total: int) -> tuple[int, Callable[[], None]]:
    """One that goes on until it is told to be over: its number, and what ends it."""
    number, ends = entered(desk, done=done, total=total), threading.Event()
    thread = threading.Thread(target=ends.wait, name=f"calculate-{number}", daemon=True)
    thread.start()

    def over() -> None:
        ends.set()
        thread.join()
        with writing(desk.engine) as session:
            session.get_one(Job, number).state = "failed"
            session.commit()

    return number, over
