"""The records behind a pay line: the leave, the case, the suspension that its formula gathers.

    for record in records(run, line, scalar):    # of a line of `hpf.core.lines.pay_lines`

A record is a row that a gathering on the way to the amount counted as more than nothing, of an
entity that tells something: it has a text or a date. Rows of colleagues are never told, however
a formula reaches them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hpf.core.entities import Link
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Cell, Here, Num, follow
from hpf.core.formula.scalar import Scalar
from hpf.core.indicators import Indicator, Type
from hpf.core.lines import PayLine
from hpf.core.results import Run
from hpf.core.values import ABSENT

_TELLING = (Type.TEXT, Type.DATE)
_LINES = ("pay", "total")  # other lines, which tell their own records


@dataclass(frozen=True, slots=True)
class Record:
    """One row. values: its indicators that are not blank, as declared, with their values."""

    entity: str
    id: str
    name: str
    values: tuple[tuple[Indicator, object], ...]


def records(run: Run, line: PayLine, id: str, scalar: Scalar) -> list[Record]:
    """What the amount of one line rests on, in the order met, each row once.

    id: of the row that is paid; what belongs to another of its kind is left out.
    """
    search = _Search(run, id, scalar)
    search.below(line.rule.tree, Here(line.rule.entity, line.row, line.rule.qualified))
    return [search.record(entity, row) for entity, row in search.found]


class _Search:
    def __init__(self, run: Run, id: str, scalar: Scalar) -> None:
        self.run, self.scalar = run, scalar
        self.found: dict[tuple[str, int], None] = {}
        self._seen: set[tuple[str, int, str]] = set()
        paid = run.program.payout
        assert paid is not None, "a line is of a payout"
        self.paid = paid.entity
        self.row = run.checked.rows[paid.entity].row_of(id)
        self._above = {k.to for k in run.program.entities[paid.entity].links} | {paid.entity}

    def record(self, entity: str, row: int) -> Record:
        rows = self.run.checked.rows[entity]
        values = (
            (i, rows.values[i.code][row])
            for i in self.run.program.of(entity)
            if i.code in rows.values
        )
        given = tuple((i, v) for i, v in values if v is not None and v != "")
        return Record(entity, rows.ids[row], rows.names[row] or "", given)

    def below(self, node: t.Node, here: Here) -> None:
        """What a node's value on one row rests on; the branch not taken is not looked at."""
        match node:
            case t.Own(entity, name):
                self._rule(entity, name, here)
            case t.Look(path, _, inner):
                there = follow(self.run.program, self.run.checked, here, path)
                if there is not None:
                    self.below(inner, there)
            case t.Only(_, body):
                self.below(body, here)
            case t.When(condition, then, other):
                taken = then if self.scalar.node(condition, here) is True else other
                self.below(taken, here)
            case t.FirstOf(args):
                given = (a for a in args if self.scalar.node(a, here) is not ABSENT)
                for arg in [*given][:1]:
                    self.below(arg, here)
            case t.Split(pool, _, within, group):
                anchor = follow(self.run.program, self.run.checked, here, within)
                if anchor is not None:
                    self.below(pool, Here(group, anchor.row, here.rule))
            case t.Gather():
                self._gather(node, here)
            case t.Rank() | t.Past() | t.Window():
                return  # a place rests on everyone, an earlier period has its own slip
            case _:
                for child in t.children(node):
                    self.below(child, here)

    def _rule(self, entity: str, name: str, here: Here) -> None:
        rule = self.scalar.rule(entity, name)
        key = (entity, here.row, name)
        if rule is not None and rule.kind not in _LINES and key not in self._seen:
            self._seen.add(key)
            self.below(rule.tree, Here(entity, here.row, rule.qualified))

    def _gather(self, node: t.Gather, here: Here) -> None:
        for there, cell in self.scalar.grouping.chosen(node, here):
            if _is_nothing(cell) or not self._own(node.member, there.row):
                continue
            if self._tells(node.member):
                self.found[node.member, there.row] = None
            elif node.value is not None:
                self.below(node.value, there)

    def _tells(self, entity: str) -> bool:
        if entity in self._above:
            return False
        return any(i.type in _TELLING for i in self.run.program.of(entity))

    def _own(self, entity: str, row: int) -> bool:
        """Whether a row leads to nobody else who is paid."""
        if entity == self.paid:
            return row == self.row
        ends = (
            self.run.checked.rows[entity].links[k.name][row]
            for k in self._links(entity)
            if k.to == self.paid
        )
        return all(end is None or end == self.row for end in ends)

    def _links(self, entity: str) -> Iterator[Link]:
        held = self.run.checked.rows[entity].links
        return (k for k in self.run.program.entities[entity].links if k.name in held)


def _is_nothing(cell: Cell) -> bool:
    return isinstance(cell, Num) and cell.value == 0
