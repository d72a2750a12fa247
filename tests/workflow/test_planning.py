"""Planning: days that fit, and ways out that really do where they do not."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpf.workflow.planning import Timing, plan_days
from hpf.workflow.policy import PayOrder, Policy
from hpf.workflow.workdays import Span

PAY_FIRST = Policy(order=PayOrder.PAY_THEN_PUBLICISE)
MONTH_ENDS = [dt.date(2025, m + 1, 1) - dt.timedelta(1) for m in range(1, 12)]


def test_a_due_day_that_is_no_working_day_is_kept_by_the_one_before() -> None:
    """5 April 2026 is a Sunday and Qingming; the 31st of a month of thirty is its last day."""
    plan = plan_days(dt.date(2026, 3, 31), Timing(5, 31, 2, 2), Policy())
    assert plan.facts_due == dt.date(2026, 4, 3)
    assert plan.pay_day == dt.date(2026, 4, 30)
    assert plan.fits
    assert plan.late_by == 0


def test_the_last_month_of_a_year_is_paid_in_the_next_one() -> None:
    plan = plan_days(dt.date(2025, 12, 31), Timing(5, 15, 1, 1, pay_months=2), Policy())
    assert plan.facts_due == dt.date(2026, 1, 5)
    assert plan.pay_day == dt.date(2026, 2, 14), "the 15th begins the Spring Festival"


def test_money_goes_out_once_both_publicity_and_appeals_are_over() -> None:
    timing = Timing(5, 28, 0, 0)
    end = dt.date(2026, 8, 31)
    short = plan_days(end, timing, Policy(publicity=Span(5), appeal=Span(2)))
    long = plan_days(end, timing, Policy(publicity=Span(5), appeal=Span(7)))
    assert short.earliest_pay == dt.date(2026, 9, 14)
    assert long.earliest_pay == dt.date(2026, 9, 16)
    assert plan_days(end, timing, PAY_FIRST).earliest_pay == dt.date(2026, 9, 4)


@settings(max_examples=80, deadline=None)
@given(
    st.sampled_from(MONTH_ENDS),
    st.builds(Timing, st.integers(1, 20), st.integers(1, 28), st.integers(0, 5), st.integers(0, 5)),
    st.integers(1, 12),
)
def test_each_way_out_is_one(end: dt.date, timing: Timing, days: int) -> None:
    """Followed alone, it makes the plan fit; where it fits there is nothing to give."""
    policy = Policy(publicity=Span(days), appeal=Span(days))
    plan = plan_days(end, timing, policy)
    assert plan.fits is (plan.earliest_pay <= plan.pay_day)
    assert (plan.late_by == 0) is plan.fits
    for way in plan.gives:
        assert way.day is not None
        if way.code == "facts_due":
            assert end < way.day < plan.facts_due
            tried = plan_days(end, replace(timing, facts_due=way.day.day), policy)
        elif way.code == "pay_day":
            months = (way.day.year - end.year) * 12 + way.day.month - end.month
            tried = plan_days(end, replace(timing, pay_day=way.day.day, pay_months=months), policy)
        else:
            tried = plan_days(end, timing, replace(policy, order=PayOrder.PAY_THEN_PUBLICISE))
        assert tried.fits, way.code


@pytest.mark.parametrize("order", list(PayOrder))
def test_days_come_one_after_the_other(order: PayOrder) -> None:
    plan = plan_days(dt.date(2026, 9, 30), Timing(9, 25, 2, 3), Policy(order=order))
    days = plan.days()
    assert days["facts_due"] <= days["calculated"] <= days["reviewed"] <= days["posted"]
    assert days["posted"] < days["posted_until"]
