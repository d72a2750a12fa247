"""Chinese working days: the published calendar, with make-up workdays, or the county's own days.

    calendar = Calendar()
    calendar.working_days(posted, upto)      # how many full working days a notice has hung
    calendar.add_working_days(posted, 5)     # the day on which it has hung five

The national calendar of a year comes out in the November before. A year without one is an error
that names the year: counting Monday to Friday instead is wrong around every holiday. The last days
of December are settled only with the next year's calendar (30 December 2006 was worked).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import chinese_calendar  # type: ignore[import-untyped]  # it ships no types

from hpf.core.errors import Collector, HpfError, ParameterError, Problem, Text

_DAY: Final = dt.timedelta(days=1)
_ENTRIES: Final = ("years", "holidays", "makeup_workdays")


class CalendarError(HpfError):
    """Working days cannot be counted: a year has no published calendar."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published calendar, and what the county or hospital has settled itself.

    holidays, makeup_workdays: single days that differ from what is published (S4.5-CFG-07).
    years: years that are the county's own altogether, Monday to Friday but for those two lists;
    for a year that is not published yet.
    """

    holidays: frozenset[dt.date] = frozenset()
    makeup_workdays: frozenset[dt.date] = frozenset()
    years: frozenset[int] = frozenset()

    @classmethod
    def parse(cls, data: Mapping[str, Any] | None, place: str) -> Calendar:
        """Read `{years: [2027], holidays: [2027-02-05, …], makeup_workdays: […]}`.

        Raises ParameterError with every mistake: an unknown entry, a value that is no day, a day
        in both lists.
        """
        bad = Collector()
        given = data or {}
        for extra in sorted(set(map(str, given)) - set(_ENTRIES)):
            message = Text(f"日历没有 {extra} 这一项", f"a calendar has no entry '{extra}'")
            cure = Text("可写：years、holidays、makeup_workdays", f"Known: {', '.join(_ENTRIES)}")
            bad.add(Problem("calendar.unknown", message, cure, place))
        days = {n: frozenset(_days(given.get(n) or (), n, place, bad)) for n in _ENTRIES[1:]}
        years = frozenset(_years(given.get("years") or (), place, bad))
        for day in sorted(days["holidays"] & days["makeup_workdays"]):
            message = Text(
                f"{day} 既是假日又是调休上班日", f"{day} is both a holiday and a make-up workday"
            )
            cure = Text("请只留一处", "Leave it in one list only")
            bad.add(Problem("calendar.both", message, cure, place))
        bad.stop(ParameterError)
        return cls(days["holidays"], days["makeup_workdays"], years)

    def is_working_day(self, day: dt.date) -> bool:
        """Whether offices work on a day; CalendarError where its year has no calendar."""
        if day in self.holidays:
            return False
        if day in self.makeup_workdays:
            return True
        if day.year in self.years:
            return day.weekday() < 5
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            raise CalendarError([unpublished(day.year)]) from None

    def working_days(
        self, after: dt.date, upto: dt.date, *, count_posting_day: bool = False
    ) -> int:
        """How many working days lie after `after`, up to and with `upto`; 0 if upto comes first.

        count_posting_day: whether `after` itself counts, if it is a working day (S4.5-AMB-05; the
        first day of a period in days is left out by general civil rule). Raises CalendarError.
        """
        first = after if count_posting_day else after + _DAY
        span = range((upto - first).days + 1)
        return sum(self.is_working_day(first + _DAY * n) for n in span)

    def add_working_days(self, day: dt.date, n: int, *, count_posting_day: bool = False) -> dt.date:
        """The first day on which `n` working days after `day` are full: the inverse of counting.

        n = 0 yields `day` itself; n < 0 counts backwards: the last day from which |n| working
        days are full on `day`. Raises CalendarError.
        """
        step = _DAY if n > 0 else -_DAY
        left, at = abs(n), day
        if n < 0:
            # `day` itself is the first of the days that must lie after the one looked for
            at += _DAY
        elif n and count_posting_day and self.is_working_day(day):
            left -= 1
        while left:
            at += step
            left -= self.is_working_day(at)
        if n < 0 and not count_posting_day:
            at -= _DAY
        return at

    def next_working_day(self, day: dt.date) -> dt.date:
        """The day itself if it is a working day, else the first one after it."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def last_working_day(self, day: dt.date) -> dt.date:
        """The day itself if it is a working day, else the last one before it."""
        while not self.is_working_day(day):
            day -= _DAY
        return day


@dataclass(frozen=True, slots=True)
class Span:
    """Working days that must pass from a day on: how long, and whether that day counts."""

    days: int
    count_posting_day: bool = False
    calendar: Calendar = field(default_factory=Calendar)

    def last_day(self, posted: dt.date) -> dt.date:
        """The day on which the span is full."""
        return self.calendar.add_working_days(
            posted, self.days, count_posting_day=self.count_posting_day
        )

    def passed(self, posted: dt.date, upto: dt.date) -> int:
        """How many of its days have passed."""
        return self.calendar.working_days(posted, upto, count_posting_day=self.count_posting_day)


def unpublished(year: int) -> Problem:
    """The problem of a year without a calendar."""
    return Problem(
        "calendar.unpublished",
        Text(
            f"{year} 年没有已公布的节假日安排，无法计算工作日",
            f"no working-day calendar is published for {year}",
        ),
        Text(
            f"请更新节假日库，或在配置里写明本县的安排：years: [{year}]、holidays、makeup_workdays",
            f"Update the calendar library, or configure your own days: years: [{year}], holidays,"
            " makeup_workdays",
        ),
        place=str(year),
    )


def _days(given: Iterable[Any], name: str, place: str, bad: Collector) -> Iterable[dt.date]:
    for value in given:
        try:
            yield value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
        except ValueError:
            message = Text(f"{name}：{value} 不是日期", f"{name}: '{value}' is no day")
            cure = Text("请写成 2027-02-05", "Write it as 2027-02-05")
            bad.add(Problem("calendar.day", message, cure, place))


def _years(given: Iterable[Any], place: str, bad: Collector) -> Iterable[int]:
    for value in given:
        if isinstance(value, int) and not isinstance(value, bool) and 1900 <= value <= 9999:
            yield value
        else:
            message = Text(f"years：{value} 不是年份", f"years: '{value}' is no year")
            bad.add(Problem("calendar.year", message, Text("请写成 2027", "Write 2027"), place))
