"""The matrix of tasks, four stages by four parties, thirteen cells filled (seed S1, part 2).

A stage is complete when all of its filled cells are. An empty cell has no task and so can never
block; a standing duty (IT keeping the system stable) is reported and does not block either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.workflow.roles import Actor, Role


class Phase(IntEnum):
    """The four stages of the source; the finer stages of the cycle lie within them."""

    PLAN = 1
    EXECUTION = 2
    ASSESSMENT = 3
    IMPROVEMENT = 4

    @property
    def names(self) -> Text:
        """What the stage is called."""
        return _PHASES[self]


_PHASES = {
    Phase.PLAN: Text("计划", "plan"),
    Phase.EXECUTION: Text("执行与监控", "execution and monitoring"),
    Phase.ASSESSMENT: Text("考核与反馈", "assessment and feedback"),
    Phase.IMPROVEMENT: Text("改进与优化", "improvement"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """One filled cell.

    code: its clause; each: every department has to do it; after: tasks that come first;
    standing: goes on all the time and blocks nothing.
    """

    code: str
    phase: Phase
    role: Role
    names: Text
    after: tuple[str, ...] = ()
    each: bool = False
    standing: bool = False


MATRIX: tuple[Task, ...] = (
    Task("S1-2.1-1", Phase.PLAN, Role.MANAGEMENT,
         Text("定总目标，明确考核重点", "set overall goals and the focus of assessment")),
    Task("S1-2.1-2", Phase.PLAN, Role.HR,
         Text("设计方案：指标、权重、周期", "design the scheme: indicators, weights, period"),
         after=("S1-2.1-1",)),
    Task("S1-2.1-3", Phase.PLAN, Role.DEPARTMENTS,
         Text("制定本科室计划", "draw up the department's plan"),
         after=("S1-2.1-1", "S1-2.1-2"), each=True),
    Task("S1-2.2-1", Phase.EXECUTION, Role.DEPARTMENTS,
         Text("按计划工作，记录关键数据", "work by the plan and record the key data"), each=True),
    Task("S1-2.2-2", Phase.EXECUTION, Role.HR,
         Text("定期收集分析数据，监控执行", "collect and analyse data, watch the execution")),
    Task("S1-2.2-3", Phase.EXECUTION, Role.IT,
         Text("保持系统稳定，支持用户", "keep the system stable and support its users"),
         standing=True),
    Task("S1-2.3-1", Phase.ASSESSMENT, Role.HR,
         Text("组织考核，汇总结果", "organise the assessment and sum up its results")),
    Task("S1-2.3-2", Phase.ASSESSMENT, Role.MANAGEMENT,
         Text("审核结果，决定奖惩", "review the results, decide rewards and penalties"),
         after=("S1-2.3-1",)),
    Task("S1-2.3-3", Phase.ASSESSMENT, Role.DEPARTMENTS,
         Text("接收反馈，分析不足，写改进计划", "take the feedback and plan what to improve"),
         after=("S1-2.3-2",), each=True),
    Task("S1-2.4-1", Phase.IMPROVEMENT, Role.MANAGEMENT,
         Text("调整策略（可以是不调整）", "adjust the strategy, or record that nothing changes")),
    Task("S1-2.4-2", Phase.IMPROVEMENT, Role.HR,
         Text("优化方案，保留旧版本", "improve the scheme and keep the old version")),
    Task("S1-2.4-3", Phase.IMPROVEMENT, Role.DEPARTMENTS,
         Text("实施改进计划，逐项记结果", "carry out the improvement plan, a result to each item"),
         each=True),
    Task("S1-2.4-4", Phase.IMPROVEMENT, Role.IT,
         Text("按各方需求升级系统", "upgrade the system as the other parties asked")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """A task that somebody closed. department: whose, where each department has to do it."""

    task: str
    actor: Actor
    evidence: tuple[str, ...] = ()

    @property
    def department(self) -> str:
        """The department that it was closed for."""
        return self.actor.department


@dataclass(frozen=True, slots=True)
class Open:
    """A task that is still to be done, by one department where `department` is named."""

    task: Task
    department: str = ""

    def problem(self) -> Problem:
        """The same as a line for people."""
        task, who = self.task, self.task.role.names
        where = f"（{self.department}）" if self.department else ""
        whose = f" of '{self.department}'" if self.department else ""
        return Problem(
            "cycle.task_open",
            Text(
                f"{who.zh}{where}的任务未完成：{task.names.zh}（{task.code}）",
                f"a task of {who.en}{whose} is open: {task.names.en} ({task.code})",
            ),
            Text(f"请由{who.zh}完成并登记", f"{who.en[0].upper()}{who.en[1:]} must close it"),
            place=self.department or task.code,
            name=task.code,
        )


def task(code: str) -> Task:
    """The task of that clause; KeyError with the nearest one."""
    found = next((t for t in MATRIX if t.code == code), None)
    if found is None:
        raise KeyError(f"no task '{code}'. {did_you_mean(code, [t.code for t in MATRIX]).en}")
    return found


def open_tasks(phase: Phase, done: Iterable[Done], departments: Iterable[str]) -> Iterator[Open]:
    """What blocks a stage: filled cells that nobody has closed yet; empty cells have none."""
    closed = {(d.task, d.department if task(d.task).each else "") for d in done}
    units = sorted(departments)
    for one in MATRIX:
        if one.phase is not phase or one.standing:
            continue
        for department in units if one.each else ("",):
            if (one.code, department) not in closed:
                yield Open(one, department)


def close(
    code: str,
    actor: Actor,
    done: tuple[Done, ...],
    departments: Iterable[str],
    evidence: tuple[str, ...] = (),
) -> tuple[tuple[Done, ...], list[Problem]]:
    """Close a task: the tasks closed now, and why not, if it is refused.

    Only the role in its row may; a task comes after those that it rests on. Closing it twice
    changes nothing.
    """
    one = task(code)
    units = frozenset(departments)
    bad: list[Problem] = []
    if actor.role is not one.role:
        message = Text(
            f"{one.names.zh}（{code}）只能由{one.role.names.zh}完成",
            f"only {one.role.names.en} may close '{one.names.en}' ({code})",
        )
        cure = Text(f"请由{one.role.names.zh}登记", f"Let {one.role.names.en} close it")
        bad.append(Problem("task.role", message, cure, place=actor.account, name=code))
    if one.each and actor.department not in units:
        message = Text(
            f"没有科室 {actor.department}", f"there is no department '{actor.department}'"
        )
        near = did_you_mean(actor.department, units)
        bad.append(Problem("task.department", message, near, place=actor.account, name=code))
    closed = {(d.task, d.department) for d in done}
    names = {d.task for d in done}
    for before in one.after:
        first = task(before)
        whole = {(before, u) for u in units} <= closed if first.each else before in names
        if not whole:
            message = Text(
                f"要先完成{first.names.zh}（{before}）",
                f"'{first.names.en}' ({before}) comes first",
            )
            cure = Text(f"请{first.role.names.zh}先完成", f"Let {first.role.names.en} close it")
            bad.append(Problem("task.order", message, cure, place=before, name=code))
    if bad:
        return done, bad
    again = any(d.task == code and (not one.each or d.department == actor.department) for d in done)
    return (done if again else (*done, Done(code, actor, evidence))), []
