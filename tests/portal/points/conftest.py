"""A portal of the community hospital, whose ledger is open: agreed to, with a few entries."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parents[2] / "workflow"))  # where the home is built

import community_home as homes
from portal_forms import send

from hpf.portal import PortalSettings, create_app
from hpf.storage.cycles import departments_on
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.ledgers import book_of
from hpf.workflow.acting import Act
from hpf.workflow.consensus import agree
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_adjust import adjust
from hpf.workflow.ledgers_entries import book_points

Login = Callable[[str], FlaskClient]
PERSONS = {u: (homes.first_of(u), homes.second_of(u)) for u in ("D01", "D02")}


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home before anybody agreed to anything."""
    return homes.build(tmp_path_factory.mktemp("community") / "home").folder


@pytest.fixture(scope="session")
def filled(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with an open ledger: entries in two departments, an adjustment in one."""
    folder = tmp_path_factory.mktemp("ledger") / "home"
    shutil.copytree(empty, folder)
    home = Home.open(folder)
    engine, program = home.engine(), home.programs()["community"]
    (ledger,) = home.loaded().ledgers

    def act(session, login: str = "office", at: dt.datetime = homes.JULY) -> Act:
        return Act(session, 1, login, at)

    with writing(engine) as session:
        agree(act(session, "president"), "community", homes.Q3, "hospital", "院长办公会")
        for unit in sorted(departments_on(session, 1, homes.Q3.first_day)):
            agree(act(session), "community", homes.Q3, "department", "科会", department=unit)
        agree(act(session), "community", homes.Q3, "staff", "职代会")
        open_book(act(session), ledger, program, homes.Q3)
        book = book_of(session, 1, "points", homes.Q3)
        assert book is not None
        for unit, (head, person) in PERSONS.items():
            day = dt.date(2026, 7, 3)
            book_points(act(session), book, person, "B01", day, f"随访 canary-{unit}")
            book_points(act(session), book, head, "M02", day, f"投诉 canary-head-{unit}")
        adjust(act(session, "head"), book, "", "B03", Decimal("4.4"), homes.JULY.date(), "旺季")
        session.commit()
    engine.dispose()
    return folder


def portal(folder: Path, to: Path) -> Flask:
    """The application on a copy of a home."""
    shutil.copytree(folder, to)
    made = create_app(PortalSettings.of(Home.open(to)))
    made.config["TESTING"] = False
    return made


@pytest.fixture
def app(filled: Path, tmp_path: Path) -> Iterator[Flask]:
    """With an open ledger."""
    made = portal(filled, tmp_path / "home")
    yield made
    made.extensions["hpf"].engine.dispose()


@pytest.fixture
def fresh(empty: Path, tmp_path: Path) -> Iterator[Flask]:
    """Before the ledger is opened."""
    made = portal(empty, tmp_path / "home")
    yield made
    made.extensions["hpf"].engine.dispose()


@pytest.fixture
def login(app: Flask) -> Login:
    """`login("head")`: a browser in which somebody is logged in."""
    return enter(app)


def enter(app: Flask) -> Login:
    def come(name: str) -> FlaskClient:
        client = app.test_client()
        data = {"login": name, "password": homes.PASSWORD}
        assert send(client, "/login", data).status_code == 302
        return client

    return come


@pytest.fixture
def at_first(fresh: Flask) -> Login:
    """As `login`, before the ledger is opened."""
    return enter(fresh)
