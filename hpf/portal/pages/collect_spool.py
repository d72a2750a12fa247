"""Uploaded workbooks until somebody confirms them: in a private folder, few, and not for long.

Nothing of a file is in the database before it is confirmed; what nobody confirms is deleted after a
day, or when newer ones need the room.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, Protocol

MOST: Final = 20  # files
HOURS: Final = 24
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")
_UNSAFE: Final = re.compile(r"[^\w.() -]+")
_NOTE: Final = "upload.json"
SUFFIXES: Final = (".xlsx", ".xlsm", ".xls", ".csv")


class Saving(Protocol):
    """An uploaded file, as werkzeug has it."""

    def save(self, dst: Path) -> None:
        """Write it."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that waits. base: the last import it was compared with; 0: none."""

    token: str
    name: str
    login: str
    scheme: str
    period: str
    extent: str
    base: int = 0


class Spool:
    """The folder. Only whoever uploaded a file gets at it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(
        self, file: Saving, name: str, *, login: str, scheme: str, period: str, extent: str
    ) -> Upload:
        """Keep a file. Raises ValueError for a name that is no workbook's, OSError."""
        safe = safe_name(name)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room()
        made = Upload(secrets.token_hex(16), safe, login, scheme, period, extent)
        place = self.folder / made.token
        place.mkdir(mode=0o700)
        try:
            file.save(place / safe)
            self.note(made)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise
        return made

    def note(self, upload: Upload, base: int | None = None) -> Upload:
        """Write down what it was compared with."""
        told = upload if base is None else replace(upload, base=base)
        (self.folder / told.token / _NOTE).write_text(json.dumps(asdict(told)), "utf-8")
        return told

    def get(self, token: str, login: str) -> Upload | None:
        """A file that waits; None where it is gone, or somebody else's."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            found = Upload(**json.loads((self.folder / token / _NOTE).read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if found.login == login and self.path(found).is_file() else None

    def path(self, upload: Upload) -> Path:
        """Where the file lies."""
        return self.folder / upload.token / upload.name

    def drop(self, token: str) -> None:
        """Delete one."""
        if _TOKEN.fullmatch(token):
            shutil.rmtree(self.folder / token, ignore_errors=True)

    def _make_room(self) -> None:
        held = sorted(self._folders(), key=lambda p: -p.stat().st_mtime)
        oldest = time.time() - HOURS * 3600
        for n, one in enumerate(held):
            if n >= MOST - 1 or one.stat().st_mtime < oldest:
                shutil.rmtree(one, ignore_errors=True)

    def _folders(self) -> Iterator[Path]:
        return (p for p in self.folder.iterdir() if p.is_dir() and _TOKEN.fullmatch(p.name))


def safe_name(name: str) -> str:
    """A file's own name, without folders and strange signs.

    >>> safe_name("10月数据.xlsx"), safe_name("../../etc/a b.xlsx"), safe_name("C:\\\\x\\\\y.xls")
    ('10月数据.xlsx', 'a b.xlsx', 'y.xls')

    Raises ValueError where it does not end like a workbook's.
    """
    last = re.split(r"[/\\]", name)[-1]
    stem, suffix = Path(last).stem, Path(last).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(f"no workbook: {suffix}")
    return (_UNSAFE.sub("_", stem).strip(". ")[:80] or "upload") + suffix
