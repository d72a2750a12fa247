"""Logging in and out: lock-out, one-time passwords, sessions that end, nothing that gives away."""

from __future__ import annotations

import datetime as dt

import pytest
from portal_forms import send, token
from sqlalchemy import select

from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Staff, User
from hpf.storage.people import create_user, find_user, reset_password, set_active


def page(answer) -> str:
    return answer.get_data(as_text=True)


def change(app, edit) -> None:
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        edit(session)
        session.commit()


def test_somebody_logs_in_and_out(login) -> None:
    client = login("office")
    home = client.get("/")
    assert home.status_code == 200
    assert "office" in page(home)
    assert send(client, "/logout", {}, page="/").status_code == 302
    assert client.get("/").headers["Location"].startswith("/login")


def test_the_page_that_was_asked_for_comes_after_the_log_in(app) -> None:
    client = app.test_client()
    asked = client.get("/verify/?code=1")
    assert asked.headers["Location"] == "/login?next=/verify/?code%3D1"
    there = client.get(asked.headers["Location"])
    data = {"login": "office", "password": "test-only-words-7", "next": "/verify/?code=1"}
    assert there.status_code == 200
    assert send(client, "/login", data).headers["Location"] == "/verify/?code=1"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "/\\evil.example"])
def test_no_log_in_leads_out_of_the_portal(app, target: str) -> None:
    data = {"login": "office", "password": "test-only-words-7", "next": target}
    answer = send(app.test_client(), "/login", data)
    leads = answer.headers.get("Location", "/")
    assert leads.startswith("/")
    assert leads[1:2] not in ("/", "\\"), "which browsers take for another host"


def test_a_wrong_password_an_unknown_account_and_a_shut_one_get_the_same_answer(app) -> None:
    change(app, lambda s: set_active(s, find_user(s, "county"), False, by="it", hospital="H1"))
    said = set()
    for name, password in (
        ("office", "wrong"), ("nobody", "wrong"), ("county", "test-only-words-7"),
    ):  # fmt: skip
        answer = send(app.test_client(), "/login", {"login": name, "password": password})
        assert answer.status_code == 200
        body = page(answer)
        assert "账号或口令不对" in body
        start = body.index('role="alert"')
        said.add(body[start : body.index("</div>", start)])
    assert len(said) == 1


def test_an_account_is_locked_after_five_wrong_passwords_and_opens_again(app, monkeypatch) -> None:
    for _ in range(5):
        send(app.test_client(), "/login", {"login": "office", "password": "wrong"})
    right = {"login": "office", "password": "test-only-words-7"}
    assert send(app.test_client(), "/login", right).status_code == 200, "locked"
    with reading(app.extensions["hpf"].engine) as session:
        actions = session.scalars(select(AuditEntry.action)).all()
    assert actions.count("user.locked") == 1
    other = {"login": "finance", "password": "test-only-words-7"}
    assert send(app.test_client(), "/login", other).status_code == 302, "others are not"

    def earlier(session) -> None:
        find_user(session, "office").locked_until = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    change(app, earlier)
    assert send(app.test_client(), "/login", right).status_code == 302


def test_a_right_password_starts_the_count_anew(app) -> None:
    for _ in range(4):
        send(app.test_client(), "/login", {"login": "office", "password": "wrong"})
    right = {"login": "office", "password": "test-only-words-7"}
    assert send(app.test_client(), "/login", right).status_code == 302
    with reading(app.extensions["hpf"].engine) as session:
        user = find_user(session, "office")
        assert user.failed_logins == 0
        assert user.last_login is not None


def test_a_one_time_password_is_changed_before_anything_else(app) -> None:
    made = {}
    change(app, lambda s: made.update(p=create_user(s, "new", "新人", by="it", hospital="H1")[1]))
    client = app.test_client()
    assert send(client, "/login", {"login": "new", "password": made["p"]}).status_code == 302
    for path in ("/", "/verify/", "/admin/departments/"):
        assert client.get(path).headers["Location"] == "/password", path
    short = {"old": made["p"], "new": "short", "again": "shorter"}
    refused = page(send(client, "/password", short))
    assert "至少 10 位" in refused
    assert "两遍不一样" in refused, "all mistakes at once"
    good = {"old": made["p"], "new": "a-long-other-one-9", "again": "a-long-other-one-9"}
    assert send(client, "/password", good).headers["Location"] == "/"
    assert client.get("/").status_code == 403, "whoever holds no role may open nothing"
    with reading(app.extensions["hpf"].engine) as session:
        assert not find_user(session, "new").must_change
        assert "user.password_changed" in session.scalars(select(AuditEntry.action)).all()


def test_a_reset_or_a_shut_account_ends_every_session(app, login) -> None:
    office, finance = login("office"), login("finance")
    change(app, lambda s: reset_password(s, find_user(s, "office"), by="it", hospital="H1"))
    change(app, lambda s: set_active(s, find_user(s, "finance"), False, by="it", hospital="H1"))
    for client in (office, finance):
        assert client.get("/").headers["Location"].startswith("/login")


def test_a_changed_password_ends_the_other_sessions_alone(app, login) -> None:
    here, elsewhere = login("office"), login("office")
    good = {"old": "test-only-words-7", "new": "a-long-new-one-9", "again": "a-long-new-one-9"}
    assert send(here, "/password", good).status_code == 302
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_whoever_has_left_is_shut_out_from_that_day_on(app, login) -> None:
    client = login("nurse")
    assert client.get("/").status_code == 200

    def leave(session) -> None:
        session.get_one(Staff, find_user(session, "nurse").staff_id).left = dt.date(2026, 1, 1)

    change(app, leave)
    assert client.get("/").status_code == 302
    right = {"login": "nurse", "password": "test-only-words-7"}
    assert send(app.test_client(), "/login", right).status_code == 200


def test_it_makes_accounts_for_a_department_and_prints_their_passwords_once(app, login) -> None:
    client = login("it")
    listed = page(client.get("/counter/"))
    assert "开 " in listed
    made = page(send(client, "/counter/accounts", {"department": "K02"}, page="/counter/"))
    with reading(app.extensions["hpf"].engine) as session:
        fresh = session.scalars(select(User).where(User.must_change)).all()
        assert fresh
        assert all(u.login in made and u.staff_id for u in fresh)
        assert "K02-1" not in {u.login for u in fresh}, "who has an account gets no second one"
    again = page(send(client, "/counter/accounts", {"department": "K02"}, page="/counter/"))
    assert "0 个一次性口令" in again


def test_it_resets_others_passwords_and_not_its_own(app, login) -> None:
    client = login("it")
    own = send(client, "/counter/reset", {"login": "it"}, page="/counter/")
    assert own.status_code == 422
    assert send(client, "/counter/reset", {"login": "office"}, page="/counter/").status_code == 200
    assert send(client, "/counter/reset", {"login": "nobody"}, page="/counter/").status_code == 422
    with reading(app.extensions["hpf"].engine) as session:
        assert find_user(session, "office").must_change


def test_a_password_is_kept_by_argon2_alone(app) -> None:
    with reading(app.extensions["hpf"].engine) as session:
        kept = session.scalars(select(User.password_hash)).all()
    assert kept
    assert all(k.startswith("$argon2id$") for k in kept)
    assert token(app.test_client(), "/login")
