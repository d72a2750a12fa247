"""Payment: batches of lines made from a sealed run, and what became of each line."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of
from hpf.storage.models.runs import RUN_KINDS


class PayoutBatch(Base):
    """A pay list. code: the batch id the bank sees; total: the sum of its lines, to the fen.

    rule: `entity.name` of what is paid. left_out: lines of the run that are not in the batch, each
    with its amount and why; with them, `total` is the sum of the sealed run. A run is paid by one
    batch; what a bank returns goes into a batch that names the first one.
    """

    __tablename__ = "payout_batches"
    __table_args__ = (
        # never paid twice: a run has one first batch, and so has a scheme's period, however often
        # it was calculated; what came later is paid as a difference
        Index(
            "uq_payout_batches_run_id",
            "run_id",
            unique=True,
            sqlite_where=text("reissues_id IS NULL"),
            postgresql_where=text("reissues_id IS NULL"),
        ),
        Index(
            "uq_payout_batches_hospital_id_scheme_period",
            "hospital_id",
            "scheme",
            "period",
            unique=True,
            sqlite_where=text("reissues_id IS NULL AND kind = 'main'"),
            postgresql_where=text("reissues_id IS NULL AND kind = 'main'"),
        ),
        one_of("kind", RUN_KINDS),
        Index(None, "hospital_id", "period"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str] = mapped_column(unique=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("payout_batches.id"), index=True)
    scheme: Mapped[str]
    kind: Mapped[str]
    period: Mapped[Period]
    rule: Mapped[str]
    total: Mapped[Decimal]
    left_out: Mapped[list[Any]]
    digest: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class PayoutLine(Base):
    """What one person gets in one batch. account: encrypted, as it was then; None: in cash.

    reissues_id: the returned line that this one replaces; a line is replaced once.
    """

    __tablename__ = "payout_lines"
    __table_args__ = (
        UniqueConstraint("batch_id", "row_id"),
        UniqueConstraint("reissues_id"),
        Index(None, "hospital_id", "row_id"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batches.id"))
    reissues_id: Mapped[int | None] = mapped_column(ForeignKey("payout_lines.id"))
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


class AccountEntry(Base):
    """A bank account that somebody entered for a person, and what came of it.

    sealed: the number, encrypted for the person, while it waits; None where an account is taken
    away, and once it was answered. ends, before: the last four digits of it and of what stood
    there; basis: the SHA-256 of the ciphertext that stood there. source: the file it came from.
    """

    __tablename__ = "account_entries"
    __table_args__ = (
        one_of("state", ("waiting", "approved", "returned", "replaced")),
        CheckConstraint("state = 'waiting' OR sealed IS NULL", name="gone"),
        Index(None, "hospital_id", "state"),
        Index(None, "staff_id", "state"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    ends: Mapped[str]
    before: Mapped[str]
    basis: Mapped[str]
    source: Mapped[str]
    state: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]
    answered_by: Mapped[str]
    answered_at: Mapped[dt.datetime | None]
    reason: Mapped[str]
