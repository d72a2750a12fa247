"""Rights: every act against every role, and whose rows are open to whom."""

from __future__ import annotations

import datetime as dt

import portal_homes as homes
import pytest
from sqlalchemy import select

from hpf.portal.rights import (
    ACTS,
    Act,
    Role,
    Viewer,
    departments,
    load,
    may,
    may_grant,
    people,
    registered,
)  # fmt: skip
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import Assignment, Department, Staff, User, UserRole
from hpf.workflow.roles import Role as Party

DAY, LAST = homes.PERIOD.first_day, homes.PERIOD.last_day
R = Role
WHOLE = {R.PRESIDENT, R.PERFORMANCE_OFFICE, R.FINANCE, R.AUDITOR}
GUESTS = {R.EXPERT, R.ASSESSED}  # who take part in an assessment, and nothing else
TABLE: dict[str, set[Role]] = {
    "home": set(R), "handbook": set(R), "cycle": set(R) - GUESTS,
    "verify": set(R) - {R.IT_ADMIN} - GUESTS,
    "my_pay": {R.STAFF}, "my_appeal": {R.STAFF},
    "board": set(R) - {R.ASSESSOR, R.IT_ADMIN} - GUESTS,
    "register": set(R) - {R.ASSESSOR, R.STAFF} - GUESTS, "department": WHOLE | {R.HEAD},
    "allocate": {R.HEAD}, "report": {R.HEAD, R.PERFORMANCE_OFFICE}, "results": WHOLE,
    "enter": {R.HEAD, R.FINANCE, R.PERFORMANCE_OFFICE},
    "my_points": {R.STAFF}, "points": WHOLE | {R.HEAD}, "book": {R.HEAD, R.PERFORMANCE_OFFICE},
    "feedback": {R.STAFF, R.HEAD, R.PERFORMANCE_OFFICE},
    "totals": WHOLE | {R.ASSESSOR}, "configure": {R.PERFORMANCE_OFFICE},
    "plan": {R.PRESIDENT, R.PERFORMANCE_OFFICE}, "collect": {R.PERFORMANCE_OFFICE},
    "calculate": {R.PERFORMANCE_OFFICE}, "review": WHOLE, "decide": {R.PRESIDENT},
    "publish": {R.PRESIDENT, R.PERFORMANCE_OFFICE}, "pay": {R.FINANCE},
    "county": {R.ASSESSOR, R.PRESIDENT}, "assessment": {R.ASSESSOR, R.PRESIDENT} | GUESTS,
    "assess": {R.ASSESSOR}, "mark": {R.EXPERT}, "assessed": {R.ASSESSED},
    "audit": {R.AUDITOR, R.IT_ADMIN, R.PRESIDENT},
    "jobs": {R.IT_ADMIN, R.PERFORMANCE_OFFICE}, "plugins": {R.IT_ADMIN},
    "organise": {R.PERFORMANCE_OFFICE}, "accounts": {R.IT_ADMIN}, "upkeep": {R.IT_ADMIN},
    "bank": {R.FINANCE}, "bank_approve": {R.FINANCE, R.PRESIDENT},
    "survey": {R.PERFORMANCE_OFFICE}, "rate": {R.STAFF},
    "survey_results": {R.PRESIDENT, R.PERFORMANCE_OFFICE},
}  # fmt: skip


def viewer(*roles: Role, staff: str = "", units: tuple[str, ...] = ()) -> Viewer:
    return Viewer("a", "甲", 1, frozenset(roles), frozenset(units), staff)


def test_every_act_is_decided_and_written_down_here() -> None:
    assert set(ACTS) == set(Act)
    assert {a.value: set(r) for a, r in ACTS.items()} == TABLE


@pytest.mark.parametrize("act", list(Act))
def test_nobody_and_whoever_holds_no_role_may_do_nothing(act: Act) -> None:
    assert not may(None, act)
    assert not may(viewer(), act)


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_exactly_what_the_table_says(role: Role) -> None:
    assert {a.value for a in Act if may(viewer(role), a)} == {
        a for a, r in TABLE.items() if role in r
    }


def test_it_sees_no_pay_at_all() -> None:
    it = viewer(R.IT_ADMIN)
    assert not it.sees_everybody
    assert not it.sees_person("A", {"K"})
    assert not it.sees_department("K")
    assert not it.sees_row("hospital", "H")
    assert not it.sees_row("case", "1", {"K"})


def test_nobody_grants_themselves_a_role() -> None:
    assert may_grant(viewer(R.IT_ADMIN), "b")
    assert not may_grant(viewer(R.IT_ADMIN), "a")
    assert not may_grant(viewer(R.PRESIDENT), "b")


def test_a_head_sees_the_own_department_and_no_other() -> None:
    head = viewer(R.HEAD, R.STAFF, staff="A1", units=("K01",))
    assert head.sees_person("A2", {"K01"})
    assert head.sees_person("A1", {"K09"}), "the own slip, wherever one worked"
    assert not head.sees_person("A2", {"K02"})
    assert not head.sees_person("A2")
    assert head.sees_department("K01")
    assert not head.sees_department("K02")
    assert head.sees_row("case", "1", {"K01"})
    assert not head.sees_row("case", "1", {"K02"})
    assert not head.sees_row("hospital", "H")


def test_staff_see_themselves_alone() -> None:
    one = viewer(R.STAFF, staff="A1", units=("K01",))
    assert one.sees_person("A1", {"K01"})
    assert not one.sees_person("A2", {"K01"}), "departments count for heads alone"
    assert not one.sees_department("K01")
    assert not viewer(R.STAFF).sees_person(""), "an account that is nobody's is not everybody's"


def test_the_assessor_sees_sums_and_no_person() -> None:
    county = viewer(R.ASSESSOR)
    assert county.sees_row("hospital", "H")
    assert not county.sees_person("A1", {"K01"})
    assert not county.sees_department("K01")


def test_parties_of_the_cycle_are_the_roles_with_the_same_word() -> None:
    assert {r.party for r in Role} - {None} == set(Party)
    assert Role.FINANCE.party is None


def test_the_command_line_grants_every_role_that_is_granted_at_all() -> None:
    from hpf_cli.user import BESIDE

    assert {*BESIDE, *Party, Role.STAFF} == set(Role)


@pytest.fixture
def who(portal_home: Home):
    """`who("head")`: that account's viewer, with a session."""
    engine = portal_home.engine()
    with reading(engine) as session:
        hospital = portal_home.hospital(session)

        def find(login: str) -> Viewer:
            user = session.scalars(select(User).where(User.login == login)).one()
            return load(session, hospital, user)

        yield session, find
    engine.dispose()


def test_accounts_hold_what_the_database_says(who) -> None:
    _, find = who
    for login, role in homes.ROLES.items():
        expected = {role} if role else set()
        if login in homes.PERSON:
            expected.add(Role.STAFF)
        assert find(login).roles == expected, login
    assert find("head").departments == {homes.HEADED}
    assert find("nurse").staff == homes.PERSON["nurse"]


def test_rows_in_the_database_are_those_that_the_predicates_allow(who) -> None:
    """Both ways to ask the same: a condition on rows, and a word about one at hand."""
    session, find = who
    placed = {}
    for code, unit in session.execute(
        select(Staff.code, Department.code)
        .join(Assignment, Assignment.staff_id == Staff.id)
        .join(Department, Department.id == Assignment.department_id)
    ):
        placed.setdefault(code, set()).add(unit)
    assert len(placed) > 40
    for login in homes.ROLES:
        viewer = find(login)
        found = set(session.scalars(select(Staff.code).where(people(viewer, DAY, LAST))))
        assert found == {c for c, units in placed.items() if viewer.sees_person(c, units)}, login
        units = set(session.scalars(select(Department.code).where(departments(viewer))))
        every = set(session.scalars(select(Department.code)))
        assert units == {u for u in every if viewer.sees_department(u)}, login
    assert set(session.scalars(select(Department.code).where(registered(find("it"))))) == every
    assert set(session.scalars(select(Department.code).where(registered(find("nurse"))))) == set()


def test_whoever_moved_belongs_to_the_old_head_in_the_old_month(portal_home: Home) -> None:
    engine = portal_home.engine()
    moved = dt.date(2026, 10, 1)
    with writing(engine) as session:
        person = session.scalars(select(Staff).where(Staff.code == "K01-2")).one()
        old = session.scalars(select(Assignment).where(Assignment.staff_id == person.id)).one()
        new = session.scalars(select(Department).where(Department.code == "K02")).one()
        old.until = moved
        session.add(
            Assignment(
                hospital_id=old.hospital_id,
                staff_id=person.id,
                department_id=new.id,
                title=old.title,
                post="",
                share=old.share,
                since=moved,
            )
        )
        session.flush()
        head = Viewer("h", "h", old.hospital_id, frozenset({R.HEAD}), frozenset({"K01"}))
        september = set(session.scalars(select(Staff.code).where(people(head, DAY, LAST))))
        october = set(session.scalars(select(Staff.code).where(people(head, moved))))
    engine.dispose()
    assert "K01-2" in september
    assert "K01-2" not in october


def test_a_word_that_is_no_role_and_a_department_role_without_one_give_no_right(
    portal_home: Home,
) -> None:
    engine = portal_home.engine()
    with writing(engine) as session:
        user = session.scalars(select(User).where(User.login == "it")).one()
        hospital = portal_home.hospital(session)
        session.add(UserRole(user_id=user.id, role="emperor", hospital_id=hospital))
        session.add(UserRole(user_id=user.id, role="departments", hospital_id=hospital))
        session.add(UserRole(user_id=user.id, role="staff", hospital_id=hospital))
        session.flush()
        assert load(session, hospital, user).roles == {R.IT_ADMIN}
    engine.dispose()
