"""My pay: one's own amount with its arithmetic, nobody else's, and not before it is approved."""

from __future__ import annotations

import re
from decimal import Decimal

import portal_homes as homes
import portal_october
import pytest
from portal_posted import put_at

from hpf.reports.figures import money

NURSE = homes.PERSON["nurse"]


def page(client, path: str = "/mine/") -> str:
    return client.get(path).get_data(as_text=True)


def test_before_approval_not_even_ones_own_amount_is_shown(login, amounts) -> None:
    body = page(login("nurse"))
    assert "还没有公布" in body
    assert money(amounts[NURSE]) not in body
    slip = f"/mine/slip/township/{homes.PERIOD}/{NURSE}.pdf"
    assert login("nurse").get(slip).status_code == 404


def test_the_lines_add_up_to_the_total_and_each_bears_its_arithmetic(
    portal_home, login, amounts
) -> None:
    put_at(portal_home, "publicise")
    body = page(login("nurse"))
    assert money(amounts[NURSE]) in body
    lines = re.findall(r'<span class="sum[^"]*">([^<]+)</span>', body)
    total = sum(Decimal(x.replace(",", "").replace("−", "-")) for x in lines)
    assert total == amounts[NURSE]
    assert "0.00" in lines  # a zero is shown, with its reason
    assert "所以是 0.00" in body
    assert "停用" in body  # what the law suspended


def test_nobody_elses_amount_is_on_it(portal_home, login, amounts) -> None:
    put_at(portal_home, "publicise")
    client = login("nurse")
    new = f"/appeals/new?scheme=township&period={homes.PERIOD}"
    for path in ("/mine/", "/appeals/mine", new):
        body = page(client, path).replace(",", "")
        assert all(f"{v:.2f}" not in body for i, v in amounts.items() if i != NURSE), path


def test_a_slip_opens_for_its_owner_and_for_whom_its_pay_is_open_to(portal_home, login) -> None:
    put_at(portal_home, "publicise")

    def status(name: str, id: str) -> int:
        return login(name).get(f"/mine/slip/township/{homes.PERIOD}/{id}.pdf").status_code

    assert status("nurse", "K02-2") == 404
    assert status("head", NURSE) == 404
    assert status("it", NURSE) == 404
    assert status("county", NURSE) == 404
    assert status("nurse", "NOBODY") == 404


@pytest.mark.slow
def test_the_slip_is_a_pdf_to_be_kept(portal_home, login) -> None:
    put_at(portal_home, "publicise")
    path = f"/mine/slip/township/{homes.PERIOD}/{NURSE}.pdf"
    for name in ("nurse", "finance"):
        answer = login(name).get(path)
        assert answer.status_code == 200
        assert answer.data[:5] == b"%PDF-"
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_who_can_see_the_page_is_said_on_it_and_it_is_whole_in_english(portal_home, login) -> None:
    put_at(portal_home, "publicise")
    client = login("nurse")
    body = page(client)
    for word in ("院领导", "绩效办", "财务科", "审计", "科室负责人"):
        assert word in body.split('class="seen"')[1]
    with client.session_transaction() as kept:
        kept["lang"] = "en"
    english = page(client)
    assert "Paid this period" in english
    assert "Choose a line and appeal" in english


def test_an_account_of_no_person_has_no_such_page(login) -> None:
    assert login("finance").get("/mine/").status_code == 403


PAGES = ("/mine/", "/appeals/mine", "/appeals/", "/department/", "/publicity/",
         "/review/", "/improve/", "/pay/")  # fmt: skip


def test_once_posted_no_page_shows_anybody_an_amount_that_is_not_theirs(
    portal_home, login, amounts
) -> None:
    put_at(portal_home, "publicise")
    seen = {
        "nurse": {NURSE},
        "head": {i for i in amounts if i.startswith(f"{homes.HEADED}-")},
        "it": set(),
        "county": set(),
    }
    for name, own in seen.items():
        client = login(name)
        for path in PAGES:
            body = page(client, path).replace(",", "")
            shown = {i for i, v in amounts.items() if f"{v:.2f}" in body}
            assert shown <= own, (name, path)


def test_a_change_is_told_line_by_line_and_adds_up(portal_home, login, tmp_path) -> None:
    portal_october.seal(portal_home, tmp_path / "october")
    put_at(portal_home, "publicise")
    client, path = login("nurse"), "/mine/?scheme=township&period=2026-10"
    assert "还没有公布" in page(client, path)  # its cycle is not even planned
    put_at(portal_home, "publicise", period=portal_october.OCTOBER)
    body = page(client, path)
    change = re.search(r"合计变化</span><span>([+−][\d,.]+)</span>", body)
    parts = re.findall(r'<span class="said">([^<]+)</span>', body)
    assert change
    assert len(parts) > 1
    number = [Decimal(x.replace(",", "").replace("−", "-")) for x in (*parts, change[1])]
    assert sum(number[:-1]) == number[-1]
    first = re.search(
        r'<p class="against">比 9月多 ([\d,.]+) 元，主要因为(.+?) ([+−][\d,.]+)', body
    )
    assert first, "one sentence at the top: how much more, and what did most of it"
    assert Decimal(first[1].replace(",", "")) == number[-1]
    assert first[3] == parts[0], "the largest part"
    assert "2026年9月" in body  # the earlier period
