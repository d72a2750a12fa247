"""The doctor's own performance in the outpatient clinic (S2 chapter II, section (a))."""

from __future__ import annotations

from hpf.core import (
    CASE,
    CNY,
    HOSPITAL,
    STAFF,
    VISIT,
    Formula,
    Parameters,
    Row,
    entity,
    first_of,
    link,
    round_to,
    when,
)

from .scheme import DUE_DAY, PAID, SUSPENDED, UNIT_ITSELF, scheme

STATUSES = (PAID, SUSPENDED)
OUTSIDE, INSIDE = "外乡镇", "本乡镇"

CLINIC = scheme.entity(
    entity(
        "clinic",
        "门诊工作量",
        "Outpatient clinic",
        link("doctor", STAFF, "门诊医生", "Outpatient doctor", "clinics"),
        key=("doctor",),  # with two rows the introductions would be paid twice
    )
)
VILLAGE_DOCTOR = scheme.entity(
    entity(
        "village_doctor",
        "乡村医生",
        "Village doctor",
        link("hospital", HOSPITAL, "医院", "Hospital", "village_doctors"),
    )
)
INTRODUCED = scheme.entity(
    entity(
        "introduction",
        "介绍患者登记",
        "Introduced patient",
        link("staff", STAFF, "介绍职工", "Introducing staff", "introductions", optional=True),
        link(
            "village_doctor",
            VILLAGE_DOCTOR,
            "介绍乡村医生",
            "Introducing village doctor",
            "introductions",
            optional=True,
        ),
    )
)

# 2.1 The outpatient clinic

for _code, _zh, _en, _unit, _clause, _note in (
    (
        "visits",
        "挂号人次",
        "Registered visits",
        VISIT,
        "S2-2.1-1",
        ("以挂号票为准，退号不计", "By registration tickets; refunded ones do not count"),
    ),
    (
        "admissions",
        "收住院人数",
        "Patients admitted",
        CASE,
        "S2-2.1-2",
        ("以实际入院为准；没有填 0", "Really admitted; 0 for none"),
    ),
):
    scheme.integer(
        CLINIC,
        _code,
        zh=_zh,
        en=_en,
        unit=_unit,
        low=0,
        direction="higher",
        clause=_clause,
        reporter=UNIT_ITSELF,
        due_day=DUE_DAY,
        note=_note,
    )
for _code, _zh, _en in (
    ("examination_income", "门诊检查收入", "Outpatient examination income"),
    ("laboratory_income", "门诊检验收入", "Outpatient laboratory income"),
    ("surgery_income", "门诊手术收入", "Outpatient surgery income"),
):
    scheme.decimal(
        CLINIC,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        low=0,
        clause="S2-2.1-5",
        reporter=UNIT_ITSELF,
        due_day=DUE_DAY,
        note=("实际收回的收入；没有填 0", "Realised income; 0 for none"),
    )
scheme.decimal(
    CLINIC,
    "control_coefficient",
    zh="控制与考核指标系数",
    en="Control and assessment coefficient",
    low=0,
    clause="S2-2.1-4",
    note=("当月考核所得，例如 0.95", "From the month's assessment, e.g. 0.95"),
)
scheme.choice(
    INTRODUCED,
    "patient_from",
    (OUTSIDE, INSIDE),
    zh="患者来源",
    en="Where the patient comes from",
    clause="S2-2.1-3",
)
scheme.choice(
    INTRODUCED,
    "patient_kind",
    ("内科", "外科", "其他"),
    zh="患者类别",
    en="Kind of patient",
    clause="S2-2.1-3",
)


@scheme.rule(CLINIC, zh="门诊诊查提成", en="Consultations", clause="S2-2.1-1", unit=CNY)
def consultation_pay(clinic: Row, p: Parameters) -> Formula:
    """A fixed amount per registered visit."""
    return clinic.visits * p.consultation_rate


@scheme.rule(CLINIC, zh="收住院奖励", en="Admissions", clause="S2-2.1-2", unit=CNY)
def admission_pay(clinic: Row, p: Parameters) -> Formula:
    """A fixed amount per patient sent to the ward."""
    reward = clinic.admissions * p.admission_rate
    return when(p.suspended_by_law["admission_reward"], 0, reward)


@scheme.condition(STAFF, zh="介绍过患者", en="Has introduced", clause="S2-2.1-3")
def introduces(staff: Row) -> Formula:
    """Whether any introduction of the month names them."""
    return staff.introductions.count() > 0


@scheme.condition(VILLAGE_DOCTOR, zh="介绍过患者", en="Has introduced", clause="S2-2.1-3")
def village_doctor_introduces(doctor: Row) -> Formula:
    """Whether any introduction of the month names them."""
    return doctor.introductions.count() > 0


@scheme.rule(INTRODUCED, zh="介绍人数", en="Introducers", clause="S2-2.1-3")
def introducers(case: Row) -> Formula:
    """How many introducers the row names."""
    staff = when(first_of(case.staff.introduces, False), 1, 0)
    village = when(first_of(case.village_doctor.village_doctor_introduces, False), 1, 0)
    return staff + village


@scheme.require(
    INTRODUCED,
    zh="每例介绍登记写明一名介绍人",
    en="Each introduction names one introducer",
    clause="S2-2.1-3",
    cure=(
        "请填写介绍职工或介绍乡村医生，只填一处",
        "Name a member of staff or a village doctor, one of the two only",
    ),
)
def one_introducer(case: Row) -> Formula:
    """Two would be paid twice, and none would lose the reward."""
    return case.introducers == 1


@scheme.rule(
    INTRODUCED,
    zh="介绍奖励",
    en="Introduction",
    clause="S2-2.1-3",
    unit=CNY,
    only=lambda case: case.patient_from == OUTSIDE,
)
def reward(case: Row, p: Parameters) -> Formula:
    """By kind of patient, for patients from outside the township only."""
    rate = p.introduction_rate[case.patient_kind]
    return when(p.suspended_by_law["introduction_reward"], 0, rate)


@scheme.rule(STAFF, zh="介绍奖励合计", en="Introductions", clause="S2-2.1-3", unit=CNY)
def introduction_rewards(staff: Row) -> Formula:
    """Of all patients the person introduced."""
    return staff.introductions.reward.sum()


@scheme.pay(VILLAGE_DOCTOR, zh="介绍奖励", en="Introductions", clause="S2-2.1-3")
def introduction_pay(doctor: Row) -> Formula:
    """A village doctor is not assessed, so no coefficient applies (A2-12)."""
    return round_to(doctor.introductions.reward.sum())


@scheme.rule(CLINIC, zh="检查提成", en="Examination share", clause="S2-2.1-5", unit=CNY)
def examination_share(clinic: Row, p: Parameters) -> Formula:
    """A share of the auxiliary examinations that the doctor ordered."""
    share = clinic.examination_income * p.outpatient_rate["examination"]
    return when(p.suspended_by_law["outpatient_examination"], 0, share)


@scheme.rule(CLINIC, zh="检验提成", en="Laboratory share", clause="S2-2.1-5", unit=CNY)
def laboratory_share(clinic: Row, p: Parameters) -> Formula:
    """A share of the laboratory tests."""
    share = clinic.laboratory_income * p.outpatient_rate["laboratory"]
    return when(p.suspended_by_law["outpatient_laboratory"], 0, share)


@scheme.rule(CLINIC, zh="手术提成", en="Surgery share", clause="S2-2.1-5", unit=CNY)
def surgery_share(clinic: Row, p: Parameters) -> Formula:
    """A share of outpatient surgery."""
    share = clinic.surgery_income * p.outpatient_rate["surgery"]
    return when(p.suspended_by_law["outpatient_surgery"], 0, share)


@scheme.rule(CLINIC, zh="门诊绩效", en="Outpatient performance", clause="S2-2.1-4", unit=CNY)
def performance(clinic: Row, p: Parameters) -> Formula:
    """All items, or the counted workload alone, times the coefficient of the month."""
    rewards = clinic.doctor.introduction_rewards
    workload = clinic.consultation_pay + clinic.admission_pay + rewards
    shares = clinic.examination_share + clinic.laboratory_share + clinic.surgery_share
    coefficient = clinic.control_coefficient
    return when(
        p.control_multiplies == "all_items",
        (workload + shares) * coefficient,
        workload * coefficient + shares,
    )


@scheme.pay(
    STAFF,
    zh="门诊个人绩效",
    en="Outpatient performance",
    clause=["S2-2.1-1", "S2-2.1-2", "S2-2.1-3", "S2-2.1-4", "S2-2.1-5"],
    only=lambda staff: (staff.clinics.count() > 0) | staff.introduces,
)
def outpatient_pay(staff: Row) -> Formula:
    """The clinic's performance; for others the introductions, which no coefficient touches."""
    by_clinic = staff.clinics.performance.sum()
    return round_to(when(staff.clinics.count() > 0, by_clinic, staff.introduction_rewards))


# S2-5-9b: what the slip says of an item that higher law may stop


@scheme.grade(CLINIC, STATUSES, zh="收住院奖励状态", en="Admissions: status", clause="S2-5-9b")
def admission_status(_: Row, p: Parameters) -> Formula:
    """Paid, or suspended by law."""
    return when(p.suspended_by_law["admission_reward"], SUSPENDED, PAID)


@scheme.grade(CLINIC, STATUSES, zh="检查提成状态", en="Examinations: status", clause="S2-5-9b")
def examination_status(_: Row, p: Parameters) -> Formula:
    """Paid, or suspended by law."""
    return when(p.suspended_by_law["outpatient_examination"], SUSPENDED, PAID)


@scheme.grade(CLINIC, STATUSES, zh="检验提成状态", en="Laboratory: status", clause="S2-5-9b")
def laboratory_status(_: Row, p: Parameters) -> Formula:
    """Paid, or suspended by law."""
    return when(p.suspended_by_law["outpatient_laboratory"], SUSPENDED, PAID)


@scheme.grade(CLINIC, STATUSES, zh="手术提成状态", en="Surgery: status", clause="S2-5-9b")
def surgery_status(_: Row, p: Parameters) -> Formula:
    """Paid, or suspended by law."""
    return when(p.suspended_by_law["outpatient_surgery"], SUSPENDED, PAID)


@scheme.grade(INTRODUCED, STATUSES, zh="介绍奖励状态", en="Introduction: status", clause="S2-5-9b")
def introduction_status(_: Row, p: Parameters) -> Formula:
    """Paid, or suspended by law."""
    return when(p.suspended_by_law["introduction_reward"], SUSPENDED, PAID)
