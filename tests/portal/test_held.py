"""Held and corrected: two accounts for a hold, a run for a release, a difference for a month."""

from __future__ import annotations

import csv
import re
import shutil
from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at

from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.runs import runs_of

PAGE = "/held/"
HOLD = {"kind": "hold", "unit": "department:K05", "reason": "数据有疑问"}


def body(client) -> str:
    return client.get(PAGE).get_data(as_text=True)


def waiting(client) -> str:
    """The number of the entry that the viewer may approve."""
    found = re.search(r"/held/(\d+)/approve", body(client))
    assert found
    return found[1]


def kinds(home: Home) -> list[str]:
    engine = home.engine()
    with reading(engine) as session:
        found = [r.kind for r in runs_of(session, home.hospital(session))]
    engine.dispose()
    return found


def test_a_hold_is_entered_by_one_and_approved_by_another(portal_home, login) -> None:
    office, president = login("office"), login("president")
    held = {**HOLD, "unit": "", "person": "K05-3"}
    assert send(office, PAGE + "enter", {**held, "reason": " "}, PAGE).status_code == 422
    entered = send(office, PAGE + "enter", held, PAGE)
    assert entered.status_code == 302, entered.get_data(as_text=True)[-900:]
    shown = body(president)
    assert "1 条登记等批准" in shown
    number = waiting(president)
    assert send(office, f"{PAGE}{number}/approve", {}, PAGE).status_code == 422, "not one's own"
    assert send(login("finance"), f"{PAGE}{number}/approve", {}, "/password").status_code == 403
    assert send(president, f"{PAGE}{number}/approve", {}, PAGE).status_code == 302
    assert "president 批准" in body(office)
    assert send(president, PAGE + "enter", held, "/password").status_code == 403
    assert send(office, PAGE + "enter", held, PAGE).status_code == 422, "it is held already"


def test_a_released_person_is_paid_by_a_run_of_their_own(portal_home, login) -> None:
    office, president = login("office"), login("president")

    def agree(kind: str) -> None:
        given = {"kind": kind, "unit": "", "person": "K05-3", "reason": "数据有疑问"}
        assert send(office, PAGE + "enter", given, PAGE).status_code == 302
        number = waiting(president)
        assert send(president, f"{PAGE}{number}/approve", {}, PAGE).status_code == 302

    agree("hold")
    engine, programs = portal_home.engine(), portal_home.programs()
    with reading(engine) as session:
        hospital = portal_home.hospital(session)
    run = seal_period(engine, programs, hospital, "township", homes.PERIOD, by="office")
    engine.dispose()
    assert "补算并封存" not in body(office), "nothing is released yet"
    agree("release")
    shown = body(office)
    assert "staff:K05-3" in shown
    of = str(run["township"].id)
    assert send(office, PAGE + "release", {"of": "999"}, PAGE).status_code == 409
    done = send(office, PAGE + "release", {"of": of}, PAGE)
    assert done.status_code == 302, done.get_data(as_text=True)[-900:]
    assert "release" in kinds(portal_home)
    assert "补算并封存" not in body(office)


@pytest.fixture
def mended(portal_home: Home, tmp_path: Path) -> None:
    """September approved; then the nurse's post is reported otherwise."""
    put_at(portal_home, "final")
    folder = tmp_path / "again"
    shutil.copytree(homes.SAMPLE / str(homes.PERIOD), folder)
    table = folder / "post.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    at = rows[0].index("workload_ratio")
    for row in rows[2:]:
        if row[0] == "K02-1@K02":
            row[at] = str(Decimal(row[at]) + Decimal("0.04"))
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    engine, programs = portal_home.engine(), portal_home.programs()
    with reading(engine) as session:
        hospital = portal_home.hospital(session)
    shown = receive(engine, hospital, programs["township"], homes.PERIOD, folder)
    keep(engine, shown, by="office", path=None)
    engine.dispose()


def test_a_correction_is_made_from_the_page_and_adds_up(portal_home, login, mended) -> None:
    office = login("office")
    given = {"pay_in": "2026-10", "reason": "工作量补录"}
    for wrong in ({"pay_in": "soon"}, {"pay_in": "2026-08"}, {"reason": ""}):
        assert send(office, PAGE + "correct", {**given, **wrong}, PAGE).status_code == 422, wrong
    assert kinds(portal_home) == ["main"]
    done = send(office, PAGE + "correct", given, PAGE)
    assert done.status_code == 302, done.get_data(as_text=True)[-900:]
    assert kinds(portal_home).count("supplement") == 1
    shown = body(login("auditor"))
    assert "工作量补录" in shown
    lines = shown.split('id="corrected"')[1]
    rows = [r.split("</tr>")[0] for r in lines.split("<tr>")[2:]]
    assert rows
    total = Decimal(0)
    for row in rows:
        old, new, by = (
            Decimal(c.split(">")[-1].replace(",", "").replace("−", "-").replace("+", ""))
            for c in (
                row.split('<td class="n">')[1].split("</td>")[0],
                row.split('<td class="n">')[2].split("</a>")[0].split("</td>")[0],
                row.split('<td class="n">')[3].split("</td>")[0],
            )
        )
        assert new - old == by
        total += by
    said = lines.split("差额合计")[1].split("</b>")[0].split(">")[-1]
    assert Decimal(said.replace("−", "-").replace("+", "").replace(",", "")) == total
    assert send(office, PAGE + "correct", given, PAGE).status_code == 422, (
        "nothing differs any more"
    )
    assert send(login("president"), PAGE + "correct", given, "/password").status_code == 403
    for name in ("head", "nurse", "it", "county"):
        assert login(name).get(PAGE).status_code == 403
