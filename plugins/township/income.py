"""A unit's income by category (S2-2.2-3, S2-2.3-4, S2-2.3-5, S2-2.4-4), and what higher law stops.

Clinical, theatre and technical units count the same examination, laboratory and surgery income:
it is managerial income (A2-16), so the units' sum is never the hospital's.
"""

from __future__ import annotations

from typing import Any

from hpf.core import CNY, DEPARTMENT, HOSPITAL, Formula, Parameters, Row, round_to, when

from .scheme import (
    DUE_DAY,
    FINANCE,
    INCOME_SHEET,
    PAID,
    SUSPENDED,
    UNIT_ITSELF,
    has_account,
    scheme,
)

NONE = ("空白表示本月没有", "Blank means none this month")

# Facts: one sheet a unit, all income realised, by category.
for _code, _zh, _en, _clause in (
    ("radiology", "放射检查收入", "Radiology", "S2-2.3-4"),
    ("ultrasound", "超声检查收入", "Ultrasound", "S2-2.3-4"),
    ("ecg_eeg", "心脑电检查收入", "ECG and EEG", "S2-2.3-4"),
    ("other_examination", "其他检查收入", "Other examinations", "S2-2.3-4"),
    ("treatment", "治疗收入", "Treatment", "S2-2.3-4"),
    ("surgery", "手术收入", "Surgery", "S2-2.3-4"),
    ("laboratory", "检验收入", "Laboratory", "S2-2.3-4"),
    ("western_drugs", "西药收入", "Western drugs", "S2-2.3-4"),
    ("patent_drugs", "中成药收入", "Chinese patent drugs", "S2-2.3-4"),
    ("herbal_drugs", "中草药收入", "Herbal drugs", "S2-2.3-4"),
    ("anaesthesia", "麻醉收入", "Anaesthesia", "S2-2.4-4"),
    ("consultation", "会诊收入", "Consultations", "S2-2.3-10"),
    ("other", "其他收入", "Other", "S2-2.3-4"),
    ("ambulance", "救护车收入", "Ambulance", "S2-2.3-5"),
):
    scheme.decimal(
        INCOME_SHEET,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        blank="zero",
        low=0,
        reporter=FINANCE,
        due_day=DUE_DAY,
        clause=_clause,
        note=NONE,
    )
scheme.decimal(
    INCOME_SHEET,
    "stated_total",
    zh="收入合计",
    en="Total stated",
    unit=CNY,
    low=0,
    reporter=UNIT_ITSELF,
    due_day=DUE_DAY,
    clause="S2-5-8",
    note=("科室自报的合计，用来核对各项", "The unit's own total, against which the items are held"),
)
scheme.decimal(
    HOSPITAL,
    "ledger_income",
    zh="财务账面医疗收入",
    en="Income in the ledger",
    unit=CNY,
    low=0,
    reporter=FINANCE,
    due_day=DUE_DAY,
    clause="S2-2.3-4",
)


@scheme.rule(INCOME_SHEET, zh="检查收入", en="Examinations", clause="S2-2.3-8", unit=CNY)
def examination(sheet: Row) -> Formula:
    """Radiology, ultrasound, ECG and EEG, and the others."""
    return sheet.radiology + sheet.ultrasound + sheet.ecg_eeg + sheet.other_examination


@scheme.rule(INCOME_SHEET, zh="药品收入", en="Drugs", clause="S2-2.3-7", unit=CNY)
def drugs(sheet: Row) -> Formula:
    """Western, patent and herbal."""
    return sheet.western_drugs + sheet.patent_drugs + sheet.herbal_drugs


@scheme.rule(
    INCOME_SHEET, zh="实现收入", en="Realised income", clause=["S2-2.2-3", "S2-2.3-4"], unit=CNY
)
def realised(sheet: Row) -> Formula:
    """Every category of the sheet."""
    medical = sheet.examination + sheet.treatment + sheet.surgery + sheet.laboratory + sheet.drugs
    return medical + sheet.anaesthesia + sheet.consultation + sheet.other + sheet.ambulance


@scheme.require(
    INCOME_SHEET,
    zh="收入表各项之和等于自报合计",
    en="The items of the income sheet add up to its stated total",
    clause="S2-5-8",
    cure=("请核对漏填或重填的项目", "Look for an item left out or entered twice"),
)
def income_adds_up(sheet: Row) -> Formula:
    """A category left blank by mistake would show here, not as an income of 0."""
    return sheet.realised == sheet.stated_total


# S2-5-9b: items that higher law may stop. The income leaves the account together with its cost.


def _stopped(unit: Row, p: Parameters, item: str) -> Formula:
    orders = unit.is_clinical | unit.is_theatre
    return p.suspended_by_law[item] & (orders | (p.suspension_reaches == "all_units"))


def _status(unit: Row, p: Parameters, item: str) -> Formula:
    return when(_stopped(unit, p, item), SUSPENDED, PAID)


_STATUS: dict[str, Any] = {"clause": "S2-5-9b", "only": has_account}


@scheme.grade(DEPARTMENT, (PAID, SUSPENDED), zh="药品收入计发状态", en="Drug income", **_STATUS)
def drug_status(unit: Row, p: Parameters) -> Formula:
    """Whether drug income still counts."""
    return _status(unit, p, "unit_drugs")


@scheme.grade(
    DEPARTMENT, (PAID, SUSPENDED), zh="检查收入计发状态", en="Examination income", **_STATUS
)
def examination_status(unit: Row, p: Parameters) -> Formula:
    """Whether examination income still counts; a technical unit's own work does."""
    return _status(unit, p, "unit_examination")


@scheme.grade(
    DEPARTMENT, (PAID, SUSPENDED), zh="检验收入计发状态", en="Laboratory income", **_STATUS
)
def laboratory_status(unit: Row, p: Parameters) -> Formula:
    """Whether laboratory income still counts; the laboratory's own work does."""
    return _status(unit, p, "unit_laboratory")


@scheme.grade(DEPARTMENT, (PAID, SUSPENDED), zh="手术收入计发状态", en="Surgery income", **_STATUS)
def surgery_status(unit: Row, p: Parameters) -> Formula:
    """Whether surgery income still counts."""
    return _status(unit, p, "unit_surgery")


_COUNTED: dict[str, Any] = {
    "clause": ["S2-2.3-4", "S2-5-9b"],
    "unit": CNY,
    "only": lambda unit: unit.sheets_complete,
}


@scheme.rule(DEPARTMENT, zh="计入的西药收入", en="Western drugs counted", **_COUNTED)
def western_income(unit: Row) -> Formula:
    """None of it where drug income is suspended."""
    return when(unit.drug_status == SUSPENDED, 0, unit.income_sheets.western_drugs.sum())


@scheme.rule(DEPARTMENT, zh="计入的中成药收入", en="Patent drugs counted", **_COUNTED)
def patent_income(unit: Row) -> Formula:
    """Likewise."""
    return when(unit.drug_status == SUSPENDED, 0, unit.income_sheets.patent_drugs.sum())


@scheme.rule(DEPARTMENT, zh="计入的中草药收入", en="Herbal drugs counted", **_COUNTED)
def herbal_income(unit: Row) -> Formula:
    """Likewise."""
    return when(unit.drug_status == SUSPENDED, 0, unit.income_sheets.herbal_drugs.sum())


@scheme.rule(DEPARTMENT, zh="计入的检查收入", en="Examinations counted", **_COUNTED)
def examination_income(unit: Row) -> Formula:
    """Of all kinds of examination."""
    return when(unit.examination_status == SUSPENDED, 0, unit.income_sheets.examination.sum())


@scheme.rule(DEPARTMENT, zh="计入的检验收入", en="Laboratory tests counted", **_COUNTED)
def laboratory_income(unit: Row) -> Formula:
    """Likewise."""
    return when(unit.laboratory_status == SUSPENDED, 0, unit.income_sheets.laboratory.sum())


@scheme.rule(DEPARTMENT, zh="计入的手术收入", en="Surgery counted", **_COUNTED)
def surgery_income(unit: Row) -> Formula:
    """Likewise."""
    return when(unit.surgery_status == SUSPENDED, 0, unit.income_sheets.surgery.sum())


@scheme.rule(
    DEPARTMENT,
    zh="计入的其余收入",
    en="All else counted",
    clause=["S2-2.3-4", "S2-2.3-5", "S2-2.4-4"],
    unit=CNY,
    only=lambda unit: unit.sheets_complete,
)
def remaining_income(unit: Row, p: Parameters) -> Formula:
    """Treatment, anaesthesia, consultations, others; the ambulance where it is not left out."""
    kept = unit.income_sheets.sum(lambda s: s.treatment + s.anaesthesia + s.consultation + s.other)
    left_out = unit.is_clinical | (p.ambulance_excluded_for == "all_units")
    return kept + when(left_out, 0, unit.income_sheets.ambulance.sum())


@scheme.rule(
    DEPARTMENT,
    zh="计入收入",
    en="Income credited",
    clause=["S2-2.2-3", "S2-2.3-4", "S2-2.4-4"],
    unit=CNY,
)
def credited_income(unit: Row, p: Parameters) -> Formula:
    """Income realised, less what is left out or suspended, at the rate of the unit's class."""
    drug = unit.western_income + unit.patent_income + unit.herbal_income
    work = unit.examination_income + unit.laboratory_income + unit.surgery_income
    rate = when(
        unit.is_clinical,
        p.clinical_income_credit_rate,
        when(unit.is_theatre, p.theatre_income_credit_rate, p.medtech_income_credit_rate),
    )
    return round_to((drug + work + unit.remaining_income) * rate)


@scheme.rule(
    HOSPITAL, zh="科室收入重复计列额", en="Counted more than once", clause="S2-2.3-4", unit=CNY
)
def counted_again(hospital: Row) -> Formula:
    """The units' income over the ledger's: one service stands in several accounts."""
    return hospital.departments.income_sheets.realised.sum() - hospital.ledger_income
