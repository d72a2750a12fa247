"""What answers come to: means of groups, weighted figures, intervals, points. Pure.

Means and shares are exact fractions. A 95 % interval is for people to read and never enters a
figure: it is computed in decimals of 40 digits and rounded half-up to 6 places.

- A share: Wilson's score interval (E. B. Wilson, JASA 22, 1927, 209-212) of the weighted share,
  with n = 1 ÷ Σ (W² ÷ n of the stratum), Kish's effective number of answers (Survey Sampling,
  1965); of a single stratum that is its n.
- A mean: estimate ± z √Σ (W² s² ÷ n) of stratified sampling (W. G. Cochran, Sampling Techniques,
  1977, ch. 5), s² with n - 1, clipped to the scale. No correction for finite populations: who
  could have answered is not known of the public, and without it the interval is not too short.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

from hpf.core import Figure, Questionnaire
from hpf.core.formula.exact import band_of, snap
from hpf.workflow.questionnaire_rules import Rules

Z = Decimal("1.959963984540054")  # of the normal distribution, 97.5 %
PLACES = Decimal("0.000001")
_DIGITS = Context(prec=40)
ESTIMATED = ("public", "members")  # relations whose answers stand for others who gave none

Counts = Mapping[str, Mapping[str, int]]  # question -> value -> how often


@dataclass(frozen=True, slots=True)
class GroupOutcome:
    """What one group says of a row. answers: how many there were; shown: whether they are enough.

    means: question -> (answers, mean); figures: figure -> (answers, value). Both only where the
    answers are enough.
    """

    group: str
    answers: int
    shown: bool
    means: Mapping[str, tuple[int, Fraction]]
    figures: Mapping[str, tuple[int, Fraction]]


@dataclass(frozen=True, slots=True)
class FigureOutcome:
    """A figure of a row. value: None where groups are missing. low, high: its interval, if any."""

    figure: str
    answers: int
    value: Fraction | None
    points: Fraction | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """A row. short: groups below their sample, with how many they have and need."""

    row: str
    groups: tuple[GroupOutcome, ...]
    figures: tuple[FigureOutcome, ...]
    short: Mapping[str, tuple[int, int]]


def row_outcome(
    form: Questionnaire,
    rules: Rules,
    row: str,
    answers: Mapping[str, int],
    counts: Mapping[str, Counts],
) -> RowOutcome:
    """What answers about one row come to. answers: of each group; counts: of the groups that have
    enough, by question, and by `=figure` the means of single answers."""
    groups = tuple(_group(form, rules, g.code, answers, counts) for g in form.groups)
    return RowOutcome(
        row,
        groups,
        tuple(_figure(form, rules, f, groups, counts) for f in form.figures),
        {
            g: (answers.get(g, 0), need)
            for g, need in rules.sample.items()
            if answers.get(g, 0) < need
        },
    )


def _group(
    form: Questionnaire,
    rules: Rules,
    group: str,
    answers: Mapping[str, int],
    counts: Mapping[str, Counts],
) -> GroupOutcome:
    number, least = answers.get(group, 0), rules.minimum[group]
    if number < least:
        return GroupOutcome(group, number, False, {}, {})
    held = counts.get(group, {})

    def of(name: str, figure: Figure | None = None) -> tuple[int, Fraction] | None:
        found = _values(held.get(name, {}))
        total = sum(found.values())
        if total < least:
            return None
        if figure is not None and figure.measure == "share":
            good = sum(n for v, n in found.items() if v >= rules.satisfied[figure.code])
            return total, Fraction(good, total)
        return total, sum((v * n for v, n in found.items()), Fraction(0)) / total

    means = {q.code: m for q in form.questions if q.kind == "scale" and (m := of(q.code))}
    figures = {f.code: m for f in form.figures if (m := of(f"={f.code}", f))}
    return GroupOutcome(group, number, True, means, figures)


def _figure(
    form: Questionnaire,
    rules: Rules,
    figure: Figure,
    groups: tuple[GroupOutcome, ...],
    counts: Mapping[str, Counts],
) -> FigureOutcome:
    there = {g.group: g.figures[figure.code] for g in groups if figure.code in g.figures}
    number = sum(n for n, _ in there.values())
    counted = {g: w for g, w in rules.weights.items() if w}
    held = sum((w for g, w in counted.items() if g in there), Fraction(0))
    if not held or (rules.missing == "withhold" and held != 1):
        return FigureOutcome(figure.code, number, None)
    shares = {g: w / held for g, w in counted.items() if g in there}
    value = snap(sum((w * there[g][1] for g, w in shares.items()), Fraction(0)))
    points = None
    if figure.code in rules.points:
        scale = rules.points[figure.code]
        at = band_of(scale, value, False)
        points = None if at is None else scale.bands[at].rate
    low = high = None
    relations = {g.code: g.relation for g in form.groups}
    if all(relations[g] in ESTIMATED for g in shares):
        numbers = {g: there[g][0] for g in shares}
        if figure.measure == "share":
            low, high = wilson(value, effective(shares, numbers))
        else:
            question = next(q for q in form.questions if q.code == figure.questions[0])
            spread = {g: _variance(_values(counts[g][f"={figure.code}"])) for g in shares}
            low, high = normal(value, shares, numbers, spread, question.low, question.high)
    return FigureOutcome(figure.code, number, value, points, low, high)


def effective(shares: Mapping[str, Fraction], numbers: Mapping[str, int]) -> Fraction:
    """Kish's effective number of answers.

    >>> effective({"a": Fraction(1, 2), "b": Fraction(1, 2)}, {"a": 30, "b": 30})
    Fraction(60, 1)
    """
    return 1 / sum((w * w / numbers[g] for g, w in shares.items()), Fraction(0))


def wilson(share: Fraction, number: Fraction) -> tuple[Decimal, Decimal]:
    """Wilson's interval of a share among `number` answers.

    >>> wilson(Fraction(9, 10), Fraction(100))
    (Decimal('0.825634'), Decimal('0.944771'))
    """
    c, p, n = _DIGITS, _decimal(share), _decimal(number)
    z2 = c.multiply(Z, Z)
    below = c.add(1, c.divide(z2, n))
    middle = c.divide(c.add(p, c.divide(z2, c.multiply(2, n))), below)
    under = c.add(
        c.divide(c.multiply(p, c.subtract(1, p)), n),
        c.divide(z2, c.multiply(4, c.multiply(n, n))),
    )
    half = c.divide(c.multiply(Z, c.sqrt(under)), below)
    return _clipped(c.subtract(middle, half), c.add(middle, half), 0, 1)


def normal(
    mean: Fraction,
    shares: Mapping[str, Fraction],
    numbers: Mapping[str, int],
    spread: Mapping[str, Fraction],
    low: int,
    high: int,
) -> tuple[Decimal, Decimal]:
    """The interval of a stratified mean. spread: the variance of the answers in each stratum."""
    variance = sum((w * w * spread[g] / numbers[g] for g, w in shares.items()), Fraction(0))
    half = _DIGITS.multiply(Z, _DIGITS.sqrt(_decimal(variance)))
    at = _decimal(mean)
    return _clipped(_DIGITS.subtract(at, half), _DIGITS.add(at, half), low, high)


def shown(value: str | None, places: int = 2) -> str:
    """A kept number as people read it, half-up; a dash where there is none.

    >>> shown("3.625"), shown("0.85", 4), shown(None)
    ('3.63', '0.8500', '—')
    """
    if value is None:
        return "—"
    return str(Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _clipped(one: Decimal, two: Decimal, low: int, high: int) -> tuple[Decimal, Decimal]:
    first = max(one, Decimal(low)).quantize(PLACES, ROUND_HALF_UP)
    return first, min(two, Decimal(high)).quantize(PLACES, ROUND_HALF_UP)


def _variance(values: Mapping[Fraction, int]) -> Fraction:
    total = sum(values.values())
    mean = sum((v * n for v, n in values.items()), Fraction(0)) / total
    squares = sum(((v - mean) ** 2 * n for v, n in values.items()), Fraction(0))
    return squares / (total - 1) if total > 1 else Fraction(0)


def _values(counted: Mapping[str, int]) -> dict[Fraction, int]:
    return {Fraction(v): n for v, n in counted.items()}


def _decimal(value: Fraction) -> Decimal:
    return _DIGITS.divide(Decimal(value.numerator), Decimal(value.denominator))
