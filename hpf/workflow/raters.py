"""Who is asked about whom: drawn by a seed that anybody can run again, evenly loaded.

    asked = draw(groups, rows, circle, wanted={"peers": 5}, seed="2026-Q3")

Pure: the same register, the same numbers and the same seed always give the same list.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hpf.core import RaterGroup


@dataclass(frozen=True, slots=True)
class Asked:
    """A person who is asked about a row, as a member of a group."""

    rater: str
    row: str
    group: str


@dataclass(frozen=True, slots=True)
class Circle:
    """Who works where. units: department -> its people; heads: department -> those who lead it;
    leaders: those above heads of departments."""

    units: Mapping[str, frozenset[str]]
    heads: Mapping[str, frozenset[str]] = field(default_factory=dict)
    leaders: frozenset[str] = frozenset()

    @property
    def people(self) -> frozenset[str]:
        """Everybody."""
        return frozenset().union(*self.units.values())

    def of(self, person: str) -> list[str]:
        """The departments that somebody works in."""
        return [u for u, people in self.units.items() if person in people]

    def leads(self, person: str) -> list[str]:
        """The departments that somebody leads."""
        return [u for u, heads in self.heads.items() if person in heads]

    def may_judge(self, relation: str, entity: str, row: str) -> frozenset[str]:
        """Who stands in a relation to a row. Nobody judges themselves, except as `self`."""
        if entity == "hospital":
            return self.people
        if entity == "department":
            own = self.units.get(row, frozenset())
            return own if relation == "members" else self.people - own
        if relation == "self":
            return frozenset({row}) & self.people
        return self._about_person(relation, row) - {row}

    def _about_person(self, relation: str, row: str) -> frozenset[str]:
        units = self.of(row)
        leads = self.leads(row)
        mates = frozenset().union(*(self.units[u] for u in units))
        below = frozenset().union(*(self.units.get(u, frozenset()) for u in leads))
        above = frozenset().union(
            *(self.heads.get(u, frozenset()) for u in units if u not in leads),
            self.leaders if leads else (),
        )
        if relation == "superior":
            return above
        if relation == "subordinates":
            return below - above
        # who leads a department stands beside those who lead others, not beside its members
        beside = frozenset().union(*self.heads.values()) if leads else mates
        if relation == "peers":
            return beside - above - below
        return self.people - mates - beside - above - below  # others


def draw(
    groups: Sequence[RaterGroup],
    entity: str,
    rows: Iterable[str],
    circle: Circle,
    wanted: Mapping[str, int | None],
    seed: str,
) -> list[Asked]:
    """Raters for each row and group, in order of rater. wanted: how many a row gets; None: all.

    A row gets fewer where fewer stand in the relation. Within a group nobody is asked about two
    rows more than somebody who could have been asked instead.
    """
    found: list[Asked] = []
    rows = sorted(rows)
    for group in groups:
        if group.relation == "public":
            continue
        able = {r: circle.may_judge(group.relation, entity, r) for r in rows}
        most = wanted.get(group.code)
        chosen = _spread(able, most, f"{seed}/{group.code}")
        found += [Asked(p, row, group.code) for row, people in chosen.items() for p in people]
    return sorted(found, key=lambda a: (a.rater, a.group, a.row))


def _spread(able: Mapping[str, frozenset[str]], most: int | None, seed: str) -> dict[str, set[str]]:
    load = {p: 0 for people in able.values() for p in people}
    # a lot for each person and load: whoever has least is asked next, in another order each round
    turn = {p: (0, _lot(seed, "0", p)) for p in load}
    chosen: dict[str, set[str]] = {}
    for row in sorted(able, key=lambda r: _lot(seed, r)):
        if most is None or len(able[row]) <= most:
            taken = set(able[row])
        else:
            taken = set(heapq.nsmallest(most, able[row], key=turn.__getitem__))
        chosen[row] = taken
        for person in taken:
            load[person] += 1
            turn[person] = (load[person], _lot(seed, str(load[person]), person))
    if most is not None:
        _even(able, chosen, load)
    return chosen


def _even(
    able: Mapping[str, frozenset[str]], chosen: dict[str, set[str]], load: dict[str, int]
) -> None:
    """Pass rows on from whoever has two more than somebody who may take them."""
    mine: dict[str, set[str]] = {p: set() for p in load}
    for row, people in chosen.items():
        for person in people:
            mine[person].add(row)
    moved = True
    while moved:
        moved = False
        least = min(load.values(), default=0)
        heavy = [p for p in load if load[p] >= least + 2]
        for giver in sorted(heavy, key=lambda p: (-load[p], p)):
            for row in sorted(mine[giver]):
                takers = [p for p in able[row] - chosen[row] if load[p] <= load[giver] - 2]
                if not takers:
                    continue
                taker = min(takers, key=lambda p: (load[p], p))
                chosen[row] ^= {giver, taker}
                mine[giver].remove(row)
                mine[taker].add(row)
                load[giver] -= 1
                load[taker] += 1
                moved = True


def _lot(*said: str) -> bytes:
    """Where something stands in the draw: SHA-256 of the seed and its name."""
    return hashlib.sha256("\0".join(said).encode()).digest()
