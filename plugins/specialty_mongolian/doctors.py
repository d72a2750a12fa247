"""Section 2, items 1 and 2: use of Mongolian drugs, admissions."""

from __future__ import annotations

from hpf.core import (
    CNY,
    STAFF,
    Formula,
    Parameters,
    Row,
    round_to,
    smaller,
    when,
)

from .scheme import DOCTOR, scheme

_ONLY_DOCTORS = ("只有医生填", "Doctors only")
for _code, _zh, _en in (
    ("prescriptions", "处方数", "Prescriptions"),
    ("mongolian_prescriptions", "蒙药处方数", "Mongolian prescriptions"),
):
    scheme.integer(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        blank="not_applicable",
        low=0,
        clause="S4.3-2.1",
        note=(
            "只有医生填；一张处方含蒙药即计为蒙药处方，只计一次",
            "Doctors only; a prescription with a Mongolian drug counts once, as Mongolian",
        ),
    )
scheme.decimal(
    STAFF,
    "mongolian_drug_income",
    zh="蒙药收入",
    en="Income from Mongolian drugs",
    unit=CNY,
    blank="not_applicable",
    low=0,
    clause="S4.3-2.1",
    note=_ONLY_DOCTORS,
)
scheme.integer(
    STAFF,
    "admitted",
    zh="收住院患者数",
    en="Inpatients admitted",
    blank="not_applicable",
    low=0,
    clause="S4.3-2.2",
    note=_ONLY_DOCTORS,
)


def earns_awards(person: Row) -> Formula:
    """For `only=` of the awards."""
    return person.earns_awards


@scheme.require(
    STAFF,
    zh="医生的处方、蒙药收入、收住院人数已填报",
    en="A doctor's prescriptions, drug income and admissions are reported",
    clause=["S4.3-2.1", "S4.3-2.2"],
    only=lambda person: person.post == DOCTOR,
    cure=("没有就填 0，不要留空", "Fill in 0 where there were none; leave none blank"),
)
def doctor_reported(doctor: Row) -> Formula:
    """A doctor's blank is no zero; for other posts the columns stay blank."""
    given = (
        (doctor.prescriptions >= 0)
        & (doctor.mongolian_prescriptions >= 0)
        & (doctor.mongolian_drug_income >= 0)
        & (doctor.admitted >= 0)
    )
    return given.or_(False)


@scheme.require(
    STAFF,
    zh="蒙药处方数不多于处方数",
    en="No more Mongolian prescriptions than prescriptions",
    clause="S4.3-2.1",
    cure=("请核对两个数：蒙药处方是处方的一部分", "Check both: the former are some of the latter"),
)
def mongolian_within_all(doctor: Row) -> Formula:
    """Mongolian prescriptions are some of the prescriptions."""
    return doctor.mongolian_prescriptions <= doctor.prescriptions


# 1: use of Mongolian drugs


@scheme.rule(STAFF, zh="考核的处方数", en="Prescriptions measured", clause="S4.3-2.1")
def all_rx(doctor: Row, p: Parameters) -> Formula:
    """The month's: the doctor's own, or the whole department's."""
    everybody = doctor.department.staff.prescriptions.sum()
    return when(p.use_rate_of == "doctor", doctor.prescriptions, everybody)


@scheme.rule(STAFF, zh="考核的蒙药处方数", en="Mongolian ones measured", clause="S4.3-2.1")
def mongolian_rx(doctor: Row, p: Parameters) -> Formula:
    """Those of them that hold a Mongolian drug."""
    everybody = doctor.department.staff.mongolian_prescriptions.sum()
    return when(p.use_rate_of == "doctor", doctor.mongolian_prescriptions, everybody)


@scheme.condition(STAFF, zh="蒙药使用率达标", en="Use rate reached", clause="S4.3-2.1")
def use_rate_reached(doctor: Row, p: Parameters) -> Formula:
    """The rate itself is enough; whoever writes no prescription reaches none."""
    enough = doctor.mongolian_rx >= p.use_rate_min * doctor.all_rx
    return (enough & (doctor.all_rx > 0)).or_(False)


@scheme.rule(
    STAFF, zh="蒙药纯利润", en="Net profit of Mongolian drugs", clause="S4.3-2.1", unit=CNY
)
def net_profit(doctor: Row, p: Parameters) -> Formula:
    """A fixed share of the income."""
    return doctor.mongolian_drug_income * p.net_profit_rate


@scheme.pay(STAFF, zh="蒙药使用补贴奖", en="Drug-use subsidy", clause="S4.3-2.1", only=earns_awards)
def drug_use_subsidy(doctor: Row, p: Parameters) -> Formula:
    """All or nothing: a share of the net profit from the rate on."""
    return round_to(when(doctor.use_rate_reached, doctor.net_profit * p.subsidy_rate, 0))


# 2: admissions; like records and operations, the document pays each of them


def counted(count: Formula, p: Parameters) -> Formula:
    """How many of them earn the award this month."""
    return when(p.each_case, count, smaller(1, count))


@scheme.pay(STAFF, zh="收住院奖", en="Admission award", clause="S4.3-2.2", only=earns_awards)
def admission_award(doctor: Row, p: Parameters) -> Formula:
    """For each inpatient admitted; a readmission counts again."""
    return round_to(counted(doctor.admitted, p) * p.admission_award)
