"""Pay: for finance alone, from what is final, once; files hold what the batch says and no more."""

from __future__ import annotations

import json
import platform
import re
from decimal import Decimal

import pytest
from portal_forms import send
from portal_posted import put_at
from sqlalchemy import select

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import writing
from hpf.storage.models import User
from hpf.storage.people import grant

PAGE = "/pay/"


@pytest.fixture
def batch(portal_home, login) -> tuple[object, str]:
    """Finance, and the code of the batch that it made in cash."""
    run = put_at(portal_home, "final")
    finance = login("finance")
    answer = send(finance, "/pay/make", {"run": str(run), "cash": "1"}, PAGE)
    assert answer.status_code == 302, answer.get_data(as_text=True)[-800:]
    return finance, answer.headers["Location"].rpartition("/")[2]


def test_before_it_is_final_the_reason_is_given_and_nothing_is_made(portal_home, login) -> None:
    run = put_at(portal_home, "publicise")
    finance = login("finance")
    shown = finance.get(PAGE).get_data(as_text=True)
    assert "还不能发放" in shown
    refused = send(finance, "/pay/make", {"run": str(run), "cash": "1"}, PAGE)
    assert refused.status_code == 422
    assert "公示" in refused.get_data(as_text=True)
    assert "还没有批次" in finance.get(PAGE).get_data(as_text=True)


def test_a_batch_is_made_once_and_adds_up(batch, amounts) -> None:
    finance, code = batch
    shown = finance.get(f"/pay/{code}").get_data(as_text=True)
    lines = re.findall(r'<td class="n">([\d,.]+)</td></tr>', shown)
    *each, total = [Decimal(x.replace(",", "")) for x in lines]
    assert sum(each) == total
    again = send(finance, "/pay/make", {"run": "1", "cash": "1"}, PAGE)
    assert again.status_code == 422
    assert finance.get(PAGE).get_data(as_text=True).count(code) >= 1


def test_the_button_says_how_many_people_and_how_much_the_batch_will_pay(
    portal_home, login
) -> None:
    run = put_at(portal_home, "final")
    finance = login("finance")
    shown = finance.get(PAGE).get_data(as_text=True)
    people, total = re.search(r"生成批次：(\d+) 人，([\d,.]+) 元", shown).groups()
    made = send(finance, "/pay/make", {"run": str(run), "cash": "1"}, PAGE)
    title = finance.get(made.headers["Location"]).get_data(as_text=True).split("<h1>")[1]
    assert f"{people} 人，{total} 元" in title.split("</h1>")[0]
    assert f"已生成 {people} 笔" in finance.get(PAGE).get_data(as_text=True)


def test_its_states_follow_each_other_and_a_return_wants_its_reason(batch) -> None:
    finance, code = batch
    page, path = f"/pay/{code}", f"/pay/{code}/mark"
    assert send(finance, path, {"state": "paid"}, page).status_code == 422  # not sent yet
    assert send(finance, path, {"state": "sent"}, page).status_code == 302
    returned = {"state": "returned", "ids": "K02-1"}
    assert send(finance, path, returned, page).status_code == 422
    assert send(finance, path, {**returned, "reason": "户名不符"}, page).status_code == 302
    assert "户名不符" in finance.get(page).get_data(as_text=True)
    again = send(finance, f"/pay/{code}/again", {"reason": "已更正", "cash": "1"}, page)
    assert again.status_code == 302
    assert again.headers["Location"] != page


def test_a_file_is_sent_and_left_nowhere(batch, portal_home) -> None:
    finance, code = batch
    answer = send(finance, f"/pay/{code}/file", {"format": "csv"}, f"/pay/{code}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"K02-1" in answer.data
    left = [p for p in portal_home.folder.rglob("*") if p.suffix in (".csv", ".xlsx")]
    assert left == []
    wrong = send(finance, f"/pay/{code}/file", {"format": "exe"}, f"/pay/{code}")
    assert wrong.status_code == 400


def test_nobody_but_finance_gets_at_a_batch(batch, login) -> None:
    _, code = batch
    for name in ("president", "office", "head", "nurse", "auditor", "it", "county"):
        client = login(name)
        assert client.get(PAGE).status_code == 403, name
        assert client.get(f"/pay/{code}").status_code == 403, name
        page = "/password"
        assert send(client, f"/pay/{code}/file", {"format": "csv"}, page).status_code == 403, name


def test_a_batch_that_does_not_exist(login) -> None:
    assert login("finance").get("/pay/NONE").status_code == 404


def test_whoever_sealed_the_run_is_kept_from_paying_it(portal_home, login) -> None:
    """An account with both roles still needs a second person, and is told so before it tries."""
    run = put_at(portal_home, "final")
    engine = portal_home.engine()
    with writing(engine) as session:
        both = session.scalars(select(User).where(User.login == "office")).one()
        hospital = portal_home.hospital(session)
        grant(session, both, "finance", hospital=hospital, department="", by="it")
        session.commit()
    engine.dispose()
    office = login("office")
    shown = office.get(PAGE).get_data(as_text=True)
    assert "由另一个账号生成批次" in shown
    refused = send(office, "/pay/make", {"run": str(run), "cash": "1"}, PAGE)
    assert refused.status_code == 422
    assert "还没有批次" in office.get(PAGE).get_data(as_text=True)
    assert send(login("finance"), "/pay/make", {"run": str(run), "cash": "1"}, PAGE).status_code \
        == 302  # fmt: skip


def test_what_a_killed_server_left_is_gone_at_the_next_start(portal_home, tmp_path) -> None:
    left = tmp_path / "hpf-pay-x"
    left.mkdir()
    (left / "list.csv").write_text("6222000000000001")
    note = portal_home.keys / "paying-0-x.json"
    note.write_text(json.dumps({"process": 2**22 + 1, "machine": platform.node(),
                                "paths": [str(left)]}))  # fmt: skip
    create_app(PortalSettings.of(portal_home)).extensions["hpf"].engine.dispose()
    assert (left.exists(), note.exists()) == (False, False)
