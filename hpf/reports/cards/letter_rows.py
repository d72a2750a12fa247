"""The table of a letter: the rows that lead to whom it is about, by group, with sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.indicators import Type
from hpf.core.kit.hookspecs import ReportSection
from hpf.reports import figures as f
from hpf.reports.cards.declared import known, named, value_of
from hpf.reports.cards.items import valued
from hpf.reports.cards.words import comma
from hpf.reports.issue import Issue

_ALL = Text("合计", "All items")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. kind: item | group | total. cells: the declared columns."""

    kind: str
    name: str
    cells: tuple[tuple[str, str], ...]
    full: str
    points: str
    lost: str
    even: bool
    said: str = ""


def link(issue: Issue, rows: ReportSection, section: ReportSection) -> str:
    """By which link rows lead to the entity that the letter is about; '' by none."""
    links = issue.run.program.entities[rows.entity].links
    return next((k.name for k in links if k.to == section.entity), "")


def leading(issue: Issue, rows: ReportSection, section: ReportSection, id: str) -> list[str]:
    """Ids of the rows that lead to it, in order."""
    held = issue.run.checked.rows[rows.entity]
    at = issue.run.checked.rows[section.entity].row_of(id)
    ends = held.links[link(issue, rows, section)].to_list()
    return [i for i, end in zip(held.ids.to_list(), ends, strict=True) if end == at]


def _score(issue: Issue, rows: ReportSection, id: str) -> tuple[Decimal | None, Decimal]:
    """Points and the most of one row; None where it is not scored."""
    points = value_of(issue.run, rows.entity, id, rows.total)
    most = value_of(issue.run, rows.entity, id, rows.full[0]) if rows.full else None
    return (
        points if isinstance(points, Decimal) else None,
        most if isinstance(most, Decimal) else Decimal(0),
    )


def _by_group(issue: Issue, rows: ReportSection, ids: list[str]) -> dict[str, list[str]]:
    """By the group's choices as declared, else in order of occurrence."""
    by: dict[str, list[str]] = {}
    for id in ids:
        value = value_of(issue.run, rows.entity, id, rows.group) if rows.group else ""
        by.setdefault(valued(value, "zh"), []).append(id)
    found = known(issue.run, rows.entity, rows.group) if rows.group else None
    order = {choice: n for n, choice in enumerate(found.choices)} if found else {}
    return dict(sorted(by.items(), key=lambda g: order.get(g[0], len(order))))


def shares(issue: Issue, rows: ReportSection, ids: list[str]) -> dict[str, Decimal]:
    """What share of the most each group has; a group without a scored row is left out."""
    found = {}
    for group, members in _by_group(issue, rows, ids).items():
        scored = [(p, m) for p, m in (_score(issue, rows, i) for i in members) if p is not None]
        most = sum((m for _, m in scored), Decimal(0))
        if most:
            found[group] = sum((p for p, _ in scored), Decimal(0)) / most
    return found


def _columns(issue: Issue, rows: ReportSection) -> tuple[list[str], list[str]]:
    """Columns before the points, and what the row itself says in words, behind them."""
    before: list[str] = []
    behind: list[str] = []
    for name in rows.rules:
        found = known(issue.run, rows.entity, name)
        words = found is not None and found.type in (Type.TEXT, Type.CHOICE)
        (behind if words and "." not in name else before).append(name)
    return before, behind


def head(issue: Issue, rows: ReportSection, lang: str) -> Iterator[tuple[str, str]]:
    """Names of the declared columns, each with its class: `n` for numbers."""
    for name in _columns(issue, rows)[0]:
        yield named(issue.run, rows.entity, name).say(lang), _kind(issue, rows, name)


def _kind(issue: Issue, rows: ReportSection, name: str) -> str:
    found = known(issue.run, rows.entity, name)
    return "n" if found is not None and found.type.is_number else ""


def lines(
    issue: Issue, section: ReportSection, rows: ReportSection, id: str, lang: str
) -> Iterator[Row]:
    """The table of the rows that lead to the letter's: by group, with sums."""
    columns, behind = _columns(issue, rows)
    held = issue.run.checked.rows[rows.entity]
    names = dict(zip(held.ids.to_list(), held.names.to_list(), strict=True))
    groups = _by_group(issue, rows, leading(issue, rows, section, id))
    every: list[tuple[Decimal | None, Decimal]] = []
    for group, members in groups.items():
        scored = [_score(issue, rows, i) for i in members]
        every += scored
        if len(groups) > 1:
            yield _summed("group", group, scored)
        for item, (points, most) in zip(members, scored, strict=True):
            cells = tuple(
                (valued(value_of(issue.run, rows.entity, item, c), lang), _kind(issue, rows, c))
                for c in columns
            )
            said = (value_of(issue.run, rows.entity, item, c) for c in behind)
            yield Row(
                "item", names[item] or item, cells, f.amount(most),
                f.NOT_APPLICABLE if points is None else f.points(points),
                f.NOT_APPLICABLE if points is None else f.points(points - most),
                points is None or points == most,
                comma(lang).join(valued(v, lang) for v in said if v not in (None, "")),
            )  # fmt: skip
    if every:
        yield _summed("total", _ALL.say(lang), every)


def _summed(kind: str, name: str, scored: list[tuple[Decimal | None, Decimal]]) -> Row:
    given = [(p, m) for p, m in scored if p is not None]
    points, most = (sum((x[n] for x in given), Decimal(0)) for n in (0, 1))
    return Row(kind, name, (), f.amount(most), f.points(points), f.points(points - most), False)
