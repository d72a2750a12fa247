"""Sessions: they begin afresh, end for good, and hold no longer than the right does."""

from __future__ import annotations

import datetime as dt
import time

import portal_homes as homes
from portal_forms import send, token
from sqlalchemy import select

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import writing
from hpf.storage.models import User, UserRole

PASSWORD = homes.PASSWORD


def test_a_cookie_that_was_copied_opens_nothing_after_the_log_out(app, login) -> None:
    client = login("office")
    copied = client.get_cookie("hpf").value
    thief = app.test_client()
    thief.set_cookie("hpf", copied)
    assert thief.get("/").status_code == 200, "a copy is as good as the session, while it lasts"
    assert send(client, "/logout", {}, page="/").status_code == 302
    for path in ("/", "/pay/", "/admin/staff/"):
        assert thief.get(path).headers["Location"].startswith("/login"), path


def test_a_token_planted_before_the_log_in_is_worth_nothing_after_it(app) -> None:
    """Whoever put a cookie of their own into a browser knows its token; not the one after."""
    client = app.test_client()
    planted = token(client, "/login")
    data = {"login": "it", "password": PASSWORD, "csrf_token": planted}
    before = client.get_cookie("hpf").value
    assert client.post("/login", data=data).status_code == 302
    assert client.get_cookie("hpf").value != before
    told = client.post("/counter/reset", data={"login": "office", "csrf_token": planted})
    assert told.status_code == 400
    assert send(client, "/counter/reset", {"login": "office"}, page="/counter/").status_code == 200


def test_a_session_ends_hours_after_the_log_in_however_busy_it_is(app, login, monkeypatch) -> None:
    client, begun = login("office"), dt.datetime.now(dt.UTC)

    def after(hours: float) -> None:
        later = begun + dt.timedelta(hours=hours)
        monkeypatch.setattr("hpf.portal.sessions.now", lambda: later)

    for hours in (1, 6, 11):
        after(hours)
        assert client.get("/").status_code == 200, hours
    after(12.1)
    assert client.get("/").headers["Location"].startswith("/login")
    assert client.post("/calculate/seal").status_code in (400, 401), "nor does a form go through"
    monkeypatch.undo()
    assert client.get("/").headers["Location"].startswith("/login"), "it is over, not paused"
    assert 'lang="zh-CN"' in client.get("/login").get_data(as_text=True)


def test_a_session_that_lies_idle_ends(portal_home) -> None:
    made = create_app(PortalSettings(portal_home, b"k" * 32, session_hours=1))
    client = made.test_client()
    assert send(client, "/login", {"login": "it", "password": PASSWORD}).status_code == 302
    made.config["PERMANENT_SESSION_LIFETIME"] = 0
    time.sleep(1.1)
    assert client.get("/").headers["Location"].startswith("/login")
    made.extensions["hpf"].engine.dispose()


def test_a_cookie_that_is_made_up_is_nobodys(app) -> None:
    for cookie in ("", "x.y.z", "eyJfdXNlcl9pZCI6IjEifQ.aaaa.bbbb", "é" * 9):
        client = app.test_client()
        client.set_cookie("hpf", cookie)
        assert client.get("/").headers["Location"].startswith("/login"), cookie


def test_a_role_that_was_taken_is_gone_with_the_next_page(app, login) -> None:
    client = login("finance")
    assert client.get("/pay/").status_code == 200
    with writing(app.extensions["hpf"].engine) as session:
        user = session.scalars(select(User).where(User.login == "finance")).one()
        for role in session.scalars(select(UserRole).where(UserRole.user_id == user.id)):
            session.delete(role)
        session.commit()
    assert client.get("/pay/").status_code == 403
    assert client.post("/pay/make", data={"run": "1"}).status_code in (400, 403)


def test_a_static_file_carries_no_session(login) -> None:
    """A cache on the way may keep what everybody gets."""
    client = login("office")
    answer = client.get("/static/portal.css")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in client.get("/").headers


def test_pages_that_were_seen_are_not_kept_by_the_browser(login) -> None:
    """`Back` after the log-out shows nothing: also for files, refusals and pages of errors."""
    client = login("finance")
    for path in ("/", "/pay/", "/admin/staff/export/csv/", "/nothing", "/counter/", "/mine/"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store", path
        assert "ETag" not in answer.headers, path
        assert "Last-Modified" not in answer.headers, path
