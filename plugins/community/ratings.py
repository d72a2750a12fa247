"""360-degree evaluation at the period's end (document S0, chapter 5).

Only the mean and the number of raters of each group come in, never a single rater's mark. The
purpose is feedback; a share of the result is the hospital's own decision (`rating_use`).
"""

from __future__ import annotations

from hpf.core import HOSPITAL, PERSON, POINT, STAFF, Formula, Parameters, Row, round_to

from .scheme import RATER_GROUP, RATING, given, scheme

SIDES = ("上级", "同事", "下级", "本人", "居民或患者", "其他")

scheme.choice(RATER_GROUP, "side", SIDES, zh="评价方", en="Side", clause="S0-5-1")
scheme.decimal(RATER_GROUP, "weight", zh="权重", en="Weight", low=0, high=1, clause="S0-5-1")
scheme.decimal(
    RATER_GROUP, "least_raters", zh="最少评价人数", en="Least raters", unit=PERSON, low=1,
    clause="S0-5-1",
)  # fmt: skip
scheme.decimal(RATING, "average", zh="平均评分", en="Mean rating", unit=POINT, clause="S0-5-1")
scheme.integer(RATING, "raters", zh="评价人数", en="Raters", unit=PERSON, low=0, clause="S0-5-1")


@scheme.require(
    HOSPITAL,
    zh="评价来自两方以上",
    en="The evaluation has two sides at least",
    clause="S0-5-1",
    cure=("请在评价者类别表补上一类", "Add a rater group"),
)
def several_sides(hospital: Row) -> Formula:
    """Several subjects are what makes it one of 360 degrees."""
    return hospital.rater_groups.count() >= 2


@scheme.require(
    HOSPITAL,
    zh="评价者权重之和为一",
    en="Rater weights sum to one",
    clause="S0-5-1",
    cure=("请调整各类评价者的权重", "Adjust the weights of the rater groups"),
)
def rater_weights_sum(hospital: Row) -> Formula:
    """Exactly."""
    return hospital.rater_groups.weight.sum() == 1


@scheme.require(
    RATING,
    zh="平均评分在量表之内",
    en="The mean lies on the scale",
    clause="S0-5-1",
    cure=("请核对问卷的量表与评分", "Check the questionnaire's scale and the mean"),
)
def rating_on_scale(rating: Row, p: Parameters) -> Formula:
    """Both ends included."""
    return (rating.average >= p.rating_scale["lowest"]) & (
        rating.average <= p.rating_scale["highest"]
    )


@scheme.condition(RATING, zh="评价有效", en="Valid", clause="S0-5-1")
def valid(rating: Row) -> Formula:
    """As many raters as the group needs: a smaller group is neither counted nor shown."""
    return rating.raters >= rating.rater_group.least_raters


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
def rated_weight(person: Row) -> Formula:
    """One, unless a group is missing or too small."""
    return person.ratings.where(lambda r: r.valid).sum(lambda r: r.rater_group.weight)


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
    STAFF,
    zh="360度得分",
    en="360-degree score",
    clause="S0-5-1",
    unit=POINT,
    only=_enough,
)
def rating_score(person: Row, p: Parameters) -> Formula:
    """Weighted over valid groups, on the scale of points: the scale's top is the full mark."""
    rated = person.ratings.where(lambda r: r.valid)
    weighted = rated.sum(lambda r: r.rater_group.weight * r.average)
    low, high = p.rating_scale["lowest"], p.rating_scale["highest"]
    mean = weighted / person.rated_weight
    return round_to(p.full_mark * (mean - low) / (high - low), p.score_rounding)


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
