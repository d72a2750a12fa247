"""Which scheme and period a page is about: asked for in the address, and kept in the session.

at = place()            # None while nothing was imported, planned or calculated
at.scheme, at.period, at.program
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import abort, g, request
from flask import session as cookie
from sqlalchemy import select, union

from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.database import desk, session
from hpf.storage.models import Cycle, Import, StoredRun


@dataclass(frozen=True, slots=True)
class Place:
    """A scheme's period. periods: all there are of the scheme, earliest first; schemes: all that
    have any."""

    scheme: str
    period: Period
    periods: tuple[Period, ...]
    schemes: tuple[str, ...]

    @property
    def program(self) -> Program:
        """The scheme's rules as they are installed now."""
        return desk().programs[self.scheme]

    @property
    def before(self) -> Period | None:
        """The period before this one that there is."""
        return max((p for p in self.periods if p.last_day < self.period.last_day), default=None)

    @property
    def after(self) -> Period | None:
        """The period after this one that there is."""
        return min((p for p in self.periods if p.last_day > self.period.last_day), default=None,
                   key=lambda p: p.last_day)  # fmt: skip


def place() -> Place | None:
    """Where the page is. A period that is asked for and does not exist is a 404."""
    if "hpf_place" not in g:
        g.hpf_place = _place()
    found: Place | None = g.hpf_place
    return found


def here() -> Place:
    """Where the page is, for pages that are about a period; 404 where there is none."""
    found = place()
    if found is None:
        abort(404)
    return found


def _place() -> Place | None:
    known = _known()
    if not known:
        return None
    scheme = _asked("scheme")
    if scheme is not None and scheme not in known:
        if "scheme" in request.args:
            abort(404)
        scheme = None
    chosen = scheme or _first(known)
    cookie["scheme"] = chosen
    periods = known[chosen]
    text = _asked("period")
    period = periods[-1]
    if text is not None:
        found = next((p for p in periods if str(p) == text), None)
        if found is None and "period" in request.args:
            abort(404)
        period = found or period
    cookie["period"] = str(period)
    return Place(chosen, period, periods, tuple(known))


def _asked(name: str) -> str | None:
    return request.args.get(name) or cookie.get(name)


def _known() -> dict[str, tuple[Period, ...]]:
    """The periods of each enabled scheme that something is stored of."""
    hospital = desk().hospital
    tables = (Cycle, Import, StoredRun)
    asked = union(*(select(t.scheme, t.period).where(t.hospital_id == hospital) for t in tables))
    found: dict[str, list[Period]] = {}
    for scheme, period in session().execute(asked):
        if scheme in desk().programs:
            given = period if isinstance(period, Period) else Period.parse(period)
            found.setdefault(scheme, []).append(given)
    return {s: tuple(sorted(p, key=lambda x: x.last_day)) for s, p in sorted(found.items())}


def _first(known: dict[str, tuple[Period, ...]]) -> str:
    """The scheme that pays people, of those with the latest period."""

    def rank(scheme: str) -> tuple[bool, Period]:
        paid = desk().programs[scheme].payout
        return (paid is not None and paid.entity == "staff", known[scheme][-1])

    return max(known, key=lambda s: (rank(s)[0], rank(s)[1].last_day))


def to(period: Period) -> str:
    """The same page of another period."""
    kept = {k: v for k, v in request.args.items() if k not in ("period", "page")}
    return f"{request.path}?{urlencode({**kept, 'period': str(period)})}"
