"""Pools and pay (document S0, 6-2): each group's money, split by the weights of the places."""

from __future__ import annotations

from hpf.core import CNY, HOSPITAL, STAFF, Formula, Parameters, Row, round_to, split, when

from .scheme import RANK_GROUP, given, scheme

scheme.decimal(
    RANK_GROUP, "factor", zh="人均分配系数", en="Factor per head", low=0, clause="S0-6-2",
    note=("按加权人数分配总额时使用", "Used where the pool goes by weighted heads"),
)  # fmt: skip
scheme.decimal(
    RANK_GROUP, "pool_given", zh="核定总额", en="Pool as given", unit=CNY,
    blank="not_applicable", low=0, clause="S0-6-2",
    note=("各组总额由医院核定时填写", "Where the hospital sets each group's pool"),
)  # fmt: skip
scheme.decimal(
    HOSPITAL, "pool", zh="绩效总额", en="Pool", unit=CNY, blank="not_applicable", low=0,
    clause="S0-6-2",
    note=("全院总额按加权人数分到各组时填写", "Where one pool goes to the groups by heads"),
)  # fmt: skip


@scheme.require(
    HOSPITAL,
    zh="绩效总额已填",
    en="The pool is given",
    clause="S0-6-2",
    cure=("请填绩效总额，或改由各组核定", "Fill in the pool, or let each group have its own"),
    only=lambda hospital, p: p.pool_rule == "by_weighted_heads",
)
def pool_is_given(hospital: Row) -> Formula:
    """What is split must be there; a blank is no zero."""
    return given(hospital.pool)


@scheme.require(
    RANK_GROUP,
    zh="组的核定总额已填",
    en="The group's pool is given",
    clause="S0-6-2",
    cure=("请填核定总额", "Fill in the pool as given"),
    only=lambda group, p: p.pool_rule == "given",
)
def group_pool_is_given(group: Row) -> Formula:
    """Likewise."""
    return given(group.pool_given)


@scheme.rule(RANK_GROUP, zh="加权人数", en="Weighted heads", clause="S0-6-2")
def heads(group: Row) -> Formula:
    """People ranked, times the group's factor."""
    return group.size * group.factor


@scheme.rule(RANK_GROUP, zh="组总额", en="Pool of the group", clause="S0-6-2", unit=CNY)
def group_pool(group: Row, p: Parameters) -> Formula:
    """As the hospital has set it, or its part of one pool: to the fen."""
    return when(
        p.pool_rule == "given",
        round_to(group.pool_given),
        split(group.hospital.pool, by=group.heads, within=group.hospital),
    )


@scheme.pay(
    STAFF,
    zh="绩效工资",
    en="Performance pay",
    clause=["S0-1-3", "S0-2-6", "S0-6-1", "S0-6-2"],
)
def pay(person: Row) -> Formula:
    """The group's pool by rank weights; the shares are the pool, to the fen."""
    group = person.rank_group
    return split(group.group_pool, by=person.rank_weight, within=group)


@scheme.total(HOSPITAL, zh="发放合计", en="Paid in all", clause="S0-6-2")
def paid(hospital: Row) -> Formula:
    """To everybody of every group."""
    return hospital.rank_groups.members.pay.sum()


@scheme.rule(HOSPITAL, zh="各组总额合计", en="Pools in all", clause="S0-6-2", unit=CNY)
def pools(hospital: Row) -> Formula:
    """Of all groups."""
    return hospital.rank_groups.group_pool.sum()


@scheme.require(
    HOSPITAL,
    zh="发放合计等于各组总额合计",
    en="What is paid is what the pools hold",
    clause="S0-6-2",
    cure=("请检查哪个组有总额而没有排名人员", "See which group has a pool and nobody ranked"),
)
def pay_adds_up(hospital: Row) -> Formula:
    """Conserved, to the fen."""
    return hospital.paid == hospital.pools
