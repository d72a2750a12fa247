"""A hospital whose people rate one another: register, accounts, an open questionnaire."""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import survey_plugin
from sqlalchemy import Engine, select

from hpf.core.facts import facts_of
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.organisation import Person, Placement, Register, Unit
from hpf.core.periods import Period
from hpf.storage.engine import connect, reading, writing
from hpf.storage.imports import preview, save_import
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff
from hpf.storage.organisation import save_register
from hpf.storage.people import create_user, grant
from hpf.storage.questionnaires import assignments_of, find_questionnaire
from hpf.workflow.acting import Act
from hpf.workflow.questionnaire_answers import by_rater, by_token
from hpf.workflow.questionnaire_close import close
from hpf.workflow.questionnaires import draw_raters, hand_out, open_questionnaire

PERIOD = Period.parse("2026-Q3")
SINCE = dt.date(2020, 1, 1)
NOW = dt.datetime(2026, 10, 8, 1, tzinfo=dt.UTC)
TODAY = NOW.date()
LAST = dt.date(2026, 10, 20)
SIZES = {"W1": 6, "W2": 7, "W3": 2}
HEADS = {"W1": "W1-1", "W2": "W2-1"}
BOSS = "W3-1"


def people() -> list[str]:
    return [f"{unit}-{n}" for unit, size in SIZES.items() for n in range(1, size + 1)]


class House:
    """The hospital on a database; its office opens, hands out and closes."""

    hospital = 1

    def __init__(self, engine: Engine, folder: Path, *, fill: bool = True) -> None:
        self.engine, self.keys = engine, folder / "keys"
        plugins = load_plugins({"surveyed": survey_plugin}, installed=False)
        self.programs = load_programs(plugins)
        self.program = self.programs["surveyed"]
        self.forms = {q.code: q for q in plugins.questionnaires}
        if fill:
            make_keys(self.keys)
            self._fill()

    def _fill(self) -> None:
        with writing(self.engine) as session:
            one = Hospital(code="H1", name="示例医院（合成数据）")
            session.add(one)
            session.flush()
            assert one.id == self.hospital
            units = {u: Unit(u, f"科室{u}", SINCE) for u in SIZES}
            staff = {p: Person(p, f"人{p}", SINCE) for p in people()}
            placed = tuple(
                Placement(p, SINCE, p.partition("-")[0], "", "护师", Decimal(1)) for p in people()
            )
            save_register(session, one.id, Register(), Register(units, staff, placed), by="seed")
            create_user(session, "office", "office", by="seed", hospital="H1")
            for person in (BOSS, *HEADS.values()):
                id = session.scalar(select(Staff.id).where(Staff.code == person))
                create_user(session, person, person, by="seed", hospital="H1", staff=id)
            self._grant(session)
            self._facts(session)
            session.commit()

    def _grant(self, session: Any) -> None:
        from hpf.storage.people import find_user

        def give(login: str, role: str, unit: str = "") -> None:
            user = find_user(session, login)
            grant(session, user, role, hospital=self.hospital, department=unit, by="seed")

        give("office", "hr")
        give(BOSS, "management")
        for unit, head in HEADS.items():
            give(head, "departments", unit)

    def _facts(self, session: Any) -> None:
        data: dict[str, Any] = {
            "hospital": {"示例": {}},
            "department": {u: {"hospital": "示例"} for u in SIZES},
            "staff": {p: {"department": p.partition("-")[0]} for p in people()},
        }
        shown = preview(session, self.hospital, self.program, facts_of(self.program, PERIOD, data))
        save_import(session, shown, by="seed")

    def act(self, session: Any, at: dt.datetime = NOW) -> Act:
        return Act(session, self.hospital, "office", at)

    def open(self, code: str) -> int:
        with writing(self.engine) as session:
            act, form = self.act(session), self.forms[code]
            one = open_questionnaire(act, self.keys, form, self.program, PERIOD, LAST)
            session.commit()
            return one.id

    def drawn(self, code: str = "all_sides", seed: str = "s") -> int:
        number = self.open(code)
        with writing(self.engine) as session:
            draw_raters(self.act(session), number, seed)
            session.commit()
        return number

    def hand_out(self, number: int, group: str, count: int, way: str = "slips") -> list[str]:
        with writing(self.engine) as session:
            _, made = hand_out(self.act(session), self.keys, number, way, group, "", count)
            session.commit()
            return made

    def asked(self, number: int) -> list[Any]:
        with reading(self.engine) as session:
            return [SimpleNamespace(rater=a.rater, row=a.row_id, group=a.group_code)
                    for a in assignments_of(session, number)]  # fmt: skip

    def rate(self, number: int, asked: Any, fields: Mapping[str, str],
             today: dt.date = TODAY) -> None:  # fmt: skip
        with writing(self.engine) as session:
            by_rater(session, self.keys, self.hospital, number, asked.rater, asked.row,
                     asked.group, fields, today)  # fmt: skip
            session.commit()

    def answer(self, number: int, token: str, fields: Mapping[str, str],
               today: dt.date = TODAY) -> None:  # fmt: skip
        with writing(self.engine) as session:
            by_token(session, self.keys, self.hospital, number, token, fields, today)
            session.commit()

    def close(self, number: int, short: str = "") -> Any:
        return close(self.engine, self.keys, self.hospital, number, account="office", at=NOW,
                     short=short)  # fmt: skip

    def row(self, number: int) -> Any:
        with reading(self.engine) as session:
            return find_questionnaire(session, self.hospital, number)

    def answered(self, seed: int = 1, skip: frozenset[str] = frozenset()) -> int:
        """All sides, everybody but `skip` having answered in some order, and closed."""
        number, chance = self.drawn(), random.Random(seed)
        asked = [a for a in self.asked(number) if a.rater not in skip]
        chance.shuffle(asked)
        for one in asked:
            self.rate(number, one, {"skill": str(chance.randint(1, 5)), "teamwork": "4",
                                    "remark": ""})  # fmt: skip
        return number


def sqlite_house(folder: Path, made: Path | None = None) -> House:
    """A house on a new SQLite database; or on a copy of one that was made."""
    if made is not None:
        shutil.copytree(made, folder, dirs_exist_ok=True)
    engine = connect(f"sqlite:///{folder / 'hpf.db'}")
    if made is None:
        upgrade(engine)
    return House(engine, folder, fill=made is None)
