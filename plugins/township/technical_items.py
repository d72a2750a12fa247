"""The doctor's own technical performance (S2 chapter I, scope of performance pay, item 1)."""

from __future__ import annotations

from hpf.core import CNY, STAFF, Formula, Row, entity, link, round_to

from .scheme import DUE_DAY, UNIT_ITSELF, scheme

TECHNICAL_ITEM = scheme.entity(entity("technical_item", "高技术项目", "Technical item"))
TECHNICAL_WORK = scheme.entity(
    entity(
        "technical_work",
        "高技术项目完成情况",
        "Technical work done",
        link("doctor", STAFF, "医生", "Doctor", "technical_works"),
        link("item", TECHNICAL_ITEM, "项目", "Item", "works"),
    )
)
scheme.decimal(
    TECHNICAL_ITEM,
    "proportion",
    zh="个人计提比例",
    en="The doctor's proportion",
    low=0,
    high=1,
    clause="S2-1.4-1",
    note=("由医院逐项确定，例如 0.03", "The hospital's, item by item, e.g. 0.03"),
)
scheme.decimal(
    TECHNICAL_WORK,
    "benefit",
    zh="综合效益",
    en="Comprehensive benefit",
    unit=CNY,
    low=0,
    clause="S2-1.4-1",
    reporter=UNIT_ITSELF,
    due_day=DUE_DAY,
    note=("按医院规定的口径计算", "As the hospital defines it"),
)


@scheme.pay(
    STAFF,
    zh="个人技术绩效",
    en="Personal technical performance",
    clause="S2-1.4-1",
    only=lambda doctor: doctor.technical_works.count() > 0,
)
def technical_pay(doctor: Row) -> Formula:
    """Each item's proportion of the benefit that the doctor realised."""
    return round_to(doctor.technical_works.sum(lambda work: work.benefit * work.item.proportion))
