"""What waits for somebody: the next move of the cycle, and everything that is in its way.

The same guards that let a move through or refuse it; nothing is judged here a second time.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import select

from hpf.core.errors import Problem, Text
from hpf.portal.database import desk, session
from hpf.portal.rights import Viewer
from hpf.storage.models import Department
from hpf.workflow.cycle import next_moves
from hpf.workflow.policy import Request
from hpf.workflow.roles import Actor, Role, listed
from hpf.workflow.situation import Drawn
from hpf.workflow.stages import MOVES
from hpf.workflow.tasks import MATRIX, task

_NAMED = 8  # departments that are named in one line


@dataclass(frozen=True, slots=True)
class Onward:
    """A move on. mine: whether the viewer may make it; stops: what is in its way, none if ready;
    told: the same as people are told it, departments that owe one task in one line."""

    code: str
    names: Text
    who: Text
    mine: bool
    stops: tuple[Problem, ...]
    told: tuple[Problem, ...] = ()


def onward(drawn: Drawn, viewer: Viewer) -> list[Onward]:
    """The moves that lead on from where the cycle stands, the nearest to ready first."""
    parties = {p for r in viewer.roles if (p := r.party)}
    found = []
    for code in next_moves(drawn.cycle.stage):
        move = MOVES[code]
        if move.back:
            continue
        roles = drawn.policy.narrowed.get(code, move.roles)
        request = Request(Actor("", sorted(roles)[0]), drawn.situation, drawn.policy)
        stops = tuple(p for guard in move.guards for p in guard.check(request))
        mine = bool(parties & roles)
        found.append(Onward(code, move.names, listed(roles), mine, stops, gathered(stops)))
    return sorted(found, key=lambda one: (len(one.stops), one.code))


def gathered(stops: Iterable[Problem]) -> tuple[Problem, ...]:
    """The same problems, with departments by name, and one line for those that owe one task."""
    found = list(stops)
    units: dict[str, list[str]] = {}
    for p in found:
        if _owed(p):
            units.setdefault(p.name, []).append(p.place)
    if not units:
        return tuple(found)
    asked = select(Department.code, Department.name).where(
        Department.hospital_id == desk().hospital
    )
    names = {code: name for code, name in session().execute(asked)}  # noqa: C416 - rows, no pairs
    told: list[Problem] = []
    for p in found:
        if not _owed(p):
            told.append(replace(p, place="") if p.place == p.name else p)  # named in its words
        elif codes := units.pop(p.name, []):
            told.append(_together(p, [names.get(c, c) for c in codes]))
    return tuple(told)


def _owed(problem: Problem) -> bool:
    """Whether it is a department's task."""
    return problem.code == "cycle.task_open" and problem.place not in ("", problem.name)


def _together(problem: Problem, units: list[str]) -> Problem:
    """A task that departments owe, in one line."""
    what, shown = task(problem.name).names, units[:_NAMED]
    clause, n = problem.name, len(units)
    if n == 1:
        zh = f"{units[0]}的任务还没有完成：{what.zh}（{clause}）"
        en = f"{units[0]} has a task open: {what.en} ({clause})"
        return replace(problem, message=Text(zh, en))
    more = n > len(shown)
    zh = f"{n} 个科室的任务还没有完成：{what.zh}（{clause}）"
    en = f"{n} departments have a task open: {what.en} ({clause})"
    listed_zh = "、".join(shown) + ("等" if more else "")
    listed_en = ", ".join(shown) + (f" and {n - len(shown)} more" if more else "")
    cure = Text(f"请这些科室完成并登记：{listed_zh}", f"These must close it: {listed_en}")
    return replace(problem, message=Text(zh, en), cure=cure, place="")


def pointless(move: Onward) -> bool:
    """Whether a move has nothing to do: appeals are taken once there is one."""
    return bool(move.stops) and all(p.code == "cycle.no_appeal" for p in move.stops)


def passes(problem: Problem) -> bool:
    """Whether a stop goes by itself, with time; nobody has to do anything."""
    return problem.code in ("cycle.publicity", "cycle.appeal_time", "cycle.period")


def concerns(problem: Problem, viewer: Viewer) -> bool:
    """Whether a stop is for this viewer to clear: a task of its party, for its department.

    What is nobody's task by name is the office's.
    """
    parties = {p for r in viewer.roles if (p := r.party)}
    if problem.code == "cycle.task_open":
        found = next((t for t in MATRIX if t.code == problem.name), None)
        if found is None or found.role not in parties:
            return False
        return found.role is not Role.DEPARTMENTS or problem.place in ("", *viewer.departments)
    return Role.HR in parties
