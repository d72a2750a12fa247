"""What an assessment came to, read from a sealed run: ranking, items, topics, points lost.

    found = Results(plan, run, before)       # before: last year's run, or None
    found.units[0].total, found.units[0].change
    found.items_of("H1"), found.topics_of("H1")

Everything is read from columns once; sixty hospitals or two thousand are the same few passes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import polars as pl

from hpf.core.entities import PEER_GROUP
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.results import Run
from hpf.workflow.assessments_table import unit_entity


@dataclass(frozen=True, slots=True)
class Unit:
    """An assessed hospital's result. group: its peer group's name, '' for none; place: the
    scheme's; peer_place, peers: within the group; before: last year's total; mean: the group's."""

    id: str
    name: str
    group: str
    total: Decimal | None
    grade: str
    place: int | None
    peer_place: int | None
    peers: int
    tied: bool
    before: Decimal | None
    mean: Decimal | None
    full: Decimal | None
    paid: Decimal | None
    taken: Decimal | None
    bad: bool
    removal: bool

    @property
    def change(self) -> Decimal | None:
        """Against last year; None without one of the two."""
        if self.total is None or self.before is None:
            return None
        return self.total - self.before


@dataclass(frozen=True, slots=True)
class Scored:
    """An item with what it earned. points: the most; score: None where it does not count."""

    id: str
    unit: str
    line: str
    name: str
    topic: str
    points: Decimal
    score: Decimal | None
    way: str
    evidence: str

    @property
    def lost(self) -> Decimal | None:
        """Points lost; None where it does not count."""
        return None if self.score is None else self.points - self.score


@dataclass(frozen=True, slots=True)
class Topic:
    """Items of one topic together: what they earned of what they had, only those that count."""

    name: str
    score: Decimal
    points: Decimal

    @property
    def share(self) -> Decimal | None:
        """Of the most; None where nothing counts."""
        return self.score / self.points if self.points else None


class Results:
    """A sealed run as an assessment sees it."""

    def __init__(self, plan: OutsideAssessment, run: Run, before: Run | None = None) -> None:
        self.plan, self.run, self.before = plan, run, before
        self._entity = unit_entity(plan, run.program)

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """All hospitals: by place, then id; those without a total last."""
        rows = self.run.checked.rows[self._entity]
        group = self._groups()
        totals = self._column(self.plan.total)
        means, places = _within(group, totals)
        column = {name: self._column(getattr(self.plan, name)) for name in
                  ("grade", "place", "paid", "taken", "bad", "removal")}  # fmt: skip
        full = _list(rows.values.get(self.plan.full), len(rows))
        last = self._last_year()
        shared = Counter(p for p in column["place"] if p is not None)
        sizes = Counter(group)
        found = []
        for n, (id, name) in enumerate(zip(rows.ids, rows.names, strict=True)):
            place = column["place"][n]
            found.append(Unit(
                id, name or id, group[n], totals[n], column["grade"][n] or "",
                None if place is None else int(place), places[n], sizes[group[n]],
                shared[place] > 1, last.get(id), means.get(group[n]),
                full[n], column["paid"][n], column["taken"][n], bool(column["bad"][n]),
                bool(column["removal"][n]),
            ))  # fmt: skip
        return tuple(sorted(found, key=lambda u: (u.place is None, u.place or 0, u.id)))

    @cached_property
    def items(self) -> Mapping[str, tuple[Scored, ...]]:
        """The items of each hospital, by the hospital's id, in the order of the table."""
        plan, entity = self.plan, self.plan.entity
        rows = self.run.checked.rows[entity]
        unit, line = rows.links[plan.unit].to_list(), rows.links[plan.line].to_list()
        unit_ids = self.run.checked.rows[self._entity].ids.to_list()
        line_rows = self.run.checked.rows[self._line]
        line_ids, names = line_rows.ids.to_list(), line_rows.names.to_list()
        topics = line_rows.values[plan.topic].to_list()
        points = line_rows.values[plan.points].to_list()
        scores = self._column(plan.score, entity)
        ways = _list(rows.values.get(plan.way), len(rows))
        papers = _list(rows.values.get(plan.evidence), len(rows))
        found: dict[str, list[Scored]] = {}
        for n, id in enumerate(rows.ids.to_list()):
            at, of = unit[n], line[n]
            if at is None or of is None:
                continue
            found.setdefault(unit_ids[at], []).append(
                Scored(id, unit_ids[at], line_ids[of], names[of] or line_ids[of], topics[of] or "",
                       points[of] or Decimal(0), scores[n], ways[n] or "", papers[n] or "")
            )  # fmt: skip
        return {u: tuple(sorted(i, key=lambda s: s.line)) for u, i in found.items()}

    def items_of(self, unit: str) -> tuple[Scored, ...]:
        """A hospital's items; none for an unknown one."""
        return self.items.get(unit, ())

    def topics_of(self, unit: str) -> tuple[Topic, ...]:
        """A hospital's topics, in the order in which the table first names them."""
        return tuple(_topics(self.items_of(unit)))

    @property
    def parts(self) -> Mapping[str, str]:
        """topic -> the name of the part it stands in, where the scheme grades lines by part."""
        rows = self.run.checked.rows[self._line]
        grade = next((r for r in self.run.program.rules
                      if r.entity == self._line and r.kind == "grade"), None)  # fmt: skip
        if grade is None:
            return {}
        parts = self.run.evaluated.values[self._line][grade.qualified].to_list()
        return dict(zip(rows.values[self.plan.topic].to_list(), parts, strict=True))

    @property
    def _line(self) -> str:
        links = self.run.program.entities[self.plan.entity].links
        return next(k.to for k in links if k.name == self.plan.line)

    def _column(self, rule: str, entity: str = "") -> list[Any]:
        of = entity or self._entity
        return self.run.evaluated.values[of][f"{self.run.program.code}.{rule}"].to_list()

    def _groups(self) -> list[str]:
        """The peer group's name of each hospital."""
        rows = self.run.checked.rows[self._entity]
        link = next((k for k in self.run.program.entities[self._entity].links
                     if k.to == PEER_GROUP.code and k.name in rows.links), None)  # fmt: skip
        if link is None:
            return [""] * len(rows)
        there = self.run.checked.rows[link.to]
        names = [name or id for id, name in zip(there.ids, there.names, strict=True)]
        return ["" if n is None else names[n] for n in rows.links[link.name].to_list()]

    def _last_year(self) -> dict[str, Decimal]:
        if self.before is None or self._entity not in self.before.checked.rows:
            return {}
        ids = self.before.checked.rows[self._entity].ids.to_list()
        name = f"{self.before.program.code}.{self.plan.total}"
        values = self.before.evaluated.values[self._entity].get(name)
        if values is None:
            return {}
        return {i: v for i, v in zip(ids, values.to_list(), strict=True) if v is not None}


def _within(
    group: Sequence[str], totals: Sequence[Decimal | None]
) -> tuple[dict[str, Decimal], list[int | None]]:
    """Each group's mean, and everybody's place within it: equal totals share one."""
    by: dict[str, list[Decimal]] = {}
    for name, total in zip(group, totals, strict=True):
        if total is not None:
            by.setdefault(name, []).append(total)
    means = {name: sum(found, Decimal(0)) / len(found) for name, found in by.items()}
    first: dict[tuple[str, Decimal], int] = {}
    for name, found in by.items():
        for place, total in enumerate(sorted(found, reverse=True), 1):
            first.setdefault((name, total), place)
    places = [None if t is None else first[g, t] for g, t in zip(group, totals, strict=True)]
    return means, places


def _topics(items: Iterable[Scored]) -> Iterable[Topic]:
    found: dict[str, list[Scored]] = {}
    for one in items:
        found.setdefault(one.topic, []).append(one)
    for name, ones in found.items():
        counted = [(o.score, o.points) for o in ones if o.score is not None]
        yield Topic(name, sum((s for s, _ in counted), Decimal(0)),
                    sum((p for _, p in counted), Decimal(0)))  # fmt: skip


def _list(column: pl.Series | None, size: int) -> list[Any]:
    return [None] * size if column is None else column.to_list()
