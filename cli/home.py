"""The hospital that a command works on: its home folder, its database, and who asks."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpf_cli.group import Option, language
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from hpf.core.kit.programs import Programs
    from hpf.storage.home import Home

HOME = Option(
    "--home",
    metavar="DIR",
    envvar="HPF_HOME",
    words=Words(
        "医院的 HPF 文件夹（有 hpf.toml）；不写就是 HPF_HOME 或当前文件夹",
        "The hospital's folder, with its hpf.toml; else HPF_HOME or the current folder",
    ),
)
BY = Option(
    "--by",
    metavar="WHO",
    envvar="HPF_USER",
    words=Words(
        "以谁的名义（记入审计）；不写就是 HPF_USER 或登录本机的用户",
        "In whose name, for the audit; else HPF_USER or whoever is logged in here",
    ),
)


@dataclass(frozen=True)
class Opened:
    """A hospital at work: its home and its database."""

    home: Home
    engine: Engine

    @cached_property
    def programs(self) -> Programs:
        """The schemes of the enabled plugins, each built when asked for."""
        return self.home.programs()

    @property
    def code(self) -> str:
        """The hospital's code."""
        return self.home.hospital_code

    def hospital(self, session: Session) -> int:
        """The hospital's id in the database."""
        return self.home.hospital(session)

    @cached_property
    def hospital_id(self) -> int:
        """The same, where a command opens no session of its own."""
        from hpf.storage.engine import reading

        with reading(self.engine) as session:
            return self.hospital(session)


@contextmanager
def opened(home: str | None, *, check: bool = True) -> Iterator[Opened]:
    """The hospital at `--home`; check: refuse a database of another revision."""
    at = home_of(home)
    engine = at.engine(check=check)
    try:
        yield Opened(at, engine)
        if check:
            _sign(at, engine)
    finally:
        engine.dispose()


def _sign(at: Home, engine: Engine) -> None:
    """Sign what the command entered into the audit chain; without its key it is told, no more."""
    from hpf.core.errors import HpfError
    from hpf.storage.audit_heads import sign_new
    from hpf_cli.stops import show_notices

    try:
        sign_new(engine, at.keys)
    except HpfError as error:
        show_notices(error.problems, language())


def home_of(home: str | None) -> Home:
    """What hpf.toml says, without opening the database."""
    from hpf.storage.home import Home

    return Home.open(Path(home or os.environ.get("HPF_HOME") or "."))


def who(by: str | None) -> str:
    """The name that goes into the audit."""
    return by or os.environ.get("HPF_USER") or getpass.getuser()
