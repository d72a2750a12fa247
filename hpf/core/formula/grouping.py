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
from hpf.core.formula.labels import figure
from hpf.core.formula.troubles import Here
from hpf.core.values import ABSENT, Absent, Trouble

if TYPE_CHECKING:
    from hpf.core.formula.scalar import Cell, Scalar


@dataclass(frozen=True, slots=True)
class Taker:
    """A row of a group: whether it takes part, and with what value.

    state: its (snapped) weight or value; ABSENT where it takes no part; a Trouble of its own.
    """

    index: int
    state: Fraction | Absent | Trouble


@dataclass(frozen=True, slots=True)
class Group:
    """A split or ranked group, worked out.

    trouble: what poisons all takers; results: row -> share or place; shares: a split's working.
    """

    takers: tuple[Taker, ...]
    pool: Cell
    trouble: Trouble | None
    results: dict[int, Fraction]
    shares: exact.Shares | None = None


class Grouping:
    """Members and groups over the rows of one evaluation."""

    def __init__(self, scalar: Scalar) -> None:
        self._scalar = scalar
        self._ends: dict[tuple[str, t.Path], list[int | None]] = {}
        self._members: dict[tuple[str, t.Path], dict[int, list[int]]] = {}
        self._groups: dict[tuple[int, str, int, int], Group] = {}

    def end(self, entity: str, path: t.Path, index: int) -> int | None:
        """The row number that a row's path of links leads to, or None."""
        return self._all_ends(entity, path)[index]

    def _all_ends(self, entity: str, path: t.Path) -> list[int | None]:
        found = self._ends.get((entity, path))
        if found is None:
            program, rows = self._scalar.program, self._scalar.checked.rows
            found = list(range(len(rows[entity])))
            for name in path:
                at = rows[entity].links.get(name)
                to: list[int | None] = [None] * len(rows[entity]) if at is None else at.to_list()
                found = [None if i is None else to[i] for i in found]
                entity_after = [k.to for k in program.entities[entity].links if k.name == name]
                entity = entity_after[0]
            self._ends[self._key(path, found)] = found
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
