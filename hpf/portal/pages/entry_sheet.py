"""What stands now of an entity: rows with whose they are, values with who reported them; and a
part of facts made of the cells that somebody changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.orm import Session

from hpf.core import entities
from hpf.core.checking import check
from hpf.core.facts import Checked, Facts, Rows, Source, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.database import desk
from hpf.portal.pages.derivation_sight import whose
from hpf.portal.pages.entry_fields import Value
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.models import Hospital
from hpf.storage.organisation import register_of

Key = tuple[str, str]  # a row's id, an indicator's code
_REGISTERED: Final = (entities.HOSPITAL.code, entities.DEPARTMENT.code, entities.STAFF.code)


@dataclass(frozen=True, slots=True)
class Place:
    """A row. units: departments that it belongs to; fresh: from the register, not reported yet."""

    id: str
    name: str
    links: Mapping[str, str]
    units: frozenset[str]
    fresh: bool = False


@dataclass(frozen=True)
class Stand:
    """The facts of a period as they stood at an import, `base`; 0: there was none."""

    program: Program
    facts: Facts
    checked: Checked
    base: int
    registered: Mapping[str, Mapping[str, Place]] = field(repr=False)
    _rows: dict[str, Mapping[str, Place]] = field(default_factory=dict, repr=False)

    @classmethod
    def at(
        cls, session: Session, program: Program, period: Period, base: int | None = None
    ) -> Stand:
        """As it is now, or was at an import."""
        hospital = desk().hospital
        facts = facts_at(session, hospital, program, period, base)
        found = latest_import(session, hospital, program.code, period, base) or 0
        checked, _ = check(program, facts)
        return cls(program, facts, checked, found, _registered(session, hospital, period))

    def rows(self, entity: str) -> Mapping[str, Place]:
        """The rows of an entity; where none is reported yet, those that the register has."""
        if entity not in self._rows:  # several forms ask of one entity
            self._rows[entity] = self._read(entity)
        return self._rows[entity]

    def _read(self, entity: str) -> dict[str, Place]:
        table = self.facts.tables.get(entity)
        if table is None or not len(table.frame):
            return dict(self.registered.get(entity, {}))
        links = [k.name for k in self.program.entities[entity].links]
        found = {}
        for row in table.frame.iter_rows(named=True):
            id = row["id"]
            given = {k: row[k] for k in links if row.get(k) is not None}
            units, name = whose(self, entity, id).units, row.get("name")
            if not name or name == id:  # a case bears its person's name
                name = self.owner(entity, id)
            found[id] = Place(id, name, given, units)
        return dict(sorted(found.items()))

    def owner(self, entity: str, id: str) -> str:
        """The name of the one person whom a row leads to, '' where it is not one."""
        people = whose(self, entity, id).people - {id}
        if len(people) != 1:
            return ""
        rows: Rows = self.checked.rows[entities.STAFF.code]
        index = rows.row_of(next(iter(people)))
        return "" if index is None else str(rows.names[int(index)] or "")

    def values(self, entity: str, codes: Collection[str]) -> dict[Key, Value]:
        """What is reported: no entry for a blank."""
        table = self.facts.tables.get(entity)
        if table is None:
            return {}
        ids = table.frame["id"].to_list()
        there = [c for c in codes if c in table.frame.columns]
        return {
            (id, code): value
            for code in there
            for id, value in zip(ids, table.frame[code].to_list(), strict=True)
            if value is not None
        }

    def reported(self, entity: str, key: Key) -> tuple[str, str]:
        """Who reported a cell, and when."""
        table = self.facts.tables.get(entity)
        index = None if table is None else table.frame["id"].index_of(key[0])
        if table is None or table.source is None or index is None:
            return "", ""
        return table.source.reported(int(index), key[1])


def part(
    stand: Stand,
    period: Period,
    entity: str,
    cells: Mapping[Key, Value],
    added: Mapping[str, Place],
    form: str,
) -> Facts:
    """Facts of the rows that change: what was entered, and beside it what stands there already.

    added: rows that are not there yet, with their names and links; rows of the register that they
    lead to come along. form: its code, which stands as the place that the values came from.
    """
    ids, codes = sorted({i for i, _ in cells} | set(added)), sorted({c for _, c in cells})
    now, rows = stand.values(entity, codes), {**stand.rows(entity), **added}
    data: dict[str, dict[str, dict[str, Any]]] = {entity: {}}
    for id in ids:
        line: dict[str, Any] = {c: cells.get((id, c), now.get((id, c))) for c in codes}
        if added:
            known = rows[id]
            line |= {"name": known.name or None, **known.links}
            _bring(stand, entity, known, data)
        data[entity][id] = line
    facts = facts_of(stand.program, period, data)
    number = {id: n for n, id in enumerate(rows, 1)}
    source = Source(
        f"门户填报 portal form {form}",
        entity,
        {c: f"{c} " for c in codes},
        [number[i] for i in ids],
    )
    table = replace(facts.tables[entity], source=source)
    return replace(facts, tables={**facts.tables, entity: table})


def _bring(
    stand: Stand, entity: str, row: Place, data: dict[str, dict[str, dict[str, Any]]]
) -> None:
    """The register's rows that a row leads to, where nothing is reported of them yet."""
    for link in stand.program.entities[entity].links:
        id = row.links.get(link.name)
        table = stand.facts.tables.get(link.to)
        fresh = stand.registered.get(link.to, {}).get(id or "")
        if fresh is None or (table is not None and id in table.frame["id"]):
            continue
        data.setdefault(link.to, {})[fresh.id] = {"name": fresh.name, **fresh.links}
        _bring(stand, link.to, fresh, data)


def _registered(session: Session, hospital: int, period: Period) -> dict[str, dict[str, Place]]:
    """Hospital, departments and people as the register has them in a period."""
    own = session.get_one(Hospital, hospital)
    there = register_of(session, hospital).during(period.first_day, period.last_day)
    at = {p.person: p.department for p in there.placements}
    link = {"hospital": own.code}
    return {
        _REGISTERED[0]: {own.code: Place(own.code, own.name, {}, frozenset(), True)},
        _REGISTERED[1]: {
            c: Place(c, u.name, link, frozenset({c}), True) for c, u in sorted(there.units.items())
        },
        _REGISTERED[2]: {
            c: Place(c, p.name, {"department": at[c]}, frozenset({at[c]}), True)
            for c, p in sorted(there.people.items()) if c in at
        },
    }  # fmt: skip
