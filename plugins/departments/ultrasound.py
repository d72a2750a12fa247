"""The ultrasound room (document S4.7, part 4): points, shifts by title, thirty and seventy."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DAY,
    DEPARTMENT,
    POINT,
    STAFF,
    VISIT,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    larger,
    link,
    round_to,
    split,
    when,
)

KINDS = (
    "门诊B超",
    "常规彩超",
    "腔内彩超",
    "彩超系统产检",
    "心脏彩超",
    "床旁彩超",
    "介入超声操作",
)
MIDDLE = "中级"
TITLES = ("正高", "副高", MIDDLE, "初级")

scheme = Scheme("ultrasound", zh="B超室绩效", en="Ultrasound room", document="S4.7", here=__file__)

EXAMINATION = scheme.entity(
    entity(
        "examination",
        "超声检查",
        "Examinations",
        link("person", STAFF, "人员", "Person", "examinations"),
    )
)

scheme.decimal(
    DEPARTMENT,
    "total",
    zh="医院分配总额",
    en="The hospital's amount",
    unit=CNY,
    low=0,
    clause="S4.7-4.US.3.3",
)
scheme.choice(STAFF, "title", TITLES, zh="职称", en="Title", clause="S4.7-4.US.2")
scheme.decimal(
    STAFF,
    "middle_coefficient",
    zh="中级职称系数",
    en="Coefficient of an intermediate",
    blank="not_applicable",
    low=0,
    clause="S4.7-4.US.3.3",
    note=(
        "原文为 1.2 到 1.3，由科室逐人核定；其他职称留空",
        "1.2 to 1.3, set for each person; blank for other titles",
    ),
)
scheme.boolean(
    STAFF,
    "duties_done",
    zh="完成会诊及教学等任务",
    en="Consultation and teaching duties done",
    clause="S4.7-4.US.3.3",
)
scheme.decimal(
    STAFF, "base_salary", zh="基本工资额", en="Base wage", unit=CNY, low=0, clause="S4.7-4.US.3.2"
)
scheme.integer(
    STAFF,
    "shift_days",
    zh="中、晚夜连班天数",
    en="Days of continuous shifts",
    unit=DAY,
    blank="zero",
    low=0,
    clause="S4.7-4.US.2",
)
_OWN = ("按本院办法；空白表示没有", "By the hospital's own rules; blank: none")
_FIRST = ("从总额中先支付；空白表示没有", "Paid from the amount first; blank: none")
_BESIDE = ("在总额之外；空白表示没有", "Beside the amount; blank: none")
for _code, _zh, _en, _unit, _clause, _note in (
    ("study_points", "外出学习计分", "Points for study", POINT, "S4.7-4.US.3.1", _OWN),
    ("award_points", "奖励计分", "Points awarded", POINT, "S4.7-4.US.3.1", _OWN),
    ("penalty_points", "处罚扣分", "Points off", POINT, "S4.7-4.US.3.1", _OWN),
    ("trainee_salary", "进修培训期间工资", "Pay in training", CNY, "S4.7-4.US.3.2", _FIRST),
    ("other_amount", "其他应发", "Other amounts", CNY, "S4.7-4.US.3.4", _BESIDE),
):
    scheme.decimal(
        STAFF, _code, zh=_zh, en=_en, unit=_unit, blank="zero", low=0, clause=_clause, note=_note
    )
scheme.choice(
    EXAMINATION,
    "kind",
    KINDS,
    zh="检查项目",
    en="Kind",
    clause="S4.7-4.US.1",
    note=(
        "一次检查占两项的（如床旁心脏彩超），填分值高的一项",
        "What is two kinds at once, such as a bedside heart, is the one with more points",
    ),
)
scheme.integer(
    EXAMINATION, "visits", zh="人次", en="Patients", unit=VISIT, low=0, clause="S4.7-4.US.1"
)
scheme.boolean(
    EXAMINATION,
    "on_shift",
    zh="在中、晚班完成",
    en="On a mid or evening shift",
    blank="zero",
    clause="S4.7-4.US.1",
)


# 1: points of daily work


@scheme.rule(EXAMINATION, zh="检查计分", en="Points of the kind", clause="S4.7-4.US.1", unit=POINT)
def kind_points(work: Row, p: Parameters) -> Formula:
    """By kind; where the shift's point stands instead, work of a shift has none of its own."""
    instead = work.on_shift & ~p.shift_point_besides
    return when(instead, 0, work.visits * p.kind_points[work.kind])


@scheme.rule(EXAMINATION, zh="班次计分", en="Points of the shift", clause="S4.7-4.US.1", unit=POINT)
def shift_points(work: Row, p: Parameters) -> Formula:
    """One for each patient of a mid or evening shift."""
    return when(work.on_shift, work.visits * p.shift_points, 0)


@scheme.rule(STAFF, zh="日常工作分", en="Daily work", clause="S4.7-4.US.3.1", unit=POINT)
def daily(person: Row) -> Formula:
    """Examinations of the month."""
    return person.examinations.kind_points.sum()


@scheme.rule(STAFF, zh="班次分", en="Shifts", clause="S4.7-4.US.3.1", unit=POINT)
def shifts(person: Row) -> Formula:
    """Points of mid and evening shifts."""
    return person.examinations.shift_points.sum()


# 2: subsidy by title


@scheme.pay(STAFF, zh="中晚夜班补助", en="Shift subsidy", clause="S4.7-4.US.2")
def shift_subsidy(person: Row, p: Parameters) -> Formula:
    """Per day of continuous shifts, by title; the senior rate is not printed."""
    return round_to(when(person.shift_days > 0, person.shift_days * p.shift_rate[person.title], 0))


# 3 (1): a person's assessment points


@scheme.rule(STAFF, zh="个人考核分", en="Assessment points", clause="S4.7-4.US.3.1", unit=POINT)
def assessment(person: Row) -> Formula:
    """Daily work, shifts, study and awards less penalties, never below nothing."""
    earned = person.daily + person.shifts + person.study_points + person.award_points
    return larger(0, earned - person.penalty_points)


# 3 (2): what is paid first


@scheme.pay(STAFF, zh="基本工资", en="Base pay", clause="S4.7-4.US.3.2")
def base_pay(person: Row) -> Formula:
    """The department's base wage."""
    return round_to(person.base_salary)


@scheme.pay(STAFF, zh="进修培训工资", en="Training pay", clause="S4.7-4.US.3.2")
def training_pay(person: Row) -> Formula:
    """Of those who are away in training."""
    return round_to(person.trainee_salary)


@scheme.rule(DEPARTMENT, zh="支出部分工资", en="Paid first", clause="S4.7-4.US.3.2", unit=CNY)
def expense(department: Row) -> Formula:
    """Base wages, shift subsidies and pay in training."""
    return department.staff.sum(lambda m: m.base_pay + m.shift_subsidy + m.training_pay)


# 3 (3): what is left, by title and by points


@scheme.require(
    DEPARTMENT,
    zh="分配总额不少于支出部分",
    en="The amount covers what is paid first",
    clause="S4.7-4.US.3.3",
    cure=(
        "请核对分配总额、基本工资、班次与进修工资",
        "Check the amount, base wages, shifts and pay in training",
    ),
)
def total_covers(department: Row) -> Formula:
    """Otherwise there is nothing to assess, and less."""
    return department.total >= department.expense


@scheme.rule(DEPARTMENT, zh="考核工资总额", en="Left to assess", clause="S4.7-4.US.3.3", unit=CNY)
def assessed(department: Row) -> Formula:
    """The hospital's amount less what is paid first."""
    return department.total - department.expense


@scheme.rule(DEPARTMENT, zh="职称考核总额", en="Pool by title", clause="S4.7-4.US.3.3", unit=CNY)
def title_pool(department: Row, p: Parameters) -> Formula:
    """The smaller part, to the fen."""
    return round_to(department.assessed * p.title_share)


@scheme.rule(DEPARTMENT, zh="日常计分总额", en="Pool by points", clause="S4.7-4.US.3.3", unit=CNY)
def points_pool(department: Row) -> Formula:
    """All the rest, so that no fen is lost between the two."""
    return department.assessed - department.title_pool


@scheme.require(
    STAFF,
    zh="中级职称系数在规定范围内",
    en="An intermediate's coefficient is given, and in range",
    clause="S4.7-4.US.3.3",
    cure=(
        "请为该中级人员填系数；范围见方案参数",
        "Give the person's coefficient; the scheme's parameters have the range",
    ),
    only=lambda person: person.title == MIDDLE,
)
def middle_in_range(person: Row, p: Parameters) -> Formula:
    """The document leaves a range to be settled person by person."""
    given = person.middle_coefficient
    return ((given >= p.middle_least) & (given <= p.middle_most)).or_(False)


@scheme.rule(STAFF, zh="职称系数", en="Coefficient of the title", clause="S4.7-4.US.3.3")
def title_coefficient(person: Row, p: Parameters) -> Formula:
    """By title; an intermediate's own."""
    return when(
        person.title == MIDDLE, person.middle_coefficient, p.title_coefficient[person.title]
    )


@scheme.rule(STAFF, zh="职称权数", en="Weight by title", clause="S4.7-4.US.3.3")
def title_weight(person: Row, p: Parameters) -> Formula:
    """The coefficient, or what is left of it where the title's duties were not done."""
    return person.title_coefficient * when(person.duties_done, 1, p.undone_share)


@scheme.rule(STAFF, zh="参与分配分", en="Points that share", clause="S4.7-4.US.3.3", unit=POINT)
def sharing_points(person: Row, p: Parameters) -> Formula:
    """All assessment points, or those of daily work and its shifts alone."""
    return when(p.shared_points == "assessment", person.assessment, person.daily + person.shifts)


@scheme.pay(STAFF, zh="职称考核工资", en="By title", clause="S4.7-4.US.3.3")
def title_pay(person: Row) -> Formula:
    """The pool by title, to the fen."""
    department = person.department
    return split(department.title_pool, by=person.title_weight, within=department)


@scheme.pay(STAFF, zh="日常计分工资", en="By points", clause="S4.7-4.US.3.3")
def points_pay(person: Row) -> Formula:
    """The pool by points, to the fen."""
    department = person.department
    return split(department.points_pool, by=person.sharing_points, within=department)


# 3 (4): what a person gets


@scheme.pay(STAFF, zh="其他", en="Other", clause="S4.7-4.US.3.4")
def other_pay(person: Row) -> Formula:
    """Beside the hospital's amount."""
    return round_to(person.other_amount)


@scheme.total(STAFF, zh="个人最终分配", en="Pay", clause="S4.7-4.US.3.4")
def pay(person: Row) -> Formula:
    """Base, title, points, shifts, training and the rest."""
    first = person.base_pay + person.shift_subsidy + person.training_pay
    return first + person.title_pay + person.points_pay + person.other_pay


@scheme.rule(DEPARTMENT, zh="未分完金额", en="Left unpaid", clause="S4.7-4.US.3.4", unit=CNY)
def unpaid(department: Row) -> Formula:
    """Nothing: the amount is what the people get, but for amounts beside it."""
    return department.total - department.staff.sum(lambda m: m.pay - m.other_pay)
