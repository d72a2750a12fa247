"""Section 2, items 6 to 8: the departments' formula, and the clinical departments."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    Formula,
    Parameters,
    Row,
    first_of,
    larger,
    smaller,
    when,
)

from .fees import CHARGE, DIRECT, EXAM, MONGOLIAN, NOBODY, OTHER, SHARED
from .scheme import CLINICAL, KINDS, TECHNICAL, scheme


def _clinical(department: Row) -> Formula:
    return department.kind == CLINICAL


# 2.6: the formula, printed again for nurses, technical departments, pharmacy, preparation room


@scheme.rule(DEPARTMENT, zh="科室收入", en="Income", clause="S4.3-2.6", unit=CNY)
def income(department: Row) -> Formula:
    """As its own section defines it."""
    return first_of(
        department.clinical_income,
        department.nursing_income,
        department.technical_income,
        department.pharmacy_income,
        department.preparation_income,
        department.cashier_income,
    )


@scheme.rule(DEPARTMENT, zh="科室支出", en="Expense", clause="S4.3-2.6", unit=CNY)
def expense(department: Row) -> Formula:
    """As its own section lists it."""
    return first_of(
        department.clinical_expense,
        department.nursing_expense,
        department.technical_expense,
        department.pharmacy_expense,
        department.preparation_expense,
        department.cashier_expense,
    )


@scheme.rule(DEPARTMENT, zh="科室提成比例", en="Rate", clause="S4.3-2.6")
def rate(department: Row) -> Formula:
    """As its own section prints it, or leaves it to the hospital."""
    return first_of(
        department.clinical_rate,
        department.nursing_rate,
        department.technical_rate,
        department.pharmacy_rate,
        department.preparation_rate,
        department.cashier_rate,
    )


@scheme.rule(DEPARTMENT, zh="结转亏损", en="Shortfall carried over", clause="S4.3-2.6", unit=CNY)
def carried(department: Row, p: Parameters) -> Formula:
    """Nothing; the month before's negative base where the hospital carries it over."""
    before = department.past(1).base.or_(0)
    return when(p.shortfall_is_carried, smaller(0, before), 0)


@scheme.rule(DEPARTMENT, zh="收支结余", en="Base", clause="S4.3-2.6", unit=CNY)
def base(department: Row) -> Formula:
    """Income less expense; it may be negative, the bonus not."""
    return department.income - department.expense + department.carried


@scheme.rule(
    DEPARTMENT, zh="提成奖金", en="Bonus by rate", clause=["S4.3-2.6", "S4.3-1.2"], unit=CNY
)
def rate_bonus(department: Row) -> Formula:
    """A share of the base, by the quality factor; nothing where the base is negative."""
    return larger(0, department.base) * department.rate * department.quality_factor


# 2.7: direct and indirect income of clinical departments


@scheme.require(
    CHARGE,
    zh="计入医生收入的收费由临床科室开单",
    en="What counts as doctors' income is ordered by a clinical department",
    clause="S4.3-2.7",
    only=lambda charge: charge.charge_class.is_one_of(DIRECT, SHARED, EXAM, MONGOLIAN, OTHER),
    cure=(
        "请改正开单科室，否则这笔收入不计入任何科室",
        "Correct the ordering department: else the charge would be nobody's income",
    ),
)
def ordered_by_clinical(charge: Row) -> Formula:
    """None lost: only clinical departments have direct and indirect income."""
    return charge.ordering.kind == CLINICAL


@scheme.grade(CHARGE, (*KINDS, NOBODY), zh="操作科室类别", en="Performed by", clause="S4.3-2.7.2")
def performed_by(charge: Row) -> Formula:
    """The performing department's kind; 无 where none is named."""
    return charge.performing.kind.or_(NOBODY)


@scheme.rule(DEPARTMENT, zh="直接收入", en="Direct income", clause="S4.3-2.7.1", unit=CNY)
def direct_income(department: Row, p: Parameters) -> Formula:
    """Fees of the doctors' list, whole; those in both lists unless the nurses alone have them."""
    shared = when(p.shared_fees_go_to == "nurses", 0, department.shared_fees)
    return p.direct_share * (department.direct_fees + shared)


@scheme.rule(DEPARTMENT, zh="间接收入", en="Indirect income", clause="S4.3-2.7.2", unit=CNY)
def indirect_income(department: Row, p: Parameters) -> Formula:
    """Parts of what the department orders: examinations, Mongolian drugs, other."""
    return (
        p.exam_ordering_share * department.exam_fees
        + p.mongolian_share * department.mongolian_fees
        + p.other_income_ratio * department.other_fees
    )


@scheme.rule(
    DEPARTMENT,
    zh="临床科室收入",
    en="Clinical income",
    clause="S4.3-2.7",
    unit=CNY,
    only=_clinical,
)
def clinical_income(department: Row) -> Formula:
    """Direct and indirect."""
    return department.direct_income + department.indirect_income


scheme.decimal(
    DEPARTMENT,
    "own_rate",
    zh="本科室提成比例",
    en="Rate of this department",
    blank="not_applicable",
    low=0,
    high=1,
    clause="S4.3-2.7.3",
    note=(
        "只有与医院统一比例不同的临床、医技科室填",
        "Only for a clinical or technical department that differs from the hospital's rate",
    ),
)


@scheme.require(
    DEPARTMENT,
    zh="只有临床、医技科室另定提成比例",
    en="Only clinical and technical departments have a rate of their own",
    clause=["S4.3-2.7.3", "S4.3-3.3"],
    only=lambda department: department.own_rate >= 0,
    cure=("请清空：该科室的比例已由文件规定", "Clear it: the document prints this rate"),
)
def own_rate_is_open(department: Row) -> Formula:
    """Printed rates are changed by a dated parameter, not by a cell."""
    return department.kind.is_one_of(CLINICAL, TECHNICAL)


@scheme.rule(
    DEPARTMENT, zh="临床科室提成比例", en="Clinical rate", clause="S4.3-2.7.3", only=_clinical
)
def clinical_rate(department: Row, p: Parameters) -> Formula:
    """The department's line of the table that is not printed, else the hospital's rate."""
    return department.own_rate.or_(p.clinical_rate)


# 2.8: expense


@scheme.rule(
    DEPARTMENT,
    zh="临床科室支出",
    en="Clinical expense",
    clause="S4.3-2.8",
    unit=CNY,
    only=_clinical,
)
def clinical_expense(department: Row) -> Formula:
    """Four kinds."""
    return (
        department.materials
        + department.office_supplies
        + department.reagents
        + department.consumables
    )
