"""The radiology department (document S4.7, part 4): a fixed part, and points by piece."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    POINT,
    STAFF,
    VISIT,
    YEAR,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    link,
    round_to,
    split,
    when,
)

DIAGNOSIS, TECHNIQUE, REGISTRY = "诊断组", "技术组", "登记室"
READING, EXPOSURE = "阅片", "曝光"
SPECIAL = (
    "食管吞钡",
    "钡餐造影",
    "钡灌肠造影",
    "全程钡餐",
    "子宫输卵管造影",
    "窦道及瘘管造影",
    "其他检查一",
    "其他检查二",
    "其他检查三",
)
TECHNICAL = (
    EXPOSURE,
    "胶片",
    "静脉肾盂造影",
    "子宫输卵管造影复查",
    "其他特殊检查一",
    "其他特殊检查二",
    "其他特殊检查三",
)

scheme = Scheme(
    "radiology", zh="放射科绩效", en="Radiology department", document="S4.7", here=__file__
)

GROUP = scheme.entity(
    entity(
        "radiology_group",
        "放射科小组",
        "Radiology group",
        link("department", DEPARTMENT, "科室", "Department", "radiology_groups"),
    )
)
scheme.link(STAFF, link("radiology_group", GROUP, "小组", "Group", "members"))
DIAGNOSTIC_WORK = scheme.entity(
    entity(
        "diagnostic_work",
        "诊断计件",
        "Diagnostic work",
        link("person", STAFF, "人员", "Person", "diagnostic_works"),
    )
)
TECHNICAL_WORK = scheme.entity(
    entity(
        "technical_work",
        "技术计件",
        "Technical work",
        link("person", STAFF, "人员", "Person", "technical_works"),
    )
)

scheme.choice(
    GROUP, "kind", (DIAGNOSIS, TECHNIQUE, REGISTRY), zh="组别", en="Kind", clause="S4.7-4.RAD.1.2"
)
scheme.decimal(
    STAFF,
    "radiation_years",
    zh="放射接触工龄",
    en="Years of radiation work",
    unit=YEAR,
    low=0,
    clause="S4.7-4.RAD.1.1",
    note=("不足一年的部分照填，例如 3.5", "Parts of a year count, e.g. 3.5"),
)
scheme.boolean(
    STAFF, "manages", zh="经管人员", en="Manages accounts", blank="zero", clause="S4.7-4.RAD.1.2"
)
scheme.decimal(
    STAFF,
    "teaching_part",
    zh="教学工作份额",
    en="Part in teaching",
    blank="zero",
    low=0,
    clause="S4.7-4.RAD.1.3",
    note=(
        "组内教学费按份额分配时填；空白表示没有",
        "Where the group's teaching fee goes by parts; blank: none",
    ),
)
scheme.boolean(
    STAFF,
    "checks_reports",
    zh="核对报告签名及片号",
    en="Checks signatures and film numbers",
    blank="zero",
    clause="S4.7-4.RAD.1.4",
)
scheme.integer(
    STAFF,
    "day_shifts",
    zh="白班天数",
    en="Day shifts",
    unit=DAY,
    low=0,
    clause="S4.7-4.RAD.1.5",
    note=("晚夜班由大科发放，不在此填", "Evenings and nights are paid elsewhere"),
)
for _entity, _zh, _en, _items, _clause, _note in (
    (
        DIAGNOSTIC_WORK,
        "诊断项目",
        "Diagnostic item",
        (READING, *SPECIAL),
        "S4.7-4.RAD.2.1",
        ("一份阅片不论几个部位都计一次", "A reading counts once, whatever its parts"),
    ),
    (
        TECHNICAL_WORK,
        "技术项目",
        "Technical item",
        TECHNICAL,
        "S4.7-4.RAD.2.2",
        ("床旁与非床旁分行填", "A row of its own for work at the bedside"),
    ),
):
    scheme.choice(_entity, "item", _items, zh=_zh, en=_en, clause=_clause, note=_note)
    scheme.integer(_entity, "pieces", zh="数量", en="Pieces", unit=VISIT, low=0, clause=_clause)
scheme.boolean(
    TECHNICAL_WORK,
    "bedside",
    zh="床旁",
    en="At the bedside",
    blank="zero",
    clause="S4.7-4.RAD.2.2",
)


# 1: the fixed part


@scheme.pay(STAFF, zh="放射工龄津贴", en="Radiation allowance", clause="S4.7-4.RAD.1.1")
def radiation_allowance(person: Row, p: Parameters) -> Formula:
    """By years of radiation work in four bands; a limit belongs to the lower band."""
    return round_to(p.radiation_allowance.bracket(person.radiation_years))


@scheme.require(
    GROUP,
    zh="经管人员不超过规定人数",
    en="No more managers than the group may have",
    clause="S4.7-4.RAD.1.2",
    cure=(
        "请核对本组的经管人员；登记室没有经管费",
        "Check who manages the group's accounts; the registry has none",
    ),
)
def managers_in_limit(group: Row, p: Parameters) -> Formula:
    """So many of each of the two groups, and nobody of the registry."""
    most = when(group.kind == REGISTRY, 0, p.managers_max)
    return group.members.where(lambda m: m.manages).count() <= most


@scheme.pay(STAFF, zh="经管费", en="Management fee", clause="S4.7-4.RAD.1.2")
def management_fee(person: Row, p: Parameters) -> Formula:
    """An amount for each who keeps the group's piece accounts and material."""
    return round_to(when(person.manages, p.management_fee, 0))


@scheme.rule(GROUP, zh="本组教学费", en="Group's teaching fee", clause="S4.7-4.RAD.1.3", unit=CNY)
def teaching_fee(group: Row, p: Parameters) -> Formula:
    """An amount for the group as a whole; the registry has none."""
    return when(group.kind == REGISTRY, 0, p.teaching_fee)


@scheme.rule(STAFF, zh="教学费权数", en="Weight in teaching", clause="S4.7-4.RAD.1.3")
def teaching_weight(person: Row, p: Parameters) -> Formula:
    """The part taken in teaching, or everyone alike where the hospital says so."""
    return when(p.teaching_share == "by_part", person.teaching_part, 1)


@scheme.pay(STAFF, zh="教学费", en="Teaching fee", clause="S4.7-4.RAD.1.3")
def teaching_pay(person: Row) -> Formula:
    """The group's fee, to the fen; nobody who teaches is a problem, not a saving."""
    group = person.radiology_group
    return split(group.teaching_fee, by=person.teaching_weight, within=group)


@scheme.pay(STAFF, zh="长工龄补贴", en="Long service", clause="S4.7-4.RAD.1.4")
def long_service(person: Row, p: Parameters) -> Formula:
    """On top of the highest band, from so many years on."""
    return round_to(when(person.radiation_years >= p.long_service_years, p.long_service, 0))


@scheme.require(
    STAFF,
    zh="核对人员属于登记室",
    en="Who checks reports belongs to the registry",
    clause="S4.7-4.RAD.1.4",
    cure=(
        "请核对该人员的小组，或去掉核对标记",
        "Check the person's group, or take the mark for checking away",
    ),
    only=lambda person: person.checks_reports,
)
def checker_in_registry(person: Row) -> Formula:
    """The allowance is for the staff of the registry."""
    return person.radiology_group.kind == REGISTRY


@scheme.pay(STAFF, zh="核对补贴", en="Checking allowance", clause="S4.7-4.RAD.1.4")
def checking_allowance(person: Row, p: Parameters) -> Formula:
    """For checking signatures of reports and numbers of films."""
    return round_to(when(person.checks_reports, p.checking_allowance, 0))


@scheme.pay(STAFF, zh="白班补助", en="Day shifts' pay", clause="S4.7-4.RAD.1.5")
def day_shift_pay(person: Row, p: Parameters) -> Formula:
    """By the day; evening and night shifts are paid by the big department, not here."""
    return round_to(person.day_shifts * p.day_shift_rate)


# 2: piece rates


@scheme.rule(
    DIAGNOSTIC_WORK, zh="诊断计分", en="Diagnostic points", clause="S4.7-4.RAD.2.1", unit=POINT
)
def diagnostic_points(work: Row, p: Parameters) -> Formula:
    """A reading is one whatever its parts; a special examination has points of its own instead."""
    points = p.diagnostic_points
    also = when(p.special_adds_reading & (work.item != READING), points[READING], 0)
    return work.pieces * (points[work.item] + also)


@scheme.rule(
    TECHNICAL_WORK, zh="技术计分", en="Technical points", clause="S4.7-4.RAD.2.2", unit=POINT
)
def technical_points(work: Row, p: Parameters) -> Formula:
    """By exposure, film and special examination; at the bedside so many times as much."""
    return work.pieces * p.technical_points[work.item] * when(work.bedside, p.bedside_factor, 1)


@scheme.rule(STAFF, zh="诊断分", en="Diagnosis", clause="S4.7-4.RAD.2.1", unit=POINT)
def diagnosis(person: Row) -> Formula:
    """All diagnostic work of the month."""
    return person.diagnostic_works.diagnostic_points.sum()


@scheme.rule(STAFF, zh="技术分", en="Technique", clause="S4.7-4.RAD.2.2", unit=POINT)
def technique(person: Row) -> Formula:
    """All technical work of the month."""
    return person.technical_works.technical_points.sum()


@scheme.rule(STAFF, zh="计件分", en="Points", clause="S4.7-4.RAD.2.1", unit=POINT)
def points(person: Row) -> Formula:
    """Diagnosis and technique together, to be looked at."""
    return person.diagnosis + person.technique


@scheme.pay(STAFF, zh="计件工资", en="Piece pay", clause=["S4.7-4.RAD.2.1", "S4.7-4.RAD.2.2"])
def piece_pay(person: Row, p: Parameters) -> Formula:
    """Points of each kind at the hospital's value of that kind."""
    values = p.point_value
    return round_to(person.diagnosis * values[DIAGNOSIS] + person.technique * values[TECHNIQUE])


@scheme.total(STAFF, zh="固定部分", en="Fixed part", clause="S4.7-4.RAD.1.1")
def fixed_part(person: Row) -> Formula:
    """Everything of section 1."""
    special = person.long_service + person.checking_allowance
    fees = person.management_fee + person.teaching_pay
    return person.radiation_allowance + fees + special + person.day_shift_pay


@scheme.total(STAFF, zh="本月绩效", en="Month's pay", clause=["S4.7-4.RAD.1.1", "S4.7-4.RAD.2.1"])
def pay(person: Row) -> Formula:
    """The fixed part and piece pay."""
    return person.fixed_part + person.piece_pay
