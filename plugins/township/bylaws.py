"""By-laws on costs (S2-5-2 to S2-5-5): instalments, proportion to income, yearly accounts."""

from __future__ import annotations

from typing import Any

from hpf.core import (
    CNY,
    DEPARTMENT,
    Formula,
    Parameters,
    Row,
    first_day,
    first_of,
    last_day,
    months_later,
    round_to,
    when,
)

from .scheme import DUE_DAY, LARGE_COST, UNIT_ITSELF, has_account, scheme

EQUIPMENT, REPAIR, MATERIALS = "设备购置", "设备维修", "材料等非固定支出"
TERMS = ("2期", "3期", "4期", "5期", "6期", "9期", "12期", "18期", "24期", "36期", "48期", "60期")
AT_ONCE, INSTALMENTS, LONGER_LIFE = "一次计入", "分期扣除", "延长折旧"
LEFT_ALONE, BY_COST_RATE, BY_YEAR = "不处理", "按成本率重算", "全年统算"
BY_MONTH, ADVANCE, SETTLED = "按月结算", "全年统算（本月为预发）", "全年统算（本月结算）"
_FILED: dict[str, Any] = {"reporter": UNIT_ITSELF, "due_day": DUE_DAY}

# S2-5-2, S2-5-3: large costs, in instalments or over a longer depreciation once approved

scheme.choice(
    LARGE_COST,
    "cause",
    (EQUIPMENT, REPAIR, MATERIALS),
    zh="支出原因",
    en="Cause",
    clause="S2-5-2",
    **_FILED,
)
scheme.decimal(
    LARGE_COST, "cost", zh="支出金额", en="Cost", unit=CNY, low=0, clause="S2-5-2", **_FILED
)
scheme.date(
    LARGE_COST,
    "first_month",
    zh="首期月份",
    en="First month",
    clause="S2-5-2",
    note=(
        "支出当月或批准的首期，填该月任意一天",
        "Month of the expenditure, or of the first instalment approved; any day of it",
    ),
    **_FILED,
)
scheme.choice(
    LARGE_COST,
    "applied_for",
    (AT_ONCE, INSTALMENTS, LONGER_LIFE),
    zh="申请的处理",
    en="Treatment applied for",
    clause="S2-5-2",
    **_FILED,
)
scheme.boolean(
    LARGE_COST,
    "approved",
    zh="已批准",
    en="Approved",
    blank="zero",
    reporter=("审批机构", "Approving body"),
    due_day=DUE_DAY,
    clause="S2-5-3",
    note=("空白为未批准，全额计入首期当月", "Blank: not approved, the whole falls in its month"),
)
scheme.choice(
    LARGE_COST,
    "term",
    TERMS,
    zh="批准的期数",
    en="Instalments approved",
    blank="not_applicable",
    reporter=("审批机构", "Approving body"),
    due_day=DUE_DAY,
    clause="S2-5-2",
    note=("每月一期；一次计入的留空", "One a month; blank for a cost taken at once"),
)


@scheme.condition(LARGE_COST, zh="分期计入", en="Taken in instalments", clause=["S2-5-2", "S2-5-3"])
def spread(cost: Row) -> Formula:
    """Applied for and approved; longer depreciation is a spread over more months."""
    return cost.approved & (cost.applied_for != AT_ONCE)


@scheme.require(
    LARGE_COST,
    zh="获准分期的设备支出达到大额标准",
    en="Equipment paid in instalments is a large expenditure",
    clause="S2-5-2",
    cure=(
        "未达标准的支出请一次计入；过量领用材料不受此限",
        "Take a smaller cost at once; materials drawn in excess know no such limit",
    ),
    only=lambda cost: cost.spread & (cost.cause != MATERIALS),
)
def large_enough(cost: Row, p: Parameters) -> Formula:
    """Only large expenditure for equipment or its repair may be spread."""
    return cost.cost >= p.large_expenditure_threshold


@scheme.rule(LARGE_COST, zh="期数", en="Number of instalments", clause=["S2-5-2", "S2-5-3"])
def instalments(cost: Row, p: Parameters) -> Formula:
    """As approved, one a month; a cost that is not spread has one."""
    return when(cost.spread, p.instalment_count[cost.term], 1)


@scheme.rule(LARGE_COST, zh="每期金额", en="Each instalment", clause=["S2-5-2", "S2-5-3"], unit=CNY)
def instalment(cost: Row) -> Formula:
    """Cut to the fen, so that the last instalment takes what is left over."""
    return round_to(cost.cost / cost.instalments, mode="floor")


@scheme.require(
    LARGE_COST,
    zh="获准分期的支出写明期数",
    en="A cost that is spread has its number of instalments",
    clause=["S2-5-2", "S2-5-3"],
    cure=("请填写批准的期数", "Enter the instalments approved"),
    only=lambda cost: cost.spread,
)
def term_is_given(cost: Row) -> Formula:
    """Approval names the number."""
    return first_of(cost.instalments, 0) > 0


@scheme.rule(
    LARGE_COST, zh="本月计入额", en="Charged this month", clause=["S2-5-2", "S2-5-3"], unit=CNY
)
def charged(cost: Row, p: Parameters) -> Formula:
    """An instalment while they run, the last one whatever is left; unapproved, whole at once."""
    after_the_last = months_later(cost.first_month, p.instalment_count[cost.term])
    running = (cost.first_month <= last_day()) & (after_the_last > last_day())
    is_last = after_the_last < months_later(first_day(), 2)
    rest = cost.cost - cost.instalment * (cost.instalments - 1)
    this_month = (cost.first_month >= first_day()) & (cost.first_month <= last_day())
    return when(
        cost.spread,
        when(running, when(is_last, rest, cost.instalment), 0),
        when(this_month, cost.cost, 0),
    )


@scheme.rule(
    DEPARTMENT, zh="大额支出计入额", en="Large costs charged", clause=["S2-5-2", "S2-5-3"], unit=CNY
)
def large_cost_charged(unit: Row) -> Formula:
    """Of all large costs of the unit."""
    return unit.large_costs.charged.sum()


# S2-5-4: materials must be in proportion to income

scheme.choice(
    DEPARTMENT,
    "mismatch_decision",
    (LEFT_ALONE, BY_COST_RATE, BY_YEAR),
    zh="成本与收入不相称的处理",
    en="Decision on a mismatch",
    blank="not_applicable",
    reporter=("医院", "Hospital"),
    due_day=DUE_DAY,
    clause="S2-5-4",
    note=(
        "查实有人为因素才填，两种办法只用一种；空白为不处理",
        "Only where found deliberate, one remedy of the two; blank: none",
    ),
)
scheme.decimal(
    DEPARTMENT,
    "mismatch_fine",
    zh="不相称的经济处罚",
    en="Fine for a mismatch",
    unit=CNY,
    blank="zero",
    low=0,
    reporter=("医院", "Hospital"),
    due_day=DUE_DAY,
    clause="S2-5-4",
    note=(
        "对科室的处罚，由医院逐案决定；空白表示没有；对个人的处罚另列",
        "Of the unit, case by case; blank means none; a person's stands elsewhere",
    ),
)


@scheme.rule(
    DEPARTMENT,
    zh="按成本率计算的材料支出",
    en="Materials by the cost rate",
    clause="S2-5-4",
    unit=CNY,
)
def materials_imputed(unit: Row, p: Parameters) -> Formula:
    """Cost rate of the unit's kind × income credited."""
    return round_to(unit.credited_income * p.cost_rate[unit.kind])


@scheme.require(
    DEPARTMENT,
    zh="材料支出与收入相称",
    en="Materials are in proportion to income",
    clause="S2-5-4",
    cure=(
        "请查明原因；确属人为的，由医院决定按成本率重算或全年统算",
        "Find out why; where deliberate, the hospital decides on the cost rate or a yearly account",
    ),
    severity="notice",
)
def in_proportion(unit: Row, p: Parameters) -> Formula:
    """Booked and imputed differ by no more than the tolerance, in either direction."""
    margin = unit.credited_income * p.mismatch_tolerance
    not_too_high = unit.materials_booked <= unit.materials_imputed + margin
    return not_too_high & (unit.materials_booked >= unit.materials_imputed - margin)


@scheme.rule(DEPARTMENT, zh="材料支出", en="Materials charged", clause="S2-5-4", unit=CNY)
def material_cost(unit: Row) -> Formula:
    """As booked; by the cost rate where the hospital has so decided."""
    decided = first_of(unit.mismatch_decision, LEFT_ALONE)
    return when(decided == BY_COST_RATE, unit.materials_imputed, unit.materials_booked)


# S2-5-5: seasonal units

scheme.boolean(
    DEPARTMENT,
    "seasonal_account",
    zh="因收入波动全年统算",
    en="Yearly account, income being seasonal",
    blank="zero",
    reporter=("医院", "Hospital"),
    due_day=DUE_DAY,
    clause="S2-5-5",
    note=("由医院决定；空白为按月结算", "The hospital's decision; blank: by the month"),
)


def closes_year(unit: Row) -> Formula:
    """The month of the day on which the hospital's year ends; a unit paid by plan closes none."""
    return first_of(unit.hospital.year_ends_on <= last_day(), False) & ~unit.by_plan


@scheme.grade(
    DEPARTMENT,
    (BY_MONTH, ADVANCE, SETTLED),
    zh="结算方式",
    en="Settlement",
    clause=["S2-5-4", "S2-5-5"],
    only=has_account,
)
def settlement(unit: Row) -> Formula:
    """By the month, or over the whole year: a month's pay is an advance, the last one settles."""
    decided = first_of(unit.mismatch_decision, LEFT_ALONE) == BY_YEAR
    by_year = when(closes_year(unit), SETTLED, ADVANCE)
    return when(unit.seasonal_account | decided, by_year, BY_MONTH)


@scheme.require(
    DEPARTMENT,
    zh="本月收入与近十二个月平均相差不大",
    en="This month's income is near the mean of twelve months",
    clause="S2-5-5",
    cure=(
        "收入季节性强的科室，医院可决定全年统算",
        "The hospital may settle a seasonal unit over the whole year",
    ),
    severity="notice",
    only=lambda unit: ~unit.seasonal_account,
)
def steady_income(unit: Row, p: Parameters) -> Formula:
    """Within the hospital's criterion; a wide swing decides nothing by itself."""
    usual = unit.window(12).credited_income.mean()
    swing = usual * p.seasonality_criterion
    return (unit.credited_income <= usual + swing) & (unit.credited_income >= usual - swing)
