"""What waits for somebody: the next move of the cycle, and everything that is in its way.

The same guards that let a move through or refuse it; nothing is judged here a second time.
"""

from __future__ import annotations

from dataclasses import dataclass

from hpf.core.errors import Problem, Text
from hpf.portal.rights import Viewer
from hpf.workflow.cycle import next_moves
from hpf.workflow.policy import Request
from hpf.workflow.roles import Actor, Role, listed
from hpf.workflow.situation import Drawn
from hpf.workflow.stages import MOVES


@dataclass(frozen=True, slots=True)
class Onward:
    """A move on. mine: whether the viewer may make it; stops: what is in its way, none if ready."""

    code: str
    names: Text
    who: Text
    mine: bool
    stops: tuple[Problem, ...]


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
        found.append(Onward(code, move.names, listed(roles), bool(parties & roles), stops))
    return sorted(found, key=lambda one: (len(one.stops), one.code))


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
    from hpf.workflow.tasks import MATRIX

    parties = {p for r in viewer.roles if (p := r.party)}
    if problem.code == "cycle.task_open":
        task = next((t for t in MATRIX if t.code == problem.name), None)
        if task is None or task.role not in parties:
            return False
        return task.role is not Role.DEPARTMENTS or problem.place in ("", *viewer.departments)
    return Role.HR in parties
