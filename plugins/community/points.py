"""Points of the individual level (document S0, chapter 4): from entries to the sum.

Every value comes from the ledger: an entry has a standard, is never deleted, and is undone only by
a counter-entry that leads to it.
"""

from __future__ import annotations

from hpf.core import (
    DAY,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    days_between,
    first_day,
    larger,
    last_day,
    smaller,
    when,
)

from .scheme import ENTRY, TALLY, given, scheme
from .standards import BONUS, CAPABILITY, DEDUCTION, PERFORMANCE

PLUS, MINUS = "加", "减"

# An entry

scheme.choice(
    ENTRY, "sign", [PLUS, MINUS], zh="加减", en="Sign", clause="S0-4-1",
    note=("冲销分录与原分录相反", "A counter-entry has the opposite of its original"),
)  # fmt: skip
scheme.decimal(
    ENTRY, "points", zh="记入分值", en="Points booked", unit=POINT, low=0, clause="S0-4-1",
    note=("记入时的分值，以后调整标准不改", "As booked: a later adjustment leaves it"),
)  # fmt: skip
scheme.date(ENTRY, "day", zh="日期", en="Day", clause="S0-4-1")
scheme.boolean(
    ENTRY, "earlier", zh="冲销以前各期的分录", en="Reverses an entry of an earlier period",
    blank="zero", clause="S0-4-1",
    note=("原分录已封存时填是，并在依据写明其编号", "yes where the original's period is closed"),
)  # fmt: skip
scheme.date(
    ENTRY, "seen", zh="本人看到的日期", en="Day the person saw it", blank="not_applicable",
    clause="S0-2-4",
)  # fmt: skip
scheme.text(ENTRY, "evidence", zh="依据", en="Evidence", blank="not_applicable", clause="S0-4-1")


def _undoes(entry: Row) -> Formula:
    """Whether it is a counter-entry: of this period, or of one that is closed."""
    return given(entry.reverses.points) | entry.earlier


@scheme.require(
    ENTRY,
    zh="分录日期在本期之内",
    en="The entry's day lies in the period",
    clause="S0-4-1",
    cure=("请改日期，或记入它所属的周期", "Correct the day, or book it in its own period"),
)
def day_in_period(entry: Row) -> Formula:
    """An event counts once, in its own period."""
    return (entry.day >= first_day()) & (entry.day <= last_day())


@scheme.require(
    ENTRY,
    zh="加减与标准相符",
    en="The sign fits the standard",
    clause="S0-4-1",
    cure=(
        "加分标准填“加”，扣分标准填“减”；冲销分录相反",
        "Plus for a bonus, minus for a deduction; a counter-entry the other way round",
    ),
)
def sign_fits(entry: Row) -> Formula:
    """A counter-entry takes back what its original gave."""
    bonus = entry.tally.standard.kind == BONUS
    undone = when(bonus, entry.sign == MINUS, entry.sign == PLUS)
    return when(_undoes(entry), undone, ~undone)


@scheme.require(
    ENTRY,
    zh="冲销分录与原分录分值相同",
    en="A counter-entry has its original's points",
    clause="S0-4-1",
    cure=("请填原分录的分值", "Fill in the original's points"),
)
def reversal_whole(entry: Row) -> Formula:
    """A reversal restores the former value; absent where nothing is reversed."""
    return entry.points == entry.reverses.points


@scheme.require(
    ENTRY,
    zh="一条分录至多冲销一次，冲销分录不再冲销",
    en="An entry is reversed once at most, and a counter-entry never",
    clause="S0-4-1",
    cure=("请删去多余的冲销，需要时另记一条", "Take the second reversal out; book anew if needed"),
)
def reversed_once(entry: Row) -> Formula:
    """Else a value would be restored twice."""
    return entry.reversals.count() <= when(_undoes(entry), 0, 1)


@scheme.require(
    ENTRY,
    zh="记入的分值在调整幅度之内",
    en="The points booked are within the bounds of adjustment",
    clause=["S0-4-1", "S0-8-1"],
    cure=(
        "请按标准的分值记入；负责人调整不得超过幅度",
        "Book the standard's points; an adjustment stays within its limit",
    ),
    only=lambda entry: ~_undoes(entry),
)
def points_within_bounds(entry: Row, p: Parameters) -> Formula:
    """The standard's own points, or as far from them as a manager may go: bounds inclusive."""
    standard = entry.tally.standard
    room = when(standard.adjustable, standard.points * p.adjustment_limit, 0)
    low, high = standard.points - room, standard.points + room
    return (entry.points >= low) & (entry.points <= high)


@scheme.rule(ENTRY, zh="反馈用时", en="Days until it was seen", clause="S0-2-4", unit=DAY)
def feedback_days(entry: Row) -> Formula:
    """From the event's day to the day on which the person saw it; absent until then."""
    return days_between(entry.day, entry.seen)


@scheme.require(
    ENTRY,
    zh="积分及时反馈给本人",
    en="Points reach the person in time",
    clause="S0-2-4",
    cure=("请提醒本人查看，并说明迟延的原因", "Remind the person, and say why it was late"),
    severity="notice",
)
def seen_in_time(entry: Row, p: Parameters) -> Formula:
    """Late, or not seen by the period's end though the days have run."""
    waited = days_between(entry.day, last_day())
    return entry.feedback_days.or_(waited) <= p.feedback_time_limit


# From entries to a person's points


@scheme.rule(TALLY, zh="户头净分", en="Net points", clause="S0-4-1", unit=POINT)
def net(tally: Row) -> Formula:
    """What the ledger has under one standard, reversals taken off."""
    added = tally.entries.where(lambda e: e.sign == PLUS).points.sum()
    taken = tally.entries.where(lambda e: e.sign == MINUS).points.sum()
    return when(tally.standard.kind == BONUS, added - taken, taken - added)


@scheme.rule(TALLY, zh="计入分值", en="Points counted", clause="S0-4-1", unit=POINT)
def counted(tally: Row) -> Formula:
    """Up to the standard's limit per person and period."""
    return smaller(tally.net, tally.standard.most).or_(tally.net)


@scheme.rule(STAFF, zh="加分", en="Bonus points", clause=["S0-4-1", "S0-4-4"], unit=POINT)
def bonus(person: Row) -> Formula:
    """Over all bonus standards."""
    return person.tallies.where(lambda t: t.standard.kind == BONUS).counted.sum()


@scheme.rule(STAFF, zh="扣分", en="Deductions", clause=["S0-4-1", "S0-4-5"], unit=POINT)
def deduction(person: Row) -> Formula:
    """Over all deduction standards."""
    return person.tallies.where(lambda t: t.standard.kind == DEDUCTION).counted.sum()


@scheme.rule(STAFF, zh="业绩分", en="Points of performance", clause="S0-4-3", unit=POINT)
def performance_points(person: Row) -> Formula:
    """Bonus less deduction, of standards that concern the work done."""
    return _of_aspect(person, PERFORMANCE)


@scheme.rule(STAFF, zh="能力分", en="Points of capability", clause="S0-4-3", unit=POINT)
def capability_points(person: Row) -> Formula:
    """Bonus less deduction, of standards that concern what somebody is able to do."""
    return _of_aspect(person, CAPABILITY)


def _of_aspect(person: Row, aspect: str) -> Formula:
    mine = person.tallies.where(lambda t: t.standard.aspect == aspect)
    return mine.sum(lambda t: when(t.standard.kind == BONUS, t.counted, -t.counted))


@scheme.rule(STAFF, zh="积分合计", en="Sum of points", clause="S0-4-1", unit=POINT)
def points_sum(person: Row, p: Parameters) -> Formula:
    """Base plus bonus less deduction."""
    return p.base_points + person.bonus - person.deduction


@scheme.rule(STAFF, zh="个人积分", en="Points", clause="S0-4-1", unit=POINT)
def points(person: Row, p: Parameters) -> Formula:
    """Inside the limits, where the hospital has set any."""
    whole = person.points_sum
    capped = when(p.points_cap_applies, smaller(whole, p.points_limit["cap"]), whole)
    return when(p.points_floor_applies, larger(capped, p.points_limit["floor"]), capped)


@scheme.require(
    HOSPITAL,
    zh="积分下限低于上限",
    en="The floor of points lies below the cap",
    clause="S0-4-1",
    cure=("请改参数 points_limit", "Correct the parameter points_limit"),
)
def limits_in_order(hospital: Row, p: Parameters) -> Formula:
    """Where both are set; and the base lies within them."""
    low = when(p.points_floor_applies, p.points_limit["floor"] <= p.base_points, True)
    high = when(p.points_cap_applies, p.base_points <= p.points_limit["cap"], True)
    return low & high
