"""The register of people and where they work, read-only and without pay or bank accounts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar

from flask import g
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.access import me
from hpf.portal.admin.bulk import Bulk, Deed
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.views import ModelPage
from hpf.portal.clock import now, today
from hpf.portal.database import session
from hpf.portal.language import say
from hpf.portal.passwords import Issued, issue
from hpf.portal.rights import Act, Viewer, registered, registered_people
from hpf.storage.models import Assignment, Department, Staff, User


def units() -> list[tuple[str, str]]:
    """The departments that are open to the viewer, to choose from."""
    found = session().execute(
        select(Department.code, Department.name).where(registered(me())).order_by(Department.code)
    )
    return [(code, f"{code} {name}") for code, name in found]


def _placed(on: dt.date) -> ColumnElement[bool]:
    return and_(
        Assignment.since <= on,
        or_(Assignment.until.is_(None), Assignment.until > on),
    )


def _works_in(unit: str) -> ColumnElement[bool]:
    inside = (
        select(Assignment.id)
        .join(Department, Department.id == Assignment.department_id)
        .where(Assignment.staff_id == Staff.id, Department.code == unit, _placed(today()))
    )
    return exists(inside)


def _gone(value: str) -> ColumnElement[bool]:
    gone = Staff.left.is_not(None) & (Staff.left <= today())
    return gone if value == "left" else ~gone


class People(Bulk, ModelPage):
    """Who there is, since when, where, and whether they can log in."""

    model_of = Staff
    act = Act.REGISTER
    code = "staff"
    names = Text("人员登记", "Staff")
    about = Text(
        "状态按生效日记录，改动不影响已封存的月份。这里不显示绩效。",
        "States hold from a day on; sealed months do not move. No pay is shown here.",
    )
    labels: ClassVar = {
        "code": Text("编号", "Code"),
        "name": Text("姓名", "Name"),
        "units": Text("现任科室", "Works in"),
        "title": Text("职称", "Title"),
        "joined": Text("入职日", "Joined"),
        "left": Text("离职日", "Left"),
        "state": Text("状态", "State"),
        "login": Text("账号", "Account"),
    }
    column_list = ("code", "name", "units", "title", "joined", "left", "state", "login")
    column_details_list = column_list
    column_searchable_list = ("code", "name")
    column_sortable_list = ("code", "name", "joined", "left")
    column_default_sort = "code"
    kept: ClassVar[dict[str, Any]] = {
        "unit": Filter(Text("科室", "Department"), units, _works_in),
        "state": Filter(
            Text("状态", "State"),
            lambda: [("here", say(("在册", "employed"))), ("left", say(("已离职", "left")))],
            _gone,
        ),
    }

    deeds: ClassVar[dict[str, Deed]] = {
        "issue": Deed(
            Text("开账号并打印口令", "Make accounts, print passwords"),
            Text("账号就是工号；口令只显示一次，打印后裁开交给本人，首次登录须更改。",
                 "The account is the staff code; a password is shown once, to be printed, cut and "
                 "handed over, and changed at the first log-in."),
            prints=True,
        ),
    }  # fmt: skip

    def hinders(self, deed: str, row: Staff) -> Text | None:
        """Whoever has an account, or has left."""
        if row.left is not None and row.left <= today():
            return Text("已离职", "has left")
        taken = select(User.id).where(or_(User.staff_id == row.id, User.login == row.code))
        if session().scalar(taken.limit(1)) is not None:
            return Text("已有账号，口令在账号窗口重置",
                        "has an account; the counter resets its password")  # fmt: skip
        return None

    def enact(self, changing: Session, deed: str, row: Staff) -> Issued | None:
        """An account with a one-time password."""
        return issue(changing, row)

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital; a head sees the people of its departments."""
        return registered_people(who, today())

    def show_units(self, row: Staff) -> str:
        """Departments of today, with their names."""
        return "、".join(dict.fromkeys(p.unit for p in _places().get(row.id, ())))

    def show_title(self, row: Staff) -> str:
        """Titles of today."""
        return "、".join(dict.fromkeys(p.title for p in _places().get(row.id, ()) if p.title))

    def show_state(self, row: Staff) -> str:
        """Employed or not, today."""
        gone = row.left is not None and row.left <= today()
        return say(("已离职", "left") if gone else ("在册", "employed"))

    def show_login(self, row: Staff) -> str:
        """What keeps the person from logging in, if anything does."""
        user = _users().get(row.id)
        if user is None:
            return say(("没有账号", "none"))
        if not user.active:
            return say(("已停用", "shut"))
        if user.locked_until is not None and user.locked_until > now():
            return say(("已锁定", "locked"))
        return say(("待首次登录", "not used yet") if user.must_change else ("正常", "in use"))

    def tone(self, row: Staff, column: str) -> str:
        """A tag for the state alone."""
        if column != "state":
            return ""
        return "disabled" if row.left is not None and row.left <= today() else "ok"


class _Place:
    """Where somebody works today."""

    def __init__(self, unit: str, title: str) -> None:
        self.unit, self.title = unit, title


def _places() -> dict[int, list[_Place]]:
    """Today's assignments of the hospital by person, read once a request."""
    if "hpf_places" not in g:
        g.hpf_places = {}
        rows = session().execute(
            select(Assignment.staff_id, Department.name, Assignment.title)
            .join(Department, Department.id == Assignment.department_id)
            .where(registered(me()), _placed(today()))
            .order_by(Assignment.id)
        )
        for person, unit, title in rows:
            g.hpf_places.setdefault(person, []).append(_Place(unit, title))
    found: dict[int, list[_Place]] = g.hpf_places
    return found


def _users() -> dict[int, User]:
    """Accounts by person, read once a request."""
    if "hpf_users" not in g:
        held: Iterable[User] = session().scalars(select(User).where(User.staff_id.is_not(None)))
        g.hpf_users = {u.staff_id: u for u in held}
    found: dict[int, User] = g.hpf_users
    return found
