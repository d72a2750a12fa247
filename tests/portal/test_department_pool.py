"""Second-level distribution on the page: in bounds, conserved, sent once, approved by another."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import portal_homes as homes
import pytest
from flask import Flask
from portal_forms import send

from hpf.allocation_rules import AllocationRule, set_rule
from hpf.core import CNY, DEPARTMENT, STAFF, Formula, Row, Scheme, round_to
from hpf.core.build import build
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.pools import pools
from hpf.runs import seal_period
from hpf.storage.engine import reading, writing
from hpf.storage.imports import preview, save_import

PERIOD = homes.PERIOD
PAGE = f"/department/?scheme=ward&period={PERIOD}"
PEOPLE = ("K01-1", "K01-2", "K01-3")


def programs(folder: Path) -> dict[str, Program]:
    house = Scheme("house", zh="全院", en="House", document="T", here=str(folder / "x.py"))
    house.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY, clause="T.1")

    @house.pay(DEPARTMENT, zh="总额", en="Pool", clause="T.1")
    def pool(one: Row) -> Formula:
        return round_to(one.income / 3)

    ward = Scheme("ward", zh="科室", en="Ward", document="T", here=str(folder / "x.py"))
    ward.decimal(STAFF, "part", zh="分配", en="Part", unit=CNY, clause="T.1")

    @ward.pay(STAFF, zh="绩效", en="Pay", clause="T.1")
    def pay(one: Row) -> Formula:
        return round_to(one.part)

    return {"house": build(house), "ward": build(ward)}


@pytest.fixture
def pooled(app: Flask, tmp_path: Path) -> Flask:
    """The portal of a hospital whose pools are sealed: K01 has 100.00 for three, K02 10.00."""
    desk = app.extensions["hpf"]
    known = programs(tmp_path)
    desk.__dict__["programs"] = known
    number, engine = desk.hospital, desk.engine
    units = {"K01": {"hospital": "H1"}, "K02": {"hospital": "H1"}}
    money = {"K01": "300.00", "K02": "30.00"}
    staff = {i: {"department": "K01"} for i in PEOPLE} | {"K02-1": {"department": "K02"}}
    given = {
        "house": {"hospital": {"H1": {}}, "staff": {},
                  "department": {u: units[u] | {"income": money[u]} for u in units}},
        "ward": {"hospital": {"H1": {}}, "department": units, "staff": staff},
    }  # fmt: skip
    for code, tables in given.items():
        with writing(engine) as session:
            shown = preview(session, number, known[code], facts_of(known[code], PERIOD, tables))
            save_import(session, shown, by="office")
            session.commit()
    rule = AllocationRule("ward", "house.department.pool", "staff.part", "0.5", "2", "equal", 5)
    with writing(engine) as session:
        set_rule(session, number, known, rule, by="president", reason="职代会")
        session.commit()
    seal_period(engine, known, number, "house", PERIOD, by="office")
    return app


def submit(client, mark: str, *amounts: str, unit: str = "K01"):
    data = {f"amount-{i}": v for i, v in zip(PEOPLE, amounts, strict=True)}
    return send(client, "/department/allocate", {"unit": unit, "pool": mark, **data}, PAGE)


def mark_of(client) -> str:
    body = client.get(PAGE).get_data(as_text=True)
    return str(body.split('name="pool" value="')[1].split('"')[0])


def test_a_head_shares_out_the_own_pool_and_another_approves_it(pooled, login) -> None:
    head, office = login("head"), login("office")
    shown = head.get(PAGE).get_data(as_text=True)
    assert "100.00" in shown
    assert "K02-1" not in shown  # another head's people
    mark = mark_of(head)
    assert submit(head, mark, "50", "20", "29.99").status_code == 422  # a fen is missing
    assert submit(head, mark, "80", "10", "10").status_code == 422  # out of bounds
    assert submit(head, mark, "x", "50", "50").status_code == 422
    assert submit(head, mark, "50", "20", "30", unit="K02").status_code == 404
    assert submit(head, mark, "50", "20", "30").status_code == 302
    assert submit(head, mark, "50", "20", "30").status_code == 409  # sent twice
    with reading(pooled.extensions["hpf"].engine) as session:
        given = pools(session, 1, programs(Path("/"))["ward"], PERIOD)["K01"]
        assert sum(given.parts.values()) == Decimal(100)
        number = given.given.id
    path = f"/department/allocations/{number}/approve"
    assert send(head, path, {}, PAGE).status_code == 403
    assert send(office, path, {}, PAGE).status_code == 302
    assert "已批准" in head.get(PAGE).get_data(as_text=True)
    assert send(office, path, {}, PAGE).status_code == 409  # sent twice
