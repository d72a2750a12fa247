"""What the samples' scripts draw with: the hospital, its people, amounts, rows of work."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

HOSPITAL = "示例市医院（合成数据）"
Row = dict[str, Any]
Tables = dict[str, list[Row]]


def home(*departments: Row) -> Tables:
    """The hospital and its departments."""
    rows = [{"hospital": "H1", **row} for row in departments]
    return {"hospital": [{"id": "H1", "name": HOSPITAL}], "department": rows}


def people(department: str, names: str, count: int) -> list[Row]:
    """So many of a department, named by a word and a number."""
    return [
        {"id": f"{department}{n:02}", "name": f"{names}{n:02}", "department": department}
        for n in range(1, count + 1)
    ]


def money(chance: random.Random, low: int, high: int) -> Decimal:
    """An amount between two whole yuan, to the fen."""
    return Decimal(chance.randint(low * 100, high * 100)) / 100


def records(owner: str, link: str, rows: Iterable[Row]) -> list[Row]:
    """Rows of somebody's work, numbered."""
    return [{"id": f"{owner}-{n}", link: owner, **row} for n, row in enumerate(rows, 1)]
