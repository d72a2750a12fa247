"""What cases and suspensions take (S2 chapter IV), never more than there is (A2-30)."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Row,
    round_to,
    smaller,
    split,
    when,
)

from .days import days_of, days_of_month
from .posts import POST
from .scheme import scheme
from .withholding import SUSPENSION

# A unit's cases (4-1, 4-6)


@scheme.rule(
    DEPARTMENT, zh="上月结转的科室扣款", en="Unit's claim brought", clause="S2-4-1", unit=CNY
)
def unit_claim_brought(unit: Row) -> Formula:
    """What last month's pay could not cover, where it is carried."""
    return unit.past(1).unit_claim_carried.or_(0)


@scheme.rule(
    DEPARTMENT, zh="科室应扣", en="Claim on the unit", clause=["S2-4-1", "S2-4-6"], unit=CNY
)
def unit_claim(unit: Row) -> Formula:
    """Brought forward, a month's pay of the unit for each such case, and compensation."""
    months = unit.posts.unit_due.sum() * unit.cases.months_taken.sum()
    return unit.unit_claim_brought + months + unit.cases.amount_taken.sum()


@scheme.rule(
    DEPARTMENT, zh="科室实扣", en="Taken from the unit", clause=["S2-4-1", "S2-4-6"], unit=CNY
)
def unit_claim_taken(unit: Row) -> Formula:
    """Never more than the unit's pay."""
    return round_to(smaller(unit.unit_claim, unit.posts.unit_due.sum()))


@scheme.rule(DEPARTMENT, zh="科室未扣足", en="Not covered", clause="S2-4-1", unit=CNY)
def unit_claim_open(unit: Row) -> Formula:
    """Withheld more than earned: the rest."""
    return unit.unit_claim - unit.unit_claim_taken


@scheme.rule(DEPARTMENT, zh="科室结转下月扣款", en="Carried", clause="S2-4-1", unit=CNY)
def unit_claim_carried(unit: Row, p: Parameters) -> Formula:
    """To next month's pay, where the hospital says so; else it leaves the payroll."""
    return when(p.excess_claim == "carried_forward", unit.unit_claim_open, 0)


@scheme.pay(
    POST,
    zh="科室案件扣款",
    en="Deducted for the unit's case",
    clause=["S2-4-1", "S2-4-6"],
)
def unit_case_deduction(post: Row) -> Formula:
    """The unit's people bear it by what each has due, to the fen."""
    return split(0 - post.unit.unit_claim_taken, by=post.unit_due, within=post.unit)


# A person's cases (4-2 to 4-7)


@scheme.total(STAFF, zh="扣案件款前", en="Before own cases", clause="S2-4-2")
def before_cases(member: Row) -> Formula:
    """What is due, less the unit's case."""
    return member.due + member.posts.unit_case_deduction.sum()


@scheme.rule(STAFF, zh="上月结转扣款", en="Claim brought", clause="S2-4-2", unit=CNY)
def claim_brought(member: Row) -> Formula:
    """What last month's pay could not cover, where it is carried."""
    return member.past(1).claim_carried.or_(0)


@scheme.rule(
    STAFF,
    zh="应扣",
    en="Claim",
    clause=["S2-4-2", "S2-4-3", "S2-4-4", "S2-4-5", "S2-4-6", "S2-4-7"],
    unit=CNY,
)
def claim(member: Row) -> Formula:
    """Brought forward, a month's pay for each case that costs one, fines and compensation."""
    months = member.before_cases * member.cases.months_taken.sum()
    return member.claim_brought + months + member.cases.amount_taken.sum()


@scheme.pay(
    STAFF,
    zh="个人案件扣款",
    en="Deducted for own cases",
    clause=["S2-4-2", "S2-4-3", "S2-4-4", "S2-4-5", "S2-4-6", "S2-4-7"],
)
def case_deduction(member: Row) -> Formula:
    """Several add up, but a month never falls below nothing."""
    return round_to(0 - smaller(member.claim, member.before_cases))


@scheme.rule(STAFF, zh="未扣足", en="Not covered", clause="S2-4-2", unit=CNY)
def claim_open(member: Row) -> Formula:
    """Withheld more than earned: the rest."""
    return member.claim + member.case_deduction


@scheme.rule(STAFF, zh="结转下月扣款", en="Carried", clause="S2-4-2", unit=CNY)
def claim_carried(member: Row, p: Parameters) -> Formula:
    """To next month's pay, where the hospital says so; else it leaves the payroll."""
    return when(p.excess_claim == "carried_forward", member.claim_open, 0)


# Suspended pay: dated records with their reason

scheme.date(SUSPENSION, "begins", zh="停发开始日", en="First day", clause="S2-4-2")
scheme.date(
    SUSPENSION,
    "resumes",
    zh="恢复发放日",
    en="Paid again from",
    blank="not_applicable",
    clause="S2-4-2",
    note=("尚未恢复留空", "Blank while it lasts"),
)
scheme.decimal(
    SUSPENSION,
    "share",
    zh="停发比例",
    en="Share suspended",
    low=0,
    high=1,
    clause="S2-4-2",
    note=("1 为全部停发", "1: all of it"),
)
scheme.text(SUSPENSION, "reason", zh="停发原因", en="Reason", clause="S2-4-2")


@scheme.require(
    SUSPENSION,
    zh="恢复发放日晚于停发开始日",
    en="Pay resumes after it was suspended",
    clause="S2-4-2",
    cure=("请改正日期", "Correct the dates"),
)
def suspension_ends_after_it_begins(record: Row) -> Formula:
    """Half-open: the day of resumption is paid."""
    return record.resumes > record.begins


@scheme.rule(SUSPENSION, zh="本月停发天数", en="Days suspended", clause="S2-4-2", unit=DAY)
def suspended_days(record: Row) -> Formula:
    """Calendar days of the month."""
    return days_of(record.begins, record.resumes)


@scheme.rule(STAFF, zh="停发占比", en="Suspended part", clause="S2-4-2")
def suspended_part(member: Row) -> Formula:
    """Days × share over the days of the month, at most all of it."""
    days = member.suspensions.sum(lambda record: record.suspended_days * record.share)
    return smaller(1, days / days_of_month())


@scheme.pay(STAFF, zh="停发（暂扣）", en="Suspended", clause="S2-4-2")
def suspended_pay(member: Row) -> Formula:
    """Held back from what is left."""
    return round_to(0 - (member.before_cases + member.case_deduction) * member.suspended_part)
