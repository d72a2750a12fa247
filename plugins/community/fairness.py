"""Does pay show the value of the work (document S0, 2-6)? Each group's pay against its points.

Pay follows the final result, in which the department has its part; so whether those with more
points are paid more is a finding, and is told.
"""

from __future__ import annotations

from hpf.core import STAFF, Formula, Row, rank

from .levels import assessed
from .scheme import RANK_GROUP, scheme


@scheme.rule(STAFF, zh="积分秩次", en="Rank by points", clause="S0-2-6", only=assessed)
def points_rank(person: Row) -> Formula:
    """In the group by points alone, ties in the middle of the places that they share."""
    group = person.rank_group
    worst = group.size + 1 - rank(person.points, within=group, descending=False)
    return (rank(person.points, within=group) + worst) / 2


@scheme.rule(STAFF, zh="名次秩次", en="Rank by result", clause="S0-2-6")
def result_rank(person: Row) -> Formula:
    """By the final result, which pay follows; ties likewise."""
    return (person.place + person.last_place) / 2


@scheme.rule(STAFF, zh="秩次离差", en="Spread of ranks", clause="S0-2-6")
def ranks_spread(person: Row) -> Formula:
    """Squared distances of both ranks from the middle of the group."""
    middle = (person.rank_group.size + 1) / 2
    one, two = person.points_rank - middle, person.result_rank - middle
    return one * one + two * two


@scheme.rule(STAFF, zh="秩次之差", en="Ranks apart", clause="S0-2-6")
def ranks_apart(person: Row) -> Formula:
    """Squared distance of the two ranks."""
    apart = person.points_rank - person.result_rank
    return apart * apart


@scheme.rule(
    RANK_GROUP,
    zh="积分与分配的等级相关",
    en="Rank correlation of points and pay",
    clause="S0-2-6",
    only=lambda group: group.members.ranks_spread.sum() > 0,
)
def agreement(group: Row) -> Formula:
    """From −1 to 1, as the contribution of an indicator is measured (`effectiveness.py`)."""
    return 1 - group.members.ranks_apart.sum() / group.members.ranks_spread.sum()


@scheme.require(
    RANK_GROUP,
    zh="积分高的人分配也高",
    en="More points mean more pay",
    clause="S0-2-6",
    cure=(
        "请看科室系数与封顶是否盖过了个人积分",
        "See whether factors of departments, or the cap, outweigh what people did",
    ),
    severity="notice",
)
def pay_follows_points(group: Row) -> Formula:
    """Told, for the committee; absent where there is nothing to compare."""
    return group.agreement > 0
