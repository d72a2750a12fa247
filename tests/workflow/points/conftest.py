"""A hospital that keeps points, on each kind of database."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests
sys.path.insert(0, str(Path(__file__).parents[2] / "storage"))

from pointing import House, sqlite_house
from servers import new_database, postgresql

from hpf.storage.engine import connect
from hpf.storage.migrations import upgrade

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a house, made once; nobody writes to it."""
    folder = tmp_path_factory.mktemp("house")
    sqlite_house(folder).engine.dispose()
    return folder


@pytest.fixture
def house(tmp_path: Path, built: Path) -> Iterator[House]:
    """On SQLite."""
    made = sqlite_house(tmp_path, built)
    yield made
    made.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """On SQLite, and on PostgreSQL."""
    if request.param == "sqlite":
        made = sqlite_house(tmp_path, request.getfixturevalue("built"))
    else:
        server = request.getfixturevalue("server")
        engine = connect(new_database(server, f"booked{next(NUMBERS)}"))
        upgrade(engine)
        made = House(engine, tmp_path)
    yield made
    made.engine.dispose()
