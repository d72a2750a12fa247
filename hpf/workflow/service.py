"""Cycles in the database: plan one, move it, close its tasks, put things on file.

Every function works in the caller's transaction and leaves an entry in the audit chain; whatever
is refused is refused with every reason, and nothing is written then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage import cycles as kept
from hpf.storage.engine import lock
from hpf.storage.models import Cycle as Row
from hpf.storage.models import Task, Transition
from hpf.workflow import files
from hpf.workflow.acting import Act, actor
from hpf.workflow.cycle import move
from hpf.workflow.duties import improvement_problems, plan_problems
from hpf.workflow.planning import Plan, plan_days
from hpf.workflow.policy import PayOrder, Request
from hpf.workflow.records import keep
from hpf.workflow.roles import Actor, Role
from hpf.workflow.settings import (
    clause_of,
    lacking_settings,
    policy_of,
    read_settings,
    timing_of,
)
from hpf.workflow.situation import Drawn, draw, settings_for, settings_now
from hpf.workflow.stages import MOVES, CycleError, Stage
from hpf.workflow.tasks import MATRIX, Phase, close, task

Programs = Mapping[str, Program]
_OFFICE = (Role.MANAGEMENT, Role.HR)
_BINDS = frozenset({"submit", "publicise_again"})  # moves that settle which run it is about
_LOCK = 4_850_011  # cycles are planned one after the other
_FIXED = frozenset({Stage.PUBLICISE, Stage.APPEAL, Stage.RECHECK, Stage.FINAL, Stage.IMPROVE,
                    Stage.CLOSED})  # fmt: skip


def settle(act: Act, values: Mapping[str, str], why: str) -> list[str]:
    """Enter settings of the hospital; returns the names that changed.

    Raises ParameterError with all that is wrong, HpfError without a reason or the role.
    """
    who = actor(act, _OFFICE)
    if not why.strip():
        message = Text("没有写理由", "there is no reason")
        cure = Text("请写明依据，如会议决议", "Say on what ground, such as a resolution")
        raise HpfError([Problem("cycle.why", message, cure)])
    read_settings(values)
    before = settings_now(act.session, act.hospital)
    changed = [name for name, text in values.items() if before.get(name) != text]
    for name in changed:
        keep(act, who, None, "setting", name, values[name], {"reason": why})
        detail = {"value": values[name], "before": before.get(name), "reason": why}
        act.audit("setting.set", f"setting:{name}", detail)
    return changed


def plan(
    act: Act, programs: Programs, scheme: str, period: Period, *, order: str | None = None
) -> tuple[Row, Plan]:
    """Open the cycle of a scheme's period with its days, or plan an open one anew.

    The settings of this day hold for the whole of it. order: other than the hospital's setting.
    Raises HpfError naming every setting that is missing; CalendarError; CycleError once results
    are public.
    """
    who = actor(act, _OFFICE)
    lock(act.session.connection(), _LOCK)
    texts = settings_for(act.session, act.hospital, programs[scheme], act.today)
    if order is not None:
        texts["order"] = order
    held = read_settings(texts)
    policy, timing = policy_of(held), timing_of(held)
    if policy is None or timing is None:
        raise HpfError(settings_problems(held))
    days = plan_days(period.last_day, timing, policy)
    row = act.session.scalar(
        select(Row).where(
            Row.hospital_id == act.hospital, Row.scheme == scheme, Row.period == period
        )
    )
    calendar: dict[str, Any] = {"days": days.days(), "settings": texts}
    pay_first = policy.order is PayOrder.PAY_THEN_PUBLICISE
    if row is None:
        row = Row(hospital_id=act.hospital, scheme=scheme, period=period, run_id=None,
                  state=Stage.PLAN.value, pay_first=pay_first, calendar=calendar)  # fmt: skip
        act.session.add(row)
        action = "cycle.planned"
    elif Stage(row.state) in _FIXED:
        stage = Stage(row.state).names
        message = Text(
            f"流程已到“{stage.zh}”，不能再改计划", f"it is at '{stage.en}': too late to plan anew"
        )
        cure = Text("规则从公示起不变", "Its rules stand once results are public")
        raise CycleError([Problem("cycle.planned", message, cure, f"{scheme} {period}")])
    else:
        row.pay_first, row.calendar = pay_first, calendar
        action = "cycle.replanned"
    act.session.flush()
    detail = {**calendar, "role": who.role.value, "fits": days.fits}
    act.audit(action, f"cycle:{scheme}:{period}", detail)
    return row, days


def settings_problems(held: Mapping[str, Any]) -> list[Problem]:
    """Every required setting without a value, with its meaning and clause."""
    return [
        Problem(
            "cycle.setting",
            Text(f"还没有定：{one.names.zh}", f"not settled yet: {one.names.en}"),
            Text(
                f"请由医院决定（{clause_of(one)}）：hpf cycle settle {one.name}=值 --reason 依据",
                f"The hospital decides ({clause_of(one)}): hpf cycle settle {one.name}=VALUE"
                " --reason WHY",
            ),
            name=one.name,
        )
        for one in lacking_settings(held)
    ]


def move_cycle(
    act: Act,
    programs: Programs,
    scheme: str,
    period: Period,
    code: str,
    *,
    role: str | None = None,
    why: str = "",
    evidence: tuple[str, ...] = (),
) -> Drawn:
    """Move a cycle and leave the record of it. Raises CycleError with every reason against it."""
    if code not in MOVES:
        message = Text(f"流程没有 {code} 这一步", f"the cycle has no move '{code}'")
        raise CycleError([Problem("cycle.unknown", message, did_you_mean(code, MOVES), name=code)])
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    who = actor(act, MOVES[code].roles if role is None else tuple(Role), role=role)
    drawn = draw(act.session, act.hospital, programs, row, act.today)
    request = Request(who, drawn.situation, drawn.policy)
    moved = move(drawn.cycle, code, request, act.at, why=why, evidence=evidence)
    run = drawn.run.id if drawn.run is not None else None
    if code in _BINDS:
        row.run_id = run
    row.state = moved.stage.value
    done = moved.trail[-1]
    act.session.add(
        Transition(
            cycle_id=row.id,
            name=code,
            source=done.source.value,
            target=done.target.value,
            run_id=row.run_id,
            by=act.account,
            role=who.role.value,
            reason=done.why,
            detail={"evidence": list(evidence), **act.told()},
            at=act.at,
        )
    )
    detail = {"move": code, "from": done.source.value, "to": done.target.value,
              "role": who.role.value, "reason": done.why, "evidence": list(evidence),
              "seal": drawn.situation.run.seal if drawn.situation.run else ""}  # fmt: skip
    act.audit("cycle.moved", f"cycle:{scheme}:{period}", detail)
    act.session.flush()
    return replace(drawn, cycle=moved)


def close_task(
    act: Act,
    programs: Programs,
    scheme: str,
    period: Period,
    code: str,
    text: str,
    *,
    department: str = "",
) -> Task | None:
    """Close a task of the matrix, saying what was done; None where it was closed already.

    Raises CycleError: another stage, the wrong party, what it rests on is open or not on file.
    """
    try:
        one = task(code)
    except KeyError:
        message = Text(f"没有任务 {code}", f"there is no task '{code}'")
        near = did_you_mean(code, [t.code for t in MATRIX])
        raise CycleError([Problem("task.unknown", message, near, name=code)]) from None
    row = kept.find_cycle(act.session, act.hospital, scheme, period, hold=True)
    who = actor(act, {one.role}, department=department)
    drawn = draw(act.session, act.hospital, programs, row, act.today)
    done, bad = close(code, who, drawn.situation.done, drawn.situation.departments)
    bad += _task_stops(one.code, one.phase, who, text, drawn)
    if bad:
        raise CycleError(bad)
    if len(done) == len(drawn.situation.done):
        return None
    closed = Task(
        cycle_id=row.id,
        stage=drawn.cycle.stage.value,
        clause=code,
        role=who.role.value,
        unit=who.department if one.each else "",
        due=None,
        text=text.strip(),
        done_by=act.account,
        done_at=act.at,
    )
    act.session.add(closed)
    detail = {"task": code, "department": closed.unit, "text": closed.text}
    act.audit("cycle.task_closed", f"cycle:{scheme}:{period}", detail)
    act.session.flush()
    return closed


def _task_stops(code: str, phase: Phase, who: Actor, text: str, drawn: Drawn) -> list[Problem]:
    """What the task wants beside its place in the order: its stage, its words, its files."""
    found = []
    if drawn.cycle.stage.phase is not phase:
        now = drawn.cycle.stage.names
        message = Text(
            f"这是“{phase.names.zh}”阶段的任务，流程在“{now.zh}”",
            f"it is a task of '{phase.names.en}'; the cycle is at '{now.en}'",
        )
        cure = Text("现在要做什么：hpf cycle show", "What is due now: hpf cycle show")
        found.append(Problem("task.stage", message, cure, who.account, name=code))
    if not text.strip():
        message = Text("没有写做了什么", "it is not said what was done")
        cure = Text("请写一句话，如文件名、会议号", "Say it in a line: a file, a meeting")
        found.append(Problem("task.text", message, cure, who.account, name=code))
    unit, filed = who.department, drawn.filed
    if code == "S1-2.1-3":
        known = [g.code for g in files.goals(filed)]
        found += plan_problems(files.plans(filed), [unit], known)
    if code == "S1-2.3-3":
        planned = {i.department for i in files.improvements(filed)}
        found += improvement_problems((), (), {unit} - planned)
    if code == "S1-2.4-3":
        items = [i for i in files.improvements(filed) if i.department == unit]
        found += improvement_problems(items, (), [unit])
    if code == "S1-2.4-4":
        found += improvement_problems((), files.requests(filed), ())
    return found
