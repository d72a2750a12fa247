"""Ophthalmologists (document S4.7, part 3): shares of income, fines, a percentage, admissions."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    PERSON,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    larger,
    round_to,
)

scheme = Scheme(
    "ophthalmology", zh="眼科医生绩效", en="Ophthalmologists", document="S4.7", here=__file__
)

scheme.decimal(
    DEPARTMENT,
    "shared_income",
    zh="医护共同收入",
    en="Income shared with nurses",
    unit=CNY,
    low=0,
    clause="S4.7-3.OPH.3",
)
for _code, _zh, _en, _clause in (
    ("eye_income", "眼科检查、治疗收入", "Eye examination and treatment", "S4.7-3.OPH.1"),
    ("optometry_income", "视光检查收入", "Optometry", "S4.7-3.OPH.1"),
    ("own_orders", "自开单自执行收入", "Inpatient work ordered and done", "S4.7-3.OPH.2"),
    ("own_orders_more", "自开单自执行收入(另列)", "The same, listed apart", "S4.7-3.OPH.2"),
    ("outside_income", "外科室划归收入", "Credited by other departments", "S4.7-3.OPH.4"),
    ("operation_amount", "手术收入个人所得", "Operations, personal amount", "S4.7-3.OPH.5"),
    (
        "outpatient_operation_amount",
        "门诊手术收入个人所得",
        "Outpatient operations, personal amount",
        "S4.7-3.OPH.5",
    ),
):
    scheme.decimal(
        STAFF, _code, zh=_zh, en=_en, unit=CNY, blank="zero", low=0, clause=_clause,
        direction="higher",
        note=("已按本院比例算好的个人金额", "A personal amount, by the hospital's own rates")
        if _clause == "S4.7-3.OPH.5"
        else ("空白表示没有", "Blank: none"),
    )  # fmt: skip
for _code, _zh, _en in (
    ("record_fine", "病历扣款", "Fine for records"),
    ("drug_fine", "药品比例超标扣款", "Fine for the drug share"),
):
    scheme.decimal(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        blank="zero",
        low=0,
        direction="lower",
        clause="S4.7-3.OPH.6",
        note=("按本院办法；空白表示没有", "By the hospital's own rules; blank: none"),
    )
scheme.decimal(
    STAFF,
    "points_off",
    zh="各项考核扣分",
    en="Points off",
    unit=POINT,
    blank="zero",
    low=0,
    high=100,
    direction="lower",
    clause="S4.7-3.OPH.6",
)
scheme.integer(
    STAFF,
    "admitted",
    zh="收治入院病人",
    en="Patients admitted",
    unit=PERSON,
    blank="zero",
    low=0,
    direction="higher",
    clause="S4.7-3.OPH.7",
)


# (1) to (6): what income gives a person


@scheme.rule(STAFF, zh="本科检查提成", en="Own examinations", clause="S4.7-3.OPH.1", unit=CNY)
def examination_share(doctor: Row, p: Parameters) -> Formula:
    """A share of eye examination, treatment and optometry."""
    income = doctor.eye_income + doctor.optometry_income
    return round_to(income * p.examination_rate, p.item_step)


@scheme.rule(STAFF, zh="自开单提成", en="Own orders", clause="S4.7-3.OPH.2", unit=CNY)
def order_share(doctor: Row, p: Parameters) -> Formula:
    """A share of inpatient work that the doctor both ordered and did."""
    income = doctor.own_orders + doctor.own_orders_more
    return round_to(income * p.order_rate, p.item_step)


@scheme.rule(DEPARTMENT, zh="医生人数", en="Doctors", clause="S4.7-3.OPH.3")
def doctors(department: Row) -> Formula:
    """Everyone in the month's table."""
    return department.staff.count()


@scheme.rule(STAFF, zh="医护共同提成", en="Shared income", clause="S4.7-3.OPH.3", unit=CNY)
def shared_share(doctor: Row, p: Parameters) -> Formula:
    """The doctors' half at its rate, for each doctor alike."""
    department = doctor.department
    counted = department.shared_income * p.shared_part * p.shared_rate
    return round_to(counted / department.doctors, p.item_step)


@scheme.rule(STAFF, zh="外科室划归提成", en="Other departments", clause="S4.7-3.OPH.4", unit=CNY)
def outside_share(doctor: Row, p: Parameters) -> Formula:
    """A share of what other departments credit."""
    return round_to(doctor.outside_income * p.outside_rate, p.item_step)


@scheme.rule(
    STAFF, zh="各项收入合计", en="All shares", clause=["S4.7-3.OPH.5", "S4.7-3.OPH.8"], unit=CNY
)
def shares(doctor: Row) -> Formula:
    """The four shares and both amounts for operations."""
    work = doctor.examination_share + doctor.order_share
    credited = doctor.shared_share + doctor.outside_share
    return work + credited + doctor.operation_amount + doctor.outpatient_operation_amount


# (7) to (9): fines and the assessment; the sum


@scheme.rule(STAFF, zh="扣款后金额", en="After fines", clause="S4.7-3.OPH.8", unit=CNY)
def bracket(doctor: Row) -> Formula:
    """Fines come off before the percentage; never below nothing."""
    return larger(0, doctor.shares - doctor.record_fine - doctor.drug_fine)


@scheme.pay(STAFF, zh="考核后绩效", en="Assessed pay", clause=["S4.7-3.OPH.6", "S4.7-3.OPH.8"])
def assessed_pay(doctor: Row, p: Parameters) -> Formula:
    """A point off takes a hundredth."""
    return round_to(doctor.bracket * (p.full_marks - doctor.points_off) / p.full_marks)


# (10): admissions, outside the percentage


@scheme.pay(STAFF, zh="收治入院奖", en="Admissions", clause="S4.7-3.OPH.7")
def admission_award(doctor: Row, p: Parameters) -> Formula:
    """An amount for each patient taken in."""
    return round_to(doctor.admitted * p.admission_award)


@scheme.total(STAFF, zh="个人绩效", en="Pay", clause="S4.7-3.OPH.8")
def pay(doctor: Row) -> Formula:
    """Assessed pay and admissions."""
    return doctor.assessed_pay + doctor.admission_award
