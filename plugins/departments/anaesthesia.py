"""Anaesthetists (document S4.7, part 3): points by method, time, special cases and quality."""

from __future__ import annotations

from hpf.core import (
    HOUR,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    larger,
    link,
    round_to,
    when,
)

METHODS = ("全麻插管", "静脉全麻", "椎管内麻醉", "神经阻滞麻醉", "基础麻醉")
SPECIAL = ("特殊情况一", "特殊情况二", "特殊情况三", "特殊情况四", "特殊情况五")

scheme = Scheme(
    "anaesthesia", zh="麻醉科医生绩效", en="Anaesthetists", document="S4.7", here=__file__
)

ANAESTHESIA = scheme.entity(
    entity(
        "anaesthesia",
        "麻醉记录",
        "Anaesthesia",
        link("person", STAFF, "人员", "Person", "anaesthesias"),
    )
)
SPECIAL_CASE = scheme.entity(
    entity(
        "special_case",
        "特殊情况",
        "Special circumstance",
        link("anaesthesia", ANAESTHESIA, "麻醉记录", "Anaesthesia", "special_cases"),
    )
)

scheme.decimal(
    STAFF,
    "quality",
    zh="麻醉质量评分",
    en="Quality",
    unit=POINT,
    low=0,
    direction="higher",
    clause="S4.7-3.ANES.0",
    note=("按本院麻醉质量评分办法", "By the hospital's own marks for quality"),
)
scheme.choice(ANAESTHESIA, "method", METHODS, zh="麻醉方式", en="Method", clause="S4.7-3.ANES.1")
scheme.choice(
    ANAESTHESIA,
    "second_method",
    METHODS,
    zh="复合的另一方式",
    en="Method combined with it",
    blank="not_applicable",
    clause="S4.7-3.ANES.1",
    note=("同一台用了两种方式时填", "Where one case has two methods"),
)
scheme.decimal(
    ANAESTHESIA, "hours", zh="麻醉时间", en="Hours", unit=HOUR, low=0, clause="S4.7-3.ANES.1"
)
scheme.choice(
    SPECIAL_CASE,
    "circumstance",
    SPECIAL,
    zh="特殊情况类别",
    en="Circumstance",
    clause="S4.7-3.ANES.0",
    note=("名称由本科确定，每台每种一行", "Named by the department; a row for each of a case"),
)


@scheme.rule(
    ANAESTHESIA, zh="麻醉方式分", en="Points of the method", clause="S4.7-3.ANES.1", unit=POINT
)
def method_points(case: Row, p: Parameters) -> Formula:
    """By method; where two are combined, the higher one alone."""
    points = p.method_points
    first = points[case.method]
    return larger(first, points[case.second_method]).or_(first)


@scheme.rule(
    ANAESTHESIA, zh="麻醉时间分", en="Points of the time", clause="S4.7-3.ANES.1", unit=POINT
)
def time_points(case: Row, p: Parameters) -> Formula:
    """For each case as printed, or for each hour where the hospital reads it so."""
    by_hour = case.hours * p.hour_points
    return when(p.time_counted == "per_case", p.case_points, by_hour)


@scheme.rule(
    SPECIAL_CASE, zh="特殊情况分", en="Points of the circumstance", clause="S4.7-3.ANES.0",
    unit=POINT,
)  # fmt: skip
def special_points(special: Row, p: Parameters) -> Formula:
    """By the hospital's own table."""
    return p.special_points[special.circumstance]


@scheme.rule(STAFF, zh="方式得分", en="Method", clause="S4.7-3.ANES.1", unit=POINT)
def method(person: Row) -> Formula:
    """All cases of the month."""
    return person.anaesthesias.method_points.sum()


@scheme.rule(STAFF, zh="时间得分", en="Time", clause="S4.7-3.ANES.1", unit=POINT)
def time(person: Row) -> Formula:
    """All cases of the month."""
    return person.anaesthesias.time_points.sum()


@scheme.rule(STAFF, zh="特殊情况得分", en="Special cases", clause="S4.7-3.ANES.0", unit=POINT)
def special(person: Row) -> Formula:
    """All circumstances of the month's cases."""
    return person.anaesthesias.sum(lambda case: case.special_cases.special_points.sum())


@scheme.require(
    STAFF,
    zh="质量评分不超过满分",
    en="Quality is within its full marks",
    clause="S4.7-3.ANES.0",
    cure=("请核对质量评分，或核对满分", "Check the marks for quality, or the full marks"),
)
def quality_in_range(person: Row, p: Parameters) -> Formula:
    """The hospital fixes the full marks; nobody has more."""
    return person.quality <= p.quality_max


@scheme.rule(STAFF, zh="月工作量总分", en="Points", clause="S4.7-3.ANES.0", unit=POINT)
def points(person: Row) -> Formula:
    """Method, time, special cases and quality."""
    return person.method + person.time + person.special + person.quality


@scheme.pay(STAFF, zh="绩效工资", en="Performance pay", clause="S4.7-3.ANES.0")
def pay(person: Row, p: Parameters) -> Formula:
    """Points at the hospital's value."""
    return round_to(person.points * p.point_value)
