"""What must hold of the types' scorecards (document S0, chapters 2, 3 and 11)."""

from __future__ import annotations

from itertools import combinations

from hpf.core import HOSPITAL, Formula, Row

from .scheme import (
    CLINICAL,
    CUSTOMER,
    INDICATOR,
    KINDS,
    OFFICE,
    PERSPECTIVES,
    PHARMACY,
    SCORECARD,
    TECHNICAL,
    scheme,
)
from .scorecard import CODES, ENGLISH

# Types and their cards


def _cards(hospital: Row, kind: str) -> Formula:
    return hospital.scorecards.where(lambda c: c.kind == kind).count()


@scheme.require(
    HOSPITAL,
    zh="四类科室各有一张评分卡",
    en="Each of the four types has one scorecard",
    clause=["S0-2-2", "S0-3-3"],
    cure=("请补上缺的类型，或删去重复的", "Add the type that lacks, or take the second one out"),
)
def one_card_each(hospital: Row) -> Formula:
    """Clinical, technical, pharmacy, administration."""
    one, two, three, four = (_cards(hospital, kind) == 1 for kind in KINDS)
    return one & two & three & four


@scheme.require(
    SCORECARD,
    zh="四个维度权重之和为一",
    en="The weights of the four perspectives sum to one",
    clause="S0-3-3",
    cure=("请调整维度权重", "Adjust the weights of the perspectives"),
)
def perspectives_sum(card: Row) -> Formula:
    """Exactly one."""
    return (
        card.finance_weight + card.customer_weight + card.process_weight + card.growth_weight == 1
    )


def _lines(card: Row, perspective: str) -> Formula:
    return card.lines.where(lambda line: line.indicator.perspective == perspective)


def _weights_sum(perspective: str) -> None:
    code = CODES[perspective]

    def rule(card: Row) -> Formula:
        return _lines(card, perspective).weight.sum() == 1

    rule.__name__ = f"{code}_weights_sum"
    rule.__doc__ = (
        "Exactly one; without any indicator the sum is zero, so each type has one at least."
    )
    scheme.require(
        SCORECARD,
        zh=f"{perspective}维度有指标，权重之和为一",
        en=f"Weights of {ENGLISH[perspective]} sum to one, of one indicator at least",
        clause=["S0-3-3", "S0-3-5"],
        cure=("请补上指标或调整权重", "Add an indicator, or adjust the weights"),
    )(rule)


for _perspective in PERSPECTIVES:
    _weights_sum(_perspective)


@scheme.require(
    SCORECARD,
    zh="客户维度有居民或患者指标",
    en="The customer perspective has an indicator of residents or patients",
    clause="S0-11-1",
    cure=("请在客户维度加一个以居民或患者为对象的指标", "Add one to the customer perspective"),
)
def serves_residents(card: Row) -> Formula:
    """Of every type: pharmacy and administration serve residents, too."""
    asked = card.lines.where(
        lambda line: (line.indicator.perspective == CUSTOMER) & line.indicator.resident
    )
    return asked.count() > 0


# Types must differ


def _whole_weight(indicator: Row, kind: str) -> Formula:
    """What part of a type's score the indicator decides; none where it is not on the card."""
    mine = indicator.lines.where(lambda line: line.scorecard.kind == kind)
    weights = [
        mine.where(lambda line, n=name: line.indicator.perspective == n).sum(
            lambda line, c=code: line.weight * getattr(line.scorecard, f"{c}_weight")
        )
        for name, code in CODES.items()
    ]
    return weights[0] + weights[1] + weights[2] + weights[3]


_SHORT = {CLINICAL: "clinical", TECHNICAL: "technical", PHARMACY: "pharmacy", OFFICE: "office"}


def _weight_in(kind: str) -> None:
    def rule(indicator: Row) -> Formula:
        return _whole_weight(indicator, kind)

    rule.__name__ = f"weight_in_{_SHORT[kind]}"
    rule.__doc__ = "Weight of the perspective times weight within it."
    scheme.rule(INDICATOR, zh=f"在{kind}的权重", en=f"Weight, {_SHORT[kind]}", clause="S0-2-2")(
        rule
    )


def _types_differ(one: str, two: str) -> None:
    a, b = f"weight_in_{_SHORT[one]}", f"weight_in_{_SHORT[two]}"

    def rule(hospital: Row) -> Formula:
        differing = hospital.indicators.where(lambda i: getattr(i, a) != getattr(i, b))
        return differing.count() > 0

    rule.__name__ = f"{_SHORT[one]}_differs_from_{_SHORT[two]}"
    rule.__doc__ = "Told: two types with the same indicators and weights are assessed alike."
    scheme.require(
        HOSPITAL,
        zh=f"{one}与{two}的评分卡不同",
        en=f"The cards of {_SHORT[one]} and {_SHORT[two]} departments differ",
        clause=["S0-2-2", "S0-3-3"],
        cure=("请按岗位特点区分指标或权重", "Let indicators or weights follow the type's work"),
        severity="notice",
    )(rule)


for _kind in KINDS:
    _weight_in(_kind)
for _one, _two in combinations(KINDS, 2):
    _types_differ(_one, _two)


@scheme.require(
    HOSPITAL,
    zh="四类科室的评分卡不全相同",
    en="The four types are not all assessed alike",
    clause="S0-2-2",
    cure=("请按科室类型区分指标或权重", "Let indicators or weights differ by type"),
)
def types_differ(hospital: Row) -> Formula:
    """Refused: the lack of differences between posts is what the scheme is to mend."""
    first, *rest = (f"weight_in_{name}" for name in _SHORT.values())
    differing = hospital.indicators.where(
        lambda i: (
            (getattr(i, first) != getattr(i, rest[0]))
            | (getattr(i, first) != getattr(i, rest[1]))
            | (getattr(i, first) != getattr(i, rest[2]))
        )
    )
    return differing.count() > 0
