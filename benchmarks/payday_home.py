"""The home that pay day is measured on: a month paid by the township's scheme, and its accounts."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks.month import PERIOD, SCHEME, workbook
from hpf.core.kit.programs import Programs
from hpf.core.organisation import Register
from hpf.core.parameter_files import read_yaml
from hpf.intake import load
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.configuration import decisions_of, set_parameters
from hpf.storage.cycles import find_cycle
from hpf.storage.engine import connect, reading, writing
from hpf.storage.home import DATABASE, Home, absolute_url, write_toml
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff, StoredRun, User
from hpf.storage.organisation import save_register
from hpf.storage.passwords import hash_password
from hpf.storage.people import create_user, grant
from hpf.storage.runs import payouts_of
from hpf.workflow.acting import Act
from hpf.workflow.service import plan, settle
from hpf_cli.demo_home import register_of
from hpf_cli.demo_month import SETTLED

PASSWORD = secrets.token_urlsafe(12)  # everybody's, in this process: checking it costs the same
AUDITOR, OFFICE, DIRECTOR = "auditor", "office", "director"
_PLANNED = dt.datetime(2026, 8, 25, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Prepared:
    """home: its folder; paid: login (the staff code) -> amount; run, rule: what is taken apart."""

    home: Path
    paid: dict[str, Decimal]
    run: int
    rule: str
    auditor: str = AUDITOR


def prepare(scratch: Path, url: str, people: int) -> Prepared:
    """A month imported, sealed and published, and an account for so many of those it pays.

    url: of an empty database; '' for SQLite in the home.
    """
    folder = scratch / "home"
    folder.mkdir()
    home = Home(folder, "H", "合成数据", ("township",), absolute_url(url or DATABASE, folder),
                folder / "keys")  # fmt: skip
    home.keys.mkdir(mode=0o700)
    make_keys(home.keys)
    home.file.write_text(write_toml(home, url or DATABASE), "utf-8")
    home, programs = Home.open(folder), Home.open(folder).programs()
    book = workbook(scratch, programs[SCHEME], people)
    engine = connect(home.url)
    upgrade(engine)
    with writing(engine) as session:
        hospital = _hospital(session, home, programs, book)
        session.commit()
    shown = receive(engine, hospital, programs[SCHEME], PERIOD, book)
    keep(engine, shown, by=OFFICE, path=book)
    run = seal_period(engine, programs, hospital, SCHEME, PERIOD, by=OFFICE)[SCHEME].id
    with writing(engine) as session:
        _publish(session, hospital, programs, run)
        session.commit()
    with reading(engine) as session:
        paid = payouts_of(session, session.get_one(StoredRun, run))
    chosen = dict(list(paid.items())[:people])
    with writing(engine) as session:
        _accounts(session, hospital, chosen)
        session.commit()
    engine.dispose()
    rule = programs[SCHEME].payout
    assert rule is not None  # the township's scheme pays people
    return Prepared(folder, chosen, run, rule.name)


def _hospital(session: Session, home: Home, programs: Programs, book: Path) -> int:
    made = Hospital(code=home.hospital_code, name=home.hospital_name)
    session.add(made)
    session.flush()
    program = programs[SCHEME]
    register = register_of(load(book, program, PERIOD))
    save_register(session, made.id, Register(), register, by=OFFICE)
    config: Any = read_yaml(program.folder / "sample" / "config.yaml")
    decided = decisions_of(SCHEME, config["settings"][SCHEME])
    set_parameters(session, made.id, programs, decided, by=DIRECTOR)
    kept = hash_password(PASSWORD)
    for login, role in ((DIRECTOR, "management"), (OFFICE, "hr"), (AUDITOR, "auditor")):
        user, _ = create_user(session, login, login, by="bench", hospital=home.hospital_code)
        user.password_hash, user.must_change = kept, False
        grant(session, user, role, hospital=made.id, by="bench")
    return made.id


def _publish(session: Session, hospital: int, programs: Programs, run: int) -> None:
    """Its cycle, planned as a hospital plans it, put where the result is final."""
    settle(Act(session, hospital, DIRECTOR, _PLANNED), SETTLED, "synthetic: a benchmark")
    plan(Act(session, hospital, OFFICE, _PLANNED), programs, SCHEME, PERIOD)
    cycle = find_cycle(session, hospital, SCHEME, PERIOD)
    cycle.state, cycle.run_id = "final", run


def _accounts(session: Session, hospital: int, paid: dict[str, Decimal]) -> None:
    """Put in directly: to hash six hundred passwords would take longer than all the rest."""
    kept, now = hash_password(PASSWORD), dt.datetime.now(dt.UTC)
    known = session.scalars(select(Staff).where(Staff.hospital_id == hospital))
    for person in known:
        if person.code in paid:
            session.add(User(login=person.code, name=person.code, password_hash=kept,
                             must_change=False, active=True, staff_id=person.id,
                             created_at=now))  # fmt: skip
