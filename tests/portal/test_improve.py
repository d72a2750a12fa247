"""A department's own acts on its improvement records: report, add, give up, take over, close."""

from __future__ import annotations

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at
from sqlalchemy import select

from hpf.core.periods import Period
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Cycle, Filing, Task

PAGE = "/improve/"
LAST = Period.parse("2026-08")


@pytest.fixture
def head(portal_home, login):
    put_at(portal_home, "improve")
    return login("head")


def body(client) -> str:
    return str(client.get(PAGE).get_data(as_text=True))


def number(client, text: str) -> str:
    """The number of the item whose row says a text."""
    return str(body(client).split(text, 1)[1].split('name="of" value="')[1].split('"')[0])


def item(client, text: str, **more: str):
    data = {"kind": "improvement", "department": homes.HEADED, "text": text, **more}
    return send(client, "/improve/file", data, PAGE)


def result(client, of: str, text: str, **more: str):
    data = {"kind": "result", "of": of, "department": homes.HEADED, "text": text, **more}
    return send(client, "/improve/file", data, PAGE)


def test_a_result_is_added_to_and_an_item_is_given_up_with_its_reason(head, login) -> None:
    item(head, "缩短候诊")
    item(head, "换一套叫号系统")
    first = number(head, "缩短候诊")
    assert result(head, first, "由 40 分到 25 分").status_code == 302
    assert "补充结果" in body(head)
    assert result(head, first, "十一月又到 20 分").status_code == 302
    second = number(head, "换一套叫号系统")
    assert result(head, second, " ", dropped="1").status_code == 422, "a reason is wanted"
    assert result(head, second, "预算没有批", dropped="1").status_code == 302
    page = body(login("auditor"))
    for said in (
        "由 40 分到 25 分",
        "十一月又到 20 分",
        "不做了",
        "预算没有批",
        "2 项改进都有结果",
    ):
        assert said in page, said
    assert "补记" not in page, "others look at it"


def test_the_departments_task_is_closed_once_each_item_has_its_result(
    head, portal_home, login
) -> None:
    item(head, "缩短候诊")
    assert "还差 1 项结果" in body(head)
    close = {"department": homes.HEADED, "text": "都做完了"}
    assert send(head, "/improve/done", close, PAGE).status_code == 422
    result(head, number(head, "缩短候诊"), "由 40 分到 25 分")
    assert "可以完成" in body(head)
    assert send(head, "/improve/done", {**close, "department": "K02"}, PAGE).status_code == 404
    assert send(head, "/improve/done", close, PAGE).status_code == 302
    engine = portal_home.engine()
    with reading(engine) as session:
        closed = session.scalars(select(Task).where(Task.clause == "S1-2.4-3")).all()
        acts = session.scalars(select(AuditEntry.action)).all()
    engine.dispose()
    assert [(t.unit, t.done_by, t.text) for t in closed] == [(homes.HEADED, "head", "都做完了")]
    assert acts.count("cycle.task_closed") == 1
    assert "完成本科室的任务" not in body(head)
    assert send(login("nurse"), "/improve/done", close, "/mine/").status_code == 403


def test_what_was_not_finished_is_taken_into_the_next_period_once(head, portal_home, login) -> None:
    engine = portal_home.engine()
    with writing(engine) as session:
        now = session.scalars(select(Cycle).where(Cycle.period == homes.PERIOD)).one()
        before = Cycle(
            hospital_id=now.hospital_id, scheme=now.scheme, period=LAST, state="closed",
            run_id=None, pay_first=now.pay_first, calendar=now.calendar,
        )  # fmt: skip
        session.add(before)
        session.flush()
        at = session.scalars(select(Filing.at)).first()
        for unit, text in ((homes.HEADED, "上月留下的"), ("K02", "别科的")):
            session.add(Filing(
                hospital_id=now.hospital_id, cycle_id=before.id, kind="improvement", subject=unit,
                text=text, detail={}, by="head", role="departments", at=at,
            ))  # fmt: skip
        session.flush()
        numbers = dict(session.execute(
            select(Filing.text, Filing.id).where(Filing.cycle_id == before.id)).all())  # fmt: skip
        session.commit()
    engine.dispose()
    page = body(head)
    assert "上一期没有做完的" in page
    assert "别科的" not in page
    theirs = {"item": str(numbers["别科的"])}
    assert send(head, "/improve/carry", theirs, PAGE).status_code == 404
    mine = {"item": str(numbers["上月留下的"])}
    assert send(head, "/improve/carry", mine, PAGE).status_code == 302
    page = body(head)
    assert "上一期没有做完的" not in page
    assert "从上一期转来" in page
    assert send(head, "/improve/carry", mine, PAGE).status_code == 404, "a second click"
    assert page.count("上月留下的</b>") + page.count(" 上月留下的<p") == 1
    assert send(login("nurse"), "/improve/carry", mine, "/mine/").status_code == 403
