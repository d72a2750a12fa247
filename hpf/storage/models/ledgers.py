"""Ledgers of points, and what is put on file about people: rows that are only ever added.

What holds of an entry is whether another one takes it back; nothing is changed to say so.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of


class LedgerBook(Base):
    """A declared ledger in a period. rules: the values that were in force when it was opened.

    digest: of everything in it; it closes the row for good. import_id: the import by which its
    entries became facts (none where there were none).
    """

    __tablename__ = "ledger_books"
    __table_args__ = (UniqueConstraint("hospital_id", "ledger", "period"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    ledger: Mapped[str]
    scheme: Mapped[str]
    period: Mapped[Period]
    rules: Mapped[dict[str, Any]]
    by: Mapped[str]
    at: Mapped[dt.datetime]
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"), index=True)
    closed_by: Mapped[str | None]
    closed_at: Mapped[dt.datetime | None]
    digest: Mapped[str | None]


class LedgerAdjustment(Base):
    """A manager's change of a standard's points in a department, from a day on."""

    __tablename__ = "ledger_adjustments"
    __table_args__ = (Index(None, "book_id", "department", "standard"),)

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("ledger_books.id"))
    department: Mapped[str]
    standard: Mapped[str]
    before: Mapped[Decimal]
    after: Mapped[Decimal]
    decided: Mapped[dt.date]
    since: Mapped[dt.date]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class LedgerEntry(Base):
    """Points booked to a person (a code of the register) under a standard.

    sign: what it does to the person's points. points: as booked, whatever becomes of the standard.
    department: where the person worked on the day. reverses_id: the entry that it takes back; an
    entry is taken back once. adjustment_id: the adjustment that its points come from.
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        one_of("sign", ("plus", "minus")),
        UniqueConstraint("reverses_id"),
        Index(None, "book_id", "person"),
        Index(None, "book_id", "department"),
    )

    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("ledger_books.id"))
    person: Mapped[str]
    department: Mapped[str]
    standard: Mapped[str]
    sign: Mapped[str]
    points: Mapped[Decimal]
    day: Mapped[dt.date]
    reason: Mapped[str]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("ledger_entries.id"))
    adjustment_id: Mapped[int | None] = mapped_column(
        ForeignKey("ledger_adjustments.id"), index=True
    )
    by: Mapped[str]
    at: Mapped[dt.datetime]


class LedgerSighting(Base):
    """That the person an entry is about has seen it, the first time."""

    __tablename__ = "ledger_sightings"
    __table_args__ = (UniqueConstraint("entry_id"),)

    id: Mapped[Id]
    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Note(Base):
    """Something put on file: a consent, a feedback and its answers, a talk, a training, an honour.

    subject: the person, level or thing that it is about; unit: the department concerned. of_id: the
    note that it answers. scheme, period: '' and None where it holds for the hospital.
    """

    __tablename__ = "notes"
    __table_args__ = (
        Index(None, "hospital_id", "kind", "subject"),
        Index(None, "hospital_id", "scheme", "period"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    kind: Mapped[str]
    scheme: Mapped[str]
    period: Mapped[Period | None]
    subject: Mapped[str]
    unit: Mapped[str]
    day: Mapped[dt.date]
    text: Mapped[str]
    detail: Mapped[dict[str, Any]]
    of_id: Mapped[int | None] = mapped_column(ForeignKey("notes.id"), index=True)
    by: Mapped[str]
    role: Mapped[str]
    at: Mapped[dt.datetime]
