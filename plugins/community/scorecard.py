"""Department scorecards (document S0, chapter 3): four perspectives, by type of department.

The hospital's indicators stand once (`indicator`); each type's scorecard takes up those that fit
it, with weight and target (`line`); a department answers for every line of its card (`item`).
"""

from __future__ import annotations

from hpf.core import (
    BUILT_IN_METHODS,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    Formula,
    Parameters,
    Row,
    larger,
    round_to,
    score_by_method,
    smaller,
    when,
)

from .scheme import (
    CUSTOMER,
    FINANCE,
    GROWTH,
    INDICATOR,
    ITEM,
    KINDS,
    LINE,
    PERSPECTIVES,
    PROCESS,
    SCORECARD,
    scheme,
)

HIGHER, LOWER = "higher", "lower"  # as the core's methods have it
SCORED, OUTSIDE, NO_DATA = "计分", "不适用", "无数据"
REASONS = ("科室不开展", "本期未发生", "数据未取得", "统计口径变更", "其他")
CODES = {FINANCE: "finance", CUSTOMER: "customer", PROCESS: "process", GROWTH: "growth"}
ENGLISH = {
    FINANCE: "finance",
    CUSTOMER: "customer",
    PROCESS: "internal process",
    GROWTH: "learning and growth",
}

# A type's card

scheme.choice(SCORECARD, "kind", KINDS, zh="科室类型", en="Type of department", clause="S0-3-3")
for _perspective, _code in CODES.items():
    scheme.decimal(
        SCORECARD,
        f"{_code}_weight",
        zh=f"{_perspective}权重",
        en=f"Weight of {ENGLISH[_perspective]}",
        low=0,
        high=1,
        clause="S0-3-3",
    )

# An indicator of the hospital

scheme.choice(INDICATOR, "perspective", PERSPECTIVES, zh="维度", en="Perspective", clause="S0-3-3")
scheme.choice(
    INDICATOR, "method", [m.code for m in BUILT_IN_METHODS], zh="计分方法", en="Method",
    clause="S0-3-3",
)  # fmt: skip
scheme.choice(
    INDICATOR, "direction", [HIGHER, LOWER], zh="方向", en="Direction", clause="S0-3-3",
    note=("higher 越高越好，lower 越低越好", "Which side of the target is the better one"),
)  # fmt: skip
scheme.decimal(
    INDICATOR, "least", zh="得分下限", en="Lowest score", unit=POINT, blank="not_applicable",
    low=0, clause="S0-3-3", note=("留空表示最低为零分", "Blank: nothing at worst"),
)  # fmt: skip
scheme.decimal(
    INDICATOR, "most", zh="得分上限", en="Highest score", unit=POINT, blank="not_applicable",
    low=0, clause="S0-3-3", note=("留空表示最高为满分", "Blank: the full mark"),
)  # fmt: skip
scheme.boolean(
    INDICATOR, "resident", zh="以居民或患者为对象", en="Of residents or patients",
    clause="S0-11-1",
)  # fmt: skip

# A line of a card, and a department's item under it

scheme.decimal(
    LINE, "weight", zh="维度内权重", en="Weight within its perspective", low=0, high=1,
    clause="S0-3-3",
)  # fmt: skip
for _code, _zh, _en in (
    ("target", "目标值", "Target"),
    ("floor", "起点值", "Floor"),
    ("deduction", "每单位扣分", "Deduction a unit"),
):
    scheme.decimal(
        LINE,
        _code,
        zh=_zh,
        en=_en,
        blank="not_applicable",
        clause="S0-3-3",
        **({"unit": POINT, "low": 0} if _code == "deduction" else {}),
    )
scheme.choice(ITEM, "state", [SCORED, OUTSIDE, NO_DATA], zh="状态", en="State", clause="S0-3-3")
scheme.choice(
    ITEM, "reason", REASONS, zh="不计分的理由", en="Why not scored", blank="not_applicable",
    clause="S0-3-3",
)  # fmt: skip
scheme.decimal(
    ITEM, "own_target", zh="本科室目标值", en="Department's own target", blank="not_applicable",
    clause="S0-3-3", note=("与评分卡不同时填写", "Only where it differs from the card's"),
)  # fmt: skip
scheme.decimal(ITEM, "actual", zh="实际值", en="Result", blank="not_applicable", clause="S0-3-3")
scheme.decimal(
    ITEM, "mark", zh="评分（百分制）", en="Mark", blank="not_applicable", low=0, high=100,
    clause="S0-3-3",
)  # fmt: skip


def is_scored(item: Row) -> Formula:
    """Whether there is something to score."""
    return item.state == SCORED


@scheme.condition(ITEM, zh="计入科室得分", en="Counts", clause="S0-3-3")
def in_score(item: Row, p: Parameters) -> Formula:
    """Whether the item's weight stands in the department's score."""
    return is_scored(item) | ((item.state == NO_DATA) & (p.no_data == "no_points"))


def counts(item: Row) -> Formula:
    """Likewise, for `only=`."""
    return item.in_score


# What the core's methods read on the item itself


@scheme.rule(ITEM, zh="满分", en="Full mark", clause="S0-3-3", unit=POINT)
def weight(item: Row, p: Parameters) -> Formula:
    """Every indicator is scored out of the same mark; its weight comes after."""
    return p.full_mark


@scheme.grade(ITEM, [HIGHER, LOWER], zh="方向", en="Direction", clause="S0-3-3")
def direction(item: Row) -> Formula:
    """The indicator's."""
    return item.line.indicator.direction


@scheme.rule(ITEM, zh="目标值", en="Target", clause="S0-3-3")
def target(item: Row) -> Formula:
    """The department's own, else the card's."""
    return item.own_target.or_(item.line.target)


@scheme.rule(ITEM, zh="起点值", en="Floor", clause="S0-3-3")
def floor(item: Row) -> Formula:
    """The card's: what earns nothing by the interval method."""
    return item.line.floor


@scheme.rule(ITEM, zh="每单位扣分", en="Deduction a unit", clause="S0-3-3", unit=POINT)
def deduction(item: Row) -> Formula:
    """The card's."""
    return item.line.deduction


@scheme.rule(
    ITEM, zh="方法得分", en="Score by the method", clause="S0-3-3", unit=POINT, only=is_scored
)
def raw(item: Row, p: Parameters) -> Formula:
    """Before the indicator's own limits."""
    return score_by_method(item, p, line=item.line.indicator)


@scheme.rule(ITEM, zh="得分", en="Score", clause="S0-3-3", unit=POINT, only=counts)
def score(item: Row) -> Formula:
    """Within the indicator's limits; what has no data and yet counts has earned nothing."""
    indicator = item.line.indicator
    capped = smaller(item.raw, indicator.most).or_(item.raw)
    return when(item.state == SCORED, larger(capped, indicator.least).or_(capped), 0)


# From items to the department's score, perspective by perspective


def _weight_counted(perspective: str) -> None:
    def rule(department: Row) -> Formula:
        mine = department.items.where(
            lambda i: i.in_score & (i.line.indicator.perspective == perspective)
        )
        return mine.sum(lambda i: i.line.weight)

    rule.__name__ = f"{CODES[perspective]}_counted"
    rule.__doc__ = "Of the items that stand in the score; below one where some do not."
    scheme.rule(
        DEPARTMENT,
        zh=f"{perspective}计入权重",
        en=f"Weight counted, {ENGLISH[perspective]}",
        clause="S0-3-3",
    )(rule)


def _perspective_score(perspective: str) -> None:
    code = CODES[perspective]

    def rule(department: Row, p: Parameters) -> Formula:
        mine = department.items.where(lambda i: i.line.indicator.perspective == perspective)
        earned = mine.sum(lambda i: i.line.weight * i.score)
        return round_to(earned / getattr(department, f"{code}_counted"), p.score_rounding)

    def held(department: Row) -> Formula:
        return getattr(department, f"{code}_counted") > 0

    rule.__name__ = f"{code}_score"
    rule.__doc__ = "The weight of items that do not count goes to the others in proportion."
    scheme.rule(
        DEPARTMENT,
        zh=f"{perspective}得分",
        en=f"Score, {ENGLISH[perspective]}",
        clause=["S0-3-3", "S0-3-5"],
        unit=POINT,
        only=held,
    )(rule)


for _perspective in PERSPECTIVES:
    _weight_counted(_perspective)
    _perspective_score(_perspective)


@scheme.rule(DEPARTMENT, zh="计入的维度权重", en="Perspectives counted", clause="S0-3-3")
def perspectives_counted(department: Row) -> Formula:
    """One, unless a perspective has no item that counts."""
    parts = [
        when(
            getattr(department, f"{c}_counted") > 0,
            getattr(department.scorecard, f"{c}_weight"),
            0,
        )
        for c in CODES.values()
    ]
    return parts[0] + parts[1] + parts[2] + parts[3]


@scheme.rule(
    DEPARTMENT,
    zh="科室得分",
    en="Department score",
    clause=["S0-1-1", "S0-3-3", "S0-3-5"],
    unit=POINT,
    only=lambda department: department.perspectives_counted > 0,
)
def department_score(department: Row, p: Parameters) -> Formula:
    """Weighted over the perspectives as they are shown, so that the card can be added up by hand;
    the weight of one without items goes to the others."""
    parts = [
        (getattr(department.scorecard, f"{c}_weight") * getattr(department, f"{c}_score")).or_(0)
        for c in CODES.values()
    ]
    whole = parts[0] + parts[1] + parts[2] + parts[3]
    return round_to(whole / department.perspectives_counted, p.score_rounding)


@scheme.rule(HOSPITAL, zh="科室平均得分", en="Mean department score", clause="S0-1-1", unit=POINT)
def mean_score(hospital: Row) -> Formula:
    """Over all departments that have one."""
    return hospital.departments.department_score.mean()


@scheme.rule(ITEM, zh="折算权重", en="Weight in the whole", clause="S0-3-3", only=counts)
def counted_weight(item: Row) -> Formula:
    """What share of the department's score the item decides, after re-weighting."""
    department, card = item.department, item.department.scorecard
    perspective = item.line.indicator.perspective
    (first, *rest) = [
        (name, getattr(card, f"{c}_weight") / getattr(department, f"{c}_counted"))
        for name, c in CODES.items()
    ]
    share = first[1]
    for name, of_its_own in rest:
        share = when(perspective == name, of_its_own, share)
    return item.line.weight * share / department.perspectives_counted


@scheme.rule(
    ITEM,
    zh="对科室得分的贡献",
    en="Part of the department's score",
    clause="S0-3-3",
    unit=POINT,
)
def part(item: Row) -> Formula:
    """Score times its weight in the whole: the parts add up to the score, but for rounding."""
    return item.counted_weight * item.score
