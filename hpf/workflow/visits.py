"""Visits to assessed hospitals: one concentrated each year, in its window, and others between.

A day outside the window is entered with a warning; a second concentrated visit is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import VISITS, Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.draws_held import Team, team_of

CONCENTRATED, IRREGULAR = "concentrated", "irregular"


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit as it is handed in. experts: None for the whole team; place: its cell in a list."""

    hospital: str
    kind: str
    day: dt.date
    text: str = ""
    experts: Collection[str] | None = None
    place: str = ""


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
    entries, told = visit_all(act, at, [Planned(hospital, kind, day, text, experts)], known)
    return entries[0], told


def visit_all(
    act: Act, at: Standing, given: Sequence[Planned], known: Collection[str]
) -> tuple[list[AssessmentEntry], list[Problem]]:
    """Put visits on file, all of them or none, with notices; refused as one is, line by line."""
    of_group(act)
    stop(wrong_visits(at, given, known, act.today))
    teams = team_of(at)
    made, told = [], []
    for one in given:
        notices = outside([one], at)
        experts = sorted(set(_experts(one, teams)))
        detail = {"kind": one.kind, "experts": experts, "outside": bool(notices)}
        made.append(enter(act, at, "visit", unit=one.hospital, day=one.day, text=one.text,
                          detail=detail))  # fmt: skip
        told += notices
    return made, told


def wrong_visits(
    at: Standing, given: Sequence[Planned], known: Collection[str], today: dt.date
) -> list[Problem]:
    """Everything that keeps visits from being entered; empty where nothing does."""
    teams, wrong = team_of(at), undecided(at)
    if not given:
        message = Text("没有写检查了哪家医院", "it is not said which hospital was visited")
        wrong.append(Problem("visit.none", message, Text("请填日期", "Give a day"), at.place))
    seen = set(concentrated(at))
    earlier = set(seen)
    for one in given:
        wrong += _wrong(at, one, teams, known, today)
        if one.kind == CONCENTRATED:
            if one.hospital in earlier:
                message = Text(f"{one.hospital} 今年已经集中考核过",
                               f"'{one.hospital}' had its visit this year")  # fmt: skip
            else:
                message = Text(f"{one.hospital} 的集中考核写了两次",
                               f"'{one.hospital}' is visited twice here")  # fmt: skip
            if one.hospital in seen:
                cure = Text("每年一次；再去的登记为不定期检查", "Once a year; another is irregular")
                wrong.append(Problem("visit.twice", message, cure, one.place or one.hospital))
            seen.add(one.hospital)
    return wrong


def _wrong(
    at: Standing,
    one: Planned,
    teams: Mapping[str, Team],
    known: Collection[str],
    today: dt.date,
) -> Iterator[Problem]:
    hospital, kind, day = one.hospital, one.kind, one.day
    place = one.place or hospital
    if hospital not in known:
        message = Text(f"没有医院 {hospital}", f"there is no hospital '{hospital}'")
        yield Problem("visit.hospital", message, did_you_mean(hospital, known), place)
    if kind not in VISITS:
        message = Text(f"没有“{kind}”这种检查", f"there is no kind of visit '{kind}'")
        yield Problem("visit.kind", message, did_you_mean(kind, VISITS), one.place or kind)
    if day > today or day.year != at.row.period.last_day.year:
        message = Text(f"{day} 不是本年度已经过去的日子", f"{day} is no past day of the year")
        yield Problem("visit.day", message, place=place)
    drawn = teams[hospital].experts if hospital in teams else {}
    experts = _experts(one, teams)
    for expert in sorted(set(experts)):
        if expert not in drawn:
            message = Text(f"专家 {expert} 没有抽中考核 {hospital}",
                           f"expert '{expert}' was not drawn for '{hospital}'")  # fmt: skip
            yield Problem("visit.expert", message, did_you_mean(expert, drawn), expert)
    if kind == CONCENTRATED and hospital in known and not experts:
        message = Text(f"{hospital} 的集中考核没有专家", f"nobody for the visit of '{hospital}'")
        cure = Text("请先抽取专家", "Draw the experts first")
        yield Problem("visit.nobody", message, cure, place)


def _experts(one: Planned, teams: Mapping[str, Team]) -> Collection[str]:
    """Who went: those named; else the team, where the visit is the concentrated one."""
    if one.experts is not None:
        return one.experts
    team = teams.get(one.hospital)
    return tuple(team.experts) if team is not None and one.kind == CONCENTRATED else ()


def outside(given: Sequence[Planned], at: Standing) -> list[Problem]:
    """Notices of concentrated visits that lie outside the window."""
    return [n for one in given if one.kind == CONCENTRATED
            for n in window_notices(at, one.hospital, one.day)]  # fmt: skip


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
