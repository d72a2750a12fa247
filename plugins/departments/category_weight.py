"""Weights of staff categories (document S4.7, part 1): what the hospital's pay should come to.

Nobody is paid by it. It sets the standard that the plans of the following parts are held to.
"""

from __future__ import annotations

from hpf.core import (
    CNY,
    HOSPITAL,
    PERSON,
    Formula,
    Parameters,
    Row,
    Scheme,
    entity,
    exact,
    link,
    split,
    when,
)

CATEGORIES = ("临床科主任", "临床医生", "医技人员", "护士长", "护士")

scheme = Scheme(
    "category_weight",
    zh="各类人员薪酬标准",
    en="Standards by staff category",
    document="S4.7",
    here=__file__,
    period="year",
)

GROUP = scheme.entity(
    entity(
        "category",
        "人员类别",
        "Staff category",
        link("hospital", HOSPITAL, "医院", "Hospital", "categories"),
    )
)

scheme.decimal(
    HOSPITAL,
    "planned_pay",
    zh="各类人员计划薪酬总额",
    en="Pay planned for all categories",
    unit=CNY,
    low=0,
    clause="S4.7-1.0",
)
scheme.choice(GROUP, "kind", CATEGORIES, zh="类别", en="Category", clause="S4.7-1.0")
scheme.decimal(
    GROUP,
    "headcount",
    zh="人数",
    en="People",
    unit=PERSON,
    low=0,
    clause="S4.7-1.0",
    note=("年平均人数", "Mean of the year"),
)
scheme.decimal(
    GROUP,
    "actual_pay",
    zh="实际薪酬总额",
    en="Pay as it was",
    unit=CNY,
    blank="not_applicable",
    low=0,
    clause="S4.7-1.0",
    note=("用于对照；没有时留空", "To compare; blank where there is none yet"),
)


@scheme.rule(GROUP, zh="权重系数", en="Weight", clause="S4.7-1.0")
def weight(category: Row, p: Parameters) -> Formula:
    """Of the hospital's own table; the document's two are not printed."""
    return p.category_weight[category.kind]


@scheme.rule(GROUP, zh="总权数", en="Weight in the total", clause="S4.7-1.0", unit=PERSON)
def total_weight(category: Row, p: Parameters) -> Formula:
    """The weight for each person, or the weight of the category as a whole."""
    return category.weight * when(p.weight_of == "person", category.headcount, exact("1", PERSON))


@scheme.rule(GROUP, zh="薪酬总额标准", en="Standard of the category", clause="S4.7-1.0", unit=CNY)
def standard(category: Row) -> Formula:
    """The category's part of the planned pay, to the fen."""
    hospital = category.hospital
    return split(hospital.planned_pay, by=category.total_weight, within=hospital)


@scheme.rule(
    GROUP,
    zh="人均标准",
    en="Standard per head",
    clause="S4.7-1.0",
    unit=CNY / PERSON,
    only=lambda category: category.headcount > 0,
)
def standard_each(category: Row) -> Formula:
    """What the standard is for one person of the category."""
    return category.standard / category.headcount


@scheme.rule(GROUP, zh="实际高于标准", en="Above the standard", clause="S4.7-1.0", unit=CNY)
def above(category: Row) -> Formula:
    """What the category's pay was above its standard; below it where negative."""
    return category.actual_pay - category.standard
