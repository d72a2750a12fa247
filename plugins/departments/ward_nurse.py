"""Ward nurses (document S4.7, part 6): shifts times the coefficient of the post."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    SHIFT,
    STAFF,
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

NIGHT = "夜班"
OTHERS = ("组长班", "晚班", "其他班一", "其他班二", "其他班三")
POSTS = (NIGHT, *OTHERS)

scheme = Scheme("ward_nurse", zh="病房护士绩效", en="Ward nurses", document="S4.7", here=__file__)

DUTY = scheme.entity(
    entity("duty", "排班", "Duty", link("nurse", STAFF, "护士", "Nurse", "duties"))
)

scheme.decimal(
    DEPARTMENT, "pool", zh="可分配绩效总额", en="Pool", unit=CNY, low=0, clause="S4.7-6.WN.1"
)
scheme.choice(
    DUTY,
    "post",
    POSTS,
    zh="班次岗位",
    en="Post",
    clause="S4.7-6.WN.1",
    note=("每名护士每种班次一行", "One row for each nurse and post"),
)
scheme.integer(DUTY, "shifts", zh="班次数", en="Shifts", unit=SHIFT, low=0, clause="S4.7-6.WN.1")


@scheme.rule(
    DEPARTMENT, zh="高于夜班的岗位数", en="Posts above the night post", clause="S4.7-6.WN.0"
)
def posts_above_night(_: Row, p: Parameters) -> Formula:
    """How many posts of the hospital's table have a higher coefficient than the night post."""
    posts = p.post_coefficient
    above = when(posts[OTHERS[0]] > posts[NIGHT], 1, 0)
    for post in OTHERS[1:]:
        above = above + when(posts[post] > posts[NIGHT], 1, 0)
    return above


@scheme.condition(DEPARTMENT, zh="夜班系数最高", en="Night post is highest", clause="S4.7-6.WN.0")
def night_is_highest(ward: Row) -> Formula:
    """The document wants it so; a hospital's own table is held to that."""
    return ward.posts_above_night == 0


@scheme.rule(DUTY, zh="班次得分", en="Points of the duty", clause="S4.7-6.WN.1", unit=POINT)
def duty_points(duty: Row, p: Parameters) -> Formula:
    """Shifts times the coefficient of the post."""
    return duty.shifts * p.post_coefficient[duty.post]


@scheme.rule(STAFF, zh="得分", en="Points", clause="S4.7-6.WN.1", unit=POINT)
def points(nurse: Row) -> Formula:
    """All duties of the month."""
    return nurse.duties.duty_points.sum()


@scheme.rule(DEPARTMENT, zh="累计总分", en="Sum of points", clause="S4.7-6.WN.1", unit=POINT)
def points_total(ward: Row) -> Formula:
    """Over all nurses of the ward."""
    return ward.staff.points.sum()


@scheme.rule(
    DEPARTMENT, zh="每分价值", en="Value per point", clause="S4.7-6.WN.1", unit=CNY / POINT
)
def point_value(ward: Row, p: Parameters) -> Formula:
    """Pool over the sum of points; production never rounds it."""
    return round_to(ward.pool / ward.points_total, p.value_step)


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause="S4.7-6.WN.1")
def pay(nurse: Row, p: Parameters) -> Formula:
    """The ward's pool by points, to the fen."""
    ward = nurse.department
    return when(
        p.sharing == "split",
        split(ward.pool, by=nurse.points, within=ward),
        round_to(nurse.points * ward.point_value),
    )
