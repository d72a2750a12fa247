"""Visits to assessed hospitals: one concentrated each year, in its window, and others between.

A day outside the window is entered with a warning; a second concentrated visit is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import VISITS, Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.draws_held import team_of

CONCENTRATED, IRREGULAR = "concentrated", "irregular"


def visit(
    act: Act,
    at: Standing,
    hospital: str,
    kind: str,
    day: dt.date,
    experts: Collection[str],
    text: str,
    known: Collection[str],
) -> tuple[AssessmentEntry, list[Problem]]:
    """Put a visit on file, with notices of what is unusual about it.

    known: the hospitals there are. Refused: an unknown hospital or kind, a day in the future or of
    another year, a second concentrated visit, experts who were not drawn for the hospital.
    """
    of_group(act)
    wrong = undecided(at)
    if hospital not in known:
        message = Text(f"没有医院 {hospital}", f"there is no hospital '{hospital}'")
        wrong.append(Problem("visit.hospital", message, did_you_mean(hospital, known), hospital))
    if kind not in VISITS:
        message = Text(f"没有“{kind}”这种检查", f"there is no kind of visit '{kind}'")
        wrong.append(Problem("visit.kind", message, did_you_mean(kind, VISITS), kind))
    if day > act.today or day.year != at.row.period.last_day.year:
        message = Text(f"{day} 不是本年度已经过去的日子", f"{day} is no past day of the year")
        wrong.append(Problem("visit.day", message, place=hospital))
    if kind == CONCENTRATED and any(
        e.unit == hospital and e.detail["kind"] == CONCENTRATED for e in at.all("visit")
    ):
        message = Text(f"{hospital} 今年已经集中考核过", f"'{hospital}' had its visit this year")
        cure = Text("每年一次；再去的登记为不定期检查", "Once a year; another one is irregular")
        wrong.append(Problem("visit.twice", message, cure, hospital))
    team = team_of(at).get(hospital)
    drawn = team.experts if team else {}
    for expert in sorted(set(experts)):
        if expert not in drawn:
            message = Text(f"专家 {expert} 没有抽中考核 {hospital}",
                           f"expert '{expert}' was not drawn for '{hospital}'")  # fmt: skip
            wrong.append(Problem("visit.expert", message, did_you_mean(expert, drawn), expert))
    if kind == CONCENTRATED and not experts:
        message = Text("集中考核没有写专家", "a concentrated visit names its experts")
        wrong.append(Problem("visit.nobody", message, place=hospital))
    stop(wrong)
    told = [] if kind != CONCENTRATED else window_notices(at, hospital, day)
    detail = {"kind": kind, "experts": sorted(set(experts)), "outside": bool(told)}
    return enter(act, at, "visit", unit=hospital, day=day, text=text, detail=detail), told


def window_notices(at: Standing, hospital: str, day: dt.date) -> list[Problem]:
    """A notice where a concentrated visit lies outside the window (S4.5-3.4.b)."""
    first, last = at.rules.window
    if first <= day <= last:
        return []
    message = Text(
        f"{hospital} 的集中考核在 {day}，应在 {first} 至 {last}",
        f"'{hospital}' was assessed on {day}; the days for it are {first} to {last}",
    )
    cure = Text("已登记，请在汇总报告里说明", "It is entered: give the reason in the report")
    return [Problem("visit.window", message, cure, hospital, severity="notice")]


def concentrated(at: Standing) -> dict[str, AssessmentEntry]:
    """The concentrated visit of each hospital that had one."""
    return {e.unit: e for e in at.all("visit") if e.detail["kind"] == CONCENTRATED}
