"""The accounts that `hpf demo --serve` opens: one a role, with passwords that serve once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from portal_forms import send
from rich.console import Console
from sqlalchemy import select

from hpf.portal.rights import Role, load
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, User
from hpf_cli.demo_serve import LOGINS, drawn, open_accounts


def test_each_role_has_an_account_that_may_first_of_all_change_its_password(
    portal_home: Home, app
) -> None:
    shown = open_accounts(portal_home)
    assert [one.role for one in shown] == list(Role)
    with app.app_context():
        engine = portal_home.engine()
        with reading(engine) as session:
            hospital = portal_home.hospital(session)
            for one in shown:
                user = session.scalars(select(User).where(User.login == one.login)).one()
                assert "合成" in user.name
                assert one.role in load(session, hospital, user).roles
                assert user.must_change
        engine.dispose()
    for one in shown:
        client = app.test_client()
        given = {"login": one.login, "password": one.password}
        assert send(client, "/login", given).status_code == 302
        assert client.get("/").headers["Location"].endswith("/password"), one.login


def test_again_gives_new_passwords_and_the_old_ones_are_over(portal_home: Home, app) -> None:
    first = open_accounts(portal_home)
    again = open_accounts(portal_home)
    words = {one.password for one in (*first, *again)}
    assert len(words) == 2 * len(LOGINS)
    assert [(o.login, o.whose) for o in first] == [(o.login, o.whose) for o in again]
    old = {"login": first[0].login, "password": first[0].password}
    assert send(app.test_client(), "/login", old).status_code == 200
    new = {"login": again[0].login, "password": again[0].password}
    assert send(app.test_client(), "/login", new).status_code == 302


def test_no_password_stands_in_a_file_and_the_audit_says_synthetic(portal_home: Home) -> None:
    shown = open_accounts(portal_home)
    files = [p.read_bytes() for p in Path(portal_home.folder).rglob("*") if p.is_file()]
    assert not any(one.password.encode() in file for one in shown for file in files)
    engine = portal_home.engine()
    with reading(engine) as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.object == "user:demo-it"))
        found = {e.action: e.detail for e in entries}
    engine.dispose()
    assert set(found) == {"user.created", "user.role_granted"}
    assert all(detail["synthetic"] == "demo" for detail in found.values())


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_table_names_role_account_password_and_person(portal_home: Home, lang: str) -> None:
    shown = open_accounts(portal_home)
    paper = io.StringIO()
    Console(file=paper, width=100).print(drawn(shown, lang))
    lines = paper.getvalue().splitlines()
    for one in shown:
        (line,) = [x for x in lines if one.login in x]
        assert one.password in line
        assert one.role.names.say(lang) in line
        assert one.whose.say(lang) in line
    head, staff = (next(o for o in shown if o.role is r) for r in (Role.HEAD, Role.STAFF))
    assert head.whose.en.startswith("department ")
    assert staff.whose.en.startswith("staff ")
