"""Ledgers as they are kept: found, read whole, and closed under a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.periods import Period
from hpf.core.results import plain
from hpf.storage.models import (
    LedgerAdjustment,
    LedgerBook,
    LedgerEntry,
    LedgerSighting,
    Note,
)
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import canonical, utc_text

LOCK = 4_850_200_000  # + hospital: one change of a hospital's ledgers at a time


def books_of(session: Session, hospital: int, ledger: str = "") -> Sequence[LedgerBook]:
    """The ledgers of a hospital, or those of one declaration; earliest period first."""
    wanted = select(LedgerBook).where(LedgerBook.hospital_id == hospital)
    if ledger:
        wanted = wanted.where(LedgerBook.ledger == ledger)
    found = session.scalars(wanted).all()
    return sorted(found, key=lambda b: (b.period.last_day, b.ledger))


def book_of(session: Session, hospital: int, ledger: str, period: Period) -> LedgerBook | None:
    """The ledger of a period, if it was opened."""
    return session.scalar(
        select(LedgerBook).where(
            LedgerBook.hospital_id == hospital,
            LedgerBook.ledger == ledger,
            LedgerBook.period == period,
        )
    )


def find_entry(session: Session, hospital: int, number: int) -> tuple[LedgerEntry, LedgerBook]:
    """An entry with its ledger. Raises StorageError where the hospital has none of the number."""
    row = session.execute(
        select(LedgerEntry, LedgerBook)
        .join(LedgerBook, LedgerBook.id == LedgerEntry.book_id)
        .where(LedgerEntry.id == number, LedgerBook.hospital_id == hospital)
    ).first()
    if row is None:
        words = (f"没有 {number} 号分录", f"there is no entry {number}")
        cure = ("列出分录：hpf ledger list", "To list them: hpf ledger list")
        raise StorageError([trouble("no_entry", words, cure, str(number))])
    return row[0], row[1]


def entries_of(session: Session, book: int, *where: ColumnElement[bool]) -> Sequence[LedgerEntry]:
    """The entries of a ledger in the order they were booked, narrowed as asked."""
    wanted = select(LedgerEntry).where(LedgerEntry.book_id == book, *where)
    return session.scalars(wanted.order_by(LedgerEntry.id)).all()


def taken_back(session: Session, numbers: Collection[int]) -> dict[int, LedgerEntry]:
    """Those of the entries that are taken back, each with the entry that does."""
    found: dict[int, LedgerEntry] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 500):  # a statement takes so many values
        part = wanted[start : start + 500]
        rows = session.scalars(select(LedgerEntry).where(LedgerEntry.reverses_id.in_(part)))
        found |= {one.reverses_id: one for one in rows if one.reverses_id is not None}
    return found


def sightings_of(session: Session, book: int) -> dict[int, LedgerSighting]:
    """When each entry of a ledger was first seen by the person it is about."""
    rows = session.scalars(
        select(LedgerSighting)
        .join(LedgerEntry, LedgerEntry.id == LedgerSighting.entry_id)
        .where(LedgerEntry.book_id == book)
    )
    return {one.entry_id: one for one in rows}


def adjustments_of(session: Session, book: int, department: str = "") -> Sequence[LedgerAdjustment]:
    """The adjustments of a ledger, or of one department, in the order they were made."""
    wanted = select(LedgerAdjustment).where(LedgerAdjustment.book_id == book)
    if department:
        wanted = wanted.where(LedgerAdjustment.department == department)
    return session.scalars(wanted.order_by(LedgerAdjustment.id)).all()


def notes_of(
    session: Session,
    hospital: int,
    *kinds: str,
    scheme: str = "",
    period: Period | None = None,
    subject: str | None = None,
) -> Sequence[Note]:
    """Notes of some kinds, the first one first; period None: of whatever period."""
    wanted = select(Note).where(Note.hospital_id == hospital, Note.kind.in_(kinds))
    if scheme:
        wanted = wanted.where(Note.scheme == scheme)
    if period is not None:
        wanted = wanted.where(Note.period == period)
    if subject is not None:
        wanted = wanted.where(Note.subject == subject)
    return session.scalars(wanted.order_by(Note.id)).all()


def find_note(session: Session, hospital: int, number: int, *kinds: str) -> Note:
    """A note by its number. Raises StorageError where the hospital has none of those kinds."""
    found = session.get(Note, number)
    if found is None or found.hospital_id != hospital or found.kind not in kinds:
        words = (f"没有 {number} 号记录", f"there is no record {number}")
        raise StorageError([trouble("no_note", words, place=str(number))])
    return found


def book_digest(session: Session, book: LedgerBook) -> str:
    """SHA-256 over a closed ledger: its rules, adjustments and entries, in the order of numbers."""
    digest = hashlib.sha256()

    def add(line: Sequence[object]) -> None:
        digest.update(canonical(list(line)).encode() + b"\n")

    rules: Mapping[str, object] = book.rules
    add([book.hospital_id, book.ledger, book.scheme, str(book.period), rules, book.by])
    add([book.closed_by, book.closed_at and utc_text(book.closed_at), book.import_id])
    for a in adjustments_of(session, book.id):
        add([a.id, a.department, a.standard, plain(a.before), plain(a.after), str(a.decided),
             str(a.since), a.reason, a.by, utc_text(a.at)])  # fmt: skip
    for e in entries_of(session, book.id):
        add([e.id, e.person, e.department, e.standard, e.sign, plain(e.points), str(e.day),
             e.reason, e.reverses_id, e.adjustment_id, e.by, utc_text(e.at)])  # fmt: skip
    return digest.hexdigest()


def altered_ledgers(session: Session) -> Iterable[Problem]:
    """Closed ledgers that are not what they were when they were closed."""
    for one in session.scalars(select(LedgerBook).where(LedgerBook.digest.is_not(None))):
        if book_digest(session, one) != one.digest:
            name = f"{one.ledger} {one.period}"
            words = (f"积分账 {name} 被改过", f"the ledger {name} was altered")
            cure = (
                "数据库被别的途径改过：请与备份比对",
                "The database was changed by another way: compare it with a backup",
            )
            yield trouble("ledger_altered", words, cure, f"ledger:{one.id}")
