"""From items to the total (document S4.5, part 4.1)."""

from __future__ import annotations

from hpf.core import (
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

from .methods import METHODS
from .table import EMPLOYEES, ITEM, MANAGEMENT, PATIENTS, PUBLIC, QUALITY, scheme


def scorable(item: Row) -> Formula:
    """Whether the item has a result of its own to score."""
    return ~item.not_scorable


def asks(line: Row, survey: str) -> Formula:
    """Whether a line takes its result from a survey."""
    return (line.survey == survey).or_(False)


def counts(item: Row, p: Parameters) -> Formula:
    """Whether the item's points stand in the hospital's total."""
    return scorable(item) | (p.unscorable != "reweight")


@scheme.rule(ITEM, zh="目标值", en="Target", clause="S4.5-4.1.a")
def target(item: Row) -> Formula:
    """The hospital's own, else the table's."""
    return item.own_target.or_(item.indicator.target)


@scheme.rule(ITEM, zh="完成值", en="Result", clause=["S4.5-4.1.a", "S4.5-2.3"])
def result(item: Row) -> Formula:
    """The reported actual; where there is none, what the line's survey came to, in per cent."""
    line, hospital = item.indicator, item.hospital
    staff = when(asks(line, EMPLOYEES), hospital.staff_satisfaction * 100, item.actual)
    surveyed = when(asks(line, PATIENTS), hospital.patient_satisfaction * 100, staff)
    return item.actual.or_(surveyed)


@scheme.rule(
    ITEM,
    zh="绩效值（未封顶）",
    en="Raw points",
    clause=["S4.5-4.1.a", "S4.5-4.1.b", "S4.5-4.1.c", "S4.5-5.a"],
    unit=POINT,
    only=scorable,
)
def raw(item: Row, p: Parameters) -> Formula:
    """By the method of the item's line; above the points where the target is exceeded."""
    return score_by_method(item, p, METHODS, line=item.indicator)


@scheme.rule(
    ITEM,
    zh="绩效值",
    en="Points",
    clause=["S4.5-4.1.a", "S4.5-4.1.b", "S4.5-4.1.c", "S4.5-4.1.d"],
    unit=POINT,
    only=counts,
)
def score(item: Row, p: Parameters) -> Formula:
    """Between nothing and the item's own points, so that no item touches another."""
    points = item.indicator.standard_points
    capped = when(p.cap_at_points, smaller(item.raw, points), item.raw)
    instead = when(p.unscorable == "full_points", points, 0)
    return when(item.not_scorable, instead, larger(0, capped))


@scheme.rule(HOSPITAL, zh="综合管理得分", en="Points, management", clause="S4.5-2.1", unit=POINT)
def management_points(hospital: Row) -> Formula:
    """Items of the first part, before any re-weighting."""
    return hospital.items.where(lambda item: item.indicator.part == MANAGEMENT).score.sum()


@scheme.rule(HOSPITAL, zh="医疗质量管理得分", en="Points, quality", clause="S4.5-2.2", unit=POINT)
def quality_points(hospital: Row) -> Formula:
    """Items of the second part, before any re-weighting."""
    return hospital.items.where(lambda item: item.indicator.part == QUALITY).score.sum()


@scheme.rule(HOSPITAL, zh="群众评价与监督得分", en="Points, public", clause="S4.5-2.3", unit=POINT)
def public_points(hospital: Row) -> Formula:
    """Items of the third part, before any re-weighting."""
    return hospital.items.where(lambda item: item.indicator.part == PUBLIC).score.sum()


@scheme.rule(HOSPITAL, zh="计入的标准分值", en="Points counted", clause="S4.5-4.1.e", unit=POINT)
def points_counted(hospital: Row, p: Parameters) -> Formula:
    """Of the items that stand in the total: the full marks, unless some are not scorable."""
    counted = hospital.items.where(lambda item: counts(item, p))
    return counted.sum(lambda item: item.indicator.standard_points)


@scheme.rule(HOSPITAL, zh="总绩效值", en="Total", clause="S4.5-4.1.e", unit=POINT)
def total(hospital: Row, p: Parameters) -> Formula:
    """The sum of all items in full precision; points of items that are left out go to the rest."""
    earned = hospital.management_points + hospital.quality_points + hospital.public_points
    return earned * p.full_marks / hospital.points_counted


@scheme.rule(HOSPITAL, zh="总绩效值（公布）", en="Total as shown", clause="S4.5-4.1.e", unit=POINT)
def total_shown(hospital: Row, p: Parameters) -> Formula:
    """For display alone: bands and ranks are decided on the total itself."""
    return round_to(hospital.total, p.shown_step)
