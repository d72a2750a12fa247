"""Appeals: from one's own line alone, once, on what is current; rechecked and decided by others."""

from __future__ import annotations

import re

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at

PERIOD = str(homes.PERIOD)
NEW = f"/appeals/new?scheme=township&period={PERIOD}"


@pytest.fixture
def posted(portal_home) -> int:
    return put_at(portal_home, "publicise")


def lines(client) -> list[str]:
    return re.findall(r'<option value="([^"]+)"', client.get(NEW).get_data(as_text=True))


def appeal(client, line: str, run: int, text: str = "少算了三个班"):
    data = {"scheme": "township", "period": PERIOD, "run": str(run), "line": line, "text": text}
    return send(client, "/appeals/new", data, NEW)


def test_a_line_of_a_post_is_ones_own_and_is_filed_once(posted, login) -> None:
    nurse = login("nurse")
    line = next(x for x in lines(nurse) if x.startswith("post|"))
    assert appeal(nurse, line, posted).status_code == 302
    body = nurse.get("/appeals/mine").get_data(as_text=True)
    assert "少算了三个班" in body
    again = appeal(nurse, line, posted)
    assert again.status_code == 422
    assert "未决" in again.get_data(as_text=True)
    assert "1 件申诉" in nurse.get("/appeals/mine").get_data(as_text=True)


def test_neither_somebody_elses_line_nor_an_old_page_nor_no_ground(posted, login) -> None:
    nurse = login("nurse")
    own = lines(nurse)[0]
    assert appeal(nurse, "post|K02-2@K02|personal_part", posted).status_code == 404
    assert appeal(nurse, "staff|K02-2|paid", posted).status_code == 404
    assert appeal(nurse, own, posted + 7).status_code == 409
    assert appeal(nurse, own, posted, "  ").status_code == 422
    assert nurse.post("/appeals/new", data={"line": own}).status_code == 400  # no token
    assert "我没有提过申诉" in nurse.get("/appeals/mine").get_data(as_text=True)


def test_it_is_rechecked_by_whoever_was_named_and_by_nobody_else(
    posted, portal_home, login
) -> None:
    nurse, office = login("nurse"), login("office")
    appeal(nurse, lines(nurse)[0], posted)
    own = send(office, "/appeals/1/reviewers", {"reviewers": "office"}, "/appeals/")
    assert own.status_code == 422  # they calculated it
    named = send(office, "/appeals/1/reviewers", {"reviewers": "auditor"}, "/appeals/")
    assert named.status_code == 302
    put_at(portal_home, "recheck")
    decided = {"state": "rejected", "text": "班次与排班表一致"}
    president, auditor = login("president"), login("auditor")
    assert send(president, "/appeals/1/decide", decided, "/appeals/").status_code == 422
    assert send(auditor, "/appeals/1/decide", decided, "/appeals/").status_code == 302
    assert "班次与排班表一致" in nurse.get("/appeals/mine").get_data(as_text=True)
    assert send(auditor, "/appeals/1/decide", decided, "/appeals/").status_code == 422


def test_one_takes_back_ones_own_alone(posted, login) -> None:
    nurse, head = login("nurse"), login("head")
    appeal(nurse, lines(nurse)[0], posted)
    assert send(head, "/appeals/1/withdraw", {}, "/appeals/mine").status_code == 404
    assert send(nurse, "/appeals/1/withdraw", {}, "/appeals/mine").status_code == 302
    assert "撤回" in nurse.get("/appeals/mine").get_data(as_text=True)


def test_the_list_is_for_the_office_and_not_for_staff(posted, login) -> None:
    assert login("nurse").get("/appeals/").status_code == 403
    assert login("head").get("/appeals/").status_code == 403
    assert login("it").get("/appeals/").status_code == 403
    assert login("office").get("/appeals/").status_code == 200
