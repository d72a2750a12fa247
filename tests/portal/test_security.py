"""What surrounds every answer: headers, tokens, limits, languages, periods, error pages."""

from __future__ import annotations

import re

import pytest
from portal_forms import send
from sqlalchemy.exc import OperationalError

from hpf.portal import PortalSettings, create_app
from hpf.storage.home import Home
from hpf.storage.troubles import StorageError


def page(answer) -> str:
    return answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/login", "/", "/nothing", "/static/portal.css"])
def test_every_answer_has_its_headers(reader, path: str) -> None:
    answer = reader("office").get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert re.search(r"script-src 'self' 'nonce-[^']{20,}'", policy)
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert ("no-store" in answer.headers["Cache-Control"]) is not path.startswith("/static")


def test_no_page_has_inline_scripts_handlers_or_styles(reader) -> None:
    """The policy would stop them; a page that needs them would be broken without a word."""
    client = reader("office")
    for path in ("/", "/admin/departments/", "/verify/", "/password", "/nothing"):
        body = page(client.get(path))
        assert not re.search(r"<script(?![^>]*\bsrc=)", body), path
        assert not re.search(r"\son[a-z]+=", body), path
        assert not re.search(r"\sstyle=", body), path
        assert "http://" not in body.replace("http://www.w3.org", ""), path


def test_the_cookie_of_a_session_is_shut_to_scripts_and_other_sites(login, portal_home) -> None:
    cookie = login("office").get_cookie("hpf")
    assert cookie.http_only
    assert cookie.same_site == "Lax"
    secure = create_app(PortalSettings(portal_home, b"k" * 32, https=True))
    answer = secure.test_client().get("/login", base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in answer.headers
    secure.extensions["hpf"].engine.dispose()


@pytest.mark.parametrize("path", ["/login", "/logout", "/language", "/password", "/counter/reset"])
def test_a_form_without_its_token_changes_nothing(app, login, path: str) -> None:
    client = login("it")
    answer = client.post(path, data={"lang": "en", "login": "office", "old": "x", "new": "y"})
    assert answer.status_code in (302, 400)
    if path != "/login":
        assert answer.status_code == 400
        assert "什么都没有写入" in page(answer)
    assert client.get("/").status_code == 200, "still logged in"


def test_a_host_that_is_not_ours_is_not_answered(app) -> None:
    assert app.test_client().get("/login", headers={"Host": "evil.example"}).status_code == 400


def test_too_many_log_ins_from_one_address_are_told_so(portal_home: Home) -> None:
    app = create_app(PortalSettings(portal_home, b"k" * 32, login_rate="2/minute"))
    answers = [
        send(app.test_client(), "/login", {"login": "nobody", "password": "x"}) for _ in range(3)
    ]
    assert [a.status_code for a in answers] == [200, 200, 429]
    assert "稍等一分钟" in page(answers[-1])
    app.extensions["hpf"].engine.dispose()


def test_an_upload_beyond_the_bound_is_refused_with_words(portal_home: Home) -> None:
    app = create_app(PortalSettings(portal_home, b"k" * 32, upload_mb=1))
    answer = app.test_client().post("/login", data={"login": "x" * 1_200_000})
    assert answer.status_code == 413
    assert "文件太大" in page(answer)
    app.extensions["hpf"].engine.dispose()


def test_a_defect_gets_a_number_that_the_log_bears_too(app, login, monkeypatch, caplog) -> None:
    client = login("office")
    secret = "salary 4711.11"

    def break_down(*_args: object) -> None:
        raise RuntimeError(secret)

    monkeypatch.setattr("hpf.portal.pages.home.marks", break_down)
    answer = client.get("/")
    assert answer.status_code == 500
    number = answer.headers["X-Error-Number"]
    assert re.fullmatch(r"E-[A-Z0-9]{4}-\d{4}", number)
    assert number in page(answer)
    assert number in caplog.text
    assert secret not in page(answer)
    assert "Traceback" not in page(answer)


def test_a_database_that_is_gone_gets_a_page_of_its_own(app, login, monkeypatch) -> None:
    client = login("office")

    def gone(*_args: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("database is locked"))

    monkeypatch.setattr("hpf.portal.pages.home.place", gone)
    answer = client.get("/")
    assert answer.status_code == 503
    assert "数据库暂时用不了" in page(answer)


def test_even_without_any_database_the_page_stands(app, login, monkeypatch) -> None:
    client = login("office")

    def gone(*_args: object, **_more: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    monkeypatch.setattr("hpf.storage.engine.reading", gone)
    answer = client.get("/")
    assert answer.status_code == 503
    assert answer.headers["X-Error-Number"] in page(answer)


def test_language_is_switched_and_remembered(app, login) -> None:
    client = login("office")
    assert 'lang="zh-CN"' in page(client.get("/"))
    answer = send(client, "/language", {"lang": "en", "next": "/verify/"}, page="/")
    assert answer.headers["Location"] == "/verify/"
    english = page(client.get("/"))
    assert '<html lang="en">' in english
    left = re.sub(r'<button[^>]*lang="zh-CN">中文</button>', "", english)
    left = left.replace("示例乡镇卫生院（合成数据）", "")
    assert not re.findall(r"[\u4e00-\u9fff]+", left), "no Chinese is left but the hospital's name"
    assert '<html lang="en">' in page(login("office").get("/")), "at the next log-in as well"


def test_language_leads_nowhere_else(app, login) -> None:
    answer = send(login("office"), "/language", {"lang": "en", "next": "//evil.example"}, page="/")
    assert answer.headers["Location"] == "/"


def test_a_period_is_chosen_kept_and_refused_where_there_is_none(login) -> None:
    client = login("office")
    assert client.get("/?period=2026-09").status_code == 200
    assert client.get("/").status_code == 200
    for wrong in ("2025-01", "nonsense", "'; DROP TABLE users"):
        assert client.get("/", query_string={"period": wrong}).status_code == 404, wrong


def test_settings_tell_all_that_is_wrong_at_once(portal_home: Home) -> None:
    text = portal_home.file.read_text("utf-8")
    portal_home.file.write_text(
        text + '\n[portal]\nhots = ["x"]\nhttps = "yes"\nsession_hours = 0\nlogin_rate = "many"\n',
        "utf-8",
    )
    with pytest.raises(StorageError) as stopped:
        PortalSettings.of(Home.open(portal_home.folder))
    names = {p.name for p in stopped.value.problems}
    assert names == {"portal.hots", "portal.https", "portal.session_hours", "portal.login_rate"}


def test_the_key_of_sessions_is_made_once_for_its_owner_alone(portal_home: Home) -> None:
    first = PortalSettings.of(portal_home)
    assert PortalSettings.of(portal_home).key == first.key
    path = portal_home.keys / "portal.key"
    assert path.stat().st_mode & 0o077 == 0
    assert first.key.hex() not in repr(first)
    path.write_bytes(b"short")
    with pytest.raises(StorageError):
        PortalSettings.of(portal_home)
