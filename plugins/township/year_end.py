"""The year-end award to outstanding contributors (S2-5-1b), by the method that the hospital sets.

The document leaves the method to the hospital. Two are offered: a pool shared by the points that
the committee gives, or the amounts that it resolves.
"""

from __future__ import annotations

from hpf.core import (
    CNY,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    first_of,
    link,
    round_to,
    split,
    when,
)

CLAUSE = "S2-5-1b"
COMMITTEE = ("院委会", "Hospital committee")

year = Scheme(
    "township_year",
    zh="乡镇卫生院年终奖励",
    en="Township health centre, year-end award",
    document="S2",
    here=__file__,
    period="year",
)

NOMINATION = year.entity(
    entity(
        "nomination",
        "年终提名",
        "Nomination",
        link("staff", STAFF, "人员", "Staff", "nominations"),
        key=("staff",),
    )
)

year.decimal(
    HOSPITAL,
    "award_pool",
    zh="年终奖励总额",
    en="Award pool",
    unit=CNY,
    low=0,
    reporter=COMMITTEE,
    clause=CLAUSE,
    note=("不设奖励填0", "0 where there is no award"),
)
year.text(
    HOSPITAL,
    "award_minutes",
    zh="院委会纪要",
    en="Committee's minutes",
    reporter=COMMITTEE,
    clause=CLAUSE,
    note=("会议日期、文号和办法", "Day, number and method"),
)
year.text(
    NOMINATION,
    "merit",
    zh="突出贡献",
    en="Contribution",
    reporter=COMMITTEE,
    clause=CLAUSE,
    note=("提名理由，每人写明", "The committee's reason, for each person"),
)
year.decimal(
    NOMINATION,
    "points",
    zh="评定分",
    en="Points",
    unit=POINT,
    blank="not_applicable",
    low=0,
    direction="higher",
    reporter=COMMITTEE,
    clause=CLAUSE,
    note=("按分分配时填写", "Where the pool is shared by points"),
)
year.decimal(
    NOMINATION,
    "amount",
    zh="议定金额",
    en="Amount resolved",
    unit=CNY,
    blank="not_applicable",
    low=0,
    reporter=COMMITTEE,
    clause=CLAUSE,
    note=("按议定金额发放时填写", "Where amounts are resolved"),
)


@year.require(
    NOMINATION,
    zh="按分分配时每名提名人有大于0的评定分，且不填金额",
    en="Where the pool is shared by points, each nomination has points above 0 and no amount",
    clause=CLAUSE,
    cure=(
        "请填写评定分、删去金额，或取消提名",
        "Give points and no amount, or drop the nomination",
    ),
)
def has_points(nomination: Row, p: Parameters) -> Formula:
    """A blank is no 0, and an amount that would be passed over is no award."""
    points_alone = (first_of(nomination.points, 0) > 0) & (first_of(nomination.amount, 0) == 0)
    return (p.year_end_award_method == "by_amount") | points_alone


@year.require(
    NOMINATION,
    zh="按议定金额发放时每名提名人有大于0的金额，且不填评定分",
    en="Where amounts are resolved, each nomination has one above 0 and no points",
    clause=CLAUSE,
    cure=(
        "请填写金额、删去评定分，或取消提名",
        "Give an amount and no points, or drop the nomination",
    ),
)
def has_amount(nomination: Row, p: Parameters) -> Formula:
    """The same the other way round."""
    amount_alone = (first_of(nomination.amount, 0) > 0) & (first_of(nomination.points, 0) == 0)
    return (p.year_end_award_method == "by_points") | amount_alone


@year.pay(
    STAFF,
    zh="年终奖励",
    en="Year-end award",
    clause=CLAUSE,
    only=lambda member: member.nominations.count() > 0,
    payout=True,
)
def award(member: Row, p: Parameters) -> Formula:
    """The pool by points, to the fen; or what the committee resolved."""
    hospital = member.department.hospital
    return when(
        p.year_end_award_method == "by_points",
        split(hospital.award_pool, by=member.nominations.points.sum(), within=hospital),
        round_to(member.nominations.amount.sum()),
    )


@year.total(HOSPITAL, zh="年终奖励合计", en="Awards", clause=CLAUSE)
def awards(hospital: Row) -> Formula:
    """To everyone nominated."""
    return hospital.departments.staff.award.sum()


@year.require(
    HOSPITAL,
    zh="年终奖励合计不超过奖励总额",
    en="Together the awards stay within the pool",
    clause=CLAUSE,
    cure=("请由院委会调低金额或追加总额", "Have the committee lower the amounts or raise the pool"),
)
def within_pool(hospital: Row) -> Formula:
    """Amounts may leave some of the pool, and never pass it."""
    return hospital.awards <= hospital.award_pool


@year.rule(HOSPITAL, zh="年终奖励余额", en="Left of the pool", clause=CLAUSE, unit=CNY)
def pool_left(hospital: Row) -> Formula:
    """Stays with the hospital."""
    return hospital.award_pool - hospital.awards
