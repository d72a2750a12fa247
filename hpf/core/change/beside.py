"""Our figures beside another calculation of the same: how many agree, who differs, by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.program import Rule
from hpf.core.results import Run


@dataclass(frozen=True, slots=True)
class Figures:
    """One person's figure in both. None: there is none on that side."""

    id: str
    name: str
    ours: Decimal | None
    theirs: Decimal | None

    @property
    def by(self) -> Decimal:
        """ours − theirs, an absent figure counting as nothing."""
        return (self.ours or Decimal(0)) - (self.theirs or Decimal(0))


@dataclass(frozen=True, slots=True)
class Beside:
    """One rule. pairs: everyone who has a figure on either side, in order of id."""

    rule: Rule
    pairs: tuple[Figures, ...]

    @property
    def differing(self) -> tuple[Figures, ...]:
        """Who has another figure, the largest difference first."""
        apart = (p for p in self.pairs if p.by or (p.ours is None) != (p.theirs is None))
        return tuple(sorted(apart, key=lambda p: (-abs(p.by), p.id)))

    @property
    def ours(self) -> Decimal:
        """Our sum."""
        return sum((p.ours for p in self.pairs if p.ours is not None), Decimal(0))

    @property
    def theirs(self) -> Decimal:
        """Their sum."""
        return sum((p.theirs for p in self.pairs if p.theirs is not None), Decimal(0))


def beside(
    run: Run, entity: str, theirs: Mapping[str, Mapping[str, Decimal]]
) -> tuple[Beside, ...]:
    """A run beside another calculation's figures (rule name -> id -> amount), by rule as declared.

    Raises KeyError for a rule that the entity does not have.
    """
    rows = run.checked.rows[entity]
    names = dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))
    found = []
    for name, figures in theirs.items():
        rule = run.program.rule(entity, name)
        if rule is None:
            raise KeyError(f"{entity}.{name}")
        column = run.evaluated.values[entity][rule.qualified].to_list()
        own = dict(zip(rows.ids.to_list(), column, strict=True))
        ids = sorted(i for i in {*own, *figures} if own.get(i) is not None or i in figures)
        pairs = (Figures(i, names.get(i) or "", own.get(i), figures.get(i)) for i in ids)
        found.append(Beside(rule, tuple(pairs)))
    return tuple(sorted(found, key=lambda b: b.rule.order))
