"""Sections 7 to 9: administration, logistics, leaders, and the average they are paid by.

No cycle: nobody paid by the average is among those who make it.
"""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    entity,
    first_of,
    link,
    round_to,
    unit,
    when,
)

from .scheme import (
    CLERK,
    DIRECTOR,
    DRIVER,
    HALF,
    HEAD,
    OTHER_HEAD,
    OTHER_OFFICE,
    OWN,
    SENIOR_HEAD,
    scheme,
)

KM = unit("km")

# Section 7: administration and logistics


@scheme.rule(
    STAFF,
    zh="平均奖比例",
    en="Part of the average",
    clause="S4.3-7.1",
    only=lambda person: person.paid_by.is_one_of(CLERK, HALF, OTHER_OFFICE),
)
def office_multiple(person: Row, p: Parameters) -> Formula:
    """The whole, or half; other posts as the hospital says."""
    return when(
        person.paid_by == CLERK,
        p.clerk_multiple,
        when(person.paid_by == HALF, p.half_multiple, p.unlisted_multiple[OTHER_OFFICE]),
    )


TRIP = scheme.entity(
    entity("trip", "出车", "Trip", link("driver", STAFF, "驾驶员", "Driver", "trips"))
)
NEAR, FAR, UNPRINTED_BAND = BANDS = ("近途", "远途", "文件未列")
scheme.decimal(
    TRIP,
    "km",
    zh="单程公里数",
    en="Kilometres, one way",
    unit=KM,
    low=0,
    clause="S4.3-7.2",
)
scheme.boolean(TRIP, "with_patient", zh="是否送患者", en="Carried a patient", clause="S4.3-7.2")


@scheme.require(
    TRIP,
    zh="出车人是驾驶员",
    en="Whoever drove is a driver",
    clause="S4.3-7.2",
    cure=("请改正出车人或其岗位", "Correct the driver of the trip, or the person's post"),
)
def driven_by_driver(trip: Row) -> Formula:
    """Only drivers have trip awards."""
    return trip.driver.post == DRIVER


@scheme.rule(TRIP, zh="计奖里程", en="Distance counted", clause="S4.3-7.2", unit=KM)
def distance_km(trip: Row, p: Parameters) -> Formula:
    """One way, or there and back, as the hospital measures."""
    return when(p.distance_measured == "return", trip.km * 2, trip.km)


@scheme.grade(TRIP, BANDS, zh="里程段", en="Distance band", clause="S4.3-7.2")
def distance_band(trip: Row, p: Parameters) -> Formula:
    """300 km itself is printed in two bands."""
    near = when(p.limit_is_near, trip.distance_km <= p.near_km, trip.distance_km < p.near_km)
    return when(near, NEAR, when(trip.distance_km <= p.far_km, FAR, UNPRINTED_BAND))


@scheme.rule(TRIP, zh="出车奖", en="Trip award", clause="S4.3-7.2", unit=CNY)
def trip_award(trip: Row, p: Parameters) -> Formula:
    """By distance, with a patient on board; beyond the printed bands the hospital decides."""
    return when(trip.with_patient, p.trip_award[trip.distance_band], 0)


@scheme.pay(
    STAFF,
    zh="出车奖",
    en="Trip awards",
    clause="S4.3-7.2",
    only=lambda person: person.post == DRIVER,
)
def trip_pay(driver: Row) -> Formula:
    """All trips of the month; besides the part of the average, and not in it."""
    return round_to(driver.trips.trip_award.sum())


# Section 8: leaders and heads


@scheme.rule(
    STAFF,
    zh="院领导平均奖倍数",
    en="Directors' multiple",
    clause="S4.3-8.1",
    only=lambda person: person.paid_by == DIRECTOR,
)
def director_multiple(_: Row, p: Parameters) -> Formula:
    """Director and deputies alike."""
    return p.director_multiple


@scheme.rule(
    STAFF,
    zh="主任护士长平均奖倍数",
    en="Heads' multiple",
    clause=["S4.3-8.2.a", "S4.3-8.2.b"],
    only=lambda person: person.is_head,
)
def head_multiple(head: Row, p: Parameters) -> Formula:
    """Three heads, the nine of the second list, and those in neither as the hospital says."""
    return when(
        head.paid_by == SENIOR_HEAD,
        p.senior_head_multiple,
        when(head.paid_by == HEAD, p.head_multiple, p.unlisted_multiple[OTHER_HEAD]),
    )


@scheme.pay(
    STAFF,
    zh="平均奖",
    en="Paid by the average",
    clause=["S4.3-7.1", "S4.3-8.1", "S4.3-8.2.a", "S4.3-8.2.b"],
)
def average_pay(person: Row) -> Formula:
    """The average times the post's part or multiple, to the fen."""
    multiple = first_of(person.office_multiple, person.director_multiple, person.head_multiple)
    return round_to(person.department.hospital.average * multiple)


# Section 9: the average


@scheme.condition(
    STAFF,
    zh="计入全院平均奖",
    en="Counts in the average",
    clause="S4.3-9",
    only=lambda person: person.paid_by == OWN,
)
def in_average(person: Row, p: Parameters) -> Formula:
    """Posts with a bonus of their own that the hospital has named: the list breaks off in print."""
    return p.average_members[person.post]


@scheme.rule(DEPARTMENT, zh="本科室计入平均奖人数", en="Staff in the average", clause="S4.3-9")
def average_staff(department: Row) -> Formula:
    """Whether or not they earned anything this month."""
    return department.staff.where(lambda s: s.in_average).count()


@scheme.rule(
    DEPARTMENT,
    zh="本科室计入平均奖的奖金",
    en="Bonuses in the average",
    clause="S4.3-9",
    unit=CNY,
    only=lambda department: department.average_staff > 0,
)
def average_part(department: Row) -> Formula:
    """Trip awards and whatever rests on the average are not among them."""
    return department.staff.where(lambda s: s.in_average).own_bonus.sum()


@scheme.rule(HOSPITAL, zh="平均奖人数", en="Staff in the average", clause="S4.3-9")
def average_count(hospital: Row) -> Formula:
    """Of all departments."""
    return hospital.departments.average_staff.sum()


@scheme.require(
    HOSPITAL,
    zh="全院平均奖至少有一人计入",
    en="Somebody counts in the average",
    clause="S4.3-9",
    cure=(
        "请在医院配置 average_members 中指定计入的岗位，并检查人员岗位",
        "Name the posts in average_members of the configuration, and check the staff's posts",
    ),
)
def average_has_members(hospital: Row) -> Formula:
    """Without them there is nothing to pay sections 7 and 8 by."""
    return hospital.average_count > 0


@scheme.rule(HOSPITAL, zh="平均奖总额", en="Bonuses in the average", clause="S4.3-9", unit=CNY)
def average_total(hospital: Row) -> Formula:
    """Of all departments with staff in the average."""
    return hospital.departments.average_part.sum()


@scheme.rule(HOSPITAL, zh="全院平均奖", en="Hospital average", clause="S4.3-9", unit=CNY)
def average(hospital: Row) -> Formula:
    """Their bonuses over their number; rounded only where somebody is paid."""
    return hospital.average_total / hospital.average_count
