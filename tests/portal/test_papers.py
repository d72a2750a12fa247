"""Papers by a job: queued once, drawn by the worker, taken by finance alone."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import portal_october
import pypdf
import pytest
from portal_forms import send

from hpf.portal.pages.papers import MOST
from hpf.reports.issuing import folder_of
from hpf.reports.jobs import work
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Job

PAGE = "/pay/"
SLIPS = {"kind": "slips", "scheme": "township", "period": "2026-09"}


def entered(home: Home, *jobs: dict[str, Any]) -> list[int]:
    """Jobs as they stand in the table; done ones unless said otherwise."""
    engine, now = home.engine(), dt.datetime.now(dt.UTC)
    with writing(engine) as session:
        hospital = home.hospital(session)
        usual = {
            "hospital_id": hospital, "name": "report", "arguments": SLIPS, "state": "done",
            "done": 1, "total": 1, "outcome": None, "by": "finance", "created_at": now,
            "started_at": now, "finished_at": now,
        }  # fmt: skip
        made = [Job(**{**usual, **job}) for job in jobs]
        session.add_all(made)
        session.commit()
        numbers = [job.id for job in made]
    engine.dispose()
    return numbers


def printed(folder) -> dict[str, Any]:
    """What a job says of a folder with a file for print in it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "print.pdf").write_bytes(b"%PDF-1.7 synthetic")
    return {"folder": str(folder), "files": 1, "kept": 0, "problems": []}


def listed(client, path: str = PAGE) -> list[str]:
    """The numbers of the jobs on the page."""
    page = client.get(path).get_data(as_text=True)
    return re.findall(r'<th scope="row">(\d+)</th>', page.partition('id="papers"')[2])


def test_a_batch_is_queued_once_and_only_of_a_kind_there_is(login) -> None:
    finance = login("finance")
    for _ in range(2):
        assert send(finance, "/pay/papers/make", {"kind": "slips"}, PAGE).status_code == 302
    shown = finance.get(PAGE).get_data(as_text=True)
    assert "不必再点" in shown
    assert len(re.findall(r"<td>个人绩效单</td><td>排队</td>", shown)) == 1
    assert send(finance, "/pay/papers/make", {"kind": "other"}, PAGE).status_code == 400
    assert send(finance, "/pay/papers/1/file", {}, PAGE).status_code == 404  # nothing is drawn yet


def test_jobs_of_other_shapes_do_not_shut_the_page_and_the_list_is_bounded(
    portal_home, login
) -> None:
    finance = login("finance")
    odd = [{"arguments": {}}, {"arguments": {"kind": "letters"}}, {"arguments": {"kind": "slips"}}]
    numbers = entered(portal_home, *odd)
    assert listed(finance) == []
    for number in numbers:
        assert send(finance, f"/pay/papers/{number}/file", {}, PAGE).status_code == 404
    many = entered(portal_home, *[{}] * (MOST + 3))
    assert listed(finance) == [str(n) for n in many[::-1][:MOST]]


def test_only_what_stands_in_the_homes_reports_is_handed_out(portal_home, login, tmp_path) -> None:
    finance = login("finance")
    ours = folder_of(portal_home, "township", portal_october.OCTOBER.earlier(1), "slips")
    outside, inside = entered(
        portal_home, {"outcome": printed(tmp_path / "elsewhere")}, {"outcome": printed(ours)}
    )
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "print.pdf").write_bytes(b"%PDF-1.7 of somebody else")
    climbing = {"outcome": {"folder": str(ours / "../../../../../secret")}}
    (climbed,) = entered(portal_home, {**climbing, "arguments": {**SLIPS, "kind": "departments"}})
    for number in (outside, climbed):
        assert send(finance, f"/pay/papers/{number}/file", {}, PAGE).status_code == 404
    answer = send(finance, f"/pay/papers/{inside}/file", {}, PAGE)
    assert (answer.status_code, answer.data) == (200, b"%PDF-1.7 synthetic")


def test_a_batch_whose_folder_a_later_one_draws_into_hands_out_nothing(portal_home, login) -> None:
    """Its file would be the later one's under an earlier number."""
    finance = login("finance")
    ours = folder_of(portal_home, "township", portal_october.OCTOBER.earlier(1), "slips")
    (first,) = entered(portal_home, {"outcome": printed(ours)})
    entered(portal_home, {"state": "failed", "started_at": None, "outcome": {"stopped": "it"}})
    assert f"/pay/papers/{first}/file" in finance.get(PAGE).get_data(as_text=True)
    entered(portal_home, {"state": "running", "finished_at": None})
    assert f"/pay/papers/{first}/file" not in finance.get(PAGE).get_data(as_text=True)
    assert send(finance, f"/pay/papers/{first}/file", {}, PAGE).status_code == 404


def test_a_batch_that_was_not_drawn_says_why(portal_home, login) -> None:
    problem = {"message": {"zh": "磁盘满了", "en": "the disk is full"},
               "cure": {"zh": "请腾出空间", "en": "Make room"}}  # fmt: skip
    entered(
        portal_home, {"state": "failed", "outcome": {"problems": [problem]}},
        {"state": "failed", "outcome": {"stopped": "it"}},
        {"state": "failed", "outcome": {"error": "RuntimeError: K02-1"}},
    )  # fmt: skip
    page = login("finance").get(PAGE).get_data(as_text=True)
    for words in ("磁盘满了。请腾出空间", "由 it 停下", "程序出错，请告诉信息科"):
        assert words in page
    assert "RuntimeError" not in page


def test_whoever_pays_stops_a_batch_of_another_and_has_it_drawn_again(portal_home, login) -> None:
    finance, now = login("finance"), dt.datetime.now(dt.UTC)
    begun = {"state": "running", "done": 10, "total": 40, "finished_at": None, "by": "other",
             "started_at": now - dt.timedelta(minutes=4)}  # fmt: skip
    waiting, running = entered(
        portal_home, {"state": "waiting", "started_at": None, "finished_at": None}, begun
    )
    shown = finance.get(PAGE).get_data(as_text=True)
    assert "约 12 分钟" in shown, "ten of forty took four minutes"
    assert 'hx-trigger="every 5s"' in shown
    for name in ("nurse", "office", "it"):
        assert send(login(name), f"/pay/papers/{running}/stop", {}, "/password").status_code == 403
    for number in (waiting, running):
        assert send(finance, f"/pay/papers/{number}/stop", {}, PAGE).status_code == 302
    shown = finance.get(PAGE).get_data(as_text=True)
    assert "正在停下" in shown
    assert "由 finance 停下" in shown
    assert f"/pay/papers/{running}/stop" not in shown
    engine = portal_home.engine()
    with writing(engine) as session:
        job = session.get_one(Job, running)
        job.state, job.outcome, job.finished_at = "failed", {"stopped": "finance"}, now
        session.commit()
    engine.dispose()
    shown = finance.get(PAGE).get_data(as_text=True)
    assert shown.count(">再印<") == 1, "the newest of its kind, and no earlier one"
    assert send(finance, f"/pay/papers/{running}/stop", {}, PAGE).status_code == 422
    assert send(finance, "/pay/papers/make", {"kind": "slips"}, PAGE).status_code == 302
    assert ">再印<" not in finance.get(PAGE).get_data(as_text=True)


def test_a_batch_is_of_the_period_that_its_page_shows(portal_home, login, tmp_path) -> None:
    """Also where another page turned to another period meanwhile."""
    portal_october.seal(portal_home, tmp_path / "october")
    finance = login("finance")
    shown = finance.get(f"{PAGE}?period=2026-09").get_data(as_text=True)
    action = re.search(r'action="(/pay/papers/make[^"]*)"', shown)
    assert action
    finance.get(f"{PAGE}?period=2026-10")
    path = action[1].replace("&amp;", "&")
    answer = send(finance, path, {"kind": "slips"}, f"{PAGE}?period=2026-10")
    assert answer.headers["Location"].endswith("period=2026-09")
    assert listed(finance, f"{PAGE}?period=2026-10") == []
    assert len(listed(finance, f"{PAGE}?period=2026-09")) == 1


@pytest.mark.slow
def test_departments_cards_are_drawn_and_taken_by_finance_alone(portal_home, login) -> None:
    finance = login("finance")
    assert send(finance, "/pay/papers/make", {"kind": "departments"}, PAGE).status_code == 302
    work(portal_home, once=True)
    shown = finance.get(PAGE).get_data(as_text=True)
    number = re.search(r"/pay/papers/(\d+)/file", shown)
    assert number, shown[-1500:]
    answer = send(finance, number[0], {}, PAGE)
    assert answer.mimetype == "application/pdf"
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) >= 16  # a card for each unit
    for name in ("nurse", "head", "it", "office"):
        assert send(login(name), number[0], {}, "/").status_code == 403
