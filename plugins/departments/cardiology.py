"""Cardiology doctors (document S4.7, part 3): the leader by coefficient, the others by points."""

from __future__ import annotations

from hpf.core import (
    CASE,
    CNY,
    DEPARTMENT,
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

LEADER = "学科带头人"
ROLES = (LEADER, "住院医生", "轮科医生")

scheme = Scheme(
    "cardiology",
    zh="心血管内科医生绩效",
    en="Cardiology doctors",
    document="S4.7",
    here=__file__,
)

scheme.decimal(
    DEPARTMENT, "pool", zh="可分配绩效总额", en="Pool", unit=CNY, low=0, clause="S4.7-3.CARD.0"
)
scheme.choice(STAFF, "role", ROLES, zh="岗位", en="Role", clause="S4.7-3.CARD.3")
scheme.decimal(
    STAFF,
    "income",
    zh="经济收入",
    en="Income brought in",
    unit=CNY,
    direction="higher",
    clause="S4.7-3.CARD.1",
    note=("学科带头人填 0", "0 for the discipline leader"),
)
for _code, _zh, _en in (
    ("service", "服务质量", "Service quality"),
    ("discipline", "劳动纪律", "Discipline"),
    ("quality", "医疗质量", "Medical quality"),
):
    scheme.decimal(
        STAFF,
        _code,
        zh=_zh,
        en=_en,
        unit=POINT,
        low=0,
        high=10,
        direction="higher",
        clause="S4.7-3.CARD.1",
        note=("满分 10 分；学科带头人填 0", "At most 10; 0 for the discipline leader"),
    )
scheme.integer(
    STAFF,
    "interventions",
    zh="介入手术例数",
    en="Interventional operations",
    unit=CASE,
    blank="zero",
    low=0,
    direction="higher",
    clause="S4.7-3.CARD.2",
)


def _shares_by_points(doctor: Row) -> Formula:
    return doctor.role != LEADER


# (1) What the coefficients say: the value of 1.0, and the leader's pay


@scheme.rule(STAFF, zh="绩效系数", en="Coefficient", clause="S4.7-3.CARD.3")
def coefficient(doctor: Row, p: Parameters) -> Formula:
    """By role."""
    return p.coefficient[doctor.role]


@scheme.rule(DEPARTMENT, zh="医生总系数", en="Sum of coefficients", clause="S4.7-3.CARD.4")
def coefficient_total(department: Row) -> Formula:
    """Over all doctors who take part."""
    return department.staff.coefficient.sum()


@scheme.rule(DEPARTMENT, zh="每1.0系数绩效", en="Value of 1.0", clause="S4.7-3.CARD.4", unit=CNY)
def coefficient_value(department: Row, p: Parameters) -> Formula:
    """Pool over the sum of coefficients."""
    return round_to(department.pool / department.coefficient_total, p.coefficient_value_step)


@scheme.rule(
    STAFF,
    zh="学科带头人绩效",
    en="Leader's amount",
    clause="S4.7-3.CARD.4",
    unit=CNY,
    only=lambda doctor: doctor.role == LEADER,
)
def leader_amount(doctor: Row, p: Parameters) -> Formula:
    """The leader's coefficient in money."""
    amount = doctor.department.coefficient_value * doctor.coefficient
    return round_to(amount, p.leader_step)


# (2) What is left for the others


@scheme.rule(
    DEPARTMENT, zh="一般医生绩效总额", en="Left for the others", clause="S4.7-3.CARD.5", unit=CNY
)
def rest(department: Row) -> Formula:
    """Pool less the leader's amount."""
    return department.pool - department.staff.leader_amount.sum()


# (3) Points, and the pay of each


@scheme.rule(
    STAFF,
    zh="经济分",
    en="Economic points",
    clause=["S4.7-3.CARD.1", "S4.7-3.CARD.6"],
    unit=POINT,
    only=_shares_by_points,
)
def economic_points(doctor: Row, p: Parameters) -> Formula:
    """Full points for the highest income, others in proportion; a negative income earns none."""
    highest = doctor.department.staff.where(_shares_by_points).income.max()
    earned = p.economic_max * larger(0, doctor.income) / highest
    return when(highest > 0, earned, 0)


@scheme.rule(
    STAFF,
    zh="介入手术分",
    en="Points for interventions",
    clause="S4.7-3.CARD.2",
    unit=POINT,
    only=_shares_by_points,
)
def intervention_points(doctor: Row, p: Parameters) -> Formula:
    """On top of the hundred, without a cap."""
    return doctor.interventions * p.intervention_points


@scheme.rule(STAFF, zh="考核分", en="Points", clause="S4.7-3.CARD.1", unit=POINT)
def points(doctor: Row, p: Parameters) -> Formula:
    """Economy, service, discipline, medical quality and interventions."""
    given = doctor.service + doctor.discipline + doctor.quality
    return round_to(doctor.economic_points + given + doctor.intervention_points, p.points_step)


@scheme.rule(
    STAFF,
    zh="分配分",
    en="Points that share",
    clause="S4.7-3.CARD.7",
    unit=POINT,
)
def sharing_points(doctor: Row, p: Parameters) -> Formula:
    """The points alone, as printed; times the coefficient where the hospital says so."""
    return doctor.points * when(p.coefficient_weighs_points, doctor.coefficient, 1)


@scheme.rule(DEPARTMENT, zh="医生总分数", en="Sum of points", clause="S4.7-3.CARD.7", unit=POINT)
def points_total(department: Row) -> Formula:
    """Over the doctors who share by points."""
    return department.staff.sharing_points.sum()


@scheme.rule(
    DEPARTMENT,
    zh="平均每分",
    en="Value per point",
    clause="S4.7-3.CARD.7",
    unit=CNY / POINT,
    only=lambda d: d.staff.where(_shares_by_points).count() > 0,
)
def point_value(department: Row) -> Formula:
    """What a point is worth; never rounded before it is multiplied."""
    return department.rest / department.points_total


@scheme.rule(STAFF, zh="应得绩效", en="Exact share", clause="S4.7-3.CARD.7", unit=CNY)
def share(doctor: Row) -> Formula:
    """The leader's amount, or the doctor's points in money, before the fen are settled."""
    department = doctor.department
    by_points = doctor.sharing_points * department.rest / department.points_total
    return doctor.leader_amount.or_(by_points)


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause=["S4.7-3.CARD.4", "S4.7-3.CARD.7"])
def pay(doctor: Row, p: Parameters) -> Formula:
    """The whole pool to the fen, by exact shares; the printed example rounds each to a yuan."""
    return when(
        p.sharing == "split",
        split(doctor.department.pool, by=doctor.share, within=doctor.department),
        round_to(doctor.share, p.pay_step),
    )


@scheme.total(DEPARTMENT, zh="一般医生实发合计", en="Paid by points", clause="S4.7-3.CARD.7")
def paid_by_points(department: Row) -> Formula:
    """What the doctors other than the leader receive together."""
    return department.staff.where(_shares_by_points).pay.sum()
