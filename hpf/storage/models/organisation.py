"""Who there is: jurisdictions, hospitals, departments, staff, and who worked where from when on.

Codes are the ids that workbooks use. Departments and staff are never deleted: they close or leave
on a day, so that a period of last year sees the departments of last year.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.storage.models.base import Base, HospitalId, Id


class Jurisdiction(Base):
    """A county, city or province; it may lie within another."""

    __tablename__ = "jurisdictions"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdictions.id"), index=True)


class PeerGroup(Base):
    """Hospitals that are compared with one another."""

    __tablename__ = "peer_groups"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Hospital(Base):
    """One hospital; a county's database holds many."""

    __tablename__ = "hospitals"

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    jurisdiction_id: Mapped[int | None] = mapped_column(ForeignKey("jurisdictions.id"), index=True)
    peer_group_id: Mapped[int | None] = mapped_column(ForeignKey("peer_groups.id"), index=True)


class Department(Base):
    """A unit of a hospital, from the day it opened to the day before it closed."""

    __tablename__ = "departments"
    __table_args__ = (
        UniqueConstraint("hospital_id", "code"),
        CheckConstraint("closed IS NULL OR closed > opened", name="span"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str]
    name: Mapped[str]
    opened: Mapped[dt.date]
    closed: Mapped[dt.date | None]


class Staff(Base):
    """A person, from the day they joined to the day before they left.

    account: the bank account's number, encrypted (`hpf.storage.secrets`), never in the clear.
    """

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("hospital_id", "code"),
        CheckConstraint('"left" IS NULL OR "left" > joined', name="span"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str]
    name: Mapped[str]
    joined: Mapped[dt.date]
    left: Mapped[dt.date | None]
    account: Mapped[bytes | None] = mapped_column(LargeBinary)


class Assignment(Base):
    """Where a person works from a day on, with title and post, and with what share of themselves.

    until: the first day on which it no longer holds; None while it does. The shares of a person
    sum to 1 on any day of their employment (`hpf.storage.organisation`).
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until > since", name="span"),
        Index(None, "staff_id", "since"),
        Index(None, "hospital_id", "department_id"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"))
    title: Mapped[str]
    post: Mapped[str]
    share: Mapped[Decimal]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]
