"""Standing duties of the four parties: goals, plans, training, reviews, improvement (seed S1).

The source gives no figure at all, so how often and how fast has no default: `REQUIRED` names what
the hospital must settle, and `lacking` tells what it has not. What is overdue is reported as a
notice; it stops no cycle.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from hpf.core.errors import Problem, Text
from hpf.workflow.roles import Role

REQUIRED: Mapping[str, str] = {
    "system_review_frequency": "S1-1.1-2",
    "indicators": "S1-1.2-1",
    "weights": "S1-1.2-1",
    "assessment_period": "S1-1.2-1",
    "training_frequency": "S1-1.2-2",
    "key_data_list": "S1-2.2-1",
    "monitoring_frequency": "S1-2.2-2",
    "availability_target": "S1-2.2-3",
    "data_difference_tolerance": "S1-3.2-1",
    "data_time_limit": "S1-3.2-2",
    "feedback_time_limit": "S1-3.3-1",
    "acceptance_survey_frequency": "S1-3.4-1",
    "hr_assessor": "A1-03",
}


def lacking(settings: Mapping[str, object], *, availability_measured: bool = True) -> list[str]:
    """The required settings without a value, in the order of the source.

    availability_measured: only then is a target for it needed (S1-2.2-3).
    """
    wanted = [n for n in REQUIRED if availability_measured or n != "availability_target"]
    return [n for n in wanted if settings.get(n) in (None, "", (), [])]


class Purpose(StrEnum):
    """What every overall goal serves (S1-1.0-1)."""

    EFFICIENCY = "efficiency"
    QUALITY = "quality"
    SUSTAINABILITY = "sustainability"


@dataclass(frozen=True, slots=True)
class Goal:
    """An overall goal of the hospital; purpose: what it serves."""

    code: str
    text: str
    purpose: Purpose | None = None


@dataclass(frozen=True, slots=True)
class DepartmentPlan:
    """A department's plan: the goals it takes up, and what is its own (S1-1.3-1)."""

    department: str
    goals: tuple[str, ...]
    features: tuple[str, ...]


def goal_problems(goals: Iterable[Goal]) -> list[Problem]:
    """Goals that serve none of the purposes by name (S1-1.0-1), as notices."""
    return [
        _notice(
            "goal_untagged",
            f"总目标“{goal.text}”没有标明服务于哪一项宗旨",
            f"goal '{goal.text}' is tagged with no purpose",
            f"请标明：{'、'.join(Purpose)}", f"Tag it with one of: {', '.join(Purpose)}", goal.code,
        )
        for goal in goals
        if goal.purpose is None
    ]  # fmt: skip


def plan_problems(
    plans: Iterable[DepartmentPlan], departments: Iterable[str], goals: Iterable[str]
) -> list[Problem]:
    """Departments without a plan, and plans without a known goal or a feature of their own."""
    by = {p.department: p for p in plans}
    known = set(goals)
    found = []
    for unit in sorted(departments):
        plan = by.get(unit)
        if plan is None:
            found.append(_problem(
                "plan_missing", f"科室 {unit} 没有计划", f"department '{unit}' has no plan",
                "请在收集之前交来（S1-2.1-3）",
                "It is due before collecting begins (S1-2.1-3)", unit,
            ))  # fmt: skip
            continue
        if not known & set(plan.goals):
            found.append(_problem(
                "plan_goal", f"科室 {unit} 的计划没有对应总目标",
                f"the plan of '{unit}' takes up no overall goal",
                f"请至少对应一个：{'、'.join(sorted(known))}",
                f"Take up at least one of: {', '.join(sorted(known))}", unit,
            ))  # fmt: skip
        if not plan.features:
            found.append(_problem(
                "plan_feature", f"科室 {unit} 的计划没有写本科室特点",
                f"the plan of '{unit}' names nothing of its own",
                "请至少写一项（S1-1.3-1）", "Name at least one feature (S1-1.3-1)", unit,
            ))  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Recurring:
    """A duty that comes again. setting: the required setting that says how often, in months."""

    clause: str
    setting: str
    role: Role
    names: Text


RECURRING: tuple[Recurring, ...] = (
    Recurring("S1-1.1-2", "system_review_frequency", Role.MANAGEMENT,
              Text("评估绩效体系的效果", "review how the whole system works")),
    Recurring("S1-1.2-2", "training_frequency", Role.HR,
              Text("培训绩效管理的意义与方法", "train staff in its meaning and methods")),
    Recurring("S1-2.2-2", "monitoring_frequency", Role.HR,
              Text("收集分析数据，监控执行", "collect and analyse data, watch the execution")),
    Recurring("S1-3.4-1", "acceptance_survey_frequency", Role.HR,
              Text("调查员工的认同度", "survey how far staff accept it")),
)  # fmt: skip


def overdue(
    months: Mapping[str, int], last: Mapping[str, dt.date], started: dt.date, today: dt.date
) -> list[Problem]:
    """Recurring duties that are late, as notices.

    months: setting -> how often, in months; last: clause -> when it was last done; started: since
    when the duties run. A duty without its setting is left to `lacking`.
    """
    found = []
    for duty in RECURRING:
        every = months.get(duty.setting)
        if every is None:
            continue
        since = last.get(duty.clause, started)
        due = _months_on(since, every)
        if today > due:
            who = duty.role.names
            found.append(_notice(
                "overdue", f"{duty.names.zh}已过期：应在 {due} 前（{duty.clause}）",
                f"'{duty.names.en}' was due by {due} ({duty.clause})",
                f"请{who.zh}完成并登记", f"It is up to {who.en}: do it and file it", duty.clause,
            ))  # fmt: skip
    return found


def _months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months later, or the last of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    first = dt.date(index // 12, index % 12 + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(4)).replace(day=1) - dt.timedelta(1)
    return min(last, first + dt.timedelta(day.day - 1))


def coverage(trained: Iterable[str], staff: Iterable[str]) -> Fraction | None:
    """The share of staff who were trained (S1-1.2-2); None where there is no staff."""
    due = set(staff)
    return Fraction(len(due & set(trained)), len(due)) if due else None


@dataclass(frozen=True, slots=True)
class Improvement:
    """One item of a department's improvement plan (S1-2.3-3), with its result (S1-2.4-3)."""

    department: str
    item: str
    result: str = ""


@dataclass(frozen=True, slots=True)
class ChangeRequest:
    """What another party asks of IT (S1-2.4-4); answer: what became of it."""

    text: str
    by: Role
    answer: str = ""


def improvement_problems(
    items: Iterable[Improvement], requests: Iterable[ChangeRequest], departments: Iterable[str]
) -> list[Problem]:
    """What the improvement stage still wants.

    A plan of every department, a result to every item, an answer to every request; requests come
    from the three other parties.
    """
    found, planned = [], set()
    for one in items:
        planned.add(one.department)
        if not one.result:
            found.append(_problem(
                "improvement_open", f"改进项“{one.item}”还没有结果", f"'{one.item}' has no result",
                "请科室填写结果（S1-2.4-3）",
                "Let the department file it (S1-2.4-3)", one.department,
            ))  # fmt: skip
    found += [
        _problem(
            "improvement_missing", f"科室 {unit} 没有改进计划",
            f"department '{unit}' has no improvement plan",
            "请科室分析不足并写出计划（S1-2.3-3）",
            "Let it find what falls short and plan (S1-2.3-3)", unit,
        )
        for unit in sorted(set(departments) - planned)
    ]  # fmt: skip
    for request in requests:
        if request.by is Role.IT:
            found.append(_problem(
                "request_own", f"需求“{request.text}”不能由信息部门自己提",
                f"request '{request.text}' may not come from IT itself",
                "请由另外三方提出（S1-2.4-4）", "The other three parties ask (S1-2.4-4)",
            ))  # fmt: skip
        elif not request.answer:
            found.append(_problem(
                "request_open", f"需求“{request.text}”还没有答复",
                f"request '{request.text}' is not answered",
                "请信息部门答复", "Let IT answer it",
            ))  # fmt: skip
    return found


def assessor_problems(
    hr_department: str, hr_assessor: str, hr_accounts: Iterable[str]
) -> list[Problem]:
    """Who sums up the results of the office that runs the assessment: somebody else (A1-03)."""
    if hr_assessor and hr_assessor not in set(hr_accounts):
        return []
    return [_problem(
        "hr_assessor", f"{hr_department} 自己的结果不能由本部门汇总",
        f"'{hr_department}' may not sum up its own results",
        "请在 hr_assessor 指定另一个账号", "Name another account in `hr_assessor`", hr_department,
    )]  # fmt: skip


def _problem(code: str, zh: str, en: str, cure_zh: str, cure_en: str, place: str = "") -> Problem:
    return Problem(f"duty.{code}", Text(zh, en), Text(cure_zh, cure_en), place)


def _notice(code: str, zh: str, en: str, cure_zh: str, cure_en: str, place: str) -> Problem:
    message, cure = Text(zh, en), Text(cure_zh, cure_en)
    return Problem(f"duty.{code}", message, cure, place, severity="notice")
