"""The two levels brought together (document S0, chapters 1 and 2): person and department.

The document demands the link and prints no form of it, so the hospital chooses one: the points
times a factor by the department's grade, or a weighted sum of points and department score.
"""

from __future__ import annotations

from hpf.core import (
    DAY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    days_between,
    exact,
    first_day,
    last_day,
    round_to,
    when,
)

from .scheme import STINT, given, scheme

TOP, GOOD, FAIR, POOR = "优秀", "良好", "合格", "不合格"
GRADES = (TOP, GOOD, FAIR, POOR)


def multiplied(row: Row, p: Parameters) -> Formula:
    """Whether the points are multiplied by the department's factor."""
    return p.link_mode == "multiplicative"


@scheme.grade(
    DEPARTMENT, GRADES, zh="科室等次", en="Department grade", clause="S0-1-2", only=multiplied
)
def department_grade(department: Row, p: Parameters) -> Formula:
    """By the score, each limit included."""
    score, from_ = department.department_score, p.department_grade_from
    return when(
        score >= from_[TOP],
        TOP,
        when(score >= from_[GOOD], GOOD, when(score >= from_[FAIR], FAIR, POOR)),
    )


@scheme.rule(DEPARTMENT, zh="科室系数", en="Department factor", clause="S0-1-2")
def department_factor(department: Row, p: Parameters) -> Formula:
    """Of the grade."""
    return p.department_factor_map[department.department_grade]


@scheme.require(
    HOSPITAL,
    zh="科室系数随等次提高，且不全相同",
    en="The factor rises with the grade, and is not the same for all",
    clause=["S0-1-2", "S0-2-3"],
    cure=(
        "请改参数 department_factor_map：等次高的不低于等次低的，最高的高于最低的",
        "Correct department_factor_map: never lower for a better grade, higher for the best",
    ),
    only=multiplied,
)
def factor_rises(hospital: Row, p: Parameters) -> Formula:
    """A constant factor would be no link at all."""
    factor = p.department_factor_map
    rising = (factor[TOP] >= factor[GOOD]) & (factor[GOOD] >= factor[FAIR])
    return rising & (factor[FAIR] >= factor[POOR]) & (factor[TOP] > factor[POOR])


@scheme.require(
    HOSPITAL,
    zh="等次界限由高到低",
    en="The limits of the grades fall from the best down",
    clause="S0-1-2",
    cure=("请改参数 department_grade_from", "Correct the parameter department_grade_from"),
    only=multiplied,
)
def grade_limits_fall(hospital: Row, p: Parameters) -> Formula:
    """Else a grade could never be had."""
    from_ = p.department_grade_from
    return (from_[TOP] > from_[GOOD]) & (from_[GOOD] > from_[FAIR])


@scheme.require(
    HOSPITAL,
    zh="科室权重大于零且不超过一",
    en="The department's weight is above zero and at most one",
    clause=["S0-1-2", "S0-2-3"],
    cure=("请改参数 lambda_department", "Correct the parameter lambda_department"),
    only=lambda hospital, p: ~multiplied(hospital, p),
)
def weight_in_range(hospital: Row, p: Parameters) -> Formula:
    """With zero the two levels would stay apart."""
    share = p.lambda_department["weighted"]
    return (share > 0) & (share <= 1)


@scheme.require(
    DEPARTMENT,
    zh="有人员的科室有得分",
    en="A department with staff has a score",
    clause=["S0-1-1", "S0-1-2", "S0-11-2"],
    cure=("请补上该科室的指标项", "Add the department's items"),
    only=lambda department: department.staff.count() > 0,
)
def department_has_score(department: Row) -> Formula:
    """Team results count for every member, so there is no final result without them."""
    return given(department.department_score)


# Those who changed department

scheme.decimal(
    STINT,
    "days",
    zh="任职天数",
    en="Days",
    unit=DAY,
    low=1,
    clause="S0-1-2",
    note=(
        "只填本期换过科室的人，每个科室一行",
        "Only for those who changed department, a row for each",
    ),
)


@scheme.rule(STAFF, zh="分段任职天数", en="Days in stints", clause="S0-1-2", unit=DAY)
def stint_days(person: Row) -> Formula:
    """None for those who stayed in one department."""
    return person.stints.days.sum()


@scheme.require(
    STAFF,
    zh="分段任职天数不超过本期天数",
    en="Stints are no longer than the period",
    clause="S0-1-2",
    cure=("请核对任职天数", "Check the days"),
)
def stints_fit(person: Row) -> Formula:
    """Days in two departments at once would count twice."""
    return person.stint_days <= days_between(first_day(), last_day()) + exact("1", DAY)


def _of_departments(person: Row, p: Parameters, name: str) -> Formula:
    """The home department's value, or by days over those worked in."""
    home = getattr(person.department, name)
    by_days = person.stints.sum(lambda s: s.days * getattr(s.department, name)) / person.stint_days
    prorated = (p.moved_staff == "by_days") & (person.stint_days > 0)
    return when(prorated, by_days, home)


@scheme.rule(STAFF, zh="所在科室得分", en="Score of the department", clause="S0-1-2", unit=POINT)
def team_score(person: Row, p: Parameters) -> Formula:
    """What the department brings to each of its people."""
    return _of_departments(person, p, "department_score")


@scheme.rule(
    STAFF, zh="所在科室系数", en="Factor of the department", clause="S0-1-2", only=multiplied
)
def team_factor(person: Row, p: Parameters) -> Formula:
    """Likewise."""
    return _of_departments(person, p, "department_factor")


# A person's own result, and the final one

scheme.boolean(
    STAFF,
    "takes_part",
    zh="参加本期考核",
    en="Assessed this period",
    clause="S0-1-1",
    note=(
        "长期离岗、新进等不参加的填否：不排名，也不分配",
        "no for the absent and the new: neither ranked nor paid",
    ),
)


def assessed(person: Row) -> Formula:
    """Whether somebody is ranked."""
    return person.takes_part


@scheme.rule(
    STAFF,
    zh="个人结果",
    en="Individual result",
    clause=["S0-1-1", "S0-5-1"],
    unit=POINT,
    only=assessed,
)
def individual_result(person: Row, p: Parameters) -> Formula:
    """The points; with a share of the 360-degree score only if the hospital says so, and only
    for those who have one."""
    share = p.rating_share["result"]
    mixed = (1 - share) * person.points + share * person.rating_score
    return when(p.rating_use == "result", mixed.or_(person.points), person.points)


@scheme.rule(
    STAFF,
    zh="最终结果",
    en="Final result",
    clause=["S0-1-1", "S0-1-2", "S0-2-3", "S0-11-2"],
    unit=POINT,
)
def final_result(person: Row, p: Parameters) -> Formula:
    """Never multiplied in silence: the form is the hospital's choice."""
    share = p.lambda_department["weighted"]
    weighted = (1 - share) * person.individual_result + share * person.team_score
    result = when(
        p.link_mode == "multiplicative", person.individual_result * person.team_factor, weighted
    )
    return round_to(result, p.result_rounding)
