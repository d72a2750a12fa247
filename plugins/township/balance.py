"""From a unit's account to what it may share out (S2-1.2-1, S2-2.2-1, S2-2.3-1, S2-2.4-1)."""

from __future__ import annotations

from typing import Any

from hpf.core import CNY, DEPARTMENT, Formula, Parameters, Row, larger, round_to, smaller, when

from .scheme import FINANCE, has_account, scheme

BALANCE = ["S2-1.2-1", "S2-2.2-1", "S2-2.3-1", "S2-2.4-1"]
_LINE: dict[str, Any] = {"clause": BALANCE, "unit": CNY}  # absent where the unit has no account
_OF_ACCOUNT: dict[str, Any] = {**_LINE, "only": has_account}

scheme.decimal(
    DEPARTMENT,
    "opening_deficit",
    zh="期初结转亏损",
    en="Deficit at the start",
    unit=CNY,
    blank="zero",
    low=0,
    reporter=FINANCE,
    clause="S2-1.2-1",
    note=(
        "只在系统启用的首月使用，以后取上月结转；空白表示没有",
        "Used in the first month only, later months take last month's; blank means none",
    ),
)
scheme.decimal(
    DEPARTMENT,
    "hospital_cover",
    zh="医院补足额",
    en="Hospital's cover",
    unit=CNY,
    blank="zero",
    low=0,
    reporter=("医院", "Hospital"),
    clause="S2-1.2-1",
    note=(
        "医院为亏损科室核定的可分配额，只在选定“医院补足”时使用；空白表示没有",
        "Pool granted to a unit in deficit, where the hospital covers deficits; blank means none",
    ),
)


@scheme.rule(DEPARTMENT, zh="收入", en="Income", **_LINE)
def income(unit: Row) -> Formula:
    """Income credited, and what other units pay for services."""
    return unit.credited_income + unit.transfer_income


@scheme.rule(DEPARTMENT, zh="一般支出", en="General expenditure", **_LINE)
def general_cost(unit: Row) -> Formula:
    """The unit's own lines, its shares, transfers and large costs."""
    own = unit.personnel_cost + unit.material_cost + unit.running_cost
    shares = unit.management_share + unit.heating_share
    others = unit.transfer_cost + unit.large_cost_charged
    return own + unit.asset_cost + unit.risk_cost + shares + others


@scheme.rule(DEPARTMENT, zh="支出", en="Expenditure", **_LINE)
def expenditure(unit: Row) -> Formula:
    """General expenditure, and what is charged by income."""
    return unit.general_cost + unit.rated_cost


@scheme.rule(DEPARTMENT, zh="结余", en="Balance", **_LINE)
def balance(unit: Row) -> Formula:
    """Income less expenditure; below zero it is a deficit."""
    return unit.income - unit.expenditure


@scheme.rule(DEPARTMENT, zh="上月结转亏损", en="Deficit brought forward", **_OF_ACCOUNT)
def deficit_brought(unit: Row, p: Parameters) -> Formula:
    """Last month's deficit where deficits are carried forward, in the first month the opening."""
    earlier = unit.past(1).deficit_carried.or_(unit.opening_deficit)
    return when(p.negative_balance_policy == "carry_forward", earlier, 0)


@scheme.rule(DEPARTMENT, zh="弥补亏损后结余", en="Balance after deficits", **_LINE)
def available(unit: Row) -> Formula:
    """What is left once earlier deficits are made good."""
    return unit.balance - unit.deficit_brought


@scheme.rule(
    DEPARTMENT, zh="适用的提取比例", en="Ratio applied", clause="S2-2.2-1", only=has_account
)
def ratio(unit: Row, p: Parameters) -> Formula:
    """The withdrawal ratio where it applies; else all of the balance is shared out (A2-14)."""
    ratio_applies = unit.is_technical | (p.withdrawal_ratio_applies_to == "all_units")
    return when(ratio_applies, p.medtech_withdrawal_ratio, 1)


@scheme.rule(DEPARTMENT, zh="提取额", en="Amount drawn", **_OF_ACCOUNT)
def drawn(unit: Row, p: Parameters) -> Formula:
    """The balance times the ratio; never below nothing (A2-27)."""
    share = larger(0, unit.available) * unit.ratio
    covered = (p.negative_balance_policy == "hospital_covers") & (unit.available < 0)
    by_account = when(covered, unit.hospital_cover, share)
    return round_to(when(unit.by_plan, unit.planned_pool, by_account))


@scheme.rule(DEPARTMENT, zh="已扣处罚", en="Fine taken", clause="S2-5-4", unit=CNY)
def fine_taken(unit: Row) -> Formula:
    """Out of the amount drawn, as far as it goes."""
    return smaller(unit.drawn_now, unit.mismatch_fine)


@scheme.rule(DEPARTMENT, zh="可分配额", en="Distributable", **_LINE)
def distributable(unit: Row) -> Formula:
    """The unit's pool before assessment, never below nothing."""
    return unit.drawn_now - unit.fine_taken


@scheme.rule(DEPARTMENT, zh="结转下月亏损", en="Deficit carried forward", **_OF_ACCOUNT)
def deficit_carried(unit: Row, p: Parameters) -> Formula:
    """Where deficits are carried forward; the year's, once it is settled; by plan none."""
    carries = (p.negative_balance_policy == "carry_forward") & ~unit.by_plan
    deficit = when(unit.settles_year, unit.year_overdrawn, larger(0, -unit.available))
    return when(carries, deficit, 0)


@scheme.rule(DEPARTMENT, zh="医院留存或承担", en="Kept or borne by the hospital", **_LINE)
def hospital_part(unit: Row) -> Formula:
    """What is neither shared out nor carried on: kept (+) or borne (−) by the hospital."""
    return unit.available + unit.deficit_carried - unit.distributable
