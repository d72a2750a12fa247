"""A cycle and its moves: a period's life, with an immutable record of everyone who moved it.

    cycle = move(cycle, "approve", request, when, why="…", evidence=("minutes-7",))

A move that is refused is refused with every reason at once; one that is made leaves its record at
the end of the trail. Nobody approves their own entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from statemachine.exceptions import TransitionNotAllowed

from hpf.core.errors import ParameterError, Problem, Text, did_you_mean
from hpf.core.periods import Period
from hpf.workflow.policy import Policy, Request
from hpf.workflow.roles import Role, listed
from hpf.workflow.stages import MOVES, CycleError, CycleMachine, Stage


@dataclass(frozen=True, slots=True)
class Transition:
    """The record of one move; it is never changed."""

    move: str
    source: Stage
    target: Stage
    account: str
    role: Role
    when: dt.datetime
    why: str = ""
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """A period's life under one scheme, with every move it has made, first one first."""

    scheme: str
    period: Period
    stage: Stage = Stage.PLAN
    trail: tuple[Transition, ...] = ()

    def __str__(self) -> str:
        return f"{self.scheme} {self.period}"


def next_moves(stage: Stage) -> tuple[str, ...]:
    """The moves that lead on from a stage, whoever may make them."""
    return tuple(str(e.id) for e in _machine(stage).allowed_events)


def move(
    cycle: Cycle,
    code: str,
    request: Request,
    when: dt.datetime,
    *,
    why: str = "",
    evidence: tuple[str, ...] = (),
) -> Cycle:
    """The cycle after a move, with its record at the end of the trail.

    when: with its time zone. Raises CycleError with every reason why the move is refused: no such
    move from here, the wrong role, guards that do not hold, no reason for going back.
    """
    request = replace(request, authors=request.authors | _authors(cycle))
    machine = _machine(cycle.stage)
    stops = tuple(_formalities(cycle, code, when, why))
    try:
        machine.send(code, request=request, stops=stops)
    except TransitionNotAllowed:
        raise CycleError([_not_from_here(cycle, code)]) from None
    (reached,) = machine.configuration_values
    target = Stage(str(reached))
    actor = request.actor
    record = Transition(
        code, cycle.stage, target, actor.account, actor.role, when, why.strip(), evidence
    )
    return replace(cycle, stage=target, trail=(*cycle.trail, record))


def narrow(policy: Policy, roles: Mapping[str, frozenset[Role]]) -> Policy:
    """The policy with fewer roles for some moves.

    Raises ParameterError for an unknown move, for roles that the cycle does not give, and where
    nobody would be left.
    """
    bad = []
    for code, wanted in roles.items():
        if code not in MOVES:
            message = Text(f"流程没有 {code} 这一步", f"the cycle has no move '{code}'")
            bad.append(Problem("cycle.unknown", message, did_you_mean(code, MOVES), name=code))
        elif not wanted or wanted - MOVES[code].roles:
            most, who = MOVES[code].roles, listed(wanted)
            message = Text(
                f"{MOVES[code].names.zh}不能改由{who.zh or '无人'}操作",
                f"'{MOVES[code].names.en}' cannot be left to {who.en or 'nobody'}",
            )
            cure = Text(f"只能在其中收窄：{listed(most).zh}", f"Choose among: {listed(most).en}")
            bad.append(Problem("cycle.narrow", message, cure, name=code))
    if bad:
        raise ParameterError(bad)
    return replace(policy, narrowed={**policy.narrowed, **roles})


def _machine(stage: Stage) -> CycleMachine:
    return CycleMachine(start_value=stage.value)


def _authors(cycle: Cycle) -> frozenset[str]:
    """Who brought the cycle to review: an approval would approve their entry."""
    last = next((t for t in reversed(cycle.trail) if t.move == "submit"), None)
    return frozenset({last.account}) if last else frozenset()


def _formalities(cycle: Cycle, code: str, when: dt.datetime, why: str) -> Iterator[Problem]:
    if when.tzinfo is None:
        message = Text("时间没有时区", "the time has no time zone")
        cure = Text("请给出带时区的时间", "Give a time with its zone")
        yield Problem("cycle.time", message, cure, str(cycle))
    elif cycle.trail and when < cycle.trail[-1].when:
        last = cycle.trail[-1].when
        message = Text(f"{when} 早于上一步的时间 {last}", f"{when} is before the last move, {last}")
        cure = Text("请检查时钟", "Check the clock")
        yield Problem("cycle.time", message, cure, str(cycle))
    if code in MOVES and MOVES[code].back and not why.strip():
        message = Text(
            f"{MOVES[code].names.zh}要写明理由", f"'{MOVES[code].names.en}' wants a reason"
        )
        yield Problem("cycle.why", message, Text("请填写理由", "Give the reason"), str(cycle))


def _not_from_here(cycle: Cycle, code: str) -> Problem:
    onward = next_moves(cycle.stage)
    zh = "、".join(f"{MOVES[m].names.zh}（{m}）" for m in onward)
    names = MOVES[code].names if code in MOVES else Text(code, code)
    return Problem(
        "cycle.not_from_here",
        Text(
            f"流程在“{cycle.stage.names.zh}”，不能{names.zh}",
            f"the cycle is at '{cycle.stage.names.en}': '{names.en}' does not lead on from here",
        ),
        Text(
            f"现在可以：{zh or '无（已结束）'}",
            f"From here: {', '.join(onward) or 'nothing, it is closed'}",
        ),
        str(cycle),
        name=code,
    )
