"""Programs: a scheme, built and checked; what both interpreters, the words and the seal read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from hpf.core.clauses import Clause
from hpf.core.entities import Entity
from hpf.core.errors import Text
from hpf.core.formula.tree import Gather, Look, Node, Own, Rank, Split, walk
from hpf.core.formula.tree_json import digest
from hpf.core.indicators import Indicator
from hpf.core.parameters import Parameter
from hpf.core.rules import Heading
from hpf.core.units import CNY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Heading):
    """A rule with its tree. order: where it stands in the plugin (for display alone)."""

    scheme: str
    order: int
    tree: Node = field(repr=False)

    @property
    def qualified(self) -> str:
        """`scheme.name`, as trees refer to it."""
        return f"{self.scheme}.{self.name}"


@dataclass(frozen=True)
class Program:
    """One scheme, ready to run; rules as declared (each interpreter finds its own order)."""

    code: str
    version: str
    period: str
    names: Text
    document: str
    folder: Path
    entities: Mapping[str, Entity]
    indicators: tuple[Indicator, ...]
    rules: tuple[Rule, ...]
    parameters: Mapping[str, Parameter]
    clauses: Mapping[str, Clause]

    def rule(self, entity: str, name: str) -> Rule | None:
        """The rule of that name (qualified or not), or None."""
        short = name.rpartition(".")[2]
        return next((r for r in self.rules if r.entity == entity and r.name == short), None)

    def indicator(self, entity: str, name: str) -> Indicator | None:
        """The indicator of that code (qualified or not), or None."""
        short = name.rpartition(".")[2]
        return next((i for i in self.indicators if i.entity == entity and i.code == short), None)

    def of(self, entity: str) -> Iterator[Indicator]:
        """The indicators of one entity, as declared."""
        return (i for i in self.indicators if i.entity == entity)

    def tables(self) -> frozenset[str]:
        """Entities whose rows must be given: those with indicators or rules, and those gathered
        (an absent table is not an empty one: a count over it would be 0 in silence)."""
        gathered = {n.member for r in self.rules for n in walk(r.tree) if isinstance(n, Gather)}
        own = {i.entity for i in self.indicators} | {r.entity for r in self.rules}
        return frozenset(own | gathered)

    def used_entities(self) -> tuple[str, ...]:
        """Entities that facts are needed of: those with indicators or rules, and what required
        links and links used in formulas lead to; those pointed at come before those that point."""
        return self._used

    @cached_property
    def _used(self) -> tuple[str, ...]:
        """`used_entities`, worked out once: each sheet that is read asks for it."""
        needed = set(self.tables())
        followed = {name for r in self.rules for n in walk(r.tree) for name in _followed(n)}
        todo = list(needed)
        while todo:
            for link in self.entities[todo.pop()].links:
                if (not link.optional or link.name in followed) and link.to not in needed:
                    needed.add(link.to)
                    todo.append(link.to)
        order: list[str] = []

        def place(code: str, above: frozenset[str] = frozenset()) -> None:
            if code in order or code in above:
                return
            for link in self.entities[code].links:
                if link.to in needed:
                    place(link.to, above | {code})
            order.append(code)

        for code in self.entities:
            if code in needed:
                place(code)
        return tuple(order)

    def part(self, wanted: Iterable[tuple[str, str]]) -> Program:
        """The program cut down to these rules (entity, qualified name) and all that they read,
        earlier periods included."""
        by = {(r.entity, r.qualified): r for r in self.rules}
        kept, todo = set[tuple[str, str]](), list(wanted)
        while todo:
            key = todo.pop()
            if key in by and key not in kept:
                kept.add(key)
                todo += [(n.entity, n.name) for n in walk(by[key].tree) if isinstance(n, Own)]
        return replace(self, rules=tuple(r for k, r in by.items() if k in kept))

    @property
    def payout(self) -> Rule | None:
        """The rule that says what is paid in the end, in CNY; None where the scheme pays nothing.

        The one declared so, else the only pay line or total that no other takes in: of staff, or
        of the first entity that is paid. None, too, where lines are paid that nobody has added up.
        """
        found = payout_candidates(self.rules, self.entities)
        return found[0] if len(found) == 1 else None

    def formula_digest(self) -> str:
        """SHA-256 over all trees, independent of the order of rules in a file."""
        lines = sorted(f"{r.entity} {r.qualified} {digest(r.tree)}" for r in self.rules)
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _followed(node: Node) -> tuple[str, ...]:
    """Names of the links that a node follows by itself."""
    match node:
        case Look(path=path) | Gather(path=path) | Rank(within=path) | Split(within=path):
            return path
    return ()


def payout_candidates(rules: Sequence[Rule], entities: Iterable[str]) -> list[Rule]:
    """What could be paid in the end: declared as such, or taken in by no other line."""
    paying = [
        r for r in rules
        if r.kind in ("pay", "total") and r.type.is_number and r.unit == CNY
    ]  # fmt: skip
    if declared := [r for r in paying if r.payout]:
        return declared
    entity = next((e for e in ("staff", *entities) if any(r.entity == e for r in paying)), None)
    mine = [r for r in paying if r.entity == entity]
    lines = [r for r in mine if r.kind == "total"] or mine
    taken = {
        (n.entity, n.name) for r in lines for n in walk(r.tree) if isinstance(n, Own)
    }  # fmt: skip
    return [r for r in lines if (r.entity, r.qualified) not in taken]
