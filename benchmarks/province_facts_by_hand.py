"""The province's facts tested in hand-written Polars: ids, blanks, choices, bounds, links, twins.

What stands in a table is tested in one pass over it. A fault is found, not located.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import polars as pl

BOUND: Final = Decimal(10) ** 16
CHOICES: Final[Mapping[str, Mapping[str, list[str]]]] = {
    "indicator": {
        "topic": [
            "指令性任务", "药品零加成与费用控制", "便民措施", "精细化管理", "基层人员培训",
            "医德医风与人才", "财务与价格", "依法执业", "核心制度", "服务数量", "服务质量",
            "费用与基本药物", "医疗安全", "院务公开", "病人满意度", "社会监督", "职工满意度",
        ],
        "method": ["正向", "反向", "定性", "区间", "差额"],
        "direction": ["越高越好", "越低越好"],
        "measure": ["百分数", "人次", "天", "元", "件", "分", "其他"],
    },
    "item": {
        "reason": ["未设该项服务", "当年未开展", "上级另有规定", "统计口径变更", "其他"],
        "assessed_by": ["查阅资料", "现场检查", "问卷调查", "负责人述职", "访谈"],
    },
}  # fmt: skip
REQUIRED: Final = {
    "jurisdiction": ["division_code"],
    "hospital": ["subsidy_full"],
    "indicator": ["jurisdiction", "topic", "standard_points", "method", "evidence_required"],
    "item": ["hospital", "indicator"],
}
NUMBERS: Final = {
    "jurisdiction": ["division_code"],
    "hospital": ["subsidy_full"],
    "indicator": ["standard_points", "target", "threshold", "off_per_unit"],
    "item": ["own_target", "actual", "deductions"],
}
NEVER_NEGATIVE: Final = {
    "division_code", "subsidy_full", "standard_points", "off_per_unit", "deductions",
}  # fmt: skip


def stand(entity: str, frame: pl.DataFrame) -> pl.DataFrame:
    """The rows in order of id; ValueError where something of them does not hold."""
    frame = frame if frame["id"].is_sorted() else frame.sort("id")
    ids = pl.col("id")
    faults = {
        "an empty id": ids.is_null() | (ids == ""),
        "an id that stands twice": ids == ids.shift(1),
    }
    faults |= {f"no {name}": pl.col(name).is_null() for name in REQUIRED.get(entity, [])}
    for name in NUMBERS.get(entity, []):
        faults[f"a {name} out of reach"] = pl.col(name).abs() >= BOUND
        if name in NEVER_NEGATIVE:
            faults[f"a negative {name}"] = pl.col(name) < 0
    for name, known in CHOICES.get(entity, {}).items():
        faults[f"an unknown {name}"] = ~pl.col(name).is_in(known) & pl.col(name).is_not_null()
    asked = frame.lazy().select(e.any().alias(what) for what, e in faults.items()).collect()
    _refuse(entity, [what for what, found in asked.row(0, named=True).items() if found])
    return frame


def linked(entity: str, frame: pl.DataFrame, link: str, number: str) -> None:
    """Refuse a link that leads nowhere. number: the column of row numbers it was turned into."""
    lost = frame[number].null_count() > frame[link].null_count()
    _refuse(entity, [f"an unknown {link}"] if lost else [])


def no_twins(entity: str, frame: pl.DataFrame, one: str, other: str) -> None:
    """Refuse two rows of the same two row numbers."""
    pairs = frame.select(pl.col(one).cast(pl.UInt64) * 2**32 + pl.col(other)).to_series()
    _refuse(entity, ["a row that stands twice"] if pairs.n_unique() < len(frame) else [])


def _refuse(entity: str, faults: list[str]) -> None:
    if faults:
        raise ValueError(f"{entity}: {', '.join(faults)}")
