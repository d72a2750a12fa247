"""Sections 5 and 6: preparation room and cashiers."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    Formula,
    Parameters,
    Row,
    round_to,
    unit,
    when,
)

from .pharmacy import goods
from .scheme import CASHIERS, PREPARATION, scheme

KG = unit("kg")


def _preparation(department: Row) -> Formula:
    return department.kind == PREPARATION


def _cashiers(department: Row) -> Formula:
    return department.kind == CASHIERS


# Section 5: preparation room

for _code, _zh, _en, _clause, _note in (
    (
        "preparation_revenue",
        "制剂收入",
        "Revenue of preparations",
        "S4.3-5.1",
        ("只有制剂室填", "The preparation room only"),
    ),
    (
        "total_receipts",
        "收款总额",
        "Total receipts",
        "S4.3-6",
        ("只有收款室填", "The cashiers only"),
    ),
):
    scheme.decimal(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        blank="not_applicable",
        low=0,
        clause=_clause,
        note=_note,
    )
for _code, _zh, _en, _clause in (
    ("pieces_kg", "炮制饮片", "Herb pieces processed", "S4.3-5.2"),
    ("packed_kg", "人工包装成药", "Drugs packed by hand", "S4.3-5.2"),
    ("outside_decoction_kg", "外加工汤剂、散剂", "Outside: decoctions, powders", "S4.3-5.3"),
    ("outside_pill_kg", "外加工丸剂", "Outside: pills", "S4.3-5.3"),
):
    scheme.decimal(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        unit=KG,
        blank="zero",
        low=0,
        clause=_clause,
        note=(
            "只有制剂室填；空白表示本月没有，不足一公斤按比例",
            "The preparation room only; blank: none this month; parts of a kilogram count",
        ),
    )


@scheme.require(
    DEPARTMENT,
    zh="制剂收入已填报",
    en="The preparation room's revenue is reported",
    clause="S4.3-5.1",
    only=_preparation,
    cure=("没有就填 0，不要留空", "Fill in 0 if there was none; do not leave it blank"),
)
def preparation_reported(room: Row) -> Formula:
    """A blank is no zero."""
    return (room.preparation_revenue >= 0).or_(False)


@scheme.rule(
    DEPARTMENT,
    zh="制剂室收入",
    en="Preparation room's income",
    clause="S4.3-5.1",
    unit=CNY,
    only=_preparation,
)
def preparation_income(room: Row, p: Parameters) -> Formula:
    """A fixed share of the preparations' revenue."""
    return room.preparation_revenue * p.preparation_net_rate


@scheme.rule(
    DEPARTMENT,
    zh="制剂室支出",
    en="Preparation room's expense",
    clause="S4.3-5.1",
    unit=CNY,
    only=_preparation,
)
def preparation_expense(room: Row) -> Formula:
    """Three kinds, as the pharmacy's."""
    return goods(room)


@scheme.rule(
    DEPARTMENT,
    zh="制剂室提成比例",
    en="Preparation room's rate",
    clause="S4.3-5.1",
    only=_preparation,
)
def preparation_rate(_: Row, p: Parameters) -> Formula:
    """Printed."""
    return p.preparation_rate


# 5.2: work by weight


@scheme.rule(
    DEPARTMENT,
    zh="炮制包装奖",
    en="Award for processing and packing",
    clause="S4.3-5.2",
    unit=CNY,
    only=_preparation,
)
def weight_award(room: Row, p: Parameters) -> Formula:
    """Pieces processed and drugs packed by hand, each by the kilogram."""
    return room.pieces_kg * p.pieces_award + room.packed_kg * p.packing_award


# 5.3: work for others; the fee is divided between the room and the hospital


@scheme.rule(
    DEPARTMENT, zh="外加工费", en="Outside fees", clause="S4.3-5.3", unit=CNY, only=_preparation
)
def outside_fee(room: Row, p: Parameters) -> Formula:
    """Decoctions and powders, and pills; both prices are fees unless the first is an award."""
    decoction = room.outside_decoction_kg * p.outside_decoction_price
    return (
        when(p.decoction_price_is_fee, decoction, 0) + room.outside_pill_kg * p.outside_pill_price
    )


@scheme.rule(
    DEPARTMENT,
    zh="外加工奖",
    en="Outside award",
    clause="S4.3-5.3",
    unit=CNY,
)
def outside_award(room: Row, p: Parameters) -> Formula:
    """The room's part of the fee; the first price whole where it is read as an award."""
    decoction = room.outside_decoction_kg * p.outside_decoction_price
    whole = when(p.decoction_price_is_fee, 0, decoction)
    return round_to(room.outside_fee * p.outside_room_share + whole)


@scheme.rule(
    DEPARTMENT,
    zh="外加工费医院留成",
    en="Hospital's part of outside fees",
    clause="S4.3-5.3",
    unit=CNY,
)
def outside_kept(room: Row, p: Parameters) -> Formula:
    """What is left of the fee."""
    return room.outside_fee - round_to(room.outside_fee * p.outside_room_share)


@scheme.rule(
    DEPARTMENT, zh="制剂室奖金", en="Preparation room's bonus", clause="S4.3-5.1", unit=CNY
)
def preparation_bonus(room: Row) -> Formula:
    """By rate, less expired drugs; awards by weight and for outside work in full."""
    return room.bonus_less_expired + room.weight_award + room.outside_award


# Section 6: cashiers


@scheme.require(
    DEPARTMENT,
    zh="收款总额已填报",
    en="The cashiers' receipts are reported",
    clause="S4.3-6",
    only=_cashiers,
    cure=("没有就填 0，不要留空", "Fill in 0 if there were none; do not leave it blank"),
)
def receipts_reported(cashiers: Row) -> Formula:
    """A blank is no zero."""
    return (cashiers.total_receipts >= 0).or_(False)


@scheme.rule(
    DEPARTMENT, zh="收款室收入", en="Cashiers' income", clause="S4.3-6", unit=CNY, only=_cashiers
)
def cashier_income(cashiers: Row, p: Parameters) -> Formula:
    """The printed part of all receipts; in the other reading the receipts themselves."""
    part = cashiers.total_receipts * p.cashier_share
    return when(p.cashier_expense_comes_off == "after", part, cashiers.total_receipts)


@scheme.rule(
    DEPARTMENT, zh="收款室支出", en="Cashiers' expense", clause="S4.3-6", unit=CNY, only=_cashiers
)
def cashier_expense(cashiers: Row) -> Formula:
    """Three kinds."""
    return goods(cashiers)


@scheme.rule(DEPARTMENT, zh="收款室提成比例", en="Cashiers' rate", clause="S4.3-6", only=_cashiers)
def cashier_rate(_: Row, p: Parameters) -> Formula:
    """The whole balance, unless the printed part is taken of receipts less expense."""
    return when(p.cashier_expense_comes_off == "after", 1, p.cashier_share)
