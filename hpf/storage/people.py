"""Accounts and what they may do, committees and their seats; the caller owns the transaction.

    user, password = create_user(session, "zhang", "张三", by="admin", hospital="H01")
    grant(session, user, "departments", hospital=1, department=7, by="admin", code="H01")

Of a password only its hash is kept; the one made here is shown once and must be changed.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import nearest_or
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import Committee, Department, Hospital, Member, User, UserRole
from hpf.storage.passwords import hash_password, random_password
from hpf.storage.troubles import StorageError, trouble

_LOCK = 4_850_012  # accounts are made one after the other


@dataclass(frozen=True, slots=True)
class Holding:
    """What an account holds in a hospital: role -> codes of its departments (none: all of it)."""

    login: str
    name: str
    active: bool
    roles: Mapping[str, frozenset[str]]


def find_user(session: Session, login: str, *, active: bool = True) -> User:
    """The account of that login; StorageError where there is none, or where it is shut."""
    user = session.scalar(select(User).where(User.login == login))
    if user is None:
        known = session.scalars(select(User.login)).all()
        cure = nearest_or(login, known, "新建账号：hpf user add", "To make one: hpf user add")
        words = (f"没有账号 {login}", f"there is no account '{login}'")
        raise StorageError([trouble("no_account", words, cure, login)])
    if active and not user.active:
        words = (f"账号 {login} 已停用", f"account '{login}' is shut")
        cure = ("请换一个账号，或先重新启用", "Use another one, or open it again")
        raise StorageError([trouble("shut_account", words, cure, login)])
    return user


def create_user(
    session: Session,
    login: str,
    name: str,
    *,
    by: str,
    hospital: str,
    staff: int | None = None,
    detail: Mapping[str, str] | None = None,
) -> tuple[User, str]:
    """A new account and its first password, which is kept nowhere. StorageError if it is taken."""
    if not login.strip() or login != login.strip():
        words = ("账号名是空的，或前后有空格", "the login is empty, or has blanks around it")
        raise StorageError([trouble("login", words, place=login)])
    lock(session.connection(), _LOCK)
    if session.scalar(select(User.id).where(User.login == login)) is not None:
        words = (f"账号 {login} 已经有了", f"there is an account '{login}' already")
        cure = ("请换一个名字", "Choose another name")
        raise StorageError([trouble("account_taken", words, cure, login)])
    password = random_password()
    user = User(
        login=login,
        name=name,
        password_hash=hash_password(password),
        must_change=True,
        active=True,
        staff_id=staff,
        created_at=dt.datetime.now(dt.UTC),
    )
    session.add(user)
    session.flush()
    told = {"name": name, **(detail or {})}
    record(session, by, "user.created", f"user:{login}", told, hospital=hospital)
    return user, password


def reset_password(
    session: Session, user: User, *, by: str, hospital: str, detail: Mapping[str, str] | None = None
) -> str:
    """A new password for an account, to be shown once and changed at the first login.

    It unlocks the account, and ends every session that it has.
    """
    password = random_password()
    user.password_hash, user.must_change = hash_password(password), True
    user.failed_logins, user.locked_until = 0, None
    end_sessions(user)
    record(session, by, "user.password_reset", f"user:{user.login}", detail or {},
           hospital=hospital)  # fmt: skip
    return password


def end_sessions(user: User) -> None:
    """Whoever is logged in with this account is so no longer."""
    user.fs_uniquifier = secrets.token_hex(16)


def set_active(
    session: Session,
    user: User,
    active: bool,
    *,
    by: str,
    hospital: str,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """Open or shut an account; False where it is so already."""
    if user.active is active:
        return False
    user.active = active
    end_sessions(user)
    record(session, by, "user.opened" if active else "user.shut", f"user:{user.login}",
           detail or {}, hospital=hospital)  # fmt: skip
    return True


def grant(
    session: Session,
    user: User,
    role: str,
    *,
    hospital: int,
    department: str = "",
    by: str,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """Give an account a role in a hospital, or in one department; False where it has it."""
    unit = department_id(session, hospital, department) if department else None
    if _held(session, user, role, hospital, unit) is not None:
        return False
    session.add(UserRole(user_id=user.id, role=role, hospital_id=hospital, department_id=unit))
    _tell_role(session, "granted", user, role, department, hospital, by, detail)
    return True


def revoke(
    session: Session,
    user: User,
    role: str,
    *,
    hospital: int,
    department: str = "",
    by: str,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """Take a role from an account; False where it does not hold it."""
    unit = department_id(session, hospital, department) if department else None
    found = _held(session, user, role, hospital, unit)
    if found is None:
        return False
    session.delete(found)
    _tell_role(session, "revoked", user, role, department, hospital, by, detail)
    return True


def _held(
    session: Session, user: User, role: str, hospital: int, unit: int | None
) -> UserRole | None:
    places = or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None))
    return session.scalars(
        select(UserRole)
        .where(UserRole.user_id == user.id, UserRole.role == role, places)
        .where(UserRole.department_id.is_(None) if unit is None else UserRole.department_id == unit)
    ).first()


def _tell_role(
    session: Session,
    what: str,
    user: User,
    role: str,
    department: str,
    hospital: int,
    by: str,
    detail: Mapping[str, str] | None,
) -> None:
    told = {"role": role, "department": department, **(detail or {})}
    code = session.get_one(Hospital, hospital).code
    record(session, by, f"user.role_{what}", f"user:{user.login}", told, hospital=code)


def department_id(session: Session, hospital: int, code: str) -> int:
    """The id of a department; StorageError naming the nearest code where there is none."""
    where = Department.hospital_id == hospital
    found = session.scalar(select(Department.id).where(where, Department.code == code))
    if found is None:
        known = session.scalars(select(Department.code).where(where)).all()
        cure = nearest_or(code, known, "名册：hpf register", "The register: hpf register")
        words = (f"没有科室 {code}", f"there is no department '{code}'")
        raise StorageError([trouble("no_department", words, cure, code)])
    return found


def holdings(session: Session, hospital: int) -> list[Holding]:
    """All accounts with what they hold in a hospital, in order of login."""
    rows = session.execute(
        select(User.login, User.name, User.active, UserRole.role, Department.code)
        .outerjoin(
            UserRole,
            (UserRole.user_id == User.id)
            & or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None)),
        )
        .outerjoin(Department, Department.id == UserRole.department_id)
        .order_by(User.login)
    )
    found: dict[str, tuple[str, bool, dict[str, set[str]]]] = {}
    for login, name, active, role, unit in rows:
        held = found.setdefault(login, (name, active, {}))[2]
        if role is not None:
            held.setdefault(role, set())
            if unit is not None:
                held[role].add(unit)
    return [
        Holding(login, name, active, {r: frozenset(u) for r, u in roles.items()})
        for login, (name, active, roles) in found.items()
    ]


def committee(
    session: Session, hospital: int, code: str, name: str = "", *, make: bool = False
) -> Committee:
    """A committee by its code; made where there is none and `make` says so, else StorageError."""
    where = Committee.hospital_id == hospital
    found = session.scalar(select(Committee).where(where, Committee.code == code))
    if found is None and make:
        found = Committee(hospital_id=hospital, code=code, name=name or code)
        session.add(found)
        session.flush()
    if found is None:
        known = session.scalars(select(Committee.code).where(where)).all()
        words = (f"没有考核组织 {code}", f"there is no committee '{code}'")
        cure = nearest_or(code, known, "新建：hpf vote seat", "To make one: hpf vote seat")
        raise StorageError([trouble("no_committee", words, cure, code)])
    return found


def seats(session: Session, committee: int, on: dt.date) -> Sequence[tuple[Member, str]]:
    """Who sits on a committee on a day: each seat with the login of who holds it."""
    rows = session.execute(
        select(Member, User.login)
        .join(User, User.id == Member.user_id)
        .where(
            Member.committee_id == committee,
            Member.since <= on,
            or_(Member.until.is_(None), Member.until > on),
        )
        .order_by(User.login)
    )
    return [(member, login) for member, login in rows]


def seat(
    session: Session,
    committee: Committee,
    user: User,
    since: dt.date,
    *,
    title: str = "",
    by: str,
    hospital: str,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """Give a seat from a day on; False where that account sits there already."""
    if any(login == user.login for _, login in seats(session, committee.id, since)):
        return False
    session.add(
        Member(committee_id=committee.id, user_id=user.id, seat=title, since=since, until=None)
    )
    told = {"login": user.login, "since": since.isoformat(), "seat": title, **(detail or {})}
    record(session, by, "committee.seated", f"committee:{committee.code}", told, hospital=hospital)
    return True


def unseat(
    session: Session,
    committee: Committee,
    user: User,
    until: dt.date,
    *,
    by: str,
    hospital: str,
    detail: Mapping[str, str] | None = None,
) -> bool:
    """End a seat: from that day on it no longer holds. False where there is none."""
    found = [m for m, login in seats(session, committee.id, until) if login == user.login]
    for member in found:
        member.until = until
        told = {"login": user.login, "until": until.isoformat(), **(detail or {})}
        record(session, by, "committee.unseated", f"committee:{committee.code}", told,
               hospital=hospital)  # fmt: skip
    return bool(found)
