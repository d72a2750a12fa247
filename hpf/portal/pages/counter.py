"""The IT counter: accounts for a department's people at once, a new password for whoever asks.

Passwords are shown once, to be printed and cut; they are kept nowhere and changed at first log-in.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.passwords import Issued, issue
from hpf.portal.rights import Act
from hpf.storage.models import Assignment, Department, Staff, User
from hpf.storage.people import find_user, reset_password

pages = Blueprint("counter", __name__, url_prefix="/counter")


@pages.get("/")
@needs(Act.ACCOUNTS)
def index() -> Any:
    """Departments with how many of their people have no account yet, and the reset form."""
    return render_template("counter/index.html", units=_lacking(session()))


@pages.post("/accounts")
@needs(Act.ACCOUNTS)
def accounts() -> Any:
    """Make an account for everybody of a department who has none; the login is the staff code."""
    unit = request.form.get("department", "")
    with writing() as changing:
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
        message = Text("不能重置自己的口令", "You cannot reset your own password")
        cure = Text("请用“更改口令”，或请另一位管理员", "Change it, or ask another administrator")
        raise HpfError([Problem("portal.own_reset", message, cure, login)])
    with writing() as changing:
        user = find_user(changing, login)
        password = reset_password(
            changing, user, by=who.login, hospital=desk().settings.home.hospital_code
        )
        made = [Issued(user.login, user.name, password)]
    return render_template("counter/slips.html", made=made, unit="")


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
