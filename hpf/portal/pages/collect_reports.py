"""Who has reported what of a period, and who has not yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hpf.core.errors import Text
from hpf.core.facts import Facts
from hpf.core.indicators import Blank, Indicator
from hpf.core.periods import Period
from hpf.core.program import Program

_NOBODY: Final = Text("没有写明谁报", "nobody is named")


@dataclass(frozen=True, slots=True)
class Report:
    """One reporter. wanted: indicators; given: those with values; missing: required ones without.

    due: the last day, None where the scheme says none; late: working it out is for the page.
    """

    reporter: Text
    wanted: int
    given: int
    missing: tuple[Text, ...]
    due: dt.date | None

    @property
    def complete(self) -> bool:
        """Whether nothing required is missing."""
        return not self.missing

    def late(self, today: dt.date) -> bool:
        """Whether something is missing and its day has passed."""
        return bool(self.missing) and self.due is not None and today > self.due


def reports(program: Program, period: Period, facts: Facts | None) -> list[Report]:
    """Every reporter of the scheme, those who owe most first."""
    by: dict[Text, list[Indicator]] = {}
    for one in program.indicators:
        by.setdefault(one.reporter if one.reporter.zh else _NOBODY, []).append(one)
    found = [_report(who, mine, period, facts) for who, mine in by.items()]
    return sorted(found, key=lambda r: (-len(r.missing), r.reporter.zh))


def _report(who: Text, mine: list[Indicator], period: Period, facts: Facts | None) -> Report:
    given = [i for i in mine if _has(facts, i)]
    missing = [i for i in mine if i.blank is Blank.REQUIRED and i not in given]
    days = [i.due_day for i in mine if i.due_day]
    due = _day(period, max(days)) if days else None
    return Report(who, len(mine), len(given), tuple(i.names for i in missing), due)


def _has(facts: Facts | None, indicator: Indicator) -> bool:
    """Whether any row has a value of it; a table without rows has nothing to say, and said it."""
    table = None if facts is None else facts.tables.get(indicator.entity)
    if table is None:
        return False
    if not len(table.frame) or indicator.code in table.bound:
        return True
    if indicator.code not in table.frame.columns:
        return False
    return table.frame[indicator.code].null_count() < len(table.frame)


def _day(period: Period, number: int) -> dt.date:
    """A day of the month after the period; its last one where it has no such day."""
    first = period.last_day + dt.timedelta(days=1)
    after = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return min(first + dt.timedelta(days=number - 1), after - dt.timedelta(days=1))


def names_of(program: Program, rows: Mapping[str, Mapping[str, str]], entity: str, id: str) -> str:
    """What a row is called on a page: its name where it has one."""
    return rows.get(entity, {}).get(id) or id
