"""What a person's payout is made of: the pay lines below its totals, each with its own amount.

for line in pay_lines(run, "A17"):    # they add up to run.program.payout, to the fen
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.facts import Rows
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Rule
from hpf.core.results import Run


@dataclass(frozen=True, slots=True)
class PayLine:
    """One pay line of one row, as it counts into the payout. row: of rule.entity.

    amount: with its sign; a line that is subtracted counts against.
    """

    rule: Rule
    row: int
    id: str
    amount: Decimal


def pay_lines(run: Run, id: str, scalar: Scalar | None = None) -> list[PayLine]:
    """The lines of one row's payout, in the order of the totals; absent ones are left out.

    scalar: of the run, where one is at hand. Raises ValueError where the scheme pays nothing,
    KeyError for an unknown row.
    """
    paid = run.program.payout
    if paid is None:
        raise ValueError(f"scheme '{run.program.code}' pays nothing")
    rows = run.checked.rows[paid.entity]
    row = rows.row_of(id)
    if row is None:
        raise KeyError(f"{paid.entity}:{id}")
    scalar = scalar or Scalar.of(run)
    return list(_Lines(run, scalar).of(paid, row, 1))


@dataclass(frozen=True, slots=True)
class _Lines:
    run: Run
    scalar: Scalar

    def of(self, rule: Rule, row: int, sign: int) -> Iterator[PayLine]:
        if rule.kind == "total":
            yield from self._below(rule.tree, Here(rule.entity, row, rule.qualified), sign)
            return
        amount = self.run.evaluated.values[rule.entity][rule.qualified][row]
        if amount is not None:
            yield PayLine(rule, row, self._rows(rule.entity).ids[row], sign * amount)

    def _below(self, node: t.Node, here: Here, sign: int) -> Iterator[PayLine]:
        """Totals only add and subtract lines of the same row, or sum those of rows that lead
        to it: whatever else was written did not load."""
        match node:
            case t.Only(_, body):
                if self._given(here):
                    yield from self._below(body, here, sign)
            case t.Arith(kind, left, right):
                yield from self._below(left, here, sign)
                yield from self._below(right, here, -sign if kind == "sub" else sign)
            case t.FirstOf(args):
                for arg in args:
                    found = list(self._below(arg, here, sign))
                    if found:
                        yield from found
                        return
            case t.Own(entity, name):
                rule = self.run.program.rule(entity, name)
                assert rule is not None
                yield from self.of(rule, here.row, sign)
            case t.Gather(_, member, _, t.Own(_, name), _):
                rule = self.run.program.rule(member, name)
                assert rule is not None
                for row in self._members(node, here):
                    yield from self.of(rule, row, sign)

    def _given(self, here: Here) -> bool:
        value = self.run.evaluated.values[here.entity][here.rule][here.row]
        return value is not None

    def _members(self, node: t.Gather, here: Here) -> list[int]:
        return [there.row for there, _ in self.scalar.grouping.chosen(node, here)]

    def _rows(self, entity: str) -> Rows:
        return self.run.checked.rows[entity]
