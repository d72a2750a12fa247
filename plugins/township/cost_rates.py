"""Costs charged as a share of income (S2-2.3-7 to -12 clinical, S2-2.4-6 to -8 theatre).

An item that higher law suspends has left the income, and so leaves these costs too.
"""

from __future__ import annotations

from hpf.core import CNY, DAY, DEPARTMENT, Formula, Parameters, Row, Symbol, round_to, when

from .scheme import (
    COST_SHEET,
    DUE_DAY,
    INTERNAL,
    OTHER_CLINICAL,
    UNIT_ITSELF,
    clinical,
    scheme,
)

scheme.integer(
    COST_SHEET,
    "open_bed_days",
    zh="实际开放床日数",
    en="Open bed-days",
    unit=DAY,
    blank="not_applicable",
    low=0,
    reporter=UNIT_ITSELF,
    due_day=DUE_DAY,
    clause="S2-2.3-12",
    note=(
        "开放床位乘开放天数，不是占用床日；只有临床科室填写",
        "Open beds times days open, not days occupied; clinical units only",
    ),
)


def _clinical_or_theatre(unit: Row) -> Formula:
    return unit.is_clinical | unit.is_theatre


def _rate(unit: Row, p: Parameters, table: str, item: str) -> Symbol:
    """The kind's own rate; a department that the document does not name has the hospital's."""
    own: Symbol = getattr(p, table)[unit.kind]
    return when(unit.kind == OTHER_CLINICAL, p.other_clinical_cost_rate[item], own)


@scheme.rule(
    DEPARTMENT,
    zh="药品支出",
    en="Drug cost",
    clause=["S2-2.3-7", "S2-2.4-6"],
    unit=CNY,
    only=_clinical_or_theatre,
)
def drug_cost(unit: Row, p: Parameters) -> Formula:
    """Western, patent and herbal drugs by their rates; 92 % for herbal in the theatre as well."""
    rate = p.drug_cost_rate
    as_patent = unit.is_theatre & (p.theatre_herbal_rate == "patent")
    herbal = unit.herbal_income * when(as_patent, rate["patent"], rate["herbal"])
    western = unit.western_income * rate["western"]
    return round_to(western + unit.patent_income * rate["patent"] + herbal)


@scheme.rule(
    DEPARTMENT, zh="检查支出", en="Examination cost", clause="S2-2.3-8", unit=CNY, only=clinical
)
def examination_cost(unit: Row, p: Parameters) -> Formula:
    """62 % of examination income in internal medicine, 70 % in surgery and gynaecology."""
    rate = _rate(unit, p, "examination_cost_rate", "examination")
    return round_to(unit.examination_income * rate)


@scheme.rule(
    DEPARTMENT, zh="检验支出", en="Laboratory cost", clause="S2-2.3-9", unit=CNY, only=clinical
)
def laboratory_cost(unit: Row, p: Parameters) -> Formula:
    """62 % and 70 % of laboratory income; the printed word is 'examination' (A2-17)."""
    by_laboratory = p.laboratory_cost_base == "laboratory_income"
    base = when(by_laboratory, unit.laboratory_income, unit.examination_income)
    return round_to(base * _rate(unit, p, "laboratory_cost_rate", "laboratory"))


@scheme.rule(
    DEPARTMENT,
    zh="会诊支出",
    en="Consultation cost",
    clause=["S2-2.3-10", "S2-2.4-7"],
    unit=CNY,
    only=_clinical_or_theatre,
)
def consultation_cost(unit: Row, p: Parameters) -> Formula:
    """Outside experts in clinical units, consultations inside the hospital in the theatre."""
    inside, outside = p.theatre_consultation_cost_rate, p.external_consultation_cost_rate
    rate = when(unit.is_theatre, inside, outside)
    return round_to(unit.income_sheets.consultation.sum() * rate)


@scheme.rule(
    DEPARTMENT,
    zh="手术支出",
    en="Surgery cost",
    clause=["S2-2.3-11", "S2-2.4-8"],
    unit=CNY,
    only=_clinical_or_theatre,
)
def surgery_cost(unit: Row, p: Parameters) -> Formula:
    """15 % in internal medicine and the theatre, 30 % in surgery and gynaecology (A2-18)."""
    by_examination = (p.surgery_cost_base == "examination_income") & (unit.kind == INTERNAL)
    base = when(by_examination, unit.examination_income, unit.surgery_income)
    rate = _rate(unit, p, "surgery_cost_rate", "surgery")
    return round_to(base * when(unit.is_theatre, p.theatre_surgery_cost_rate, rate))


@scheme.rule(
    DEPARTMENT,
    zh="医疗废物处置费",
    en="Medical waste",
    clause="S2-2.3-12",
    unit=CNY,
    only=clinical,
)
def medical_waste_cost(unit: Row, p: Parameters) -> Formula:
    """Open bed-days × fee × factor."""
    days = unit.cost_sheets.open_bed_days.sum()
    return round_to(days * p.medical_waste_unit_fee * p.medical_waste_factor)


@scheme.rule(
    DEPARTMENT,
    zh="按收入计算的支出",
    en="Costs by income",
    clause=["S2-2.3-1", "S2-2.4-1"],
    unit=CNY,
    only=lambda unit: unit.sheets_complete,
)
def rated_cost(unit: Row) -> Formula:
    """All of the above as far as they concern the unit; none in a technical unit."""
    clinical_part = (
        unit.examination_cost.or_(0) + unit.laboratory_cost.or_(0) + unit.medical_waste_cost.or_(0)
    )
    shared_part = unit.drug_cost.or_(0) + unit.consultation_cost.or_(0) + unit.surgery_cost.or_(0)
    return clinical_part + shared_part
