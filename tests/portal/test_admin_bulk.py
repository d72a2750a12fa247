"""Several accounts at once: named before anything is done, then all of them or none."""

from __future__ import annotations

import datetime as dt
import re

from portal_forms import send
from sqlalchemy import select

from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Staff, User

USERS, STAFF = "/admin/users/", "/admin/staff/"


def numbers(app, model, column, *names: str) -> list[str]:
    with reading(app.extensions["hpf"].engine) as session:
        return [str(session.scalar(select(model.id).where(column == n))) for n in names]


def active(app, login: str) -> bool:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalars(select(User).where(User.login == login)).one().active


def trail(app) -> list[tuple[str, str]]:
    with reading(app.extensions["hpf"].engine) as session:
        rows = session.execute(
            select(AuditEntry.action, AuditEntry.object).order_by(AuditEntry.seq)
        )
        return [tuple(r) for r in rows]


def test_accounts_are_shut_together_once_that_is_confirmed(app, login) -> None:
    it, nurse = login("it"), login("nurse")
    ids = numbers(app, User, User.login, "nurse", "county", "it")
    chosen = {"deed": "shut", "rowid": ids}
    asked = send(it, USERS + "bulk/", chosen, USERS).get_data(as_text=True)
    assert "停用账号：2 个" in asked
    assert "自己的账号由另一位管理员办" in asked
    assert active(app, "nurse"), "nothing is done before it is confirmed"
    before = len(trail(app))
    assert send(it, USERS + "bulk/", {**chosen, "sure": "yes"}, USERS).status_code == 302
    assert trail(app)[before:] == [("user.shut", "user:nurse"), ("user.shut", "user:county")]
    assert active(app, "it"), "never one's own"
    assert nurse.get("/mine/").status_code == 302, "the session is over"
    again = send(it, USERS + "bulk/", chosen, USERS).get_data(as_text=True)
    assert "已经停用" in again
    opened = {"deed": "open", "rowid": ids[:1], "sure": "yes"}
    assert send(it, USERS + "bulk/", opened, USERS).status_code == 302
    assert active(app, "nurse")


def test_passwords_are_reset_together_and_shown_once(app, login) -> None:
    it = login("it")
    ids = numbers(app, User, User.login, "nurse", "head")
    chosen = {"deed": "reset", "rowid": ids, "sure": "yes"}
    page = send(it, USERS + "bulk/", chosen, USERS)
    words = re.findall(r"<code>([^<]+)</code>", page.get_data(as_text=True))
    assert len(set(words)) == 2
    assert page.headers["Cache-Control"] == "no-store"
    entered = {"login": "nurse", "password": words[0]}
    assert send(app.test_client(), "/login", entered).status_code == 302


def test_accounts_are_made_from_the_register_for_whoever_has_none(app, login) -> None:
    it = login("it")
    ids = numbers(app, Staff, Staff.code, "K01-2", "K01-3", "K02-1")
    chosen = {"deed": "issue", "rowid": ids}
    asked = send(it, STAFF + "bulk/", chosen, STAFF).get_data(as_text=True)
    assert "已有账号" in asked
    made = send(it, STAFF + "bulk/", {**chosen, "sure": "yes"}, STAFF).get_data(as_text=True)
    words = dict(re.findall(r"<td>(K01-[23])</td><td><code>([^<]+)</code>", made))
    assert set(words) == {"K01-2", "K01-3"}
    fresh = app.test_client()
    entered = {"login": "K01-2", "password": words["K01-2"]}
    assert send(fresh, "/login", entered).status_code == 302
    assert fresh.get("/").headers["Location"].endswith("/password"), "it is to be changed first"


def test_whoever_keeps_the_register_but_no_accounts_is_offered_none_of_it(app, login) -> None:
    office = login("office")
    assert 'name="rowid"' not in office.get(STAFF).get_data(as_text=True)
    chosen = {"deed": "issue", "rowid": numbers(app, Staff, Staff.code, "K01-2"), "sure": "yes"}
    before = len(trail(app))
    assert send(office, STAFF + "bulk/", chosen, "/password").status_code == 403
    assert send(login("nurse"), USERS + "bulk/", chosen, "/password").status_code == 403
    assert len(trail(app)) == before


def test_a_deed_there_is_none_of_an_empty_choice_and_a_foreign_number(app, login) -> None:
    it = login("it")
    assert send(it, USERS + "bulk/", {"deed": "delete", "rowid": "1"}, USERS).status_code == 404
    before = len(trail(app))
    for rows in ([], ["999999"], ["x"], ["9" * 40]):
        given = {"deed": "shut", "rowid": rows, "sure": "yes"}
        assert send(it, USERS + "bulk/", given, USERS).status_code == 302
    many = {"deed": "shut", "rowid": [str(n) for n in range(201)], "sure": "yes"}
    assert send(it, USERS + "bulk/", many, USERS).status_code == 302
    assert len(trail(app)) == before


def test_an_account_whose_person_has_left_says_so_and_cannot_be_reset(app, login) -> None:
    it = login("it")
    with writing(app.extensions["hpf"].engine) as session:
        session.scalars(select(Staff).where(Staff.code == "K02-1")).one().left = dt.date(2026, 1, 1)
        session.commit()
    left = it.get(USERS + "?only_state=left").get_data(as_text=True)
    assert "nurse" in left
    assert "county" not in left.split("<tbody>")[1]
    assert "离职停用" in left
    ids = numbers(app, User, User.login, "nurse")
    asked = send(it, USERS + "bulk/", {"deed": "reset", "rowid": ids}, USERS)
    assert "人已离职" in asked.get_data(as_text=True)
