"""Planning: what is to be decided, what was decided and why, and whether pay day holds."""

from __future__ import annotations

import pytest
from portal_forms import send
from sqlalchemy import func, select

from hpf.storage.engine import reading
from hpf.storage.models import ParameterValue

PAGE = "/plan/parameters/assessment_applied"


def entries(app) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalar(select(func.count()).select_from(ParameterValue)) or 0


def seen(client) -> str:
    body = client.get(PAGE).get_data(as_text=True)
    return body.split('name="seen" value="')[1].split('"')[0]


def decision(client, **changes: str) -> dict[str, str]:
    return {"value": "unit", "since": "2026-10-01", "reason": "职代会决议 3 号",
            "seen": seen(client), **changes}  # fmt: skip


def test_the_page_says_whether_pay_day_holds_and_gives_the_days(reader) -> None:
    body = reader("president").get("/plan/").get_data(as_text=True)
    assert "日历" in body
    assert "2026-10-" in body
    assert "发放日" in body


def test_every_parameter_is_listed_with_the_value_that_holds(reader, app) -> None:
    body = reader("office").get("/plan/parameters").get_data(as_text=True)
    program = app.extensions["hpf"].programs["township"]
    assert f"{len(program.parameters)} 个参数" in body
    for parameter in program.parameters.values():
        assert f"/plan/parameters/{parameter.name}" in body
        assert reader("office").get(f"/plan/parameters/{parameter.name}").status_code == 200
    assert reader("office").get("/plan/parameters/nothing").status_code == 404


@pytest.mark.parametrize("name", ["head", "nurse", "finance", "it", "auditor", "county"])
def test_others_do_not_plan(reader, name: str) -> None:
    for path in ("/plan/", "/plan/parameters", PAGE):
        assert reader(name).get(path).status_code == 403


def test_the_president_looks_and_does_not_enter(app, login) -> None:
    president = login("president")
    assert "登记这个值" not in president.get(PAGE).get_data(as_text=True)
    before = entries(app)
    assert send(president, PAGE, {"value": "unit"}, "/password").status_code == 403
    assert entries(app) == before


def test_a_decision_is_added_with_its_reason_and_nothing_is_changed(app, login) -> None:
    office, before = login("office"), entries(app)
    assert send(office, PAGE, decision(office), PAGE).status_code == 302
    body = office.get(PAGE).get_data(as_text=True)
    assert "职代会决议 3 号" in body
    assert "2026-10-01" in body
    assert entries(app) == before + 1
    send(office, PAGE, decision(office), PAGE)
    assert entries(app) == before + 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"reason": ""}, "没有写理由"), ({"since": ""}, "没有写从哪一天起"),
     ({"value": "nothing"}, "assessment_applied"), ({"value": ""}, "assessment_applied")],
)  # fmt: skip
def test_what_cannot_be_entered_is_told_and_not_written(app, login, changes, told: str) -> None:
    office, before = login("office"), entries(app)
    answer = send(office, PAGE, decision(office, **changes), PAGE)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)
    assert entries(app) == before


def test_of_two_who_decide_at_once_the_second_is_told(app, login) -> None:
    office, other = login("office"), login("office")
    late = decision(office, reason="第二份决议")
    send(other, PAGE, decision(other, reason="第一份决议"), PAGE)
    before = entries(app)
    answer = send(office, PAGE, late, PAGE)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "别人刚刚登记了另一个值" in body
    assert "第一份决议" in body
    assert "第二份决议" in body
    assert entries(app) == before


def test_a_form_without_its_token_enters_nothing(app, login) -> None:
    office, before = login("office"), entries(app)
    assert office.post(PAGE, data=decision(office)).status_code == 400
    assert entries(app) == before
