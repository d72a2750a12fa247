"""Runs and their results: complete, sealed, and from then on unchangeable.

A run's rules and rows are numbered within it; a result is (run, rule, row). So a month of a large
hospital is some hundred thousand small rows, and one rule's column lies together on the disk.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of

RUN_KINDS = ("main", "supplement", "release")


class StoredProgram(Base):
    """A scheme as it was: its canonical JSON under its own SHA-256."""

    __tablename__ = "programs"

    digest: Mapped[str] = mapped_column(primary_key=True)
    scheme: Mapped[str]
    version: Mapped[str]
    document: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class StoredRun(Base):
    """One calculation. Open while its results are being written; the seal closes it for good.

    kind: main; supplement, a later difference to the run `of_id`; release of what that one held.
    facts_upto: the last import it saw. parameters: what held, as `parameters_json` writes it.
    inputs: bindings that filled its facts, each with the run they were filled from. history: the
    runs it looked back on, by period. held: units that were left out, with everything about them.
    seal: the whole; seal_parts: all digests.
    """

    __tablename__ = "runs"
    __table_args__ = (
        one_of("kind", RUN_KINDS),
        Index(None, "hospital_id", "scheme", "period"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    version: Mapped[str]
    period: Mapped[Period]
    profile: Mapped[str]
    kind: Mapped[str]
    of_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    facts_upto: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    program_digest: Mapped[str] = mapped_column(ForeignKey("programs.digest"), index=True)
    parameters: Mapped[dict[str, Any]]
    inputs: Mapped[list[Any]] = mapped_column(default=list)
    history: Mapped[list[Any]]
    held: Mapped[list[Any]] = mapped_column(default=list)
    provisional: Mapped[list[Any]]
    problems: Mapped[list[Any]]
    notices: Mapped[list[Any]]
    orphans: Mapped[list[Any]]
    accepted_zeros: Mapped[int]
    started: Mapped[dt.datetime]
    finished: Mapped[dt.datetime]
    by: Mapped[str]
    seal_parts: Mapped[dict[str, Any] | None]
    seal: Mapped[str | None]


class RunRule(Base):
    """A rule of a run, numbered from 1. type: decimal, choice, date, boolean or text."""

    __tablename__ = "run_rules"
    __table_args__ = ({"sqlite_with_rowid": False},)

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    rule: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entity: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    type: Mapped[str]
    unit: Mapped[str]
    clauses: Mapped[list[Any]]
    name_zh: Mapped[str]
    name_en: Mapped[str]


class RunRow(Base):
    """A row of a run: a person, a department … numbered from 1 over all entities."""

    __tablename__ = "run_rows"
    __table_args__ = (
        # one person over many runs
        Index(None, "hospital_id", "entity", "id", "run_id"),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hospital_id: Mapped[HospitalId]
    entity: Mapped[str]
    id: Mapped[str]
    name: Mapped[str]


class StoredResult(Base):
    """One result: a number in `value`, anything else in `text`; neither means a problem.

    What is absent has no row.
    """

    __tablename__ = "results"
    __table_args__ = (
        ForeignKeyConstraint(["run_id", "rule"], ["run_rules.run_id", "run_rules.rule"]),
        ForeignKeyConstraint(["run_id", "row"], ["run_rows.run_id", "run_rows.row"]),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[int] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[Decimal | None]
    text: Mapped[str | None]
