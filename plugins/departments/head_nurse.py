"""Head nurses (document S4.7, part 5): the month's pay, and the year's end."""

from __future__ import annotations

from hpf.core import (
    CASE,
    CNY,
    DAY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    larger,
    round_to,
    split,
    when,
)

MONTHS_OF_A_YEAR = 12

scheme = Scheme("head_nurse", zh="护士长月薪", en="Head nurses", document="S4.7", here=__file__)

# Facts: staff are the head nurses of the wards, one row each.
scheme.decimal(
    DEPARTMENT,
    "director_salary",
    zh="科主任设定年薪",
    en="Director's set annual salary",
    unit=CNY,
    blank="not_applicable",
    low=0,
    clause="S4.7-5.HN.2",
    note=("没有年薪制科主任的科室留空", "Blank where no director has an annual salary"),
)
for _code, _zh, _en, _note in (
    (
        "critical_days",
        "病危病人例天数",
        "Patient days, critically ill",
        ("每例每天计 1", "One for each patient and day"),
    ),
    (
        "level1_days",
        "Ⅰ级护理病人例天数",
        "Patient days, level I nursing",
        ("每例每天计 1", "One for each patient and day"),
    ),
    (
        "both_days",
        "既病危又Ⅰ级护理例天数",
        "Patient days that are both",
        (
            "已同时计入前两项的例天数；空白表示没有",
            "Counted in both of the above; blank means none",
        ),
    ),
):
    scheme.integer(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        unit=DAY,
        blank="zero" if _code == "both_days" else "required",
        low=0,
        clause="S4.7-5.HN.3",
        note=_note,
    )
scheme.integer(
    DEPARTMENT, "discharges", zh="出院例次", en="Discharges", unit=CASE, low=0, clause="S4.7-5.HN.3"
)
scheme.decimal(
    STAFF,
    "quality_off",
    zh="工作质量扣款",
    en="Off for quality",
    unit=CNY,
    blank="zero",
    low=0,
    direction="lower",
    clause="S4.7-5.HN.4",
    note=("按本院护士长质量考核表；空白表示没有扣款", "By the hospital's own table; blank: none"),
)


@scheme.rule(HOSPITAL, zh="护士长薪酬总额（年）", en="Annual total", clause="S4.7-5.HN.2", unit=CNY)
def annual_total(hospital: Row, p: Parameters) -> Formula:
    """A share of the directors' mean annual salary, as set for the year."""
    return p.annual_rate * hospital.departments.director_salary.mean()


@scheme.rule(HOSPITAL, zh="月工资总额", en="Monthly total", clause="S4.7-5.HN.5", unit=CNY)
def monthly_total(hospital: Row, p: Parameters) -> Formula:
    """The part of the annual total that is paid by the month."""
    return round_to(hospital.annual_total * p.monthly_share / MONTHS_OF_A_YEAR, p.month_step)


@scheme.rule(HOSPITAL, zh="每人绩效工资", en="Performance pay each", clause="S4.7-5.HN.2", unit=CNY)
def performance(hospital: Row, p: Parameters) -> Formula:
    """What the post wage leaves of the monthly total, never below nothing."""
    return larger(0, hospital.monthly_total - p.post_wage)


@scheme.rule(
    HOSPITAL, zh="每人工作质量绩效", en="Quality half each", clause="S4.7-5.HN.1", unit=CNY
)
def quality_half(hospital: Row, p: Parameters) -> Formula:
    """Paid after the assessment of quality."""
    return hospital.performance * p.quality_share


@scheme.rule(HOSPITAL, zh="工作量绩效总额", en="Workload pool", clause="S4.7-5.HN.4", unit=CNY)
def workload_pool(hospital: Row, p: Parameters) -> Formula:
    """The workload half of all head nurses together."""
    return hospital.performance * p.workload_share * hospital.departments.staff.count()


@scheme.rule(DEPARTMENT, zh="科室工作量得分", en="Ward's points", clause="S4.7-5.HN.3", unit=POINT)
def ward_points(ward: Row, p: Parameters) -> Formula:
    """Critically ill, level I and discharged patients; a day that is both counts once."""
    twice = when(p.both_count_once, ward.both_days * p.level1_points, 0)
    nursing = ward.critical_days * p.critical_points + ward.level1_days * p.level1_points
    return nursing - twice + ward.discharges * p.discharge_points


@scheme.rule(STAFF, zh="得分", en="Points", clause="S4.7-5.HN.3", unit=POINT)
def points(nurse: Row) -> Formula:
    """Those of the ward."""
    return nurse.department.ward_points


@scheme.rule(HOSPITAL, zh="累计得分总数", en="Sum of points", clause="S4.7-5.HN.4", unit=POINT)
def points_total(hospital: Row) -> Formula:
    """Over all head nurses."""
    return hospital.departments.staff.points.sum()


@scheme.rule(HOSPITAL, zh="每分值", en="Value per point", clause="S4.7-5.HN.4", unit=CNY / POINT)
def point_value(hospital: Row, p: Parameters) -> Formula:
    """Workload pool over the sum of points; production never rounds it."""
    return round_to(hospital.workload_pool / hospital.points_total, p.value_step)


@scheme.rule(STAFF, zh="工作量绩效", en="Workload part", clause="S4.7-5.HN.4", unit=CNY)
def workload_part(nurse: Row) -> Formula:
    """Points in money."""
    return nurse.points * nurse.department.hospital.point_value


@scheme.rule(STAFF, zh="工作质量绩效", en="Quality part", clause="S4.7-5.HN.4", unit=CNY)
def quality_part(nurse: Row) -> Formula:
    """The full half less deductions, never below nothing."""
    return larger(0, nurse.department.hospital.quality_half - nurse.quality_off)


@scheme.rule(HOSPITAL, zh="应发绩效合计", en="Performance pay due", clause="S4.7-5.HN.4", unit=CNY)
def performance_due(hospital: Row) -> Formula:
    """Both parts of all head nurses."""
    return hospital.departments.staff.sum(lambda nurse: nurse.workload_part + nurse.quality_part)


@scheme.pay(STAFF, zh="岗位工资", en="Post wage", clause="S4.7-5.HN.1")
def post_wage_pay(_: Row, p: Parameters) -> Formula:
    """The same for every head nurse."""
    return round_to(p.post_wage)


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause=["S4.7-5.HN.1", "S4.7-5.HN.4"])
def performance_pay(nurse: Row, p: Parameters) -> Formula:
    """Both parts, to the fen; together the head nurses receive exactly what is due."""
    hospital = nurse.department.hospital
    due = nurse.workload_part + nurse.quality_part
    return when(
        p.sharing == "split",
        split(hospital.performance_due, by=due, within=hospital),
        round_to(due),
    )


@scheme.total(STAFF, zh="月工资", en="Month's pay", clause="S4.7-5.HN.1")
def month_pay(nurse: Row) -> Formula:
    """Post wage and performance pay."""
    return nurse.post_wage_pay + nurse.performance_pay


@scheme.rule(HOSPITAL, zh="未分完的工作量绩效", en="Left unpaid", clause="S4.7-5.HN.4", unit=CNY)
def unpaid(hospital: Row) -> Formula:
    """What a rounded value per point leaves of the workload pool: nothing in production."""
    return hospital.workload_pool - hospital.departments.staff.workload_part.sum()


# The year's end

year = Scheme(
    "head_nurse_year",
    zh="护士长年底考核工资",
    en="Head nurses, year end",
    document="S4.7",
    here=__file__,
    period="year",
)

year.decimal(
    HOSPITAL,
    "annual_total",
    zh="护士长薪酬总额（年）",
    en="Annual total",
    unit=CNY,
    low=0,
    clause="S4.7-5.HN.6",
    note=("每位护士长的年薪酬总额", "What each head nurse's annual total is"),
)
year.decimal(
    DEPARTMENT,
    "economic_score",
    zh="科主任全年经济效益得分",
    en="Director's economic points of the year",
    unit=POINT,
    low=0,
    clause="S4.7-5.HN.7",
)
for _code, _zh, _en in (
    ("by_director", "本科主任满意度", "Satisfaction, director"),
    ("by_nursing_office", "护理部满意度", "Satisfaction, nursing department"),
    ("by_nurses", "本科护士满意度", "Satisfaction, ward's nurses"),
    ("by_others", "其他部门满意度", "Satisfaction, other departments"),
):
    year.decimal(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        low=0,
        high=1,
        direction="higher",
        clause="S4.7-5.HN.8",
        note=("0 到 1 之间，例如 0.95", "Between 0 and 1, e.g. 0.95"),
    )


@year.rule(HOSPITAL, zh="每人年底考核工资", en="Year-end pay each", clause="S4.7-5.HN.6", unit=CNY)
def year_end(hospital: Row, p: Parameters) -> Formula:
    """The part of the annual total that waits for the year's end."""
    return hospital.annual_total * p.year_end_share


@year.rule(HOSPITAL, zh="经济效益部分总额", en="Economy pool", clause="S4.7-5.HN.7", unit=CNY)
def economy_pool(hospital: Row, p: Parameters) -> Formula:
    """The economic half of all head nurses together."""
    return hospital.year_end * p.economy_share * hospital.departments.staff.count()


@year.pay(STAFF, zh="经济效益部分", en="Economy half", clause="S4.7-5.HN.7")
def economy_pay(nurse: Row) -> Formula:
    """By the economic points of the ward's director."""
    hospital = nurse.department.hospital
    return split(hospital.economy_pool, by=nurse.department.economic_score, within=hospital)


@year.rule(STAFF, zh="综合满意度", en="Satisfaction", clause="S4.7-5.HN.8")
def satisfaction(nurse: Row, p: Parameters) -> Formula:
    """Four rates by weight."""
    weights = p.satisfaction_weight
    return (
        weights["director"] * nurse.by_director
        + weights["nursing_office"] * nurse.by_nursing_office
        + weights["nurses"] * nurse.by_nurses
        + weights["others"] * nurse.by_others
    )


@year.pay(STAFF, zh="满意度部分", en="Satisfaction half", clause="S4.7-5.HN.8")
def satisfaction_pay(nurse: Row, p: Parameters) -> Formula:
    """In direct proportion to satisfaction."""
    half = nurse.department.hospital.year_end * p.satisfaction_share
    return round_to(half * nurse.satisfaction)


@year.total(STAFF, zh="年底考核工资", en="Year-end pay", clause="S4.7-5.HN.6")
def year_pay(nurse: Row) -> Formula:
    """Both halves."""
    return nurse.economy_pay + nurse.satisfaction_pay
