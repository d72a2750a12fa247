"""What must hold of a card's lines and a department's items before they are scored (S0, chapter 3).

Nothing is scored around a missing value: an item without a result is told with its cell.
"""

from __future__ import annotations

from hpf.core import DEPARTMENT, Formula, Parameters, Row, when

from .scheme import INDICATOR, ITEM, LINE, given, scheme
from .scorecard import LOWER, SCORED, is_scored


@scheme.require(
    LINE,
    zh="目标值适合计分方法",
    en="The target fits the method",
    clause="S0-3-3",
    cure=(
        "比例法、反向比例法的目标值须大于零；评分法不看目标值",
        "Above zero for ratio and reverse; a rating looks at no target",
    ),
)
def target_fits(line: Row) -> Formula:
    """Where it divides; blank where each department has one of its own."""
    return (line.target > 0) | ~line.indicator.method.is_one_of("ratio", "reverse")


@scheme.require(
    LINE,
    zh="区间法的起点值在目标值的另一侧",
    en="An interval's floor lies on the other side of its target",
    clause="S0-3-3",
    cure=("请填起点值：越高越好时低于目标值，反之高于", "Below the target where higher is better"),
    only=lambda line: line.indicator.method == "interval",
)
def floor_fits(line: Row) -> Formula:
    """The score between them is shared over their distance."""
    lower = line.indicator.direction == LOWER
    return when(lower, line.floor > line.target, line.floor < line.target).or_(False)


@scheme.require(
    LINE,
    zh="扣分法写明每单位扣分",
    en="A deduction says what a unit costs",
    clause="S0-3-3",
    cure=("请填大于零的每单位扣分", "Fill in points above zero"),
    only=lambda line: line.indicator.method == "deduction",
)
def deduction_given(line: Row) -> Formula:
    """Else a miss would cost nothing."""
    return (line.deduction > 0).or_(False)


@scheme.require(
    INDICATOR,
    zh="得分下限低于上限，且都不超过满分",
    en="The lowest score lies below the highest, neither above the full mark",
    clause="S0-3-3",
    cure=("请改得分下限或上限", "Correct the lowest or the highest score"),
)
def score_limits_fit(indicator: Row, p: Parameters) -> Formula:
    """Blank: nothing at worst, the full mark at best."""
    return (indicator.least.or_(0) < indicator.most.or_(p.full_mark)) & (
        indicator.most.or_(p.full_mark) <= p.full_mark
    )


@scheme.require(
    ITEM,
    zh="指标项属于本科室的评分卡",
    en="The item is of the department's own card",
    clause="S0-3-3",
    cure=("请改正科室或评分卡指标", "Correct the department or the line"),
)
def own_card(item: Row) -> Formula:
    """There is one card a type, so the types tell them apart."""
    return item.department.scorecard.kind == item.line.scorecard.kind


@scheme.require(
    DEPARTMENT,
    zh="对评分卡的每个指标各有一项",
    en="Has one item under every line of its card",
    clause="S0-3-3",
    cure=(
        "请补上缺的指标项；不适用的也要列出并写明理由",
        "Add the missing item; one that does not apply says so, with its reason",
    ),
)
def answers_all(department: Row) -> Formula:
    """None is left out in silence."""
    return department.items.count() == department.scorecard.lines.count()


def _by_figures(item: Row) -> Formula:
    return is_scored(item) & (item.line.indicator.method != "rating")


@scheme.require(
    ITEM,
    zh="计分的指标项有目标值和实际值",
    en="An item that is scored has target and result",
    clause="S0-3-3",
    cure=(
        "请填目标值与实际值；没有数据的，状态选“无数据”并写明理由",
        "Fill both in; an item without data says so, with its reason",
    ),
    only=_by_figures,
)
def figures_given(item: Row) -> Formula:
    """What was not reported is no zero."""
    return given(item.actual) & given(item.target)


@scheme.require(
    ITEM,
    zh="评分法的指标项有评分",
    en="An item that is rated has its mark",
    clause="S0-3-3",
    cure=("请填评分", "Fill in the mark"),
    only=lambda item: is_scored(item) & (item.line.indicator.method == "rating"),
)
def mark_given(item: Row) -> Formula:
    """Likewise."""
    return given(item.mark)


@scheme.require(
    ITEM,
    zh="不计分的指标项写明理由",
    en="An item that is not scored gives its reason",
    clause="S0-3-3",
    cure=("请选理由，或改为计分", "Choose the reason, or have it scored"),
    only=lambda item: item.state != SCORED,
)
def reason_given(item: Row) -> Formula:
    """Its weight moves to others, so somebody answers for it."""
    return given(item.reason)


@scheme.require(
    DEPARTMENT,
    zh="没有重新分摊权重",
    en="No weight was moved",
    clause="S0-3-3",
    cure=(
        "不计分的指标项的权重已按比例分给其他项；请看各项的折算权重",
        "Weight of items not scored went to the others: see each item's weight in the whole",
    ),
    severity="notice",
)
def nothing_reweighted(department: Row) -> Formula:
    """Told for each department, so that nobody moves weight unseen."""
    return department.items.counted_weight.count() == department.items.count()
