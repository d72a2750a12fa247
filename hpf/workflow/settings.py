"""What a hospital settles about its cycle: names, meaning, how each is read, and the policy of it.

The sources leave nearly all of it to the hospital, so a setting without a value is told and never
guessed. What a scheme's own parameters settle (`publicity_days`, `appeal_days`, `quorum`) holds
where the hospital says nothing else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hpf.core.errors import BadValue, Collector, ParameterError, Problem, Text, did_you_mean, reason
from hpf.core.program import Program
from hpf.workflow.duties import REQUIRED
from hpf.workflow.planning import Timing
from hpf.workflow.policy import PayOrder, Policy
from hpf.workflow.workdays import Calendar, Span


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to settle. clause: where the source leaves it open; required: without default."""

    name: str
    names: Text
    read: Callable[[str], Any]
    clause: str = ""
    required: bool = True


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise BadValue(
                f"要写 {least} 到 {most} 的整数", f"a whole number from {least} to {most}"
            )
        return int(text)

    return read


def _share(text: str) -> Fraction:
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise BadValue("要写成 2/3 这样的分数", "a fraction such as 2/3") from None
    if not 0 < found <= 1:
        raise BadValue("要大于 0、不超过 1", "more than 0 and at most 1")
    return found


def _number(text: str) -> Decimal:
    try:
        found = Decimal(text)
    except ArithmeticError:
        raise BadValue("要写数字", "a number") from None
    if not found.is_finite() or found < 0:
        raise BadValue("不能小于 0", "not below 0")
    return found


def _said(text: str) -> str:
    if not text.strip():
        raise BadValue("是空的", "it is empty")
    return text.strip()


def _order(text: str) -> PayOrder:
    try:
        return PayOrder(text)
    except ValueError:
        raise BadValue(f"可写：{'、'.join(PayOrder)}", f"one of: {', '.join(PayOrder)}") from None


def _calendar(text: str) -> Calendar:
    try:
        return Calendar.parse(json.loads(text), "calendar")
    except (json.JSONDecodeError, AttributeError):
        form = '{"years": [2027], "holidays": ["2027-02-05"], "makeup_workdays": []}'
        raise BadValue(f"要写成 {form}", f"write it as {form}") from None
    except ParameterError as error:
        told = error.problems[0].message
        raise BadValue(told.zh, told.en) from None


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise BadValue("要写 yes 或 no", "yes or no")
    return text == "yes"


_MONTHS = _whole(1, 60)
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
        _said,
    ),
    Setting(
        "monitoring_frequency",
        Text("每几个月分析一次数据", "months between analyses of the data"),
        _MONTHS,
    ),
    Setting(
        "availability_target",
        Text("系统可用率目标（衡量时才填）", "the system's availability target, if measured"),
        _share,
        required=False,
    ),
    Setting(
        "data_difference_tolerance",
        Text("同一数据不同来源的允许差", "the difference allowed between two sources of a value"),
        _number,
    ),
    Setting(
        "data_time_limit",
        Text("数据几个工作日内报来", "working days within which data come in"),
        _whole(0, 250),
    ),
    Setting(
        "feedback_time_limit",
        Text("结果几个工作日内反馈到人", "working days within which everyone is told"),
        _whole(0, 250),
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
        _said,
    ),
    Setting(
        "publicity_days",
        Text("公示几个工作日", "working days of publicity"),
        _whole(1, 250),
        "S4.5-3.5.a",
    ),
    Setting(
        "appeal_days",
        Text("公示后几个工作日内可申诉", "working days for appeals, from the posting"),
        _whole(1, 250),
        "S1-5",
    ),
    Setting(
        "decision_days",
        Text("申诉几个工作日内答复", "working days within which an appeal is decided"),
        _whole(1, 250),
        "S1-5",
    ),
    Setting(
        "quorum",
        Text("到会人数比例（默认 2/3，含）", "the share that must be present (2/3, inclusive)"),
        _share,
        "S4.1-1.6",
        required=False,
    ),
    Setting(
        "majority",
        Text(
            "赞成票比例（1/2：过半数；更高：达到即可）",
            "the share of yes votes (1/2: more than half; above: at least)",
        ),
        _share,
        "S4.1-AMB-01",
    ),
    Setting(
        "order",
        Text("先公示后发放，或先发放后公示", "publicise_then_pay or pay_then_publicise"),
        _order,
        "S1-5",
    ),
    Setting(
        "facts_due",
        Text("次月几日前报齐数据", "day of the following month by which facts are in"),
        _whole(1, 31),
        "S1-2.2-2",
    ),
    Setting(
        "calculation_days",
        Text("计算需几个工作日", "working days for the calculation"),
        _whole(0, 60),
        "S1-2.3-1",
    ),
    Setting(
        "review_days",
        Text("审核需几个工作日", "working days for the review"),
        _whole(0, 60),
        "S1-2.3-2",
    ),
    Setting(
        "pay_day", Text("发放日（几日）", "pay day, a day of the month"), _whole(1, 31), "S1-5"
    ),
    Setting(
        "pay_months",
        Text("发放日在期末后第几个月（默认 1）", "months after the period's last one (1)"),
        _whole(1, 12),
        "S1-5",
        required=False,
    ),
    Setting(
        "count_posting_day",
        Text(
            "公示当日是否计入：yes/no（默认 no）",
            "whether the day of posting counts: yes or no (no)",
        ),
        _yes_or_no,
        "S4.5-AMB-05",
        required=False,
    ),
    Setting(
        "calendar",
        Text("自定工作日历（JSON）", "working days of your own (JSON)"),
        _calendar,
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
            said = reason(error)
            message = Text(f"“{text}”不行：{said.zh}", f"'{text}' will not do: {said.en}")
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
