"""What units bear together (S2-1.2-1, S2-2.2-4, S2-2.3-6) and charge each other (S2-2.4-5)."""

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

from .scheme import DUE_DAY, FINANCE, TRANSFER, UNIT_ITSELF, has_account, scheme

SERVICES = ("消毒供应", "手术配合", "氧气", "院内会诊", "其他服务")
GENERAL = ["S2-2.2-4", "S2-2.3-6", "S2-2.4-5"]
_AMOUNT: dict[str, Any] = {"unit": CNY, "low": 0, "reporter": FINANCE, "due_day": DUE_DAY}

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
