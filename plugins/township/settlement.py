"""The year's settlement of units whose account runs over the whole year (S2-5-4, S2-5-5; A2-36).

Each month's amount drawn is an advance. In the month that ends the year, the same rule is applied
to the year's balance; what that yields more or less than the advances is settled in this month.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    HOSPITAL,
    Formula,
    Parameters,
    Row,
    days_between,
    exact,
    first_day,
    first_of,
    larger,
    last_day,
    months_later,
    round_to,
    when,
)

from .bylaws import BY_MONTH, closes_year
from .scheme import FINANCE, has_account, scheme

MONTHS = 12
A_YEARS_END = dt.date(1999, 12, 31)  # a leap year follows, as the rule below needs it
DAYS_OF_YEAR = "365.25"
BY_YEAR_CLAUSES = ["S2-5-4", "S2-5-5"]
_OF_ACCOUNT: dict[str, Any] = {"clause": BY_YEAR_CLAUSES, "unit": CNY, "only": has_account}

scheme.date(
    HOSPITAL,
    "year_ends_on",
    zh="年终结算日",
    en="Year settled on",
    blank="not_applicable",
    reporter=FINANCE,
    clause=BY_YEAR_CLAUSES[1],
    note=(
        "有全年统算科室时每月都填，填当年12月31日；在这一天所在的月份结算全年",
        "31 December, in every month, where a unit is settled over the year; its month settles",
    ),
)


@scheme.rule(DEPARTMENT, zh="本年累计结余", en="Balance of the year", clause="S2-5-5", unit=CNY)
def balance_of_year(unit: Row) -> Formula:
    """Up to this month, for units whose account runs over the whole year."""
    return unit.year_to_date().balance.sum()


@scheme.condition(
    DEPARTMENT,
    zh="本年全年统算",
    en="Settled over the year",
    clause=BY_YEAR_CLAUSES,
    only=has_account,
)
def over_the_year(unit: Row) -> Formula:
    """Once a month of the year was not settled by itself, the whole year is settled."""
    return unit.year_to_date().where(lambda month: month.settlement != BY_MONTH).count() > 0


@scheme.require(
    DEPARTMENT,
    zh="有全年统算科室的医院写明年终结算日，不早于本月末、在一年以内",
    en="Where a unit is settled over the year, its last day is named: ahead, within twelve months",
    clause=BY_YEAR_CLAUSES,
    cure=("请在医院表填写当年12月31日", "Enter 31 December of this year in the hospital's sheet"),
    only=lambda unit: unit.over_the_year,
)
def year_end_is_named(unit: Row) -> Formula:
    """Else December could pass without a settlement, and nobody would be told."""
    ends = unit.hospital.year_ends_on
    ahead = (ends >= last_day()) & (ends < months_later(first_day(), MONTHS))
    return first_of(ahead, False)


@scheme.require(
    DEPARTMENT,
    zh="年终结算日是12月31日",
    en="The year is settled on 31 December",
    clause=BY_YEAR_CLAUSES,
    cure=(
        "本年累计从1月算起，别的日子会漏掉几个月；请在医院表改为当年12月31日",
        "The year's sums begin in January, any other day leaves months out: enter 31 December",
    ),
    only=lambda unit: unit.over_the_year,
)
def year_ends_in_december(unit: Row) -> Formula:
    """Whole years of 365¼ days after another 31 December, and no day more; until 2099."""
    days = days_between(A_YEARS_END, unit.hospital.year_ends_on)
    return days - round_to(days, DAYS_OF_YEAR, "floor") < exact("1", DAY)


@scheme.condition(
    DEPARTMENT,
    zh="本月结算全年",
    en="This month settles the year",
    clause=BY_YEAR_CLAUSES,
    only=has_account,
)
def settles_year(unit: Row) -> Formula:
    """In the month of that day; a unit paid by plan has its pool from the plan."""
    return unit.over_the_year & closes_year(unit)


def settling(unit: Row) -> Formula:
    """A unit whose year is settled in this month."""
    return unit.settles_year


_LINE: dict[str, Any] = {"clause": BY_YEAR_CLAUSES, "unit": CNY}  # absent in other months
_SETTLING: dict[str, Any] = {**_LINE, "only": settling}


@scheme.rule(DEPARTMENT, zh="年初结转亏损", en="Deficit at the year's start", **_SETTLING)
def year_deficit_brought(unit: Row) -> Formula:
    """What the year's first month brought forward; months before the system began have none."""
    earlier = (unit.past(back).deficit_brought for back in range(MONTHS - 1, 0, -1))
    return first_of(*earlier, unit.deficit_brought)


@scheme.rule(DEPARTMENT, zh="全年应提取额", en="Due for the year", **_LINE)
def year_due(unit: Row) -> Formula:
    """The year's balance less that deficit, times the ratio; below zero the year is a deficit."""
    return round_to((unit.balance_of_year - unit.year_deficit_brought) * unit.ratio)


@scheme.rule(DEPARTMENT, zh="全年已提取额", en="Drawn in the year", **_SETTLING)
def year_drawn(unit: Row) -> Formula:
    """The advances of all months, with what this month yields by itself."""
    return unit.year_to_date().drawn.sum()


@scheme.rule(DEPARTMENT, zh="年终结算差额", en="Settlement of the year", **_LINE)
def year_rest(unit: Row) -> Formula:
    """Above zero it is added to this month's amount, below zero it comes off."""
    return unit.year_due - unit.year_drawn


@scheme.rule(DEPARTMENT, zh="本月实际提取额", en="Drawn now", **_OF_ACCOUNT)
def drawn_now(unit: Row, p: Parameters) -> Formula:
    """The month's amount and the year's settlement; overdrawn it is nothing, or what is covered."""
    settled = unit.drawn + unit.year_rest
    covered = (p.negative_balance_policy == "hospital_covers") & (settled < 0)
    by_year = when(covered, unit.hospital_cover, larger(0, settled))
    return when(unit.settles_year, round_to(by_year), unit.drawn)


@scheme.rule(DEPARTMENT, zh="全年超提取额折合结余", en="Overdrawn, as a balance", **_SETTLING)
def year_overdrawn(unit: Row) -> Formula:
    """What the year drew beyond its due and no month is left to take off, before the ratio."""
    settled = unit.drawn + unit.year_rest
    return when(settled < 0, 0 - settled / unit.ratio, 0)
