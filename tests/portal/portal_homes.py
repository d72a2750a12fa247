"""A hospital's home with the township's synthetic sample: imported, sealed, with accounts."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path

from hpf.core.config import HospitalConfig
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.portal.rights import Role
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.ceilings import set_ceiling
from hpf.storage.configuration import decisions_of, set_parameters
from hpf.storage.engine import connect, writing
from hpf.storage.home import DATABASE, KEYS, Home, absolute_url, write_toml
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff
from hpf.storage.organisation import save_register
from hpf.storage.passwords import hash_password
from hpf.storage.people import create_user, grant
from hpf.workflow.acting import Act
from hpf.workflow.service import plan, settle

SAMPLE = Path(__file__).parents[2] / "plugins" / "township" / "sample"
PERIOD = Period.parse("2026-09")
PASSWORD = "test-only-words-7"
SINCE = dt.date(2020, 1, 1)
HEADED = "K01"  # the department whose head has an account
ROLES: dict[str, Role | None] = {
    "president": Role.PRESIDENT,
    "office": Role.PERFORMANCE_OFFICE,
    "finance": Role.FINANCE,
    "head": Role.HEAD,
    "nurse": None,  # staff, by its place in the register
    "auditor": Role.AUDITOR,
    "it": Role.IT_ADMIN,
    "county": Role.ASSESSOR,
    "expert": Role.EXPERT,
    "assessed": Role.ASSESSED,
}
SETTLED = {
    "system_review_frequency": "12", "training_frequency": "6", "key_data_list": "清单一",
    "monitoring_frequency": "1", "data_difference_tolerance": "0", "data_time_limit": "3",
    "feedback_time_limit": "5", "acceptance_survey_frequency": "12", "hr_assessor": "president",
    "publicity_days": "5", "appeal_days": "5", "decision_days": "3", "majority": "1/2",
    "order": "publicise_then_pay", "facts_due": "5", "calculation_days": "2",
    "review_days": "2", "pay_day": "28",
}  # fmt: skip
PERSON = {"head": "K01-1", "nurse": "K02-1"}


def build(folder: Path, url: str = DATABASE) -> Home:
    """Make the home; takes some seconds, so tests copy it. url: of another database than its own
    file."""
    folder.mkdir(parents=True)
    home = Home(folder, "H1", "示例乡镇卫生院（合成数据）", ("township",),
                absolute_url(url, folder), folder / KEYS)  # fmt: skip
    make_keys(home.keys)
    home.file.write_text(write_toml(home, url), "utf-8")
    home = Home.open(folder)
    engine, programs = connect(home.url), home.programs()
    upgrade(engine)
    with writing(engine) as session:
        hospital = Hospital(code=home.hospital_code, name=home.hospital_name)
        session.add(hospital)
        session.flush()
        number = hospital.id
        save_register(session, number, Register(), register(), by="seed")
        data = read_yaml(SAMPLE / "config.yaml")
        HospitalConfig.parse(data, programs, "config.yaml")
        decisions = decisions_of("township", data["settings"]["township"])
        set_parameters(session, number, programs, decisions, by="seed")
        accounts(session, number, home.hospital_code)
        session.commit()
    shown = receive(engine, number, programs["township"], PERIOD, SAMPLE / str(PERIOD))
    keep(engine, shown, by="office")
    seal_period(engine, programs, number, "township", PERIOD, by="office")
    with writing(engine) as session:
        plan_cycle(session, number, programs)
        session.commit()
    engine.dispose()
    return home


def plan_cycle(session, hospital: int, programs) -> None:
    """The period's cycle, at its first stage, and the approved ceilings."""
    act = Act(session, hospital, "office", dt.datetime(2026, 9, 25, 1, tzinfo=dt.UTC))
    settle(act, SETTLED, "synthetic: for the tests")
    plan(act, programs, "township", PERIOD)
    for period, amount in (("2026", "2400000.00"), ("2026-09", "200000.00")):
        set_ceiling(session, hospital, Period.parse(period), Decimal(amount), by="office",
                    reason="synthetic: for the tests")  # fmt: skip


def register() -> Register:
    """The people and departments of the sample, since long ago."""
    units = {r["id"]: Unit(r["id"], r["name"], SINCE) for r in rows("department")}
    people = {r["id"]: Person(r["id"], r["name"], SINCE) for r in rows("staff")}
    placed = tuple(
        Placement(r["id"], SINCE, r["department"], "", r["title"], Decimal(1))
        for r in rows("staff")
    )
    return Register(units, people, placed)


def rows(entity: str) -> list[dict[str, str]]:
    """A table of the sample, without its second heading."""
    with (SAMPLE / str(PERIOD) / f"{entity}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))[1:]


def accounts(session, hospital: int, code: str) -> None:
    """One account for each role, all with the same password, none to be changed first."""
    from sqlalchemy import select

    kept = hash_password(PASSWORD)
    for login, role in ROLES.items():
        person = None
        if login in PERSON:
            person = session.scalar(select(Staff.id).where(Staff.code == PERSON[login]))
        user, _ = create_user(session, login, login, by="seed", hospital=code, staff=person)
        user.password_hash, user.must_change = kept, False
        if role is not None:
            unit = HEADED if role is Role.HEAD else ""
            grant(session, user, role.value, hospital=hospital, department=unit, by="seed")
