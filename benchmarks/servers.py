"""Where a database is measured: on SQLite, and on a PostgreSQL server of the tests' kind."""

from __future__ import annotations

import importlib.util
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType

from benchmarks.sizes import Sizes
from benchmarks.table import Line, absent

SERVERS = Path(__file__).parents[1] / "tests" / "storage" / "servers.py"


def on_each(what: str, sizes: Sizes, measured: Callable[[str, str], Iterable[Line]]) -> list[Line]:
    """The lines measured on SQLite and, where its programs and driver are there, on PostgreSQL.

    measured: gets the name of the place and its server; "" is SQLite, which needs none.
    """
    out: list[Line] = []
    with ExitStack() as stack:
        places: dict[str, str | None] = {"SQLite": ""}
        if sizes.judged:  # a smoke run starts no server
            found = importlib.util.find_spec("psycopg")
            places["PostgreSQL"] = stack.enter_context(postgresql_server()) if found else None
        for name, server in places.items():
            if server is None:
                out.append(absent(f"{what}, {name}", "psycopg or PostgreSQL's programs"))
            else:
                out += measured(name, server)
    return out


@contextmanager
def postgresql_server() -> Iterator[str | None]:
    """A server of the tests' kind, or None where its programs are missing."""
    if not SERVERS.exists():
        yield None
        return
    module = _module(SERVERS)
    try:
        module.programs()
    except RuntimeError:
        yield None
        return
    with module.postgresql() as url:
        yield url


def new_database(server: str) -> str:
    """The address of a new, empty database on a server."""
    from sqlalchemy import create_engine, text

    address = server.replace("postgresql:", "postgresql+psycopg:").format("postgres")
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"bench{time.time_ns()}"
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return server.format(name)


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bench_servers", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
