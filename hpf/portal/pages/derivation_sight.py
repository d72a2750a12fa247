"""Which rows of a run a viewer may see inside a derivation, by whose they are.

A figure cannot be checked without what it was made of, so whoever may see it also sees the sums of
the departments that its own row belongs to, and of the hospital. Of other people and departments
nothing is shown but that they are there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hpf.core import entities
from hpf.core.facts import Checked
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.portal.rights import Viewer

STAFF, DEPARTMENT = entities.STAFF.code, entities.DEPARTMENT.code
HOSPITAL = entities.HOSPITAL.code
_FAR = 2  # links from a row to whom it belongs: a case, its person; a post, its department


class Linked(Protocol):
    """Rows whose links are resolved: a run's, or those of facts that no run has seen yet."""

    @property
    def program(self) -> Program: ...

    @property
    def checked(self) -> Checked: ...


@dataclass(frozen=True, slots=True)
class Owners:
    """Whom a row belongs to: ids of people and of departments."""

    people: frozenset[str]
    units: frozenset[str]


@dataclass
class Sight:
    """What a viewer sees of one run. own: departments of the row whose figure is asked for."""

    run: Run
    viewer: Viewer
    own: frozenset[str] = frozenset()
    _known: dict[tuple[str, str], bool] = field(default_factory=dict)

    def top(self, entity: str, id: str) -> bool:
        """Whether the row itself may be asked for."""
        owners = whose(self.run, entity, id)
        if entity == HOSPITAL or not (owners.people or owners.units):
            return self.viewer.sees_row(entity, id) or self._assessed()
        if owners.people:
            return all(self._person(one) for one in owners.people)
        return any(self.viewer.sees_department(unit) for unit in owners.units)

    def sees(self, entity: str, id: str) -> bool:
        """Whether a row may stand in the tree."""
        key = (entity, id)
        if key not in self._known:
            self._known[key] = self._sees(entity, id)
        return self._known[key]

    def _sees(self, entity: str, id: str) -> bool:
        if not entity or entity == HOSPITAL or self.viewer.sees_everybody:
            return True
        owners = whose(self.run, entity, id)
        if owners.people:
            return all(self._person(one) for one in owners.people)
        if owners.units:
            return bool(owners.units & self.own) or self.top(entity, id)
        return self.top(entity, id)

    def _assessed(self) -> bool:
        """Whether rows that are nobody's own (items of a table) are the viewer's to assess."""
        return self.run.program.code in self.viewer.assesses

    def _person(self, id: str) -> bool:
        return self.viewer.sees_person(id, whose(self.run, STAFF, id).units)


def opens(run: Run, who: Viewer, entity: str, id: str, public: Callable[[], bool]) -> bool:
    """Whether a row's figures are open to a viewer: their own only once the run is public."""
    if not Sight(run, who).top(entity, id):
        return False
    if who.sees_everybody or who.staff not in whose(run, entity, id).people:
        return True
    if any(who.sees_department(unit) for unit in whose(run, STAFF, who.staff).units):
        return True
    return public()


def whose(run: Linked, entity: str, id: str) -> Owners:
    """The people and departments that a row leads to, itself included."""
    found: Mapping[str, set[str]] = {STAFF: set(), DEPARTMENT: set()}
    todo, steps = [(entity, id)], 0
    while todo and steps <= _FAR:
        after: list[tuple[str, str]] = []
        for code, one in todo:
            if code in found:
                found[code].add(one)
            if code != DEPARTMENT:
                after += _linked(run, code, one)
        todo, steps = after, steps + 1
    return Owners(frozenset(found[STAFF]), frozenset(found[DEPARTMENT]))


def _linked(run: Linked, entity: str, id: str) -> list[tuple[str, str]]:
    rows = run.checked.rows.get(entity)
    index = None if rows is None else rows.row_of(id)
    if rows is None or index is None:
        return []
    targets = {link.name: link.to for link in run.program.entities[entity].links}
    found = []
    for name, column in rows.links.items():
        row = column[index]
        if row is not None:
            found.append((targets[name], str(run.checked.rows[targets[name]].ids[int(row)])))
    return found


def units_of(run: Run, entity: str, id: str) -> frozenset[str]:
    """Departments that a row belongs to, those of a person's posts included."""
    found = set(whose(run, entity, id).units)
    rows = run.checked.rows.get(entity)
    index = None if rows is None else rows.row_of(id)
    if entity != STAFF or index is None:
        return frozenset(found)
    for code, others in run.checked.rows.items():
        targets = {link.name: link.to for link in run.program.entities[code].links}
        people = [n for n in others.links if targets[n] == STAFF]
        units = [n for n in others.links if targets[n] == DEPARTMENT]
        if len(people) != 1 or len(units) != 1:
            continue  # a post has one of each; a transfer between departments is nobody's place
        for row in (others.links[people[0]] == index).arg_true():
            unit = others.links[units[0]][int(row)]
            if unit is not None:
                found.add(str(run.checked.rows[DEPARTMENT].ids[int(unit)]))
    return frozenset(found)


def row_name(run: Run, entity: str, id: str) -> str:
    """What a row is called: its name, else the person's whom it belongs to, else its id."""
    rows = run.checked.rows.get(entity)
    index = None if rows is None else rows.row_of(id)
    if rows is None or index is None:
        return id
    if (name := rows.names[index]) and str(name) != id:
        return str(name)
    owners = whose(run, entity, id)
    if entity != STAFF and len(owners.people) == 1:
        return row_name(run, STAFF, next(iter(owners.people)))
    return id
