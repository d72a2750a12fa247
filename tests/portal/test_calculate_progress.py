"""Sealing as a job: how far it is, one at a time, what came of it, and only what agrees."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import portal_going
import portal_homes as homes
import pytest
from portal_forms import token
from portal_going import entered
from sqlalchemy import select

from hpf.core.errors import FactsError
from hpf.core.results import Evaluated
from hpf.portal.pages.calculate_job import TASK, agree, alive, start
from hpf.reports.jobs import work
from hpf.storage.engine import reading, writing
from hpf.storage.models import Job, StoredRun
from hpf.storage.runs import latest_run, load_run

UNITS = 16


@pytest.fixture
def desk(app):
    app.config["HPF_PATIENCE"] = 0
    return app.extensions["hpf"]


def jobs(desk) -> list[Job]:
    with reading(desk.engine) as session:
        found = list(session.scalars(select(Job).where(Job.name == TASK).order_by(Job.id)))
        session.expunge_all()
    return found


@pytest.fixture
def going(desk) -> Iterator[int]:
    """A calculation that is under way, at the ninth of sixteen departments."""
    number, over = portal_going.going(desk, done=9, total=UNITS)
    yield number
    over()


def seal(client):
    return client.post("/calculate/seal", data={"csrf_token": token(client, "/calculate/")})


def test_a_calculation_goes_on_by_itself_and_ends_at_the_results(desk, login) -> None:
    """The click is answered at once; the page that waits leads on to the sealed run."""
    office = login("office")
    answer = seal(office)
    assert answer.status_code in (302, 303)
    (job,) = jobs(desk)
    page = f"/calculate/progress/{job.id}"
    until = time.monotonic() + 120
    while office.get(page).status_code == 200:
        assert time.monotonic() < until
        time.sleep(0.2)
    assert "仍是第 1 次计算" in office.get("/calculate/").get_data(as_text=True)
    (job,) = jobs(desk)
    assert (job.state, job.done, job.total, job.by) == ("done", UNITS, UNITS, "office")
    assert job.outcome == {"run": 1, "fresh": False}


def test_the_page_says_which_department_of_how_many(going, login) -> None:
    """Asked again every second by itself, by a refresh where scripts are off."""
    office = login("office")
    page = office.get(f"/calculate/progress/{going}").get_data(as_text=True)
    assert "正在计算，第 9 / 16 个科室" in page
    assert 'hx-trigger="every 1s"' in page
    assert f'hx-get="/calculate/progress/{going}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert '<progress max="16" value="9"' in page
    office.post("/language", data={"csrf_token": token(office, "/password"), "lang": "en"})
    page = office.get(f"/calculate/progress/{going}").get_data(as_text=True)
    assert "Calculating, department 9 of 16" in page


def test_a_second_click_begins_no_second_calculation(desk, going, login) -> None:
    answer = seal(login("office"))
    assert answer.headers["Location"].endswith(f"/calculate/progress/{going}")
    assert [j.id for j in jobs(desk)] == [going]


def test_many_clicks_at_once_make_one(desk) -> None:
    """Eight at the same moment: one number, one run at most."""
    found: list[int] = []

    def click() -> None:
        found.append(start(desk, "township", homes.PERIOD, "office"))

    clicks = [threading.Thread(target=click) for _ in range(8)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    until = time.monotonic() + 120
    while any(j.state == "running" for j in jobs(desk)):
        assert time.monotonic() < until
        time.sleep(0.1)
    overlapping = [j for j in jobs(desk) if j.state == "failed"]
    assert not overlapping
    assert len(set(found)) == len(jobs(desk))
    with reading(desk.engine) as session:
        assert len(session.scalars(select(StoredRun)).all()) == 1


def test_one_that_its_process_was_killed_over_says_so_and_is_begun_anew(desk, login) -> None:
    office = login("office")
    number = entered(desk, process=2**22 + 1, ago=dt.timedelta(minutes=1))
    assert "计算中断了" in office.get(f"/calculate/progress/{number}").get_data(as_text=True)
    seal(office)
    first, second = jobs(desk)
    assert (first.id, first.state) == (number, "failed")
    assert second.id != number
    old = entered(desk, machine="elsewhere", ago=dt.timedelta(hours=1))
    young = entered(desk, machine="elsewhere")
    by_id = {j.id: j for j in jobs(desk)}
    assert not alive(by_id[old])
    assert alive(by_id[young])


def test_what_stops_it_is_told_whole_on_its_page(desk, login) -> None:
    """The same page as ever: each problem with place and cure."""
    from hpf.storage.configuration import Decision, set_parameters
    from hpf.storage.models import ParameterValue

    office = login("office")
    with writing(desk.engine) as session:
        rows = session.scalars(
            select(ParameterValue).where(ParameterValue.name == "rounding_rule")
        ).all()
        for one in rows:
            taken = Decision("township", one.name, one.since, None, "撤回")
            set_parameters(session, desk.hospital, desk.programs, [taken], by="office")
        session.commit()
    seal(office)
    (job,) = jobs(desk)
    until = time.monotonic() + 120
    while jobs(desk)[0].state == "running" and time.monotonic() < until:
        time.sleep(0.1)
    page = office.get(f"/calculate/progress/{job.id}").get_data(as_text=True)
    assert "先解决 1 处问题" in page
    assert "rounding_rule" in page
    again = office.get(f"/calculate/progress/{job.id}", headers={"HX-Request": "true"})
    assert again.headers["HX-Redirect"].endswith(f"/calculate/progress/{job.id}")


def test_only_whoever_calculates_watches_and_only_calculations(desk, going, login) -> None:
    for name in ("finance", "head", "nurse", "president"):
        assert login(name).get(f"/calculate/progress/{going}").status_code == 403, name
    assert login("office").get("/calculate/progress/999").status_code == 404


def test_the_worker_of_papers_leaves_calculations_alone(desk, going, portal_home) -> None:
    """Its restart takes up its own jobs; this one belongs to the portal's process."""
    work(portal_home, once=True)
    assert [j.state for j in jobs(desk)] == ["running"]


def test_only_what_both_interpreters_say_is_sealed(made_home) -> None:
    """A run agrees with itself; one fen off in one row is found, by its row."""
    from hpf.storage.home import Home

    home = Home.open(made_home)
    engine = home.engine()
    with reading(engine) as session:
        stored = latest_run(session, home.hospital(session), "township", homes.PERIOD)
        run = load_run(session, stored.id)
    engine.dispose()
    told: list[tuple[int, int]] = []
    agree(run, lambda done, total: told.append((done, total)))
    assert told == [(n, UNITS) for n in range(1, UNITS + 1)]
    name = run.program.payout.qualified
    column = run.evaluated.values["staff"][name]
    row = run.checked.rows["staff"].row_of("K02-1")
    values = column.to_list()
    values[row] += Decimal("0.01")
    bent = {**run.evaluated.values["staff"], name: type(column)(name, values, dtype=column.dtype)}
    wrong = Evaluated({**run.evaluated.values, "staff": bent}, run.evaluated.bad)
    with pytest.raises(FactsError) as caught:
        agree(replace(run, evaluated=wrong), lambda done, total: None)
    assert [p.id for p in caught.value.problems] == ["K02-1"]
