"""Payment: batches of lines made from a sealed run, and what became of each line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of


class PayoutBatch(Base):
    """A pay list. code: the batch id the bank sees; total: the sum of its lines, equal to the seal.

    A run is paid by one batch; what a bank returns goes into a batch that names the first one.
    """

    __tablename__ = "payout_batches"
    __table_args__ = (
        # never paid twice: a run has one first batch, and a batch is reissued once
        Index(
            "uq_payout_batches_run_id",
            "run_id",
            unique=True,
            sqlite_where=text("reissues_id IS NULL"),
            postgresql_where=text("reissues_id IS NULL"),
        ),
        UniqueConstraint("reissues_id"),
        Index(None, "hospital_id", "period"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("payout_batches.id"))
    period: Mapped[Period]
    total: Mapped[Decimal]
    digest: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class PayoutLine(Base):
    """What one person gets in one batch. account: encrypted, as it was when the list was made."""

    __tablename__ = "payout_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "row_id"),
        Index(None, "hospital_id", "row_id"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batches.id"))
    row_id: Mapped[str]
    name: Mapped[str]
    amount: Mapped[Decimal]
    account: Mapped[bytes | None] = mapped_column(LargeBinary)


class PayoutState(Base):
    """What became of a line, entry after entry; the last one holds. Append-only."""

    __tablename__ = "payout_states"
    __table_args__ = (
        one_of("state", ("sent", "paid", "returned", "reissued")),
        Index(None, "line_id", "id"),
    )

    id: Mapped[Id]
    line_id: Mapped[int] = mapped_column(ForeignKey("payout_lines.id"))
    state: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Ceiling(Base):
    """The approved ceiling of pay for a month or a year; append-only, the last entry holds."""

    __tablename__ = "ceilings"
    __table_args__ = (Index(None, "hospital_id", "period"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    period: Mapped[Period]
    amount: Mapped[Decimal]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]
