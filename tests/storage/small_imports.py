"""A small scheme's facts, imported: as data, as a workbook, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from sqlalchemy import Engine

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme
from hpf.core.build import build
from hpf.core.facts import Facts, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import Preview, preview, save_import
from hpf.storage.models import Import

PERIOD = Period.parse("2026-09")
Given = Mapping[str, Mapping[str, Mapping[str, Any]]]
BASE: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {"name": "某医院"}},
    "department": {
        "D1": {"hospital": "H", "name": "内科", "income": "1000.50", "open": True},
        "D2": {"hospital": "H", "name": "外科", "income": "0", "open": False},
    },
    "staff": {
        "A1": {"department": "D1", "name": "甲", "points": "12.5", "post": "护士"},
        "A2": {"department": "D1", "name": "乙", "points": None, "post": "医生"},
        "A3": {"department": "D2", "name": "丙", "points": "7", "post": "医生",
               "since": "2020-02-29"},
    },
}  # fmt: skip


def small() -> Program:
    """A scheme of every type of indicator."""
    scheme = Scheme("small", zh="小方案", en="Small", document="T", here=__file__)
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.boolean(DEPARTMENT, "open", zh="开放", en="Open")
    scheme.decimal(STAFF, "points", zh="分", en="Points", unit=POINT, blank="zero")
    scheme.choice(STAFF, "post", ["医生", "护士"], zh="岗位", en="Post")
    scheme.date(STAFF, "since", zh="自", en="Since", blank="not_applicable")
    return build(scheme)


def changed(**cells: object) -> dict[str, Any]:
    """BASE with cells of staff changed: A1_points="13"."""
    rows = {k: dict(v) for k, v in BASE["staff"].items()}
    for name, value in cells.items():
        id, _, code = name.partition("_")
        rows[id][code] = value
    return {**BASE, "staff": rows}


def look(engine: Engine, hospital: int, program: Program, data: Given | Facts,
         extent: str = "whole") -> Preview:  # fmt: skip
    facts = data if isinstance(data, Facts) else facts_of(program, PERIOD, data)
    with reading(engine) as session:
        return preview(session, hospital, program, facts, extent=extent)


def save(engine: Engine, shown: Preview, **more: Any) -> Import | None:
    with writing(engine) as session:
        saved = save_import(session, shown, **{"by": "张三", **more})
        session.commit()
        return saved


def stored(engine: Engine, hospital: int, program: Program, upto: int | None = None) -> Facts:
    with reading(engine) as session:
        return facts_at(session, hospital, program, PERIOD, upto)


def rows(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    """Every table as plain rows without what is blank; numbers by value."""
    return {
        entity: [
            {k: v for k, v in row.items() if v is not None}
            for row in table.frame.sort("id").iter_rows(named=True)
        ]
        for entity, table in sorted(facts.tables.items())
    }


def workbook(path: Path, points: float = 12.5, first: bool = True) -> Path:
    book = xlsxwriter.Workbook(path)
    sheets = {
        "hospital": [["id", "name"], ["H", "某医院"]],
        "department": [["id", "hospital", "income", "open"], ["D1", "H", 1000.5, "是"]],
        "staff": [
            ["id", "department", "points", "post"],
            *([["A0", "D1", 1, "医生"]] if first else []),
            ["A1", "D1", points, "护士"],
        ],
    }
    for name, lines in sheets.items():
        sheet = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                sheet.write(row, column, cell)
    book.close()
    return path
