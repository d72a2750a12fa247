"""Sections 2 to 6 together: the department's bonus, each person's share, a bonus of one's own."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, STAFF, Formula, Row, first_of, round_to, split

from .scheme import scheme


@scheme.rule(
    DEPARTMENT,
    zh="科室奖金",
    en="Department's bonus",
    clause=["S4.3-2.6", "S4.3-2.5", "S4.3-4.2", "S4.3-5.1"],
    unit=CNY,
)
def department_bonus(department: Row) -> Formula:
    """To the fen, once for the department, before anybody has a part of it."""
    return round_to(
        first_of(
            department.bath_award,
            department.preparation_bonus,
            department.bonus_less_expired,
            department.rate_bonus,
        )
    )


# A person's part of it: the document prints no distribution inside a department.

scheme.decimal(
    STAFF,
    "share_weight",
    zh="科内分配权重",
    en="Weight within the department",
    blank="not_applicable",
    low=0,
    clause="S4.3-1.4",
    note=(
        "科内分配办法原文未印，权重由医院确定；只取平均奖的岗位不填",
        "No distribution is printed: the hospital's weights; none where the average alone pays",
    ),
)


@scheme.require(
    STAFF,
    zh="参加科内分配的人员已填权重",
    en="Whoever shares a department's bonus has a weight",
    clause="S4.3-1.4",
    only=lambda person: person.keeps_own,
    cure=("不参加当月分配的填 0", "Fill in 0 for whoever takes no part this month"),
)
def weight_reported(person: Row) -> Formula:
    """A blank is no zero."""
    return (person.share_weight >= 0).or_(False)


@scheme.pay(
    STAFF,
    zh="科室奖金份额",
    en="Share of the department's bonus",
    clause=["S4.3-1.4", "S4.3-2.6"],
    only=lambda person: person.keeps_own,
)
def department_share(person: Row) -> Formula:
    """By weight, to the fen; the shares are the bonus."""
    department = person.department
    return split(department.department_bonus, by=person.share_weight, within=department)


@scheme.require(
    DEPARTMENT,
    zh="科室奖金全部分到人",
    en="The department's bonus is shared out whole",
    clause="S4.3-1.4",
    cure=(
        "请检查本科室人员的岗位与权重",
        "Check the posts and weights of the department's staff",
    ),
)
def bonus_is_shared(department: Row) -> Formula:
    """To the fen."""
    return department.staff.department_share.sum() == department.department_bonus


@scheme.total(
    STAFF,
    zh="单独取得的奖金",
    en="Bonus of one's own",
    clause=["S4.3-9", "S4.3-8.2.a", "S4.3-8.2.b"],
    only=lambda person: person.keeps_own,
)
def own_bonus(person: Row) -> Formula:
    """Sections 2 to 6: awards in one's own name, and the share of the department's bonus."""
    return (
        person.drug_use_subsidy.or_(0)
        + person.admission_award.or_(0)
        + person.record_award.or_(0)
        + person.operation_award.or_(0)
        + person.department_share.or_(0)
    )
