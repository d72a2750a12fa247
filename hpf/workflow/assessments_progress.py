"""How far each assessed hospital is: figures reported, visited, marked, by how many experts.

    found = progress(session, at, program, facts)
    found[0].reported, found[0].waiting

A few columns and one counted query: sixty hospitals or two thousand are the same passes.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.storage.models import Mark
from hpf.workflow.assessments import Standing
from hpf.workflow.assessments_table import Item, items, line_entity, units
from hpf.workflow.draws_held import team_of
from hpf.workflow.visits import concentrated


@dataclass(frozen=True, slots=True)
class Progress:
    """One hospital. figures, given: items by figures, and those that have theirs; judged, marked:
    items that experts mark, and those with enough marks; waiting: those with some, but too few;
    seen: the day of its concentrated visit; experts: drawn for it."""

    unit: str
    name: str
    figures: int
    given: int
    judged: int
    marked: int
    waiting: int
    seen: dt.date | None
    experts: tuple[str, ...]

    @property
    def reported(self) -> bool:
        """Whether each of its figures is there."""
        return self.given == self.figures

    @property
    def complete(self) -> bool:
        """Whether each judged item has the marks it needs."""
        return self.marked == self.judged


def progress(session: Session, at: Standing, program: Program, facts: Facts) -> list[Progress]:
    """Every hospital, in order of id."""
    table = [i for i in items(facts, at.plan, program).values() if not i.out]
    lacking = _lacking(at, program, facts, table)
    marks = _marks(session, at.row.id)
    least = at.rules.marks_least
    counts: dict[str, Counter[str]] = {}
    for item in table:
        mine = counts.setdefault(item.unit, Counter())
        if not item.judged:
            mine["figures"] += 1
            mine["given"] += item.id not in lacking
            continue
        found = marks.get(item.id, 0)
        mine["judged"] += 1
        mine["marked"] += found >= least
        mine["waiting"] += 0 < found < least
    seen, teams = concentrated(at), team_of(at)
    made = []
    for unit, name in sorted(units(facts, at.plan, program).items()):
        n = counts.get(unit, Counter())
        team = teams.get(unit)
        made.append(Progress(
            unit, name, n["figures"], n["given"], n["judged"], n["marked"], n["waiting"],
            seen[unit].day if unit in seen else None,
            tuple(sorted(team.experts)) if team else (),
        ))  # fmt: skip
    return made


def owing(session: Session, at: Standing, found: Iterable[Progress]) -> dict[str, int]:
    """How many marks each expert still owes, of hospitals that had their visit; those who owe
    none are not named."""
    given = Counter[tuple[str, str]]()
    later = aliased(Mark)
    rows = session.execute(
        select(Mark.expert, Mark.unit, func.count())
        .outerjoin(later, later.replaces_id == Mark.id)
        .where(Mark.assessment_id == at.row.id, later.id.is_(None))
        .group_by(Mark.expert, Mark.unit)
    )
    for expert, unit, count in rows:
        given[expert, unit] = count
    owed = Counter[str]()
    for one in found:
        if one.seen is not None:
            for expert in one.experts:
                owed[expert] += max(0, one.judged - given[expert, one.unit])
    return {expert: count for expert, count in sorted(owed.items()) if count}


def _lacking(at: Standing, program: Program, facts: Facts, table: Iterable[Item]) -> set[str]:
    """Items by figures that nobody reported; a line that a survey answers owes none."""
    plan = at.plan
    lines = facts.tables.get(line_entity(plan, program))
    asked: set[str] = set()
    if plan.asked and lines is not None and plan.asked in lines.frame.columns:
        asked = set(lines.frame.filter(pl.col(plan.asked).is_not_null())["id"].to_list())
    own = facts.tables.get(plan.entity)
    if own is None or not plan.actual:
        return set()
    held: set[str] = set()
    if plan.actual in own.frame.columns:
        held = set(own.frame.filter(pl.col(plan.actual).is_not_null())["id"].to_list())
    return {i.id for i in table if not i.judged and i.id not in held and i.line not in asked}


def _marks(session: Session, assessment: int) -> dict[str, int]:
    """How many marks hold of each item."""
    later = aliased(Mark)
    rows = session.execute(
        select(Mark.item, func.count())
        .outerjoin(later, later.replaces_id == Mark.id)
        .where(Mark.assessment_id == assessment, later.id.is_(None))
        .group_by(Mark.item)
    )
    return {row[0]: row[1] for row in rows}
