"""Before the log-in: a whole hospital behind one address gets in, and whoever guesses does not."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send

from hpf.portal import PortalSettings, create_app

RIGHT = {"login": "nurse", "password": homes.PASSWORD}
WRONG = {"login": "nobody", "password": "guess"}


def test_right_passwords_do_not_use_up_what_wrong_ones_may(portal_home) -> None:
    app = create_app(PortalSettings(portal_home, b"k" * 32, login_rate="2/minute"))
    for _ in range(4):
        assert send(app.test_client(), "/login", RIGHT).status_code == 302
    found = [send(app.test_client(), "/login", WRONG).status_code for _ in range(3)]
    assert found == [200, 200, 429]
    app.extensions["hpf"].engine.dispose()


@pytest.mark.slow
def test_six_hundred_people_of_one_address_log_in_within_a_minute(app, monkeypatch) -> None:
    """Three pages each; the settings are those of a hospital that set nothing. Hashing is left
    out: it takes time and decides nothing here."""
    monkeypatch.setattr("hpf.portal.accounts.check_password", lambda given, _: given == "right")
    monkeypatch.setattr("hpf.portal.accounts.outdated", lambda _: False)
    for number in range(600):
        client = app.test_client()
        assert client.get("/").status_code == 302, number
        answer = send(client, "/login", {"login": "nurse", "password": "right"})
        assert answer.status_code == 302, number


def test_no_other_verb_opens_a_page_to_nobody(app) -> None:
    client = app.test_client()
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"):
        for path in ("/", "/pay/", "/mine/", "/admin/users/", "/counter/reset", "/calculate/seal"):
            answer = client.open(path, method=method)
            assert answer.status_code in (302, 401, 400, 405), (method, path, answer.status_code)
            leads = answer.headers.get("Location", "/login")
            assert leads.startswith("/login"), (method, path)


def test_a_verb_in_a_header_or_a_field_is_not_taken_for_one(login) -> None:
    client = login("it")
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        answer = client.get("/counter/reset?_method=POST&login=office", headers={name: "POST"})
        assert answer.status_code == 405, name


def test_no_header_makes_another_host_or_address(app) -> None:
    """No proxy stands in front of this one: what such headers say counts for nothing."""
    client = app.test_client()
    for header in ("Host", "X-Forwarded-Host", "X-Forwarded-For", "Forwarded"):
        evil = "evil.example" if header != "Forwarded" else "host=evil.example"
        answer = client.get("/", headers={header: evil})
        told = answer.headers.get("Location", "") + answer.get_data(as_text=True)
        assert "evil" not in told, header
        assert answer.status_code == (400 if header == "Host" else 302), header


def test_an_address_that_is_made_up_does_not_escape_the_limit(portal_home) -> None:
    app = create_app(PortalSettings(portal_home, b"k" * 32, login_rate="1/minute"))
    found = []
    for number in range(3):
        client = app.test_client()
        client.environ_base["HTTP_X_FORWARDED_FOR"] = f"10.0.0.{number}"
        found.append(send(client, "/login", WRONG).status_code)
    assert found == [200, 429, 429]
    app.extensions["hpf"].engine.dispose()


TARGETS = (
    "//evil.example", "/\\evil.example", "/\t/evil.example", "\t//evil.example",
    "/%09/evil.example", "https:evil.example", "https:///evil.example", "javascript:alert(1)",
    "/\n/evil.example", "data:text/html,x", "/..//evil.example", "/%2F%2Fevil.example",
    "http://localhost@evil.example/",
)  # fmt: skip


def test_neither_log_in_nor_language_leads_elsewhere(app, login) -> None:
    client = login("office")
    for target in TARGETS:
        for answer in (
            send(client, "/language", {"lang": "zh", "next": target}, page="/"),
            send(app.test_client(), "/login", {**RIGHT, "next": target}),
        ):
            leads = answer.headers.get("Location", "/")
            inside = leads.startswith("/") and not leads.startswith(("//", "/\\", "/\t"))
            assert inside, (target, leads)
            assert "\n" not in leads


def test_the_log_in_page_says_nothing_of_who_there_is(app) -> None:
    """The same answer for a name there is, one there is none of, and one that is no name."""
    said = set()
    for name in ("office", "nobody", "' OR 1=1 --", "x" * 5000, "办公室"):
        answer = send(app.test_client(), "/login", {"login": name, "password": "wrong"})
        assert answer.status_code == 200
        body = answer.get_data(as_text=True)
        start = body.index('role="alert"')
        said.add(body[start : body.index("</div>", start)])
    assert len(said) == 1
