"""Sealed runs for the tests of payment: a scheme that pays points × rate, calculated and stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme, round_to
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.imports import preview, save_import
from hpf.storage.models import Adjustment, Staff, StoredRun
from hpf.storage.runs import save_run
from hpf.storage.secrets import AccountKeys, set_account

NOW = dt.datetime(2026, 10, 8, tzinfo=dt.UTC)
POINTS = {"A": "60", "B": "40.25", "C": "0", "D": "1.115"}
NAMES = {"A": "甲", "B": "乙", "C": "丙", "D": "丁"}
ACCOUNTS = {"A": "6222 0000 0000 0001", "B": "6222-0000-0000-0002", "D": "6222000000000004"}


def ward(folder: Path, *, fen: bool = True, open_choice: bool = False) -> Program:
    """Pay = points × 10, to the fen. open_choice: a second line, so that one has to be named."""
    scheme = Scheme("ward", zh="病房", en="Ward", document="T", here=str(folder / "x.py"))
    scheme.decimal(STAFF, "points", zh="基数", en="Points", unit=CNY)
    scheme.decimal(DEPARTMENT, "beds", zh="床位", en="Beds", unit=POINT)

    @scheme.pay(STAFF, zh="绩效", en="Pay", clause="T.1")
    def pay(person):
        return round_to(person.points * 10) if fen else round_to(person.points * 10, "0.0001")

    if open_choice:

        @scheme.pay(STAFF, zh="奖金", en="Bonus", clause="T.1")
        def bonus(person):
            return round_to(person.points)

    return build(scheme)


def store(
    session: Session,
    hospital: int,
    program: Program,
    *,
    period: str = "2026-09",
    points: Mapping[str, str] = POINTS,
    kind: str = "main",
    of: int | None = None,
) -> StoredRun:
    """Calculate and store a sealed run, in the session's transaction."""
    staff = {
        i: {"department": "W", "points": p, "name": NAMES.get(i, i)} for i, p in points.items()
    }
    department = {"W": {"hospital": "H", "beds": "1"}}
    data = {"hospital": {"H": {}}, "department": department, "staff": staff}
    shown = preview(session, hospital, program, facts_of(program, Period.parse(period), data))
    save_import(session, shown, by="reporter")  # None where it stands there already
    facts = facts_at(session, hospital, program, Period.parse(period))
    run = calculate(program, facts)
    assert run.problems == ()
    upto = latest_import(session, hospital, program.code, Period.parse(period))
    return save_run(session, hospital, run, by="calculator", facts_upto=upto, started=NOW,
                    kind=kind, of=of)  # fmt: skip


def register(session: Session, hospital: int, keys: AccountKeys) -> None:
    """Four people, all but C with an account."""
    for code, name in NAMES.items():
        person = Staff(hospital_id=hospital, code=code, name=name, joined=dt.date(2020, 1, 1))
        session.add(person)
        session.flush()
        if code in ACCOUNTS:
            set_account(session, keys, person, ACCOUNTS[code], "甲")


def person(session: Session, code: str) -> Staff:
    """The person of that code."""
    return session.scalars(select(Staff).where(Staff.code == code)).one()


def adjust(session: Session, run: StoredRun, kind: str, id: str, **more: object) -> Adjustment:
    """A hold or a difference; approved unless said otherwise."""
    values = {"approved_by": "boss", "approved_at": NOW, "reason": "核对中", "amount": None}
    values |= {"period": run.period} | more
    one = Adjustment(
        hospital_id=run.hospital_id, kind=kind, scheme=run.scheme,
        entity="staff", row_id=id, rule="pay", entered_by="甲", entered_at=NOW, **values,
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one
