"""What a register's workbook changes, as people ask: who joins, who leaves, who moves."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.portal.language import say


@dataclass(frozen=True, slots=True)
class Row:
    """One change. code, name: whose; before, after: in words, '' for nothing."""

    code: str
    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changes:
    """All changes of two registers, by what they are."""

    joins: tuple[Row, ...]
    leaves: tuple[Row, ...]
    moves: tuple[Row, ...]
    others: tuple[Row, ...]
    units: tuple[Row, ...]

    @property
    def count(self) -> int:
        """How many rows change."""
        return sum(map(len, (self.joins, self.leaves, self.moves, self.others, self.units)))


def changes(old: Register, new: Register) -> Changes:
    """What the new register does to the old one; it deletes nothing."""
    before, after = _by_person(old.placements), _by_person(new.placements)
    joins, leaves, moves, others = [], [], [], []
    for code, person in new.people.items():
        was = old.people.get(code)
        places = _placed(after.get(code, ()), new.units)
        if was is None:
            joined = "" if str(person.joined) in places else f"{person.joined} "
            joins.append(Row(code, person.name, "", f"{joined}{places}".strip()))
            continue
        if person.left != was.left:
            said = _left(was), _left(person)
            leaves.append(Row(code, person.name, *said))
        if (person.name, person.joined) != (was.name, was.joined):
            others.append(Row(code, person.name, f"{was.name} {was.joined}",
                              f"{person.name} {person.joined}"))  # fmt: skip
        if after.get(code, ()) != before.get(code, ()):
            moves.append(Row(code, person.name, _placed(before.get(code, ()), old.units), places))
    units = [
        Row(code, unit.name, _unit(old.units[code]) if code in old.units else "", _unit(unit))
        for code, unit in new.units.items()
        if old.units.get(code) != unit
    ]
    return Changes(tuple(joins), tuple(leaves), tuple(moves), tuple(others), tuple(units))


def mark(register: Register) -> str:
    """What tells a register from any other: a page carries it, to notice that it is out of date."""
    digest = hashlib.sha256()
    for part in (register.units.values(), register.people.values(), register.placements):
        for one in part:
            digest.update(f"{_plain(one)}\n".encode())
    return digest.hexdigest()


def _plain(one: Unit | Person | Placement) -> tuple[object, ...]:
    if isinstance(one, Unit):
        return one.code, one.name, one.opened, one.closed
    if isinstance(one, Person):
        return one.code, one.name, one.joined, one.left
    return (one.person, one.since, one.department, one.post, one.title,
            str(one.share.normalize()), one.until)  # fmt: skip


def _by_person(placements: Iterable[Placement]) -> dict[str, tuple[Placement, ...]]:
    found: dict[str, list[Placement]] = {}
    for one in placements:
        found.setdefault(one.person, []).append(one)
    return {code: tuple(places) for code, places in found.items()}


def _placed(placements: tuple[Placement, ...], units: Mapping[str, Unit]) -> str:
    """The places that go on, or the last one: department, title, post, share, since."""
    last = max((p.since for p in placements), default=dt.date.min)
    held = [p for p in placements if p.until is None] or [p for p in placements if p.since == last]
    return say(("；", "; ")).join(_place(p, units) for p in held)


def _place(one: Placement, units: Mapping[str, Unit]) -> str:
    unit = units.get(one.department)
    words = [unit.name if unit else one.department, one.title, one.post]
    share = "" if one.share == 1 else f"× {one.share.normalize():f}"
    span = f"{one.since}–{one.until or ''}"
    return " ".join(w for w in (*words, share, span) if w)


def _left(one: Person) -> str:
    return (
        say((f"{one.left} 离开", f"left {one.left}")) if one.left else say(("在职", "works here"))
    )


def _unit(one: Unit) -> str:
    return f"{one.name} {one.opened}–{one.closed or ''}"
