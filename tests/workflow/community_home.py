"""A community hospital's home: the synthetic sample without its points, which the ledger books."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.receiving import keep, receive
from hpf.storage.configuration import decisions_of, set_parameters, settings_of
from hpf.storage.cycles import departments_on
from hpf.storage.engine import connect, reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.home import KEYS, Home, write_toml
from hpf.storage.keys import make_keys
from hpf.storage.ledgers import book_of
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff
from hpf.storage.organisation import save_register
from hpf.storage.passwords import hash_password
from hpf.storage.people import create_user, grant
from hpf.workflow.acting import Act
from hpf.workflow.consensus import agree
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_entries import book_points
from hpf.workflow.service import plan, settle

SAMPLE = Path(__file__).parents[2] / "plugins" / "community" / "sample"
Q3 = Period.parse("2026-Q3")
PASSWORD = "test-only-words-7"
FROM_LEDGER = ("entry", "tally", "adjustment")
ROLES = {"president": "management", "office": "hr", "finance": "finance", "auditor": "auditor",
         "it": "it"}  # fmt: skip
HEADS = {"head": "D01", "head2": "D02"}  # accounts that lead a department; who: the first there
SETTLED = {
    "system_review_frequency": "12", "training_frequency": "6", "key_data_list": "清单一",
    "monitoring_frequency": "1", "data_difference_tolerance": "0", "data_time_limit": "3",
    "feedback_time_limit": "5", "acceptance_survey_frequency": "12", "hr_assessor": "president",
    "publicity_days": "5", "appeal_days": "5", "decision_days": "3", "majority": "1/2",
    "order": "publicise_then_pay", "facts_due": "5", "calculation_days": "2",
    "review_days": "2", "pay_day": "28", "consensus_levels": "hospital,department,staff",
    "reply_days": "7", "recognition_types": "通报表扬,优秀人才",
    "committee_seats": "人事=1,医务=1,护理=1,其他科室=1,临床专家=2",
}  # fmt: skip
JUNE = dt.datetime(2026, 6, 20, 1, tzinfo=dt.UTC)
JULY = dt.datetime(2026, 7, 10, 1, tzinfo=dt.UTC)
OCTOBER = dt.datetime(2026, 10, 8, 1, tzinfo=dt.UTC)


def rows(entity: str, period: Period = Q3) -> list[dict[str, str]]:
    """A table of the sample, without its second heading."""
    with (SAMPLE / str(period) / f"{entity}.csv").open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))[1:]


def first_of(unit: str) -> str:
    """The person who leads a department here: the first one of it."""
    return next(r["id"] for r in rows("staff") if r["department"] == unit)


def second_of(unit: str) -> str:
    """Another person of a department."""
    return [r["id"] for r in rows("staff") if r["department"] == unit][1]


def without_points(folder: Path) -> Path:
    """The sample's quarter with empty tables of what a ledger keeps."""
    shutil.copytree(SAMPLE / str(Q3), folder)
    for entity in FROM_LEDGER:
        file = folder / f"{entity}.csv"
        lines = file.read_text("utf-8-sig").splitlines(keepends=True)
        file.write_text("".join(lines[:2]), "utf-8-sig")
    return folder


def build(folder: Path) -> Home:
    """Make the home; takes some seconds, so tests copy it."""
    folder.mkdir(parents=True)
    home = Home(folder, "H1", "示例社区医院（合成数据）", ("community",),
                f"sqlite:///{folder / 'hpf.db'}", folder / KEYS)  # fmt: skip
    make_keys(home.keys)
    home.file.write_text(write_toml(home), "utf-8")
    home = Home.open(folder)
    engine, programs = connect(home.url), home.programs()
    upgrade(engine)
    with writing(engine) as session:
        session.add(Hospital(code=home.hospital_code, name=home.hospital_name))
        session.flush()
        save_register(session, 1, Register(), register(), by="seed")
        data = read_yaml(SAMPLE / "config.yaml")
        HospitalConfig.parse(data, programs, "config.yaml")
        decisions = decisions_of("community", data["settings"]["community"])
        set_parameters(session, 1, programs, decisions, by="seed")
        accounts(session, home.hospital_code)
        act = Act(session, 1, "office", JUNE)
        settle(act, SETTLED, "synthetic: for the tests")
        plan(act, programs, "community", Q3)
        session.commit()
    shown = receive(engine, 1, programs["community"], Q3, without_points(folder / "facts"))
    keep(engine, shown, by="office")
    engine.dispose()
    return home


def register() -> Register:
    """The people and departments of the sample."""
    since = dt.date(2000, 1, 1)
    units = {r["id"]: Unit(r["id"], r["name"], since) for r in rows("department")}
    day: Any = dt.date.fromisoformat
    people = {
        r["id"]: Person(r["id"], r["name"], day(r["joined"]), day(r["left"]) if r["left"] else None)
        for r in rows("staff")
    }
    placed = tuple(
        Placement(r["id"], day(r["joined"]), r["department"], "", r["post_class"], Decimal(1),
                  day(r["left"]) if r["left"] else None)
        for r in rows("staff")
    )  # fmt: skip
    return Register(units, people, placed)


def accounts(session: Any, code: str) -> None:
    """An account for each role, two heads, and for the second person of their departments."""
    kept = hash_password(PASSWORD)
    persons = {login: first_of(unit) for login, unit in HEADS.items()}
    persons |= {f"{login}_staff": second_of(unit) for login, unit in HEADS.items()}
    for login in (*ROLES, *persons):
        person = session.scalar(select(Staff.id).where(Staff.code == persons.get(login)))
        user, _ = create_user(session, login, login, by="seed", hospital=code, staff=person)
        user.password_hash, user.must_change = kept, False
        if login in ROLES:
            grant(session, user, ROLES[login], hospital=1, by="seed")
        if login in HEADS:
            grant(session, user, "departments", hospital=1, department=HEADS[login], by="seed")


class House:
    """The community hospital on a database of its own."""

    def __init__(self, folder: Path, declared: Any, programs: Any) -> None:
        self.engine, self.programs = Home.open(folder).engine(), programs
        self.program = programs["community"]
        (self.ledger,), (self.dialogue,) = declared.ledgers, declared.dialogues

    @contextmanager
    def acting(self, login: str = "office", at: dt.datetime = JULY) -> Iterator[Act]:
        with writing(self.engine) as session:
            yield Act(session, 1, login, at)
            session.commit()

    def book(self, act: Act) -> Any:
        return book_of(act.session, 1, "points", Q3)

    def agree(self) -> House:
        """Every level says yes, from the top."""
        with self.acting("president", JUNE) as act:
            agree(act, "community", Q3, "hospital", "院长办公会第 6 次")
        with self.acting(at=JUNE) as act:
            for unit in departments_on(act.session, 1, Q3.first_day):
                agree(act, "community", Q3, "department", "科务会", department=unit)
            agree(act, "community", Q3, "staff", "职工代表大会")
        return self

    def opened(self) -> House:
        self.agree()
        with self.acting(at=JUNE) as act:
            open_book(act, self.ledger, self.program, Q3)
        return self

    def add(self, person: str, standard: str, day: dt.date, at: dt.datetime = JULY) -> int:
        with self.acting("office", at) as act:
            return book_points(act, self.book(act), person, standard, day, "台账").id

    def facts(self) -> Any:
        with reading(self.engine) as session:
            return facts_at(session, 1, self.program, Q3)

    def calculate(self) -> Any:
        """The period computed with the hospital's settings."""
        with reading(self.engine) as session:
            settings = settings_of(session, 1, self.program)
        return calculate(self.program, self.facts(), settings)
