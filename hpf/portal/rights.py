"""Rights: who sees whom, and who may do what, by the table of `hpf.portal.roles`. Nowhere else is
a role's name compared.

    viewer = load(session, hospital, account)
    may(viewer, Act.CALCULATE)                       # a deed
    viewer.sees_person("A17", {"K01"})               # a row that is at hand
    select(Staff).where(people(viewer, today))       # rows in the database, before anything is read

What is not allowed here is not allowed. An account holds several roles; its rights add up.

| role of the portal | word in user_roles | party of the cycle (S1, `hpf.workflow.roles`) |
|---|---|---|
| president | management | management |
| performance office | hr | HR |
| head of a department | departments, with the department | departments |
| IT administrator | it | IT |
| finance, auditor, county assessor | finance, auditor, assessor | none: they move no cycle |
| expert, assessed hospital | expert, assessed | none: they see their own part of an assessment |
| staff | none: whoever the register of staff knows | none |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.roles import ACTS, GRANTED, WHOLE, Act, Role, departmental
from hpf.storage.models import Assignment, Department, Staff, User, UserRole

__all__ = [
    "ACTS", "GRANTED", "Act", "Role", "Viewer", "accounts", "departmental", "departments",
    "hindered", "load", "may", "may_grant", "people", "registered", "registered_people",
    "registered_places",
]  # fmt: skip
R = Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. hospital: its id; departments: codes of those it heads; staff: its own code in
    the register, '' where it is no person's account; must_change: a one-time password still;
    assesses: schemes of assessments from outside whose rows it may look into."""

    login: str
    name: str
    hospital: int
    roles: frozenset[Role] = frozenset()
    departments: frozenset[str] = frozenset()
    staff: str = ""
    language: str = "zh"
    must_change: bool = False
    assesses: frozenset[str] = frozenset()

    @property
    def sees_everybody(self) -> bool:
        """Whether all pay of the hospital is open to it."""
        return bool(self.roles & WHOLE)

    @property
    def role(self) -> Role | None:
        """The role it is greeted by."""
        return next((r for r in Role if r in self.roles), None)

    def sees_person(self, code: str, departments: Collection[str] = ()) -> bool:
        """Whether a person's pay is open to it. departments: where the person worked then."""
        if self.sees_everybody or (code != "" and code == self.staff and R.STAFF in self.roles):
            return True
        return R.HEAD in self.roles and bool(self.departments & set(departments))

    def sees_department(self, code: str) -> bool:
        """Whether a department's results are open to it."""
        return self.sees_everybody or (R.HEAD in self.roles and code in self.departments)

    def sees_row(self, entity: str, id: str, departments: Collection[str] = ()) -> bool:
        """Whether a result's row is open to it. departments: those the row belongs to.

        The hospital's own row holds sums; rows of other entities (a case, a post) are open to
        whoever sees everybody, and to the head of the department they belong to.
        """
        if entity == "staff":
            return self.sees_person(id, departments)
        if entity == "department":
            return self.sees_department(id)
        if entity == "hospital":
            return may(self, Act.TOTALS)
        return self.sees_everybody or (
            R.HEAD in self.roles and bool(self.departments & set(departments))
        )


def may(viewer: Viewer | None, act: Act) -> bool:
    """Whether somebody may do something; nobody may do anything."""
    return viewer is not None and bool(viewer.roles & ACTS[act])


def may_grant(viewer: Viewer, login: str) -> bool:
    """Whether somebody may change an account's roles: never their own."""
    return may(viewer, Act.ACCOUNTS) and login != viewer.login


def hindered(of: Session, viewer: Viewer, user: User) -> Text | None:
    """Why an account's roles, password and state are not the viewer's to change; None where they
    are. Not one's own, nor another account of the same person; and none that also counts in
    another hospital: who changes it here would get in there."""
    if not may_grant(viewer, user.login):
        return Text("自己的账号由另一位管理员办", "Another administrator sees to your own")
    person = None if user.staff_id is None else of.get_one(Staff, user.staff_id)
    if person is not None and viewer.staff == person.code and person.hospital_id == viewer.hospital:
        return Text("这也是您本人的账号，由另一位管理员办",
                    "It is your own as well: another administrator sees to it")  # fmt: skip
    other = select(UserRole.id).where(
        UserRole.user_id == user.id,
        or_(UserRole.hospital_id.is_(None), UserRole.hospital_id != viewer.hospital),
    )
    elsewhere = person is not None and person.hospital_id != viewer.hospital
    if elsewhere or of.scalar(other.limit(1)) is not None:
        return Text("这个账号在别的医院也有效，请用 hpf user 办理",
                    "It counts in another hospital too: use hpf user")  # fmt: skip
    return None


def people(viewer: Viewer, first: dt.date, last: dt.date | None = None) -> ColumnElement[bool]:
    """Which rows of Staff are open to a viewer, as a condition on them.

    first, last: the days that are looked at (a period's); where somebody worked then decides.
    """
    mine = Staff.hospital_id == viewer.hospital
    if viewer.sees_everybody:
        return mine
    ways: list[ColumnElement[bool]] = []
    if viewer.staff and R.STAFF in viewer.roles:
        ways.append(Staff.code == viewer.staff)
    if R.HEAD in viewer.roles and viewer.departments:
        placed = (
            select(Assignment.id)
            .join(Department, Department.id == Assignment.department_id)
            .where(
                Assignment.staff_id == Staff.id,
                Department.hospital_id == viewer.hospital,
                Department.code.in_(viewer.departments),
                Assignment.since <= (last or first),
                or_(Assignment.until.is_(None), Assignment.until > first),
            )
        )
        ways.append(exists(placed))
    return mine & or_(*ways) if ways else false()


def departments(viewer: Viewer) -> ColumnElement[bool]:
    """Which rows of Department are open to a viewer with their results, as a condition on them."""
    mine = Department.hospital_id == viewer.hospital
    if viewer.sees_everybody:
        return mine
    if R.HEAD in viewer.roles and viewer.departments:
        return mine & Department.code.in_(viewer.departments)
    return false()


def registered(viewer: Viewer) -> ColumnElement[bool]:
    """Which rows of Department are open in the register, where no pay stands."""
    mine = Department.hospital_id == viewer.hospital
    if viewer.roles & (ACTS[Act.REGISTER] - {R.HEAD}):
        return mine & true()
    return departments(viewer)


def registered_people(viewer: Viewer, day: dt.date) -> ColumnElement[bool]:
    """Which rows of Staff are open in the register on a day, where no pay stands."""
    if viewer.roles & (ACTS[Act.REGISTER] - {R.HEAD}):
        return (Staff.hospital_id == viewer.hospital) & true()
    return people(viewer, day)


def registered_places(viewer: Viewer) -> ColumnElement[bool]:
    """Which rows of Assignment are open in the register: those of departments that are."""
    mine = Assignment.hospital_id == viewer.hospital
    return mine & Assignment.department_id.in_(select(Department.id).where(registered(viewer)))


def accounts(viewer: Viewer) -> ColumnElement[bool]:
    """Which rows of User are open to a viewer: accounts of its hospital, and those of none yet."""
    if not may(viewer, Act.ACCOUNTS):
        return false()
    here = or_(UserRole.hospital_id == viewer.hospital, UserRole.hospital_id.is_(None))
    held = select(UserRole.id).where(UserRole.user_id == User.id)
    own = select(Staff.id).where(Staff.hospital_id == viewer.hospital)
    nowhere = User.staff_id.is_(None) & ~exists(held)
    return or_(User.staff_id.in_(own), exists(held.where(here)), nowhere)


def load(
    session: Session,
    hospital: int,
    user: User,
    language: str = "zh",
    assessments: Collection[str] = (),
) -> Viewer:
    """The viewer that an account is in a hospital. assessments: schemes that assess from outside.

    A role is held in this hospital, or in all. A word that is no role gives no right.
    """
    rows = session.execute(
        select(UserRole.role, Department.code)
        .outerjoin(Department, Department.id == UserRole.department_id)
        .where(
            UserRole.user_id == user.id,
            or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None)),
        )
    ).all()
    known = set(Role) - {R.STAFF}
    roles = {Role(role) for role, _ in rows if role in known}
    units = frozenset(unit for role, unit in rows if role == R.HEAD and unit is not None)
    if not units:
        roles.discard(R.HEAD)
    staff = ""
    if user.staff_id is not None:
        own = select(Staff.code).where(Staff.id == user.staff_id, Staff.hospital_id == hospital)
        staff = session.scalar(own) or ""
    if staff:
        roles.add(R.STAFF)
    assesses = frozenset(assessments) if roles & ACTS[Act.COUNTY] else frozenset()
    return Viewer(
        user.login, user.name, hospital, frozenset(roles), units, staff,
        user.language or language, user.must_change, assesses,
    )  # fmt: skip
