"""The board: each viewer the columns that were decided, by default nobody's amount."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at

from hpf.reports.figures import money

NURSE = homes.PERSON["nurse"]
PAGE = "/publicity/"


def body(client) -> str:
    return client.get(PAGE).get_data(as_text=True)


def test_before_posting_staff_see_nothing_of_it(reader, amounts) -> None:
    shown = body(reader("nurse"))
    assert "还没有公示" in shown
    assert "外科02" not in shown


def test_by_default_the_own_departments_names_and_sum_and_nobodys_amount(
    portal_home, login, amounts
) -> None:
    put_at(portal_home, "publicise")
    shown = body(login("nurse"))
    assert "外科02" in shown
    assert "内科02" not in shown
    assert "25,077.72" in shown  # eight people: nothing can be read off their sum
    assert all(money(v) not in shown for i, v in amounts.items() if i != NURSE)
    assert login("it").get(PAGE).status_code == 403


def test_what_was_decided_holds_and_amounts_never_reach_further_than_names(
    portal_home, login, amounts
) -> None:
    put_at(portal_home, "publicise")
    office, nurse = login("office"), login("nurse")
    wide = {"names": "own", "sums": "all", "amounts": "all", "reason": "职代会决定"}
    assert send(office, "/publicity/columns", wide, PAGE).status_code == 422
    assert send(nurse, "/publicity/columns", wide, PAGE).status_code == 403
    good = {**wide, "amounts": "own"}
    assert send(office, "/publicity/columns", {**good, "reason": ""}, PAGE).status_code == 422
    assert send(office, "/publicity/columns", good, PAGE).status_code == 302
    shown = body(nurse)
    assert money(amounts["K02-2"]) in shown
    assert money(amounts["K01-2"]) not in shown
    assert "妇产科" in shown  # seven people
    assert "不足 6 人" in shown  # a sum of few gives somebody away


def test_posting_and_feedback_are_recorded_in_season(portal_home, login) -> None:
    put_at(portal_home, "review", posted=False)
    office = login("office")
    assert send(office, "/publicity/post", {"where": "公示栏"}, PAGE).status_code == 422
    put_at(portal_home, "publicise", posted=False)
    assert send(office, "/publicity/post", {"where": " "}, PAGE).status_code == 422
    assert send(office, "/publicity/post", {"where": "门诊公示栏"}, PAGE).status_code == 302
    assert "门诊公示栏" in body(office)
    told = {"how": "发放绩效单", "people": "K02-1，K02-2"}
    assert send(office, "/publicity/inform", told, PAGE).status_code == 302
    assert "2 / 62" in body(office)
    assert send(login("finance"), "/publicity/inform", told, PAGE).status_code == 403


@pytest.mark.parametrize("day", ["x", "2999-01-01"])
def test_no_day_that_is_none(portal_home, login, day: str) -> None:
    put_at(portal_home, "publicise", posted=False)
    answer = send(login("office"), "/publicity/post", {"where": "墙", "day": day}, PAGE)
    assert answer.status_code in (400, 422)
