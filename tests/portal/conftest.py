"""What every test of the portal needs: a filled home, the application on it, somebody logged in."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

import portal_county
import portal_homes as homes
from portal_forms import send

from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.runs import latest_run, payouts_of

Login = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The filled home, made once; nobody writes to it."""
    return homes.build(tmp_path_factory.mktemp("portal") / "home").folder


@pytest.fixture
def portal_home(made_home: Path, tmp_path: Path) -> Home:
    """A copy of the filled home, for a test of its own."""
    shutil.copytree(made_home, tmp_path / "home")
    return Home.open(tmp_path / "home")


@pytest.fixture
def app(portal_home: Home) -> Iterator[Flask]:
    """The portal on a copy of the filled home."""
    made = create_app(PortalSettings.of(portal_home))
    made.config["TESTING"] = False  # errors are answered as they are in a hospital
    made.config["HPF_PATIENCE"] = 120  # a busy machine: what is sealed is there when a test looks
    yield made
    made.extensions["hpf"].engine.dispose()


@pytest.fixture
def login(app: Flask) -> Login:
    """`login("office")`: a browser in which somebody is logged in, through the real form."""

    def enter(name: str, password: str = homes.PASSWORD) -> FlaskClient:
        client = app.test_client()
        answer = send(client, "/login", {"login": name, "password": password})
        assert answer.status_code == 302, answer.get_data(as_text=True)[-600:]
        return client

    return enter


@pytest.fixture(scope="session")
def amounts(made_home: Path) -> dict[str, Decimal]:
    """What each person of the sample is paid: only amounts that are one person's alone, so
    that each gives away whoever shows it."""
    home = Home.open(made_home)
    engine = home.engine()
    with reading(engine) as session:
        run = latest_run(session, home.hospital(session), "township", homes.PERIOD)
        paid = {i: v for i, v in payouts_of(session, run).items() if v}
    engine.dispose()
    times = Counter(paid.values())
    found = {i: v for i, v in paid.items() if times[v] == 1}
    assert len(found) > 40
    return found


@pytest.fixture(scope="session")
def reader(made_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Login]:
    """`reader("office")`: as `login`, on one copy for all tests that only read; None: nobody."""
    folder = tmp_path_factory.mktemp("reading") / "home"
    shutil.copytree(made_home, folder)
    made = create_app(PortalSettings.of(Home.open(folder)))
    known: dict[str | None, FlaskClient] = {}

    def enter(name: str | None) -> FlaskClient:
        if name not in known:
            known[name] = made.test_client()
            if name is not None:
                data = {"login": name, "password": homes.PASSWORD}
                assert send(known[name], "/login", data).status_code == 302
        return known[name]

    yield enter
    made.extensions["hpf"].engine.dispose()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> portal_county.County:
    """A county before anything is opened; nobody writes to it."""
    return portal_county.prepare(tmp_path_factory.mktemp("county") / "home")


@pytest.fixture(scope="session")
def whole_year(prepared: portal_county.County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county whose subsidy is decided; nobody writes to it."""
    return portal_county.copied(prepared, tmp_path_factory.mktemp("year") / "home").folder


@pytest.fixture(scope="session")
def october(prepared: portal_county.County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county whose first hospital is marked, and no other; nobody writes to it."""
    folder = tmp_path_factory.mktemp("october") / "home"
    return portal_county.copied(prepared, folder, "2026-10-13").folder


@pytest.fixture
def marking(
    october: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[portal_county.Site]:
    """A copy of the county in the middle of October."""
    shutil.copytree(october, tmp_path / "home")
    with portal_county.standing_site(tmp_path / "home", monkeypatch, "2026-10-15") as site:
        yield site
