"""A hospital that keeps points: a small scheme with a ledger, people, heads and an office."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from hpf.core import (
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Dialogue,
    Formula,
    Ledger,
    Parameters,
    Period,
    Row,
    Scheme,
    Text,
    entity,
    exact,
    link,
)
from hpf.core.build import build
from hpf.core.facts import facts_of
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.program import Program
from hpf.storage.engine import connect, reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import preview, save_import
from hpf.storage.ledgers import book_of
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, LedgerBook, Staff
from hpf.storage.organisation import save_register
from hpf.storage.people import create_user, grant
from hpf.workflow.acting import Act
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_adjust import adjust
from hpf.workflow.ledgers_close import close_book
from hpf.workflow.ledgers_entries import book_points, reverse
from hpf.workflow.service import settle

Q3, Q4 = Period.parse("2026-Q3"), Period.parse("2026-Q4")
SINCE = dt.date(2020, 1, 1)
JULY = dt.datetime(2026, 7, 10, 1, tzinfo=dt.UTC)  # within Q3
OCTOBER = dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC)
DAY = JULY.date()
PEOPLE = {"A1": "W1", "A2": "W1", "A3": "W1", "B1": "W2", "B2": "W2"}
HEADS = {"W1": "A1", "W2": "B1"}
PARAMETERS = """
merit:
  base:
    {name: 基础, unit: point, clause: T.1, values: [{from: 2026-01-01, value: "80", reference: T}]}
  room:
    {name: 幅度, clause: T.1, values: [{from: 2026-01-01, value: "0.2", reference: x}]}
  budget:
    {name: 额度, unit: point, clause: T.1, values: [{from: 2026-01-01, value: "3", reference: x}]}
  days:
    {name: 反馈期限, unit: day, clause: T.1, values: [{from: 2026-01-01, value: "7", reference: x}]}
"""
CLAUSES = "- {id: T.1, kind: calc, meaning: {zh: 一切, en: Everything}}\n"
LEDGER = Ledger(
    "merits", "merit", "entry", Text("积分", "Points"), account="", person="person",
    standard="standard", reverses="undoes", sign="sign", signs=("加", "减"), points="points",
    day="day", reason="reason", seen="seen", earlier="earlier", kind="kind", bonus="加分",
    worth="worth", seen_within="days", adjustable="free", adjustment="change", unit="department",
    before="before", after="after", decided="decided", since="since", why="why", limit="room",
    budget="budget",
)  # fmt: skip
DIALOGUE = Dialogue("talks", "merit", "staff", Text("沟通", "Talks"), "talks", "trainings",
                    "least", "often", "target")  # fmt: skip


def scheme(folder: Path) -> Program:
    """Points: a base, what is added and what is taken off."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parameters.yaml").write_text(PARAMETERS, "utf-8")
    (folder / "clauses.yaml").write_text(CLAUSES, "utf-8")
    s = Scheme("merit", zh="积分", en="Merit", document="T", here=str(folder / "x.py"),
               period="quarter")  # fmt: skip
    standard = s.entity(
        entity("standard", "标准", "Standard",
               link("hospital", HOSPITAL, "医院", "Hospital", "standards"))
    )  # fmt: skip
    bare = entity("entry", "分录", "Entry", link("person", STAFF, "人", "Person", "entries"),
                  link("standard", standard, "标准", "Standard", "entries"))  # fmt: skip
    entry = s.entity(bare)
    s.link(entry, link("undoes", bare, "冲销", "Undoes", optional=True))
    change = s.entity(
        entity("change", "调整", "Change", link("department", DEPARTMENT, "科室", "Department"),
               link("standard", standard, "标准", "Standard"))
    )  # fmt: skip
    more: dict[str, Any] = {"clause": "T.1", "blank": "not_applicable"}
    s.choice(standard, "kind", ["加分", "扣分"], zh="类", en="Kind", clause="T.1")
    s.decimal(standard, "worth", zh="分值", en="Worth", unit=POINT, clause="T.1")
    s.boolean(standard, "free", zh="可调整", en="Adjustable", clause="T.1")
    s.choice(entry, "sign", ["加", "减"], zh="加减", en="Sign", clause="T.1")
    s.decimal(entry, "points", zh="分", en="Points", unit=POINT, clause="T.1")
    s.date(entry, "day", zh="日期", en="Day", clause="T.1")
    s.text(entry, "reason", zh="事由", en="Reason", **more)
    s.date(entry, "seen", zh="看到", en="Seen", **more)
    s.boolean(entry, "earlier", zh="以前", en="Earlier", clause="T.1", blank="zero")
    for name in ("before", "after"):
        s.decimal(change, name, zh=name, en=name, unit=POINT, clause="T.1")
    for name in ("decided", "since"):
        s.date(change, name, zh=name, en=name, clause="T.1")
    s.text(change, "why", zh="理由", en="Why", clause="T.1")
    s.integer(STAFF, "talks", zh="沟通", en="Talks", **more)
    s.integer(STAFF, "trainings", zh="培训", en="Trainings", **more)

    @s.rule(STAFF, zh="积分", en="Points", clause="T.1", unit=POINT)
    def points(person: Row, p: Parameters) -> Formula:
        added = person.entries.where(lambda e: e.sign == "加").points.sum()
        taken = person.entries.where(lambda e: e.sign == "减").points.sum()
        return p.base + added - taken + exact("0", POINT)

    return build(s)


def facts(**standards: dict[str, Any]) -> dict[str, Any]:
    """A period's facts without points. standards: other than these, or changed."""
    held: dict[str, Any] = {
        "S1": {"kind": "加分", "worth": "5", "free": True, "name": "好"},
        "S2": {"kind": "加分", "worth": "2", "free": False, "name": "加"},
        "S3": {"kind": "扣分", "worth": "3", "free": True, "name": "错"},
    }
    for id, other in standards.items():
        held[id] = {**held.get(id, {}), **other}
    return {
        "hospital": {"H": {}},
        "department": {u: {"hospital": "H"} for u in HEADS},
        "staff": {p: {"department": u} for p, u in PEOPLE.items()},
        "standard": {id: {"hospital": "H", **row} for id, row in held.items()},
    }


class House:
    """The hospital on a database. Whoever acts is named by login, on a moment in July."""

    hospital = 1

    def __init__(self, engine: Engine, folder: Path, *, fill: bool = True) -> None:
        self.engine, self.program = engine, scheme(folder / "merit")
        self.programs = {"merit": self.program}
        if fill:
            self._fill()

    def _fill(self) -> None:
        with writing(self.engine) as session:
            session.add(Hospital(code="H1", name="示例医院（合成数据）"))
            session.flush()
            units = {u: Unit(u, f"科室{u}", SINCE) for u in HEADS}
            staff = {p: Person(p, f"人{p}", SINCE) for p in PEOPLE}
            placed = tuple(Placement(p, SINCE, u, "", "护师", Decimal(1))
                           for p, u in PEOPLE.items())  # fmt: skip
            save_register(session, 1, Register(), Register(units, staff, placed), by="seed")
            roles = {"office": "hr", "boss": "management", "desk": "it"}
            for login in (*roles, *PEOPLE):
                id = session.scalar(select(Staff.id).where(Staff.code == login))
                user, _ = create_user(session, login, login, by="seed", hospital="H1", staff=id)
                if login in roles:
                    grant(session, user, roles[login], hospital=1, by="seed")
                for unit, head in HEADS.items():
                    if head == login:
                        grant(session, user, "departments", hospital=1, department=unit, by="seed")
            act = Act(session, 1, "office", JULY)
            settle(act, {"consensus_levels": "none", "reply_days": "7",
                         "recognition_types": "表扬,标兵"}, "synthetic")  # fmt: skip
            session.commit()
        for period in (Q3, Q4):
            self.report(period, facts())

    def report(self, period: Period, data: dict[str, Any], extent: str = "part") -> None:
        with writing(self.engine) as session:
            given = facts_of(self.program, period, data)
            shown = preview(session, 1, self.program, given, extent=extent)
            save_import(session, shown, by="office")
            session.commit()

    @contextmanager
    def acting(self, login: str = "office", at: dt.datetime = JULY) -> Iterator[Act]:
        with writing(self.engine) as session:
            yield Act(session, 1, login, at)
            session.commit()

    def book(self, session: Any, period: Period = Q3) -> LedgerBook:
        found = book_of(session, 1, "merits", period)
        assert found is not None
        return found

    def opened(self, period: Period = Q3, at: dt.datetime = JULY) -> House:
        with self.acting(at=at) as act:
            open_book(act, LEDGER, self.program, period)
        return self

    def add(self, person: str, standard: str, by: str = "office", day: dt.date = DAY,
            reason: str = "表扬", period: Period = Q3, at: dt.datetime = JULY) -> int:  # fmt: skip
        with self.acting(by, at) as act:
            return book_points(act, self.book(act.session, period), person, standard, day,
                               reason).id  # fmt: skip

    def undo(self, number: int, by: str = "office", at: dt.datetime = JULY,
             reason: str = "记错") -> int:  # fmt: skip
        with self.acting(by, at) as act:
            return reverse(act, number, reason).id

    def change(self, standard: str, after: str, by: str = "A1", since: dt.date = DAY,
               at: dt.datetime = JULY, reason: str = "旺季") -> int:  # fmt: skip
        with self.acting(by, at) as act:
            return adjust(act, self.book(act.session), "", standard, Decimal(after), since,
                          reason).id  # fmt: skip

    def close(self, period: Period = Q3, at: dt.datetime = OCTOBER) -> None:
        with self.acting(at=at) as act:
            close_book(act, LEDGER, self.program, self.book(act.session, period))

    def see(self, what: Callable[[Any], Any]) -> Any:
        with reading(self.engine) as session:
            return what(session)

    def facts(self, period: Period = Q3) -> Any:
        with reading(self.engine) as session:
            return facts_at(session, 1, self.program, period)


def sqlite_house(folder: Path, template: Path | None = None) -> House:
    """On SQLite; copied from one that was filled before, where there is one."""
    if template is not None:
        shutil.copy(template / "hpf.db", folder / "hpf.db")
    engine = connect(f"sqlite:///{folder / 'hpf.db'}")
    if template is None:
        upgrade(engine)
    return House(engine, folder, fill=template is None)
