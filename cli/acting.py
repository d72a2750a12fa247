"""In whose name a command acts: `--as ACCOUNT`, one transaction, one moment."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hpf_cli.group import Option
from hpf_cli.home import Opened, opened
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.workflow.acting import Act

AS = Option(
    "--as",
    "account",
    required=True,
    metavar="ACCOUNT",
    envvar="HPF_USER",
    words=Words(
        "以哪个账号操作（也可设 HPF_USER）；审计同时记下登录本机的用户",
        "The account that acts (or set HPF_USER); the audit also names who is logged in here",
    ),
)
ROLE = Option(
    "--role",
    type=str,
    metavar="ROLE",
    words=Words(
        "以哪个身份（身兼数职时）：management、hr、departments、it",
        "In which role, where it holds several: management, hr, departments, it",
    ),
)
DEPARTMENT = Option(
    "--department",
    default="",
    metavar="CODE",
    words=Words("代表哪个科室（身兼数科时）", "For which department, where it speaks for several"),
)


def now() -> dt.datetime:
    """The moment; commands ask here and nowhere else."""
    return dt.datetime.now(dt.UTC)


@contextmanager
def acting(home: str | None, account: str) -> Iterator[tuple[Opened, Act]]:
    """An act in one transaction: all of it is written at the end, or nothing."""
    from hpf.storage.engine import writing
    from hpf.workflow.acting import Act

    with opened(home) as at, writing(at.engine) as session:
        yield at, Act(session, at.hospital(session), account, now(), getpass.getuser())
        session.commit()


def role_of(text: str | None) -> str | None:
    """A role by its code. Raises HpfError with the nearest one."""
    from hpf.core.errors import did_you_mean
    from hpf.workflow.roles import Role
    from hpf_cli.stops import problem

    if text is None or text in set(Role):
        return text
    near = did_you_mean(text, [r.value for r in Role])
    raise problem("role", f"没有角色 {text}", f"there is no role '{text}'", near)


def pairs(given: tuple[str, ...]) -> dict[str, str]:
    """`name=value` …, as a mapping. Raises HpfError for one without a name or an equals sign."""
    from hpf_cli.stops import problem

    found = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name.strip():
            raise problem(
                "pair",
                f"“{one}”不是 名称=值",
                f"'{one}' is no NAME=VALUE",
                ("例如 publicity_days=5", "For instance publicity_days=5"),
            )
        found[name.strip()] = value.strip()
    return found
