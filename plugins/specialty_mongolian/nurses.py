"""Section 3: nurses (outpatient, wards, treatment room) and technical departments."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, Formula, Parameters, Row, when

from .fees import CHARGE, EXAM, NURSES, SHARED
from .scheme import NURSING, TECHNICAL, TREATMENT, scheme


def _nurses(department: Row) -> Formula:
    return department.kind.is_one_of(NURSING, TREATMENT)


def _technical(department: Row) -> Formula:
    return department.kind == TECHNICAL


# 3.1 and 3.2: nurses of outpatient departments and wards, and of the treatment room


@scheme.condition(CHARGE, zh="只有护理单元计入", en="Income of nurses alone", clause="S4.3-3.1")
def for_nurses_alone(charge: Row, p: Parameters) -> Formula:
    """In the nurses' list alone; or in both, where the nurses alone have those."""
    shared = (charge.charge_class == SHARED) & (p.shared_fees_go_to == "nurses")
    return (charge.charge_class == NURSES) | shared


@scheme.require(
    CHARGE,
    zh="只有护理单元计入的收费由护理单元操作",
    en="What is income of nurses alone is performed by a nursing unit",
    clause="S4.3-3.1",
    only=lambda charge: charge.for_nurses_alone,
    cure=(
        "请填写操作的护理单元或处置室，否则这笔收入不计入任何科室",
        "Fill in the nursing unit or treatment room: else the charge would be nobody's income",
    ),
)
def performed_by_nurses(charge: Row) -> Formula:
    """None lost: it counts there or nowhere."""
    return charge.performed_by.is_one_of(NURSING, TREATMENT)


@scheme.rule(
    DEPARTMENT,
    zh="护理收入",
    en="Nurses' income",
    clause=["S4.3-3.1", "S4.3-3.2"],
    unit=CNY,
    only=_nurses,
)
def nursing_income(unit: Row, p: Parameters) -> Formula:
    """Fees of the nurses' list that the unit performs; the treatment room by the same list."""
    performed = unit.charges_performed
    own = performed.where(lambda c: c.charge_class == NURSES).amount.sum()
    shared = performed.where(lambda c: c.charge_class == SHARED).amount.sum()
    listed = own + when(p.shared_fees_go_to == "doctors", 0, shared)
    whole = (unit.kind == TREATMENT) & (p.treatment_room_income == "performed")
    return when(whole, performed.amount.sum(), listed)


@scheme.rule(
    DEPARTMENT,
    zh="护理支出",
    en="Nurses' expense",
    clause=["S4.3-3.1", "S4.3-3.2"],
    unit=CNY,
    only=_nurses,
)
def nursing_expense(unit: Row) -> Formula:
    """Four kinds, oxygen in place of reagents."""
    return unit.materials + unit.office_supplies + unit.consumables + unit.oxygen


@scheme.rule(
    DEPARTMENT,
    zh="护理提成比例",
    en="Nurses' rate",
    clause=["S4.3-3.1", "S4.3-3.2"],
    only=_nurses,
)
def nursing_rate(unit: Row, p: Parameters) -> Formula:
    """One for outpatient and ward nurses, one for the treatment room."""
    return when(unit.kind == TREATMENT, p.treatment_room_rate, p.nursing_rate)


# 3.3: technical departments


@scheme.require(
    CHARGE,
    zh="检查由医技科室操作",
    en="An examination is performed by a technical department",
    clause="S4.3-2.7.2",
    only=lambda charge: charge.charge_class == EXAM,
    cure=("请填写操作的医技科室", "Fill in the technical department that performed it"),
)
def performed_by_technical(charge: Row) -> Formula:
    """The performing department's part must find it."""
    return charge.performed_by == TECHNICAL


@scheme.rule(
    DEPARTMENT,
    zh="医技科室收入",
    en="Technical income",
    clause=["S4.3-3.3", "S4.3-2.7.2"],
    unit=CNY,
    only=_technical,
)
def technical_income(department: Row, p: Parameters) -> Formula:
    """The hospital's share of the examinations performed: the document prints none."""
    exams = department.charges_performed.where(lambda c: c.charge_class == EXAM)
    return p.exam_performing_share * exams.amount.sum()


@scheme.rule(
    DEPARTMENT,
    zh="医技科室支出",
    en="Technical expense",
    clause="S4.3-3.3",
    unit=CNY,
    only=_technical,
)
def technical_expense(department: Row) -> Formula:
    """Four kinds, reagents among them."""
    return (
        department.materials
        + department.office_supplies
        + department.consumables
        + department.reagents
    )


@scheme.rule(
    DEPARTMENT, zh="医技科室提成比例", en="Technical rate", clause="S4.3-3.3", only=_technical
)
def technical_rate(department: Row, p: Parameters) -> Formula:
    """The department's line of the table that is not printed, else the hospital's rate."""
    return department.own_rate.or_(p.technical_rate)
