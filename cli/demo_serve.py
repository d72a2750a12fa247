"""`hpf demo --serve`: an account for each role of the portal, so that every side of it can be seen.

    check_serving(programs, 8080)              # before the demo computes anything
    serve_demo(folder, 8080, screen, "zh")     # until Ctrl-C

Passwords are made anew each time, shown in that one table and kept nowhere; the portal asks for
another at the first log-in. The accounts are named as synthetic, in their names and in the audit.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.rights import Role
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Assignment, Department, Staff, User
from hpf.storage.people import create_user, grant, reset_password, set_active
from hpf.storage.runs import payouts_of, runs_of
from hpf_cli.demo_home import ADMIN
from hpf_cli.demo_hospital import SCHEME
from hpf_cli.serve import check_port, serve_home
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

HOST = "127.0.0.1"  # the demo is for nobody else
LOGINS: Mapping[Role, str] = {
    Role.PRESIDENT: "demo-president",
    Role.PERFORMANCE_OFFICE: "demo-office",
    Role.FINANCE: "demo-finance",
    Role.HEAD: "demo-head",
    Role.STAFF: "demo-staff",
    Role.AUDITOR: "demo-auditor",
    Role.IT_ADMIN: "demo-it",
    Role.ASSESSOR: "demo-county",
    Role.EXPERT: "demo-expert",
    Role.ASSESSED: "demo-assessed",
}
_MARK = {"synthetic": "demo"}  # stands in each entry of the audit


@dataclass(frozen=True, slots=True)
class Shown:
    """An account with the password that is shown this once. whose: its person or department."""

    role: Role
    login: str
    password: str
    whose: Text


@dataclass(frozen=True, slots=True)
class _Person:
    """Somebody of the register who is paid, with one department of theirs."""

    id: int
    code: str
    unit: str


def check_serving(programs: Container[str], port: int) -> None:
    """HpfError where there will be no hospital to serve, or where nobody can listen."""
    if SCHEME not in programs:
        raise problem(
            "no_hospital",
            f"示例医院用的方案 {SCHEME} 没有安装",
            f"the scheme of the made-up hospital, '{SCHEME}', is not installed",
            ("请安装它的插件，或去掉 --serve", "Install its plugin, or leave --serve away"),
        )
    check_port(HOST, port)


def serve_demo(folder: Path, port: int, screen: Console, lang: str) -> None:
    """Accounts, their one-time passwords in one table, and the portal until Ctrl-C."""
    home = Home.open(folder)
    screen.print()
    screen.print(drawn(open_accounts(home), lang))
    serve_home(home, HOST, port)


def open_accounts(home: Home) -> list[Shown]:
    """Each role's account, made or opened again, with a new password; in one transaction.

    Sessions of these accounts end. Raises StorageError where the home's database cannot be used.
    """
    engine = home.engine()
    try:
        with writing(engine) as session:
            hospital = home.hospital(session)
            people = _people(session, hospital)
            found = [_open(session, home, hospital, role, people.get(role)) for role in LOGINS]
            session.commit()
    finally:
        engine.dispose()
    return found


def _people(session: Session, hospital: int) -> dict[Role, _Person]:
    """Who is a head and who is one of the staff: two people who are paid, of two departments."""
    run = runs_of(session, hospital)[0]  # the demo's own, whatever was added since
    paid = payouts_of(session, run)
    rows = session.execute(
        select(Staff.id, Staff.code, Department.code)
        .join(Assignment, Assignment.staff_id == Staff.id)
        .join(Department, Department.id == Assignment.department_id)
        .where(
            Staff.hospital_id == hospital,
            Assignment.since <= run.period.last_day,
            or_(Assignment.until.is_(None), Assignment.until > run.period.first_day),
        )
        .order_by(Department.code, Staff.code)
    )
    known = [_Person(*row) for row in rows if paid.get(row[1])]
    head = known[0]
    staff = next((p for p in known if p.unit != head.unit and p.id != head.id), known[-1])
    return {Role.HEAD: head, Role.STAFF: staff}


def _open(session: Session, home: Home, hospital: int, role: Role, person: _Person | None) -> Shown:
    login, code = LOGINS[role], home.hospital_code
    user = session.scalar(select(User).where(User.login == login))
    if user is None:
        user, password = create_user(
            session, login, f"{role.names.zh}（合成）", by=ADMIN, hospital=code,
            staff=person.id if person else None, detail=_MARK,
        )  # fmt: skip
    else:
        set_active(session, user, True, by=ADMIN, hospital=code, detail=_MARK)
        password = reset_password(session, user, by=ADMIN, hospital=code, detail=_MARK)
    unit = person.unit if person and role is Role.HEAD else ""
    if role is not Role.STAFF:  # staff are whoever the register knows
        grant(session, user, role.value, hospital=hospital, department=unit, by=ADMIN,
              detail=_MARK)  # fmt: skip
    return Shown(role, login, password, _whose(person, unit))


def _whose(person: _Person | None, unit: str) -> Text:
    if person is None:
        return Text("", "")
    if unit:
        return Text(f"科室 {unit}，工号 {person.code}", f"department {unit}, staff {person.code}")
    return Text(f"工号 {person.code}", f"staff {person.code}")


def drawn(shown: list[Shown], lang: str) -> Table:
    """A line an account: role, login, one-time password, whose it is."""
    from hpf_cli.console import table

    title = Words(
        "合成账号，一次性口令：只显示这一次，首次登录须更改",
        "Synthetic accounts with one-time passwords: shown this once, changed at the first log-in",
    )
    made = table(title.say(lang))
    for words in (Words("角色", "Role"), Words("账号", "Account"), Words("口令", "Password")):
        made.add_column(words.say(lang), no_wrap=True)
    made.add_column(Words("看谁的", "Whose").say(lang))
    for one in shown:
        made.add_row(one.role.names.say(lang), one.login, one.password, one.whose.say(lang))
    return made
