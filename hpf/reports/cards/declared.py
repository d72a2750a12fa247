"""What plugins declare for a slip: points and places, and items that are switched off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hpf.core.entities import DEPARTMENT
from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.facts import decimal_of
from hpf.core.formula.cells import Here
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.formula.tree import Param, Rank, walk
from hpf.core.indicators import Indicator
from hpf.core.kit.hookspecs import ReportSection
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.reports import figures as f
from hpf.reports.cards.items import valued
from hpf.reports.cards.words import colon, comma, stop
from hpf.reports.charts import Chart, bar
from hpf.reports.issue import Issue


class SectionError(HpfError):
    """A section names a parameter that its scheme does not have."""


@dataclass(frozen=True, slots=True)
class Score:
    """One line of points. bar: the name of its picture, '' where no most is known."""

    name: str
    how: str
    shown: str
    full: str
    bar: str = ""


@dataclass(frozen=True, slots=True)
class Scores:
    """One declared section. lead: the total and the place in words."""

    title: str
    lead: tuple[tuple[str, bool], ...]
    lines: tuple[Score, ...]


def scores(issue: Issue, id: str, lang: str) -> tuple[list[Scores], dict[str, Chart]]:
    """The sections of figures that stand on the slip of one row, and their bars."""
    found, pictures = [], dict[str, Chart]()
    for section in issue.of("", "bars"):
        if section.entity == issue.paid.entity:
            made = _scores(issue, section, id, lang, pictures)
            if made.lines or made.lead:
                found.append(made)
    return found, pictures


def _scores(
    issue: Issue, section: ReportSection, id: str, lang: str, pictures: dict[str, Chart]
) -> Scores:
    lines = []
    for n, name in enumerate(section.shown):
        value = value_of(issue.run, section.entity, id, name)
        if value is None:
            continue
        most = most_of(issue.run, section, n)
        shown = f.points(value) if isinstance(value, Decimal) else valued(value, lang)
        full = f.amount(most) if most is not None else ""
        picture = ""
        if section.chart == "bars" and isinstance(value, Decimal) and most:
            picture = f"{section.code}-{n}"
            title = f"{named(issue.run, section.entity, name).say(lang)} {shown} / {full}"
            pictures[picture] = bar(value, most, title=title, palette=issue.brand.palette)
        lines.append(
            Score(named(issue.run, section.entity, name).say(lang),
                  _how(issue, section, id, name, lang), shown, full, picture)
        )  # fmt: skip
    lead = tuple(_lead(issue, section, id, lang))
    return Scores(section.names.say(lang), lead, tuple(lines))


def _how(issue: Issue, section: ReportSection, id: str, name: str, lang: str) -> str:
    rule = issue.run.program.rule(section.entity, name)
    row = issue.run.checked.rows[section.entity].row_of(id)
    if rule is None or row is None:
        return ""
    return in_numbers(issue.scalar, rule, row).say(lang)


def _lead(issue: Issue, section: ReportSection, id: str, lang: str) -> Iterator[tuple[str, bool]]:
    """The total, and the place among how many, this time and last: text, whether it is bold."""
    total = value_of(issue.run, section.entity, id, section.total) if section.total else None
    if isinstance(total, Decimal):
        yield f.points(total), True
        yield Text(" 分", " points").say(lang), False
    place = value_of(issue.run, section.entity, id, section.place) if section.place else None
    if isinstance(place, Decimal):
        among = _among(issue, section, id)
        yield Text(f"，在参加排名的 {among} 人中列", f", of {among} ranked").say(lang), False
        yield Text(f"第 {f.amount(place)}", f" no. {f.amount(place)}").say(lang), True
    before = _before(issue, section, id, lang)
    if isinstance(total, Decimal) and before:
        yield Text(f"（上期 {before}）", f" (last period {before})").say(lang), False


def _before(issue: Issue, section: ReportSection, id: str, lang: str) -> str:
    if issue.before is None or id not in issue.payouts_before:
        return ""
    said = []
    place = value_of(issue.before, section.entity, id, section.place) if section.place else None
    if isinstance(place, Decimal):
        said.append(Text(f"第 {f.amount(place)}", f"no. {f.amount(place)}").say(lang))
    total = value_of(issue.before, section.entity, id, section.total)
    if isinstance(total, Decimal):
        said.append(Text(f"{f.points(total)} 分", f"{f.points(total)} points").say(lang))
    return comma(lang).join(said)


def _among(issue: Issue, section: ReportSection, id: str) -> int:
    """How many the place was found among."""
    rule = issue.run.program.rule(section.entity, section.place)
    row = issue.run.checked.rows[section.entity].row_of(id)
    assert rule is not None
    assert row is not None
    here = Here(section.entity, row, rule.qualified)
    for node in walk(rule.tree):
        if isinstance(node, Rank) and (group := issue.scalar.grouping.group(node, here)):
            return len(group.rows)
    return 0


def value_of(run: Run, entity: str, id: str, name: str) -> object:
    """A fact or a result of one row, or with `link.name` of the row that a link leads to.

    None where it is absent or the row is not there.
    """
    rows = run.checked.rows.get(entity)
    row = None if rows is None else rows.row_of(id)
    if rows is None or row is None:
        return None
    link, _, last = name.rpartition(".")
    if link:
        end = rows.links[link][row] if link in rows.links else None
        to = _end(run, entity, link)
        return None if end is None else value_of(run, to, run.checked.rows[to].ids[end], last)
    rule = run.program.rule(entity, name)
    if rule is not None:
        return run.evaluated.values[entity][rule.qualified][row]
    column = rows.values.get(name)
    return None if column is None else column[row]


def _end(run: Run, entity: str, link: str) -> str:
    return next(k.to for k in run.program.entities[entity].links if k.name == link)


def known(run: Run, entity: str, name: str) -> Rule | Indicator | None:
    """The rule or indicator of a name, `link.name` followed."""
    link, _, last = name.rpartition(".")
    if link:
        return known(run, _end(run, entity, link), last)
    return run.program.rule(entity, name) or run.program.indicator(entity, name)


def most_of(run: Run, section: ReportSection, n: int) -> Decimal | None:
    """What the n-th name has at most: its parameter, else the indicator's upper bound."""
    name = section.full[n] if n < len(section.full) else ""
    if name:
        parameter, _, key = name.rstrip("]").partition("[")
        held = run.parameters.get(parameter)
        value = held.value if held else None
        found = value.get(key) if isinstance(value, Mapping) else value
        if not isinstance(found, Fraction):
            message = Text(
                f"报表栏目 {section.code}：方案没有数值参数 {name}",
                f"section '{section.code}': the scheme has no parameter '{name}' that is a number",
            )
            cure = did_you_mean(parameter, run.parameters)
            raise SectionError([Problem("section.full", message, cure, name=section.code)])
        return decimal_of(found)
    indicator = run.program.indicator(section.entity, section.shown[n])
    return None if indicator is None or indicator.high is None else decimal_of(indicator.high)


def named(run: Run, entity: str, name: str) -> Text:
    """What a rule or an indicator is called."""
    found = known(run, entity, name)
    return found.names if found else Text(name, name)


# What is switched off


def states(issue: Issue, id: str, lang: str) -> list[str]:
    """Grades that are not as usual, of the row's own rows and of its department, by what decides.

    One sentence for each decision: which, since when, by which parameter and for what reason.
    """
    above = _above(issue)
    found = [
        (section, row, section.entity in above)
        for section in issue.of("states")
        for row in _rows(issue, section.entity, id)
    ]
    return _told(issue, found, lang)


def unit_states(issue: Issue, unit: str, lang: str) -> list[str]:
    """The same of a department's own grades, for its card."""
    row = issue.run.checked.rows[DEPARTMENT.code].row_of(unit)
    mine = (s for s in issue.of("states") if s.entity == DEPARTMENT.code and row is not None)
    return _told(issue, [(s, int(row or 0), False) for s in mine], lang)


def _told(issue: Issue, found: Iterable[tuple[ReportSection, int, bool]], lang: str) -> list[str]:
    """found: section, row of its entity, and whether the entity is to be named."""
    by: dict[tuple[str, str], list[str]] = {}
    for section, row, above in found:
        for name in section.shown:
            rule = issue.run.program.rule(section.entity, name)
            value = _state(issue.run, rule, row)
            if rule is None or value is None:
                continue
            names = rule.names
            if above:
                whose = issue.run.program.entities[section.entity].names
                names = Text(f"{whose.zh}{names.zh}", f"{names.en} ({whose.en.lower()})")
            told = by.setdefault((value, _decided(issue, rule, row, lang)), [])
            if names.say(lang) not in told:
                told.append(names.say(lang))
    sign = "、" if lang.startswith("zh") else ", "
    return [f"{sign.join(names)}{colon(lang)}{value}{why}" for (value, why), names in by.items()]


def _state(run: Run, rule: Rule | None, row: int) -> str | None:
    """The grade, where it is not the first of its choices."""
    if rule is None or not rule.choices:
        return None
    value = run.evaluated.values[rule.entity][rule.qualified][row]
    return value if value is not None and value != rule.choices[0] else None


def _above(issue: Issue) -> frozenset[str]:
    return frozenset(k.to for k in issue.run.program.entities[issue.paid.entity].links)


def _rows(issue: Issue, entity: str, id: str) -> Sequence[int]:
    """Rows of an entity that concern the one who is paid: its own, above it, leading to it."""
    run, paid = issue.run, issue.paid.entity
    mine = run.checked.rows[paid]
    row = mine.row_of(id)
    if row is None or entity not in run.checked.rows:
        return []
    if entity == paid:
        return [row]
    for link in run.program.entities[paid].links:
        if link.to == entity and link.name in mine.links:
            end = mine.links[link.name][row]
            return [] if end is None else [int(end)]
    rows = run.checked.rows[entity]
    found: set[int] = set()
    for link in run.program.entities[entity].links:
        if link.to == paid and link.name in rows.links:
            found |= {n for n, end in enumerate(rows.links[link.name].to_list()) if end == row}
    return sorted(found)


def _decided(issue: Issue, rule: Rule, row: int, lang: str) -> str:
    """The parameters that hold on this row: since when, why, and their clause."""
    here = Here(rule.entity, row, rule.qualified)
    told = []
    names = dict.fromkeys(
        n.name for n in walk(rule.tree)
        if isinstance(n, Param) and issue.scalar.node(n, here) is True
    )  # fmt: skip
    for name in names:
        held = issue.run.parameters[name]
        since = held.dated.since.isoformat()
        parts = [
            Text(f"自 {since} 起", f"since {since}").say(lang),
            Text(f"参数“{held.parameter.names.zh}”", f"parameter '{held.parameter.names.en}'").say(
                lang
            ),
            held.dated.reference,
            held.parameter.clause,
        ]
        told.append(comma(lang).join(p for p in parts if p))
    if not told:
        return ""
    said = stop(lang).join(told)
    return f"（{said}）" if lang.startswith("zh") else f" ({said})"
