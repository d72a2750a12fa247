"""The manifest of a batch: which files there are, whose they are, and what they hash to.

`manifest.json` stands beside the files once all are there. Until then each finished file has a
line in a journal, written to the disk before the next chunk is handed out: what a crash leaves
behind is known from it, and a last line that was cut off counts as none.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from hpf.intake.atomic import write_text

NAME = "manifest.json"
_FORM = "hpf.batch/1"


@dataclass(frozen=True, slots=True)
class Line:
    """One finished file. sha256: of its bytes; row: entity:id; content: SHA-256 of the page it was
    drawn from; seal: of the run."""

    file: str
    sha256: str
    row: str
    code: str
    unit: str
    seal: str
    content: str


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write(
    folder: Path, lines: Iterable[Line], about: Mapping[str, Any], print_file: Path | None = None
) -> Path:
    """The finished manifest, whole or not at all. about: of the batch, beside its files."""
    path = folder / NAME
    told = None
    if print_file is not None:
        told = {"file": print_file.name, "sha256": digest(print_file.read_bytes())}
    files = [asdict(line) for line in lines]
    document = {"form": _FORM, **about, "print": told, "files": files}
    write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    return path


def read(folder: Path) -> list[Line]:
    """The lines of a finished manifest; none where there is no readable one."""
    try:
        document = json.loads((folder / NAME).read_text("utf-8"))
        return [line for entry in document["files"] if (line := _line(entry))]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def printed(folder: Path) -> Path | None:
    """The print file that a finished manifest names, where it is there and whole."""
    try:
        told = json.loads((folder / NAME).read_text("utf-8"))["print"]
        path = folder / told["file"]
        return path if digest(path.read_bytes()) == told["sha256"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


class Journal:
    """Lines of files that are finished, while the batch goes on."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> list[Line]:
        """What stands there; a line that is no whole one is passed over."""
        try:
            text = self.path.read_bytes().decode("utf-8", "replace")
        except FileNotFoundError:
            return []
        found = []
        for row in text.splitlines():
            try:
                line = _line(json.loads(row))
            except ValueError:
                continue
            if line is not None:
                found.append(line)
        return found

    def add(self, lines: Iterable[Line]) -> None:
        """Append lines; they are on the disk when this returns."""
        text = "".join(json.dumps(asdict(x), ensure_ascii=False) + "\n" for x in lines)
        if not text:
            return
        with self.path.open("ab") as file:
            # a line that a crash cut off must not swallow the next
            file.write((b"\n" if file.tell() else b"") + text.encode())
            file.flush()
            os.fsync(file.fileno())


def standing(folder: Path, lines: Iterable[Line]) -> dict[str, Line]:
    """file -> line, of those whose file is there and whole."""
    found = {}
    for line in lines:
        try:
            whole = digest((folder / line.file).read_bytes()) == line.sha256
        except OSError:
            whole = False
        if whole:
            found[line.file] = line
    return found


def _line(entry: Any) -> Line | None:
    names = [f.name for f in fields(Line)]
    if not isinstance(entry, Mapping) or any(not isinstance(entry.get(n), str) for n in names):
        return None
    path = Path(entry["file"])
    if path.is_absolute() or ".." in path.parts:
        return None  # not one of ours: nothing outside the folder is read or removed
    return Line(**{name: entry[name] for name in names})
