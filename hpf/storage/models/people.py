"""Who may do what: users and roles, committees and their votes, evidence, jobs."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.storage.models.base import Base, HospitalId, Id, one_of


class User(Base):
    """A login. password_hash: what the password library made of it, never the password.

    fs_uniquifier: what a session names; a new one ends all sessions of the account. failed_logins:
    since the last good one. locked_until: no log-in before. language: '' for the hospital's own.
    """

    __tablename__ = "users"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    must_change: Mapped[bool]
    active: Mapped[bool]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    created_at: Mapped[dt.datetime]
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, default=lambda: secrets.token_hex(16))
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None]
    last_login: Mapped[dt.datetime | None]
    language: Mapped[str] = mapped_column(default="")


class UserRole(Base):
    """A role of a user, in one hospital or (None) in all, in one department or all of it."""

    __tablename__ = "user_roles"
    __table_args__ = (UniqueConstraint("user_id", "role", "hospital_id", "department_id"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    role: Mapped[str]
    hospital_id: Mapped[int | None] = mapped_column(ForeignKey("hospitals.id"), index=True)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("departments.id"))


class Committee(Base):
    """A body that decides by vote."""

    __tablename__ = "committees"
    __table_args__ = (UniqueConstraint("hospital_id", "code"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    code: Mapped[str]
    name: Mapped[str]


class Member(Base):
    """A seat of a committee, from a day to a day."""

    __tablename__ = "committee_members"
    __table_args__ = (Index(None, "committee_id", "user_id"),)

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committees.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seat: Mapped[str]
    since: Mapped[dt.date]
    until: Mapped[dt.date | None]


class Ballot(Base):
    """A question put to a committee. quorum, majority: shares as text: 2/3.

    run_id: the run it is about; a resolution on another run decides nothing.
    """

    __tablename__ = "ballots"

    id: Mapped[Id]
    committee_id: Mapped[int] = mapped_column(ForeignKey("committees.id"), index=True)
    cycle_id: Mapped[int | None] = mapped_column(ForeignKey("cycles.id"), index=True)
    appeal_id: Mapped[int | None] = mapped_column(ForeignKey("appeals.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    question: Mapped[str]
    quorum: Mapped[str]
    majority: Mapped[str]
    opened_at: Mapped[dt.datetime]
    closed_at: Mapped[dt.datetime | None]


class Vote(Base):
    """One member's vote; one each, never changed. recused: neither present nor due to attend."""

    __tablename__ = "votes"
    __table_args__ = (
        one_of("choice", ("yes", "no", "abstain", "recused")),
        UniqueConstraint("ballot_id", "member_id"),
    )

    id: Mapped[Id]
    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballots.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("committee_members.id"))
    choice: Mapped[str]
    at: Mapped[dt.datetime]


class Evidence(Base):
    """A file somebody handed in, known by its SHA-256; where it belongs: object, by name and id."""

    __tablename__ = "evidence"
    __table_args__ = (Index(None, "hospital_id", "object", "object_id"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    digest: Mapped[str] = mapped_column(index=True)
    file: Mapped[str]
    size: Mapped[int]
    object: Mapped[str]
    object_id: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class Job(Base):
    """A long task, and how far it is."""

    __tablename__ = "jobs"
    __table_args__ = (
        one_of("state", ("waiting", "running", "done", "failed")),
        Index(None, "state", "created_at"),
    )

    id: Mapped[Id]
    hospital_id: Mapped[int | None] = mapped_column(ForeignKey("hospitals.id"), index=True)
    name: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    state: Mapped[str]
    done: Mapped[int]
    total: Mapped[int]
    outcome: Mapped[dict[str, Any] | None]
    by: Mapped[str]
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    finished_at: Mapped[dt.datetime | None]
