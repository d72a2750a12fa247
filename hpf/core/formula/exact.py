"""Interpreter two's arithmetic: rounding, splitting, ranking and scales on exact rationals.

This is its single place for them, and it shares none of it with interpreter one.
docs/rounding.md works the modes and the largest remainder through; tests read its tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from hpf.core.formula.tree import Rounding
from hpf.core.parameters import Bandwidth, ScaleValue

BOUND: Final = 10**16  # no value reaches this
MOST_STEPS: Final = 2**62  # a pool to be split has fewer
PLACES: Final = 12  # where a value is snapped
FINE: Final = 22  # the digits that interpreter one computes with

_SNAP: Final = 10**PLACES
_FINE: Final = 10**FINE


def snap(value: Fraction) -> Fraction:
    """Half away from zero to 12 places.

    >>> snap(Fraction(1, 3))
    Fraction(333333333333, 1000000000000)
    """
    if _SNAP % value.denominator == 0:
        return value
    return Fraction(_whole(value * _SNAP, "half_up"), _SNAP)


def fits(value: Fraction) -> bool:
    """Whether 22 places hold the value exactly."""
    return _FINE % value.denominator == 0


def places_of(value: Fraction) -> int:
    """How many decimal places a value has; FINE + 1 for one that no 22 places hold."""
    return _places_below(value.denominator)


@lru_cache(maxsize=4096)
def _places_below(denominator: int) -> int:
    fitting = (n for n in range(FINE + 1) if 10**n % denominator == 0)
    return next(fitting, FINE + 1)


def to_step(value: Fraction, how: Rounding) -> Fraction:
    """A snapped value on the step, by the named mode; a step of 0 leaves it as it is.

    >>> to_step(Fraction("1.005"), Rounding(Fraction("0.01")))
    Fraction(101, 100)
    """
    if how.step == 0:
        return value
    return _whole(value / how.step, how.mode) * how.step


def _whole(steps: Fraction, mode: str) -> int:
    low, part = divmod(steps.numerator, steps.denominator)  # steps = low + part ÷ denominator
    if part == 0:
        return low
    twice = 2 * part
    match mode:
        case "floor":
            return low
        case "ceiling":
            return low + 1
        case "down":
            return low if steps > 0 else low + 1
        case "up":
            return low + 1 if steps > 0 else low
    if twice != steps.denominator:
        return low + (twice > steps.denominator)
    if mode == "half_even":
        return low + low % 2
    return low + (steps > 0)  # half_up: a tie goes away from zero


class NegativeWeight(ValueError):
    """A weight below zero; `at` is its position."""

    def __init__(self, at: int) -> None:
        super().__init__(f"weight {at} is negative")
        self.at = at


class NoWeight(ValueError):
    """All weights are zero and the pool is not."""


class Beyond(ValueError):
    """A pool, a product or a sum of weights that reaches the bound."""


class TooFine(ValueError):
    """A pool of MOST_STEPS steps or more."""


@dataclass(frozen=True, slots=True)
class Shares:
    """A pool, split.

    pool: rounded to the step; total: sum of the weights; quotas: exact parts before the steps are
    given out (in steps, snapped; in the pool's unit where the step is 0); extra: who got one of
    the steps left over; shares: in the order of the weights.
    """

    pool: Fraction
    total: Fraction
    quotas: tuple[Fraction, ...]
    extra: tuple[bool, ...]
    shares: tuple[Fraction, ...]


def largest_remainder(pool: Fraction, weights: Sequence[Fraction], step: Fraction) -> Shares:
    """Split by weight so that the shares sum to the rounded pool; ties go to the earlier weight.

    pool: in its unit; weights: in the order that breaks ties (by id); step: 0 splits exactly.
    Raises NegativeWeight, Beyond, TooFine or NoWeight, all for the whole group (docs/nodes.md).

    >>> [str(s) for s in largest_remainder(Fraction(10), [Fraction(1)] * 3, Fraction(1)).shares]
    ['4', '3', '3']
    """
    pool = to_step(snap(pool), Rounding(step))
    given = [snap(w) for w in weights]
    for at, weight in enumerate(given):
        if weight < 0:
            raise NegativeWeight(at)
    total = sum(given, Fraction(0))
    if total >= BOUND or abs(pool) >= BOUND or any(abs(pool * w) >= BOUND for w in given):
        raise Beyond
    if abs(pool) >= MOST_STEPS * step > 0:
        raise TooFine
    nobody = (False,) * len(given)
    if total == 0:
        if pool != 0:
            raise NoWeight
        zeros = (Fraction(0),) * len(given)
        return Shares(pool, total, zeros, nobody, zeros)
    if step == 0:
        exact = tuple(pool * w / total for w in given)
        return Shares(pool, total, exact, nobody, exact)
    steps = abs(pool) / step
    quotas = tuple(snap(steps * w / total) for w in given)
    whole = [q.numerator // q.denominator for q in quotas]
    left = int(steps) - sum(whole)
    order = sorted(range(len(quotas)), key=lambda i: (whole[i] - quotas[i], i))
    lucky = set(order[:left])
    size = step if pool >= 0 else -step
    shares = tuple((n + (i in lucky)) * size for i, n in enumerate(whole))
    return Shares(pool, total, quotas, tuple(i in lucky for i in range(len(whole))), shares)


def places(values: Sequence[Fraction], descending: bool) -> list[int]:
    """1 + how many of the (snapped) values are better; equal values share a place.

    >>> places([Fraction(5), Fraction(7), Fraction(5)], descending=True)
    [2, 1, 2]
    """
    first: dict[Fraction, int] = {}
    for at, value in enumerate(sorted(values, reverse=descending), 1):
        first.setdefault(value, at)
    return [first[v] for v in values]


def band_of(scale: ScaleValue, x: Fraction, from_zero: bool) -> int | None:
    """Which band a snapped x falls into, or None.

    from_zero: a first band without a low end begins at 0 (marginal scales).
    """
    for at, band in enumerate(scale.bands):
        if from_zero and at == 0 and band.low is None and x < 0:
            return None
        above = band.low is None or x > band.low or (band.low_in and x == band.low)
        below = band.high is None or x < band.high or (band.high_in and x == band.high)
        if above and below:
            return at
    return None


def width(band: Bandwidth, x: Fraction) -> Fraction:
    """How much of x lies inside a band, at least 0; a band without low end begins at 0."""
    upper = x if band.high is None else min(x, band.high)
    return max(Fraction(0), upper - (band.low or Fraction(0)))
