"""How far what is not known spreads: which results could be read from a missing fact.

Read off the formulas and the links, not off the figures: a result rests on a cell if any of its
formulas could read it, through gatherings, look-ups, ranks and shared pools, even where this
month's figures would make no difference. Branches that a parameter rules out are left aside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hpf.core.facts import Checked
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Program, Rule
from hpf.core.rule_checks import needs
from hpf.core.settings import Resolved

Marks = list[bool]
Key = tuple[str, str]


class Spreading:
    """For each rule, which rows' results rest on cells that are not known.

    facts: (entity, code) -> rows whose fact is missing; results: (entity, qualified rule) -> rows
    whose result is no value. Whether a row is there is always known: a headcount rests on nothing.
    """

    def __init__(
        self,
        program: Program,
        checked: Checked,
        parameters: Mapping[str, Resolved],
        facts: Mapping[Key, set[int]],
        results: Mapping[Key, set[int]],
    ) -> None:
        self.program, self.checked = program, checked
        self.scalar = Scalar(program, checked, parameters)
        self.facts = facts
        self.size = {entity: len(rows) for entity, rows in checked.rows.items()}
        self.rules = {(r.entity, r.qualified): r for r in program.rules}
        self.results: dict[Key, Marks] = {}
        for rule in self._in_order():
            key = (rule.entity, rule.qualified)
            found = self.of(rule.tree, rule.entity)
            for row in results.get(key, ()):
                found[row] = True
            self.results[key] = found

    def _in_order(self) -> Iterator[Rule]:
        """Rules after those that they read."""
        reads = {
            key: {(n.entity, n.name) for n in needs(r.tree)} & set(self.rules)
            for key, r in self.rules.items()
        }
        waiting = dict(self.rules)
        while waiting:
            ready = [key for key in waiting if not reads[key] & set(waiting)]
            for key in ready:
                yield waiting.pop(key)

    def _taken(self, node: t.When, entity: str) -> t.Node | None:
        """The branch that a switch on parameters takes; None where rows decide."""
        apart = (t.Own, t.Look, t.Gather, t.Rank, t.Split, t.Past, t.Window)
        if any(isinstance(n, apart) for n in t.walk(node.condition)) or not self.size[entity]:
            return None
        answer = self.scalar.node(node.condition, Here(entity, 0, ""))
        return node.then if answer is True else node.other

    def of(self, node: t.Node, entity: str) -> Marks:
        """Which rows' values of a node rest on what is not known."""
        size = self.size[entity]
        match node:
            case t.Own(_, name):
                known = self.results.get((entity, name))
                if known is not None:
                    return list(known)
                missing = self.facts.get((entity, name.rpartition(".")[2]), ())
                return [row in missing for row in range(size)]
            case t.Look(path, far, inner):
                below = self.of(inner, far)
                return [end is not None and below[end] for end in self._ends(entity, path)]
            case t.Gather(_, member, path, inner, where):
                rests = [False] * self.size[member]
                for part in (inner, where):
                    if part is not None:
                        rests = _either(rests, self.of(part, member))
                found = [False] * size
                for end, hit in zip(self._ends(member, path), rests, strict=True):
                    if hit and end is not None:
                        found[end] = True
                return found
            case t.Rank() | t.Split():
                return self._group(node, entity)
            case t.Past():
                return [False] * size  # what is sealed stays
            case t.When() if (taken := self._taken(node, entity)) is not None:
                return self.of(taken, entity)
        found = [False] * size
        for child in t.children(node):
            found = _either(found, self.of(child, entity))
        return found

    def _group(self, node: t.Rank | t.Split, entity: str) -> Marks:
        """Whoever shares or is ranked among others rests on all of them."""
        ends = self._ends(entity, node.within)
        rests = [False] * self.size[entity]
        for child in t.children(node):
            if isinstance(node, t.Split) and child is node.pool:
                continue
            rests = _either(rests, self.of(child, entity))
        hit = {end for end, out in zip(ends, rests, strict=True) if out and end is not None}
        if isinstance(node, t.Split):
            far = self._far(entity, node.within)
            hit |= {n for n, out in enumerate(self.of(node.pool, far)) if out}
        return [end in hit for end in ends]

    def _far(self, entity: str, path: t.Path) -> str:
        for name in path:
            entity = next(k.to for k in self.program.entities[entity].links if k.name == name)
        return entity

    def _ends(self, entity: str, path: t.Path) -> list[int | None]:
        """The row each row's path leads to; None where a link is missing."""
        found: list[int | None] = list(range(self.size[entity]))
        for name in path:
            links = self.checked.rows[entity].links.get(name)
            ends = links.to_list() if links is not None else [None] * self.size[entity]
            found = [None if at is None else ends[at] for at in found]
            entity = next(k.to for k in self.program.entities[entity].links if k.name == name)
        return found


def _either(one: Marks, two: Marks) -> Marks:
    return [a or b for a, b in zip(one, two, strict=True)]
