"""A transfusion desk: points for work, quality with points off, nights first, the rest shared."""

from __future__ import annotations

from hpf.core import (
    CASE,
    CNY,
    DEPARTMENT,
    POINT,
    SHIFT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    exact,
    larger,
    round_to,
    split,
)

# begin: scheme
scheme = Scheme(
    "transfusion_desk",
    zh="输血科绩效",
    en="Transfusion desk pay",
    document="TD",
    here=__file__,
)
# end: scheme

# begin: facts
scheme.decimal(
    DEPARTMENT, "pool", zh="可分配总额", en="Pool to share", unit=CNY, low=0, clause="TD.1"
)
for code, zh, en in (
    ("matches", "配血例数", "Matchings"),
    ("hard_matches", "疑难配血例数", "Difficult matchings"),
    ("units_issued", "发血袋数", "Units issued"),
    ("reactions", "输血反应调查例数", "Reactions looked into"),
):
    scheme.integer(STAFF, code, zh=zh, en=en, unit=CASE, low=0, blank="zero", clause="TD.2.1")
scheme.integer(STAFF, "errors", zh="差错例数", en="Errors", unit=CASE, low=0, clause="TD.3.1")
scheme.integer(
    STAFF, "gaps", zh="记录缺项", en="Gaps in records", unit=CASE, low=0, clause="TD.3.1"
)
scheme.integer(
    STAFF, "nights", zh="夜班次数", en="Night shifts", unit=SHIFT, low=0, clause="TD.4.1"
)
# end: facts


@scheme.rule(STAFF, unit=POINT, zh="工作量分", en="Points of work", clause="TD.2.1")
def work(person: Row, p: Parameters) -> Formula:
    """Each kind of work at its points."""
    return (
        person.matches * p.match_points
        + person.hard_matches * p.hard_match_points
        + person.units_issued * p.unit_points
        + person.reactions * p.reaction_points
    )


@scheme.rule(STAFF, unit=POINT, zh="计分工作量", en="Counted work", clause="TD.2.2")
def counted_work(person: Row, p: Parameters) -> Formula:
    """Points beyond the norm count for more, band by band."""
    return p.beyond_norm.marginal(person.work)


@scheme.rule(STAFF, unit=POINT, zh="质量分", en="Quality", clause="TD.3.1")
def quality(person: Row, p: Parameters) -> Formula:
    """Points off for errors and gaps, down to 0."""
    lost = person.errors * p.off_an_error + person.gaps * p.off_a_gap
    return larger(p.quality_full - lost, 0)


@scheme.condition(STAFF, zh="参加分配", en="Takes part", clause="TD.3.2")
def takes_part(person: Row, p: Parameters) -> Formula:
    """Below the pass mark nobody shares in the rest; at it they do."""
    return person.quality >= p.pass_mark


@scheme.pay(STAFF, zh="夜班费", en="Night pay", clause="TD.4.1")
def night_pay(person: Row, p: Parameters) -> Formula:
    """So much a night, out of the pool before anything is shared."""
    return round_to(person.nights * p.night_rate)


@scheme.rule(DEPARTMENT, unit=CNY, zh="待分配", en="Left to share", clause="TD.4.2")
def rest(desk: Row) -> Formula:
    """The pool after the nights."""
    return desk.pool - desk.staff.night_pay.sum()


@scheme.require(
    DEPARTMENT,
    zh="总额够付夜班费",
    en="The pool covers the nights",
    clause="TD.4.1",
    cure=("请核对总额和夜班次数", "Check the pool and the night shifts"),
)
def nights_are_covered(desk: Row) -> Formula:
    """Nights are paid first: a pool that does not cover them is a mistake in the facts."""
    return desk.rest >= exact("0", CNY)


@scheme.pay(
    STAFF, zh="绩效份额", en="Share", clause="TD.4.2", only=lambda person: person.takes_part
)
def share(person: Row, p: Parameters) -> Formula:
    """What is left, by work times quality; the shares add up to it, to the fen."""
    weight = person.counted_work * person.quality / p.quality_full
    return split(person.department.rest, by=weight, within=person.department)


@scheme.total(STAFF, zh="绩效工资", en="Performance pay", clause=["TD.4.1", "TD.4.2"])
def pay(person: Row) -> Formula:
    """Nights and share; whoever takes no part in the sharing keeps the nights."""
    return person.night_pay + person.share.or_(0)
