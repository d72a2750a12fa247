"""Calculation: money checked to the fen, sealing with all problems told, what-if untraced."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal

import portal_homes as homes
import pytest
from portal_forms import send
from sqlalchemy import func, select

from hpf.holds import approve, hold
from hpf.storage.configuration import Decision, set_parameters
from hpf.storage.engine import reading, writing
from hpf.storage.models import ParameterValue, StoredRun


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def runs(app) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalar(select(func.count()).select_from(StoredRun)) or 0


def test_the_page_adds_up_and_says_so(reader, amounts) -> None:
    """Every department's sum is there, and what all are paid is the sum of what each is paid."""
    body = text(reader("office"), "/calculate/")
    assert "差额 0.00" in body
    total = body.split('<div class="total">')[1].split("<dd>")[1].split("<")[0].strip()
    with (homes.SAMPLE / str(homes.PERIOD) / "department.csv").open(encoding="utf-8-sig") as file:
        names = [row["name"] for row in list(csv.DictReader(file))[1:]]
    assert sum(name in body for name in names) >= 16
    assert Decimal(total.replace(",", "")) >= sum(amounts.values())


def test_each_person_of_a_department_opens_a_derivation(reader, amounts) -> None:
    office = reader("office")
    body = text(office, "/calculate/1/unit/K02")
    assert f"{amounts['K02-1']:,.2f}" in body
    link = "/derivation/1/staff/K02-1/paid"
    assert link in body
    assert office.get(link).status_code == 200
    for path in ("/calculate/1/unit/nowhere", "/calculate/9/unit/K02", "/calculate/x/unit/K02"):
        assert office.get(path).status_code == 404


@pytest.mark.parametrize("name", ["head", "nurse", "it", "county"])
def test_nobody_else_sees_the_results_of_the_hospital(reader, name: str) -> None:
    for path in ("/calculate/", "/calculate/1/unit/K02", "/calculate/what-if"):
        assert reader(name).get(path).status_code == 403


@pytest.mark.parametrize("name", ["finance", "auditor", "president"])
def test_who_looks_at_results_does_not_seal_them(reader, name: str) -> None:
    client = reader(name)
    assert "/calculate/seal" not in text(client, "/calculate/")
    assert send(client, "/calculate/seal", {}, "/password").status_code == 403


def test_sealing_what_did_not_change_makes_no_new_run(app, login) -> None:
    office = login("office")
    assert send(office, "/calculate/seal", {}, "/calculate/").status_code == 302
    assert "仍是第 1 次计算" in text(office, "/calculate/")
    assert runs(app) == 1


def test_sealing_after_a_decision_makes_a_run_that_says_what_changed(app, login) -> None:
    office = login("office")
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        decided = Decision("township", "assessment_applied", dt.date(2026, 9, 1), "unit", "决议")
        set_parameters(session, desk.hospital, desk.programs, [decided], by="office")
        session.commit()
    assert send(office, "/calculate/seal", {}, "/calculate/").status_code == 302
    assert "第 2 次计算已封存" in text(office, "/calculate/")
    assert "第 1 次" in text(office, "/calculate/")
    assert text(office, "/calculate/?run=1")
    assert office.get("/calculate/?run=7").status_code == 404


def test_what_keeps_a_period_from_being_sealed_is_told_whole_and_nothing_is_written(
    app, login
) -> None:
    office, desk = login("office"), app.extensions["hpf"]
    with writing(desk.engine) as session:
        for name in ("assessment_applied", "rounding_rule"):
            for entry in session.scalars(
                select(ParameterValue).where(ParameterValue.name == name)
            ).all():
                taken = Decision("township", name, entry.since, None, "撤回")
                set_parameters(session, desk.hospital, desk.programs, [taken], by="office")
        session.commit()
    answer = send(office, "/calculate/seal", {}, "/calculate/")
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "先解决 2 处问题" in body
    assert "assessment_applied" in body
    assert "rounding_rule" in body
    assert "请在医院配置里写" in body
    assert runs(app) == 1


def test_a_unit_held_back_is_shown_held_and_the_others_go_on(app, login) -> None:
    office, desk = login("office"), app.extensions["hpf"]
    with writing(desk.engine) as session:
        entry = hold(session, desk.hospital, "township", homes.PERIOD, "department", "X05",
                     "考核未完", by="office")  # fmt: skip
        approve(session, desk.hospital, entry.id, by="president")
        session.commit()
    assert send(office, "/calculate/seal", {}, "/calculate/").status_code in (302, 422)
    body = text(office, "/calculate/")
    assert "考核未完" in body
    assert "暂缓" in body
    banner = body.split('class="banner held"')[1].split("</div>")[0]
    assert "后勤科 暂缓" in banner, "a unit is held by its name"
    assert "department" not in banner
    assert 'href="/calculate/money?run=' in body


def test_what_if_tells_who_gains_and_loses_and_writes_nothing(app, login) -> None:
    office = login("office")
    page = "/calculate/what-if"
    answer = send(office, page, {"p-assessment_applied": "unit"}, page)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "人增加" in body
    assert runs(app) == 1


@pytest.mark.parametrize(
    ("values", "told"),
    [({}, "还没有填要试的值"), ({"p-nothing": "1"}, "方案没有参数 nothing"),
     ({"p-assessment_applied": "x"}, "考核系数用在何处")],
)  # fmt: skip
def test_a_value_that_cannot_be_tried_is_told(reader, values, told: str) -> None:
    page = "/calculate/what-if"
    answer = send(reader("office"), page, values, page)
    assert answer.status_code == 422
    assert told in answer.get_data(as_text=True)


def test_a_form_without_its_token_seals_nothing(app, login) -> None:
    assert login("office").post("/calculate/seal").status_code == 400
    assert runs(app) == 1
