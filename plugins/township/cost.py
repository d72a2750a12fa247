"""What a unit's month costs (S2-2.2-4, S2-2.3-6, S2-2.4-5): its own lines, shares, transfers.

Each computed line is rounded to the fen, so that a unit's account adds up as it is shown.
"""

from __future__ import annotations

from typing import Any

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    ITEM,
    Formula,
    Parameters,
    Row,
    round_to,
    split,
    when,
)

from .scheme import COST_SHEET, DUE_DAY, FINANCE, TRANSFER, UNIT_ITSELF, has_account, scheme

SERVICES = ("消毒供应", "手术配合", "氧气", "院内会诊", "其他服务")
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


# Shares of what the hospital pays for all: each total is shared out to the fen

for _code, _zh, _en, _clause in (
    ("management_cost", "医院管理费", "Hospital management cost", "S2-1.2-1"),
    ("heating_cost", "全院取暖费", "Heating of the hospital", "S2-2.2-4"),
):
    scheme.decimal(HOSPITAL, _code, zh=_zh, en=_en, clause=_clause, **_AMOUNT)
for _code, _zh, _en, _clause in (
    ("management_direct", "直接认定的管理费", "Management cost, direct", "S2-1.2-1"),
    ("heating_direct", "直接认定的取暖费", "Heating, direct", "S2-2.2-4"),
):
    scheme.decimal(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        blank="zero",
        clause=_clause,
        note=(
            "只在医院选定“直接认定”时使用；空白表示没有",
            "Used only where the hospital allocates directly; blank means none",
        ),
        **_AMOUNT,
    )


@scheme.require(
    HOSPITAL,
    zh="各科室直接认定的管理费之和等于医院管理费",
    en="Direct management cost adds up to the hospital's",
    clause="S2-1.2-1",
    cure=("请核对各科室的直接认定额", "Check the units' direct amounts"),
    only=lambda _, p: p.management_cost_allocation_key == "direct",
)
def management_is_whole(hospital: Row) -> Formula:
    """Nothing of the total is lost or charged twice."""
    return hospital.departments.management_direct.sum() == hospital.management_cost


@scheme.require(
    HOSPITAL,
    zh="各科室直接认定的取暖费之和等于全院取暖费",
    en="Direct heating adds up to the hospital's",
    clause="S2-2.2-4",
    cure=("请核对各科室的直接认定额", "Check the units' direct amounts"),
    only=lambda _, p: p.heating_share_key == "direct",
)
def heating_is_whole(hospital: Row) -> Formula:
    """Nothing of the total is lost or charged twice."""
    return hospital.departments.heating_direct.sum() == hospital.heating_cost


@scheme.rule(
    DEPARTMENT, zh="管理费分摊额", en="Management share", clause=["S2-1.2-1", "S2-2.3-6"], unit=CNY
)
def management_allocated(unit: Row, p: Parameters) -> Formula:
    """By heads or floor area, or as directly assigned; the shares make up the total."""
    hospital = unit.hospital
    counts = (p.management_heads == "whole_hospital") | ~unit.is_administrative
    by_head = split(hospital.management_cost, by=when(counts, unit.heads, 0), within=hospital)
    by_area = split(hospital.management_cost, by=unit.floor_area, within=hospital)
    return when(
        p.management_cost_allocation_key == "per_head",
        by_head,
        when(p.management_cost_allocation_key == "per_area", by_area, unit.management_direct),
    )


@scheme.rule(
    DEPARTMENT,
    zh="承担的管理费",
    en="Management cost borne",
    clause=["S2-1.2-1", "S2-2.3-6"],
    unit=CNY,
    only=has_account,
)
def management_share(unit: Row, p: Parameters) -> Formula:
    """Printed for clinical units alone; the hospital bears what is not charged."""
    charged = unit.is_clinical | (p.management_share_charged_to == "all_units")
    return when(charged, unit.management_allocated, 0)


@scheme.rule(DEPARTMENT, zh="取暖费分摊额", en="Heating share", clause=GENERAL, unit=CNY)
def heating_share(unit: Row, p: Parameters) -> Formula:
    """By heads, floor area or meter; the sections' part stays with the hospital."""
    hospital = unit.hospital
    return when(
        p.heating_share_key == "per_head",
        split(hospital.heating_cost, by=unit.heads, within=hospital),
        when(
            p.heating_share_key == "per_area",
            split(hospital.heating_cost, by=unit.floor_area, within=hospital),
            unit.heating_direct,
        ),
    )


# Transfers between units: a cost on one side, the same income on the other

scheme.choice(
    TRANSFER, "service", SERVICES, zh="转移项目", en="Service", due_day=DUE_DAY, clause="S2-2.4-5"
)
for _code, _zh, _en in (
    ("quantity_given", "提供方确认数量", "Quantity, as the provider confirms"),
    ("quantity_taken", "接受方确认数量", "Quantity, as the receiver confirms"),
):
    scheme.decimal(
        TRANSFER,
        _code,
        zh=_zh,
        en=_en,
        unit=ITEM,
        low=0,
        reporter=UNIT_ITSELF,
        due_day=DUE_DAY,
        clause="S2-2.4-5",
        note=("双方各自确认", "Each side confirms for itself"),
    )


@scheme.require(
    TRANSFER,
    zh="转移双方确认的数量一致",
    en="Both sides of a transfer confirm the same quantity",
    clause="S2-2.4-5",
    cure=(
        "请双方核对；没有接受方确认的转移不得入账",
        "Let both sides check; without its counterpart a transfer is not booked",
    ),
)
def transfer_agreed(transfer: Row) -> Formula:
    """A transfer has its counterpart."""
    return transfer.quantity_given == transfer.quantity_taken


@scheme.rule(TRANSFER, zh="转移收入", en="Income of the provider", clause="S2-2.4-5", unit=CNY)
def given(transfer: Row, p: Parameters) -> Formula:
    """Quantity times the price set by the hospital."""
    return round_to(transfer.quantity_given * p.inter_department_transfer_price[transfer.service])


@scheme.rule(TRANSFER, zh="转移支出", en="Cost of the receiver", clause="S2-2.4-5", unit=CNY)
def taken(transfer: Row, p: Parameters) -> Formula:
    """Likewise, as the receiver confirms it."""
    return round_to(transfer.quantity_taken * p.inter_department_transfer_price[transfer.service])


@scheme.rule(DEPARTMENT, zh="转移收入合计", en="Transfers earned", clause="S2-2.4-5", unit=CNY)
def transfer_income(unit: Row) -> Formula:
    """What the unit has provided to others."""
    return unit.transfers_given.given.sum()


@scheme.rule(DEPARTMENT, zh="转移支出合计", en="Transfers charged", clause="S2-2.4-5", unit=CNY)
def transfer_cost(unit: Row) -> Formula:
    """What the unit has received from others."""
    return unit.transfers_taken.taken.sum()


@scheme.require(
    HOSPITAL,
    zh="全院转移收入等于转移支出",
    en="Transfers net to zero over the hospital",
    clause="S2-2.4-5",
    cure=("请核对各笔转移", "Check the transfers"),
)
def transfers_net_to_zero(hospital: Row) -> Formula:
    """A cost here is an income there."""
    units = hospital.departments
    return units.transfer_income.sum() == units.transfer_cost.sum()
