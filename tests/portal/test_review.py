"""Review: every reason against a move with who must act, votes of a committee, tasks, records."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at


def body(client, path: str = "/review/") -> str:
    return client.get(path).get_data(as_text=True)


def test_a_move_that_is_refused_lists_every_reason_and_writes_nothing(login) -> None:
    office = login("office")
    shown = body(office)
    assert "还不能" in shown
    assert "management" not in shown.split("<h1>")[1].split("</h1>")[0]
    data = {"move": "start_collecting", "stage": "plan"}
    refused = send(office, "/review/move", data, "/review/")
    assert refused.status_code == 422
    text = refused.get_data(as_text=True)
    assert text.count('class="cure"') >= 3  # tasks of management and of each department
    assert "还没有。" in body(office)  # no move was made


def test_a_page_of_an_earlier_stage_is_a_conflict(login, portal_home) -> None:
    office = login("office")
    put_at(portal_home, "review", posted=False)
    data = {"move": "calculate_again", "stage": "plan", "why": "旧页面"}
    assert send(office, "/review/move", data, "/review/").status_code == 409
    data["stage"] = "review"
    assert send(office, "/review/move", data, "/review/").status_code == 302
    assert send(office, "/review/move", data, "/review/").status_code == 409  # sent twice
    assert "旧页面" in body(office)  # the move stands in the record, with its reason


def test_moves_are_not_for_finance_auditors_or_heads(login) -> None:
    data = {"move": "start_collecting", "stage": "plan"}
    for name in ("finance", "auditor"):
        assert send(login(name), "/review/move", data, "/review/").status_code == 403
    assert login("head").get("/review/").status_code == 403


@pytest.fixture
def seated(portal_home, login):
    """A committee of three with a ballot that is open."""
    put_at(portal_home, "review", posted=False)
    office = login("office")
    for name in ("president", "finance", "auditor", "office"):
        data = {"committee": "main", "name": "绩效考核委员会", "login": name}
        assert send(office, "/review/seats", data, "/review/").status_code == 302
    opened = {"committee": "main", "question": "同意九月结果"}
    assert send(office, "/review/ballots", opened, "/review/").status_code == 302
    return office


def vote(client, choice: str) -> int:
    return send(client, "/review/ballots/1/vote", {"choice": choice}, "/review/").status_code


def test_a_vote_counts_once_and_whoever_calculated_recuses_themselves(seated, login) -> None:
    president = login("president")
    assert vote(seated, "yes") == 422  # they calculated the run
    assert vote(seated, "recused") == 302
    assert vote(president, "yes") == 302
    assert vote(president, "no") == 422  # it stays
    assert vote(login("finance"), "yes") == 302
    assert send(login("finance"), "/review/ballots/1/close", {}, "/review/").status_code == 403
    assert send(seated, "/review/ballots/1/close", {}, "/review/").status_code == 302
    shown = body(seated)
    assert "同意九月结果" in shown
    assert "通过" in shown.split('id="votes"')[1]
    assert vote(login("auditor"), "no") == 422  # closed


def test_without_a_seat_there_is_no_vote(seated, login) -> None:
    head = login("head")
    path, page = "/review/ballots/1/vote", "/department/"
    assert send(head, path, {"choice": "no"}, page).status_code == 422


def test_an_improvement_item_and_its_result_are_of_the_own_department(portal_home, login) -> None:
    put_at(portal_home, "improve")
    head, page = login("head"), "/improve/"
    item = {"kind": "improvement", "department": homes.HEADED, "text": "缩短候诊"}
    assert send(head, "/improve/file", item, page).status_code == 302
    assert "缩短候诊" in body(head, page)
    other = {**item, "department": "K02"}
    assert send(head, "/improve/file", other, page).status_code == 404
    number = body(head, page).split('name="of" value="')[1].split('"')[0]
    result = {
        "kind": "result",
        "of": number,
        "department": homes.HEADED,
        "text": "由 40 分到 25 分",
    }
    assert send(head, "/improve/file", {**result, "of": "999"}, page).status_code == 404
    assert send(head, "/improve/file", result, page).status_code == 302
    assert "由 40 分到 25 分" in body(login("auditor"), page)
    assert login("nurse").get(page).status_code == 403


def test_departments_that_owe_one_task_stand_in_one_line_by_name(portal_home, login) -> None:
    put_at(portal_home, "final")
    body = login("office").get("/review/").get_data(as_text=True)
    moves = body.split('id="moves"')[1].split("</section>")[0]
    assert moves.count("个科室的任务还没有完成") == 1
    assert "16 个科室" in moves
    assert "内科、外科" in moves
    assert "K01" not in moves
    wanted = int(body.split("<h1>")[1].split("，差 ")[1].split(" ")[0])
    home = login("office").get("/").get_data(as_text=True)
    assert f"差 {wanted} 项" in home.split("<h1>")[1].split("</h1>")[0]


def test_a_task_of_one_s_own_waits_at_home_too(portal_home, login) -> None:
    """What the page of tasks asks of the IT desk, its home asks as well."""
    put_at(portal_home, "collect", posted=False)
    it = login("it")
    asked = it.get("/tasks/").get_data(as_text=True)
    home = it.get("/").get_data(as_text=True).split('id="waits"')[1].split("</section>")[0]
    assert "维护" in asked or "系统" in asked
    assert "现在没有等您处理的事" not in home
    assert 'href="/tasks/"' in home
