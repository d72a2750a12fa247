"""Operating-room nurses (document S4.7, part 6): points by size, hours, additions, shifts, time."""

from __future__ import annotations

from hpf.core import (
    DEPARTMENT,
    HOUR,
    POINT,
    SHIFT,
    STAFF,
    YEAR,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    exact,
    larger,
    link,
    round_to,
    when,
)

SIZES = ("小手术", "中手术", "大手术")
SCRUB, CIRCULATING = "洗手", "巡回"

scheme = Scheme(
    "operating_room",
    zh="手术室护士绩效",
    en="Operating-room nurses",
    document="S4.7",
    here=__file__,
)

OPERATION = scheme.entity(
    entity(
        "operation",
        "手术",
        "Operation",
        link("department", DEPARTMENT, "科室", "Department", "operations"),
    )
)
ATTENDANCE = scheme.entity(
    entity(
        "attendance",
        "手术配合",
        "Attendance",
        link("operation", OPERATION, "手术", "Operation", "attendances"),
        link("nurse", STAFF, "护士", "Nurse", "attendances"),
        key=("operation", "nurse"),
    )
)

# Facts: an operation is one session of one patient, whatever is done in it.
scheme.choice(
    OPERATION,
    "size",
    SIZES,
    zh="手术大小",
    en="Size",
    clause="S4.7-6.ORN.1",
    note=("按本院手术分类目录", "By the hospital's own list of operations"),
)
scheme.choice(
    OPERATION,
    "second_size",
    SIZES,
    zh="同台另一手术的大小",
    en="Size of the second operation",
    blank="not_applicable",
    clause="S4.7-6.ORN.3",
    note=("同一病人同时做两台手术时填", "Where one patient has two operations at once"),
)
scheme.decimal(
    OPERATION,
    "hours",
    zh="手术时间",
    en="Hours",
    unit=HOUR,
    low=0,
    clause="S4.7-6.ORN.2",
    note=("两台手术合计；不足一小时照填", "Of both together; parts of an hour as they are"),
)
scheme.decimal(
    OPERATION,
    "child_age",
    zh="患儿年龄",
    en="Child's age",
    unit=YEAR,
    blank="not_applicable",
    low=0,
    clause="S4.7-6.ORN.4",
    note=("小儿才填，例如 2.5", "Of children alone, e.g. 2.5"),
)
for _code, _zh, _en in (
    ("rescue", "抢救病人", "Rescue"),
    ("endoscopic", "腔镜手术", "Endoscopic"),
    ("bypass", "体外循环", "Extracorporeal circulation"),
    ("infected", "感染手术", "Infected"),
):
    scheme.boolean(OPERATION, _code, zh=_zh, en=_en, blank="zero", clause="S4.7-6.ORN.4")
scheme.choice(ATTENDANCE, "duty", (SCRUB, CIRCULATING), zh="分工", en="Duty", clause="S4.7-6.ORN.1")
for _code, _zh, _en in (
    ("evening_shifts", "晚班数", "Evening shifts"),
    ("mid_shifts", "中班数", "Mid shifts"),
    ("day_shifts", "白班数", "Day shifts"),
):
    scheme.integer(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        unit=SHIFT,
        blank="zero",
        low=0,
        clause="S4.7-6.ORN.5",
        note=("含休息班", "Rest shifts included") if _code == "day_shifts" else ("", ""),
    )
scheme.decimal(
    STAFF,
    "month_hours",
    zh="本月工时",
    en="Hours of the month",
    unit=HOUR,
    low=0,
    clause="S4.7-6.ORN.6",
    note=("休假是否计入由医院规定", "Whether leave counts is the hospital's"),
)


# An operation: size, hours, additions


@scheme.rule(
    OPERATION,
    zh="手术大小分",
    en="Points of the size",
    clause=["S4.7-6.ORN.1", "S4.7-6.ORN.3"],
    unit=POINT,
)
def size_points(operation: Row, p: Parameters) -> Formula:
    """By size; of two operations on one patient the higher one alone."""
    points = p.size_points
    first = points[operation.size]
    return larger(first, points[operation.second_size]).or_(first)


@scheme.rule(OPERATION, zh="计分小时数", en="Hours that count", clause="S4.7-6.ORN.2", unit=HOUR)
def counted_hours(operation: Row, p: Parameters) -> Formula:
    """Whole hours; what a part of one counts is the hospital's."""
    return round_to(operation.hours, p.hour_step)


@scheme.require(
    OPERATION,
    zh="计分小时数为整数",
    en="Hours that count are whole",
    clause="S4.7-6.ORN.2",
    cure=(
        "请把手术小时取整的步长定为 1 小时的整数倍",
        "Set the rounding of hours to a whole number of hours",
    ),
)
def whole_hours(operation: Row) -> Formula:
    """Points grow hour by hour, so a part of an hour has no points of its own."""
    return operation.counted_hours == round_to(operation.counted_hours, "1")


@scheme.rule(OPERATION, zh="递增的小时数", en="Hours beyond", clause="S4.7-6.ORN.2", unit=HOUR)
def hours_beyond(operation: Row, p: Parameters) -> Formula:
    """Those that grow; the limit itself does not."""
    return larger(0, operation.counted_hours - p.plain_hours)


@scheme.rule(OPERATION, zh="手术时间分", en="Points of the time", clause="S4.7-6.ORN.2", unit=POINT)
def time_points(operation: Row, p: Parameters) -> Formula:
    """So many an hour; each hour beyond the limit has one more than the hour before it, or simply
    one more where the hospital reads it flat."""
    flat = operation.hours_beyond * p.growth_points
    growing = flat * (operation.hours_beyond + exact("1", HOUR)) / exact("2", HOUR)
    plain = operation.counted_hours * p.hour_points
    return plain + when(p.growth == "progressive", growing, flat)


@scheme.rule(OPERATION, zh="手术加分", en="Additions", clause="S4.7-6.ORN.4", unit=POINT)
def additions(operation: Row, p: Parameters) -> Formula:
    """Child, rescue, endoscopic, extracorporeal, infected: they add up."""
    extra = p.addition
    young = (operation.child_age < p.child_below).or_(False)
    patient = when(young, extra["child"], 0) + when(operation.rescue, extra["rescue"], 0)
    kind = when(operation.endoscopic, extra["endoscopic"], 0)
    bypass = when(operation.bypass, extra["bypass"], 0)
    return patient + kind + bypass + when(operation.infected, extra["infected"], 0)


@scheme.rule(
    ATTENDANCE, zh="单独巡回加分", en="Circulating alone", clause="S4.7-6.ORN.4", unit=POINT
)
def alone_points(attendance: Row, p: Parameters) -> Formula:
    """A circulating nurse of an operation that no scrub nurse attended."""
    scrubbed = attendance.operation.attendances.where(lambda a: a.duty == SCRUB).count()
    return when(scrubbed == 0, p.addition["alone"], 0)


@scheme.rule(
    ATTENDANCE,
    zh="配合得分",
    en="Points of the attendance",
    clause=["S4.7-6.ORN.1", "S4.7-6.ORN.2", "S4.7-6.ORN.4"],
    unit=POINT,
)
def attendance_points(attendance: Row) -> Formula:
    """Size, time and additions for each scrub and each circulating nurse."""
    operation = attendance.operation
    points = operation.size_points + operation.time_points + operation.additions
    return points + attendance.alone_points


# The month: operations, shifts, hours


@scheme.rule(STAFF, zh="手术分", en="Operations", clause="S4.7-6.ORN.1", unit=POINT)
def operations(nurse: Row) -> Formula:
    """Everything attended in the month."""
    return nurse.attendances.attendance_points.sum()


@scheme.rule(STAFF, zh="班次分", en="Shifts", clause="S4.7-6.ORN.5", unit=POINT)
def shifts(nurse: Row, p: Parameters) -> Formula:
    """Evening, mid and day shifts, rest shifts with the latter."""
    points = p.shift_points
    evenings = nurse.evening_shifts * points["evening"]
    return evenings + nurse.mid_shifts * points["mid"] + nurse.day_shifts * points["day"]


@scheme.rule(STAFF, zh="工时增减分", en="Hours over and short", clause="S4.7-6.ORN.6", unit=POINT)
def hours_over(nurse: Row, p: Parameters) -> Formula:
    """Each hour beyond what everybody has to do adds, each one short takes off."""
    over = larger(0, nurse.month_hours - p.hours_due)
    short = larger(0, p.hours_due - nurse.month_hours)
    return over * p.over_points - short * p.short_points


@scheme.rule(STAFF, zh="总分", en="Points", clause="S4.7-6.ORN.6", unit=POINT)
def points(nurse: Row) -> Formula:
    """Operations, shifts and hours, never below nothing."""
    return larger(0, nurse.operations + nurse.shifts + nurse.hours_over)


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause="S4.7-6.ORN.6")
def pay(nurse: Row, p: Parameters) -> Formula:
    """Points at the hospital's value."""
    return round_to(nurse.points * p.point_value)
