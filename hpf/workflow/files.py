"""What is put on file around a cycle: goals, plans, feedback, training …, each by who may.

A filing is added and never changed; a later one takes an earlier one's place or answers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.storage.cycles import local_day
from hpf.storage.models import Filing
from hpf.workflow.challenges import Feedback
from hpf.workflow.duties import ChangeRequest, DepartmentPlan, Goal, Improvement, Purpose
from hpf.workflow.roles import Actor, Role, listed


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of filing. wants: entries of its detail that must be given; cycle: of a cycle."""

    code: str
    clause: str
    names: Text
    roles: frozenset[Role]
    wants: tuple[str, ...] = ()
    cycle: bool = True
    subject: bool = False


def _of(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_M, _H, _D, _I = Role.MANAGEMENT, Role.HR, Role.DEPARTMENTS, Role.IT
_TABLE = (
    Kind("goal", "S1-1.0-1", Text("总目标", "overall goal"), _of(_M), ("purpose",)),
    Kind("focus", "S1-2.1-1", Text("考核重点", "focus of the assessment"), _of(_M)),
    Kind("plan", "S1-1.3-1", Text("科室计划", "department's plan"), _of(_D), ("goals", "feature")),
    Kind("consent", "S1-3.1-2", Text("指标共同商定", "consent to an indicator"), _of(_H, _D),
         subject=True),
    Kind("missing", "S1-2.2-2", Text("缺项清单", "list of missing data"), _of(_H)),
    Kind("proposal", "S1-1.2-4", Text("奖惩建议", "proposal of rewards and penalties"), _of(_H)),
    Kind("decision", "S1-2.3-2", Text("奖惩决定", "rewards and penalties decided"), _of(_M)),
    Kind("posting", "S1-3.4-3", Text("公示", "posting"), _of(_M, _H), ("day",)),
    Kind("feedback", "S1-3.3-2", Text("反馈到人", "feedback to a person"), _of(_M, _H),
         subject=True),
    Kind("response", "S1-1.3-3", Text("对反馈的回应", "response to a feedback"), _of(_D),
         subject=True),
    Kind("improvement", "S1-2.3-3", Text("改进项", "item of an improvement plan"), _of(_D)),
    Kind("result", "S1-2.4-3", Text("改进结果", "result of an improvement item"), _of(_D), ("of",)),
    Kind("request", "S1-2.4-4", Text("系统需求", "change request to IT"), _of(_M, _H, _D)),
    Kind("answer", "S1-2.4-4", Text("需求答复", "answer to a change request"), _of(_I), ("of",)),
    Kind("review", "S1-1.1-2", Text("体系评估", "review of the system"), _of(_M), cycle=False),
    Kind("training", "S1-1.2-2", Text("绩效培训", "training in method"), _of(_M, _H), cycle=False,
         subject=True),
    Kind("system_training", "S1-1.4-2", Text("系统培训", "training in the system"), _of(_I),
         cycle=False, subject=True),
    Kind("monitoring", "S1-2.2-2", Text("执行监控", "watch over the execution"), _of(_H),
         cycle=False),
    Kind("survey", "S1-3.4-1", Text("认同度调查", "survey of acceptance"), _of(_H),
         ("asked", "accepting"), cycle=False),
    Kind("procedure", "S1-3.2-3", Text("数据流程", "data procedure"), _of(_H),
         ("version", "owner"), cycle=False),
    Kind("assessor", "S1-3.3-3", Text("考核人员", "assessor"), _of(_M, _H), cycle=False,
         subject=True),
)  # fmt: skip
KINDS: Mapping[str, Kind] = {one.code: one for one in _TABLE}


def filing_problems(
    code: str, actor: Actor, subject: str, text: str, detail: Mapping[str, str]
) -> list[Problem]:
    """Why something may not be filed; empty if it may."""
    kind = KINDS.get(code)
    if kind is None:
        message = Text(f"没有 {code} 这一类", f"there is no kind '{code}'")
        return [Problem("file.kind", message, did_you_mean(code, KINDS), name=code)]
    found = []
    if actor.role not in kind.roles:
        who = listed(kind.roles)
        message = Text(
            f"{actor.role.names.zh}不能登记{kind.names.zh}",
            f"{actor.role.names.en} may not file: {kind.names.en}",
        )
        cure = Text(f"请由{who.zh}登记", f"Leave it to {who.en}")
        found.append(Problem("file.role", message, cure, actor.account, name=code))
    empty = [n for n in kind.wants if not detail.get(n, "").strip()]
    if kind.subject and not subject:
        empty.append("--for")
    if not text.strip():
        empty.append("TEXT")
    if empty:
        shown = ", ".join(empty)
        message = Text(
            f"登记{kind.names.zh}还缺：{shown}", f"{kind.names.en}: still missing {shown}"
        )
        cure = Text(f"请补上（{kind.clause}）", f"Give it ({kind.clause})")
        found.append(Problem("file.lacks", message, cure, actor.account, name=code))
    purpose = detail.get("purpose", "").strip()
    if code == "goal" and purpose and purpose not in set(Purpose):
        message = Text(f"没有宗旨 {purpose}", f"there is no purpose '{purpose}'")
        known = ", ".join(Purpose)
        cure = Text(f"可写：{known}（S1-1.0-1）", f"One of: {known} (S1-1.0-1)")
        found.append(Problem("file.purpose", message, cure, actor.account, name=code))
    if code == "survey" and not empty:
        found += _survey_problems(detail)
    return found


def _survey_problems(detail: Mapping[str, str]) -> list[Problem]:
    """Why the figures of a survey will not do."""
    asked, accepting = detail.get("asked", ""), detail.get("accepting", "")
    if asked.isdecimal() and accepting.isdecimal() and 0 < int(asked) >= int(accepting):
        return []
    message = Text(
        f"被调查 {asked} 人、认同 {accepting} 人，不成立",
        f"{accepting} of {asked} cannot be",
    )
    cure = Text("两项都写人数，认同的不多于被调查的", "Give two numbers of people")
    return [Problem("file.survey", message, cure, name="survey")]


def goals(filed: Iterable[Filing]) -> tuple[Goal, ...]:
    """The overall goals on file, each with its purpose."""
    return tuple(
        Goal(str(one.id), one.text, Purpose(one.detail["purpose"]))
        for one in filed
        if one.kind == "goal"
    )


def plans(filed: Iterable[Filing]) -> list[DepartmentPlan]:
    """The latest plan of each department. goals: numbers of goals, with commas between."""
    last = {one.subject: one for one in filed if one.kind == "plan"}
    return [
        DepartmentPlan(
            unit,
            tuple(g.strip() for g in str(one.detail["goals"]).split(",") if g.strip()),
            (str(one.detail["feature"]),),
        )
        for unit, one in sorted(last.items())
    ]


def improvements(filed: Iterable[Filing]) -> list[Improvement]:
    """All items of all departments' improvement plans, with their results."""
    given = list(filed)
    results = {
        (one.subject, str(one.detail["of"])): one.text for one in given if one.kind == "result"
    }
    return [
        Improvement(one.subject, one.text, results.get((one.subject, str(one.id)), ""))
        for one in given
        if one.kind == "improvement"
    ]


def requests(filed: Iterable[Filing]) -> list[ChangeRequest]:
    """What was asked of IT, with its answers."""
    given = list(filed)
    answers = {str(one.detail["of"]): one.text for one in given if one.kind == "answer"}
    return [
        ChangeRequest(one.text, Role(one.role), answers.get(str(one.id), ""))
        for one in given
        if one.kind == "request"
    ]


def feedback(filed: Iterable[Filing]) -> list[Feedback]:
    """What each person was told, and what became of it."""
    given = list(filed)
    answers = {one.subject: one for one in given if one.kind == "response"}
    first: dict[str, Filing] = {}
    for one in given:
        if one.kind == "feedback":
            first.setdefault(one.subject, one)
    return [
        Feedback(
            person,
            local_day(one.at),
            local_day(answers[person].at) if person in answers else None,
            answers[person].text if person in answers else "",
            person in answers and answers[person].detail.get("disputed") == "yes",
        )
        for person, one in sorted(first.items())
    ]
