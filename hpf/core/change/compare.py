"""Two runs side by side, row by row: who gets more, who gets less, and what it costs.

A what-if is a run that nobody seals: the same period with other parameters or facts.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hpf.core.measures import Measure, measures
from hpf.core.results import Run


@dataclass(frozen=True, slots=True)
class Difference:
    """One row in both runs. None: it has no such figure there."""

    id: str
    name: str
    before: Decimal | None
    after: Decimal | None

    @property
    def by(self) -> Decimal:
        """after − before, an absent figure counting as nothing."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class Comparison:
    """All rows of what is counted, in order of id; measure: None where nothing can be counted."""

    measure: Measure | None
    lines: tuple[Difference, ...]

    @property
    def winners(self) -> tuple[Difference, ...]:
        """Who gets more, the largest difference first."""
        return tuple(sorted((d for d in self.lines if d.by > 0), key=lambda d: (-d.by, d.id)))

    @property
    def losers(self) -> tuple[Difference, ...]:
        """Who gets less, the largest difference first."""
        return tuple(sorted((d for d in self.lines if d.by < 0), key=lambda d: (d.by, d.id)))

    @property
    def cost(self) -> Decimal:
        """What the second run pays more than the first."""
        return sum((d.by for d in self.lines), Decimal(0))


def compare(before: Run, after: Run) -> Comparison:
    """Two runs of one scheme, by what it pays (or, where it pays nothing, by its total score)."""
    money, score = measures(after.program)
    measure = money or score
    if measure is None:
        return Comparison(None, ())
    sides = [_figures(run, measure) for run in (before, after)]
    names = {**_names(before, measure.entity), **_names(after, measure.entity)}
    ids = sorted(set(sides[0]) | set(sides[1]))
    return Comparison(
        measure,
        tuple(Difference(i, names.get(i, ""), sides[0].get(i), sides[1].get(i)) for i in ids),
    )


def _names(run: Run, entity: str) -> dict[str, str]:
    rows = run.checked.rows[entity]
    return dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))


def _figures(run: Run, measure: Measure) -> dict[str, Decimal | None]:
    if run.program.rule(measure.entity, measure.rule.name) is None:
        return {}
    ids = run.checked.rows[measure.entity].ids.to_list()
    return dict(zip(ids, measure.figures(run.evaluated), strict=True))
