"""Rights: who sees whom, and who may do what. The only place where a role's name is compared.

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
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, exists, false, or_, select, true
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.storage.models import Assignment, Department, Staff, User, UserRole
from hpf.workflow.roles import Role as Party


class Role(StrEnum):
    """A role of the portal; the value is what user_roles keeps."""

    PRESIDENT = "management"
    PERFORMANCE_OFFICE = "hr"
    FINANCE = "finance"
    HEAD = "departments"
    STAFF = "staff"
    AUDITOR = "auditor"
    IT_ADMIN = "it"
    ASSESSOR = "assessor"
    EXPERT = "expert"
    ASSESSED = "assessed"

    @property
    def names(self) -> Text:
        """What the role is called."""
        return _NAMES[self]

    @property
    def party(self) -> Party | None:
        """The party of the cycle that it acts for; None where it moves no cycle."""
        return Party(self.value) if self.value in set(Party) else None


_NAMES = {
    Role.PRESIDENT: Text("院领导", "Management"),
    Role.PERFORMANCE_OFFICE: Text("绩效办", "Performance office"),
    Role.FINANCE: Text("财务科", "Finance"),
    Role.HEAD: Text("科室负责人", "Head of department"),
    Role.STAFF: Text("职工", "Staff"),
    Role.AUDITOR: Text("审计", "Auditor"),
    Role.IT_ADMIN: Text("信息科", "IT"),
    Role.ASSESSOR: Text("县级考核", "County assessor"),
    Role.EXPERT: Text("考核专家", "Expert"),
    Role.ASSESSED: Text("被考核医院", "Assessed hospital"),
}


# Roles that are given and taken; staff are whoever the register knows.
GRANTED: tuple[Role, ...] = tuple(r for r in Role if r is not Role.STAFF)


def departmental(role: Role) -> bool:
    """Whether a role is held in departments, one by one."""
    return role is Role.HEAD


class Act(StrEnum):
    """A deed, or a kind of page. Pages name the one they need (`hpf.portal.access`)."""

    HOME = "home"  # one's own home page, the handbook, one's account
    HANDBOOK = "handbook"
    VERIFY = "verify"  # whether a slip is genuine
    MY_PAY = "my_pay"
    MY_APPEAL = "my_appeal"
    MY_POINTS = "my_points"  # one's own entries in the ledger
    CYCLE = "cycle"  # where the period stands
    BOARD = "board"  # what was made public
    REGISTER = "register"  # departments and people, without pay
    DEPARTMENT = "department"  # a department's results and people
    ALLOCATE = "allocate"  # second-level distribution
    POINTS = "points"  # entries of the ledger, of those whose pay one sees
    BOOK = "book"  # book entries and take them back
    FEEDBACK = "feedback"  # what people and those in charge of them write to one another
    REPORT = "report"  # hand in facts for one's department
    SURVEY = "survey"  # open, hand out and close questionnaires
    SURVEY_RESULTS = "survey_results"  # counts while they are open, means of groups afterwards
    RATE = "rate"  # answer what one is asked, read what was said of oneself
    ENTER = "enter"  # fill in forms: the columns that are one's own to report
    RESULTS = "results"  # the hospital's results, person by person
    TOTALS = "totals"  # the hospital's sums and scores, nobody's pay
    CONFIGURE = "configure"
    PLAN = "plan"
    COLLECT = "collect"
    CALCULATE = "calculate"
    REVIEW = "review"  # look at what is put to the vote
    DECIDE = "decide"  # approve, decide appeals
    PUBLISH = "publish"
    PAY = "pay"
    COUNTY = "county"  # hospitals side by side
    ASSESSMENT = "assessment"  # what all who take part in an assessment see: the draw
    ASSESS = "assess"  # act for the assessment group
    MARK = "mark"  # an expert's own marks
    ASSESSED = "assessed"  # an assessed hospital's own result, and its objections
    AUDIT = "audit"  # the audit trail
    JOBS = "jobs"
    PLUGINS = "plugins"
    ORGANISE = "organise"  # change the register of departments and staff
    ACCOUNTS = "accounts"  # accounts, roles (never one's own), passwords


R = Role
_EVERYBODY = frozenset(Role)
_OFFICE = frozenset({R.PRESIDENT, R.PERFORMANCE_OFFICE})
_WHOLE = _OFFICE | {R.FINANCE, R.AUDITOR}  # who sees everybody's pay
_GUESTS = frozenset({R.EXPERT, R.ASSESSED})  # who take part in an assessment, and nothing else
_HOSPITAL = _EVERYBODY - {R.ASSESSOR} - _GUESTS
ACTS: Mapping[Act, frozenset[Role]] = {
    Act.HOME: _EVERYBODY,
    Act.HANDBOOK: _EVERYBODY,
    Act.VERIFY: _EVERYBODY - {R.IT_ADMIN} - _GUESTS,  # a code leads to figures
    Act.MY_PAY: frozenset({R.STAFF}),
    Act.MY_APPEAL: frozenset({R.STAFF}),
    Act.MY_POINTS: frozenset({R.STAFF}),
    Act.CYCLE: _EVERYBODY - _GUESTS,
    Act.BOARD: _HOSPITAL - {R.IT_ADMIN},
    Act.REGISTER: _HOSPITAL - {R.STAFF},
    Act.DEPARTMENT: _WHOLE | {R.HEAD},
    Act.ALLOCATE: frozenset({R.HEAD}),
    Act.POINTS: _WHOLE | {R.HEAD},
    Act.BOOK: frozenset({R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.FEEDBACK: frozenset({R.STAFF, R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.REPORT: frozenset({R.HEAD, R.PERFORMANCE_OFFICE}),
    Act.SURVEY: frozenset({R.PERFORMANCE_OFFICE}),
    Act.SURVEY_RESULTS: _OFFICE,
    Act.RATE: frozenset({R.STAFF}),
    Act.ENTER: frozenset({R.HEAD, R.FINANCE, R.PERFORMANCE_OFFICE}),
    Act.RESULTS: _WHOLE,
    Act.TOTALS: _WHOLE | {R.ASSESSOR},
    Act.CONFIGURE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.PLAN: _OFFICE,
    Act.COLLECT: frozenset({R.PERFORMANCE_OFFICE}),
    Act.CALCULATE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.REVIEW: _WHOLE,
    Act.DECIDE: frozenset({R.PRESIDENT}),
    Act.PUBLISH: _OFFICE,
    Act.PAY: frozenset({R.FINANCE}),
    Act.COUNTY: frozenset({R.ASSESSOR, R.PRESIDENT}),
    Act.ASSESSMENT: frozenset({R.ASSESSOR, R.PRESIDENT}) | _GUESTS,
    Act.ASSESS: frozenset({R.ASSESSOR}),
    Act.MARK: frozenset({R.EXPERT}),
    Act.ASSESSED: frozenset({R.ASSESSED}),
    Act.AUDIT: frozenset({R.AUDITOR, R.IT_ADMIN, R.PRESIDENT}),
    Act.JOBS: frozenset({R.IT_ADMIN, R.PERFORMANCE_OFFICE}),
    Act.PLUGINS: frozenset({R.IT_ADMIN}),
    Act.ORGANISE: frozenset({R.PERFORMANCE_OFFICE}),
    Act.ACCOUNTS: frozenset({R.IT_ADMIN}),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks. hospital: its id; departments: codes of those it heads; staff: its own code in
    the register, '' where it is no person's account; must_change: a one-time password still."""

    login: str
    name: str
    hospital: int
    roles: frozenset[Role] = frozenset()
    departments: frozenset[str] = frozenset()
    staff: str = ""
    language: str = "zh"
    must_change: bool = False

    @property
    def sees_everybody(self) -> bool:
        """Whether all pay of the hospital is open to it."""
        return bool(self.roles & _WHOLE)

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


def load(session: Session, hospital: int, user: User, language: str = "zh") -> Viewer:
    """The viewer that an account is in a hospital.

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
    return Viewer(
        user.login, user.name, hospital, frozenset(roles), units, staff,
        user.language or language, user.must_change,
    )  # fmt: skip
