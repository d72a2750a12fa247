"""What must hold of a hospital's items before they are scored (S4.5, part 4.1).

Nothing is scored around a missing value: an item that was not reported is told with its cell.
"""

from __future__ import annotations

from hpf.core import Formula, Parameters, Row, Symbol, larger, smaller, when

from .methods import FORWARD, INTERVAL, LOWER, PERCENT, QUALITATIVE, REVERSE
from .scoring import scorable
from .table import ITEM, scheme


def _given(value: Symbol) -> Formula:
    """Whether there is a value: a comparison with itself is undecided only where there is none."""
    return (value == value).or_(False)


def _by_figures(item: Row) -> Formula:
    return scorable(item) & (item.indicator.method != QUALITATIVE)


@scheme.require(
    ITEM,
    zh="医院与指标属于同一辖区",
    en="Hospital and indicator are of one jurisdiction",
    clause="S4.5-1",
    cure=(
        "请改正指标项的医院或指标",
        "Correct the item's hospital or indicator",
    ),
)
def own_table(item: Row) -> Formula:
    """A neighbour's table is other data, not this hospital's."""
    here, there = item.hospital.jurisdiction, item.indicator.jurisdiction
    return here.division_code == there.division_code


@scheme.require(
    ITEM,
    zh="定量指标已填实际完成值",
    en="A quantitative item has its actual",
    clause=["S4.5-4.1.a", "S4.5-4.1.b"],
    cure=(
        "请填实际完成值；确实不能计分的，填“不能计分”并写明理由",
        "Fill in the actual; one that is not scorable says so, with its reason",
    ),
    only=_by_figures,
)
def actual_given(item: Row) -> Formula:
    """What was not reported is no zero."""
    return _given(item.result)


@scheme.require(
    ITEM,
    zh="定性指标已填扣分合计",
    en="A qualitative item has its deductions",
    clause="S4.5-4.1.c",
    cure=("没有扣分请填 0", "Where nothing was taken off, write 0"),
    only=lambda item: scorable(item) & (item.indicator.method == QUALITATIVE),
)
def deductions_given(item: Row) -> Formula:
    """Nobody has judged an item that is blank."""
    return _given(item.deductions)


@scheme.require(
    ITEM,
    zh="定量指标有目标值",
    en="A quantitative item has a target",
    clause="S4.5-2.附",
    cure=(
        "请在指标表填目标值，或在指标项填本院目标值",
        "Fill in the table's target, or the hospital's own",
    ),
    only=_by_figures,
)
def target_given(item: Row) -> Formula:
    """The table's, or the hospital's own."""
    return _given(item.target)


@scheme.require(
    ITEM,
    zh="本院目标值适合计分方法",
    en="The hospital's own target fits the method",
    clause=["S4.5-4.1.a", "S4.5-4.1.b", "S4.5-5.a"],
    cure=(
        "正向须大于零，反向不得为负，区间法须在门槛值的得分一侧",
        "Forward: above zero; reverse: not negative; interval: on the threshold's better side",
    ),
)
def own_target_fits(item: Row) -> Formula:
    """As the table's own target must."""
    line, own = item.indicator, item.own_target
    better = when(line.direction == LOWER, own < line.threshold, own > line.threshold)
    return (
        ((line.method != FORWARD) | (own > 0))
        & ((line.method != REVERSE) | (own >= 0))
        & ((line.method != INTERVAL) | better)
    )


@scheme.require(
    ITEM,
    zh="百分数按百分数填写",
    en="A percentage is written as one",
    clause="S4.5-4.1.b",
    cure=(
        "百分数请填 93 而不是 0.93；确实这样小的，在“小数已核对”填是",
        "Write 93, not 0.93; where it truly is so small, confirm it under 'Small value confirmed'",
    ),
    only=lambda item: scorable(item) & ~item.checked & (item.indicator.measure == PERCENT),
)
def percent_plausible(item: Row, p: Parameters) -> Formula:
    """Of actual and target neither is 1 or less while the other is many times as large: a wrong
    unit would cost nearly all points, or earn them, so it is refused until somebody confirms."""
    small, large = smaller(item.actual, item.target), larger(item.actual, item.target)
    return (small <= 0) | (small > 1) | (large < small * p.percent_factor)


@scheme.require(
    ITEM,
    zh="目标为零的反向指标没有发生",
    en="A reverse item with a target of zero did not happen",
    clause="S4.5-4.1.b",
    cure=(
        "按公式得零分，无法区分差多少；需要区分时请改用差额法",
        "The formula gives nothing, however near; score by difference to tell misses apart",
    ),
    severity="notice",
    only=lambda item: scorable(item) & (item.indicator.method == REVERSE),
)
def zero_target_met(item: Row) -> Formula:
    """Told, not refused: nothing is what the formula says."""
    return (item.target != 0) | (item.result <= 0)


@scheme.require(
    ITEM,
    zh="须有佐证的指标项写明了考核方式",
    en="An item that needs evidence says how it was assessed",
    clause="S4.5-3.4.a",
    cure=(
        "请选考核方式，并填佐证材料的名称与编号",
        "Choose how it was assessed, and give the document's name and number",
    ),
    only=lambda item: scorable(item) & item.indicator.evidence_required,
)
def evidence_given(item: Row) -> Formula:
    """Only where the table asks for it."""
    return _given(item.assessed_by)


@scheme.require(
    ITEM,
    zh="不能计分的指标项写明了理由",
    en="An item that is not scorable gives its reason",
    clause="S4.5-4.1.e",
    cure=("请写理由，或改为照常计分", "Give the reason, or score it as usual"),
    only=lambda item: item.not_scorable,
)
def reason_given(item: Row) -> Formula:
    """Leaving out an item moves its points to the others, so somebody answers for it."""
    return _given(item.reason)
