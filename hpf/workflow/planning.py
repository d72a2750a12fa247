"""Whether a cycle's days fit, told when it is planned: due days, publicity, appeals, pay day.

    plan = plan_days(period_end, Timing(...), policy)
    plan.gives            # what would have to give, each way with its day; empty where all fits

Times after the due day are counted in Chinese working days. A due day or pay day that is no
working day is kept by the last one before it.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.workflow.policy import PayOrder, Policy
from hpf.workflow.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Timing:
    """What a hospital settles about days.

    facts_due, pay_day: days of the month after the period; beyond its last day: that last day.
    pay_months: how many months after the period's last one the pay day lies.
    calculation, review: working days that each takes.
    """

    facts_due: int
    pay_day: int
    calculation: int
    review: int
    pay_months: int = 1


@dataclass(frozen=True, slots=True)
class Way:
    """One way to make a plan fit: which day gives, and to which day."""

    code: str
    words: Text
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The last day of each step. earliest_pay: when money may go out; gives: empty where it fits.

    facts_due: last day of collecting; calculated, reviewed: by then; posted: first day of
    publicity; posted_until, appeals_until: last days; pay_day: as the hospital settled it.
    """

    facts_due: dt.date
    calculated: dt.date
    reviewed: dt.date
    posted: dt.date
    posted_until: dt.date
    appeals_until: dt.date
    earliest_pay: dt.date
    pay_day: dt.date
    order: PayOrder
    gives: tuple[Way, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the pay day can be kept."""
        return not self.gives

    @property
    def late_by(self) -> int:
        """By how many calendar days the pay day is too early; 0 where it fits."""
        return max((self.earliest_pay - self.pay_day).days, 0)

    def days(self) -> Mapping[str, str]:
        """The days by name, as they are kept with the cycle."""
        names = ("facts_due", "calculated", "reviewed", "posted", "posted_until",
                 "appeals_until", "earliest_pay", "pay_day")  # fmt: skip
        return {name: getattr(self, name).isoformat() for name in names}


def plan_days(period_end: dt.date, timing: Timing, policy: Policy) -> Plan:
    """The days of a cycle, and what has to give where they do not fit.

    Raises CalendarError where a day falls into a year without a published calendar.
    """
    book = policy.publicity.calendar
    due = book.last_working_day(_day_of_month(period_end, 1, timing.facts_due))
    pay = book.last_working_day(_day_of_month(period_end, timing.pay_months, timing.pay_day))
    plan = _forward(due, pay, timing, policy)
    if plan.earliest_pay <= pay:
        return plan
    ways = tuple(_ways(plan, period_end, timing, policy))
    return _forward(due, pay, timing, policy, ways)


def _forward(
    due: dt.date, pay: dt.date, timing: Timing, policy: Policy, gives: tuple[Way, ...] = ()
) -> Plan:
    book = policy.publicity.calendar
    calculated = book.add_working_days(due, timing.calculation)
    reviewed = book.add_working_days(calculated, timing.review)
    posted = book.next_working_day(reviewed)
    until = policy.publicity.last_day(posted)
    appeals = policy.appeal.last_day(posted)
    if policy.order is PayOrder.PAY_THEN_PUBLICISE:
        earliest = posted
    else:
        # the results are final on the first working day after both are over
        earliest = book.add_working_days(max(until, appeals), 1)
    return Plan(
        due, calculated, reviewed, posted, until, appeals, earliest, pay, policy.order, gives
    )


def _ways(plan: Plan, period_end: dt.date, timing: Timing, policy: Policy) -> Iterator[Way]:
    """Each single day that could give, with the day it would have to be."""
    book = policy.publicity.calendar
    earlier = _latest_due(plan, period_end, timing, policy, book)
    if earlier is not None:
        yield Way(
            "facts_due",
            Text(
                f"数据截止日从 {plan.facts_due} 提前到 {earlier}",
                f"have the facts by {earlier} instead of {plan.facts_due}",
            ),
            earlier,
        )
    yield Way(
        "pay_day",
        Text(
            f"发放日从 {plan.pay_day} 推迟到 {plan.earliest_pay}",
            f"pay on {plan.earliest_pay} instead of {plan.pay_day}",
        ),
        plan.earliest_pay,
    )
    if policy.order is PayOrder.PUBLICISE_THEN_PAY and plan.posted <= plan.pay_day:
        yield Way(
            "order",
            Text(
                f"改为先发放、后公示、差额另补：{plan.posted} 起即可发放",
                f"pay first, then publicise, then pay the difference: possible from {plan.posted}",
            ),
            plan.posted,
        )


def _latest_due(
    plan: Plan, period_end: dt.date, timing: Timing, policy: Policy, book: Calendar
) -> dt.date | None:
    """The latest working day after the period by which facts would have to be there."""
    day = plan.facts_due
    while day > period_end:
        if book.is_working_day(day):
            tried = _forward(day, plan.pay_day, timing, policy)
            if tried.earliest_pay <= plan.pay_day:
                return day
        day -= dt.timedelta(days=1)
    return None


def _day_of_month(period_end: dt.date, months: int, day: int) -> dt.date:
    index = period_end.year * 12 + period_end.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))
