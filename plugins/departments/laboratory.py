"""The laboratory's monthly appraisal (document S4.6): score, value per point, bonus, interview."""

from __future__ import annotations

from typing import Any

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    first_day,
    larger,
    last_day,
    rank,
    round_to,
    smaller,
    split,
    when,
)

TITLES = ("正高", "副高", "中级", "初级", "无")
HOSPITAL_OFFICE = ("医院办公室", "Hospital office")
APPRAISAL_GROUP = ("医院绩效考核工作小组", "Hospital's appraisal group")
_MONTHLY: dict[str, Any] = {"reporter": ("检验科", "Laboratory"), "due_day": 5}

scheme = Scheme(
    "laboratory", zh="检验科绩效考核", en="Laboratory appraisal", document="S4.6", here=__file__
)

# Facts. The department reports by the 5th of the next month (S4.6-4.2.1.b).
scheme.decimal(
    DEPARTMENT,
    "bonus_pool",
    zh="科室奖金总额",
    en="Bonus pool",
    unit=CNY,
    low=0,
    reporter=HOSPITAL_OFFICE,
    clause="S4.6-5.2",
)
scheme.date(STAFF, "regular_from", zh="转正日期", en="Regular from", clause="S4.6-2.2", **_MONTHLY)
scheme.choice(STAFF, "title", TITLES, zh="职称", en="Title", clause="S4.6-4.1", **_MONTHLY)
for _code, _zh, _en, _clause in (
    ("discipline_off", "工作纪律扣分", "Off for discipline", "S4.6-3.1"),
    ("quality_off", "医疗质量扣分", "Off for medical quality", "S4.6-3.2"),
    ("service_off", "服务质量扣分", "Off for service", "S4.6-3.3"),
    ("communication_off", "临床沟通扣分", "Off for contact with wards", "S4.6-3.4"),
):
    scheme.decimal(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        unit=POINT,
        low=0,
        direction="lower",
        clause=_clause,
        note=("没有扣分请填 0", "Write 0 if nothing came off"),
        **_MONTHLY,
    )
scheme.boolean(
    STAFF, "full_attendance", zh="全勤", en="Full attendance", clause="S4.6-3.5", **_MONTHLY
)
scheme.decimal(
    STAFF,
    "praise_points",
    zh="表扬加分",
    en="Points for praise",
    unit=POINT,
    blank="zero",
    low=0,
    direction="higher",
    clause="S4.6-3.6",
    note=("不含专业资格分；空白表示没有", "Without qualification; blank means none"),
    **_MONTHLY,
)
scheme.decimal(
    STAFF,
    "hospital_score",
    zh="医院总评分",
    en="Hospital's conclusion",
    unit=POINT,
    blank="not_applicable",
    low=0,
    reporter=APPRAISAL_GROUP,
    clause="S4.6-4.2.2",
    note=("空白表示同意科室评价", "Blank means that the department's score is confirmed"),
)
scheme.boolean(
    STAFF,
    "award_chosen",
    zh="并列第一时选定受奖",
    en="Chosen for the award in a tie",
    blank="zero",
    reporter=APPRAISAL_GROUP,
    clause="S4.6-5.3.a",
)


def _included(member: Row) -> Formula:
    return member.included


# Section 2: whom, from when


@scheme.condition(
    STAFF, zh="纳入本月考核", en="Appraised this month", clause=["S4.6-2.1", "S4.6-2.2"]
)
def included(member: Row, p: Parameters) -> Formula:
    """Regular staff by the month's last day, in a month from the scheme's start on."""
    return (member.regular_from <= last_day()) & (first_day() >= p.start_date)


# Sections 3 and 4: contents and method


@scheme.rule(
    DEPARTMENT, zh="考核标准总分", en="Points of the standard", clause="S4.6-4.1", unit=POINT
)
def standard_total(_: Row, p: Parameters) -> Formula:
    """What the four items of the laboratory's own standard add up to."""
    items = p.item_points
    return items["discipline"] + items["quality"] + items["service"] + items["communication"]


@scheme.condition(DEPARTMENT, zh="考核标准合计正确", en="Standard adds up", clause="S4.6-4.1")
def standard_complete(laboratory: Row, p: Parameters) -> Formula:
    """The four items share out exactly the base points."""
    return laboratory.standard_total == p.base_max


@scheme.rule(
    STAFF, zh="工作纪律得分", en="Discipline", clause="S4.6-3.1", unit=POINT, only=_included
)
def discipline(member: Row, p: Parameters) -> Formula:
    """The item's points less deductions, which stop at the item's points."""
    return larger(0, p.item_points["discipline"] - member.discipline_off)


@scheme.rule(
    STAFF, zh="医疗质量得分", en="Medical quality", clause="S4.6-3.2", unit=POINT, only=_included
)
def quality(member: Row, p: Parameters) -> Formula:
    """Likewise for medical quality."""
    return larger(0, p.item_points["quality"] - member.quality_off)


@scheme.rule(STAFF, zh="服务质量得分", en="Service", clause="S4.6-3.3", unit=POINT, only=_included)
def service(member: Row, p: Parameters) -> Formula:
    """Likewise for service."""
    return larger(0, p.item_points["service"] - member.service_off)


@scheme.rule(
    STAFF, zh="临床沟通得分", en="Contact with wards", clause="S4.6-3.4", unit=POINT, only=_included
)
def communication(member: Row, p: Parameters) -> Formula:
    """Likewise for contact with clinical departments."""
    return larger(0, p.item_points["communication"] - member.communication_off)


@scheme.rule(STAFF, zh="基础分", en="Base points", clause="S4.6-4.1", unit=POINT)
def base_points(member: Row, p: Parameters) -> Formula:
    """What is left of the four items, never above the base."""
    kept = member.discipline + member.quality + member.service + member.communication
    return smaller(p.base_max, kept)


@scheme.rule(
    STAFF, zh="专业资格分", en="Qualification points", clause="S4.6-4.1", unit=POINT, only=_included
)
def qualification(member: Row, p: Parameters) -> Formula:
    """By title, from the hospital's own table, within the points set aside for qualification."""
    return smaller(p.qualification_points[member.title], p.qualification_max)


@scheme.rule(
    STAFF, zh="加分", en="Added points", clause=["S4.6-3.5", "S4.6-3.6"], unit=POINT, only=_included
)
def added_points(member: Row, p: Parameters) -> Formula:
    """Full attendance and praise, without a cap; qualification counts once, in its own points."""
    return when(member.full_attendance, p.attendance_points, 0) + member.praise_points


@scheme.rule(STAFF, zh="科室评价分", en="Department's score", clause="S4.6-4.1", unit=POINT)
def department_score(member: Row) -> Formula:
    """Base, qualification and added points."""
    return member.base_points + member.qualification + member.added_points


@scheme.rule(STAFF, zh="绩效考核分", en="Score", clause="S4.6-4.2.2", unit=POINT, only=_included)
def score(member: Row, p: Parameters) -> Formula:
    """The hospital's conclusion; where it is left blank, the department's score is confirmed."""
    concluded = member.hospital_score.or_(member.department_score)
    return when(p.conclusion_by == "hospital", concluded, member.department_score)


# Section 5 (2): the bonus


@scheme.rule(DEPARTMENT, zh="科室总分数", en="Total of scores", clause="S4.6-5.2", unit=POINT)
def score_total(laboratory: Row) -> Formula:
    """All scores of the month; new staff before they are regular are not among them."""
    return laboratory.staff.score.sum()


@scheme.rule(
    DEPARTMENT, zh="分配总额", en="Amount to share", clause=["S4.6-5.2", "S4.6-5.3.a"], unit=CNY
)
def pool_to_share(laboratory: Row, p: Parameters) -> Formula:
    """The whole pool; the award stands beside it, unless the hospital takes it out of the pool."""
    return laboratory.bonus_pool - when(p.award_from == "pool", laboratory.staff.award.sum(), 0)


@scheme.rule(
    DEPARTMENT,
    zh="每分薪值",
    en="Value per point",
    clause="S4.6-5.2",
    unit=CNY / POINT,
    only=lambda d: d.staff.where(_included).count() > 0,
)
def point_value(laboratory: Row, p: Parameters) -> Formula:
    """Amount to share over the total of scores; production never rounds it."""
    return round_to(laboratory.pool_to_share / laboratory.score_total, p.value_step)


@scheme.pay(STAFF, zh="绩效奖金", en="Bonus", clause="S4.6-5.2")
def bonus(member: Row, p: Parameters) -> Formula:
    """Score times value per point, to the fen, and never a fen more or less than the pool."""
    laboratory = member.department
    return when(
        p.sharing == "split",
        split(laboratory.pool_to_share, by=member.score, within=laboratory),
        round_to(member.score * laboratory.point_value),
    )


# Section 5 (3): the best, and the interview


@scheme.rule(STAFF, zh="名次", en="Place", clause="S4.6-5.3.a")
def place(member: Row) -> Formula:
    """Place by score in the department, equal scores sharing it."""
    return rank(member.score, within=member.department)


@scheme.condition(STAFF, zh="最优者", en="Best", clause="S4.6-5.3.a")
def best(member: Row) -> Formula:
    """First by score; in a tie all firsts are listed."""
    return member.place == 1


@scheme.rule(DEPARTMENT, zh="并列第一人数", en="How many are first", clause="S4.6-5.3.a")
def firsts(laboratory: Row) -> Formula:
    """One, or more in a tie."""
    return laboratory.staff.where(lambda m: m.best).count()


@scheme.pay(STAFF, zh="最优奖", en="Award for the best", clause="S4.6-5.3.a", only=_included)
def award(member: Row, p: Parameters) -> Formula:
    """The hospital's award to the one best; in a tie to those it has chosen among the firsts."""
    alone = member.department.firsts == 1
    return round_to(when(member.best & (alone | member.award_chosen), p.best_award, 0))


@scheme.total(STAFF, zh="奖金合计", en="Bonus and award", clause="S4.6-5.2")
def pay(member: Row) -> Formula:
    """What is paid out for the month."""
    return member.bonus + member.award


@scheme.rule(DEPARTMENT, zh="未分完金额", en="Left unpaid", clause="S4.6-5.2", unit=CNY)
def unpaid(laboratory: Row) -> Formula:
    """Amount to share less bonuses paid: nothing, unless the value per point was rounded first."""
    return laboratory.pool_to_share - laboratory.staff.bonus.sum()


def _is_low(month: Row, p: Parameters) -> Formula:
    return when(p.low_inclusive, month.score <= p.low_score, month.score < p.low_score)


@scheme.condition(STAFF, zh="低分", en="Low score", clause="S4.6-5.3.b")
def low(member: Row, p: Parameters) -> Formula:
    """Below the limit; the limit itself is not low, unless the hospital reads it so."""
    return _is_low(member, p)


@scheme.rule(
    STAFF, zh="连续低分次数", en="Low scores in a row", clause="S4.6-5.3.b", only=_included
)
def low_run(member: Row, p: Parameters) -> Formula:
    """Up to this month, across the turn of the year; a month without a score ends the row."""
    return member.window(12).streak(lambda month: _is_low(month, p))


@scheme.rule(
    STAFF, zh="一年内低分次数", en="Low scores in the year", clause="S4.6-5.3.b", only=_included
)
def low_count(member: Row, p: Parameters) -> Formula:
    """In the calendar year, or in the last twelve months where the hospital counts so."""
    calendar = member.year_to_date().where(lambda month: _is_low(month, p)).count()
    rolling = member.window(12).where(lambda month: _is_low(month, p)).count()
    return when(p.year_counted == "calendar", calendar, rolling)


@scheme.condition(STAFF, zh="应面谈", en="Interview due", clause="S4.6-5.3.b")
def interview(member: Row, p: Parameters) -> Formula:
    """This month's low score makes a row, or is one of too many in the year."""
    in_a_row = member.low_run >= p.low_in_a_row
    too_many = member.low_count >= p.low_in_year
    return member.low & (in_a_row | too_many)
