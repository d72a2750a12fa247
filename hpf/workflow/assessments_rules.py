"""What the county settles before an assessment begins. What moves points or money has no default.

Texts come in, values go out; all that is wrong is told at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hpf.core.errors import BadValue, Collector, ParameterError, Problem, Text, did_you_mean, reason
from hpf.core.kit.assessing import Day, OutsideAssessment
from hpf.core.periods import Period
from hpf.workflow.marks_merge import Merge
from hpf.workflow.setting_values import number, own_calendar, whole, yes_or_no
from hpf.workflow.workdays import Calendar, Span


@dataclass(frozen=True, slots=True)
class Rules:
    """An assessment's settled rules. window, report_by: days of its year; publicity, objection,
    review: working days; correction: days of the calendar."""

    merge: Merge
    step: Decimal
    marks_least: int
    publicity: Span
    objection: Span
    review: Span
    correction: int
    window: tuple[dt.date, dt.date]
    report_by: dt.date


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing to settle. clause: what leaves it open; required: without default."""

    name: str
    names: Text
    read: Callable[[str], Any]
    clause: str
    required: bool = True


def _merge(text: str) -> Merge:
    try:
        return Merge(text)
    except ValueError:
        listed = ", ".join(Merge)
        raise BadValue(f"可写：{listed}", f"one of: {listed}") from None


def _step(text: str) -> Decimal:
    found = number(text)
    if not found or found > 1:
        raise BadValue("要大于 0、不超过 1，如 0.01", "above 0 and at most 1, such as 0.01")
    return found


def _window(text: str) -> tuple[Day, Day]:
    first, dots, last = text.partition("..")
    try:
        days = [dt.date.fromisoformat(f"2000-{one}") for one in (first, last)]
        if not dots or days[0] > days[1]:
            raise ValueError
    except ValueError:
        raise BadValue("要写成 10-11..10-20", "as 10-11..10-20") from None
    return (days[0].month, days[0].day), (days[1].month, days[1].day)


def _day(text: str) -> Day:
    try:
        found = dt.date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise BadValue("要写成 11-30", "as 11-30") from None
    return found.month, found.day


_DAYS = whole(1, 250)
_TABLE = (
    Rule("merge", Text("多名专家评分怎样合并：mean、median、trimmed",
                       "how several marks become one: mean, median, trimmed"),
         _merge, "S4.5-4.1.c"),
    Rule("merge_step", Text("合并后取整到几分，如 0.01", "rounded to which step of points: 0.01"),
         _step, "S4.5-4.1.c"),
    Rule("marks_least", Text("每个定性指标至少几名专家评分", "experts who mark an item, at least"),
         whole(1, 99), "S4.5-CFG-03"),
    Rule("objection_days", Text("公示后几个工作日内可提异议",
                                "working days for objections, from the posting"),
         _DAYS, "S4.5-CFG-04"),
    Rule("review_days", Text("异议几个工作日内复核", "working days within which one is reviewed"),
         _DAYS, "S4.5-CFG-04"),
    Rule("correction_days", Text("不合格的限几日内整改", "days within which to correct"),
         whole(1, 730), "S4.5-CFG-05"),
    Rule("publicity_days", Text("公示几个工作日", "working days of publicity"), _DAYS,
         "S4.5-3.5.a", required=False),
    Rule("count_posting_day", Text("公示当日是否计入：yes/no（默认 no）",
                                   "whether the day of posting counts: yes or no (no)"),
         yes_or_no, "S4.5-AMB-05", required=False),
    Rule("window", Text("集中考核的日期，如 10-11..10-20",
                        "days of the concentrated visit, such as 10-11..10-20"),
         _window, "S4.5-AMB-04", required=False),
    Rule("report_by", Text("最迟哪天上报，如 11-30", "last day of the report, such as 11-30"),
         _day, "S4.5-3.6.a", required=False),
    Rule("calendar", Text("自定工作日历（JSON）", "working days of your own (JSON)"), own_calendar,
         "S4.5-CFG-07", required=False),
)  # fmt: skip
RULES: Mapping[str, Rule] = {one.name: one for one in _TABLE}


def read_rules(plan: OutsideAssessment, given: Mapping[str, str], period: Period) -> Rules:
    """The rules that texts make, in the year of a period.

    Raises ParameterError with every rule that is unknown, missing or will not do.
    """
    bad = Collector()
    held: dict[str, Any] = {}
    for name, text in given.items():
        rule = RULES.get(name)
        if rule is None:
            message = Text(f"没有 {name} 这一项", f"there is no rule '{name}'")
            bad.add(Problem("assess.rule", message, did_you_mean(name, RULES), name=name))
            continue
        try:
            held[name] = rule.read(text)
        except BadValue as error:
            told = reason(error)
            message = Text(f"“{text}”不行：{told.zh}", f"'{text}' will not do: {told.en}")
            bad.add(Problem("assess.rule", message, rule.names, name=name))
    for rule in RULES.values():
        if rule.required and rule.name not in given:
            message = Text(f"还没有定：{rule.names.zh}", f"not settled: {rule.names.en}")
            cure = Text(f"请写明：{rule.name}=…（{rule.clause}）",
                        f"Settle it: {rule.name}=… ({rule.clause})")  # fmt: skip
            bad.add(Problem("assess.rule_missing", message, cure, name=rule.name))
    days = held.get("publicity_days", plan.publicity)
    if days < plan.publicity:
        message = Text(f"公示不得少于 {plan.publicity} 个工作日",
                       f"publicity lasts {plan.publicity} working days at least")  # fmt: skip
        bad.add(Problem("assess.publicity", message, name="publicity_days"))
    if "merge" in held and held.get("marks_least", held["merge"].least) < held["merge"].least:
        least = held["merge"].least
        message = Text(f"{held['merge'].names.zh}至少要 {least} 名专家评分",
                       f"the {held['merge'].names.en} needs {least} marks")  # fmt: skip
        bad.add(Problem("assess.marks_least", message, name="marks_least"))
    bad.stop(ParameterError)
    book, posting = held.get("calendar", Calendar()), held.get("count_posting_day", False)
    first, last = held.get("window", plan.window)
    year = period.last_day.year
    return Rules(
        held["merge"], held["merge_step"], held["marks_least"],
        Span(days, posting, book), Span(held["objection_days"], posting, book),
        Span(held["review_days"], False, book), held["correction_days"],
        (dt.date(year, *first), dt.date(year, *last)),
        dt.date(year, *held.get("report_by", plan.report_by)),
    )  # fmt: skip
