"""What is payable, what is due after assessment and leave, what is paid (S2 chapter V, item 1)."""

from __future__ import annotations

from hpf.core import STAFF, Formula, Parameters, Row, round_to, when

from .posts import POST
from .scheme import scheme

# A post's lines


@scheme.total(POST, zh="岗位应付绩效", en="Payable for the post", clause="S2-5-1a")
def unit_payable(post: Row) -> Formula:
    """By the rules of chapters I and II, before the quality result."""
    leader = post.leader_department_part.or_(0) + post.leader_hospital_part.or_(0)
    own = post.unit_share.or_(0) + post.administrative_pay.or_(0)
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


# A person's month


@scheme.total(STAFF, zh="应付绩效合计", en="Payable", clause="S2-5-1a")
def payable(member: Row) -> Formula:
    """The first of two states: what the accounting yields."""
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
    own = member.outpatient_pay.or_(0) + member.technical_pay.or_(0)
    return own + member.own_adjustment + member.posts.unit_due.sum()


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
