"""The table of an assessment: it holds still from the first day, or gets a new version from a day.

A line's columns and the hospitals' own targets are the table. Facts are versions (ADR 0015), so an
older table is never lost: a new version says which cells changed, from what to what.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from hpf.core.facts import Facts
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.storage.facts import facts_at
from hpf.storage.types import canonical


@dataclass(frozen=True, slots=True)
class Item:
    """An item of the table: hospital (unit), line, its name, what it is about, the most it can
    lose; judged: whether experts mark it; out: not scorable."""

    id: str
    unit: str
    line: str
    name: str
    topic: str
    points: Decimal
    judged: bool
    out: bool


def frozen_columns(plan: OutsideAssessment, program: Program) -> list[str]:
    """The columns that hold still: all of the lines', and the items' own."""
    return [f"{line_entity(plan, program)}.*", *(f"{plan.entity}.{name}" for name in plan.own)]


def table_digest(
    session: Session, hospital: int, plan: OutsideAssessment, program: Program, period: Period
) -> str:
    """SHA-256 over the table as it stands."""
    facts = facts_at(session, hospital, program, period)
    digest = hashlib.sha256()
    line = line_entity(plan, program)
    for entity, columns in ((line, None), (plan.entity, ("id", *plan.own))):
        table = facts.tables.get(entity)
        if table is None:
            continue
        frame = table.frame.sort("id")
        names = sorted(frame.columns if columns is None else [c for c in columns if c in frame])
        for row in frame.select(names).iter_rows(named=True):
            digest.update(canonical({k: _plain(v) for k, v in row.items()}).encode() + b"\n")
    return digest.hexdigest()


def items(facts: Facts, plan: OutsideAssessment, program: Program) -> dict[str, Item]:
    """All items of the table by id, with what their lines say. Without a table, none."""
    lines = facts.tables.get(line_entity(plan, program))
    table = facts.tables.get(plan.entity)
    if lines is None or table is None:
        return {}
    wanted = [pl.col("id").alias("line"), pl.col("name") if "name" in lines.frame else
              pl.lit("").alias("name"), pl.col(plan.topic).alias("topic"),
              pl.col(plan.points).alias("points"), pl.col(plan.method).alias("method")]  # fmt: skip
    out = pl.col(plan.out) if plan.out in table.frame.columns else pl.lit(False)
    own = table.frame.select(
        "id", pl.col(plan.unit).alias("unit"), pl.col(plan.line).alias("line"),
        out.fill_null(False).alias("out"),
    )  # fmt: skip
    both = own.join(lines.frame.select(wanted), on="line", how="inner").sort("id")
    columns = ("id", "unit", "line", "name", "topic", "points", "method", "out")
    return {
        id: Item(id, unit, line, name or line, topic or "", points, method == plan.judged, gone)
        for id, unit, line, name, topic, points, method, gone in both.select(columns).iter_rows()
    }


def unit_entity(plan: OutsideAssessment, program: Program) -> str:
    """The entity of the assessed hospitals."""
    return _to(plan.unit, plan, program)


def units(facts: Facts, plan: OutsideAssessment, program: Program) -> dict[str, str]:
    """The assessed hospitals: id -> name."""
    table = facts.tables.get(unit_entity(plan, program))
    if table is None:
        return {}
    names = table.frame["name"] if "name" in table.frame.columns else table.frame["id"]
    return {i: n or i for i, n in zip(table.frame["id"], names, strict=True)}


def line_entity(plan: OutsideAssessment, program: Program) -> str:
    """The entity of the table's lines."""
    return _to(plan.line, plan, program)


def _to(link: str, plan: OutsideAssessment, program: Program) -> str:
    return next(k.to for k in program.entities[plan.entity].links if k.name == link)


def _plain(value: Any) -> Any:
    return plain(value) if isinstance(value, Decimal) else value
