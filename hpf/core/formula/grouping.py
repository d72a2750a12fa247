"""Interpreter two where a node leaves its row: members of a gathering, ranks, splits.

Inverse links are laid out once, when first asked for; a group is worked out once for all its rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from hpf.core.formula import exact
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Cell, Here
from hpf.core.formula.labels import figure
from hpf.core.values import ABSENT, Absent, Trouble

if TYPE_CHECKING:
    from hpf.core.formula.scalar import Scalar


@dataclass(frozen=True, slots=True)
class Group:
    """A split or ranked group, worked out.

    rows, values: the takers in order of id, with their snapped weights (or ranked values).
    troubles: rows that would take part but for a problem of their own; poison: the first problem,
    which everyone else in the group gets. results: row -> share or place.
    """

    rows: tuple[int, ...]
    values: tuple[Fraction, ...]
    troubles: dict[int, Trouble]
    poison: Trouble | None
    pool: Cell
    results: dict[int, Fraction]
    shares: exact.Shares | None = None

    def of(self, row: int) -> Fraction | Absent | Trouble:
        """What the group holds for one of its rows."""
        if row in self.troubles:
            return self.troubles[row]
        if row not in self.rows:
            return ABSENT
        return self.poison or self.results[row]


class Grouping:
    """Members and groups over the rows of one evaluation."""

    def __init__(self, scalar: Scalar) -> None:
        self._scalar = scalar
        self._ends: dict[tuple[str, t.Path], list[int | None]] = {}
        self._members: dict[tuple[str, t.Path], dict[int, list[int]]] = {}
        self._groups: dict[tuple[int, str, int, int], Group] = {}

    def _all_ends(self, entity: str, path: t.Path) -> list[int | None]:
        """Row by row, the row number that a path of links leads to; None where one is missing."""
        found = self._ends.get((entity, path))
        if found is None:
            at, found = entity, list(range(len(self._scalar.checked.rows[entity])))
            for name in path:
                links = self._scalar.checked.rows[at].links.get(name)
                to = links.to_list() if links is not None else None
                found = [None if i is None or to is None else to[i] for i in found]
                at = self._scalar.target(at, name)
            self._ends[entity, path] = found
        return found

    def members(self, entity: str, path: t.Path, anchor: int) -> list[int]:
        """Rows of `entity` whose path leads to the row `anchor`, in order of id."""
        found = self._members.get((entity, path))
        if found is None:
            found = {}
            for index, end in enumerate(self._all_ends(entity, path)):
                if end is not None:
                    found.setdefault(end, []).append(index)
            self._members[entity, path] = found
        return found.get(anchor, [])

    def chosen(self, node: t.Gather, here: Here) -> Iterator[tuple[Here, Cell]]:
        """The members for which `where` is true with their values, absent ones left out.

        A Trouble is yielded in place of the value it poisons. Without a value node: True each.
        """
        for index in self.members(node.member, node.path, here.row):
            there = Here(node.member, index, here.rule, here.back)
            wanted = True if node.where is None else self._scalar.node(node.where, there)
            if isinstance(wanted, Trouble):
                yield there, wanted
            elif wanted is True:
                value = True if node.value is None else self._scalar.node(node.value, there)
                if value is not ABSENT:
                    yield there, value

    def group(self, node: t.Rank | t.Split, here: Here) -> Group | None:
        """The group that a row ranks or shares in; None where it has none."""
        anchor = self._all_ends(here.entity, node.within)[here.row]
        return None if anchor is None else self.group_of(node, here, anchor)

    def group_of(self, node: t.Rank | t.Split, here: Here, anchor: int) -> Group:
        """The group around a row of the entity that `within` leads to."""
        key = (id(node), here.rule, anchor, here.back)
        found = self._groups.get(key)
        if found is None:
            rows = self.members(here.entity, node.within, anchor)
            found = self._groups[key] = self._work_out(node, here, anchor, rows)
        return found

    def _work_out(self, node: t.Rank | t.Split, here: Here, anchor: int, rows: list[int]) -> Group:
        pool: Cell = ABSENT
        if isinstance(node, t.Split):
            pool = self._scalar.node(node.pool, Here(node.group, anchor, here.rule, here.back))
        value = node.by if isinstance(node, t.Split) else node.value
        takers: dict[int, Fraction] = {}
        troubles: dict[int, Trouble] = {}
        poison = pool if isinstance(pool, Trouble) else None
        for row in rows:
            there = here._replace(row=row)
            among = True if node.among is None else self._scalar.node(node.among, there)
            if among is False or among is ABSENT:
                continue
            state = self._scalar.snapped(value, there)
            if isinstance(among, Trouble):
                poison = poison or among
                if state is not ABSENT:
                    troubles[row] = among
            elif isinstance(state, Trouble):
                poison = poison or state
                troubles[row] = state
            elif isinstance(state, Fraction):
                takers[row] = state
        found = Group(tuple(takers), tuple(takers.values()), troubles, poison, pool, {})
        if isinstance(node, t.Rank):
            ranked = exact.places(found.values, node.descending)
            found.results.update(zip(found.rows, map(Fraction, ranked), strict=True))
            return found
        if pool is ABSENT:
            return Group((), (), {}, None, pool, {})
        return found if poison else self._split(node, here, anchor, found)

    def _split(self, node: t.Split, here: Here, anchor: int, group: Group) -> Group:
        there = Here(node.group, anchor, here.rule, here.back)
        how = self._scalar.rounding(node.step)
        pool = self._scalar.snapped(node.pool, there)
        trouble = self._scalar.troubles
        poison = pool if isinstance(pool, Trouble) else None
        shares = None
        if isinstance(pool, Fraction):
            try:
                shares = exact.largest_remainder(pool, group.values, how.step)
            except exact.NegativeWeight as error:
                member = here._replace(row=group.rows[error.at])
                poison = trouble.negative_weight(node, member, figure(group.values[error.at]))
            except exact.Beyond:
                poison = trouble.too_large_a_split(node, there)
            except exact.TooFine:
                poison = trouble.too_fine_a_split(node, there, figure(how.step))
            except exact.NoWeight:
                if group.rows:
                    poison = trouble.no_weight(node, there, figure(pool))
        results = dict(zip(group.rows, shares.shares, strict=True)) if shares else {}
        return Group(group.rows, group.values, {}, poison, group.pool, results, shares)
