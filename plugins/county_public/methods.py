"""How a line of the table is scored (document S4.5, part 4.1): the raw value, before any cap.

The document prints three ways: a ratio for what should grow, the ratio turned over for what should
fall, deductions for what is judged. The last two are the county's further forms: an interval
between a threshold and a benchmark, and a difference, which alone can hold a negative target.
"""

from __future__ import annotations

from hpf.core import Formula, ItemMethod, Parameters, Row, Text, when

HIGHER, LOWER = "越高越好", "越低越好"
PERCENT = "百分数"
FORWARD, REVERSE, QUALITATIVE = "正向", "反向", "定性"
INTERVAL, DIFFERENCE = "区间", "差额"


def _forward(item: Row) -> Formula:
    """S4.5-4.1.a: actual over target, times the points."""
    return item.indicator.standard_points * item.result / item.target


def _reverse(item: Row, p: Parameters) -> Formula:
    """S4.5-4.1.b: target over actual, times the points; a rate that fell to nothing or below
    has met every target the formula can hold."""
    points = item.indicator.standard_points
    return when(
        item.result <= 0,
        when(p.reverse_at_zero == "full_points", points, 0),
        points * item.target / item.result,
    )


def _qualitative(item: Row) -> Formula:
    """S4.5-4.1.c: the points less what the detailed rules take off."""
    return item.indicator.standard_points - item.deductions


def _interval(item: Row) -> Formula:
    """Nothing at the threshold, full points at the benchmark, in proportion between them."""
    threshold = item.indicator.threshold
    way = (item.result - threshold) / (item.target - threshold)
    return item.indicator.standard_points * way


def _difference(item: Row) -> Formula:
    """Full points at the target; each unit short of it costs the same, whatever its sign."""
    line = item.indicator
    short = when(line.direction == LOWER, item.result - item.target, item.target - item.result)
    return line.standard_points - short * line.off_per_unit


METHODS = (
    ItemMethod(
        FORWARD,
        Text("正向比值法", "Ratio"),
        _forward,
        Text("实际值除以目标值，乘标准分值", "Actual over target, times the points"),
    ),
    ItemMethod(
        REVERSE,
        Text("反向比值法", "Reverse ratio"),
        _reverse,
        Text(
            "目标值除以实际值，乘标准分值；实际值不大于零为满分",
            "Target over actual, times the points; full where the actual is zero or below",
        ),
    ),
    ItemMethod(
        QUALITATIVE,
        Text("定性扣分法", "Deductions"),
        _qualitative,
        Text("标准分值减去扣分", "The points less deductions"),
    ),
    ItemMethod(
        INTERVAL,
        Text("区间插值法", "Interval"),
        _interval,
        Text(
            "门槛值得零分，标杆值得满分，其间按比例",
            "Nothing at the threshold, full at the benchmark, in proportion between",
        ),
    ),
    ItemMethod(
        DIFFERENCE,
        Text("差额法", "Difference"),
        _difference,
        Text(
            "达到目标得满分，每差一个单位扣定额的分；目标可以为负",
            "Full at the target, so much off for each unit short; the target may be negative",
        ),
    ),
)
