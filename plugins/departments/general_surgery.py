"""General surgery (document S4.7, part 3): a closed account of the department's pool."""

from __future__ import annotations

from typing import Any

from hpf.core import (
    CASE,
    CNY,
    DEPARTMENT,
    ITEM,
    POINT,
    SHIFT,
    STAFF,
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

LEADER = "组长"
ROLES = (LEADER, "主治医生", "住院医生", "轮科医生")

scheme = Scheme(
    "general_surgery",
    zh="普外科医生绩效",
    en="General surgery doctors",
    document="S4.7",
    here=__file__,
)

TEAM = scheme.entity(
    entity(
        "team", "医疗小组", "Team", link("department", DEPARTMENT, "科室", "Department", "teams")
    )
)
scheme.link(STAFF, link("team", TEAM, "医疗小组", "Team", "doctors"))

# Facts: what stands in a doctor's name is reported of the doctor, the rest of the team's of the
# team. The director takes no part and has no row.
scheme.decimal(
    DEPARTMENT, "pool", zh="本月医生绩效总额", en="Pool", unit=CNY, low=0, clause="S4.7-3.GS.0"
)
scheme.decimal(TEAM, "income", zh="收入", en="Income", unit=CNY, low=0, clause="S4.7-3.GS.6")
scheme.integer(
    TEAM, "discharges", zh="出院病人", en="Discharges", unit=CASE, low=0, clause="S4.7-3.GS.6"
)
scheme.choice(STAFF, "role", ROLES, zh="岗位", en="Role", clause="S4.7-3.GS.5")
for _code, _zh, _en in (
    ("evening_shifts", "晚班数", "Evening shifts"),
    ("night_shifts", "夜班数", "Night shifts"),
):
    scheme.integer(
        STAFF, _code, zh=_zh, en=_en, unit=SHIFT, blank="zero", low=0, clause="S4.7-3.GS.2"
    )
for _entity, _note in (
    (TEAM, ("未记到个人名下的部分，由组长承受", "The part in nobody's name: the leader's")),
    (STAFF, ("记在本人名下的部分", "The part in the doctor's own name")),
):
    _blank: dict[str, Any] = {"blank": "zero", "low": 0, "note": _note}
    for _code, _zh, _en in (
        ("letters", "表扬信", "Letters of praise"),
        ("envelopes", "退回红包", "Red envelopes returned"),
    ):
        scheme.integer(_entity, _code, zh=_zh, en=_en, unit=ITEM, clause="S4.7-3.GS.3", **_blank)
    for _code, _zh, _en, _clause in (
        ("record_award", "甲级病历奖励", "Award for grade-A records", "S4.7-3.GS.4"),
        ("record_fine", "病历缺陷扣款", "Fine for record defects", "S4.7-3.GS.4"),
        ("emergency_arrears", "急诊手术欠费", "Arrears, emergency operations", "S4.7-3.GS.1"),
        ("elective_arrears", "择期手术欠费", "Arrears, elective operations", "S4.7-3.GS.1"),
    ):
        scheme.decimal(_entity, _code, zh=_zh, en=_en, unit=CNY, clause=_clause, **_blank)


def _is_leader(doctor: Row) -> Formula:
    return doctor.role == LEADER


def _arrears(row: Row, p: Parameters) -> Formula:
    shares = p.arrears_share
    emergency = row.emergency_arrears * shares["emergency"]
    return round_to(emergency + row.elective_arrears * shares["elective"])


def _praise(row: Row, p: Parameters) -> Formula:
    return round_to((row.letters + row.envelopes) * p.praise_award)


# 1 to 3: arrears, shifts, praise; of the team where no doctor is named, and of each doctor


@scheme.rule(TEAM, zh="小组欠费扣款", en="Team's arrears", clause="S4.7-3.GS.1", unit=CNY)
def team_arrears(team: Row, p: Parameters) -> Formula:
    """A share of what patients of emergency and elective operations still owe."""
    return _arrears(team, p)


@scheme.pay(STAFF, zh="欠费扣款", en="Arrears", clause="S4.7-3.GS.1")
def arrears(doctor: Row, p: Parameters) -> Formula:
    """The same of the cases in the doctor's own charge; it comes off."""
    return _arrears(doctor, p)


@scheme.pay(STAFF, zh="晚夜班补助", en="Shift subsidy", clause="S4.7-3.GS.2")
def shift_subsidy(doctor: Row, p: Parameters) -> Formula:
    """Evening and night shifts, each at its rate."""
    rates = p.shift_rate
    return round_to(doctor.evening_shifts * rates["evening"] + doctor.night_shifts * rates["night"])


@scheme.rule(TEAM, zh="小组表扬奖励", en="Team's praise", clause="S4.7-3.GS.3", unit=CNY)
def team_praise(team: Row, p: Parameters) -> Formula:
    """An amount for each letter of praise and each red envelope returned."""
    return _praise(team, p)


@scheme.pay(STAFF, zh="表扬奖励", en="Praise", clause="S4.7-3.GS.3")
def praise(doctor: Row, p: Parameters) -> Formula:
    """The same in the doctor's own name."""
    return _praise(doctor, p)


@scheme.pay(STAFF, zh="病历奖励", en="Record award", clause="S4.7-3.GS.7")
def award(doctor: Row) -> Formula:
    """For grade-A records in the doctor's own name."""
    return round_to(doctor.record_award)


@scheme.pay(STAFF, zh="病历扣款", en="Record fine", clause="S4.7-3.GS.7")
def fine(doctor: Row) -> Formula:
    """For defects in the doctor's own records; it comes off."""
    return round_to(doctor.record_fine)


# 4: what is left to share


@scheme.rule(DEPARTMENT, zh="晚夜班补助合计", en="Shift subsidies", clause="S4.7-3.GS.2", unit=CNY)
def shift_total(department: Row) -> Formula:
    """Of all doctors."""
    return department.staff.shift_subsidy.sum()


@scheme.rule(DEPARTMENT, zh="表扬奖励合计", en="Praise in all", clause="S4.7-3.GS.3", unit=CNY)
def praise_total(department: Row) -> Formula:
    """Of teams and doctors."""
    return department.teams.team_praise.sum() + department.staff.praise.sum()


@scheme.rule(DEPARTMENT, zh="病历奖励合计", en="Record awards", clause="S4.7-3.GS.4", unit=CNY)
def award_total(department: Row) -> Formula:
    """Of teams and doctors."""
    teams = department.teams.sum(lambda team: round_to(team.record_award))
    return teams + department.staff.award.sum()


@scheme.rule(DEPARTMENT, zh="病历扣款合计", en="Record fines", clause="S4.7-3.GS.4", unit=CNY)
def fine_total(department: Row) -> Formula:
    """Of teams and doctors."""
    teams = department.teams.sum(lambda team: round_to(team.record_fine))
    return teams + department.staff.fine.sum()


@scheme.rule(DEPARTMENT, zh="欠费扣款合计", en="Arrears in all", clause="S4.7-3.GS.1", unit=CNY)
def arrears_total(department: Row) -> Formula:
    """Of teams and doctors."""
    return department.teams.team_arrears.sum() + department.staff.arrears.sum()


@scheme.rule(DEPARTMENT, zh="可分配总绩效额", en="Left to share", clause="S4.7-3.GS.4", unit=CNY)
def pool_net(department: Row) -> Formula:
    """The month's pool less what is paid first, plus what comes off."""
    first = department.shift_total + department.praise_total + department.award_total
    return department.pool - first + department.fine_total + department.arrears_total


# 5: by coefficient


@scheme.rule(STAFF, zh="系数", en="Coefficient", clause="S4.7-3.GS.5")
def coefficient(doctor: Row, p: Parameters) -> Formula:
    """By role."""
    return p.coefficient[doctor.role]


@scheme.rule(DEPARTMENT, zh="医生总系数", en="Sum of coefficients", clause="S4.7-3.GS.5")
def coefficient_total(department: Row) -> Formula:
    """Over all doctors."""
    return department.staff.coefficient.sum()


@scheme.rule(DEPARTMENT, zh="1.0系数绩效", en="Value of 1.0", clause="S4.7-3.GS.5", unit=CNY)
def coefficient_value(department: Row) -> Formula:
    """What is left to share over the sum of coefficients."""
    return department.pool_net / department.coefficient_total


@scheme.rule(DEPARTMENT, zh="组长绩效总额", en="Leaders' total", clause="S4.7-3.GS.5", unit=CNY)
def leaders_total(department: Row) -> Formula:
    """What the coefficients give the leaders together."""
    leaders = department.staff.where(_is_leader).coefficient.sum()
    return department.coefficient_value * leaders


# 6: the leaders share theirs by points


@scheme.rule(TEAM, zh="小组考核分", en="Team's points", clause="S4.7-3.GS.6", unit=POINT)
def team_points(team: Row, p: Parameters) -> Formula:
    """Income and discharges in points; part points count."""
    return team.income / p.income_per_point + team.discharges * p.discharge_points


@scheme.rule(
    STAFF, zh="组长考核分", en="Leader's points", clause="S4.7-3.GS.6", unit=POINT, only=_is_leader
)
def leader_points(doctor: Row) -> Formula:
    """Those of the team."""
    return doctor.team.team_points


@scheme.rule(DEPARTMENT, zh="组长总分", en="Leaders' points", clause="S4.7-3.GS.6", unit=POINT)
def points_total(department: Row) -> Formula:
    """Over all leaders."""
    return department.staff.leader_points.sum()


@scheme.rule(
    DEPARTMENT,
    zh="平均每分",
    en="Value per point",
    clause="S4.7-3.GS.6",
    unit=CNY / POINT,
    only=lambda d: d.staff.where(_is_leader).count() > 0,
)
def point_value(department: Row) -> Formula:
    """What a leader's point is worth; never rounded before it is multiplied."""
    return department.leaders_total / department.points_total


@scheme.rule(
    STAFF, zh="应得绩效", en="Exact share", clause=["S4.7-3.GS.5", "S4.7-3.GS.6"], unit=CNY
)
def share(doctor: Row) -> Formula:
    """By points for a leader, by coefficient for the others, before the fen are settled."""
    department = doctor.department
    by_points = doctor.leader_points * department.leaders_total / department.points_total
    by_coefficient = doctor.coefficient * department.pool_net / department.coefficient_total
    return when(_is_leader(doctor), by_points, by_coefficient)


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause=["S4.7-3.GS.5", "S4.7-3.GS.6"])
def performance_pay(doctor: Row, p: Parameters) -> Formula:
    """All that is left to share, to the fen; the printed example rounds each to a yuan."""
    return when(
        p.sharing == "split",
        split(doctor.department.pool_net, by=doctor.share, within=doctor.department),
        round_to(doctor.share, p.pay_step),
    )


@scheme.total(DEPARTMENT, zh="绩效工资合计", en="Performance pay in all", clause="S4.7-3.GS.5")
def shared_total(department: Row) -> Formula:
    """What was left to share, and nothing else."""
    return department.staff.performance_pay.sum()


# 7: every award and fine on its doctor


@scheme.rule(TEAM, zh="小组奖惩净额", en="Team's own account", clause="S4.7-3.GS.7", unit=CNY)
def team_account(team: Row) -> Formula:
    """Awards less fines in no doctor's name."""
    gains = team.team_praise + round_to(team.record_award)
    return gains - round_to(team.record_fine) - team.team_arrears


@scheme.rule(STAFF, zh="承受小组奖惩的份额", en="Part in the team's account", clause="S4.7-3.GS.7")
def team_part(doctor: Row) -> Formula:
    """The leader bears it; two leaders of one team bear it alike."""
    return when(_is_leader(doctor), doctor.coefficient, 0)


@scheme.pay(STAFF, zh="承受小组奖惩", en="Share of the team's account", clause="S4.7-3.GS.7")
def team_share(doctor: Row) -> Formula:
    """To the fen; a team that has an account and no leader is a problem, not a loss."""
    return split(doctor.team.team_account, by=doctor.team_part, within=doctor.team)


@scheme.total(STAFF, zh="本月应发", en="Due", clause="S4.7-3.GS.7")
def due(doctor: Row) -> Formula:
    """Pay, subsidies and awards less fines and arrears; over all doctors this is the pool."""
    gains = doctor.performance_pay + doctor.shift_subsidy + doctor.praise + doctor.award
    return gains - doctor.fine - doctor.arrears + doctor.team_share


@scheme.pay(STAFF, zh="结转待定", en="Claim carried", clause="S4.7-3.GS.7")
def claim(doctor: Row) -> Formula:
    """What fines exceed pay by: nobody is paid less than nothing, the hospital decides the rest."""
    return round_to(larger(0, 0 - doctor.due))


@scheme.total(STAFF, zh="本月实发", en="Paid", clause="S4.7-3.GS.7")
def paid(doctor: Row) -> Formula:
    """Due, with a negative amount carried as a claim."""
    return doctor.due + doctor.claim
