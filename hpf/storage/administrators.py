"""Accounts are changed one after the other, and a hospital is never left without an administrator.

hold(session)                                     # until the transaction ends
must_remain(session, hospital, "it", today)       # after the change, before its commit
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import Staff, User, UserRole
from hpf.storage.troubles import StorageError, trouble

LOCK = 4_850_012  # the same as for accounts that are made


def hold(session: Session) -> None:
    """Nobody else changes accounts until this transaction ends."""
    lock(session.connection(), LOCK)


def holders(session: Session, hospital: int, role: str, day: dt.date) -> int:
    """How many accounts hold a role in a hospital and can log in on a day."""
    session.flush()
    gone = select(Staff.id).where(Staff.left.is_not(None), Staff.left <= day)
    found = session.scalar(
        select(func.count(func.distinct(User.id)))
        .join(UserRole, UserRole.user_id == User.id)
        .where(
            UserRole.role == role,
            or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None)),
            User.active.is_(True),
            or_(User.staff_id.is_(None), User.staff_id.not_in(gone)),
        )
    )
    return found or 0


def must_remain(session: Session, hospital: int, role: str, day: dt.date) -> None:
    """StorageError where nobody is left who holds the role and can log in."""
    if holders(session, hospital, role, day):
        return
    words = (
        "这是最后一个能登录的管理员账号，什么都没有改",
        "it is the last administrator's account that can log in; nothing was changed",
    )
    cure = (
        "请先给另一个账号同样的角色",
        "Give another account the same role first",
    )
    raise StorageError([trouble("last_administrator", words, cure)])


def unlock(session: Session, user: User, *, by: str, hospital: str) -> bool:
    """Let an account that wrong passwords locked log in again, with the password it has; False
    where it is not locked."""
    if user.locked_until is None:
        return False
    user.failed_logins, user.locked_until = 0, None
    record(session, by, "user.unlocked", f"user:{user.login}", {}, hospital=hospital)
    return True
