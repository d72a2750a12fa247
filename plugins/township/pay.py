"""Technical items, units' pools and their people (S2 chapter I, 1.2-5 and 1.4; chapter II)."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Row,
    entity,
    larger,
    link,
    round_to,
    split,
    when,
)

from .posts import NO_OFFICE, POST
from .scheme import DUE_DAY, UNIT_ITSELF, has_account, scheme

scheme.decimal(
    DEPARTMENT,
    "assessment_coefficient",
    zh="科室考核系数",
    en="The unit's assessment coefficient",
    low=0,
    direction="higher",
    clause="S2-1.2-3",
    note=(
        "当月质量与管理目标考核结果；没有考核不得发放",
        "The month's assessment of quality and management; nothing is paid without it",
    ),
)
scheme.decimal(
    STAFF,
    "assessment_coefficient",
    zh="个人考核系数",
    en="The person's assessment coefficient",
    low=0,
    direction="higher",
    clause="S2-1.1-4",
    note=("当月考核结果，例如 0.95", "The month's assessment, e.g. 0.95"),
)

# 1.4-1 The doctor's own technical performance

TECHNICAL_ITEM = scheme.entity(entity("technical_item", "高技术项目", "Technical item"))
TECHNICAL_WORK = scheme.entity(
    entity(
        "technical_work",
        "高技术项目完成情况",
        "Technical work done",
        link("doctor", STAFF, "医生", "Doctor", "technical_works"),
        link("item", TECHNICAL_ITEM, "项目", "Item", "works"),
    )
)
scheme.decimal(
    TECHNICAL_ITEM,
    "proportion",
    zh="个人计提比例",
    en="The doctor's proportion",
    low=0,
    high=1,
    clause="S2-1.4-1",
    note=("由医院逐项确定，例如 0.03", "The hospital's, item by item, e.g. 0.03"),
)
scheme.decimal(
    TECHNICAL_WORK,
    "benefit",
    zh="综合效益",
    en="Comprehensive benefit",
    unit=CNY,
    low=0,
    clause="S2-1.4-1",
    reporter=UNIT_ITSELF,
    due_day=DUE_DAY,
    note=("按医院规定的口径计算", "As the hospital defines it"),
)


@scheme.pay(
    STAFF,
    zh="个人技术绩效",
    en="Personal technical performance",
    clause="S2-1.4-1",
    only=lambda doctor: doctor.technical_works.count() > 0,
)
def technical_pay(doctor: Row) -> Formula:
    """Each item's proportion of the benefit that the doctor realised."""
    return round_to(doctor.technical_works.sum(lambda work: work.benefit * work.item.proportion))


# 1.4-2 The unit's benefit performance


@scheme.rule(
    DEPARTMENT,
    zh="上月结转本科室的未发绩效",
    en="Unpaid last month, brought to the unit",
    clause="S2-5-1a",
    unit=CNY,
    only=has_account,
)
def unpaid_brought(unit: Row) -> Formula:
    """What was withheld last month, where the hospital leaves it with the unit."""
    return unit.past(1).unpaid_carried.or_(0)


@scheme.rule(DEPARTMENT, zh="可用绩效", en="Funds of the unit", clause="S2-1.4-2", unit=CNY)
def funds(unit: Row) -> Formula:
    """The distributable amount and what last month left, never below nothing."""
    return larger(0, unit.distributable + unit.unpaid_brought)


@scheme.rule(DEPARTMENT, zh="科室效益绩效", en="Pool", clause=["S2-1.4-2", "S2-1.2-3"], unit=CNY)
def pool(unit: Row, p: Parameters) -> Formula:
    """The funds, times the unit's assessment where that is the one that counts."""
    assessment = when(p.assessment_applied == "unit", unit.assessment_coefficient, 1)
    return round_to(unit.funds * assessment)


# 1.2-5 Leaders


def leads(post: Row) -> Formula:
    """Presides over the unit, and shares in it."""
    return (post.office != NO_OFFICE) & (post.heads > 0)


@scheme.require(
    STAFF,
    zh="每人只在一处享受科室负责人补助",
    en="A person receives the leader's supplement once",
    clause="S2-1.2-5",
    cure=("请只保留一处主持职务，其余填“无”", "Keep one office, and put 无 into the others"),
)
def leads_once(member: Row) -> Formula:
    """Two offices in one person are paid once (A2-05)."""
    return member.posts.where(lambda post: post.office != NO_OFFICE).count() <= 1


@scheme.rule(DEPARTMENT, zh="科室折合人数", en="Heads", clause="S2-2.3-2", only=has_account)
def paid_heads(unit: Row) -> Formula:
    """Of those who share in the pool."""
    return unit.posts.heads.sum()


@scheme.rule(DEPARTMENT, zh="主持负责人数", en="Leaders", clause="S2-1.2-5", only=has_account)
def leaders(unit: Row) -> Formula:
    """Directors, deputy directors and head nurses in charge."""
    return unit.posts.where(leads).count()


def _from_department(p: Parameters) -> Formula:
    included = p.leader_supplement == "includes_hospital_part"
    total, hospital = p.leader_supplement_total, p.leader_supplement_hospital
    return when(included, total - hospital, total)


@scheme.rule(
    DEPARTMENT,
    zh="科室人均奖金",
    en="Bonus per head",
    clause="S2-1.2-5",
    unit=CNY,
    only=lambda unit: unit.paid_heads > 0,
)
def per_head(unit: Row, p: Parameters) -> Formula:
    """The pool over its heads, the leaders' part from inside the pool counted with them."""
    return unit.pool / (unit.paid_heads + _from_department(p) * unit.leaders)


@scheme.pay(
    POST, zh="负责人补助（科室承担）", en="Leader's supplement, from the department",
    clause="S2-1.2-5", only=leads,
)  # fmt: skip
def leader_department_part(post: Row, p: Parameters) -> Formula:
    """Taken inside the pool, so that the pool is not overspent."""
    return round_to(_from_department(p) * post.unit.per_head)


@scheme.pay(
    POST, zh="负责人补助（医院承担）", en="Leader's supplement, from the hospital",
    clause="S2-1.2-5", only=leads,
)  # fmt: skip
def leader_hospital_part(post: Row, p: Parameters) -> Formula:
    """Paid by the hospital on top of the pool."""
    return round_to(p.leader_supplement_hospital * post.unit.per_head)


# 2.2-2, 2.3-2, 2.4-2 The people's performance


@scheme.rule(
    DEPARTMENT,
    zh="供个人分配的绩效",
    en="Left for everyone",
    clause=["S2-2.2-2", "S2-2.3-2", "S2-2.4-2"],
    unit=CNY,
)
def to_share(unit: Row) -> Formula:
    """The pool less the leaders' part."""
    return unit.pool - unit.posts.leader_department_part.sum()


@scheme.pay(
    POST,
    zh="科室绩效个人部分",
    en="Share of the unit's pool",
    clause=["S2-2.0-1", "S2-1.2-6", "S2-2.2-2", "S2-2.3-2", "S2-2.4-2"],
)
def unit_share(post: Row, p: Parameters) -> Formula:
    """By weight, to the fen; or the printed formula, which need not add up to the pool."""
    unit = post.unit
    return when(
        p.individual_formula == "weights_in_pool",
        split(unit.to_share, by=post.weight, within=unit),
        round_to(unit.to_share / unit.paid_heads * post.weight),
    )


@scheme.rule(
    DEPARTMENT,
    zh="由绩效总额发出",
    en="Given out of the pool",
    clause="S2-1.4-2",
    unit=CNY,
    only=lambda unit: unit.pool >= 0,
)
def given_out(unit: Row) -> Formula:
    """To everyone by weight, and to the leaders; nothing is known of a unit without a pool."""
    return unit.posts.unit_share.sum() + unit.posts.leader_department_part.sum()


@scheme.require(
    DEPARTMENT,
    zh="按权重分配时，发出的绩效与科室绩效总额分文不差",
    en="Shared by weight, the pool is given out to the fen",
    clause=["S2-1.4-2", "S2-1.2-6"],
    cure=("请检查科室是否有可分配的人员", "See whether anyone in the unit can share"),
    only=has_account,
)
def pool_is_given_out(unit: Row, p: Parameters) -> Formula:
    """Nothing is lost and nothing is added."""
    return (p.individual_formula == "printed_per_head") | (unit.given_out == unit.pool)
