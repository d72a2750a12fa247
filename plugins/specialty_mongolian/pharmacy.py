"""Section 4: pharmacy; expired drugs, as section 5 prints them again."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    Formula,
    Parameters,
    Row,
    larger,
    when,
)

from .scheme import PHARMACY, PREPARATION, scheme


def _pharmacy(department: Row) -> Formula:
    return department.kind == PHARMACY


def _keeps_drugs(department: Row) -> Formula:
    return department.kind.is_one_of(PHARMACY, PREPARATION)


def goods(department: Row) -> Formula:
    """Expense of pharmacy, preparation room and cashiers: printed alike for all three."""
    return department.materials + department.office_supplies + department.consumables


for _code, _zh, _en, _clause, _note in (
    (
        "drug_revenue",
        "药品收入",
        "Drug revenue",
        "S4.3-4.1",
        ("只有药房填", "The pharmacy only"),
    ),
    (
        "drug_margin",
        "药品差价",
        "Margin on drugs",
        "S4.3-4.1",
        (
            "医院按药品差价核算时药房才填",
            "The pharmacy, where the hospital counts by the margin",
        ),
    ),
    (
        "drug_stock",
        "药品库存额",
        "Stock of drugs",
        "S4.3-4.2",
        (
            "医院按库存考核损耗时药房才填",
            "The pharmacy, where the hospital measures losses by the stock",
        ),
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
for _code, _zh, _en, _none in (
    ("loss_amount", "药品损耗金额", "Drugs lost", ("空白表示没有损耗", "Blank: none was lost")),
    (
        "expired_amount",
        "过期药品金额",
        "Drugs expired",
        ("按进价；空白表示没有过期", "At cost; blank: none expired"),
    ),
):
    scheme.decimal(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        blank="zero",
        low=0,
        clause="S4.3-4.2",
        note=_none,
    )


@scheme.require(
    DEPARTMENT,
    zh="药房的收入与损耗基数已填报",
    en="The pharmacy's income and the base of its losses are reported",
    clause=["S4.3-4.1", "S4.3-4.2"],
    only=_pharmacy,
    cure=("没有就填 0，不要留空", "Fill in 0 if there was none; leave none blank"),
)
def pharmacy_reported(pharmacy: Row) -> Formula:
    """A blank is no zero."""
    return ((pharmacy.pharmacy_income >= 0) & (pharmacy.loss_base >= 0)).or_(False)


@scheme.rule(
    DEPARTMENT, zh="药房收入", en="Pharmacy's income", clause="S4.3-4.1", unit=CNY, only=_pharmacy
)
def pharmacy_income(pharmacy: Row, p: Parameters) -> Formula:
    """A fixed share of the drugs' revenue."""
    counted = when(p.pharmacy_income_of == "revenue", pharmacy.drug_revenue, pharmacy.drug_margin)
    return counted * p.drug_net_rate


@scheme.rule(
    DEPARTMENT, zh="药房支出", en="Pharmacy's expense", clause="S4.3-4.2", unit=CNY, only=_pharmacy
)
def pharmacy_expense(pharmacy: Row) -> Formula:
    """Three kinds."""
    return goods(pharmacy)


@scheme.rule(DEPARTMENT, zh="药房提成比例", en="Pharmacy's rate", clause="S4.3-4.1", only=_pharmacy)
def pharmacy_rate(_: Row, p: Parameters) -> Formula:
    """Printed."""
    return p.pharmacy_rate


@scheme.rule(
    DEPARTMENT, zh="损耗基数", en="Base of losses", clause="S4.3-4.2", unit=CNY, only=_pharmacy
)
def loss_base(pharmacy: Row, p: Parameters) -> Formula:
    """Sales or stock, as the hospital says."""
    return when(p.loss_measured_by == "sales", pharmacy.drug_revenue, pharmacy.drug_stock)


@scheme.require(
    DEPARTMENT,
    zh="药品损耗在允许范围之内",
    en="Losses of drugs are within what is allowed",
    clause="S4.3-4.2",
    severity="notice",
    cure=(
        "文件没有规定超出的后果：请由医院处理",
        "The document names no consequence: for the hospital to decide",
    ),
)
def loss_allowed(pharmacy: Row, p: Parameters) -> Formula:
    """The limit itself is allowed; beyond it is reported, nothing is deducted."""
    return pharmacy.loss_amount <= p.loss_allowed * pharmacy.loss_base


@scheme.rule(
    DEPARTMENT,
    zh="扣除过期药品后奖金",
    en="Bonus less expired drugs",
    clause=["S4.3-4.2", "S4.3-5.1"],
    unit=CNY,
    only=_keeps_drugs,
)
def bonus_less_expired(department: Row) -> Formula:
    """Expired drugs come off at their amount; never below nothing."""
    return larger(0, department.rate_bonus - department.expired_amount)


@scheme.require(
    DEPARTMENT,
    zh="过期药品金额已从奖金中扣足",
    en="The bonus covers the drugs that expired",
    clause=["S4.3-4.2", "S4.3-5.1"],
    severity="notice",
    only=_keeps_drugs,
    cure=(
        "奖金不足抵扣：未扣部分由医院处理，不自动结转",
        "What the bonus could not cover is for the hospital to decide; it is not carried over",
    ),
)
def expired_covered(department: Row) -> Formula:
    """What could not be deducted is told, not lost in silence."""
    return department.expired_amount <= department.rate_bonus
