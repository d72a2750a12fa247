"""Reconciliation to the fen: per unit, and for the hospital."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, HOSPITAL, Formula, Parameters, Row, when

from .scheme import has_account, scheme

# A unit: funds and what the hospital adds = due + withheld + kept


@scheme.total(DEPARTMENT, zh="医院另付", en="Paid by the hospital", clause="S2-1.2-5")
def paid_by_hospital(unit: Row) -> Formula:
    """Leaders' supplement, training and administrative pay, which no pool bears."""
    leaders = unit.posts.leader_hospital_part.sum()
    return leaders + unit.posts.training_pay.sum() + unit.posts.administrative_pay.sum()


@scheme.total(DEPARTMENT, zh="科室应发合计", en="Due to the unit's people", clause="S2-5-1a")
def due_in_unit(unit: Row) -> Formula:
    """After assessment and leave, before cases."""
    return unit.posts.unit_due.sum()


@scheme.rule(DEPARTMENT, zh="科室扣发合计", en="Withheld in the unit", clause="S2-5-1a", unit=CNY)
def withheld(unit: Row) -> Formula:
    """By assessment at payment and for leave."""
    return 0 - unit.posts.quality_adjustment.sum() - unit.posts.leave_deduction.sum()


@scheme.rule(
    DEPARTMENT, zh="可用绩效未发出部分", en="Funds not given out", clause="S2-1.4-2", unit=CNY
)
def not_given_out(unit: Row) -> Formula:
    """What the unit's assessment takes off, or the printed formula leaves (negative: overpays)."""
    return unit.funds - unit.given_out


@scheme.rule(
    DEPARTMENT,
    zh="未发绩效结转下月",
    en="Unpaid, carried forward",
    clause="S2-5-1a",
    unit=CNY,
    only=has_account,
)
def unpaid_carried(unit: Row, p: Parameters) -> Formula:
    """Where the hospital leaves with the unit what assessment and leave withhold."""
    return when(p.unpaid_goes_to == "unit", unit.withheld + unit.not_given_out, 0)


@scheme.require(
    DEPARTMENT,
    zh="科室对账：可用绩效与医院另付之和，等于应发、扣发与未发出之和",
    en="Unit reconciles: funds and what the hospital adds are due, withheld or not given out",
    clause=["S2-1.2-1", "S2-5-1a"],
    cure=("请报告方案维护人员", "Report it to whoever keeps the scheme"),
)
def unit_reconciles(unit: Row) -> Formula:
    """To the fen."""
    there = unit.funds.or_(0) + unit.paid_by_hospital
    return there == unit.due_in_unit + unit.withheld + unit.not_given_out.or_(0)


# The hospital


def everyone_is_known(hospital: Row) -> Formula:
    """Nobody's month rests on an account that is missing; else that is what to mend first."""
    staff = hospital.departments.staff
    return staff.payable.count() == staff.count()


@scheme.rule(HOSPITAL, zh="计入收入合计", en="Credited income", clause="S2-1.2-1", unit=CNY)
def total_income(hospital: Row) -> Formula:
    """Of all accounting units; shared incomes count in several (A2-16), so it is no ledger sum."""
    return hospital.departments.income.sum()


@scheme.rule(HOSPITAL, zh="支出合计", en="Expenditure", clause="S2-1.2-1", unit=CNY)
def total_expenditure(hospital: Row) -> Formula:
    """Of all accounting units."""
    return hospital.departments.expenditure.sum()


@scheme.rule(HOSPITAL, zh="结余合计", en="Balance", clause="S2-1.2-1", unit=CNY)
def total_balance(hospital: Row) -> Formula:
    """Of all accounting units, deficits included."""
    return hospital.departments.balance.sum()


@scheme.rule(HOSPITAL, zh="可用绩效合计", en="Funds", clause="S2-1.4-2", unit=CNY)
def total_funds(hospital: Row) -> Formula:
    """Of all accounting units."""
    return hospital.departments.funds.sum()


@scheme.rule(HOSPITAL, zh="未发出合计", en="Not given out", clause="S2-1.4-2", unit=CNY)
def total_not_given_out(hospital: Row) -> Formula:
    """Of all accounting units."""
    return hospital.departments.not_given_out.sum()


@scheme.total(HOSPITAL, zh="医院另付合计", en="Paid by the hospital", clause="S2-1.2-5")
def total_paid_by_hospital(hospital: Row) -> Formula:
    """Leaders, training and administration."""
    return hospital.departments.paid_by_hospital.sum()


@scheme.total(HOSPITAL, zh="个人绩效合计", en="Own performance", clause="S2-1.4-1")
def total_own(hospital: Row) -> Formula:
    """Outpatient and technical performance."""
    staff = hospital.departments.staff
    return staff.outpatient_pay.sum() + staff.technical_pay.sum()


@scheme.total(HOSPITAL, zh="乡村医生合计", en="Village doctors", clause="S2-2.1-3")
def total_village_doctors(hospital: Row) -> Formula:
    """Introductions by payees outside the payroll."""
    return hospital.village_doctors.introduction_pay.sum()


@scheme.total(HOSPITAL, zh="应付合计", en="Payable", clause="S2-5-1a")
def total_payable(hospital: Row) -> Formula:
    """To everyone."""
    return hospital.departments.staff.payable.sum() + hospital.total_village_doctors


@scheme.rule(HOSPITAL, zh="扣发合计", en="Withheld", clause="S2-5-1a", unit=CNY)
def total_withheld(hospital: Row) -> Formula:
    """By assessment at payment and for leave."""
    own = hospital.departments.staff.own_adjustment.sum()
    return hospital.departments.withheld.sum() - own


@scheme.rule(HOSPITAL, zh="案件扣款合计", en="Deducted for cases", clause="S2-4-2", unit=CNY)
def total_deducted(hospital: Row) -> Formula:
    """For units' and people's cases."""
    by_unit = hospital.departments.unit_claim_taken.sum()
    return by_unit - hospital.departments.staff.case_deduction.sum()


@scheme.rule(HOSPITAL, zh="停发合计", en="Suspended", clause="S2-4-2", unit=CNY)
def total_suspended(hospital: Row) -> Formula:
    """Held back, not lost."""
    return 0 - hospital.departments.staff.suspended_pay.sum()


@scheme.total(HOSPITAL, zh="取整差额合计", en="Rounding", clause="S2-5-1a")
def total_rounding(hospital: Row) -> Formula:
    """What rounding adds or takes."""
    return hospital.departments.staff.rounding_off.sum()


@scheme.total(HOSPITAL, zh="实发合计", en="Paid", clause="S2-5-1a")
def total_paid(hospital: Row) -> Formula:
    """To everyone."""
    return hospital.departments.staff.paid.sum() + hospital.total_village_doctors


@scheme.rule(HOSPITAL, zh="未发绩效结转合计", en="Carried forward", clause="S2-5-1a", unit=CNY)
def total_unpaid_carried(hospital: Row) -> Formula:
    """What units take into next month."""
    return hospital.departments.unpaid_carried.sum()


@scheme.require(
    HOSPITAL,
    zh="全院结余等于收入减支出",
    en="The hospital's balance is its units' income less expenditure",
    clause="S2-1.2-1",
    cure=("请报告方案维护人员", "Report it to whoever keeps the scheme"),
)
def balance_reconciles(hospital: Row) -> Formula:
    """Summed apart."""
    return hospital.total_balance == hospital.total_income - hospital.total_expenditure


@scheme.require(
    HOSPITAL,
    zh="全院对账：可用绩效、医院另付、个人绩效之和，等于应付与未发出之和",
    en="Hospital reconciles: funds, hospital's part and own performance are payable or kept",
    clause="S2-5-1a",
    cure=("请报告方案维护人员", "Report it to whoever keeps the scheme"),
    only=everyone_is_known,
)
def sources_reconcile(hospital: Row) -> Formula:
    """Summed over units on one side, over people on the other."""
    sources = hospital.total_funds + hospital.total_paid_by_hospital + hospital.total_own
    given = sources + hospital.total_village_doctors - hospital.total_not_given_out
    return given == hospital.total_payable


@scheme.require(
    HOSPITAL,
    zh="全院对账：应付等于实发、扣发、案件扣款、停发与取整差额之和",
    en="Hospital reconciles: what is payable is paid, withheld, deducted, suspended or rounded",
    clause="S2-5-1a",
    cure=("请报告方案维护人员", "Report it to whoever keeps the scheme"),
    only=everyone_is_known,
)
def payment_reconciles(hospital: Row) -> Formula:
    """To the fen."""
    off = hospital.total_withheld + hospital.total_deducted + hospital.total_suspended
    return hospital.total_payable == hospital.total_paid + off - hospital.total_rounding
