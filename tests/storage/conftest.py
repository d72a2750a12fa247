"""Databases for the tests: each test gets a new one of each kind, at the newest revision."""

from __future__ import annotations

import itertools
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from servers import new_database, postgresql

from hpf.storage.engine import connect, writing
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
NewUrl = Callable[..., str]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with postgresql() as url:
        yield url


@pytest.fixture(params=BOTH)
def kind(request: pytest.FixtureRequest) -> str:
    """Which database: the PostgreSQL half is slow."""
    return str(request.param)


class Templates:
    """An upgraded database of each kind, made when first asked for and copied from then on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, str] = {}
        self.numbers = itertools.count(1)

    def sqlite(self, empty: bool) -> str:
        """The address of a new SQLite database."""
        file = self.folder / f"{next(self.numbers)}.db"
        if not empty:
            if "sqlite" not in self.made:
                first = self.folder / "template.db"
                engine = connect(f"sqlite:///{first}")
                upgrade(engine)
                engine.dispose()
                self.made["sqlite"] = str(first)
            shutil.copy(self.made["sqlite"], file)
        return f"sqlite:///{file}"

    def postgresql(self, server: str, empty: bool) -> str:
        """The address of a new PostgreSQL database."""
        template = "template0"
        if not empty:
            template = "hpf_template"
            if "postgresql" not in self.made:
                engine = connect(new_database(server, template))
                upgrade(engine)
                engine.dispose()
                self.made["postgresql"] = template
        return new_database(server, f"test{next(self.numbers)}", template)


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    return Templates(tmp_path_factory.mktemp("databases"))


@pytest.fixture
def new_url(kind: str, templates: Templates, request: pytest.FixtureRequest) -> NewUrl:
    """Makes a new database and gives its address; `empty=True`: without tables."""

    def make(empty: bool = False) -> str:
        if kind == "sqlite":
            return templates.sqlite(empty)
        return templates.postgresql(request.getfixturevalue("server"), empty)

    return make


@pytest.fixture
def database(new_url: NewUrl) -> Iterator[Engine]:
    """An engine on a new database at the newest revision."""
    engine = connect(new_url())
    yield engine
    engine.dispose()


@pytest.fixture
def hospital(database: Engine) -> int:
    """The id of a hospital."""
    with writing(database) as session:
        one = Hospital(code="H", name="某医院")
        session.add(one)
        session.commit()
        return one.id
