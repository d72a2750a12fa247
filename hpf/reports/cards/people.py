"""A department's people: what each is paid and of what, with the sums of groups and of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.kit.hookspecs import ReportSection
from hpf.core.lines import PayLine
from hpf.core.program import Rule
from hpf.reports import figures as f
from hpf.reports.cards.declared import named, value_of
from hpf.reports.cards.items import valued
from hpf.reports.cards.words import word
from hpf.reports.issue import Issue

_LINES = 3  # kinds of lines with a column of their own; the rest are one column
_PLACES = 4  # that the figures of a declared column have at most,
_CUT = 2  # and how many all of them have where one has more
_OWN = 3  # declared columns before the amounts

_SIGN = 1.68  # width of a digit in bold at 8 pt; geometry
# widths in mm; the name takes what is left of 174
_ID, _FIGURE, _WORD, _AMOUNT, _PAID, _SHARE = 15, 13, 20, 17, 18.5, 11  # geometry


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. kind: of its style, `` | n | zero | b."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table. kind: person | group | total; span: how many columns its name has."""

    kind: str
    name: str
    cells: tuple[Cell, ...]
    span: int = 1
    last: bool = False


@dataclass(frozen=True, slots=True)
class People:
    """The table. head: texts, and whether a column holds numbers; widths in mm, '' for the rest.

    paid: the sum of all amounts, found by adding up the columns.
    """

    title: str
    about: str
    head: tuple[Cell, ...]
    widths: tuple[str, ...]
    lines: tuple[Line, ...]
    paid: Decimal


@dataclass(frozen=True, slots=True)
class _Person:
    id: str
    name: str
    own: tuple[Cell, ...]
    group: str
    amounts: tuple[Decimal, ...]  # a column each, the last one what is taken off
    paid: Decimal
    before: Decimal | None


def people(issue: Issue, unit: str, lang: str) -> People:
    """Everyone of a department who is paid, by group as declared, then by id."""
    section = next(iter(issue.of("people")), None)
    members = issue.members.get(unit, ())
    lines = {id: issue.lines(id) for id in members}
    kinds = _kinds(lines)
    shown = kinds if len(kinds) <= _LINES + 1 else kinds[:_LINES]
    others = len(kinds) > len(shown)
    off = any(x.amount < 0 for several in lines.values() for x in several)
    own = _own_cells(issue, section, members, lang)
    everyone = [
        _person(issue, section, id, own[id], lines[id], shown, others, off, lang) for id in members
    ]
    earlier = bool(issue.payouts_before)
    names = [rule.names.say(lang) for rule in shown]
    names += [Text("其他", "Other").say(lang)] if others else []
    names += [Text("扣发", "Deducted").say(lang)] if off else []
    columns = _columns(issue, section)
    head = (
        Cell(word("id", lang)), Cell(word("name", lang)),
        *(Cell(named(issue.run, section.entity if section else "", c).say(lang), kind)
          for c, kind in columns),
        *(Cell(n, "n") for n in names), Cell(Text("实发", "Paid").say(lang), "n"),
        *([Cell(Text("比上期%", "vs last, %").say(lang), "n")] if earlier else []),
    )  # fmt: skip
    paid = sum((sum(p.amounts, Decimal(0)) for p in everyone), Decimal(0))
    about = Text("元；每人各列相加等于实发", "CNY; each row adds up to what is paid").say(lang)
    title = section.names if section else Text("发给了谁", "Who is paid")
    made = tuple(_lines(issue, section, everyone, len(columns), earlier, lang))
    widths = (
        f"{_ID}mm", "", *(f"{_FIGURE if kind else _WORD}mm" for _, kind in columns),
        *_amounts(made, len(names), earlier), *([f"{_SHARE}mm"] if earlier else []),
    )  # fmt: skip
    return People(title.say(lang), about, head, widths, made, paid)


def _amounts(lines: Sequence[Line], amounts: int, earlier: bool) -> Iterator[str]:
    """Widths of the columns of amounts and of what is paid: as wide as the longest sum asks."""
    for n in range(amounts + 1):
        back = amounts + 1 - n + earlier
        longest = max((len(x.cells[-back].text) for x in lines), default=0)
        least = _AMOUNT if n < amounts else _PAID
        yield f"{max(least, longest * _SIGN + 1.5):.1f}mm"


def _kinds(lines: dict[str, list[PayLine]]) -> list[Rule]:
    """Rules that pay anybody here, the largest sum first."""
    sums: dict[tuple[str, str], Decimal] = {}
    rules: dict[tuple[str, str], Rule] = {}
    for x in (x for several in lines.values() for x in several if x.amount > 0):
        key = (x.rule.entity, x.rule.qualified)
        rules[key] = x.rule
        sums[key] = sums.get(key, Decimal(0)) + x.amount
    return [rules[key] for key in sorted(sums, key=lambda k: (-sums[k], k))]


def _columns(issue: Issue, section: ReportSection | None) -> list[tuple[str, str]]:
    """Declared columns, and `n` for those of numbers."""
    if section is None:
        return []
    found = []
    for name in section.shown[:_OWN]:
        program = issue.run.program
        known = program.rule(section.entity, name) or program.indicator(section.entity, name)
        found.append((name, "n" if known is not None and known.type.is_number else ""))
    return found


def _own_cells(
    issue: Issue, section: ReportSection | None, ids: Sequence[str], lang: str
) -> dict[str, tuple[Cell, ...]]:
    """The declared columns; the numbers of one have equally many places."""
    made: dict[str, list[Cell]] = {id: [] for id in ids}
    for name, kind in _columns(issue, section):
        values = {id: value_of(issue.run, issue.paid.entity, id, name) for id in ids}
        numbers = [v for v in values.values() if isinstance(v, Decimal)]
        places = max((_places(v) for v in numbers), default=0)
        places = places if places <= _PLACES else _CUT
        for id, value in values.items():
            said = valued(value, lang)
            if isinstance(value, Decimal):
                said = _cut(value, places)
            made[id].append(Cell(said, kind))
    return {id: tuple(cells) for id, cells in made.items()}


def _cut(value: Decimal, places: int) -> str:
    """To that many places, never rounded: what is cut off ends in …"""
    shown = value.quantize(Decimal(1).scaleb(-places), rounding="ROUND_DOWN")
    said = f"{shown:,.{places}f}".replace("-", f.MINUS)
    return said if shown == value else f"{said}…"


def _places(value: Decimal) -> int:
    return len(f"{value:f}".partition(".")[2].rstrip("0"))


def _person(
    issue: Issue,
    section: ReportSection | None,
    id: str,
    own: tuple[Cell, ...],
    lines: Sequence[PayLine],
    shown: Sequence[Rule],
    others: bool,
    off: bool,
    lang: str,
) -> _Person:
    keys = [(r.entity, r.qualified) for r in shown]
    amounts = [Decimal(0)] * (len(keys) + others + off)
    for x in lines:
        key = (x.rule.entity, x.rule.qualified)
        if x.amount < 0:
            amounts[-1] += x.amount
        elif x.amount:
            amounts[keys.index(key) if key in keys else len(keys)] += x.amount
    group = ""
    if section is not None and section.group:
        group = valued(value_of(issue.run, issue.paid.entity, id, section.group), lang)
    before = issue.payouts_before.get(id)
    name = issue.names.get(id, "")
    return _Person(id, name, own, group, tuple(amounts), issue.payouts[id], before)


def _lines(
    issue: Issue,
    section: ReportSection | None,
    everyone: Sequence[_Person],
    columns: int,
    earlier: bool,
    lang: str,
) -> Iterator[Line]:
    groups = _groups(issue, section, everyone)
    for group, members in groups:
        for n, person in enumerate(members):
            last = n == len(members) - 1
            yield Line("person", person.id, tuple(_cells(person, earlier)), 1, last)
        if len(groups) > 1 and len(members) > 1:
            name = Text(f"{group}小计 {len(members)} 人", f"{group}: {len(members)}").say(lang)
            yield _sum("group", name, members, columns, earlier)
    if everyone:
        n = len(everyone)
        yield _sum("total", Text(f"合计 {n} 人", f"All {n}").say(lang), everyone, columns, earlier)


def _groups(
    issue: Issue, section: ReportSection | None, everyone: Sequence[_Person]
) -> list[tuple[str, list[_Person]]]:
    """By the choices of the group as they are declared; one group where none is."""
    by: dict[str, list[_Person]] = {}
    for person in everyone:
        by.setdefault(person.group, []).append(person)
    order: tuple[str, ...] = ()
    if section is not None and section.group:
        program = issue.run.program
        known = program.rule(section.entity, section.group) or program.indicator(
            section.entity, section.group
        )
        order = known.choices if known else ()
    places = {choice: n for n, choice in enumerate(order)}
    return sorted(by.items(), key=lambda g: (places.get(g[0], len(places)), g[0]))


def _cells(person: _Person, earlier: bool) -> Iterator[Cell]:
    yield Cell(person.name)
    yield from person.own
    yield from (_amount(a) for a in person.amounts)
    yield Cell(f.money(person.paid), "n b")
    if earlier:
        yield Cell(_share(person.paid, person.before), "n")


def _sum(kind: str, name: str, members: Sequence[_Person], columns: int, earlier: bool) -> Line:
    sums = [sum(column, Decimal(0)) for column in zip(*(p.amounts for p in members), strict=True)]
    paid = sum((p.paid for p in members), Decimal(0))
    cells = [*(_amount(s) for s in sums), Cell(f.money(paid), "n b")]
    if earlier:
        known = [p.before for p in members if p.before is not None]
        whole = sum(known, Decimal(0)) if len(known) == len(members) else None
        cells.append(Cell(_share(paid, whole), "n"))
    return Line(kind, name, tuple(cells), 2 + columns)


def _amount(value: Decimal) -> Cell:
    return Cell(f.money(value), "n" if value else "n zero")


def _share(paid: Decimal, before: Decimal | None) -> str:
    """The change in per cent, without the sign, which stands in the head.

    — where there was nothing before, or next to nothing: tenfold says no more than that.
    """
    if before is None or before <= 0 or abs(paid - before) >= 10 * before:
        return f.NOT_APPLICABLE
    said = f.percent((paid - before) / before, signed=True)
    return said.removesuffix("%")
