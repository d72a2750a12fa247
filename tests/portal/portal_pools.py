"""A hospital whose pools are sealed and wait to be shared out: two small schemes of the tests."""

from __future__ import annotations

from pathlib import Path

import portal_homes as homes
from flask import Flask

from hpf.allocation_rules import AllocationRule, set_rule
from hpf.core import CNY, DEPARTMENT, STAFF, Formula, Row, Scheme, round_to
from hpf.core.build import build
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.runs import seal_period
from hpf.storage.engine import writing
from hpf.storage.imports import preview, save_import

PERIOD = homes.PERIOD
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


def pool(app: Flask, folder: Path, *, decided: bool = True) -> Flask:
    """K01 has 100.00 for three, K02 10.00. decided: whether it is said how they are shared out."""
    desk = app.extensions["hpf"]
    known = programs(folder)
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
    if decided:
        with writing(engine) as session:
            set_rule(session, number, known, rule, by="president", reason="职代会")
            session.commit()
    seal_period(engine, known, number, "house", PERIOD, by="office")
    return app
