"""Bands and what follows from them (document S4.5, parts 4.2 and 4.3)."""

from __future__ import annotations

from hpf.core import (
    CNY,
    HOSPITAL,
    JURISDICTION,
    Formula,
    Parameters,
    Row,
    rank,
    round_to,
    when,
)

from .table import scheme

EXCELLENT, QUALIFIED, UNQUALIFIED = "优秀", "合格", "不合格"


@scheme.grade(
    HOSPITAL,
    [EXCELLENT, QUALIFIED, UNQUALIFIED],
    zh="考核等次",
    en="Rating",
    clause="S4.5-4.2",
)
def rating(hospital: Row, p: Parameters) -> Formula:
    """On the unrounded total; both edges are printed in two bands, so a switch places them."""
    excellent = when(
        p.excellent_inclusive,
        hospital.total >= p.excellent_from,
        hospital.total > p.excellent_from,
    )
    qualified = when(
        p.qualified_inclusive,
        hospital.total >= p.qualified_from,
        hospital.total > p.qualified_from,
    )
    return when(excellent, EXCELLENT, when(qualified, QUALIFIED, UNQUALIFIED))


@scheme.rule(HOSPITAL, zh="名次", en="Place", clause="S4.5-4.2")
def place(hospital: Row, p: Parameters) -> Formula:
    """Among the jurisdiction or the peer group; equal totals share a place."""
    return when(
        p.rank_within == "peer_group",
        rank(hospital.total, within=hospital.peer_group),
        rank(hospital.total, within=hospital.jurisdiction),
    )


@scheme.condition(
    HOSPITAL, zh="不合格：通报批评并限期整改", en="Criticised, to correct", clause="S4.5-4.3.b"
)
def unqualified(hospital: Row) -> Formula:
    """Public criticism and correction within a limit come together with the reduced subsidy."""
    return hospital.rating == UNQUALIFIED


@scheme.rule(
    HOSPITAL,
    zh="扣减补助资金",
    en="Reduction",
    clause="S4.5-4.3.b",
    unit=CNY,
    only=lambda hospital: hospital.unqualified,
)
def reduction(hospital: Row, p: Parameters) -> Formula:
    """The county's share of the year's subsidy, to the fen."""
    return round_to(hospital.subsidy_full * p.reduction_share)


@scheme.require(
    HOSPITAL,
    zh="扣减大于零且不超过当年补助资金",
    en="The reduction is above zero and within the subsidy",
    clause="S4.5-4.3.b",
    cure=("请改参数 reduction_share", "Correct the parameter reduction_share"),
)
def reduction_fits(hospital: Row) -> Formula:
    """Only unqualified hospitals have one; a subsidy of nothing cannot be reduced."""
    full = hospital.subsidy_full
    return (full == 0) | ((hospital.reduction > 0) & (hospital.reduction <= full))


@scheme.pay(HOSPITAL, zh="拨付补助资金", en="Subsidy", clause=["S4.5-4.3.a", "S4.5-4.3.b"])
def subsidy(hospital: Row) -> Formula:
    """The whole for an excellent or qualified hospital, else less the reduction."""
    return round_to(hospital.subsidy_full - hospital.reduction.or_(0))


@scheme.rule(JURISDICTION, zh="补助资金总额", en="Subsidies", clause="S4.5-4.3.a", unit=CNY)
def subsidy_budget(county: Row) -> Formula:
    """What all hospitals would get in full."""
    return county.hospitals.subsidy_full.sum()


@scheme.total(JURISDICTION, zh="拨付合计", en="Paid", clause="S4.5-4.3.a")
def subsidy_paid(county: Row) -> Formula:
    """To all hospitals."""
    return county.hospitals.subsidy.sum()


@scheme.rule(JURISDICTION, zh="扣减合计", en="Withheld", clause="S4.5-4.3.b", unit=CNY)
def subsidy_withheld(county: Row) -> Formula:
    """From unqualified hospitals."""
    return county.hospitals.reduction.sum()


@scheme.require(
    JURISDICTION,
    zh="补助资金总额等于拨付与扣减之和",
    en="Subsidies are what is paid and what is withheld",
    clause=["S4.5-4.3.a", "S4.5-4.3.b"],
    cure=("补助资金请填到分", "Give the subsidies to the fen"),
)
def subsidies_add_up(county: Row) -> Formula:
    """To the fen."""
    return county.subsidy_budget == county.subsidy_paid + county.subsidy_withheld


@scheme.condition(
    HOSPITAL, zh="连续两年不合格：免去负责人职务", en="Head to be removed", clause="S4.5-4.3.c"
)
def removal_due(hospital: Row, p: Parameters) -> Formula:
    """Unqualified in two years in a row. A year without assessment ends the row, unless the
    county goes on to the assessment before it."""
    before = hospital.past(2).unqualified.or_(False)
    last = hospital.past(1).unqualified.or_(when(p.gap_ends_row, False, before))
    return hospital.unqualified & last
