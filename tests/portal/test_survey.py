"""Questionnaires in the portal: the office's pages, the rater's, and those without log-in."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator

import portal_homes as homes
import portal_survey as surveys
import pytest
from flask import Flask
from flask.testing import FlaskClient
from portal_forms import send, token

from hpf.portal import PortalSettings, create_app
from hpf.portal.clock import today
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry
from hpf.workflow.questionnaires import batches_of, find_questionnaire, read_key, tokens

LAST = str(today() + dt.timedelta(days=10))
Enter = Callable[[str], FlaskClient]


@pytest.fixture
def asking(portal_home: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    return surveys.enable(portal_home, monkeypatch)


@pytest.fixture
def asked_app(asking: Home) -> Iterator[Flask]:
    made = create_app(PortalSettings.of(asking))
    made.config["TESTING"] = False
    yield made
    made.extensions["hpf"].engine.dispose()


@pytest.fixture
def enter(asked_app: Flask) -> Enter:
    known: dict[str, FlaskClient] = {}

    def make(name: str) -> FlaskClient:
        if name not in known:
            known[name] = asked_app.test_client()
            done = send(known[name], "/login", {"login": name, "password": homes.PASSWORD})
            assert done.status_code == 302
        return known[name]

    return make


def opened(office: FlaskClient, code: str) -> int:
    answer = send(office, f"/surveys/open?{surveys.AT}", {"code": code, "closes": LAST},
                  f"/surveys/?{surveys.AT}")  # fmt: skip
    assert answer.status_code == 302, answer.get_data(as_text=True)[-900:]
    return int(answer.headers["Location"].rsplit("/", 1)[-1])


def slips(app: Flask, number: int, batch: int) -> list[str]:
    home = app.extensions["hpf"].settings.home
    with reading(app.extensions["hpf"].engine) as session:
        one = find_questionnaire(session, home.hospital(session), number)
        key = read_key(home.keys, number, one.key_check)
        return list(tokens(key, batches_of(one)[batch]))


def test_all_sides_from_the_office_to_the_person(enter: Enter, asking: Home, asked_app) -> None:
    office, nurse = enter("office"), enter("nurse")
    number = opened(office, "all_sides")
    page = f"/surveys/{number}"
    assert send(office, f"{page}/draw", {"seed": "公开"}, page).status_code == 302
    shown = office.get(page).get_data(as_text=True)
    assert "没有交齐" in shown
    assert homes.PERSON["nurse"] in shown
    surveys.others_answer(asking, number, but="K02-1")
    mine = nurse.get("/ratings/").get_data(as_text=True)
    links = re.findall(r'href="(/ratings/\d+\?about=[^"]+)"', mine)
    assert links
    assert f"有 {len(links)} 份评价请您作答" in nurse.get("/").get_data(as_text=True)
    for n, link in enumerate(links):
        path = link.replace("&amp;", "&")
        about, group = re.search(r"about=([^&]+)&as=(\w+)", path).groups()
        data = {"about": about, "as": group, "skill": "3", "teamwork": "-", "remark": ""}
        if n == 0:
            wrong = send(nurse, f"/ratings/{number}", {**data, "skill": ""}, path)
            assert wrong.status_code == 422
            assert "还没有选" in wrong.get_data(as_text=True)
        assert send(nurse, f"/ratings/{number}", data, path).status_code == 302
    assert nurse.get(path).status_code == 404, "it is not owed any more"
    assert "没有要您评价的" in nurse.get("/ratings/").get_data(as_text=True)
    assert nurse.get(f"/ratings/feedback/{number}").status_code == 404, "nothing before the close"
    assert send(office, f"{page}/close", {}, page).status_code == 302
    results = office.get(page).get_data(as_text=True)
    assert "写入本期数据" in results
    assert send(office, f"{page}/facts", {}, page).status_code == 302
    told = nurse.get(f"/ratings/feedback/{number}").get_data(as_text=True)
    assert "各组均值" in told
    with reading(asked_app.extensions["hpf"].engine) as session:
        said = [(e.who, e.action) for e in session.query(AuditEntry) if "questionnaire" in e.action]
    assert said == [("office", f"questionnaire.{a}") for a in ("opened", "drawn", "closed")]


@pytest.mark.slow
def test_nobody_reads_what_was_said_of_another(enter: Enter, asking: Home) -> None:
    office = enter("office")
    number = opened(office, "all_sides")
    page = f"/surveys/{number}"
    send(office, f"{page}/draw", {}, page)
    surveys.others_answer(asking, number)
    send(office, f"{page}/close", {}, page)
    own = enter("nurse").get(f"/ratings/feedback/{number}").get_data(as_text=True)
    other = enter("head").get(f"/ratings/feedback/{number}").get_data(as_text=True)
    assert own != other, "each person their own"
    for name in ("finance", "head", "nurse", "auditor", "it", "county"):
        assert enter(name).get(page).status_code == 403, name
        assert enter(name).get("/surveys/").status_code == 403, name
    for name in ("finance", "auditor", "it", "county", "president"):
        assert enter(name).get(f"/ratings/feedback/{number}").status_code == 403, name
    boss = enter("president")
    assert boss.get(page).status_code == 200
    for act in ("close", "draw", "facts", "hand-out"):
        refused = boss.post(f"{page}/{act}", data={"csrf_token": token(boss, "/password")})
        assert refused.status_code == 403, act


def test_the_public_answers_without_log_in_once_a_slip(enter: Enter, asked_app: Flask) -> None:
    office = enter("office")
    number = opened(office, "patients")
    page = f"/surveys/{number}"
    for group in ("outpatients", "inpatients"):
        data = {"group": group, "way": "slips", "count": "12"}
        assert send(office, f"{page}/hand-out", data, page).status_code == 302
    paper = office.get(f"{page}/print/0")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    guest = asked_app.test_client()
    for batch in (0, 1):
        for code in slips(asked_app, number, batch):
            path = f"/s/{number}/{code}"
            assert "不记名" in guest.get(path).get_data(as_text=True)
            done = send(guest, path, {"care": "5", "remark": "排队太久"})
            assert done.headers["Location"] == "/s/thanks"
    assert guest.get(path).status_code == 410
    assert "已经用过" in guest.get(path).get_data(as_text=True)
    assert send(office, f"{page}/close", {}, page).status_code == 302
    results = office.get(page).get_data(as_text=True)
    assert "95 % 区间" in results
    assert "排队太久" in results
    assert "已经截止" in guest.get(path).get_data(as_text=True)
    assert office.get(f"{page}/print/0").status_code == 404


def test_what_is_wrong_with_an_answer_is_said_and_the_slip_stays_good(
    enter: Enter, asked_app: Flask
) -> None:
    office = enter("office")
    number = opened(office, "patients")
    page = f"/surveys/{number}"
    send(office, f"{page}/hand-out", {"group": "outpatients", "way": "slips", "count": "1"}, page)
    path, guest = f"/s/{number}/{slips(asked_app, number, 0)[0]}", asked_app.test_client()
    wrong = send(guest, path, {"care": "9", "remark": "很好" * 200})
    assert wrong.status_code == 422
    assert "最多 300 字" in wrong.get_data(as_text=True)
    assert guest.post(path, data={"care": "5"}).status_code == 401, "without its token"
    assert send(guest, path, {"care": "5"}).status_code == 302
    for bad in (f"/s/{number}/AAAA", f"/s/{number + 7}/AAAA", f"/s/{number}/{'9' * 2000}"):
        assert guest.get(bad).status_code == 404
    assert send(guest, "/s/", {"number": "x", "code": "y"}).status_code == 422
    typed = send(guest, "/s/", {"number": str(number), "code": "aaaa bbbb"})
    assert typed.headers["Location"] == f"/s/{number}/AAAA-BBBB"


def test_a_public_page_bears_no_script_no_log_in_and_no_name(enter: Enter, asked_app) -> None:
    office = enter("office")
    number = opened(office, "patients")
    page = f"/surveys/{number}"
    send(office, f"{page}/hand-out", {"group": "outpatients", "way": "link"}, page)
    path = f"/s/{number}/{slips(asked_app, number, 0)[0]}"
    nurse = enter("nurse")
    body = nurse.get(path).get_data(as_text=True)
    assert "<script" not in body
    assert "nurse" not in body, "even to whoever is logged in it shows nobody's name"
    assert "style=" not in body


def test_an_open_link_is_bounded_by_address(enter: Enter, asked_app: Flask) -> None:
    office = enter("office")
    number = opened(office, "patients")
    page = f"/surveys/{number}"
    send(office, f"{page}/hand-out", {"group": "outpatients", "way": "link"}, page)
    path, guest = f"/s/{number}/{slips(asked_app, number, 0)[0]}", asked_app.test_client()
    proof = token(guest, path)
    data = {"csrf_token": proof, "care": "4"}
    answers = [guest.post(path, data=data).status_code for _ in range(25)]
    assert answers.count(302) == 20
    assert set(answers[20:]) == {429}
    flood = [guest.get(path).status_code for _ in range(120)]
    assert flood[-1] == 429, "pages are bounded, too"


def test_below_its_sample_it_asks_for_a_reason(enter: Enter, asked_app: Flask) -> None:
    office = enter("office")
    number = opened(office, "patients")
    page = f"/surveys/{number}"
    refused = send(office, f"{page}/close", {}, page)
    assert refused.status_code == 422
    assert "一份答卷也没有" in refused.get_data(as_text=True)
    send(office, f"{page}/hand-out", {"group": "outpatients", "way": "slips", "count": "6"}, page)
    for code in slips(asked_app, number, 0)[:5]:
        send(asked_app.test_client(), f"/s/{number}/{code}", {"care": "4"})
    refused = send(office, f"{page}/close", {}, page)
    assert refused.status_code == 422
    assert "只有 5 份，样本量要求 10 份" in refused.get_data(as_text=True)
    assert send(office, f"{page}/close", {"short": "停诊"}, page).status_code == 302
    results = office.get(page).get_data(as_text=True)
    assert "停诊" in results
    assert "写入本期数据" not in results
