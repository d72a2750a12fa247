"""Working days: around every holiday of 2026, against a second library, and without a calendar."""

from __future__ import annotations

import datetime as dt

import holidays as second_opinion
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.core.errors import ParameterError
from hpf.workflow.workdays import Calendar, CalendarError, Span

CALENDAR = Calendar()
MONDAY = dt.date(2026, 11, 2)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


@pytest.mark.parametrize(
    ("posted", "days", "full"),
    [
        ("02-10", 5, "02-24"),  # Spring Festival 15–23 February; Saturday the 14th is worked
        ("02-13", 1, "02-14"),  # Friday, and the make-up Saturday after it
        ("02-14", 1, "02-24"),
        ("02-27", 1, "02-28"),  # the make-up Saturday after the festival
        ("09-30", 1, "10-08"),  # National Day 1–7 October
        ("09-30", 3, "10-10"),  # Thursday, Friday, and Saturday the 10th is worked
        ("09-18", 2, "09-21"),  # Sunday 20 September is worked for Mid-Autumn
        ("04-30", 1, "05-06"),  # Labour Day 1–5 May
        ("05-08", 1, "05-09"),
        ("01-01", 1, "01-04"),  # Sunday 4 January is worked
    ],
)
def test_around_holidays_and_make_up_weekends(posted: str, days: int, full: str) -> None:
    assert CALENDAR.add_working_days(day(posted), days) == day(full)
    assert CALENDAR.working_days(day(posted), day(full)) == days
    assert CALENDAR.working_days(day(posted), day(full) - dt.timedelta(1)) == days - 1


def test_s4_5_dt_09_posted_on_monday_five_days_are_full_next_monday() -> None:
    assert CALENDAR.working_days(MONDAY, MONDAY + dt.timedelta(7)) == 5
    assert CALENDAR.working_days(MONDAY, MONDAY + dt.timedelta(4)) == 4
    assert CALENDAR.add_working_days(MONDAY, 5) == MONDAY + dt.timedelta(7)


def test_the_posting_day_counts_where_that_reading_is_chosen() -> None:
    assert CALENDAR.working_days(MONDAY, MONDAY + dt.timedelta(4), count_posting_day=True) == 5
    whole = CALENDAR.add_working_days(MONDAY, 5, count_posting_day=True)
    assert whole == MONDAY + dt.timedelta(4)
    sunday = MONDAY - dt.timedelta(1)
    assert CALENDAR.working_days(sunday, MONDAY, count_posting_day=True) == 1
    assert CALENDAR.add_working_days(sunday, 1, count_posting_day=True) == MONDAY


def test_a_span_carries_its_reading() -> None:
    span = Span(5, count_posting_day=True)
    assert span.last_day(MONDAY) == MONDAY + dt.timedelta(4)
    assert span.passed(MONDAY, MONDAY + dt.timedelta(1)) == 2


def test_the_county_s_own_holiday_is_no_working_day() -> None:
    own = Calendar(holidays=frozenset({dt.date(2026, 11, 4)}))
    assert own.working_days(MONDAY, MONDAY + dt.timedelta(7)) == 4
    worked = Calendar(makeup_workdays=frozenset({dt.date(2026, 11, 7)}))
    assert worked.working_days(MONDAY, MONDAY + dt.timedelta(7)) == 6


def test_a_year_without_a_published_calendar_says_so_and_how_to_go_on() -> None:
    with pytest.raises(CalendarError) as error:
        CALENDAR.working_days(dt.date(2098, 12, 30), dt.date(2099, 1, 2))
    (problem,) = error.value.problems
    assert problem.place == "2098"
    assert "2098" in problem.message.zh
    assert "years: [2098]" in problem.cure.en
    with pytest.raises(CalendarError):
        CALENDAR.add_working_days(dt.date(2003, 12, 31), -1)


def test_a_year_of_the_county_s_own_needs_no_published_one() -> None:
    own = Calendar.parse(
        {"years": [2099], "holidays": ["2099-01-01"], "makeup_workdays": ["2099-01-03"]}, "config"
    )
    assert own.working_days(dt.date(2098, 12, 31), dt.date(2099, 1, 4)) == 2
    assert own.is_working_day(dt.date(2099, 1, 3))  # a Saturday


def test_every_mistake_in_a_calendar_is_told() -> None:
    data = {
        "holydays": [],
        "years": ["next", True],
        "holidays": ["2027-02-30", "2027-03-01"],
        "makeup_workdays": ["2027-03-01"],
    }
    with pytest.raises(ParameterError) as error:
        Calendar.parse(data, "hospital.yaml")
    assert [p.code for p in error.value.problems] == [
        "calendar.unknown",
        "calendar.day",
        "calendar.year",
        "calendar.year",
        "calendar.both",
    ]
    assert all(p.place == "hospital.yaml" for p in error.value.problems)
    assert Calendar.parse(None, "hospital.yaml") == Calendar()


@pytest.mark.parametrize("year", range(2018, 2027))
def test_two_libraries_agree_on_every_day(year: int) -> None:
    other = second_opinion.country_holidays("CN", years=year)
    first = dt.date(year, 1, 1)
    days = [first + dt.timedelta(n) for n in range(366) if (first + dt.timedelta(n)).year == year]
    differ = [d for d in days if CALENDAR.is_working_day(d) is not other.is_working_day(d)]
    assert not differ


DAYS = st.dates(dt.date(2025, 2, 1), dt.date(2026, 10, 1))


@given(DAYS, st.integers(1, 30), st.booleans())
def test_adding_is_the_inverse_of_counting(start: dt.date, n: int, posting: bool) -> None:
    end = CALENDAR.add_working_days(start, n, count_posting_day=posting)
    assert CALENDAR.working_days(start, end, count_posting_day=posting) == n
    before = end - dt.timedelta(1)
    assert CALENDAR.working_days(start, before, count_posting_day=posting) < n


@given(DAYS, st.integers(1, 20), st.booleans())
def test_backwards_finds_the_last_day_that_is_early_enough(
    end: dt.date, n: int, posting: bool
) -> None:
    start = CALENDAR.add_working_days(end, -n, count_posting_day=posting)
    assert CALENDAR.working_days(start, end, count_posting_day=posting) >= n
    later = start + dt.timedelta(1)
    assert CALENDAR.working_days(later, end, count_posting_day=posting) < n


def test_the_nearest_working_days() -> None:
    assert CALENDAR.next_working_day(day("10-01")) == day("10-08")
    assert CALENDAR.last_working_day(day("10-07")) == day("09-30")
    assert CALENDAR.next_working_day(day("10-08")) == day("10-08")
    assert CALENDAR.add_working_days(day("10-03"), 0) == day("10-03")
