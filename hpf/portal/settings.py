"""How the portal is served: the section `[portal]` of hpf.toml, checked whole.

[portal]
hosts = ["hpf.example.cn"]        # names it answers to; without any: this machine alone
https = true                      # behind a TLS proxy: cookies only over https
proxies = 1                       # how many proxies stand in front
session_hours = 8                 # without a page asked for, one is logged out
longest_hours = 12                # after the log-in one logs in again, however busy
upload_mb = 20                    # the largest workbook
lock_after = 5                    # wrong passwords in a row
lock_minutes = 15
login_rate = "240/minute"         # wrong passwords from one address; right ones are not counted
page_rate = "600/minute"          # of one account
door_rate = "3000/minute"         # pages before the log-in, from one address: a whole ward's
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hpf.core.errors import Problem, did_you_mean
from hpf.storage.home import Home
from hpf.storage.keys import write_key
from hpf.storage.troubles import StorageError, trouble

KEY = "portal.key"
LOCAL = ("127.0.0.1", "localhost")
_RATE = re.compile(r"[1-9]\d*/(second|minute|hour|day)")


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """What `create_app` takes. key: signs sessions; dev: for developers, never in a hospital."""

    home: Home
    key: bytes = field(repr=False)
    hosts: tuple[str, ...] = LOCAL
    https: bool = False
    proxies: int = 0
    session_hours: int = 8
    longest_hours: int = 12
    upload_mb: int = 20
    lock_after: int = 5
    lock_minutes: int = 15
    login_rate: str = "240/minute"
    page_rate: str = "600/minute"
    door_rate: str = "3000/minute"
    dev: bool = False

    @classmethod
    def of(cls, home: Home, *, dev: bool = False) -> PortalSettings:
        """The settings of a home; its session key is made when it is first asked for.

        Raises StorageError with everything that is wrong with the section.
        """
        given = home.portal
        problems = list(_wrong(given, str(home.file)))
        if problems:
            raise StorageError(problems)
        hosts = (*LOCAL, *(h for h in given.get("hosts", ()) if h not in LOCAL))
        rest = {name: given[name] for name in _KINDS if name in given}
        return cls(home, _key(home), hosts, dev=dev, **rest)


_KINDS: Mapping[str, type] = {
    "https": bool, "proxies": int, "session_hours": int, "longest_hours": int, "upload_mb": int,
    "lock_after": int, "lock_minutes": int, "login_rate": str, "page_rate": str, "door_rate": str,
}  # fmt: skip
_LEAST = {"proxies": 0}


def _wrong(given: Any, file: str) -> list[Problem]:
    found: list[Problem] = []

    def bad(name: str, zh: str, en: str, cure: tuple[str, str] = ("", "")) -> None:
        found.append(trouble("home", (zh, en), cure, file, name=f"portal.{name}"))

    if not isinstance(given, Mapping):
        bad("", "portal 要写成一节 [portal]", "'portal' is a section: [portal]")
        return found
    known = ["hosts", *_KINDS]
    for name, value in given.items():
        if name not in known:
            near = did_you_mean(name, known)
            bad(name, f"没有 portal.{name} 这一项", f"there is no entry 'portal.{name}'", near)
        elif name == "hosts":
            if not isinstance(value, list) or not all(isinstance(h, str) and h for h in value):
                bad(name, "portal.hosts 要列出网址名", "'portal.hosts' lists names of hosts",
                    ('如 hosts = ["hpf.cn"]', 'For instance hosts = ["hpf.cn"]'))  # fmt: skip
        elif _KINDS[name] is bool:
            if not isinstance(value, bool):
                bad(name, f"portal.{name} 写 true 或 false", f"'portal.{name}' is true or false")
        elif _KINDS[name] is int:
            least = _LEAST.get(name, 1)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                bad(name, f"portal.{name} 要写不小于 {least} 的整数",
                    f"'portal.{name}' is a whole number of at least {least}")  # fmt: skip
        elif not isinstance(value, str) or not _RATE.fullmatch(value):
            bad(name, f"portal.{name} 要写成 次数/时间", f"'portal.{name}' is NUMBER/TIME",
                ("如 240/minute", "For instance 240/minute"))  # fmt: skip
    return found


def _key(home: Home) -> bytes:
    """The key of sessions, from the folder of keys; made there once. Losing it logs everybody out,
    and nothing else."""
    path = home.keys / KEY
    try:
        write_key(path, secrets.token_bytes(32))
    except FileExistsError:
        pass
    except OSError as error:
        words = (
            "密钥文件夹写不进去",
            f"the folder of keys cannot be written to ({error.strerror})",
        )
        cure = ("请以密钥所属的用户运行", "Run it as the user whom the keys belong to")
        raise StorageError([trouble("no_keys", words, cure, str(path))]) from error
    key = path.read_bytes()
    if len(key) != 32:
        words = ("密钥长度不对", "the key has not its size")
        cure = (
            "请删掉它：会重新生成，所有人重新登录",
            "Delete it: it is made anew, and everybody logs in again",
        )
        raise StorageError([trouble("bad_key", words, cure, str(path))])
    return key
