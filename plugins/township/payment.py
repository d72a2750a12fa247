"""Payable, due, taken, paid (S2-5-1a): what assessment, leave, cases and suspension leave.

Chapter IV takes from what is due, never more than there is (A2-30).
"""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Row,
    first_of,
    round_to,
    smaller,
    split,
    when,
)

from .posts import POST
from .scheme import days_of, days_of_month, scheme
from .withholding import SUSPENSION

# A post's lines (5-1, 5-7)


@scheme.total(POST, zh="岗位应付绩效", en="Payable for the post", clause="S2-5-1a")
def unit_payable(post: Row) -> Formula:
    """By the rules of chapters I and II, before the quality result; absent without an account."""
    leader = post.leader_department_part.or_(0) + post.leader_hospital_part.or_(0)
    own = first_of(post.unit_share, post.administrative_pay)
    return own + leader + post.training_pay.or_(0)


@scheme.pay(POST, zh="考核增减", en="By the quality result", clause="S2-5-1a")
def quality_adjustment(post: Row, p: Parameters) -> Formula:
    """The assessment at payment, where it is not in the formula already (A2-25)."""
    change = post.unit_payable * (post.staff.assessment_coefficient - 1)
    return round_to(when(p.assessment_applied == "payment", change, 0))


@scheme.pay(POST, zh="请假扣发", en="Off for leave", clause="S2-5-7b")
def leave_deduction(post: Row) -> Formula:
    """No bonus for days on leave; what was earned piece by piece is not touched."""
    return round_to(0 - (post.unit_payable + post.quality_adjustment) * post.staff.leave_part)


@scheme.total(POST, zh="岗位应发绩效", en="Due for the post", clause="S2-5-1a")
def unit_due(post: Row) -> Formula:
    """After assessment and leave."""
    return post.unit_payable + post.quality_adjustment + post.leave_deduction


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


# A person's month (5-1)


@scheme.total(
    STAFF,
    zh="应付绩效合计",
    en="Payable",
    clause="S2-5-1a",
    only=lambda member: member.posts.unit_payable.count() == member.posts.count(),
)
def payable(member: Row) -> Formula:
    """The first of two states: what the accounting yields, once it yields it for every post."""
    own = member.outpatient_pay.or_(0) + member.technical_pay.or_(0)
    return own + member.posts.unit_payable.sum()


@scheme.pay(STAFF, zh="个人计件考核增减", en="Own: by the quality result", clause="S2-5-1a")
def own_adjustment(member: Row, p: Parameters) -> Formula:
    """The same for outpatient and technical performance."""
    own = member.outpatient_pay.or_(0) + member.technical_pay.or_(0)
    change = own * (member.assessment_coefficient - 1)
    return round_to(when(p.assessment_applied == "payment", change, 0))


@scheme.total(STAFF, zh="应发绩效合计", en="Due", clause="S2-5-1a")
def due(member: Row) -> Formula:
    """The second: what the quality result and leave make of it."""
    posts = member.posts.quality_adjustment.sum() + member.posts.leave_deduction.sum()
    return member.payable + member.own_adjustment + posts


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


# What is paid (5-1)


@scheme.total(STAFF, zh="取整前实发", en="Before rounding", clause="S2-5-1a")
def before_rounding(member: Row) -> Formula:
    """Less cases and suspended pay."""
    return member.before_cases + member.case_deduction + member.suspended_pay


@scheme.pay(STAFF, zh="取整差额", en="Rounding", clause="S2-5-1a")
def rounding_off(member: Row, p: Parameters) -> Formula:
    """What the hospital's rounding adds or takes (A2-42)."""
    exact = member.before_rounding
    return round_to(round_to(exact, p.rounding_rule) - exact)


@scheme.total(STAFF, zh="实发绩效", en="Paid", clause="S2-5-1a", payout=True)
def paid(member: Row) -> Formula:
    """Cash of the month, once a month."""
    return member.before_rounding + member.rounding_off
