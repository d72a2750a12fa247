"""The administrator runs the system and sees no pay: no way leads from accounts to rights of one's
own, to another hospital, or to a hospital that nobody can get into any more."""

from __future__ import annotations

import datetime as dt
import re

import portal_homes as homes
import pytest
from portal_forms import send, token
from sqlalchemy import select

from hpf.portal import access
from hpf.portal.clock import today
from hpf.portal.rights import Role
from hpf.storage.administrators import holders
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Hospital, Staff, User, UserRole
from hpf.storage.passwords import hash_password
from hpf.storage.people import create_user, find_user, grant

pytestmark = pytest.mark.slow
IT = Role.IT_ADMIN.value


@pytest.fixture
def desk(app):
    return app.extensions["hpf"]


@pytest.fixture
def made(desk):
    """`made("own", staff="K03-1", roles=[(hospital, "it")])`: another account, its number."""

    def make(login: str, staff: str = "", roles=()) -> int:
        with writing(desk.engine) as session:
            person = session.scalar(select(Staff.id).where(Staff.code == staff)) if staff else None
            user, _ = create_user(session, login, login, by="seed", hospital="H1", staff=person)
            user.password_hash, user.must_change = hash_password(homes.PASSWORD), False
            for hospital, role in roles:
                session.add(UserRole(user_id=user.id, role=role, hospital_id=hospital))
            session.commit()
            return user.id

    return make


def rights(desk, login: str) -> set[str]:
    with reading(desk.engine) as session:
        user = find_user(session, login, active=False)
        return set(session.scalars(select(UserRole.role).where(UserRole.user_id == user.id)))


def number(desk, login: str) -> int:
    with reading(desk.engine) as session:
        return find_user(session, login, active=False).id


def edit(client, at: int, **fields):
    """The form of an account as it is, with some of it changed or added."""
    page = client.get(f"/admin/users/edit/?id={at}")
    assert page.status_code == 200
    version = re.search(r'name="version" value="([^"]+)"', page.get_data(as_text=True))[1]
    data = {"csrf_token": token(client, "/counter/"), "version": version, "active": "1", **fields}
    return client.post(f"/admin/users/edit/?id={at}", data=data)


def test_an_administrator_with_a_second_account_gives_it_nothing(desk, made, login) -> None:
    """One person, two accounts: the other one is one's own as well."""
    with writing(desk.engine) as session:
        person = session.scalar(select(Staff.id).where(Staff.code == "K03-1"))
        find_user(session, "it").staff_id = person
        session.commit()
    twin, client = made("twin", staff="K03-1"), login("it")
    assert client.get(f"/admin/users/edit/?id={twin}").status_code == 403
    bulk = {"deed": "reset", "rowid": str(twin), "sure": "1"}
    send(client, "/admin/users/bulk/", bulk, page="/counter/")
    assert send(client, "/counter/reset", {"login": "twin"}, page="/counter/").status_code == 422
    assert rights(desk, "twin") == set()
    with reading(desk.engine) as session:
        assert not find_user(session, "twin").must_change, "nor was its password reset"


def test_an_account_that_counts_elsewhere_is_not_changed_here(desk, made, login) -> None:
    """Whoever resets it here would get in there."""
    with writing(desk.engine) as session:
        other = Hospital(code="H2", name="另一家（合成数据）")
        session.add(other)
        session.commit()
        there = other.id
    with reading(desk.engine) as session:
        here = desk.settings.home.hospital(session)
    both = made("both", roles=[(here, "auditor"), (there, "management")])
    every = made("every", roles=[(None, "management")])
    foreign = made("foreign", roles=[(there, "it")])
    client = login("it")
    for login_, at in (("both", both), ("every", every), ("foreign", foreign)):
        assert client.get(f"/admin/users/edit/?id={at}").status_code in (403, 404), login_
        told = send(client, "/counter/reset", {"login": login_}, page="/counter/")
        assert told.status_code == 422, login_
        for deed in ("shut", "reset"):
            data = {"deed": deed, "rowid": str(at), "sure": "1"}
            send(client, "/admin/users/bulk/", data, page="/counter/")
        with reading(desk.engine) as session:
            user = find_user(session, login_, active=False)
            assert user.active, login_
            assert not user.must_change, login_
    told = send(client, "/counter/reset", {"login": "foreig"}, page="/counter/")
    assert "foreign" not in told.get_data(as_text=True), "no name of another hospital is hinted at"


def test_a_field_that_the_form_has_not_changes_nothing(desk, login) -> None:
    at, client = number(desk, "auditor"), login("it")
    with reading(desk.engine) as session:
        before = find_user(session, "auditor")
    extra = {
        "password_hash": "x", "login": "root", "staff_id": "1", "must_change": "1", "id": "1",
        "fs_uniquifier": "x", "hospital_id": "2", "failed_logins": "99", "name": "另一人",
    }  # fmt: skip
    assert edit(client, at, role="auditor", **extra).status_code == 302
    with reading(desk.engine) as session:
        after = find_user(session, "auditor")
        for name in ("id", "login", "password_hash", "staff_id", "must_change", "fs_uniquifier",
                     "failed_logins", "name"):  # fmt: skip
            assert getattr(after, name) == getattr(before, name), name
    for wrong in ("staff", "emperor", "it:K01", "departments", "departments:", "departments:K99"):
        assert edit(client, at, role=wrong).status_code == 400, wrong
    assert rights(desk, "auditor") == {"auditor"}


def test_nobody_else_gets_at_accounts_by_any_address(desk, login) -> None:
    """Flask-Admin's own ways to write, for whoever sees a list and for whoever does not."""
    at = number(desk, "auditor")
    for name in ("office", "president", "it", "head"):
        client = login(name)
        given = token(client, "/password")
        for view in ("users", "staff", "departments", "assignments", "audit", "jobs", "runs"):
            for way in ("new/", "delete/", "ajax/update/", "action/"):
                data = {"csrf_token": given, "id": str(at), "rowid": str(at), "action": "delete",
                        "list_form_pk": str(at), "login": "root", "active": ""}  # fmt: skip
                answer = client.post(f"/admin/{view}/{way}", data=data)
                assert answer.status_code in (302, 403, 404, 405), (name, view, way)
    with reading(desk.engine) as session:
        assert find_user(session, "auditor").active
        assert session.scalar(select(User.id).where(User.login == "root")) is None


def test_the_last_administrator_stays(desk, login) -> None:
    """Of two who take the right from one another only the first succeeds: one is left."""
    with writing(desk.engine) as session:
        user, _ = create_user(session, "second", "second", by="seed", hospital="H1")
        user.password_hash, user.must_change = hash_password(homes.PASSWORD), False
        hospital = desk.settings.home.hospital(session)
        grant(session, user, IT, hospital=hospital, by="seed")
        session.commit()
    one, two = login("it"), login("second")
    first, second = number(desk, "it"), number(desk, "second")
    data = {"deed": "shut", "rowid": str(second), "sure": "1"}
    given = token(two, "/counter/")
    assert send(one, "/admin/users/bulk/", data, page="/counter/").status_code == 302
    late = two.post("/admin/users/bulk/", data={"deed": "shut", "rowid": str(first), "sure": "1",
                                                "csrf_token": given})  # fmt: skip
    assert late.status_code in (401, 403)
    with reading(desk.engine) as session:
        assert find_user(session, "it", active=False).active
    with writing(desk.engine) as session:  # whose person has left counts for nobody
        person = session.scalars(select(Staff).where(Staff.code == "K04-1")).one()
        person.left = dt.date(2026, 1, 1)
        find_user(session, "second", active=False).active = True
        find_user(session, "second").staff_id = person.id
        session.commit()
    assert rights(desk, "second") == {IT}
    with writing(desk.engine) as session:
        assert holders(session, desk.settings.home.hospital(session), IT, today()) == 1


def test_a_right_taken_between_question_and_deed_is_not_used(desk, login, monkeypatch) -> None:
    """The page was let through, and then the role went: what writes looks once more."""
    client, at = login("it"), number(desk, "auditor")
    given = token(client, "/counter/")
    before = access.guard

    def slow():
        answer = before()
        with writing(desk.engine) as session:
            held = select(UserRole).where(UserRole.user_id == find_user(session, "it").id)
            for role in session.scalars(held):
                session.delete(role)
            session.commit()
        return answer

    functions = client.application.before_request_funcs[None]
    functions[functions.index(before)] = slow
    data = {"deed": "reset", "rowid": str(at), "sure": "1", "csrf_token": given}
    assert client.post("/admin/users/bulk/", data=data).status_code == 403
    with reading(desk.engine) as session:
        assert not find_user(session, "auditor").must_change


def test_locking_everybody_out_is_seen_at_the_counter_and_undone_there(desk, app, login) -> None:
    """Five wrong passwords lock an account: somebody may lock all of them. The counter is told
    how many and from where, and unlocks them at once."""
    victims = [n for n in homes.ROLES if n != "it"]
    client = login("it")
    assert "已锁定" not in client.get("/counter/").get_data(as_text=True)
    for name in victims:
        for _ in range(5):
            data = {"login": name, "password": "wrong"}
            answer = send(app.test_client(), "/login", data)
            assert answer.status_code == 200
    page = client.get("/counter/").get_data(as_text=True)
    assert f"已锁定 {len(victims)} 个账号" in page
    assert f"127.0.0.1 × {len(victims)}" in page
    assert "有人在试口令" in page
    with reading(desk.engine) as session:
        ids = [str(find_user(session, n).id) for n in victims]
    data = {"deed": "unlock", "sure": "1", "csrf_token": token(client, "/counter/")}
    assert client.post("/admin/users/bulk/", data={**data, "rowid": ids}).status_code == 302
    assert "已锁定" not in client.get("/counter/").get_data(as_text=True)
    assert login("office").get("/").status_code == 200, "with the password it had"
    with reading(desk.engine) as session:
        done = session.scalars(select(AuditEntry.action)).all()
    assert done.count("user.locked") == done.count("user.unlocked") == len(victims)
