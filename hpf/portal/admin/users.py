"""Accounts and what they may do. Roles are given and taken here, never one's own.

Of two who change the same account the second one is shown both versions, field by field, and
decides; nothing of theirs is written before.
"""

from __future__ import annotations

from typing import Any, ClassVar

from flask import abort, flash, g, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.access import me, still
from hpf.portal.admin.bulk import Bulk, Deed
from hpf.portal.admin.holding import Held, asked_for, held_by
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.views import ModelPage
from hpf.portal.clock import now, today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import say
from hpf.portal.passwords import Issued
from hpf.portal.rights import GRANTED, Act, Role, Viewer, accounts, departmental, hindered
from hpf.storage.administrators import hold, must_remain, unlock
from hpf.storage.models import Department, Staff, User, UserRole
from hpf.storage.people import grant, reset_password, revoke, set_active


def _has(role: str) -> ColumnElement[bool]:
    return User.id.in_(select(UserRole.user_id).where(UserRole.role == role))


def _left() -> Any:
    """Whoever has left by the register; the log-in refuses them from that day on."""
    return select(Staff.id).where(Staff.left.is_not(None), Staff.left <= today())


def _is(value: str) -> ColumnElement[bool]:
    states: dict[str, ColumnElement[bool]] = {
        "open": User.active.is_(True),
        "shut": User.active.is_(False),
        "new": User.must_change.is_(True),
        "locked": User.locked_until > now(),
        "left": User.active.is_(True) & User.staff_id.in_(_left()),
    }
    return states[value]


class Users(Bulk, ModelPage):
    """Accounts; passwords are reset at the counter, and none is ever shown here."""

    model_of = User
    act = Act.ACCOUNTS
    code = "users"
    names = Text("账号与角色", "Accounts and roles")
    about = Text(
        "角色当场生效，并记入操作记录；自己的角色由另一位管理员改。口令在账号窗口重置。",
        "Roles hold at once and stand in the audit trail; your own are changed by another "
        "administrator. Passwords are reset at the counter.",
    )
    labels: ClassVar = {
        "login": Text("账号", "Account"),
        "name": Text("姓名", "Name"),
        "person": Text("人员编号", "Staff code"),
        "roles": Text("角色", "Roles"),
        "state": Text("状态", "State"),
        "last_login": Text("上次登录", "Last log-in"),
        "created_at": Text("建立于", "Made"),
    }
    column_list = ("login", "name", "person", "roles", "state", "last_login", "created_at")
    column_details_list = column_list
    column_searchable_list = ("login", "name")
    column_sortable_list = ("login", "name", "last_login", "created_at")
    column_default_sort = "login"
    can_edit = True
    details_template = "admin/users/details.html"
    list_template = "admin/users/list.html"
    deeds: ClassVar[dict[str, Deed]] = {
        "shut": Deed(
            Text("停用账号", "Shut accounts"),
            Text("当场退出登录，不能再登录；角色保留，随时可以再启用。",
                 "They are logged out at once and cannot log in; roles stay, and they may be "
                 "opened again."),
        ),
        "open": Deed(
            Text("启用账号", "Open accounts"),
            Text("用原来的口令登录。", "They log in with the password they had."),
        ),
        "unlock": Deed(
            Text("解除锁定", "Unlock"),
            Text("多次输错口令被锁定的账号，用原来的口令登录。",
                 "Accounts that wrong passwords locked: they log in with the password they had."),
        ),
        "reset": Deed(
            Text("重置口令并打印", "Reset and print passwords"),
            Text("旧口令作废，别处的登录退出；新口令只显示一次，首次登录须更改。",
                 "Old passwords end, and so do sessions; the new ones are shown once and changed "
                 "at the first log-in."),
            prints=True,
        ),
    }  # fmt: skip
    kept: ClassVar[dict[str, Any]] = {
        "role": Filter(
            Text("角色", "Role"), lambda: [(r.value, say(r.names)) for r in GRANTED], _has
        ),
        "state": Filter(
            Text("状态", "State"),
            lambda: [
                ("open", say(("启用", "open"))),
                ("shut", say(("停用", "shut"))),
                ("new", say(("待首次登录", "not used yet"))),
                ("locked", say(("已锁定", "locked"))),
                ("left", say(("离职停用", "left"))),
            ],
            _is,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """Accounts of the viewer's hospital, and those that belong nowhere yet."""
        return accounts(who)

    def changes(self, row: User) -> bool:
        """Whether the viewer may change an account: never its own, nor one of another hospital."""
        return self.why_not(row) is None

    def why_not(self, row: User) -> Text | None:
        """Why the viewer may not change an account."""
        return hindered(session(), me(), row)

    def show_person(self, row: User) -> str:
        """Whose account it is in the register."""
        if row.staff_id is None:
            return ""
        return session().scalar(select(Staff.code).where(Staff.id == row.staff_id)) or ""

    def show_roles(self, row: User) -> str:
        """The roles held, and `staff` where the register knows the person."""
        if "hpf_roles" not in g:
            g.hpf_roles = {}
        if row.id not in g.hpf_roles:
            said = held_by(session(), row, me().hospital).words()
            own = say(Role.STAFF.names) if row.staff_id is not None else ""
            g.hpf_roles[row.id] = say(("、", ", ")).join(filter(None, (said, own)))
        return str(g.hpf_roles[row.id])

    def show_state(self, row: User) -> str:
        """Open, shut, locked, or never used."""
        if not row.active:
            return say(("停用", "shut"))
        if self._gone(row):
            return say(("离职停用", "left"))
        if self._locked(row):
            return say(("已锁定", "locked"))
        return say(("待首次登录", "not used yet") if row.must_change else ("启用", "open"))

    def tone(self, row: User, column: str) -> str:
        """A tag for the state alone."""
        if column != "state":
            return ""
        if not row.active or self._gone(row):
            return "disabled"
        if self._locked(row):
            return "warning"
        return "now" if row.must_change else "ok"

    def _locked(self, row: User) -> bool:
        """Whether wrong passwords keep it from logging in now."""
        return row.locked_until is not None and row.locked_until > now()

    def _gone(self, row: User) -> bool:
        """Whether its person has left: then it is shut without anybody's doing."""
        if "hpf_left" not in g:
            g.hpf_left = set(session().scalars(_left()))
        return row.staff_id is not None and row.staff_id in g.hpf_left

    def begin(self, changing: Session) -> None:
        """One administrator after the other, and only who is one still."""
        hold(changing)
        still(changing, self.act)

    def hinders(self, deed: str, row: User) -> Text | None:
        """Never one's own; and nothing that is so already."""
        if why := self.why_not(row):
            return why
        if deed != "open" and not row.active:
            return Text("已经停用", "It is shut already")
        if deed == "open" and row.active:
            return Text("已经启用", "It is open already")
        if deed == "unlock" and not self._locked(row):
            return Text("没有锁定", "It is not locked")
        if deed != "shut" and self._gone(row):
            return Text("人已离职", "The person has left")
        return None

    def enact(self, changing: Session, deed: str, row: User) -> Issued | None:
        """Shut it, open it, or give a one-time password."""
        code = desk().settings.home.hospital_code
        if deed == "unlock":
            unlock(changing, row, by=me().login, hospital=code)
            return None
        if deed == "reset":
            password = reset_password(changing, row, by=me().login, hospital=code)
            return Issued(row.login, row.name, password)
        set_active(changing, row, deed == "open", by=me().login, hospital=code)
        must_remain(changing, me().hospital, Role.IT_ADMIN, today())
        return None

    @expose("/edit/", methods=("GET", "POST"))  # type: ignore[untyped-decorator]
    def edit_view(self) -> Any:
        """Open or shut an account, give and take roles: all of it or nothing."""
        user: User = self.get_one(request.args.get("id"))
        if not self.changes(user):
            abort(403)
        if request.method == "GET":
            return self._form(user, held_by(session(), user, me().hospital))
        wanted = asked_for(session(), me().hospital)
        with writing() as changing:
            self.begin(changing)
            kept = self.one(changing, user.id)
            if kept is None or not self.changes(kept):
                abort(404)
            found = held_by(changing, kept, me().hospital)
            if request.form.get("version", "") == found.version:
                self._write(changing, kept, found, wanted)
                flash(say((f"账号 {kept.login} 已保存", f"Account {kept.login} is saved")), "ok")
                return redirect(url_for("users.index_view"))
        page = self._form(user, wanted, found)
        return page, 409

    def _form(self, user: User, shown: Held, found: Held | None = None) -> Any:
        """The form as `shown`; found: what somebody else wrote meanwhile."""
        units = session().execute(
            select(Department.code, Department.name)
            .where(Department.hospital_id == me().hospital)
            .order_by(Department.code)
        )
        departments = [(code, name) for code, name in units]
        fields = []
        if found is not None:
            fields = [
                (say(("启用", "Open")), *(say(("是", "yes") if h.active else ("否", "no"))
                                         for h in (found, shown))),
                (say(("角色", "Roles")), found.words() or "—", shown.words() or "—"),
            ]  # fmt: skip
        return self.render(
            "admin/users/edit.html", user=user, shown=shown, departments=departments,
            roles=GRANTED, departmental=departmental, fields=fields,
            version=(found or shown).version,
        )  # fmt: skip

    def _write(self, changing: Session, user: User, found: Held, wanted: Held) -> None:
        told: dict[str, Any] = {"by": me().login}
        set_active(changing, user, wanted.active, hospital=desk().settings.home.hospital_code,
                   **told)  # fmt: skip
        for role, unit in sorted(wanted.roles - found.roles):
            grant(changing, user, role, hospital=me().hospital, department=unit, **told)
        for role, unit in sorted(found.roles - wanted.roles):
            revoke(changing, user, role, hospital=me().hospital, department=unit, **told)
        must_remain(changing, me().hospital, Role.IT_ADMIN, today())
