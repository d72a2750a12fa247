"""What each is paid, the year so far, and the month's accounts, to the fen."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, HOSPITAL, STAFF, Formula, Parameters, Row, when

from .fees import SHARED, by_class
from .scheme import NURSING, TREATMENT, scheme


@scheme.total(STAFF, zh="应发奖金", en="Pay", clause=["S4.3-1.4", "S4.3-7.2", "S4.3-9"])
def pay(person: Row) -> Formula:
    """A bonus of one's own, a part of the average, trips."""
    return person.own_bonus.or_(0) + person.average_pay.or_(0) + person.trip_pay.or_(0)


@scheme.rule(STAFF, zh="本年累计奖金", en="Pay, year to date", clause="S4.3-1.4", unit=CNY)
def pay_year_to_date(person: Row) -> Formula:
    """The year's months up to this one, as far as their results are at hand."""
    return person.year_to_date().pay.sum()


@scheme.total(DEPARTMENT, zh="科室人员奖金合计", en="Paid to staff", clause="S4.3-1.4")
def paid_to_staff(department: Row) -> Formula:
    """Everybody of the department, whatever for."""
    return department.staff.pay.sum()


# The hospital's month: fees by class


@scheme.rule(HOSPITAL, zh="直接收入项目", en="Direct fees", clause="S4.3-2.7.1", unit=CNY)
def direct_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.direct_fees.sum()


@scheme.rule(
    HOSPITAL, zh="直接兼护理收入项目", en="Fees of both lists", clause="S4.3-2.7.1", unit=CNY
)
def shared_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.shared_fees.sum()


@scheme.rule(HOSPITAL, zh="护理收入项目", en="Nurses' fees", clause="S4.3-3.1", unit=CNY)
def nurses_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.nurses_fees.sum()


@scheme.rule(HOSPITAL, zh="检查收入项目", en="Examination fees", clause="S4.3-2.7.2", unit=CNY)
def exam_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.exam_fees.sum()


@scheme.rule(HOSPITAL, zh="蒙药收入项目", en="Mongolian drug fees", clause="S4.3-2.7.2", unit=CNY)
def mongolian_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.mongolian_fees.sum()


@scheme.rule(HOSPITAL, zh="其他收入项目", en="Other fees", clause="S4.3-2.7.2", unit=CNY)
def other_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.other_fees.sum()


@scheme.rule(HOSPITAL, zh="不计科室收入项目", en="Fees not counted", clause="S4.3-2.7", unit=CNY)
def uncounted_fees(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.uncounted_fees.sum()


@scheme.rule(HOSPITAL, zh="收费合计", en="Charged in all", clause="S4.3-2.7", unit=CNY)
def charged_total(hospital: Row) -> Formula:
    """Every charge, counted from the fee kinds: another way than by department."""
    return hospital.fee_kinds.charges.amount.sum()


_EACH_ONCE = (
    "每个收费项目须有且只有一个类别",
    "Each fee kind must have one class, and one only",
)


@scheme.require(
    DEPARTMENT,
    zh="各类收费合计等于开单收费合计",
    en="The classes add up to what was ordered",
    clause="S4.3-2.7",
    cure=_EACH_ONCE,
)
def department_fees_add_up(department: Row) -> Formula:
    """None lost, none twice."""
    return by_class(department) == department.ordered_total


@scheme.require(
    HOSPITAL,
    zh="各类收费合计等于收费合计",
    en="The classes add up to all charges",
    clause="S4.3-2.7",
    cure=_EACH_ONCE,
)
def fees_add_up(hospital: Row) -> Formula:
    """None lost, none twice."""
    return by_class(hospital) == hospital.charged_total


@scheme.rule(
    HOSPITAL,
    zh="两份清单都计入的收费",
    en="Counted in both lists",
    clause=["S4.3-2.7.1", "S4.3-3.1"],
    unit=CNY,
)
def counted_twice(hospital: Row, p: Parameters) -> Formula:
    """What doctors and nurses both count, each by their own formula."""
    shared = hospital.departments.where(lambda d: d.kind.is_one_of(NURSING, TREATMENT)).sum(
        lambda d: d.charges_performed.where(lambda c: c.charge_class == SHARED).amount.sum()
    )
    return when(p.shared_fees_go_to == "both", shared, 0)


# Expense, bonus and pay


@scheme.rule(HOSPITAL, zh="科室收入合计", en="Income in all", clause="S4.3-2.6", unit=CNY)
def income_total(hospital: Row) -> Formula:
    """As the departments count it."""
    return hospital.departments.income.sum()


@scheme.rule(HOSPITAL, zh="领用合计", en="Issued in all", clause="S4.3-2.8", unit=CNY)
def issued_total(hospital: Row) -> Formula:
    """All five kinds, whoever they were issued to."""
    return hospital.departments.sum(
        lambda d: d.materials + d.office_supplies + d.consumables + d.reagents + d.oxygen
    )


@scheme.rule(HOSPITAL, zh="科室支出合计", en="Expense in all", clause="S4.3-2.6", unit=CNY)
def expense_total(hospital: Row) -> Formula:
    """What is some department's expense by its own list."""
    return hospital.departments.expense.sum()


@scheme.rule(
    HOSPITAL, zh="未计入科室支出的领用", en="Issued but not counted", clause="S4.3-2.8", unit=CNY
)
def issued_uncounted(hospital: Row) -> Formula:
    """Kinds that the department's list does not name, and departments without one."""
    return hospital.issued_total - hospital.expense_total


@scheme.rule(HOSPITAL, zh="科室奖金合计", en="Departments' bonus", clause="S4.3-2.6", unit=CNY)
def bonus_total(hospital: Row) -> Formula:
    """What departments share."""
    return hospital.departments.department_bonus.sum()


@scheme.rule(
    HOSPITAL,
    zh="医生单项奖合计",
    en="Doctors' awards",
    clause=["S4.3-2.1", "S4.3-2.2", "S4.3-2.3", "S4.3-2.4"],
    unit=CNY,
)
def awards_total(hospital: Row) -> Formula:
    """Subsidy, admissions, records, operations."""
    staff = hospital.departments.staff
    return (
        staff.drug_use_subsidy.sum()
        + staff.admission_award.sum()
        + staff.record_award.sum()
        + staff.operation_award.sum()
    )


@scheme.rule(
    HOSPITAL, zh="未发的手术奖份额", en="Operation awards kept", clause="S4.3-2.4", unit=CNY
)
def operations_kept(hospital: Row) -> Formula:
    """Parts of heads whose multiple is their whole amount: they stay with the hospital."""
    parts = hospital.operations.surgeons.award_part.sum()
    return parts - hospital.departments.staff.operation_award.sum()


@scheme.rule(
    HOSPITAL,
    zh="平均奖合计",
    en="Paid by the average",
    clause=["S4.3-7.1", "S4.3-8.1", "S4.3-8.2.a", "S4.3-8.2.b"],
    unit=CNY,
)
def average_paid(hospital: Row) -> Formula:
    """Sections 7 and 8 without trips."""
    return hospital.departments.staff.average_pay.sum()


@scheme.rule(HOSPITAL, zh="出车奖合计", en="Trip awards", clause="S4.3-7.2", unit=CNY)
def trips_paid(hospital: Row) -> Formula:
    """Every trip."""
    return hospital.departments.staff.trips.trip_award.sum()


@scheme.total(HOSPITAL, zh="应发合计", en="Paid in all", clause="S4.3-1.4")
def paid(hospital: Row) -> Formula:
    """Everybody's pay."""
    return hospital.departments.paid_to_staff.sum()


@scheme.require(
    HOSPITAL,
    zh="应发合计等于各项奖金之和",
    en="What is paid is what was earned",
    clause="S4.3-1.4",
    cure=(
        "请检查哪一项奖金没有领取人",
        "See which bonus has nobody to receive it",
    ),
)
def pay_adds_up(hospital: Row) -> Formula:
    """Departments' bonus, doctors' awards, parts of the average, trips: to the fen."""
    earned = (
        hospital.bonus_total + hospital.awards_total + hospital.average_paid + hospital.trips_paid
    )
    return hospital.paid == earned


@scheme.rule(HOSPITAL, zh="本年累计应发", en="Paid, year to date", clause="S4.3-1.4", unit=CNY)
def paid_year_to_date(hospital: Row) -> Formula:
    """The year's months up to this one, as far as their results are at hand."""
    return hospital.year_to_date().paid.sum()


@scheme.rule(HOSPITAL, zh="本年已计月数", en="Months in the year to date", clause="S4.3-1.4")
def months_to_date(hospital: Row) -> Formula:
    """Fewer than the month's number: results of earlier months are missing."""
    return hospital.year_to_date().paid.count()
