"""Several experts' deductions of one item become one: mean, median, or the mean without extremes.

The rule is the county's to settle, for each moves money. Exact until the one rounding, half up
(四舍五入), by the county's step.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from hpf.core.errors import Text


class Merge(StrEnum):
    """How they are merged."""

    MEAN = "mean"
    MEDIAN = "median"
    TRIMMED = "trimmed"

    @property
    def names(self) -> Text:
        """The rule in words."""
        return _NAMES[self]

    @property
    def least(self) -> int:
        """How many marks it needs."""
        return 3 if self is Merge.TRIMMED else 1


_NAMES = {
    Merge.MEAN: Text("平均数", "mean"),
    Merge.MEDIAN: Text("中位数", "median"),
    Merge.TRIMMED: Text("去掉一个最高和一个最低后的平均数", "mean without highest and lowest"),
}


def merge(rule: Merge, deductions: Sequence[Decimal], step: Decimal) -> Decimal:
    """One deduction of several, as a multiple of step.

    The median of an even number is the middle of the two in the middle. ValueError for fewer
    than the rule needs.
    """
    if len(deductions) < rule.least:
        raise ValueError(f"{rule} needs {rule.least}")
    exact = sorted(map(Fraction, deductions))
    size = len(exact)
    if rule is Merge.MEDIAN:
        found = (exact[(size - 1) // 2] + exact[size // 2]) / 2
    else:
        kept = exact[1:-1] if rule is Merge.TRIMMED else exact
        found = sum(kept, Fraction(0)) / len(kept)
    # half up: deductions are never below zero
    steps = (2 * found + Fraction(step)) // (2 * Fraction(step))
    return Decimal(int(steps)) * step
