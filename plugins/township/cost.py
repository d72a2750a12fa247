"""What a unit's month costs: its own lines, and what is charged by income.

S2-2.2-4, S2-2.3-6 and S2-2.4-5; S2-2.3-7 to -12 in clinical units, S2-2.4-6 to -8 in the theatre.
Each computed line is rounded to the fen, so that a unit's account adds up as it is shown.
"""

from __future__ import annotations

from typing import Any

from hpf.core import CNY, DAY, DEPARTMENT, Formula, Parameters, Row, Symbol, round_to, when

from .scheme import (
    COST_SHEET,
    DUE_DAY,
    FINANCE,
    INTERNAL,
    OTHER_CLINICAL,
    UNIT_ITSELF,
    clinical,
    scheme,
)

GENERAL = ["S2-2.2-4", "S2-2.3-6", "S2-2.4-5"]
_BLANK = ("空白表示本月没有", "Blank means none this month")
_AMOUNT: dict[str, Any] = {"unit": CNY, "low": 0, "reporter": FINANCE, "due_day": DUE_DAY}
_OF_ACCOUNT: dict[str, Any] = {
    "clause": GENERAL,
    "unit": CNY,
    "only": lambda unit: unit.sheets_complete,
}

# Facts: one sheet a unit
for _code, _zh, _en, _note in (
    ("welfare", "福利费", "Welfare", _BLANK),
    ("social_security", "社会保障缴费", "Social security", _BLANK),
    ("night_shift", "夜班费", "Night shifts", _BLANK),
    ("other_personnel", "其他人员费用", "Other personnel cost", _BLANK),
    (
        "actual_salary",
        "实发工资",
        "Salaries paid",
        ("不含绩效工资；空白表示没有", "Without performance pay; blank means none"),
    ),
    ("materials", "材料费", "Materials", _BLANK),
    ("supply_room", "供应消耗", "Sterile supply", _BLANK),
    (
        "maintenance",
        "维修费",
        "Maintenance",
        ("不含另列的大额支出；空白表示没有", "Without large costs, listed apart; blank means none"),
    ),
    (
        "asset_depreciation",
        "固定资产折旧",
        "Depreciation",
        ("家具、设备、房屋；空白表示没有", "Furniture, equipment, housing; blank means none"),
    ),
    (
        "asset_rent",
        "固定资产租金",
        "Rent of assets",
        (
            "家具、设备、房屋的内部租金；空白表示没有",
            "Internal rent of furniture, equipment, housing; blank means none",
        ),
    ),
    ("utilities", "水电费", "Utilities", _BLANK),
    ("unpaid_bills", "医疗欠费", "Unpaid bills", _BLANK),
    ("disputes", "医疗纠纷支出", "Dispute costs", _BLANK),
):
    scheme.decimal(
        COST_SHEET,
        _code,
        zh=_zh,
        en=_en,
        blank="zero",
        clause="S2-2.2-4",
        note=_note,
        **_AMOUNT,
    )
scheme.decimal(
    COST_SHEET,
    "stated_total",
    zh="支出合计",
    en="Total stated",
    clause="S2-5-8",
    note=("科室自报的合计，用来核对各项", "The unit's own total, against which the items are held"),
    **{**_AMOUNT, "reporter": UNIT_ITSELF},
)


@scheme.rule(COST_SHEET, zh="支出表合计", en="Sum of the cost sheet", clause=GENERAL, unit=CNY)
def booked(sheet: Row) -> Formula:
    """Every line of the sheet, whether or not the hospital counts it as a cost of the unit."""
    people = sheet.welfare + sheet.social_security + sheet.night_shift + sheet.other_personnel
    things = sheet.materials + sheet.supply_room + sheet.maintenance + sheet.utilities
    assets = sheet.asset_depreciation + sheet.asset_rent
    risks = sheet.unpaid_bills + sheet.disputes
    return people + sheet.actual_salary + things + assets + risks


@scheme.require(
    COST_SHEET,
    zh="支出表各项之和等于自报合计",
    en="The lines of the cost sheet add up to its stated total",
    clause="S2-5-8",
    cure=("请核对漏填或重填的项目", "Look for a line left out or entered twice"),
)
def cost_adds_up(sheet: Row) -> Formula:
    """A line left blank by mistake would show here, not as a cost of 0."""
    return sheet.booked == sheet.stated_total


# The unit's own lines


@scheme.rule(DEPARTMENT, zh="人员支出", en="Personnel", **_OF_ACCOUNT)
def personnel_cost(unit: Row, p: Parameters) -> Formula:
    """Welfare, social security, night shifts and the like; salaries where the hospital says so."""
    extras = unit.cost_sheets.sum(
        lambda s: s.welfare + s.social_security + s.night_shift + s.other_personnel
    )
    return extras + when(p.salary_is_cost, unit.cost_sheets.actual_salary.sum(), 0)


@scheme.rule(DEPARTMENT, zh="账面材料和供应消耗", en="Materials as booked", **_OF_ACCOUNT)
def materials_booked(unit: Row) -> Formula:
    """What the unit has drawn from the stores and the supply room."""
    return unit.cost_sheets.sum(lambda s: s.materials + s.supply_room)


@scheme.rule(DEPARTMENT, zh="维修、水电支出", en="Maintenance and utilities", **_OF_ACCOUNT)
def running_cost(unit: Row) -> Formula:
    """As booked."""
    return unit.cost_sheets.sum(lambda s: s.maintenance + s.utilities)


@scheme.rule(DEPARTMENT, zh="固定资产使用费", en="Use of fixed assets", **_OF_ACCOUNT)
def asset_cost(unit: Row, p: Parameters) -> Formula:
    """Depreciation or an internal rent, as the hospital has chosen."""
    worn, let = unit.cost_sheets.asset_depreciation.sum(), unit.cost_sheets.asset_rent.sum()
    return when(p.fixed_asset_use_charge == "depreciation", worn, let)


@scheme.rule(DEPARTMENT, zh="医疗欠费和纠纷支出", en="Arrears and disputes", **_OF_ACCOUNT)
def risk_cost(unit: Row, p: Parameters) -> Formula:
    """The unit's part of unpaid bills, and disputes whole."""
    unpaid = round_to(unit.cost_sheets.unpaid_bills.sum() * p.arrears_charge_rate)
    return unpaid + unit.cost_sheets.disputes.sum()


# Costs charged as a share of income. An item that higher law suspends has left the income, and so
# leaves these costs too.

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
