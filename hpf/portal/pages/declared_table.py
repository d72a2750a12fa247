"""The table of a declared page: rows that the viewer may see, and where each figure is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from flask import url_for

from hpf.core.errors import Text
from hpf.core.indicators import Indicator
from hpf.core.kit.hookspecs import Column, Page
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.units import CNY
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_sight import opens, row_name
from hpf.portal.pages.derivation_words import cell, reported, said
from hpf.portal.rights import Viewer
from hpf.reports import figures

UNREADY: Final = Text("算不出", "no result")  # a problem shows its word, never a number
OWN: Final = {"id": Text("编号", "Id"), "name": Text("名称", "Name")}
_MANY: Final = 40  # different values that a list to choose from may have


@dataclass(frozen=True, slots=True)
class Head:
    """A column's heading. choices: what a filter offers, () for a text to look for."""

    name: str
    title: str
    unit: str
    numeric: bool
    filtered: bool = False
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown. href: where it is opened; place, by: of a fact; clause: of a rule."""

    shown: str
    kind: str = ""
    href: str = ""
    place: str = ""
    by: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table. name: as a heading, '' where the page has neither id nor name."""

    id: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A declared page on one run, for one viewer. public: whether one's own row is open."""

    page: Page
    run: Run
    number: int
    who: Viewer
    public: Callable[[], bool]

    def ids(self) -> list[str]:
        """Ids of the rows that the viewer may see, in order."""
        rows = self.run.checked.rows.get(self.page.entity)
        if rows is None:
            return []
        every = rows.ids.to_list()
        if self.who.sees_everybody:
            return every
        return [i for i in every if opens(self.run, self.who, self.page.entity, i, self.public)]

    def named(self, column: Column) -> Text:
        """What a column is called: by the page, by the scheme, or by its own name."""
        if column.names.zh:
            return column.names
        known = self._known(column.name)
        return known.names if known else OWN.get(column.name, Text(column.name, column.name))

    def heads(self, ids: Sequence[str]) -> list[Head]:
        """The headings; filters offer values of the visible rows alone."""
        return [self._head(c, ids) for c in self.page.columns]

    def values(self, name: str, ids: Sequence[str]) -> list[Any]:
        """A column's values of some rows; None where absent or no result."""
        rows = self.run.checked.rows[self.page.entity]
        if name == "id":
            return list(ids)
        if name == "name":
            return [row_name(self.run, self.page.entity, i) for i in ids]
        rule = self.run.program.rule(self.page.entity, name)
        if rule is not None:
            series = self.run.evaluated.values[self.page.entity][rule.qualified]
        elif name in rows.values:
            series = rows.values[name]
        else:
            return [None] * len(ids)
        every, at = series.to_list(), self._at()
        return [every[at[i]] for i in ids]

    def lines(self, ids: Sequence[str]) -> list[Line]:
        """The rows, with each figure's way to its derivation, or of a fact to where it stands."""
        columns = [list(self._cells(c, ids)) for c in self.page.columns]
        return [Line(id, tuple(c[n] for c in columns)) for n, id in enumerate(ids)]

    def _cells(self, column: Column, ids: Sequence[str]) -> Iterator[Cell]:
        name, entity = column.name, self.page.entity
        rule = self.run.program.rule(entity, name)
        bad = self.run.evaluated.bad.get(entity, {}).get(rule.qualified) if rule else None
        at, unit = self._at(), self._unit(name)
        for id, value in zip(ids, self.values(name, ids), strict=True):
            if rule is not None:
                href = url_for(
                    "derivation.index", run=self.number, entity=entity, id=id, rule=rule.name
                )
                clause = rule.clauses[0] if rule.clauses else ""
                if bad is not None and bad[at[id]]:
                    yield Cell(say(UNREADY), "held", href, clause=clause)
                else:
                    yield Cell(said(value, unit, language()) or figures.NOT_APPLICABLE,
                               _kind(value), href, clause=clause)  # fmt: skip
            elif name in OWN:
                yield Cell(str(value))
            else:
                yield self._fact(name, id, value)

    def _fact(self, name: str, id: str, value: Any) -> Cell:
        """A fact as the run saw it; absent is —, for a blank got its meaning before."""
        index = self._at()[id]
        rows = self.run.checked.rows[self.page.entity]
        shown = figures.NOT_APPLICABLE if value is None else shown_as(value, self._unit(name))
        who, when = rows.reported(index, name)
        return Cell(
            shown, _kind(value), url_for("declared.row", code=self.page.code, id=id, _anchor=name),
            cell(rows.place(index, name)), reported(who, when),
        )  # fmt: skip

    def _head(self, column: Column, ids: Sequence[str]) -> Head:
        known = self._known(column.name)
        unit = self._unit(column.name)
        filtered = column.name in self.page.filters
        choices: tuple[tuple[str, str], ...] = ()
        if filtered and column.name not in OWN:
            found = {shown_as(v, unit) for v in self.values(column.name, ids) if v is not None}
            if len(found) <= _MANY:
                choices = tuple((v, v) for v in sorted(found))
        return Head(
            column.name, say(self.named(column)), unit.say(language()) if unit else "",
            known is not None and known.type.is_number, filtered, choices,
        )  # fmt: skip

    def _known(self, name: str) -> Rule | Indicator | None:
        program, entity = self.run.program, self.page.entity
        return program.rule(entity, name) or program.indicator(entity, name)

    def _unit(self, name: str) -> Any:
        known = self._known(name)
        return known.unit if known is not None and known.type.is_number else None

    def _at(self) -> Mapping[str, int]:
        """Row id -> number."""
        ids = self.run.checked.rows[self.page.entity].ids.to_list()
        return {id: n for n, id in enumerate(ids)}


def shown_as(value: Any, unit: Any) -> str:
    """A value in the words of a page."""
    if isinstance(value, Decimal):
        return said(value, unit, language())
    return figures.figure(value, language(), pay=unit == CNY)


def narrowed(sheet: Sheet, ids: list[str], asked: Mapping[str, str]) -> list[str]:
    """The rows that every filter keeps: of a choice those that are it, of a text those with it."""
    heads = {h.name: h for h in sheet.heads(ids) if h.filtered}
    kept = ids
    for name, wanted in asked.items():
        head = heads.get(name)
        if head is None or not wanted:
            continue
        unit = sheet._unit(name)
        shown = [
            "" if v is None else shown_as(v, unit) if name not in OWN else str(v)
            for v in sheet.values(name, kept)
        ]
        keep = (lambda s, w: s == w) if head.choices else (lambda s, w: w.lower() in s.lower())
        kept = [i for i, s in zip(kept, shown, strict=True) if keep(s, wanted)]
    return kept


def ordered(sheet: Sheet, ids: list[str], name: str, falling: bool) -> list[str]:
    """By a column's values; those without one stay last, equal ones in order of id."""
    pairs = list(zip(ids, sheet.values(name, ids), strict=True))
    given = [(i, v) for i, v in pairs if v is not None]
    given.sort(key=lambda p: _key(p[1]), reverse=falling)
    return [i for i, _ in given] + [i for i, v in pairs if v is None]


def _key(value: Any) -> Any:
    return value if isinstance(value, Decimal | dt.date | bool) else str(value)


def _kind(value: Any) -> str:
    if value is None:
        return "zero"
    return "zero" if isinstance(value, Decimal) and not value else ""
