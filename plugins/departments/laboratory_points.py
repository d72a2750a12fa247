"""The laboratory of a city hospital (document S4.7, part 4): points by item, base pay, leaders."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    ITEM,
    POINT,
    STAFF,
    YEAR,
    Formula,
    Parameters,
    Row,
    Scheme,
    declare_unit,
    entity,
    larger,
    link,
    round_to,
    when,
)

GROUPS = ("生化组", "免疫组", "临床组", "血库组", "门诊120化验组")
PLACES = (*GROUPS, "晚夜班")
TITLES = ("正高", "副高", "中级", "初级")
OCCASION = declare_unit("occasion", "次", "occasion")

scheme = Scheme(
    "laboratory_points",
    zh="检验科计件绩效",
    en="Laboratory, points by item",
    document="S4.7",
    here=__file__,
)

WORKDAY = scheme.entity(
    entity(
        "workday", "工作记录", "Work record", link("person", STAFF, "人员", "Person", "workdays")
    )
)

# Facts: a record is one day of a person at one place, or several days whose points are known.
scheme.decimal(
    DEPARTMENT,
    "point_value",
    zh="科室每分金额",
    en="Value per point",
    unit=CNY / POINT,
    low=0,
    clause="S4.7-4.LAB.4",
    note=("每月由医院核定", "Fixed by the hospital each month"),
)
scheme.choice(
    STAFF,
    "group",
    GROUPS,
    zh="小组",
    en="Group",
    blank="not_applicable",
    clause="S4.7-4.LAB.1",
    note=("供查阅，不参加计算", "To look at; nothing is computed from it"),
)
scheme.boolean(
    STAFF, "group_leader", zh="小组长", en="Group leader", blank="zero", clause="S4.7-4.LAB.1"
)
scheme.choice(STAFF, "title", TITLES, zh="职称", en="Title", clause="S4.7-4.LAB.4")
scheme.decimal(
    STAFF, "years", zh="参加工作年限", en="Years of work", unit=YEAR, low=0, clause="S4.7-4.LAB.4"
)
scheme.decimal(
    STAFF,
    "quality_off",
    zh="医疗质量扣分",
    en="Off for quality",
    unit=POINT,
    blank="zero",
    low=0,
    direction="lower",
    clause="S4.7-4.LAB.3",
    note=("按本院质量缺陷管理方案；空白表示没有", "By the hospital's own plan; blank means none"),
)
for _code, _zh, _en, _direction in (
    ("absences", "缺勤违纪次数", "Absences", "lower"),
    ("lectures", "讲课次数", "Lectures", "higher"),
):
    scheme.integer(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        unit=OCCASION,
        blank="zero",
        low=0,
        direction=_direction,
        clause="S4.7-4.LAB.3",
    )
scheme.choice(
    WORKDAY,
    "place",
    PLACES,
    zh="工作地点",
    en="Place of work",
    blank="not_applicable",
    clause="S4.7-4.LAB.5",
    note=("供查阅，不参加计算", "To look at; nothing is computed from it"),
)
scheme.integer(WORKDAY, "days", zh="天数", en="Days", unit=DAY, low=0, clause="S4.7-4.LAB.5")
for _clause, _group in (
    (
        "S4.7-4.LAB.2.BIO",
        (
            ("misc", "杂项化验", "Miscellaneous tests"),
            ("electrolyte", "电解质", "Electrolytes"),
            ("coagulation", "凝血止血", "Coagulation"),
            ("blood_gas", "血气化验", "Blood gas"),
            ("outpatient", "门诊标本化验", "Outpatient samples"),
            ("machine_test", "上机操作测试", "Tests run on machines"),
        ),
    ),
    (
        "S4.7-4.LAB.2.IMM",
        (
            ("hbv_panel", "乙肝全套", "Hepatitis B panels"),
            ("hbsag", "乙肝表面抗原", "Hepatitis B surface antigen"),
            ("hcv", "丙肝化验", "Hepatitis C"),
        ),
    ),
    (
        "S4.7-4.LAB.2.CLI",
        (
            ("urine", "小便常规", "Urine"),
            ("stool", "大便常规", "Stool"),
            ("esr_stain", "ESR、各种常规及染色", "ESR, other routines and stains"),
            ("cbc", "血常规", "Blood counts"),
            ("reticulocyte", "网织红", "Reticulocytes"),
            ("blood_type", "血型化验", "Blood types"),
        ),
    ),
):
    for _code, _zh, _en in _group:
        scheme.integer(
            WORKDAY, _code, zh=_zh, en=_en, unit=ITEM, blank="zero", low=0, clause=_clause
        )
for _code, _zh, _en in (
    ("cbc_duty", "血常规上机值班天数", "Days on blood-count duty"),
    ("blood_type_duty", "血型化验值班天数", "Days on blood-type duty"),
):
    scheme.integer(
        WORKDAY,
        _code,
        zh=_zh,
        en=_en,
        unit=DAY,
        blank="zero",
        low=0,
        clause="S4.7-4.LAB.2.CLI",
        note=("每人每值班日计一次基数", "The base is given once a day to the person on duty"),
    )
scheme.decimal(
    WORKDAY,
    "recorded_points",
    zh="按本院办法已计分数",
    en="Points by the hospital's own table",
    unit=POINT,
    blank="zero",
    low=0,
    clause="S4.7-4.LAB.5",
    note=(
        "血库、门诊化验及晚夜班等原文没有计分表的工作",
        "Blood bank, outpatient laboratory, nights: work without a printed table",
    ),
)


# 2: points of a day


@scheme.rule(WORKDAY, zh="生化计分", en="Biochemistry", clause="S4.7-4.LAB.2.BIO", unit=POINT)
def biochemistry_points(day: Row, p: Parameters) -> Formula:
    """Six kinds of work, each by its own points."""
    points = p.biochemistry_points
    return (
        day.misc * points["misc"]
        + day.electrolyte * points["electrolyte"]
        + day.coagulation * points["coagulation"]
        + day.blood_gas * points["blood_gas"]
        + day.outpatient * points["outpatient"]
        + day.machine_test * points["machine_test"]
    )


@scheme.rule(WORKDAY, zh="免疫计分", en="Immunology", clause="S4.7-4.LAB.2.IMM", unit=POINT)
def immunology_points(day: Row, p: Parameters) -> Formula:
    """Three kinds of test."""
    points = p.immunology_points
    return (
        day.hbv_panel * points["hbv_panel"] + day.hbsag * points["hbsag"] + day.hcv * points["hcv"]
    )


@scheme.rule(WORKDAY, zh="临床计分", en="Clinical", clause="S4.7-4.LAB.2.CLI", unit=POINT)
def clinical_points(day: Row, p: Parameters) -> Formula:
    """Body fluids and blood; two duties have a base for each day, also without a sample."""
    points, base = p.clinical_points, p.duty_base
    fluids = (
        day.urine * points["urine"]
        + day.stool * points["stool"]
        + day.esr_stain * points["esr_stain"]
    )
    blood_count = day.cbc_duty * base["cbc"] + day.cbc * points["cbc"]
    blood_type = day.blood_type_duty * base["blood_type"] + day.blood_type * points["blood_type"]
    return fluids + blood_count + day.reticulocyte * points["reticulocyte"] + blood_type


@scheme.rule(WORKDAY, zh="当日得分", en="Points of the record", clause="S4.7-4.LAB.2.0", unit=POINT)
def day_points(day: Row) -> Formula:
    """Everything done that day, without a cap of one hundred."""
    counted = day.biochemistry_points + day.immunology_points + day.clinical_points
    return counted + day.recorded_points


# 3 to 5, and the example: the month


@scheme.rule(STAFF, zh="出勤天数", en="Days worked", clause="S4.7-4.LAB.5", unit=DAY)
def days(person: Row) -> Formula:
    """Days of all records."""
    return person.workdays.days.sum()


@scheme.rule(STAFF, zh="月总得分", en="Points", clause=["S4.7-4.LAB.5", "S4.7-4.LAB.3"], unit=POINT)
def points(person: Row) -> Formula:
    """Points of all records less those off for quality, never below nothing."""
    return larger(0, person.workdays.day_points.sum() - person.quality_off)


@scheme.rule(STAFF, zh="基础工资", en="Base pay", clause="S4.7-4.LAB.4", unit=CNY)
def base_pay(person: Row, p: Parameters) -> Formula:
    """A basic amount, an amount by title, and one by years of work."""
    return p.basic_pay + p.title_pay[person.title] + p.seniority_pay.bracket(person.years)


@scheme.rule(STAFF, zh="本人应得", en="Earned", clause=["S4.7-4.LAB.3", "S4.7-4.LAB.4"], unit=CNY)
def earned(person: Row, p: Parameters) -> Formula:
    """Base pay, points in money, lectures, less absences."""
    piece_pay = person.points * person.department.point_value
    lectures = person.lectures * p.lecture_award
    return person.base_pay + piece_pay + lectures - person.absences * p.absence_fine


@scheme.rule(
    STAFF,
    zh="全科平均数",
    en="Department's mean",
    clause="S4.7-4.LAB.1",
    unit=CNY,
    only=lambda person: person.group_leader,
)
def department_mean(person: Row, p: Parameters) -> Formula:
    """Over those who lead no group, which avoids a circle; or over everyone's own earnings."""
    staff = person.department.staff
    others = staff.where(lambda one: ~one.group_leader).earned.mean()
    return when(p.mean_over == "others", others, staff.earned.mean())


@scheme.pay(STAFF, zh="总绩效", en="Pay", clause=["S4.7-4.LAB.4", "S4.7-4.LAB.1"])
def pay(person: Row, p: Parameters) -> Formula:
    """What is earned; a group leader gets a multiple of the department's mean instead."""
    leaders = p.leader_rate * person.department_mean
    return round_to(when(person.group_leader, leaders, person.earned), p.pay_step)
