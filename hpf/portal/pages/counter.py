"""The IT counter: accounts for a department's people at once, a new password for whoever asks.

Passwords are shown once, to be printed and cut; they are kept nowhere and changed at first log-in.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs, still
from hpf.portal.clock import now, today
from hpf.portal.database import desk, session, writing
from hpf.portal.passwords import Issued, issue
from hpf.portal.rights import Act, hindered
from hpf.portal.rights import accounts as visible
from hpf.storage.administrators import hold
from hpf.storage.models import Assignment, AuditEntry, Department, Staff, User
from hpf.storage.people import reset_password

pages = Blueprint("counter", __name__, url_prefix="/counter")
_MANY = 5  # locked accounts at once that are no longer people's own mistakes
_LATELY = dt.timedelta(hours=1)
_LOOKED = 1000  # entries of the trail


@dataclass(frozen=True, slots=True)
class Locked:
    """Accounts that wrong passwords locked. attack: too many for mistakes; places: the addresses
    that locked most within the hour, with how often."""

    many: int
    attack: bool
    places: tuple[tuple[str, int], ...]


@pages.get("/")
@needs(Act.ACCOUNTS)
def index() -> Any:
    """Departments with how many of their people have no account yet, the reset form, and what
    wrong passwords locked."""
    return render_template("counter/index.html", units=_lacking(session()), locked=_locked())


@pages.post("/accounts")
@needs(Act.ACCOUNTS)
def accounts() -> Any:
    """Make an account for everybody of a department who has none; the login is the staff code."""
    unit = request.form.get("department", "")
    with writing() as changing:
        still(changing, Act.ACCOUNTS)
        found = changing.scalar(
            select(Department).where(
                Department.hospital_id == desk().hospital, Department.code == unit
            )
        )
        if found is None:
            abort(404)
        people = changing.scalars(_without(found.id).order_by(Staff.code)).all()
        made = [issue(changing, one) for one in people]
        name = found.name
    return render_template("counter/slips.html", made=made, unit=name)


@pages.post("/reset")
@needs(Act.ACCOUNTS)
def reset() -> Any:
    """A new one-time password; it unlocks the account and ends its sessions."""
    who, login = me(), request.form.get("login", "").strip()
    if login == who.login:
        cure = Text("请用“更改口令”，或请另一位管理员", "Change it, or ask another administrator")
        raise _no(login, "own_reset", cure)
    with writing() as changing:
        hold(changing)
        still(changing, Act.ACCOUNTS)
        user = _theirs(changing, login)
        password = reset_password(
            changing, user, by=who.login, hospital=desk().settings.home.hospital_code
        )
        made = [Issued(user.login, user.name, password)]
    return render_template("counter/slips.html", made=made, unit="")


def _locked() -> Locked | None:
    """What is locked now; None where nothing is."""
    mine = (visible(me()), User.locked_until > now())
    many = session().scalar(select(func.count(User.id)).where(*mine)) or 0
    if not many:
        return None
    lately = session().scalars(
        select(AuditEntry)
        .where(
            AuditEntry.action == "user.locked",
            AuditEntry.at > now() - _LATELY,
            AuditEntry.hospital == desk().settings.home.hospital_code,
        )
        .order_by(AuditEntry.seq.desc())
        .limit(_LOOKED)
    )
    places = Counter(str(e.detail.get("from", "—")) for e in lately)
    return Locked(many, many >= _MANY, tuple(places.most_common(3)))


def _theirs(of: Session, login: str) -> User:
    """An account that is the viewer's to reset; one of another hospital looks like none."""
    user = of.scalar(select(User).where(User.login == login, visible(me())))
    if user is None or not user.active:
        cure = Text("请核对账号名；停用的先启用", "Look at the login; open it first if shut")
        raise _no(login, "no_account", cure)
    if why := hindered(of, me(), user):
        raise _no(login, "not_yours", why)
    return user


def _no(login: str, code: str, cure: Text) -> HpfError:
    message = Text("不能重置这个账号的口令", "This account's password cannot be reset here")
    return HpfError([Problem(f"portal.{code}", message, cure, login)])


def _without(unit: int) -> Any:
    """People who work in a department today and have no account."""
    day = today()
    return (
        select(Staff)
        .join(Assignment, Assignment.staff_id == Staff.id)
        .where(
            Assignment.department_id == unit,
            Assignment.since <= day,
            or_(Assignment.until.is_(None), Assignment.until > day),
            or_(Staff.left.is_(None), Staff.left > day),
            Staff.id.not_in(select(User.staff_id).where(User.staff_id.is_not(None))),
            Staff.code.not_in(select(User.login)),
        )
        .distinct()
    )


def _lacking(of: Session) -> list[tuple[str, str, int]]:
    units = of.scalars(
        select(Department)
        .where(Department.hospital_id == desk().hospital, Department.closed.is_(None))
        .order_by(Department.code)
    )
    return [(u.code, u.name, len(of.scalars(_without(u.id)).all())) for u in units]
