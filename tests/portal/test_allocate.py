"""Sharing out pools, for the office: decided with its reason, by default where a head is late, and
put back where the facts no longer hold what was approved."""

from __future__ import annotations

import datetime as dt

import portal_homes as homes
import pytest
from portal_forms import send
from portal_pools import PEOPLE, PERIOD, pool, programs

from hpf.allocation_rules import rule_of
from hpf.core.facts import facts_of
from hpf.receiving import compare_stored
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import save_import
from hpf.storage.models import AuditEntry

PAGE = f"/plan/allocate/?scheme=ward&period={PERIOD}"
TO = f"?scheme=ward&period={PERIOD}"
RULE = {
    "pool": "house.department.pool", "amount": "staff.part", "low": "0.5", "high": "2",
    "days": "5", "default": "equal", "points": "", "reason": "职代会第三次会议",
}  # fmt: skip
_LATER = dt.timedelta(days=30)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time limit is over."""
    day = dt.datetime.now(dt.UTC).date() + _LATER
    monkeypatch.setattr("hpf.portal.pages.allocate.today", lambda: day)


def parts(app) -> dict[str, str]:
    desk = app.extensions["hpf"]
    with reading(desk.engine) as session:
        frame = (
            facts_at(session, desk.hospital, desk.programs["ward"], PERIOD).tables["staff"].frame
        )
    if "part" not in frame.columns:
        return {}
    return {i: str(v.normalize()) for i, v in zip(frame["id"], frame["part"], strict=True)
            if v is not None}  # fmt: skip


def test_the_office_decides_with_its_reason_and_everything_wrong_is_told(
    app, login, tmp_path
) -> None:
    pooled = pool(app, tmp_path, decided=False)
    office, president = login("office"), login("president")
    assert "没有规定二次分配" in office.get(PAGE).get_data(as_text=True)
    assert send(president, f"/plan/allocate/decide{TO}", RULE, PAGE).status_code == 403
    bad = {**RULE, "low": "1.5", "days": "x", "reason": " ", "amount": "staff.nothing"}
    refused = send(office, f"/plan/allocate/decide{TO}", bad, PAGE)
    assert refused.status_code == 422
    assert "没有写入，要先改 4 处" in refused.get_data(as_text=True)
    assert send(office, f"/plan/allocate/decide{TO}", RULE, PAGE).status_code == 302
    desk = pooled.extensions["hpf"]
    with reading(desk.engine) as session:
        found = rule_of(session, desk.hospital, "ward")
        decided = session.query(AuditEntry).filter_by(action="allocation.decided").all()
    assert found is not None
    assert (found.pool, found.days, found.default) == ("house.department.pool", 5, "equal")
    assert [e.who for e in decided] == ["office"]
    page = president.get(PAGE).get_data(as_text=True)
    for said in ("100.00", "等科室分配", "职代会第三次会议", "人人平均", "全院 · 总额"):
        assert said in page, said
    assert send(office, f"/plan/allocate/decide{TO}", RULE, PAGE).status_code == 302
    with reading(desk.engine) as session:
        assert session.query(AuditEntry).filter_by(action="allocation.decided").count() == 1


def test_who_is_late_is_shared_out_by_the_default_and_becomes_facts(
    app, login, tmp_path, later
) -> None:
    pooled = pool(app, tmp_path)
    office = login("office")
    page = office.get(PAGE).get_data(as_text=True)
    assert "2 个科室过了期限没有分配" in page
    assert "33.34" in page, "what the default gives is shown before it is done"
    assert parts(pooled) == {}
    assert send(office, f"/plan/allocate/default{TO}", {}, PAGE).status_code == 302
    given = parts(pooled)
    assert sorted(given[i] for i in PEOPLE) == ["33.33", "33.33", "33.34"]
    assert given["K02-1"] == "1E+1"
    page = office.get(PAGE).get_data(as_text=True)
    assert "2 个科室都已分配、批准并写入" in page
    assert "默认办法" in page
    send(office, f"/plan/allocate/default{TO}", {}, PAGE)  # a second click finds nothing
    assert parts(pooled) == given


def test_nobody_is_late_before_the_time_limit(app, login, tmp_path) -> None:
    pooled = pool(app, tmp_path)
    office = login("office")
    assert "按默认办法分配" not in office.get(PAGE).get_data(as_text=True)
    assert send(office, f"/plan/allocate/default{TO}", {}, PAGE).status_code == 302
    assert parts(pooled) == {}


def test_facts_that_are_not_what_was_approved_are_told_and_put_back(
    app, login, tmp_path, later
) -> None:
    pooled = pool(app, tmp_path)
    office = login("office")
    send(office, f"/plan/allocate/default{TO}", {}, PAGE)
    given, desk = parts(pooled), pooled.extensions["hpf"]
    ward = programs(tmp_path)["ward"]
    other = {"staff": {"K01-1": {"part": "99.00"}}}
    with writing(desk.engine) as session:
        facts = facts_of(ward, PERIOD, other)
        shown = compare_stored(session, desk.hospital, desk.programs["ward"], facts)
        save_import(session, shown, by="else", reason="by mistake")
        session.commit()
    assert parts(pooled) != given
    page = office.get(PAGE).get_data(as_text=True)
    assert "1 个科室的数据与批准的不符" in page
    assert send(office, f"/plan/allocate/write{TO}", {}, PAGE).status_code == 302
    assert parts(pooled) == given


def test_the_office_and_the_president_see_it_and_the_office_acts(app, login, tmp_path) -> None:
    pool(app, tmp_path)
    for name in homes.ROLES:
        status = login(name).get(PAGE).status_code
        assert (status == 200) is (name in ("office", "president")), name
    for deed in ("decide", "default", "write"):
        assert send(login("president"), f"/plan/allocate/{deed}{TO}", {}, PAGE).status_code == 403
