"""Deeds of many pages, one after the other: each that changes something has its entry in the audit
trail, in the same transaction. The watch itself notices one that has none."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_audited import audited
from portal_forms import send, token
from portal_posted import put_at

from hpf.portal.database import writing
from hpf.storage.models import Committee
from hpf.storage.people import find_user

pytestmark = pytest.mark.slow


def test_the_watch_notices_a_change_without_an_entry(app) -> None:
    hospital = app.extensions["hpf"].hospital
    with pytest.raises(AssertionError, match="Committee"), audited():  # noqa: SIM117
        with app.test_request_context("/"), writing() as session:
            session.add(Committee(hospital_id=hospital, code="x", name="x"))


def test_every_deed_has_its_entry(app, login, portal_home) -> None:
    put_at(portal_home, "review", posted=False)
    with audited():
        office = login("office")
        for name in ("president", "finance", "auditor"):
            data = {"committee": "main", "name": "绩效考核委员会", "login": name}
            assert send(office, "/review/seats", data, "/review/").status_code == 302
        data = {"committee": "main", "question": "同意九月结果"}
        assert send(office, "/review/ballots", data, "/review/").status_code == 302
        vote = {"choice": "yes"}
        for name in ("president", "finance"):
            client = login(name)
            sent = send(client, "/review/ballots/1/vote", vote, "/review/")
            assert sent.status_code == 302
        data = {"move": "calculate_again", "stage": "review", "why": "再算一次"}
        assert send(office, "/review/move", data, "/review/").status_code == 302
        it = login("it")
        assert send(it, "/counter/reset", {"login": "head"}, "/counter/").status_code == 200
        assert send(it, "/counter/accounts", {"department": "K03"}, "/counter/").status_code == 200
        data = {"deed": "shut", "sure": "1", "rowid": str(_number(app, "county"))}
        assert send(it, "/admin/users/bulk/", data, "/counter/").status_code == 302
        new = "a-long-new-one-9"
        data = {"old": homes.PASSWORD, "new": new, "again": new}
        assert send(it, "/password", data).status_code == 302
        assert (
            send(it, "/language", {"lang": "en", "next": "/"}, page="/counter/").status_code == 302
        )
        assert send(it, "/logout", {}, page="/counter/").status_code == 302
        for _ in range(5):
            send(app.test_client(), "/login", {"login": "nurse", "password": "wrong"})
    run = put_at(portal_home, "final")
    with audited():
        finance = login("finance")
        made = send(finance, "/pay/make", {"run": str(run), "cash": "1"}, "/pay/")
        assert made.status_code == 302
        code = made.headers["Location"].rpartition("/")[2]
        data = {"csrf_token": token(finance, "/pay/"), "state": "sent"}
        assert finance.post(f"/pay/{code}/mark", data=data).status_code == 302


def _number(app, login: str) -> int:
    with app.test_request_context("/"), writing() as session:
        return find_user(session, login).id
