"""Ranks (document S0, chapter 6): the place decides pay, never the value of a point.

Inside a rank group people are placed by their final results, and the group's pool is split by the
weights of the places. So any strictly increasing change of all results leaves every amount as it
is, and there is no price of a point anywhere.
"""

from __future__ import annotations

from hpf.core import (
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    rank,
    round_to,
    when,
)

from .levels import assessed
from .scheme import KINDS, RANK_GROUP, scheme

BANDS = ("A", "B", "C", "D")
CLASSES = ("医师", "护理", "医技药剂", "管理后勤")

scheme.choice(STAFF, "post_class", CLASSES, zh="岗位类别", en="Post class", clause="S0-2-2")
scheme.choice(
    RANK_GROUP, "kind", KINDS, zh="科室类型", en="Type of department", blank="not_applicable",
    clause="S0-6-2", note=("按科室类型分组时填写", "Where groups go by type of department"),
)  # fmt: skip
scheme.choice(
    RANK_GROUP, "post_class", CLASSES, zh="岗位类别", en="Post class", blank="not_applicable",
    clause="S0-6-2", note=("按岗位类别分组时填写", "Where groups go by post class"),
)  # fmt: skip


@scheme.require(
    STAFF,
    zh="排名组合乎分组规则",
    en="The rank group follows the rule of grouping",
    clause=["S0-2-2", "S0-6-2"],
    cure=(
        "请改本人的排名组，或该组的科室类型、岗位类别",
        "Correct the person's rank group, or the group's type or post class",
    ),
    only=assessed,
)
def group_fits(person: Row, p: Parameters) -> Formula:
    """Posts differ, so people are compared with their like."""
    group = person.rank_group
    by_type = group.kind == person.department.scorecard.kind
    by_post = group.post_class == person.post_class
    return when(p.peer_group_rule == "department_type", by_type, by_post).or_(False)


# Places


@scheme.rule(RANK_GROUP, zh="排名人数", en="People ranked", clause="S0-6-2")
def size(group: Row) -> Formula:
    """Those who are assessed this period."""
    return group.members.where(assessed).count()


@scheme.condition(RANK_GROUP, zh="小组", en="Small group", clause="S0-6-2")
def is_small(group: Row, p: Parameters) -> Formula:
    """Where places say little."""
    return group.size < p.smallest_group


@scheme.require(
    RANK_GROUP,
    zh="小组已并入其他排名组",
    en="Small groups are merged into others",
    clause="S0-6-2",
    cure=("请把这个组的人员并入相近的组", "Move its people into a group of their like"),
    only=lambda group, p: (p.small_group_rule == "merge") & (group.size > 0),
)
def group_large_enough(group: Row) -> Formula:
    """Only where the hospital has decided to have none."""
    return ~group.is_small


@scheme.rule(STAFF, zh="名次", en="Place", clause="S0-6-2")
def place(person: Row) -> Formula:
    """Highest result first; equal results share a place."""
    return rank(person.final_result, within=person.rank_group)


@scheme.rule(STAFF, zh="倒数名次", en="Place from the end", clause="S0-6-2")
def place_from_end(person: Row) -> Formula:
    """Lowest first; with the other it tells how many share the place."""
    return rank(person.final_result, within=person.rank_group, descending=False)


@scheme.rule(STAFF, zh="并列末位名次", en="Last place shared", clause="S0-6-2")
def last_place(person: Row) -> Formula:
    """The place itself, unless somebody has the same result."""
    return person.rank_group.size + 1 - person.place_from_end


@scheme.rule(STAFF, zh="名次百分位", en="Share of the group", clause="S0-6-2")
def standing(person: Row) -> Formula:
    """The place as a share of the group: 0.2 is the end of the first fifth."""
    return person.place / person.rank_group.size


def _by_band(person: Row, p: Parameters) -> Formula:
    return p.rank_weight_by == "band"


@scheme.grade(STAFF, BANDS, zh="档次", en="Band", clause="S0-6-2", only=_by_band)
def band(person: Row, p: Parameters) -> Formula:
    """By cumulated shares of the group; where weights go by band."""
    upto, standing = p.band_upto, person.standing
    return when(
        standing <= upto["A"],
        "A",
        when(standing <= upto["B"], "B", when(standing <= upto["C"], "C", "D")),
    )


@scheme.require(
    HOSPITAL,
    zh="各档累计比例递增，且小于一",
    en="The bands' cumulated shares rise and stay below one",
    clause="S0-6-2",
    cure=("请改参数 band_upto", "Correct the parameter band_upto"),
    only=lambda hospital, p: p.rank_weight_by == "band",
)
def bands_rise(hospital: Row, p: Parameters) -> Formula:
    """Else a band would be empty by design."""
    upto = p.band_upto
    return (upto["A"] < upto["B"]) & (upto["B"] < upto["C"]) & (upto["C"] < 1)


# Weights


def _at(place: Formula, person: Row, p: Parameters) -> Formula:
    """Where a place ends in the table: itself, or as a share of the group."""
    return when(p.rank_weight_by == "percentile", place / person.rank_group.size, place)


@scheme.rule(STAFF, zh="档次权重", en="Weight of the band", clause="S0-6-2", only=_by_band)
def band_weight(person: Row, p: Parameters) -> Formula:
    """By the number of the band."""
    number = when(
        person.band == "A", 1, when(person.band == "B", 2, when(person.band == "C", 3, 4))
    )
    return p.rank_weight_table.bracket(number)


@scheme.rule(
    STAFF,
    zh="名次段权重",
    en="Weight of the stretch",
    clause="S0-6-2",
    only=lambda person, p: p.rank_weight_by != "band",
)
def stretch_weight(person: Row, p: Parameters) -> Formula:
    """The table's mean over the stretch that the place takes up; those with one result share the
    stretch of all their places, or all take the first, by the tie rule."""
    table = p.rank_weight_table
    last = when(p.tie_rule == "mean_weight", person.last_place, person.place)
    begin, end = _at(person.place - 1, person, p), _at(last, person, p)
    before = when(person.place > 1, table.marginal(begin), 0)
    return (table.marginal(end) - before) / (end - begin)


@scheme.rule(
    STAFF,
    zh="名次权重",
    en="Rank weight",
    clause=["S0-6-2", "S0-1-3", "S0-2-6"],
    only=assessed,
)
def rank_weight(person: Row, p: Parameters) -> Formula:
    """Equal results, equal weight; in a small group one for all, if the hospital says so."""
    alike = (p.small_group_rule == "equal") & person.rank_group.is_small
    weight = person.stretch_weight.or_(person.band_weight)
    return round_to(when(alike, 1, weight), p.weight_rounding)


@scheme.rule(STAFF, zh="权重名次", en="Place by weight", clause=["S0-1-3", "S0-6-2"])
def weight_place(person: Row) -> Formula:
    """How many in the group have a greater weight, and one."""
    return rank(person.rank_weight, within=person.rank_group)


@scheme.require(
    STAFF,
    zh="名次靠后的权重不高于名次靠前的",
    en="A worse place never weighs more",
    clause=["S0-1-3", "S0-2-6"],
    cure=(
        "请改参数 rank_weight_table，使权重随名次不升",
        "Let rank_weight_table fall with the place",
    ),
)
def weights_fall(person: Row) -> Formula:
    """Whoever weighs more stands before: so the place by weight is the place at most."""
    return person.weight_place <= person.place


@scheme.require(
    RANK_GROUP,
    zh="不同名次的权重不全相同",
    en="Different places do not all weigh the same",
    clause=["S0-1-3", "S0-2-6"],
    cure=(
        "请改参数 rank_weight_table；平均分配正是本方案要改的",
        "Correct rank_weight_table: equal pay is what the scheme is to end",
    ),
    only=lambda group, p: (group.size > 0) & ((p.small_group_rule != "equal") | ~group.is_small),
)
def pay_differs(group: Row) -> Formula:
    """Unless everybody has the same result."""
    people = group.members
    alike = people.place.max() == people.place.min()
    return alike | (people.rank_weight.max() > people.rank_weight.min())
