"""Periods: 2026-09, 2026-Q3, 2026-H1, 2026."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass

from hpf.core.errors import BadValue, Text

_SPANS = {"month": 1, "quarter": 3, "half": 6, "year": 12}
_NAMES = {
    "month": Text("月", "month"),
    "quarter": Text("季度", "quarter"),
    "half": Text("半年", "half-year"),
    "year": Text("年", "year"),
}
_FORM = re.compile(r"(\d{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A calendar span. year: 1900–9999; kind: month, quarter, half or year; number: from 1."""

    year: int
    kind: str
    number: int = 1

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2026-09`, `2026-Q3`, `2026-H1` or `2026`.

        Raises ValueError naming the four forms.
        """
        found = _FORM.fullmatch(text.strip())
        if not found or int(found[1]) < 1900:
            raise BadValue(
                f"'{text}' 不是周期；请写成 2026-09、2026-Q3、2026-H1 或 2026",
                f"'{text}' is no period; write 2026-09, 2026-Q3, 2026-H1 or 2026",
            )
        year, month, quarter, half = found.groups()
        if month:
            return cls(int(year), "month", int(month))
        if quarter:
            return cls(int(year), "quarter", int(quarter))
        return cls(int(year), "half", int(half)) if half else cls(int(year), "year")

    @property
    def span(self) -> int:
        """Length in months."""
        return _SPANS[self.kind]

    @property
    def first_day(self) -> dt.date:
        """The first calendar day."""
        return dt.date(self.year, (self.number - 1) * self.span + 1, 1)

    @property
    def last_day(self) -> dt.date:
        """The last calendar day."""
        month = self.number * self.span
        return dt.date(self.year, month, calendar.monthrange(self.year, month)[1])

    def earlier(self, steps: int) -> Period:
        """The period of the same kind `steps` before this one."""
        per_year = 12 // self.span
        index = self.year * per_year + (self.number - 1) - steps
        return Period(index // per_year, self.kind, index % per_year + 1)

    @property
    def year_to_date(self) -> int:
        """How many periods of this kind the year has had, this one included."""
        return self.number

    def say(self, lang: str = "zh") -> str:
        """2026年9月, September's code in English."""
        if not lang.startswith("zh"):
            return str(self)
        if self.kind == "year":
            return f"{self.year}年"
        if self.kind == "half":
            return f"{self.year}年{'上' if self.number == 1 else '下'}半年"
        return f"{self.year}年" + (
            f"{self.number}月" if self.kind == "month" else f"第{self.number}季度"
        )

    def __str__(self) -> str:
        if self.kind == "year":
            return f"{self.year}"
        if self.kind == "month":
            return f"{self.year}-{self.number:02d}"
        return f"{self.year}-{'Q' if self.kind == 'quarter' else 'H'}{self.number}"


def kind_name(kind: str) -> Text:
    """What a period kind is called; KeyError for an unknown one."""
    return _NAMES[kind]


PERIOD_KINDS = tuple(_SPANS)
