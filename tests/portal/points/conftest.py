"""A portal of the community hospital, before its ledger is opened and after."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from portal_forms import send
from portal_points import homes, open_ledger

from hpf.portal import PortalSettings, create_app
from hpf.storage.home import Home

Login = Callable[[str], FlaskClient]


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home before anybody agreed to anything."""
    return homes.build(tmp_path_factory.mktemp("community") / "home").folder


@pytest.fixture(scope="session")
def filled(empty: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with an open ledger."""
    return open_ledger(empty, tmp_path_factory.mktemp("ledger") / "home")


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
