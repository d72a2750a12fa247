"""Two runs of one period beside each other: every line of pay that comes out otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.units import CNY


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of pay that comes out otherwise. old, new: CNY; None where there is no such line."""

    entity: str
    id: str
    rule: str
    old: Decimal | None
    new: Decimal | None

    @property
    def by(self) -> Decimal:
        """new − old; a line that is not there counts as nothing paid."""
        return (self.new or Decimal(0)) - (self.old or Decimal(0))


def differences(old: Run, new: Run, rules: Sequence[Rule] = ()) -> Iterator[Difference]:
    """Every line of pay that differs between two runs, by entity, rule and id.

    rules: of the new run's scheme; all its lines and totals of money, if empty.
    """
    money = rules or [r for r in new.program.rules if r.kind in ("pay", "total") and r.unit == CNY]
    known = [r for r in money if old.program.rule(r.entity, r.name)]
    for rule in sorted(known, key=lambda r: (r.entity, r.name)):
        one, two = _column(old, rule.entity, rule.name), _column(new, rule.entity, rule.name)
        for id in sorted(one.keys() | two.keys()):
            line = Difference(rule.entity, id, rule.name, one.get(id), two.get(id))
            if line.by:
                yield line


def _column(run: Run, entity: str, rule: str) -> dict[str, Decimal]:
    column = run.evaluated.values[entity][f"{run.program.code}.{rule}"]
    ids = run.checked.rows[entity].ids
    return {i: v for i, v in zip(ids.to_list(), column.to_list(), strict=True) if v is not None}
