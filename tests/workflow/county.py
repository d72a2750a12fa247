"""A county's home, made once a session and copied: on day one, with experts drawn, or decided."""

from __future__ import annotations

import datetime as dt
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from hpf.core.errors import HpfError
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.secrets import AccountKeys
from hpf.workflow import draws_held, visits
from hpf.workflow.acting import Act
from hpf.workflow.assessments import open_assessment, standing
from hpf.workflow.evidence import FOLDER, EvidenceFiles
from hpf_cli.demo_county_acts import items_of, markings, units_of, ways_of
from hpf_cli.demo_county_home import GROUP, YEAR, County, make_county, moment
from hpf_cli.demo_county_year import DRAW, SETTLED, VISITS

PDF = b"%PDF-1.4 synthetic"


class Desk:
    """A copy of the county, and short ways to act in it."""

    def __init__(self, county: County, folder: Path) -> None:
        county.engine.dispose()
        shutil.copytree(county.home.folder, folder)
        home = Home.open(folder)
        self.county = replace(county, home=home, engine=home.engine())
        self.files = EvidenceFiles(folder / FOLDER)
        self.keys = AccountKeys.read(home.keys)
        self.ways = ways_of(self.county)

    @contextmanager
    def on(self, day: str, account: str = GROUP) -> Any:
        """`with desk.on("2026-10-13", "e02") as (act, at)`: committed at the end."""
        with writing(self.county.engine) as session:
            act = Act(session, self.county.hospital, account, moment(day))
            yield act, standing(session, self.county.hospital, self.county.plan, YEAR)
            session.commit()

    def at(self) -> Any:
        """How the assessment stands."""
        with reading(self.county.engine) as session:
            return standing(session, self.county.hospital, self.county.plan, YEAR)

    def open(self, day: str = "2026-03-02", **settings: str) -> None:
        """Open it, with settings other than the demo's where given."""
        plan = self.county.plan
        parties = {p.zh: "示例" for p in plan.parties}
        with writing(self.county.engine) as session:
            act = Act(session, self.county.hospital, GROUP, moment(day))
            open_assessment(act, plan, self.county.program, YEAR, parties, SETTLED | settings)
            session.commit()

    def draw(self, hospitals: Any = None, **wanted: int) -> None:
        """Commit, fix, draw; one expert of each speciality unless said otherwise."""
        known = units_of(self.county)
        count = wanted or {"临床": 1, "护理": 1, "医院管理": 1}
        with self.on("2026-09-28") as (act, at):
            draws_held.commit_seed(act, at, self.keys, DRAW, hospitals or known, count, known)
        with self.on("2026-09-29") as (act, at):
            draws_held.fix_pool(act, at, DRAW)
        with self.on("2026-10-09") as (act, at):
            draws_held.hold_draw(act, at, self.keys, DRAW)

    @property
    def team(self) -> list[str]:
        """The experts of the draw, in order."""
        return sorted(draws_held.team_of(self.at())["H1"].experts)

    def see(self, unit: str, day: str, kind: str = visits.CONCENTRATED) -> int:
        """A visit by the whole team; its number."""
        with self.on(day) as (act, at):
            entry, _ = visits.visit(act, at, unit, kind, dt.date.fromisoformat(day), self.team,
                                    "", units_of(self.county))  # fmt: skip
            return int(entry.id)

    def mark_all(self) -> None:
        """Every visit of October, and every mark of the demo."""
        from hpf.workflow.marks import put_marks

        table = items_of(self.county)
        for unit, day in VISITS:
            number = self.see(unit, day)
            for n, expert in enumerate(self.team):
                with self.on(day, expert.lower()) as (act, at):
                    given = list(markings(self.county, table, unit, n, expert, number))
                    put_marks(act, at, self.files, table, self.ways, given)


def codes(found: pytest.ExceptionInfo[HpfError]) -> list[str]:
    """The codes of all that was refused, in order of code."""
    return sorted({p.code for p in found.value.problems})


@pytest.fixture(scope="session")
def county_made(tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county before anything is opened; nobody writes to it."""
    return make_county(tmp_path_factory.mktemp("county") / "home", "zh")


@pytest.fixture(scope="session")
def county_drawn(county_made: County, tmp_path_factory: pytest.TempPathFactory) -> County:
    """The county with its assessment opened and its experts drawn; nobody writes to it."""
    desk = Desk(county_made, tmp_path_factory.mktemp("drawn") / "home")
    desk.open()
    desk.draw()
    return desk.county


@pytest.fixture
def fresh(county_made: County, tmp_path: Path) -> Desk:
    """The county on day one."""
    return Desk(county_made, tmp_path / "home")


@pytest.fixture
def drawn(county_drawn: County, tmp_path: Path) -> Desk:
    """The county with its experts drawn."""
    return Desk(county_drawn, tmp_path / "home")
