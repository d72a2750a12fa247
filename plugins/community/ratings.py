"""360-degree evaluation at the period's end (document S0, chapter 5).

Only the mean and the number of raters of each group come in, never a single rater's mark. The
purpose is feedback; a share of the result is the hospital's own decision (`rating_use`).
"""

from __future__ import annotations

from hpf.core import (
    HOSPITAL,
    PERSON,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Symbol,
    larger,
    round_to,
)

from .scheme import RATING, given, scheme

SIDES = ("superior", "peers", "subordinates", "self", "residents")
SIDE_NAMES = {
    "superior": ("上级", "Superior"),
    "peers": ("同事", "Peers"),
    "subordinates": ("下级", "Subordinates"),
    "self": ("本人", "Self"),
    "residents": ("居民或患者", "Residents or patients"),
}

scheme.choice(
    RATING,
    "side",
    SIDES,
    zh="评价方",
    en="Side",
    clause="S0-5-1",
    note=(
        "superior 上级，peers 同事，subordinates 下级，self 本人，residents 居民或患者",
        "Who rated: one row for each side",
    ),
)
scheme.decimal(RATING, "average", zh="平均评分", en="Mean rating", unit=POINT, clause="S0-5-1")
scheme.integer(RATING, "raters", zh="评价人数", en="Raters", unit=PERSON, low=0, clause="S0-5-1")
scheme.decimal(
    STAFF,
    "rating_mean",
    zh="问卷总评",
    en="Mean of the questionnaire",
    unit=POINT,
    blank="not_applicable",
    clause="S0-5-1",
    note=(
        "问卷在本系统内进行时由问卷结果填入；各方均值另表填报的留空",
        "From a questionnaire held here; blank where means come in side by side",
    ),
)


@scheme.require(
    HOSPITAL,
    zh="评价来自两方以上，权重之和为一",
    en="The evaluation has two sides at least, and their weights sum to one",
    clause="S0-5-1",
    cure=("请改参数 rater_weight", "Correct the parameter rater_weight"),
)
def sides_and_weights(hospital: Row, p: Parameters) -> Formula:
    """Exactly one; none of them has it alone. A side that is not asked has weight zero."""
    one, two, three, four, five = (p.rater_weight[side] for side in SIDES)
    return (larger(one, two, three, four, five) < 1) & (one + two + three + four + five == 1)


@scheme.require(
    STAFF,
    zh="每一评价方只有一行",
    en="There is one row for each side",
    clause="S0-5-1",
    cure=("请删去重复的评价", "Take the second row out"),
)
def sides_once(person: Row) -> Formula:
    """Else a side would count twice."""
    one, two, three, four, five = (
        person.ratings.where(lambda r, s=side: r.side == s).count() <= 1 for side in SIDES
    )
    return one & two & three & four & five


@scheme.require(
    RATING,
    zh="平均评分在量表之内",
    en="The mean lies on the scale",
    clause="S0-5-1",
    cure=("请核对问卷的量表与评分", "Check the questionnaire's scale and the mean"),
)
def rating_on_scale(rating: Row, p: Parameters) -> Formula:
    """Both ends included."""
    return _on_scale(rating.average, p)


def _on_scale(mean: Symbol, p: Parameters) -> Formula:
    return (mean >= p.rating_scale["lowest"]) & (mean <= p.rating_scale["highest"])


@scheme.condition(RATING, zh="评价有效", en="Valid", clause="S0-5-1")
def valid(rating: Row, p: Parameters) -> Formula:
    """As many raters as the group needs: a smaller group is neither counted nor shown."""
    return rating.raters >= p.min_raters_per_group[rating.side]


@scheme.rule(
    RATING,
    zh="可反馈的平均评分",
    en="Mean shown as feedback",
    clause="S0-5-1",
    unit=POINT,
    only=lambda rating: rating.valid,
)
def feedback(rating: Row) -> Formula:
    """What the person sees of each group."""
    return rating.average


@scheme.rule(STAFF, zh="有效评价的权重", en="Weight of valid groups", clause="S0-5-1")
def rated_weight(person: Row, p: Parameters) -> Formula:
    """One, unless a group is missing or too small."""
    return person.ratings.where(lambda r: r.valid).sum(lambda r: p.rater_weight[r.side])


@scheme.rule(STAFF, zh="有效评价方", en="Valid groups", clause="S0-5-1")
def sides_rated(person: Row) -> Formula:
    """How many groups the person has a mean of."""
    return person.ratings.where(lambda r: r.valid).count()


def _enough(person: Row, p: Parameters) -> Formula:
    """Two sides at least, and a missing one only where the hospital lets the others stand in."""
    whole = person.rated_weight == 1
    several = (person.sides_rated >= 2) & (person.rated_weight > 0)
    return several & ((p.missing_group == "reweight") | whole)


@scheme.rule(
    STAFF, zh="各方加权均值", en="Mean over sides", clause="S0-5-1", unit=POINT, only=_enough
)
def sides_mean(person: Row, p: Parameters) -> Formula:
    """Weighted over the valid sides."""
    rated = person.ratings.where(lambda r: r.valid)
    return rated.sum(lambda r: p.rater_weight[r.side] * r.average) / person.rated_weight


@scheme.rule(STAFF, zh="360度得分", en="360-degree score", clause="S0-5-1", unit=POINT)
def rating_score(person: Row, p: Parameters) -> Formula:
    """On the scale of points: nothing at the rating scale's lowest end, the full mark at its
    highest. A mean from a questionnaire held here was weighted by the same parameters."""
    low, high = p.rating_scale["lowest"], p.rating_scale["highest"]
    mean = person.sides_mean.or_(person.rating_mean)
    return round_to(p.full_mark * (mean - low) / (high - low), p.score_rounding)


@scheme.require(
    STAFF,
    zh="问卷总评在量表之内",
    en="The questionnaire's mean lies on the scale",
    clause="S0-5-1",
    cure=("请核对参数 rating_scale 与问卷的量表", "Compare rating_scale with the questionnaire"),
)
def mean_on_scale(person: Row, p: Parameters) -> Formula:
    """Both ends included; absent where none was held."""
    return _on_scale(person.rating_mean, p)


@scheme.require(
    HOSPITAL,
    zh="360度评价计入结果的比例在零与一之间",
    en="The share of the 360-degree score lies between zero and one",
    clause="S0-5-1",
    cure=("请改参数 rating_share", "Correct the parameter rating_share"),
    only=lambda hospital, p: p.rating_use == "result",
)
def share_in_range(hospital: Row, p: Parameters) -> Formula:
    """Above zero: else it is feedback alone, and `rating_use` says so."""
    share = p.rating_share["result"]
    return (share > 0) & (share < 1)


@scheme.require(
    STAFF,
    zh="计入结果时每人都有360度得分",
    en="Where it counts, everybody has a 360-degree score",
    clause="S0-5-1",
    cure=(
        "没有得分的人只按积分计；请补齐评价",
        "Without one, points alone count: complete the evaluation",
    ),
    severity="notice",
    only=lambda person, p: person.takes_part & (p.rating_use == "result"),
)
def everybody_rated(person: Row) -> Formula:
    """Told, since such a person is ranked on points alone."""
    return given(person.rating_score)
