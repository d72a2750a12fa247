"""What a scheme's runs are compared by: the money that it pays, or else its total score."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.program import Program, Rule
from hpf.core.results import Evaluated
from hpf.core.rule_checks import needs
from hpf.core.units import POINT


@dataclass(frozen=True, slots=True)
class Measure:
    """The rule that counts. money: what people are paid; else a score, whose sum says nothing."""

    rule: Rule
    money: bool

    @property
    def entity(self) -> str:
        """Whose figures they are."""
        return self.rule.entity

    @property
    def names(self) -> Text:
        """The rule's names."""
        return self.rule.names

    def figures(self, evaluated: Evaluated) -> list[Decimal | None]:
        """Each row's figure, None where it is absent or a problem. KeyError: no such rule there."""
        found: list[Decimal | None] = evaluated.values[self.entity][self.rule.qualified].to_list()
        return found

    def total(self, evaluated: Evaluated) -> Decimal:
        """The sum of all rows, absent ones as nothing."""
        return sum((v for v in self.figures(evaluated) if v is not None), Decimal(0))


def measures(program: Program) -> tuple[Measure | None, Measure | None]:
    """What money and scores are counted by.

    Money: what the scheme pays in the end (`Program.payout`). Score: the last rule of the document
    in points that no other rule in points takes in.
    """
    paid = program.payout
    points = [r for r in program.rules if r.kind == "score" and r.unit == POINT]
    outer = _outermost(r for r in points if r.type.is_number)
    last = max(outer, key=lambda r: r.order, default=None)
    return Measure(paid, True) if paid else None, Measure(last, False) if last else None


def _outermost(rules: Iterable[Rule]) -> Iterator[Rule]:
    found = list(rules)
    taken = {(n.entity, n.name) for r in found for n in needs(r.tree)}
    return (r for r in found if (r.entity, r.qualified) not in taken)
