"""Who there is, by date: departments, people, and where each works with what share of themselves.

Nothing here is ever deleted: a department closes and a person leaves, each on a day, so that a
period of last year sees the departments of last year. Days are half-open: from `since` on, up to
and without `until`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from hpf.core.errors import Problem, Text, did_you_mean

_EVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Unit:
    """A department, from the day it opened to the day before it closed."""

    code: str
    name: str
    opened: dt.date
    closed: dt.date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff, from the day they joined to the day before they left."""

    code: str
    name: str
    joined: dt.date
    left: dt.date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a person works from a day on, with title and post; share: 1 is the whole person."""

    person: str
    since: dt.date
    department: str
    post: str
    title: str
    share: Decimal
    until: dt.date | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Register:
    """All departments, people and placements; placements in order of person and day."""

    units: Mapping[str, Unit] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    placements: tuple[Placement, ...] = ()

    def on(self, day: dt.date) -> Register:
        """What holds on a day."""
        units = {c: u for c, u in self.units.items() if _holds(u.opened, u.closed, day)}
        people = {c: p for c, p in self.people.items() if _holds(p.joined, p.left, day)}
        return Register(
            units,
            people,
            tuple(
                p for p in self.placements if p.person in people and _holds(p.since, p.until, day)
            ),
        )

    def during(self, first: dt.date, last: dt.date) -> Register:
        """What holds on any day from first to last."""

        def meets(since: dt.date, until: dt.date | None) -> bool:
            return since <= last and (until is None or until > first)

        units = {c: u for c, u in self.units.items() if meets(u.opened, u.closed)}
        people = {c: p for c, p in self.people.items() if meets(p.joined, p.left)}
        return Register(
            units,
            people,
            tuple(p for p in self.placements if p.person in people and meets(p.since, p.until)),
        )


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two registers. what: `staff:A17`; old, new: in words, '' for none."""

    what: str
    old: str
    new: str


def _holds(since: dt.date, until: dt.date | None, day: dt.date) -> bool:
    return since <= day and (until is None or day < until)


def merge(old: Register, given: Register) -> Register:
    """The register after a workbook: what it names is added or replaced, everything else stays.

    Of a person whose placements it names, those from its first day on are the workbook's; an
    earlier one that was open ends there.
    """
    first: dict[str, dt.date] = {}
    for p in given.placements:
        first[p.person] = min(p.since, first.get(p.person, p.since))
    kept: list[Placement] = []
    for p in old.placements:
        start = first.get(p.person)
        if start is None or (p.until is not None and p.until <= start):
            kept.append(p)
        elif p.since < start:
            kept.append(replace(p, until=start))
    return Register(
        {**old.units, **given.units},
        {**old.people, **given.people},
        joined_up([*kept, *given.placements]),
    )


def joined_up(placements: Iterable[Placement]) -> tuple[Placement, ...]:
    """In order; one that goes on without any change is one placement, not two."""
    found: list[Placement] = []
    for p in sorted(placements, key=lambda p: (p.person, p.department, p.post, p.title, p.since)):
        last = found[-1] if found else None
        if last is not None and last.until == p.since and _same(last, p):
            found[-1] = replace(last, until=p.until)
        else:
            found.append(p)
    return tuple(sorted(found, key=lambda p: (p.person, p.since, p.department, p.post)))


def _same(one: Placement, two: Placement) -> bool:
    def what(p: Placement) -> tuple[str, str, str, str, Decimal]:
        return p.person, p.department, p.post, p.title, p.share

    return what(one) == what(two)


def changes(old: Register, new: Register) -> list[Change]:
    """What is different, in order of departments, people and placements."""
    found = []
    for kind, ours, theirs in (
        ("department", old.units, new.units),
        ("staff", old.people, new.people),
    ):
        for code in sorted({*ours, *theirs}):
            before, after = ours.get(code), theirs.get(code)
            if before != after:
                found.append(Change(f"{kind}:{code}", _said(before), _said(after)))
    before_all, after_all = set(old.placements), set(new.placements)
    gone = sorted(before_all - after_all, key=_order)
    come = sorted(after_all - before_all, key=_order)
    found += [Change(f"assignment:{p.person}", _placed(p), "") for p in gone]
    found += [Change(f"assignment:{p.person}", "", _placed(p)) for p in come]
    return found


def _order(p: Placement) -> tuple[str, dt.date, str]:
    return p.person, p.since, p.department


def _said(one: Unit | Person | None) -> str:
    if one is None:
        return ""
    since, until = (one.opened, one.closed) if isinstance(one, Unit) else (one.joined, one.left)
    return f"{one.name} {since}–{until or ''}"


def _placed(p: Placement) -> str:
    words = " ".join(x for x in (p.department, p.title, p.post) if x)
    return f"{words} × {p.share.normalize():f} {p.since}–{p.until or ''}"


def problems(register: Register) -> list[Problem]:
    """Everything that does not hold together, each with its place."""
    found: list[Problem] = []
    for unit in register.units.values():
        found += _span("department", unit.code, unit.opened, unit.closed, unit.place)
    for person in register.people.values():
        found += _span("staff", person.code, person.joined, person.left, person.place)
    by_person: dict[str, list[Placement]] = {}
    for p in register.placements:
        found += _placement(register, p)
        by_person.setdefault(p.person, []).append(p)
    for code, person in register.people.items():
        found += _shares(person, by_person.get(code, []))
    return found


def _problem(
    code: str, zh: str, en: str, place: str, entity: str, id: str, cure: tuple[str, str]
) -> Problem:
    return Problem(f"organisation.{code}", Text(zh, en), Text(*cure), place, entity, id)


def _span(
    entity: str, id: str, since: dt.date, until: dt.date | None, place: str
) -> Iterator[Problem]:
    if until is not None and until <= since:
        yield _problem(
            "span",
            f"{until} 不晚于 {since}",
            f"{until} is not after {since}",
            place,
            entity,
            id,
            ("请改正日期", "Mend the dates"),
        )


def _placement(register: Register, p: Placement) -> Iterator[Problem]:
    yield from _span("assignment", p.person, p.since, p.until, p.place)
    person, unit = register.people.get(p.person), register.units.get(p.department)

    def bad(code: str, zh: str, en: str, cure: tuple[str, str]) -> Problem:
        return _problem(code, zh, en, p.place, "assignment", p.person, cure)

    if person is None:
        near = did_you_mean(p.person, register.people)
        yield bad("no_person", f"没有人员 {p.person}", f"there is no person '{p.person}'", near)
    elif p.since < person.joined:
        yield bad(
            "before_joining",
            f"任职自 {p.since}，早于入职 {person.joined}",
            f"placed from {p.since}, before joining on {person.joined}",
            ("请改正日期", "Mend the dates"),
        )
    if unit is None:
        near = did_you_mean(p.department, register.units)
        yield bad(
            "no_department",
            f"没有科室 {p.department}",
            f"there is no department '{p.department}'",
            near,
        )
    else:
        last = min(p.until or _EVER, (person.left if person else None) or _EVER)
        if p.since < unit.opened or last > (unit.closed or _EVER):
            yield bad(
                "department_closed",
                f"科室 {p.department} 只在 {unit.opened}–{unit.closed or ''} 期间存在",
                f"department '{p.department}' is there {unit.opened}–{unit.closed or ''} only",
                ("请写明任职的起止，或改到别的科室", "Say until when, or place them elsewhere"),
            )
    if not 0 < p.share <= 1:
        yield bad(
            "share",
            f"份额 {p.share} 应大于 0 且不超过 1",
            f"the share {p.share} must be above 0 and at most 1",
            ("整个人是 1，一半是 0.5", "The whole person is 1, half of them 0.5"),
        )


def _shares(person: Person, placements: list[Placement]) -> Iterator[Problem]:
    """The first day of each stretch of the employment on which the shares do not sum to 1."""
    end = person.left or _EVER
    days = {person.joined}
    for p in placements:
        days |= {d for d in (p.since, p.until) if d is not None and person.joined < d < end}
    wrong: Decimal | None = None
    for day in sorted(days):
        total = sum((p.share for p in placements if _holds(p.since, p.until, day)), Decimal(0))
        if total != 1 and total != wrong:
            yield _problem(
                "shares",
                f"自 {day} 起各科室份额之和是 {total.normalize():f}，应为 1",
                f"from {day} on the shares sum to {total.normalize():f}, not to 1",
                next((p.place for p in placements if p.since <= day and p.place), person.place),
                "staff",
                person.code,
                (
                    "请补上或改正任职：每一天的份额之和都是 1",
                    "Add or mend placements: on every day the shares sum to 1",
                ),
            )
        wrong = total if total != 1 else None
