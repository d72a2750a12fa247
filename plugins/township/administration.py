"""Administrative and logistics sections (S2 chapter II, last part): paid after all others."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    Formula,
    Members,
    Parameters,
    Row,
    round_to,
    when,
)

from .posts import POST, in_section
from .scheme import scheme


@scheme.rule(DEPARTMENT, zh="科室奖金", en="Award of the unit", clause="S2-2.5-2", unit=CNY)
def award(unit: Row, p: Parameters) -> Formula:
    """What the pool pays, and the hospital's part for leaders where it counts."""
    supplement = unit.posts.leader_hospital_part.sum()
    return unit.given_out + when(p.average_includes_supplement, supplement, 0)


@scheme.rule(
    DEPARTMENT,
    zh="科室人均发放",
    en="Award per head",
    clause="S2-2.5-2",
    unit=CNY,
    only=lambda unit: unit.paid_heads > 0,
)
def award_per_head(unit: Row) -> Formula:
    """Over those who share in the pool."""
    return unit.award / unit.paid_heads


@scheme.rule(
    HOSPITAL,
    zh="平均奖",
    en="Average award",
    clause="S2-2.5-2",
    unit=CNY,
    only=lambda hospital: hospital.departments.paid_heads.sum() > 0,
)
def average_award(hospital: Row, p: Parameters) -> Formula:
    """Over clinical, theatre and technical units, by heads or by units."""
    units = hospital.departments
    pooled = units.award.sum() / units.paid_heads.sum()
    return when(p.average_award_method == "pooled", pooled, units.award_per_head.mean())


def _technical(hospital: Row) -> Members:
    units: Members = hospital.departments
    return units.where(lambda unit: unit.is_technical)


def _clinical(hospital: Row) -> Members:
    units: Members = hospital.departments
    return units.where(lambda unit: unit.is_clinical | unit.is_theatre)


@scheme.rule(
    HOSPITAL,
    zh="医技与临床人均奖金之比",
    en="Technical to clinical award per head",
    clause="S2-1.2-6",
    only=lambda h: (_technical(h).paid_heads.sum() > 0) & (_clinical(h).award.sum() > 0),
)
def technical_to_clinical(hospital: Row) -> Formula:
    """Information only: the document may have meant 1 : 0.9 here as well (A2-06)."""
    technical, clinical = _technical(hospital), _clinical(hospital)
    per_technical = technical.award.sum() / technical.paid_heads.sum()
    return per_technical / (clinical.award.sum() / clinical.paid_heads.sum())


@scheme.rule(
    POST,
    zh="行政后勤考核系数",
    en="Assessment of an administrative post",
    clause="S2-2.5-2",
    only=in_section,
)
def administrative_assessment(post: Row, p: Parameters) -> Formula:
    """The person's, the section's, or 1 where the assessment comes at payment (A2-25)."""
    return when(
        p.assessment_applied == "inside",
        post.staff.assessment_coefficient,
        when(p.assessment_applied == "unit", post.unit.assessment_coefficient, 1),
    )


@scheme.pay(
    POST,
    zh="行政后勤绩效",
    en="Administrative performance pay",
    clause=["S2-2.5-1", "S2-2.5-2"],
)
def administrative_pay(post: Row, p: Parameters) -> Formula:
    """The average award less a tenth, times the one assessment that counts."""
    average = post.unit.hospital.average_award
    assessment = post.administrative_assessment
    lowered = when(
        p.administrative_formula == "lowered_average_times_coefficient",
        average * (1 - p.admin_reduction) * assessment,
        average - average * p.admin_reduction * assessment,
    )
    return round_to(lowered * post.heads)
