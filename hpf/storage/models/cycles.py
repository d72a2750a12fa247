"""A period's life: the cycle with its moves, appeals and adjustments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of


class Cycle(Base):
    """One scheme's period in one hospital. state: the stage's name; pay_first: pay, then publicise.

    calendar: the days that were planned, stage by stage.
    """

    __tablename__ = "cycles"
    __table_args__ = (UniqueConstraint("hospital_id", "scheme", "period"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    period: Mapped[Period]
    state: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    pay_first: Mapped[bool]
    calendar: Mapped[dict[str, Any]]


class Transition(Base):
    """One move of a cycle, with who moved it and in which role; append-only."""

    __tablename__ = "transitions"

    id: Mapped[Id]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"), index=True)
    name: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    by: Mapped[str]
    role: Mapped[str]
    reason: Mapped[str]
    detail: Mapped[dict[str, Any]]
    at: Mapped[dt.datetime]


class Task(Base):
    """What one party has to do in a stage of a cycle, and its completion."""

    __tablename__ = "tasks"
    __table_args__ = (UniqueConstraint("cycle_id", "clause", "unit"),)

    id: Mapped[Id]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    stage: Mapped[str]
    clause: Mapped[str]
    role: Mapped[str]
    unit: Mapped[str]
    due: Mapped[dt.date | None]
    text: Mapped[str]
    done_by: Mapped[str | None]
    done_at: Mapped[dt.datetime | None]


class Filing(Base):
    """What somebody put on file: a goal, a plan, a posting, a feedback, a setting; append-only.

    cycle_id: None where it holds for the hospital. subject: a department, a person, a name.
    """

    __tablename__ = "filings"
    __table_args__ = (Index(None, "hospital_id", "kind"), Index(None, "cycle_id", "kind"))

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"))
    kind: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    detail: Mapped[dict[str, Any]]
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[dt.datetime]


class Appeal(Base):
    """An objection against one result line: run, rule, row. reviewers: who rechecks it (logins)."""

    __tablename__ = "appeals"
    __table_args__ = (
        one_of("state", ("open", "upheld", "rejected", "withdrawn")),
        ForeignKeyConstraint(
            ["run_id", "rule", "row"], ["results.run_id", "results.rule", "results.row"]
        ),
        Index(None, "cycle_id", "state"),
        Index(None, "run_id", "rule", "row"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    cycle_id: Mapped[int] = mapped_column(ForeignKey("cycles.id"))
    run_id: Mapped[int]
    rule: Mapped[int]
    row: Mapped[int]
    by: Mapped[str]
    text: Mapped[str]
    state: Mapped[str]
    filed_at: Mapped[dt.datetime]
    decide_by: Mapped[dt.date]
    reviewers: Mapped[list[Any]]
    decided_by: Mapped[str | None]
    decided_at: Mapped[dt.datetime | None]
    decision: Mapped[str | None]
    effect_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))


class Adjustment(Base):
    """A unit held back or a difference paid later: amount, reason, who entered, who approved."""

    __tablename__ = "adjustments"
    __table_args__ = (
        one_of("kind", ("hold", "release", "difference")),
        Index(None, "hospital_id", "period"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    kind: Mapped[str]
    scheme: Mapped[str]
    period: Mapped[Period]
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    linked_run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    entity: Mapped[str]
    row_id: Mapped[str]
    rule: Mapped[str]
    amount: Mapped[Decimal | None]
    in_doubt: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str]
    entered_by: Mapped[str]
    entered_at: Mapped[dt.datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[dt.datetime | None]
