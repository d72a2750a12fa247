"""My tasks: whoever has a part in the cycle does it there, without looking at everybody's pay."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at
from sqlalchemy import select

from hpf.storage.engine import reading, writing
from hpf.storage.models import Appeal, Cycle, Filing, Task, Vote

PAGE = "/tasks/"


def body(client, path: str = PAGE) -> str:
    return client.get(path).get_data(as_text=True)


def kept(home, model) -> list:
    engine = home.engine()
    with reading(engine) as session:
        found = list(session.scalars(select(model)))
        session.expunge_all()
    engine.dispose()
    return found


def file(client, **given: str) -> int:
    return send(client, "/tasks/file", given, PAGE).status_code


def test_a_member_of_the_committee_without_any_role_votes(portal_home, login, amounts) -> None:
    put_at(portal_home, "review", posted=False)
    office, nurse = login("office"), login("nurse")
    assert PAGE not in body(nurse, "/"), "without a part in the cycle there is no such page"
    seat = {"committee": "main", "name": "绩效考核委员会", "login": "nurse"}
    send(office, "/review/seats", seat, "/review/")
    asked = {"committee": "main", "question": "同意九月结果"}
    assert send(office, "/review/ballots", asked, "/review/").status_code == 302
    for path in ("/", PAGE):
        assert "同意九月结果" in body(nurse, path)
    assert f'href="{PAGE}"' in body(nurse, "/")
    shown = body(nurse)
    own = homes.PERSON["nurse"]
    assert not [i for i, v in amounts.items() if i != own and f"{v:,.2f}" in shown]
    gone = send(nurse, "/review/ballots/1/vote", {"choice": "yes"}, PAGE)
    assert gone.headers["Location"] == PAGE
    assert [v.choice for v in kept(portal_home, Vote)] == ["yes"]
    assert "同意九月结果" not in body(nurse)


def test_the_parties_put_on_file_what_the_plan_stage_wants(portal_home, login) -> None:
    president, office, head = login("president"), login("office"), login("head")
    assert "管理层还没有确定总目标" in body(office, "/")
    goal = {"kind": "goal", "text": "缩短候诊", "with-purpose": "efficiency"}
    assert file(president, **goal) == 302
    assert file(president, kind="focus", text="成本与服务量") == 302
    done = {"task": "S1-2.1-1", "text": "已登记", "back": "tasks"}
    told = send(president, "/review/tasks", done, PAGE)
    assert told.headers["Location"] == PAGE
    done["task"] = "S1-2.1-2"
    assert send(office, "/review/tasks", done, PAGE).status_code == 302
    shown = body(head)
    assert "缩短候诊" in shown
    number = shown.split('name="with-goals" value="')[1].split('"')[0]
    plan = {"kind": "plan", "text": "本月计划", "with-goals": number, "with-feature": "夜间门诊"}
    assert file(head, **plan, department=homes.HEADED) == 302
    done |= {"task": "S1-2.1-3", "department": homes.HEADED}
    assert send(head, "/review/tasks", done, PAGE).status_code == 302
    assert [t.unit for t in kept(portal_home, Task)] == ["", "", homes.HEADED]
    assert "管理层还没有确定总目标" not in body(office, "/")
    plans = [f for f in kept(portal_home, Filing) if f.kind == "plan"]
    assert [(f.subject, f.detail["goals"], f.by) for f in plans] == [(homes.HEADED, number, "head")]


def test_a_request_to_it_and_its_answer(portal_home, login) -> None:
    put_at(portal_home, "improve")
    office, it = login("office"), login("it")
    assert file(office, kind="request", text="导出更快") == 302
    number = next(f.id for f in kept(portal_home, Filing) if f.kind == "request")
    assert "导出更快" in body(it)
    assert file(it, kind="answer", text="下一版", **{"with-of": str(number)}) == 302
    assert "下一版" in body(office)


@pytest.mark.parametrize(
    ("name", "given", "status"),
    [
        ("nurse", {"kind": "focus", "text": "x"}, 404),  # no party
        ("office", {"kind": "focus", "text": "x"}, 404),  # another party's
        ("head", {"kind": "plan", "text": "x", "department": "K02"}, 404),  # not its department
        ("office", {"kind": "posting", "text": "x"}, 404),  # has its own page
        ("president", {"kind": "focus", "text": " "}, 422),
        ("president", {"kind": "goal", "text": "x", "with-purpose": "profit"}, 422),
    ],
)
def test_what_may_not_be_filed_is_refused_and_nothing_is_written(
    portal_home, login, name: str, given: dict[str, str], status: int
) -> None:
    before = len(kept(portal_home, Filing))
    page = PAGE if name != "nurse" else "/password"
    assert send(login(name), "/tasks/file", given, page).status_code == status
    assert len(kept(portal_home, Filing)) == before


def test_a_reviewer_who_sees_no_pay_decides_an_appeal_without_seeing_the_amount(
    portal_home, login, amounts
) -> None:
    run = put_at(portal_home, "publicise")
    nurse, office = login("nurse"), login("office")
    page = f"/appeals/new?scheme=township&period={homes.PERIOD}"
    line = body(nurse, page).split('<option value="staff|')[1].split('"')[0]
    asked = {"scheme": "township", "period": str(homes.PERIOD), "run": str(run),
             "line": f"staff|{line}", "text": "夜班少算"}  # fmt: skip
    assert send(nurse, "/appeals/new", asked, page).status_code == 302
    reviewer = {"reviewers": "it"}
    assert send(office, "/appeals/1/reviewers", reviewer, "/appeals/").status_code == 302
    it = login("it")
    shown = body(it)
    assert "夜班少算" in shown
    assert "流程转入复核后可以决定" in shown
    assert not [i for i, v in amounts.items() if f"{v:,.2f}" in shown or f"{v}" in shown]
    engine = portal_home.engine()
    with writing(engine) as session:
        session.scalars(select(Cycle)).one().state = "recheck"
        session.commit()
    engine.dispose()
    decided = {"state": "rejected", "text": "核对无误", "back": "tasks"}
    assert send(login("county"), "/appeals/1/decide", decided, PAGE).status_code == 422
    assert send(it, "/appeals/1/decide", decided, PAGE).headers["Location"] == PAGE
    assert [a.state for a in kept(portal_home, Appeal)] == ["rejected"]
