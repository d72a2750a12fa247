"""Files in a backup: what was handed in as evidence, and the originals of what was imported.

Both lie in folders of the home, each file under its SHA-256 (`evidence/ab/ab…`). In a backup a file
is a line that names it and lines of base64, some at a time: however large it is, little of it is
in memory. A file that is not what its name says stays out; one that does not come back as its name
says is refused.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpf.storage.dump import line

EVIDENCE, ORIGINALS = "evidence", "originals"
FOLDERS = (EVIDENCE, ORIGINALS)
_NAME = re.compile(r"(?:evidence|originals)/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_CHUNK = 96 * 1024  # bytes of a file in a line


def kept_files(home: Path) -> list[str]:
    """The names of all kept files of a home (`evidence/ab/ab…`), in order."""
    return sorted(
        name
        for folder in FOLDERS
        for path in (home / folder).glob("*/*")
        if _NAME.fullmatch(name := path.relative_to(home).as_posix())
    )


def keep_file(home: Path, folder: str, source: Path) -> str:
    """Copy a file under its SHA-256, which is returned; whole or not at all, and once."""
    with source.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    place = home / folder / digest[:2] / digest
    if place.exists():
        return digest
    with Beside(place) as put, source.open("rb") as file:
        while part := file.read(_CHUNK):
            put.write(part)
    return digest


def place_of(home: Path, folder: str, digest: str) -> Path | None:
    """Where a kept file lies; None where it is not there, or no such name can be."""
    name = f"{folder}/{digest[:2]}/{digest}"
    if not _NAME.fullmatch(name):
        return None
    place = home / name
    return place if place.is_file() else None


def sound(home: Path, name: str) -> bool:
    """Whether a kept file is what its name says."""
    try:
        with (home / name).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == name[-64:]
    except OSError:
        return False


def lines_of(home: Path, name: str) -> Iterator[bytes]:
    """A kept file as lines of a backup. Raises OSError where it cannot be read."""
    with (home / name).open("rb") as file:
        yield line({"file": name, "size": os.fstat(file.fileno()).st_size})
        while part := file.read(_CHUNK):
            yield line(base64.b64encode(part).decode())


@dataclass(slots=True)
class Taking:
    """Files as they come out of a backup. home: where they are put; None: they are only checked.

    `begin`, then `part` for each line, then `end`. Raises ValueError for what is no file of a
    backup, or not what its name says.
    """

    home: Path | None
    count: int = 0
    _name: str = ""
    _left: int = 0
    _digest: Any = None
    _file: Any = None

    def begin(self, said: Any) -> None:
        """The line that names a file."""
        self.end()
        name, size = said.get("file"), said.get("size")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or not isinstance(size, int):
            raise ValueError("no kept file")
        self._name, self._left, self._digest = name, size, hashlib.sha256()
        self._file = Beside(self.home / name) if self.home else None

    def part(self, text: str) -> None:
        """A line of its content."""
        if not self._name:
            raise ValueError("content without a file")
        try:
            data = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError("no base64") from error
        self._left -= len(data)
        self._digest.update(data)
        if self._file:
            self._file.write(data)

    def end(self) -> None:
        """It is whole: it takes its name, or is refused."""
        if not self._name:
            return
        if self._left or self._digest.hexdigest() != self._name[-64:]:
            self.drop()
            raise ValueError(f"{self._name} is not what it says")
        if self._file:
            self._file.put()
        self._name, self._file = "", None
        self.count += 1

    def drop(self) -> None:
        """Take away what is half-written."""
        if self._file:
            self._file.drop()
        self._name, self._file = "", None


class Beside:
    """A file written beside its place, for its owner alone; `put` gives it its name."""

    def __init__(self, place: Path) -> None:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        place.parent.parent.chmod(0o700)
        handle, name = tempfile.mkstemp(dir=place.parent, prefix=".", suffix=".tmp")
        self._place, self._name, self._to = place, Path(name), os.fdopen(handle, "wb")

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.put()
        else:
            self.drop()

    def write(self, data: bytes) -> None:
        """Some more of it."""
        try:
            self._to.write(data)
        except OSError:
            self.drop()
            raise

    def put(self) -> None:
        """Down to the disk, then in its place."""
        try:
            self._to.flush()
            os.fsync(self._to.fileno())
            self._to.close()
            self._name.replace(self._place)
        except OSError:
            self.drop()
            raise

    def drop(self) -> None:
        """Nothing of it stays."""
        with contextlib.suppress(OSError):
            self._to.close()
        self._name.unlink(missing_ok=True)
