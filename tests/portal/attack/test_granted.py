"""An administrator who gives a right to a puppet is not alone with it: the president is told."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send

from hpf.storage.engine import writing
from hpf.storage.people import find_user, grant

pytestmark = pytest.mark.slow
TOLD = "能看全院绩效的权限"


def page(client) -> str:
    return client.get("/").get_data(as_text=True)


def test_rights_to_everybodys_pay_are_told_at_the_next_log_in(app, login) -> None:
    desk = app.extensions["hpf"]
    assert TOLD not in page(login("president")), "nothing was given since"
    with writing(desk.engine) as session:
        hospital = desk.settings.home.hospital(session)
        grant(session, find_user(session, "nurse"), "finance", hospital=hospital, by="it")
        grant(session, find_user(session, "county"), "expert", hospital=hospital, by="it")
        session.commit()
    for name in ("office", "it", "head", "nurse"):
        assert TOLD not in page(login(name)), f"{name} appoints nobody"
    told = page(login("president"))
    assert f"有 1 项{TOLD}" in told
    assert "nurse (财务科, it)" in told
    again = login("president")
    assert TOLD not in page(again), "once"
    data = {"old": homes.PASSWORD, "new": "a-long-new-one-9", "again": "a-long-new-one-9"}
    assert send(again, "/password", data).status_code == 302
    assert TOLD not in page(again)
