"""When the database cannot go on: full, gone, busy or damaged. In words; nothing was written."""

from __future__ import annotations

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from hpf.core.errors import Problem
from hpf.storage.troubles import Words, trouble

_NOTHING = ("。没有写入任何内容", ". Nothing was written")
_KINDS: dict[str, tuple[Words, Words]] = {
    "full": (
        ("磁盘已满，数据库写不下去", "the disk is full: the database cannot write"),
        ("请腾出空间后重试", "Make room and try again"),
    ),
    "gone": (
        ("数据库连接中断", "the connection to the database is lost"),
        (
            "请检查数据库服务和网络，恢复后重试",
            "Check the server and the network, and try again when they are back",
        ),
    ),
    "busy": (
        ("数据库一直被别的程序占用", "another program holds the database"),
        ("请稍后重试", "Try again in a while"),
    ),
    "readonly": (
        ("数据库不能写入", "the database may not be written to"),
        ("请检查文件和文件夹的权限、磁盘是否只读", "Check the file's and the folder's permissions"),
    ),
    "damaged": (
        ("数据库文件已损坏", "the database's file is damaged"),
        ("请用 hpf restore 恢复最近的备份", "Restore the latest backup with hpf restore"),
    ),
}
_SAID = {  # what SQLite and PostgreSQL say, beside PostgreSQL's own codes
    "database or disk is full": "full",
    "disk i/o error": "full",  # a file that may not grow further
    "no space left": "full",
    "database is locked": "busy",
    "readonly database": "readonly",
    "read-only": "readonly",
    "malformed": "damaged",
    "not a database": "damaged",
    "unable to open database file": "gone",
}
_CODES = {
    "53100": "full",
    "55P03": "busy",
    "25006": "readonly",
    "57P01": "gone",
    "57P02": "gone",
    "57P03": "gone",
}


def outage(address: URL, error: DBAPIError) -> Problem | None:
    """The problem, where the error is no defect of the program; None otherwise."""
    said = str(error.orig).lower()
    code = str(getattr(error.orig, "sqlstate", None) or "")
    kind = _CODES.get(code) or next((k for words, k in _SAID.items() if words in said), None)
    if kind is None and (error.connection_invalidated or code.startswith("08")):
        kind = "gone"
    if kind is None:
        return None
    (zh, en), cure = _KINDS[kind]
    words = (zh + _NOTHING[0], en + _NOTHING[1])
    return trouble(kind, words, cure, shown(address))


def shown(address: URL) -> str:
    """The address without its password."""
    return address.render_as_string(hide_password=True)
