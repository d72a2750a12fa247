"""An outside assessment of hospitals: the pool of experts, the assessment's entries, their marks.

All of it only grows. What holds of an expert or an account is its last entry; what holds of an item
is the mark that no other replaces.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id


class Expert(Base):
    """An entry of the pool. employer: id of the hospital they work at, '' for none of those that
    are assessed; account: their login, '' for none; active: False takes them out of the pool."""

    __tablename__ = "experts"
    __table_args__ = (Index(None, "hospital_id", "code"), Index(None, "hospital_id", "account"))

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str]
    name: Mapped[str]
    speciality: Mapped[str]
    employer: Mapped[str]
    account: Mapped[str]
    active: Mapped[bool]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class AssessedAccount(Base):
    """That an account speaks for an assessed hospital (unit: its id), or no longer does."""

    __tablename__ = "assessed_accounts"
    __table_args__ = (Index(None, "hospital_id", "account"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    account: Mapped[str]
    unit: Mapped[str]
    active: Mapped[bool]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Assessment(Base):
    """The assessment of a scheme's period. parties: the departments of the group; settings: what
    was settled when it was opened, as texts; facts_upto: the import that the table stood at;
    table_digest: SHA-256 over the table then."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("hospital_id", "scheme", "period"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    period: Mapped[Period]
    parties: Mapped[list[Any]]
    settings: Mapped[dict[str, Any]]
    facts_upto: Mapped[int] = mapped_column(ForeignKey("imports.id"), index=True)
    table_digest: Mapped[str]
    opened: Mapped[dt.date]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class AssessmentEntry(Base):
    """One thing that was done. unit: the hospital or the draw that it is about; day: when it was
    done, which may be before it was entered; of_id: the entry that it answers."""

    __tablename__ = "assessment_entries"
    __table_args__ = (
        Index(None, "assessment_id", "kind", "unit"),
        # one answer of a kind to an entry, however many ask at once
        UniqueConstraint("of_id", "kind"),
    )

    id: Mapped[Id]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    kind: Mapped[str]
    unit: Mapped[str]
    day: Mapped[dt.date]
    text: Mapped[str]
    detail: Mapped[dict[str, Any]]
    of_id: Mapped[int | None] = mapped_column(ForeignKey("assessment_entries.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Mark(Base):
    """What one expert takes off one item (deduction, in points), how they saw it and on which
    visit. unit, line: the item's hospital and the table's line. replaces_id: a mark is replaced
    once; the last of the chain holds."""

    __tablename__ = "marks"
    __table_args__ = (
        UniqueConstraint("replaces_id"),
        # an expert marks an item once; what comes later replaces it
        Index(
            "uq_marks_assessment_id_item_expert",
            "assessment_id",
            "item",
            "expert",
            unique=True,
            sqlite_where=text("replaces_id IS NULL"),
            postgresql_where=text("replaces_id IS NULL"),
        ),
        Index(None, "assessment_id", "unit"),
        Index(None, "assessment_id", "expert"),
        Index(None, "visit_id"),
    )

    id: Mapped[Id]
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessments.id"))
    item: Mapped[str]
    unit: Mapped[str]
    line: Mapped[str]
    expert: Mapped[str]
    deduction: Mapped[Decimal]
    method: Mapped[str]
    reason: Mapped[str]
    visit_id: Mapped[int] = mapped_column(ForeignKey("assessment_entries.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("marks.id"))
    by: Mapped[str]
    at: Mapped[dt.datetime]
