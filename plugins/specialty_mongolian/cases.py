"""Section 2, items 3 to 5: records, operations, and the medicated bath room."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    days_between,
    entity,
    first_day,
    last_day,
    link,
    round_to,
    smaller,
    split,
    when,
)

from .doctors import counted, earns_awards
from .scheme import BATH, scheme

GRADES = ("甲级", "乙级", "丙级")

RECORD = scheme.entity(
    entity(
        "record",
        "出院病历",
        "Discharge record",
        link("doctor", STAFF, "医生", "Doctor", "records"),
    )
)
OPERATION = scheme.entity(
    entity(
        "operation",
        "手术",
        "Operation",
        link("hospital", HOSPITAL, "医院", "Hospital", "operations"),
    )
)
SURGEON = scheme.entity(
    entity(
        "surgeon",
        "手术参加者",
        "Surgeon",
        link("operation", OPERATION, "手术", "Operation", "surgeons"),
        link("doctor", STAFF, "医生", "Doctor", "operations"),
    )
)

scheme.date(RECORD, "discharged", zh="出院日期", en="Discharged", clause="S4.3-2.3")
scheme.date(RECORD, "finished", zh="完成日期", en="Finished", clause="S4.3-2.3")
scheme.choice(
    RECORD,
    "quality",
    GRADES,
    zh="病历等级",
    en="Grade of the record",
    clause="S4.3-2.3",
    note=(
        "哪些等级算合格由医院确定",
        "Which grades are qualified is for the hospital to say",
    ),
)


@scheme.require(
    RECORD,
    zh="病历在本月完成，且不早于出院",
    en="The record was finished this month, and not before the discharge",
    clause="S4.3-2.3",
    cure=(
        "请填本月完成的病历，其他月份的已在当月计奖",
        "List the records finished this month; others were counted in their own",
    ),
)
def finished_this_month(record: Row) -> Formula:
    """A record earns its award once, in the month of its completion."""
    this_month = (record.finished >= first_day()) & (record.finished <= last_day())
    return this_month & (record.finished >= record.discharged)


_IN_WHOSE_NAME = (
    "请改正医生，或其岗位：其他岗位没有这项奖金",
    "Correct the doctor, or the person's post: other posts have no such award",
)


@scheme.require(
    RECORD,
    zh="病历记在医生或主任名下",
    en="The record stands in a doctor's or head's name",
    clause="S4.3-2.3",
    cure=_IN_WHOSE_NAME,
)
def record_of_doctor(record: Row) -> Formula:
    """No award is lost on a post that has none."""
    return record.doctor.treats


@scheme.condition(RECORD, zh="按时且合格", en="On time and qualified", clause="S4.3-2.3")
def earns_award(record: Row, p: Parameters) -> Formula:
    """Both, by the hospital's days and grades."""
    on_time = days_between(record.discharged, record.finished) <= p.record_due_days
    return on_time & p.record_qualifies[record.quality]


@scheme.pay(STAFF, zh="出院病历奖", en="Record award", clause="S4.3-2.3", only=earns_awards)
def record_award(doctor: Row, p: Parameters) -> Formula:
    """For each qualified record finished on time."""
    records = doctor.records.where(lambda r: r.earns_award).count()
    return round_to(counted(records, p) * p.record_award)


scheme.decimal(
    SURGEON,
    "share",
    zh="份额",
    en="Share",
    low=0,
    clause="S4.3-2.4",
    note=(
        "一例手术一份奖金，参加者按登记的份额分；一人完成的填 1",
        "One amount for a case, divided by recorded shares; 1 where one doctor operated",
    ),
)


@scheme.require(
    SURGEON,
    zh="手术参加者是医生或主任",
    en="Whoever operated is a doctor or head",
    clause="S4.3-2.4",
    cure=_IN_WHOSE_NAME,
)
def operated_by_doctor(surgeon: Row) -> Formula:
    """No part is lost on a post that has none."""
    return surgeon.doctor.treats


@scheme.rule(SURGEON, zh="手术奖份额", en="Part of the award", clause="S4.3-2.4", unit=CNY)
def award_part(surgeon: Row, p: Parameters) -> Formula:
    """The case's amount, divided to the fen; or the whole of it for each surgeon."""
    return when(
        p.operation_award_for == "case",
        split(p.operation_award, by=surgeon.share, within=surgeon.operation),
        p.operation_award,
    )


@scheme.pay(STAFF, zh="手术奖", en="Operation award", clause="S4.3-2.4", only=earns_awards)
def operation_award(doctor: Row, p: Parameters) -> Formula:
    """The doctor's parts of all operations."""
    earned = doctor.operations.award_part.sum()
    return round_to(when(p.each_case, earned, smaller(earned, p.operation_award)))


# 5: the medicated bath room, printed among the doctors

scheme.integer(
    DEPARTMENT,
    "bath_visits",
    zh="药浴人次",
    en="Baths given",
    blank="not_applicable",
    low=0,
    clause="S4.3-2.5",
    note=("只有药浴室填", "The bath room only"),
)


@scheme.require(
    DEPARTMENT,
    zh="药浴人次已填报",
    en="The bath room's visits are reported",
    clause="S4.3-2.5",
    only=lambda department: department.kind == BATH,
    cure=("没有就填 0", "Fill in 0 if there were none"),
)
def bath_reported(room: Row) -> Formula:
    """A blank is no zero."""
    return (room.bath_visits >= 0).or_(False)


@scheme.rule(
    DEPARTMENT,
    zh="药浴奖",
    en="Bath award",
    clause="S4.3-2.5",
    unit=CNY,
    only=lambda department: department.kind == BATH,
)
def bath_award(room: Row, p: Parameters) -> Formula:
    """One amount for each visit, for the room; its staff share it."""
    return room.bath_visits * p.bath_award
