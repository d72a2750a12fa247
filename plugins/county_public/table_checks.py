"""What must hold of the county's indicator table before anything is scored by it (S4.5, part 2).

Annex 1 is the county's own data, so each thing that would make a formula of part 4.1 meaningless
is asked of it here, and named with its cell.
"""

from __future__ import annotations

from hpf.core import HOSPITAL, JURISDICTION, Formula, Parameters, Row, when

from .methods import (
    DIFFERENCE,
    FORWARD,
    HIGHER,
    INTERVAL,
    LOWER,
    PERCENT,
    QUALITATIVE,
    REVERSE,
)
from .table import INDICATOR, PARTS, scheme

# The table as a whole


@scheme.require(
    JURISDICTION,
    zh="标准分值合计等于满分",
    en="Standard points make the full marks",
    clause=["S4.5-2.附", "S4.5-4.1.e"],
    cure=("请调整指标表的标准分值", "Adjust the standard points of the table"),
)
def points_make_full_marks(county: Row, p: Parameters) -> Formula:
    """A total of a hundred needs a table of a hundred."""
    return county.table_points == p.full_marks


@scheme.require(
    JURISDICTION,
    zh="指标表包括三个部分",
    en="The table has all three parts",
    clause=["S4.5-2.1", "S4.5-2.2", "S4.5-2.3"],
    cure=("请补上缺的部分的指标", "Add indicators of the part that lacks"),
    severity="notice",
)
def all_parts(county: Row) -> Formula:
    """The document names three parts as the least; a county may have its reasons."""
    first, second, third = (_lines(county, part) > 0 for part in PARTS)
    return first & second & third


def _lines(county: Row, part: str) -> Formula:
    return county.indicators.where(lambda line: line.part == part).count()


@scheme.require(
    INDICATOR,
    zh="每所医院对本指标各有一项",
    en="Every hospital has one item under this indicator",
    clause="S4.5-3.3",
    cure=(
        "请补上缺的医院的指标项；不能计分的也要列出并写明理由",
        "Add the item of the hospital that lacks it; one that is not scorable says so, with reason",
    ),
)
def answered_by_all(line: Row) -> Formula:
    """Together with `answers_all` it names row and column of a missing item."""
    return line.items.count() == line.jurisdiction.hospitals.count()


@scheme.require(
    HOSPITAL,
    zh="对本辖区指标表的每个指标各有一项",
    en="Has one item under every indicator of its jurisdiction",
    clause=["S4.5-1", "S4.5-3.3"],
    cure=(
        "请填辖区，并补上缺的指标项；不能计分的也要列出并写明理由",
        "Name the jurisdiction and add the missing item; one that is not scorable says so",
    ),
)
def answers_all(hospital: Row) -> Formula:
    """A hospital without a jurisdiction has no table to answer."""
    table = hospital.jurisdiction.indicators.count()
    return (hospital.items.count() == table).or_(False)


# A line of the table


@scheme.require(
    INDICATOR,
    zh="方向与计分方法相符",
    en="The direction fits the method",
    clause=["S4.5-4.1.a", "S4.5-4.1.b"],
    cure=(
        "正向填“越高越好”，反向填“越低越好”，差额法须填其一",
        "Forward: higher is better; reverse: lower is better; difference: either, but one of them",
    ),
    only=lambda line: line.method.is_one_of(FORWARD, REVERSE, DIFFERENCE),
)
def direction_fits(line: Row) -> Formula:
    """A ratio has its direction built in; a difference must be told."""
    higher, lower = line.direction == HIGHER, line.direction == LOWER
    fits = when(line.method == FORWARD, higher, when(line.method == REVERSE, lower, higher | lower))
    return fits.or_(False)


@scheme.require(
    INDICATOR,
    zh="正向指标的目标值大于零",
    en="A forward indicator has a target above zero",
    clause="S4.5-4.1.a",
    cure=(
        "请改目标值，或改用差额法、区间法",
        "Correct the target, or score by difference or interval",
    ),
    only=lambda line: line.method == FORWARD,
)
def forward_target(line: Row) -> Formula:
    """It divides; blank where each hospital has a target of its own."""
    return line.target > 0


@scheme.require(
    INDICATOR,
    zh="反向指标的目标值不为负",
    en="A reverse indicator has no negative target",
    clause="S4.5-4.1.b",
    cure=(
        "要求下降的目标（负值）请改用差额法",
        "A required fall (a negative target) is scored by difference",
    ),
    only=lambda line: line.method == REVERSE,
)
def reverse_target(line: Row) -> Formula:
    """The ratio of two negatives would reward the smaller fall."""
    return line.target >= 0


@scheme.require(
    INDICATOR,
    zh="区间法的门槛值与标杆值不相等，且合乎方向",
    en="An interval's threshold and benchmark differ, and lie in its direction",
    clause="S4.5-5.a",
    cure=(
        "请填方向、门槛值（得零分）和目标值（得满分）；越高越好时门槛值低于目标值，反之高于",
        "Fill in direction, threshold (nothing) and target (full points), on its better side",
    ),
    only=lambda line: line.method == INTERVAL,
)
def interval_ends(line: Row) -> Formula:
    """The points in between are shared over their distance."""
    rising = (line.direction == HIGHER) & (line.threshold < line.target)
    falling = (line.direction == LOWER) & (line.threshold > line.target)
    return (rising | falling).or_(False)


@scheme.require(
    INDICATOR,
    zh="差额法已填每差一个单位扣的分",
    en="A difference says what a unit costs",
    clause="S4.5-5.a",
    cure=("请填大于零的分值", "Fill in points above zero"),
    only=lambda line: line.method == DIFFERENCE,
)
def difference_rate(line: Row) -> Formula:
    """Without it a miss would cost nothing."""
    return (line.off_per_unit > 0).or_(False)


@scheme.require(
    INDICATOR,
    zh="取自问卷的指标按百分数计",
    en="A line from a survey is a percentage",
    clause="S4.5-2.3",
    cure=(
        "请改为定量方法、百分数，或去掉“取自问卷”",
        "Score it by figures, as a percentage, or take the survey away",
    ),
    only=lambda line: line.survey == line.survey,
)
def survey_fits(line: Row) -> Formula:
    """What a survey yields is the share of the satisfied: nothing else can be made of it."""
    return (line.method != QUALITATIVE) & (line.measure == PERCENT).or_(False)
