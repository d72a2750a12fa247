"""The latest public results kept at hand before anybody asks, so that no first slip of a pay day is
slow.

    with warmed(app): serve(app)

A thread looks now and then which runs are public, whoever sealed or published them, this process or
another, and reads what is not at hand yet. It writes nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final

from flask import Flask
from sqlalchemy import select

from hpf.core.errors import HpfError
from hpf.portal.beside import beside
from hpf.portal.database import desk, session
from hpf.portal.issued import is_public, issued
from hpf.portal.overview import MONTHS
from hpf.portal.pages.derivation_runs import shelf
from hpf.portal.pages.mine_slip import slip
from hpf.portal.paid_out import paid_out
from hpf.storage.cycles import cycle_of_run, newest_run
from hpf.storage.models import StoredRun

log = logging.getLogger("hpf.portal")
EVERY: Final = 20.0  # seconds between two looks
MOST: Final = 2  # runs that are kept warm, of each scheme that pays people
_BACK: Final = 12  # sealed runs that are looked at for public ones


@contextmanager
def warmed(app: Flask, every: float = EVERY) -> Iterator[None]:
    """Keep an application's latest public runs at hand while it is served."""
    with beside(lambda: warm(app), every, log, "warming"):
        yield


def warm(app: Flask) -> list[int]:
    """Read what is public and not at hand; the runs that are at hand now, each by its number."""
    with app.test_request_context("/"):
        found = []
        for code in desk().programs:
            for run in islice(_public(code), MOST):
                found.append(run.id)
                _read(run)
            _sum_up(code)
        return found


def _sum_up(scheme: str) -> None:
    """What the last months pay, as the home pages show it."""
    last = session().scalar(
        select(StoredRun.period)
        .where(
            StoredRun.hospital_id == desk().hospital, StoredRun.scheme == scheme,
            StoredRun.kind == "main", StoredRun.seal.is_not(None),
        )
        .order_by(StoredRun.period.desc())
        .limit(1)
    )  # fmt: skip
    if last is None:
        return
    for back in range(MONTHS):
        run = newest_run(session(), desk().hospital, scheme, last.earlier(back))
        try:
            if run is not None:
                paid_out(run)
        except HpfError as error:  # told to whoever opens the page
            log.info("run %s is not summed up: %s", run and run.id, error)


def _public(scheme: str) -> Iterator[StoredRun]:
    """The latest main runs of a scheme that pays people whose results are out."""
    paid = desk().programs[scheme].payout
    if paid is None or paid.entity != "staff":
        return
    runs = session().scalars(
        select(StoredRun)
        .where(
            StoredRun.hospital_id == desk().hospital, StoredRun.scheme == scheme,
            StoredRun.kind == "main", StoredRun.seal.is_not(None),
        )
        .order_by(StoredRun.period.desc(), StoredRun.id.desc())
        .limit(_BACK)
    )  # fmt: skip
    seen = set()
    for run in runs.all():
        if run.period not in seen and is_public(cycle_of_run(session(), run), run):
            yield run
        seen.add(run.period)


def _read(run: StoredRun) -> None:
    """The papers of a run, one slip of it, and the run itself, as its derivations want it."""
    try:
        found = issued(run.scheme, run.period)
        if found is not None and found.stored.id == run.id:
            with found.lock:
                first = next(iter(found.issue.payouts), None)
            if first is not None:
                slip(found, first)
        with shelf().of(run.id):
            pass
    except HpfError as error:  # what cannot be read is told to whoever opens it
        log.info("run %s is not at hand: %s", run.id, error)
