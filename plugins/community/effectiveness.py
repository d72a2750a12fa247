"""Which indicators tell departments apart (document S0, 9-3): a proposal for the committee.

Nothing here changes anything by itself: the list says keep, adjust or drop, with the reasons, and
the committee decides. The document asks for the analysis and prints no measure; these are the
usual ones of item analysis, in forms that need no square root, so that they stay exact:

- spread: the variance is held against the square of the least standard deviation;
- contribution: the rank correlation as 1 − Σd² ÷ (Σa² + Σb²), where a and b are the distances of
  the two ranks from their mean and d that of one rank from the other. Without ties it is
  Spearman's coefficient; ties bring it nearer to zero, and its sign is always Spearman's.
"""

from __future__ import annotations

from hpf.core import (
    DEPARTMENT,
    POINT,
    Formula,
    Parameters,
    Row,
    larger,
    rank,
    round_to,
    when,
)

from .scheme import INDICATOR, ITEM, scheme
from .scorecard import OUTSIDE, is_scored

KEEP, ADJUST, DROP, FEW = "保留", "调整", "淘汰", "样本不足"


def _due(indicator: Row) -> Formula:
    return indicator.lines.items.where(lambda i: i.state != OUTSIDE).count()


@scheme.rule(INDICATOR, zh="计分科室数", en="Departments scored", clause="S0-9-3")
def scored_count(indicator: Row) -> Formula:
    """How many departments have a score under it."""
    return indicator.lines.items.where(is_scored).count()


@scheme.rule(
    INDICATOR,
    zh="数据覆盖率",
    en="Coverage",
    clause="S0-9-3",
    only=lambda indicator: _due(indicator) > 0,
)
def coverage(indicator: Row) -> Formula:
    """Of the departments it applies to, those with data; absent where it applies to none."""
    return indicator.scored_count / _due(indicator)


@scheme.condition(INDICATOR, zh="可分析", en="Enough to compare", clause="S0-9-3")
def comparable(indicator: Row, p: Parameters) -> Formula:
    """Whether there are departments enough; two at the very least."""
    return indicator.scored_count >= larger(p.analysis_least, 2)


def enough(indicator: Row) -> Formula:
    """Likewise, for `only=`."""
    return indicator.comparable


@scheme.rule(
    INDICATOR, zh="得分方差", en="Variance", clause="S0-9-3", unit=POINT * POINT, only=enough
)
def variance(indicator: Row) -> Formula:
    """Over the departments scored: the mean square less the square of the mean. What has no data
    has no score, or one of nothing, and adds nothing to either sum."""
    n, items = indicator.scored_count, indicator.lines.items
    total, squares = items.score.sum(), items.sum(lambda i: i.score * i.score)
    return (n * squares - total * total) / (n * n)


@scheme.rule(INDICATOR, zh="满分占比", en="Share at the top", clause="S0-9-3", only=enough)
def ceiling_share(indicator: Row, p: Parameters) -> Formula:
    """How many have the highest score there is."""
    full = indicator.lines.items.where(lambda i: i.score >= i.line.indicator.most.or_(p.full_mark))
    return full.count() / indicator.scored_count


# Do good departments score better under it?


@scheme.rule(
    INDICATOR, zh="高低分组科室数", en="Departments at each end", clause="S0-9-3", only=enough
)
def end_size(indicator: Row, p: Parameters) -> Formula:
    """The share of item analysis, half up, one at least."""
    return larger(round_to(indicator.scored_count * p.end_share, "1"), 1)


@scheme.rule(
    ITEM, zh="按科室得分的名次", en="Place by department score", clause="S0-9-3", only=is_scored
)
def from_top(item: Row) -> Formula:
    """Among those scored under the same indicator."""
    return rank(item.department.department_score, within=item.line.indicator)


@scheme.rule(
    ITEM,
    zh="按科室得分的倒数名次",
    en="Place from the end by department score",
    clause="S0-9-3",
    only=is_scored,
)
def from_end(item: Row) -> Formula:
    """Likewise, lowest first."""
    return rank(item.department.department_score, within=item.line.indicator, descending=False)


@scheme.rule(INDICATOR, zh="区分度", en="Discrimination", clause="S0-9-3", unit=POINT, only=enough)
def discrimination(indicator: Row) -> Formula:
    """Mean score of the best departments less that of the weakest; ties at the edge belong."""
    top = indicator.lines.items.where(lambda i: i.from_top <= i.line.indicator.end_size)
    end = indicator.lines.items.where(lambda i: i.from_end <= i.line.indicator.end_size)
    return top.score.mean() - end.score.mean()


@scheme.rule(
    DEPARTMENT, zh="未取整的科室得分", en="Score before rounding", clause="S0-9-3", unit=POINT
)
def parts(department: Row) -> Formula:
    """The sum of its items' parts."""
    return department.items.part.sum()


def _compares(item: Row) -> Formula:
    return is_scored(item) & (item.counted_weight < 1)


@scheme.rule(
    ITEM,
    zh="其余指标得分",
    en="Score without this item",
    clause="S0-9-3",
    unit=POINT,
    only=_compares,
)
def rest(item: Row) -> Formula:
    """What the department's score would be from its other items alone."""
    return (item.department.parts - item.part) / (1 - item.counted_weight)


@scheme.rule(INDICATOR, zh="可比科室数", en="Departments compared", clause="S0-9-3")
def compared(indicator: Row) -> Formula:
    """Those with other items beside this one."""
    return indicator.lines.items.rest.count()


def _middle(item: Row, name: str) -> Formula:
    """The place, ties in the middle of those that they share."""
    value, within = getattr(item, name), item.line.indicator
    best = rank(value, within=within)
    worst = item.line.indicator.compared + 1 - rank(value, within=within, descending=False)
    return (best + worst) / 2


@scheme.rule(ITEM, zh="得分秩次", en="Rank by score", clause="S0-9-3", only=_compares)
def score_rank(item: Row) -> Formula:
    """Among the departments compared."""
    return _middle(item, "score")


@scheme.rule(ITEM, zh="其余得分秩次", en="Rank by the rest", clause="S0-9-3")
def rest_rank(item: Row) -> Formula:
    """Likewise."""
    return _middle(item, "rest")


@scheme.rule(ITEM, zh="秩差平方", en="Squared distance of ranks", clause="S0-9-3")
def rank_distance(item: Row) -> Formula:
    """Of the two."""
    distance = item.score_rank - item.rest_rank
    return distance * distance


@scheme.rule(ITEM, zh="秩次离差平方和", en="Squared distances from the mean rank", clause="S0-9-3")
def rank_spread(item: Row) -> Formula:
    """Of both ranks."""
    middle = (item.line.indicator.compared + 1) / 2
    one, two = item.score_rank - middle, item.rest_rank - middle
    return one * one + two * two


@scheme.rule(INDICATOR, zh="贡献度", en="Contribution", clause="S0-9-3", only=enough)
def contribution(indicator: Row) -> Formula:
    """Rank correlation with the rest of the score; zero where everybody is alike in both."""
    items = indicator.lines.items
    spread = items.rank_spread.sum()
    return when(spread > 0, 1 - items.rank_distance.sum() / spread, 0)


# The list for the committee


@scheme.condition(INDICATOR, zh="覆盖不足", en="Coverage too low", clause="S0-9-3")
def coverage_low(indicator: Row, p: Parameters) -> Formula:
    """Absent where nobody was due."""
    return indicator.coverage < p.min_coverage


@scheme.condition(INDICATOR, zh="离散不足", en="Spread too small", clause="S0-9-3")
def spread_low(indicator: Row, p: Parameters) -> Formula:
    """Departments hardly differ."""
    return indicator.variance < p.min_spread * p.min_spread


@scheme.condition(INDICATOR, zh="满分过多", en="Too many at the top", clause="S0-9-3")
def ceiling_high(indicator: Row, p: Parameters) -> Formula:
    """It asks for nothing any more."""
    return indicator.ceiling_share > p.max_ceiling_share


@scheme.condition(INDICATOR, zh="区分度不足", en="Discrimination too low", clause="S0-9-3")
def discrimination_low(indicator: Row, p: Parameters) -> Formula:
    """Good and weak departments score alike under it."""
    return indicator.discrimination < p.min_discrimination


@scheme.condition(INDICATOR, zh="方向相反", en="Runs against the rest", clause="S0-9-3")
def runs_against(indicator: Row) -> Formula:
    """Whoever does well elsewhere does badly here."""
    return indicator.contribution < 0


@scheme.rule(INDICATOR, zh="未通过项数", en="Tests failed", clause="S0-9-3")
def tests_failed(indicator: Row) -> Formula:
    """Of the five; those that could not be tested are not counted."""
    failed = [
        when(getattr(indicator, name).or_(False), 1, 0)
        for name in (
            "coverage_low", "spread_low", "ceiling_high", "discrimination_low", "runs_against",
        )
    ]  # fmt: skip
    return failed[0] + failed[1] + failed[2] + failed[3] + failed[4]


@scheme.grade(INDICATOR, [KEEP, ADJUST, DROP, FEW], zh="处理建议", en="Proposal", clause="S0-9-3")
def proposal(indicator: Row, p: Parameters) -> Formula:
    """For the committee to decide on, never carried out by itself."""
    judged = when(
        indicator.tests_failed == 0,
        KEEP,
        when(indicator.tests_failed >= p.drop_from, DROP, ADJUST),
    )
    return when(indicator.comparable, judged, when(indicator.coverage_low.or_(False), ADJUST, FEW))
