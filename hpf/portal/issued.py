"""Sealed runs as pages show them: whose results are public yet, and a few papers kept at hand.

A sealed run never changes, so what was read of it once is kept: on pay day six hundred people open
the same one. Only a handful is kept, and each is dropped once its cycle has moved on.
"""

from __future__ import annotations

import datetime as dt
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock, RLock

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import BuildError

from hpf.core.periods import Period
from hpf.portal.database import desk, session
from hpf.portal.rights import Act, Role, Viewer, may
from hpf.reports.issue import Issue
from hpf.reports.issuing import stored_issue
from hpf.storage.cycles import cycle_of_run, filings, newest_run
from hpf.storage.models import Adjustment, Appeal, Cycle, PayoutBatch, StoredRun
from hpf.storage.programs import load_program
from hpf.workflow.settings import policy_of, read_settings
from hpf.workflow.situation import settings_for
from hpf.workflow.stages import Stage

PUBLIC = frozenset({Stage.PUBLICISE, Stage.APPEAL, Stage.RECHECK, Stage.FINAL, Stage.IMPROVE,
                    Stage.CLOSED})  # fmt: skip
_NAME = "hpf_issued"
_MOST = 4
_WAIT = 20  # seconds that somebody waits for another one's papers

Key = tuple[object, ...]


@dataclass
class Shelf:
    """The papers at hand, the latest asked for last; one press, for one PDF at a time."""

    kept: OrderedDict[Key, tuple[Issue, RLock]] = field(default_factory=OrderedDict)
    lock: RLock = field(default_factory=RLock)
    press: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True)
class Issued:
    """A sealed run and its papers. lock: held while they are worked with: they keep notes."""

    stored: StoredRun
    cycle: Cycle | None
    issue: Issue
    lock: RLock


def issued(scheme: str, period: Period) -> Issued | None:
    """The latest main run of a period; None where none is sealed."""
    stored = newest_run(session(), desk().hospital, scheme, period)
    if stored is None:
        return None
    cycle = cycle_of_run(session(), stored)
    before = newest_run(session(), desk().hospital, scheme, period.earlier(1))
    hung = filings(session(), desk().hospital, cycle=cycle.id, kind="posting") if cycle else ()
    key = (stored.id, before.id if before else 0, cycle.state if cycle else "", len(hung))
    shelf = _shelf()
    with shelf.lock:
        if key not in shelf.kept:
            made = stored_issue(
                session(), desk().settings.home, desk().hospital, scheme, period,
                sections=desk().declared.report_sections, maps=desk().declared.maps,
                deadline=appeals_until,
            )  # fmt: skip
            shelf.kept[key] = (made, RLock())
        shelf.kept.move_to_end(key)
        while len(shelf.kept) > _MOST:
            shelf.kept.popitem(last=False)
        issue, lock = shelf.kept[key]
    return Issued(stored, cycle, issue, lock)


def is_public(cycle: Cycle | None, run: StoredRun) -> bool:
    """Whether a person may see their own result of it: approved, and not calculated anew since.

    Where a hospital plans no cycles for the scheme at all, a sealed run needs no approval. A
    correction is public once it is settled.
    """
    if run.kind == "supplement" and _settled(run):
        return True
    if cycle is None:
        planned = select(Cycle.id).where(
            Cycle.hospital_id == run.hospital_id, Cycle.scheme == run.scheme
        )
        return session().scalar(planned.limit(1)) is None
    return Stage(cycle.state) in PUBLIC and cycle.run_id == run.id


def _settled(run: StoredRun) -> bool:
    """Whether a correction was paid, is an appeal's effect, or is paid in a period that is out."""
    batch = select(PayoutBatch.id).where(PayoutBatch.run_id == run.id)
    effect = select(Appeal.id).where(Appeal.effect_run_id == run.id)
    if any(session().scalar(one.limit(1)) is not None for one in (batch, effect)):
        return True
    paid_in = session().scalar(
        select(Adjustment.period)
        .where(Adjustment.linked_run_id == run.id, Adjustment.kind == "difference")
        .limit(1)
    )
    later = newest_run(session(), run.hospital_id, run.scheme, paid_in) if paid_in else None
    return later is not None and is_public(cycle_of_run(session(), later), later)


def shows(who: Viewer, id: str, found: Issued) -> bool:
    """Whether a person's row of a run is open to a viewer now."""
    unit = found.issue.unit_of.get(id, "")
    if id == who.staff and not is_public(found.cycle, found.stored):
        return who.sees_everybody or who.sees_department(unit)
    return who.sees_person(id, {unit} if unit else ())


def appeals_until(of: Session, stored: StoredRun, posted: dt.date) -> tuple[dt.date, int] | None:
    """The last day of appeals, and how many working days they are; None while not settled."""
    cycle = cycle_of_run(of, stored)
    texts = cycle.calendar.get("settings") if cycle else None
    if not texts:
        program = load_program(of, stored.program_digest)
        texts = settings_for(of, stored.hospital_id, program, posted)
    policy = policy_of(read_settings(texts))
    return None if policy is None else (policy.appeal.last_day(posted), policy.appeal.days)


@contextmanager
def pressing() -> Iterator[bool]:
    """One PDF at a time: drawing takes seconds, and the pages of others go first. False where it
    takes too long for a turn."""
    lock = _shelf().press
    turn = lock.acquire(timeout=_WAIT)
    try:
        yield turn
    finally:
        if turn:
            lock.release()


def open_to() -> list[Role]:
    """Who may see a person's pay, beside the person."""
    return [role for role in Role if may(Viewer("", "", 0, frozenset({role})), Act.DEPARTMENT)]


def derivation(run: int, entity: str, id: str, rule: str) -> str:
    """Where a number is opened; '' where there is no such page."""
    try:
        return url_for("derivation.index", run=run, entity=entity, id=id, rule=rule)
    except BuildError:
        return ""


def _shelf() -> Shelf:
    found = current_app.extensions.setdefault(_NAME, Shelf())
    assert isinstance(found, Shelf)
    return found
