"""Home: what waits for whom, and, where sums are open, the year, twelve months and who is off."""

from __future__ import annotations

import datetime as dt
import re
import shutil
from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import portal_october
import pytest
from portal_asked import asked_of
from portal_posted import put_at
from sqlalchemy import select

from hpf.core.periods import Period
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import Cycle
from hpf.workflow.acting import Act
from hpf.workflow.service import plan


def page(client, query: str = "") -> str:
    return client.get(f"/{query}").get_data(as_text=True)


def test_what_only_time_brings_is_not_called_work(portal_home, login) -> None:
    put_at(portal_home, "publicise")
    shown = page(login("office"))
    title = shown.split("<h1>")[1].split("</h1>")[0]
    assert "受理申诉" not in title, "there is no appeal to take"
    assert "没有待处理的申诉" not in shown
    assert "等日子" in shown
    assert "去处理" in shown.split("没有收到反馈")[1], "who is to be told leads to the page"


def test_the_year_is_told_in_words_as_well_as_drawn(reader) -> None:
    shown = page(reader("president")).split('id="spent"')[1].split("</section>")[0]
    for words in ("2,400,000.00", "已用", "时间已过", "数据表", "%"):
        assert words in shown
    assert 'id="spent"' not in page(reader("nurse"))
    assert 'id="spent"' not in page(reader("head"))


def seal(home: Home, period: Period, folder: Path) -> None:
    """The sample's month once more, as another one in which nobody is on leave."""
    shutil.copytree(homes.SAMPLE / str(homes.PERIOD), folder)
    meta, leave = folder / "meta.csv", folder / "leave.csv"
    said = meta.read_text("utf-8-sig").replace(str(homes.PERIOD), str(period))
    meta.write_text(said, "utf-8-sig")
    heads = leave.read_text("utf-8-sig").splitlines(keepends=True)[:2]  # its days are September's
    leave.write_text("".join(heads), "utf-8-sig")
    engine, programs = home.engine(), home.programs()
    with reading(engine) as session:
        hospital = home.hospital(session)
    shown = receive(engine, hospital, programs["township"], period, folder)
    keep(engine, shown, by="office", path=None)
    seal_period(engine, programs, hospital, "township", period, by="office")
    engine.dispose()


@pytest.mark.slow
def test_departments_off_their_own_usual_stand_there_with_range_and_table(
    app, portal_home, login, tmp_path
) -> None:
    for n in (3, 2, 1):
        seal(portal_home, homes.PERIOD.earlier(n), tmp_path / f"m{n}")
    portal_october.seal(portal_home, tmp_path / "october")
    for name in ("office", "auditor"):
        shown = page(login(name), "?period=2026-10").split('id="off"')[1].split("</section>")[0]
        rows = re.findall(r'<th scope="row"><a href="[^"]*unit=(\w+)', shown)
        assert rows, "October differs for a department"
        shares = [Decimal(s.replace("−", "-")) for s in re.findall(r"[▲▼] ([+−][\d.]+)%", shown)]
        assert all(abs(s) > 9 for s in shares)
        assert shares == sorted(shares, key=lambda s: -abs(s))
        assert shown.count("<svg") == len(rows)
        assert "数据表" in shown
    president = login("president")
    with asked_of(app) as asked:
        page(president, "?period=2026-10")
    assert asked
    assert not [s for s in asked if " results" in s], "sealed runs are summed up once for all"
    assert 'id="off"' not in page(login("head"), "?period=2026-10"), "sums are not a head's"
    for name in rows:
        assert f"unit={name}" not in page(login("county"), "?period=2026-10")


def overdue(home: Home, *, sealed: bool) -> None:
    """The cycle of September, or of a month without facts, in collection long after its day."""
    period = homes.PERIOD if sealed else portal_october.OCTOBER
    engine, programs = home.engine(), home.programs()
    with writing(engine) as session:
        hospital = home.hospital(session)
        if not sealed:
            act = Act(session, hospital, "office", dt.datetime(2026, 10, 25, 1, tzinfo=dt.UTC))
            plan(act, programs, "township", period)
        row = session.scalars(select(Cycle).where(Cycle.period == period)).one()
        row.state = "collect"
        session.commit()
    engine.dispose()


def late_card(client, query: str = "") -> str:
    return page(client, query).split('id="late"')[1].split("</section>")[0]


def test_what_is_late_stands_there_with_who_owes_it_and_since_when(
    portal_home, login, monkeypatch
) -> None:
    overdue(portal_home, sealed=False)
    monkeypatch.setattr("hpf.portal.late.today", lambda: dt.date(2026, 11, 15))
    shown = late_card(login("office"), "?period=2026-10")
    assert "采集还没有完成" in shown
    assert re.search(r"逾期 5 天.*财务科.*应在 11-10", shown, re.S)
    assert "/collect/" in shown
    year = page(login("office"), "?period=2026-10").split('id="spent"')[1].split("</section>")[0]
    assert "2026 年截至 9月" in year, "the year goes on before the period is sealed"
    president = login("president")
    assert "/collect/" not in late_card(president, "?period=2026-10"), "it is not theirs to upload"
    monkeypatch.setattr("hpf.portal.late.today", lambda: dt.date(2026, 11, 8))
    assert "还有 2 天" in late_card(president, "?period=2026-10")
    assert 'id="late"' not in page(login("nurse"), "?period=2026-10")


def test_reports_are_not_late_once_the_period_is_sealed(portal_home, login, monkeypatch) -> None:
    overdue(portal_home, sealed=True)
    monkeypatch.setattr("hpf.portal.late.today", lambda: dt.date(2026, 12, 15))
    shown = late_card(login("office"))
    assert "采集还没有完成" in shown
    assert "财务科" not in shown


def test_home_leads_to_where_the_period_goes_on(portal_home, login) -> None:
    overdue(portal_home, sealed=True)
    assert 'class="button primary" href="/collect/"' in page(login("office"))
    assert 'class="button primary"' not in page(login("auditor")).split("</h1>")[1][:300]
    put_at(portal_home, "final")
    assert 'class="button primary" href="/pay/"' in page(login("finance"))


def test_departments_without_enough_months_say_how_many_there_are(reader) -> None:
    shown = page(reader("office")).split('id="off"')[1].split("</section>")[0]
    assert "至少要 4 个早先的期间有结果，现在有 0 个" in shown
