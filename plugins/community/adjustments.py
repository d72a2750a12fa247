"""A manager's limited adjustment of a standard's points (document S0, 8-1).

The ledger refuses what lies outside the bounds when it is booked; here it is checked again, so
that no figure rests on an adjustment that was not allowed.
"""

from __future__ import annotations

from hpf.core import DEPARTMENT, POINT, Formula, Parameters, Row, first_day, larger, last_day

from .scheme import ADJUSTMENT, scheme

scheme.decimal(
    ADJUSTMENT, "before", zh="调整前分值", en="Points before", unit=POINT, low=0, clause="S0-8-1"
)
scheme.decimal(
    ADJUSTMENT, "after", zh="调整后分值", en="Points after", unit=POINT, low=0, clause="S0-8-1"
)
scheme.date(ADJUSTMENT, "decided", zh="决定日期", en="Decided", clause="S0-8-1")
scheme.date(ADJUSTMENT, "holds_from", zh="生效日期", en="Holds from", clause="S0-8-1")
scheme.text(ADJUSTMENT, "reason", zh="理由", en="Reason", clause="S0-8-1")


@scheme.rule(ADJUSTMENT, zh="调整的分值", en="Points adjusted by", clause="S0-8-1", unit=POINT)
def change(adjustment: Row) -> Formula:
    """Up or down."""
    up = adjustment.after - adjustment.before
    return larger(up, -up)


@scheme.require(
    ADJUSTMENT,
    zh="该标准允许负责人调整",
    en="The standard may be adjusted",
    clause="S0-8-1",
    cure=(
        "请撤销这次调整，或由医院把该标准定为可调整",
        "Withdraw it, or declare the standard adjustable",
    ),
)
def may_be_adjusted(adjustment: Row) -> Formula:
    """Only those on the hospital's list."""
    return adjustment.standard.adjustable


@scheme.require(
    ADJUSTMENT,
    zh="调整后的分值在幅度之内",
    en="The points after it are within the limit",
    clause="S0-8-1",
    cure=(
        "请调回幅度之内：超出的不截取，而是不予接受",
        "Bring it within the limit: it is refused, not clipped",
    ),
)
def within_limit(adjustment: Row, p: Parameters) -> Formula:
    """Of the standard's own points, not of what earlier adjustments made of them; inclusive."""
    standard = adjustment.standard
    room = standard.points * p.adjustment_limit
    return (adjustment.after >= standard.points - room) & (
        adjustment.after <= standard.points + room
    )


@scheme.require(
    ADJUSTMENT,
    zh="调整不溯及既往，并在本期生效",
    en="An adjustment has no effect backwards, and begins in the period",
    clause="S0-8-1",
    cure=("生效日期不得早于决定日期", "It may not hold from before the day it was decided"),
)
def not_backwards(adjustment: Row) -> Formula:
    """Events that are booked keep their value."""
    in_period = (adjustment.holds_from >= first_day()) & (adjustment.holds_from <= last_day())
    return in_period & (adjustment.holds_from >= adjustment.decided)


@scheme.rule(DEPARTMENT, zh="已用调整额度", en="Budget used", clause="S0-8-1", unit=POINT)
def adjusted(department: Row) -> Formula:
    """All adjustments of its manager in the period."""
    return department.adjustments.change.sum()


@scheme.require(
    DEPARTMENT,
    zh="调整合计在额度之内",
    en="All adjustments stay within the budget",
    clause="S0-8-1",
    cure=("请撤销一部分调整", "Withdraw some of them"),
)
def within_budget(department: Row, p: Parameters) -> Formula:
    """Inclusive."""
    return department.adjusted <= p.adjustment_budget
