"""The letters of an assessment: what they say of posting, objections and whether it is decided."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from sqlalchemy.orm import Session

from hpf.core.kit.hookspecs import ReportSection
from hpf.reports.issue import Issue, Standing
from hpf.reports.issuing import stored_issue
from hpf.storage.home import Home
from hpf.workflow import assessments as work


def issue_of(
    session: Session,
    home: Home,
    hospital: int,
    at: work.Standing,
    sections: tuple[ReportSection, ...] = (),
) -> Issue:
    """What the letters of the newest sealed run share. sections: those plugins declare; without
    them, the home's. Raises StorageError where nothing is sealed."""
    found = stored_issue(session, home, hospital, at.row.scheme, at.row.period,
                         sections=sections or home.loaded().report_sections)  # fmt: skip
    posted = at.last("posted")
    if posted is None:
        return found
    until = dt.date.fromisoformat(posted.detail["objections_until"])
    standing = Standing.FINAL if at.last("decision") is not None else Standing.POSTED
    return replace(found, standing=standing, posted=posted.day, appeal_until=until,
                   appeal_days=at.rules.objection.days)  # fmt: skip
