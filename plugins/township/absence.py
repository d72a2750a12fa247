"""New staff, leave and advanced training (S2 chapter V, items 6 and 7)."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    Type,
    days_between,
    entity,
    first_day,
    last_day,
    link,
    months_later,
    round_to,
    smaller,
    when,
)

from .posts import POST
from .scheme import days_of, days_of_month, next_month, scheme

OTHER_ENTRY = "其他"
ENTRIES = ("新分配毕业生", "新调入", OTHER_ENTRY)
# The first six are the document's; how the others are paid is the hospital's to say.
MATERNITY, WORK_INJURY = "产假", "工伤假"
LEAVES = (
    "病假",
    "事假",
    MATERNITY,
    "探亲假",
    WORK_INJURY,
    "婚假",
    "丧假",
    "年休假",
    "学习假",
    "其他假",
)
PERSONNEL = ("人事部门", "Personnel office")

LEAVE = scheme.entity(
    entity("leave", "请假记录", "Leave", link("staff", STAFF, "人员", "Staff", "leaves"))
)
TRAINING = scheme.entity(
    entity(
        "training",
        "进修记录",
        "Advanced training",
        link("staff", STAFF, "进修人员", "Trainee", "trainings"),
    )
)

for _entity, _clause in ((LEAVE, "S2-5-7b"), (TRAINING, "S2-5-6")):
    scheme.date(
        _entity, "begins", zh="开始日期", en="First day", clause=_clause, reporter=PERSONNEL
    )
    scheme.date(
        _entity,
        "returns",
        zh="复岗日期",
        en="First day back",
        blank="not_applicable",
        clause=_clause,
        reporter=PERSONNEL,
        note=("返回工作的第一天；未返回留空", "The first day at work again; blank: not yet"),
    )
scheme.choice(LEAVE, "kind", LEAVES, zh="假别", en="Kind of leave", clause="S2-5-7b")
scheme.decimal(
    LEAVE,
    "days",
    zh="本月请假工作日",
    en="Working days of leave in this month",
    unit=DAY,
    low=0,
    clause="S2-5-7b",
    reporter=PERSONNEL,
    note=("只计落在本月的工作日，可填半天", "Those in this month only; half days count"),
)
scheme.integer(
    HOSPITAL,
    "working_days",
    zh="本月工作日",
    en="Working days of the month",
    unit=DAY,
    low=1,
    high=31,
    clause="S2-5-7b",
    reporter=PERSONNEL,
)
scheme.choice(
    STAFF,
    "entry",
    ENTRIES,
    zh="进院方式",
    en="How the person came",
    clause="S2-5-7a",
    reporter=PERSONNEL,
)
scheme.date(STAFF, "started_on", zh="到岗日期", en="Start", clause="S2-5-7a", reporter=PERSONNEL)


# 5-6 Advanced training


@scheme.require(
    TRAINING,
    zh="进修的复岗日期晚于开始日期",
    en="A trainee is back after the first day of training",
    clause="S2-5-6",
    cure=("请改正日期", "Correct the dates"),
)
def training_ends_after_it_begins(training: Row) -> Formula:
    """Half-open: the day of return is a day of work."""
    return training.returns > training.begins


@scheme.rule(TRAINING, zh="本月进修天数", en="Days of training", clause="S2-5-6", unit=DAY)
def training_days(training: Row) -> Formula:
    """Calendar days of the month."""
    return days_of(training.begins, training.returns)


@scheme.rule(STAFF, zh="进修占比", en="Part of the month in training", clause="S2-5-6")
def training_part(member: Row) -> Formula:
    """By calendar days, at most the whole month."""
    return smaller(1, member.trainings.training_days.sum() / days_of_month())


@scheme.rule(POST, zh="进修折合人数", en="Heads in training", clause="S2-5-6")
def training_heads(post: Row) -> Formula:
    """The share of an entitled person for the time in training."""
    return post.share * post.staff.entitled_part * post.staff.training_part


@scheme.rule(
    DEPARTMENT,
    zh="本科平均绩效",
    en="The unit's own average",
    clause="S2-5-6",
    unit=CNY,
    only=lambda unit: unit.posts.training_heads.sum() > 0,
)
def own_average(unit: Row, p: Parameters) -> Formula:
    """What the unit's people get, over their heads; trainees count where the hospital says so."""
    given = when(unit.is_administrative, unit.posts.administrative_pay.sum(), unit.award)
    trainees = when(p.trainee_counts, unit.posts.training_heads.sum(), 0)
    return given / (unit.posts.heads.sum() + trainees)


@scheme.pay(
    POST,
    zh="进修人员绩效",
    en="Pay in training",
    clause="S2-5-6",
    only=lambda post: post.training_heads > 0,
)
def training_pay(post: Row, p: Parameters) -> Formula:
    """A rate of the unit's own average, paid by the hospital beside the pool."""
    return round_to(p.training_rate * post.unit.own_average * post.training_heads)


# 5-7 New staff


@scheme.rule(
    STAFF,
    zh="享受绩效起始日",
    en="Entitled from",
    clause="S2-5-7a",
    type=Type.DATE,
    only=lambda member: member.entry != OTHER_ENTRY,
)
def entitled_from(member: Row, p: Parameters) -> Formula:
    """Six full months after the start; that very day counts (A2-34)."""
    return months_later(member.started_on, p.new_staff_waiting_period)


@scheme.rule(STAFF, zh="享受绩效占比", en="Entitled part of the month", clause="S2-5-7a")
def entitled_part(member: Row, p: Parameters) -> Formula:
    """1 from the month after the waiting ends; in that month itself as the hospital prorates."""
    since = member.entitled_from
    ending = when(
        p.waiting_month == "by_day",
        days_between(since, next_month()) / days_of_month(),
        when(p.waiting_month == "whole_month", 1, 0),
    )
    waiting = when(since > last_day(), 0, when(since > first_day(), ending, 1))
    return when(member.entry == OTHER_ENTRY, 1, waiting)


# 5-7 Leave


@scheme.require(
    LEAVE,
    zh="请假的复岗日期晚于开始日期",
    en="Someone on leave is back after the first day of leave",
    clause="S2-5-7b",
    cure=("请改正日期", "Correct the dates"),
)
def leave_ends_after_it_begins(leave: Row) -> Formula:
    """Half-open: the day of return is a day of work."""
    return leave.returns > leave.begins


@scheme.rule(LEAVE, zh="本月日历天数", en="Calendar days in the month", clause="S2-5-7b", unit=DAY)
def calendar_days(leave: Row) -> Formula:
    """How long the record lies in the month."""
    return days_of(leave.begins, leave.returns)


@scheme.require(
    LEAVE,
    zh="请假工作日不多于该记录在本月的日历天数",
    en="Leave has no more working days than its dates span in the month",
    clause="S2-5-7b",
    cure=("请改正请假工作日或起止日期", "Correct the days or the dates"),
)
def leave_fits_its_dates(leave: Row) -> Formula:
    """Days and dates are reported apart; a record of another month has none here."""
    return leave.days <= leave.calendar_days


@scheme.rule(STAFF, zh="请假工作日合计", en="Days on leave", clause="S2-5-7b", unit=DAY)
def leave_days(member: Row) -> Formula:
    """Over all records of the month."""
    return member.leaves.days.sum()


@scheme.require(
    STAFF,
    zh="请假工作日合计不多于本月工作日",
    en="Nobody is on leave longer than the month",
    clause="S2-5-7b",
    cure=("请查请假记录是否重叠或填错月份", "See whether records overlap or are another month's"),
)
def leave_fits_the_month(member: Row) -> Formula:
    """More would be paid back, not withheld."""
    return member.leave_days <= member.department.hospital.working_days


@scheme.rule(LEAVE, zh="不计奖天数", en="Days without bonus", clause="S2-5-7b", unit=DAY)
def unpaid_days(leave: Row, p: Parameters) -> Formula:
    """By kind of leave: the six listed ones, and what the hospital says of the others."""
    return when(p.leave_unpaid[leave.kind], leave.days, 0)


@scheme.require(
    LEAVE,
    zh="产假、工伤假扣发绩效须经法律审查",
    en="Withholding pay for maternity or work-injury leave needs legal review",
    clause=["S2-5-7b", "S2-5-9b"],
    severity="notice",
    cure=(
        "上位法另有规定的，请在参数“不计奖的假别”中自生效日起改为“否”",
        "Where higher law says otherwise, set 'Leave without bonus' to no from its day on",
    ),
)
def protected_leave(leave: Row) -> Formula:
    """The document lists both kinds; higher rules may protect them (A2-34)."""
    return ~leave.kind.is_one_of(MATERNITY, WORK_INJURY) | (leave.unpaid_days == 0)


@scheme.rule(STAFF, zh="请假不计发占比", en="Part of the month without bonus", clause="S2-5-7b")
def leave_part(member: Row, p: Parameters) -> Formula:
    """By working day, or the whole month for any such day."""
    days = member.leaves.unpaid_days.sum()
    whole = when(days > 0, 1, 0)
    by_day = days / member.department.hospital.working_days
    return when(p.leave_proration == "by_working_day", by_day, whole)
