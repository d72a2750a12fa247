"""One closed result, several uses (document S0, 6-1, 8-2, 8-3), none of them money but pay.

Pay goes by rank (`ranking.py`). Selection of the excellent and promotion in title may go by rank
or by the result itself, as the hospital decides; recognition carries no amount.
"""

from __future__ import annotations

from hpf.core import HOSPITAL, STAFF, Formula, Parameters, Row, first_day, when

from .levels import assessed
from .scheme import scheme


def _reaches(person: Row, p: Parameters, use: str) -> Formula:
    """By the chosen measure: within a share of the group, or at a result at least."""
    by_rank = person.standing <= p.use_share[use]
    return when(p.use_measure[use] == "rank", by_rank, person.final_result >= p.use_result[use])


@scheme.condition(STAFF, zh="评优候选", en="Candidate for selection", clause="S0-6-1")
def excellent(person: Row, p: Parameters) -> Formula:
    """The link rule of the selection of the excellent."""
    return _reaches(person, p, "excellent")


@scheme.condition(STAFF, zh="本期达到晋升条件", en="Meets the mark for promotion", clause="S0-6-1")
def promotion_met(person: Row, p: Parameters) -> Formula:
    """In this period."""
    return _reaches(person, p, "promotion")


@scheme.rule(STAFF, zh="一年内达标期数", en="Periods met in a year", clause="S0-6-1")
def promotion_periods(person: Row) -> Formula:
    """Of the last four, this one included."""
    return person.window(4).where(lambda r: r.promotion_met).count()


@scheme.condition(
    STAFF, zh="可申报职称晋升", en="May apply for promotion", clause="S0-6-1", only=assessed
)
def promotion_ready(person: Row, p: Parameters) -> Formula:
    """The link rule of promotion in professional title."""
    return person.promotion_periods >= p.promotion_periods_needed


@scheme.condition(STAFF, zh="通报表扬", en="Commended", clause=["S0-6-1", "S0-8-2"])
def commended(person: Row, p: Parameters) -> Formula:
    """The link rule of recognition without money: well placed, or well risen since last time."""
    risen = person.past(1).standing - person.standing >= p.recognition_rise
    return _reaches(person, p, "recognition") | risen.or_(False)


@scheme.rule(STAFF, zh="一年内评优期数", en="Periods excellent in a year", clause="S0-8-3")
def excellent_periods(person: Row) -> Formula:
    """Of the last four, this one included."""
    return person.window(4).where(lambda r: r.excellent).count()


@scheme.condition(STAFF, zh="优秀人才", en="Excellent talent", clause="S0-8-3", only=assessed)
def excellent_talent(person: Row, p: Parameters) -> Formula:
    """By the criterion that was made public: excellent in so many of the last four periods."""
    return person.excellent_periods >= p.excellent_talent_periods


@scheme.require(
    HOSPITAL,
    zh="优秀人才条件在期初之前公布",
    en="The criterion of excellent talent was public before the period",
    clause="S0-8-3",
    cure=(
        "请改参数 excellent_talent_published；新条件从下一期起用",
        "Correct excellent_talent_published: a new criterion holds from the next period",
    ),
)
def criterion_was_public(hospital: Row, p: Parameters) -> Formula:
    """Nobody is measured by what was not known."""
    return p.excellent_talent_published < first_day()
