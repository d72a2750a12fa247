"""A PostgreSQL server of one test session: its own folder, its own socket, no network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

NEEDS = "the storage tests need PostgreSQL's programs: install the package 'postgresql'"


def programs() -> Path:
    """The folder of initdb and pg_ctl: the newest Debian has, or what is on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    there = shutil.which("initdb")
    if there is None:
        raise RuntimeError(NEEDS)
    return Path(there).parent


@contextmanager
def postgresql() -> Iterator[str]:
    """The server's address, with `{}` for a database's name."""
    # a short path: a socket's may have some hundred characters
    folder = Path(tempfile.mkdtemp(prefix="hpfpg", dir="/tmp" if Path("/tmp").is_dir() else None))
    who: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        who = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(folder, "nobody", "nogroup")
    data, bin = folder / "data", programs()

    def run(*command: object) -> None:
        done = subprocess.run(
            [str(c) for c in command],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            **who,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c timezone=Asia/Shanghai"
    try:
        run(bin / "initdb", "-D", data, "-U", "hpf", "-A", "trust", "-N", "-E", "UTF8",
            "--locale=C.UTF-8")  # fmt: skip
        run(bin / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
        try:
            yield f"postgresql://hpf@/{{}}?host={folder}"
        finally:
            run(bin / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def new_database(server: str, name: str, template: str = "template0") -> str:
    """The address of a new database of that name on the server."""
    address = server.replace("postgresql:", "postgresql+psycopg:")
    admin = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    admin.dispose()
    return server.format(name)
