"""What the register and appointments say: who answers for whom, and how people come and stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text
from hpf.storage.organisation import register_of
from hpf.workflow.acting import Act
from hpf.workflow.questionnaires import circle_of


@dataclass(frozen=True, slots=True)
class Turnover:
    """A year of the register. mean: head count, averaged over the days; recruited, departed:
    people. The rates are None where nobody was there."""

    year: int
    mean: Fraction
    recruited: int
    departed: int

    @property
    def recruitment(self) -> Fraction | None:
        """Recruited, of the mean head count."""
        return self.recruited / self.mean if self.mean else None

    @property
    def retention(self) -> Fraction | None:
        """One less the share that left."""
        return 1 - self.departed / self.mean if self.mean else None


def turnover(session: Session, hospital: int, year: int, today: dt.date) -> Turnover:
    """How people came and left in a year, up to today in the one that runs."""
    first, last = dt.date(year, 1, 1), min(dt.date(year, 12, 31), today)
    people = register_of(session, hospital).people.values()
    days = max((last - first).days + 1, 0)
    held = sum(_days(p.joined, p.left, first, last) for p in people)
    return Turnover(
        year,
        Fraction(held, days) if days else Fraction(0),
        sum(first <= p.joined <= last for p in people),
        sum(p.left is not None and first <= p.left <= last for p in people),
    )


def _days(joined: dt.date, left: dt.date | None, first: dt.date, last: dt.date) -> int:
    """Days of employment within a span; the day of leaving is none."""
    begin = max(joined, first)
    end = min(left - dt.timedelta(1) if left else last, last)
    return max((end - begin).days + 1, 0)


def responsibility(act: Act) -> tuple[Mapping[str, tuple[str, ...]], list[Problem]]:
    """Who assesses whom, one level above: each person with those who answer for them, and the
    departments and people without anybody above.

    A department's people answer to its head, its head to management; management to the authority.
    """
    circle = circle_of(act)
    above: dict[str, tuple[str, ...]] = {}
    lacking: list[Problem] = []
    for unit in sorted(circle.units):
        heads = circle.heads.get(unit, frozenset())
        if not heads:
            message = Text(f"科室 {unit} 没有负责人", f"department '{unit}' has no head")
            cure = Text("请任命：hpf user roles 账号 --add departments:科室",
                        "Appoint one: hpf user roles LOGIN --add departments:CODE")  # fmt: skip
            lacking.append(Problem("level.no_head", message, cure, unit))
        for person in sorted(circle.units[unit] - circle.leaders):
            superiors = circle.leaders if person in heads else heads
            found = tuple(sorted(superiors - {person}))
            above[person] = (*above.get(person, ()), *found)
    for person, known in above.items():
        if not known:
            message = Text(f"{person} 没有上一级的考核人", f"nobody above assesses '{person}'")
            cure = Text("请任命其上级", "Appoint somebody above")
            lacking.append(Problem("level.nobody", message, cure, person))
    return above, lacking
