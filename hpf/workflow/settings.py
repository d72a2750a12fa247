"""What a hospital settles about its cycle: names, meaning, how each is read, and the policy of it.

The sources leave nearly all of it to the hospital, so a setting without a value is told and never
guessed. What a scheme's own parameters settle (`publicity_days`, `appeal_days`, `quorum`) holds
where the hospital says nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hpf.core.errors import BadValue, Collector, ParameterError, Problem, Text, did_you_mean, reason
from hpf.core.program import Program
from hpf.workflow.consents import levels
from hpf.workflow.duties import REQUIRED
from hpf.workflow.planning import Timing
from hpf.workflow.policy import Policy
from hpf.workflow.setting_values import (
    movers,
    number,
    own_calendar,
    pay_order,
    said,
    seats,
    share,
    whole,
    words,
    yes_or_no,
)
from hpf.workflow.workdays import Calendar, Span


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to settle. clause: where the source leaves it open; required: without default."""

    name: str
    names: Text
    read: Callable[[str], Any]
    clause: str = ""
    required: bool = True


_MONTHS = whole(1, 60)
_TABLE = (
    Setting(
        "system_review_frequency",
        Text("每几个月评估一次绩效体系", "months between reviews of the system"),
        _MONTHS,
    ),
    Setting("training_frequency", Text("每几个月培训一次", "months between trainings"), _MONTHS),
    Setting(
        "key_data_list",
        Text("关键数据清单（文件名或位置）", "the list of key data, and where it is kept"),
        said,
    ),
    Setting(
        "monitoring_frequency",
        Text("每几个月分析一次数据", "months between analyses of the data"),
        _MONTHS,
    ),
    Setting(
        "availability_target",
        Text("系统可用率目标（衡量时才填）", "the system's availability target, if measured"),
        share,
        required=False,
    ),
    Setting(
        "data_difference_tolerance",
        Text("同一数据不同来源的允许差", "the difference allowed between two sources of a value"),
        number,
    ),
    Setting(
        "data_time_limit",
        Text("数据几个工作日内报来", "working days within which data come in"),
        whole(0, 250),
    ),
    Setting(
        "feedback_time_limit",
        Text("结果几个工作日内反馈到人", "working days within which everyone is told"),
        whole(0, 250),
    ),
    Setting(
        "acceptance_survey_frequency",
        Text("每几个月调查一次认同度", "months between surveys of acceptance"),
        _MONTHS,
    ),
    Setting(
        "hr_assessor",
        Text(
            "由谁汇总绩效部门自己的结果（账号）",
            "who sums up the performance office's own results (an account)",
        ),
        said,
    ),
    Setting(
        "publicity_days",
        Text("公示几个工作日", "working days of publicity"),
        whole(1, 250),
        "S4.5-3.5.a",
    ),
    Setting(
        "appeal_days",
        Text("公示后几个工作日内可申诉", "working days for appeals, from the posting"),
        whole(1, 250),
        "S1-5",
    ),
    Setting(
        "decision_days",
        Text("申诉几个工作日内答复", "working days within which an appeal is decided"),
        whole(1, 250),
        "S1-5",
    ),
    Setting(
        "quorum",
        Text("到会人数比例（默认 2/3，含）", "the share that must be present (2/3, inclusive)"),
        share,
        "S4.1-1.6",
        required=False,
    ),
    Setting(
        "majority",
        Text(
            "赞成票比例（1/2：过半数；更高：达到即可）",
            "the share of yes votes (1/2: more than half; above: at least)",
        ),
        share,
        "S4.1-AMB-01",
    ),
    Setting(
        "order",
        Text("先公示后发放，或先发放后公示", "publicise_then_pay or pay_then_publicise"),
        pay_order,
        "S1-5",
    ),
    Setting(
        "facts_due",
        Text("次月几日前报齐数据", "day of the following month by which facts are in"),
        whole(1, 31),
        "S1-2.2-2",
    ),
    Setting(
        "calculation_days",
        Text("计算需几个工作日", "working days for the calculation"),
        whole(0, 60),
        "S1-2.3-1",
    ),
    Setting(
        "review_days",
        Text("审核需几个工作日", "working days for the review"),
        whole(0, 60),
        "S1-2.3-2",
    ),
    Setting("pay_day", Text("发放日（几日）", "pay day, a day of the month"), whole(1, 31), "S1-5"),
    Setting(
        "pay_months",
        Text("发放日在期末后第几个月（默认 1）", "months after the period's last one (1)"),
        whole(1, 12),
        "S1-5",
        required=False,
    ),
    Setting(
        "count_posting_day",
        Text(
            "公示当日是否计入：yes/no（默认 no）",
            "whether the day of posting counts: yes or no (no)",
        ),
        yes_or_no,
        "S4.5-AMB-05",
        required=False,
    ),
    Setting(
        "payer_apart",
        Text(
            "封存计算的人不办发放：yes/no（不定：网页上分开，命令行只提醒）",
            "whoever sealed a run does not pay it: yes or no (unsettled: kept apart in the portal)",
        ),
        yes_or_no,
        required=False,
    ),
    Setting(
        "movers",
        Text("哪一步只由哪些角色操作（JSON）", "moves left to fewer roles (JSON)"),
        movers,
        "S1-4-1",
        required=False,
    ),
    Setting(
        "consensus_levels",
        Text(
            "目标要哪几级同意（hospital,department,staff；不需要写 none）",
            "levels that agree to the objectives (hospital,department,staff, or none)",
        ),
        levels,
        "S0-3-2",
        required=False,
    ),
    Setting(
        "reply_days",
        Text("反馈几天内答复", "days within which feedback is answered"),
        whole(1, 250),
        "S0-9-2",
        required=False,
    ),
    Setting(
        "recognition_types",
        Text("表彰种类（逗号分隔）", "kinds of recognition, with commas between"),
        words,
        "S0-8-2",
        required=False,
    ),
    Setting(
        "committee_seats",
        Text(
            "考核组织必有席位（如 人事=1、医务=1、临床专家=2）",
            "seats a committee must have (such as personnel=1,nursing=1,expert=2)",
        ),
        seats,
        "S0-7-1",
        required=False,
    ),
    Setting(
        "calendar",
        Text("自定工作日历（JSON）", "working days of your own (JSON)"),
        own_calendar,
        "S4.5-CFG-07",
        required=False,
    ),
)
SETTINGS: Mapping[str, Setting] = {one.name: one for one in _TABLE}


def clause_of(setting: Setting) -> str:
    """The clause that leaves it to the hospital."""
    return setting.clause or REQUIRED.get(setting.name, "")


def read_settings(given: Mapping[str, str]) -> dict[str, Any]:
    """Values by name. Raises ParameterError with everything that is wrong with them."""
    bad = Collector()
    found: dict[str, Any] = {}
    for name, text in given.items():
        setting = SETTINGS.get(name)
        if setting is None:
            message = Text(f"没有 {name} 这项设置", f"there is no setting '{name}'")
            bad.add(Problem("cycle.setting", message, did_you_mean(name, SETTINGS), name=name))
            continue
        try:
            found[name] = setting.read(text)
        except BadValue as error:
            told = reason(error)
            message = Text(f"“{text}”不行：{told.zh}", f"'{text}' will not do: {told.en}")
            bad.add(Problem("cycle.setting", message, setting.names, name=name))
    bad.stop(ParameterError)
    return found


def of_scheme(program: Program, on: dt.date) -> dict[str, str]:
    """What the scheme's own parameters and its indicators' due days settle, as texts."""
    found = {}
    for name in ("publicity_days", "appeal_days", "quorum"):
        parameter = program.parameters.get(name)
        dated = parameter.on(on) if parameter is not None else None
        if dated is not None:
            found[name] = str(dated.value)
    due = max((one.due_day for one in program.indicators), default=0)
    if due:
        found["facts_due"] = str(due)
    return found


def lacking_settings(held: Mapping[str, Any]) -> list[Setting]:
    """Required settings that have no value yet."""
    return [one for one in SETTINGS.values() if one.required and one.name not in held]


def policy_of(held: Mapping[str, Any]) -> Policy | None:
    """The policy they make; None while one that it needs is missing."""
    if any(name not in held for name in ("publicity_days", "appeal_days", "order")):
        return None
    book = held.get("calendar", Calendar())
    posting = held.get("count_posting_day", False)
    return Policy(
        publicity=Span(held["publicity_days"], posting, book),
        appeal=Span(held["appeal_days"], posting, book),
        order=held["order"],
        quorum=held.get("quorum", Fraction(2, 3)),
        narrowed=held.get("movers", {}),
    )


def timing_of(held: Mapping[str, Any]) -> Timing | None:
    """The days they settle; None while one is missing."""
    names = ("facts_due", "pay_day", "calculation_days", "review_days")
    if any(name not in held for name in names):
        return None
    due, pay_day, calculation, review = (held[name] for name in names)
    return Timing(due, pay_day, calculation, review, held.get("pay_months", 1))


def enough(yes: int, present: int, majority: Fraction) -> bool:
    """Whether the yes votes pass: more than half for 1/2, at least the share above it."""
    if majority == Fraction(1, 2):
        return 2 * yes > present
    return present > 0 and yes * majority.denominator >= majority.numerator * present


def decide_by(held: Mapping[str, Any], filed: dt.date) -> dt.date:
    """The last day on which an appeal is decided; KeyError while `decision_days` is missing."""
    book: Calendar = held.get("calendar", Calendar())
    return book.add_working_days(filed, held["decision_days"])
