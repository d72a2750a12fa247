"""The sample's cycle at a later stage: approved and posted today, or put to the committee."""

from __future__ import annotations

import datetime as dt

import portal_homes as homes
from sqlalchemy import select

from hpf.core.periods import Period
from hpf.storage.cycles import local_day
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Cycle, Filing
from hpf.storage.runs import latest_run


def put_at(home: Home, state: str, *, posted: bool = True, period: Period = homes.PERIOD) -> int:
    """Bring the cycle to a stage with its sealed run, and hang it up today; the run's number."""
    engine = home.engine()
    with writing(engine) as session:
        hospital = home.hospital(session)
        first = session.scalars(select(Cycle).where(Cycle.period == homes.PERIOD)).one()
        cycle = session.scalar(select(Cycle).where(Cycle.period == period))
        if cycle is None:  # a later month's, by the same calendar
            cycle = Cycle(
                hospital_id=hospital, scheme="township", period=period, state=state, run_id=None,
                pay_first=first.pay_first, calendar=first.calendar,
            )  # fmt: skip
            session.add(cycle)
            session.flush()
        run = latest_run(session, hospital, "township", period)
        cycle.state, cycle.run_id = state, run.id
        if posted:
            now = dt.datetime.now(dt.UTC)
            detail = {"day": local_day(now).isoformat(), "run": run.id, "correction": None}
            session.add(
                Filing(hospital_id=hospital, cycle_id=cycle.id, kind="posting", subject="",
                       text="院内公示栏", detail=detail, by="office", role="hr", at=now)
            )  # fmt: skip
        number = run.id
        session.commit()
    engine.dispose()
    return number
