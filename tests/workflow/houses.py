"""A hospital for tests on each kind of database: built once on SQLite and copied, or upgraded anew
on a PostgreSQL server of the session."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "storage"))

from servers import new_database, postgresql
from sqlalchemy import Engine

from hpf.storage.engine import connect
from hpf.storage.migrations import upgrade

NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


def houses(
    on_sqlite: Callable[..., Any], on: Callable[[Engine, Path], Any], name: str
) -> tuple[Any, Any, Any]:
    """The fixtures `built`, `house` and `either` of a kind of hospital.

    on_sqlite: makes one in a folder, from one that is built or (without it) from nothing.
    on: makes one on a database that is there. name: what its databases' names begin with.
    """

    @pytest.fixture(scope="session")
    def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
        """The folder of a house, made once; nobody writes to it."""
        folder = tmp_path_factory.mktemp("house")
        on_sqlite(folder).engine.dispose()
        return folder

    @pytest.fixture
    def house(tmp_path: Path, built: Path) -> Iterator[Any]:
        """On SQLite."""
        made = on_sqlite(tmp_path, built)
        yield made
        made.engine.dispose()

    @pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
    def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
        """On SQLite, and on PostgreSQL."""
        if request.param == "sqlite":
            made = on_sqlite(tmp_path, request.getfixturevalue("built"))
        else:
            server = request.getfixturevalue("server")
            engine = connect(new_database(server, f"{name}{next(NUMBERS)}"))
            upgrade(engine)
            made = on(engine, tmp_path)
        yield made
        made.engine.dispose()

    return built, house, either
