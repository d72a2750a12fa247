"""Periods: four forms, their days and their order."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.core.periods import Period


@pytest.mark.parametrize(
    ("text", "first", "last", "zh"),
    [
        ("2026-09", "2026-09-01", "2026-09-30", "2026年9月"),
        ("2024-02", "2024-02-01", "2024-02-29", "2024年2月"),
        ("2026-Q3", "2026-07-01", "2026-09-30", "2026年第3季度"),
        ("2026-H1", "2026-01-01", "2026-06-30", "2026年上半年"),
        ("2026", "2026-01-01", "2026-12-31", "2026年"),
    ],
)
def test_days_and_words(text: str, first: str, last: str, zh: str) -> None:
    period = Period.parse(text)
    assert str(period) == text
    assert period.first_day == dt.date.fromisoformat(first)
    assert period.last_day == dt.date.fromisoformat(last)
    assert period.say("zh") == zh


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "26-09", "2026-Q5", "2026-H3", "", "0001"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="2026-09"):
        Period.parse(text)


periods = st.one_of(
    st.builds(Period, st.integers(1950, 2100), st.just("month"), st.integers(1, 12)),
    st.builds(Period, st.integers(1950, 2100), st.just("quarter"), st.integers(1, 4)),
    st.builds(Period, st.integers(1950, 2100), st.just("half"), st.integers(1, 2)),
    st.builds(Period, st.integers(1950, 2100), st.just("year")),
)


@given(periods, st.integers(0, 40))
def test_earlier_periods_follow_without_gap(period: Period, steps: int) -> None:
    back = period.earlier(steps)
    assert back.earlier(-steps) == period
    assert back.earlier(1).last_day + dt.timedelta(days=1) == back.first_day


@given(periods)
def test_parse_reads_what_str_writes(period: Period) -> None:
    assert Period.parse(str(period)) == period


def test_year_to_date_counts_this_one() -> None:
    assert Period.parse("2026-01").year_to_date == 1
    assert Period.parse("2026-Q3").year_to_date == 3
