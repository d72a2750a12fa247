"""The bureau's home: open assessments, what is late, the next step of each role, how far the
hospitals are, last year's results by group. A hospital's own home shows where its assessment is."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from flask import render_template, url_for
from sqlalchemy import select

from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.periods import Period
from hpf.portal.access import me
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import County, county, hospitals, last_year, results, stored
from hpf.portal.pages.county_next import next_steps
from hpf.portal.pages.county_track import finding, track
from hpf.portal.place import place
from hpf.portal.rights import Act, Viewer, may
from hpf.reports import figures
from hpf.storage.models import Assessment, Import
from hpf.workflow import assessments as work
from hpf.workflow.assessments_decision import overdue
from hpf.workflow.assessments_progress import Progress, owing, progress
from hpf.workflow.assessments_results import Results, Unit

NAMED = 6  # hospitals that one line names
ROWS = 6  # hospitals of a group that are shown, the furthest from its mean first


@dataclass(frozen=True, slots=True)
class Opened:
    """One assessment of the bureau. stage: where it is now; late: how much is."""

    names: str
    period: Period
    stage: str
    done: bool
    late: int
    href: str


@dataclass(frozen=True, slots=True)
class Away:
    """A hospital beside its group's mean. off: points from it; at: where its bar begins and how
    long it is, of 120."""

    unit: Unit
    off: Decimal
    x: float  # geometry
    width: float  # geometry


@dataclass(frozen=True, slots=True)
class Group:
    """A peer group. more: hospitals that are not shown."""

    name: str
    mean: Decimal
    count: int
    lines: list[Away] = field(default_factory=list)
    more: int = 0


def plan_of() -> OutsideAssessment | None:
    """The assessment that this place is for: the first declared one whose scheme is enabled."""
    return next((p for p in desk().declared.assessments if p.scheme in desk().programs), None)


def concerns(who: Viewer) -> bool:
    """Whether somebody's home is the bureau's: who acts for the group, and who watches it where
    the page is about the assessed scheme itself."""
    plan = plan_of()
    if plan is None or not may(who, Act.COUNTY):
        return False
    at = place()
    return may(who, Act.ASSESS) or (at is not None and at.scheme == plan.scheme)


def page() -> Any:
    """The bureau's home."""
    one = county()
    plan = plan_of()
    assert plan is not None
    if one is None:
        return render_template(
            "county/home_empty.html", plan=plan, tables=to_open(plan), group=may(me(), Act.ASSESS),
            day=figures.day(today(), language()), opened=_opened(plan),
        )  # fmt: skip
    found = progress(session(), one.at, one.program, stored())
    late = overdue(one.at, today(), hospitals())
    done = results()
    owed = owing(session(), one.at, found) if one.at.last("closed") is None else {}
    before = last_year()
    return render_template(
        "county/home.html", one=one, title=finding(one, found), found=found,
        track=track(one), late=late, steps=next_steps(one, found, owed, may(me(), Act.ASSESS)),
        opened=_opened(plan), away=[p for p in found if not (p.reported and p.complete)],
        counts=_counts(found), groups=_groups(before) if before else [],
        last=one.period.earlier(1), ranked=done is not None, group=may(me(), Act.ASSESS),
        named=NAMED, points=figures.points, day=figures.day(today(), language()),
        period_name=figures.period(one.period, language()),
        tables=[p for p in to_open(plan) if p.last_day > one.period.last_day],
    )  # fmt: skip


def standing_card(who: Viewer) -> dict[str, Any]:
    """What a hospital's own home shows of its assessment: where it is, and what is late."""
    if not may(who, Act.COUNTY):
        return {}
    one = county()
    if one is None:
        return {}
    late = overdue(one.at, today())
    return {"assessed": one, "assessed_track": track(one), "assessed_late": late,
            "assessed_period": figures.period(one.period, language())}  # fmt: skip


def to_open(plan: OutsideAssessment) -> list[Period]:
    """Periods whose table came in, and that have no assessment yet; the newest first."""
    at = desk().hospital
    rows = session().scalars(
        select(Import.period).where(Import.hospital_id == at, Import.scheme == plan.scheme)
    )
    taken = set(_periods(plan))
    return sorted({p for p in rows if p not in taken}, key=lambda p: p.last_day, reverse=True)


def _periods(plan: OutsideAssessment) -> list[Period]:
    rows = session().scalars(
        select(Assessment.period).where(
            Assessment.hospital_id == desk().hospital, Assessment.scheme == plan.scheme
        )
    )
    return sorted(rows, key=lambda p: p.last_day, reverse=True)


def _opened(plan: OutsideAssessment) -> list[Opened]:
    """Every assessment that was opened, the newest first."""
    found = []
    for period in _periods(plan):
        at = work.standing(session(), desk().hospital, plan, period)
        one = County(plan, period, (period,), at)
        steps = track(one)
        now = next((s for s in steps if s.kind == "now"), None)
        href = url_for("county.index", scheme=plan.scheme, period=str(period))
        found.append(Opened(
            say(plan.names), period, now.name if now else say(("已结束", "ended")), now is None,
            len(overdue(at, today())), href,
        ))  # fmt: skip
    return found


def _counts(found: list[Progress]) -> list[tuple[str, int, str]]:
    """How many hospitals are how far: words, number, what it means."""
    return [
        (say(("已报数", "Reported")), sum(p.reported for p in found),
         say(("定量指标都有数", "every figure is there"))),
        (say(("已集中考核", "Visited")), sum(p.seen is not None for p in found),
         say(("集中考核已登记", "the concentrated visit is on file"))),
        (say(("等第二名考核人", "Await a second assessor")), sum(p.waiting > 0 for p in found),
         say(("有项目评了、人数还不够", "items are marked, but by too few"))),
        (say(("已评完", "Marked")), sum(p.complete for p in found),
         say(("定性指标的评分都够人数", "every judged item has its marks"))),
    ]  # fmt: skip


def _groups(before: Results) -> list[Group]:
    """Each peer group of last year: mean, and the hospitals furthest from it."""
    by: dict[str, list[Unit]] = {}
    for unit in before.units:
        if unit.total is not None and unit.mean is not None:
            by.setdefault(unit.group, []).append(unit)
    widest = max((abs(u.total - u.mean) for ones in by.values() for u in ones
                  if u.total is not None and u.mean is not None), default=Decimal(0))  # fmt: skip
    return [_group(name, ones, widest) for name, ones in sorted(by.items())]


def _group(name: str, ones: list[Unit], widest: Decimal) -> Group:
    far = sorted(ones, key=lambda u: (-abs(_off(u)), u.id))[:ROWS]
    lines = [_away(u, widest) for u in sorted(far, key=lambda u: (-_off(u), u.id))]
    mean = ones[0].mean
    assert mean is not None
    return Group(name, mean, len(ones), lines, len(ones) - len(lines))


def _off(unit: Unit) -> Decimal:
    assert unit.total is not None
    assert unit.mean is not None
    return unit.total - unit.mean


def _away(unit: Unit, widest: Decimal) -> Away:
    off = _off(unit)
    length = float(abs(off) / widest) * 56 if widest else 0.0  # geometry
    return Away(unit, off, round(60 - length if off < 0 else 60, 1), round(length, 1))
