"""Files with account numbers that a killed process left behind: noted before they are written,
taken away later.

    with noted(keys) as note:
        note.add(beside)          # before anything is written to it
    clear(keys)                   # at the next start, by `hpf doctor` or the next payment

A note lies beside the keys and goes when its writing has ended, well or not; one whose process is
gone names what is to be taken away. A file that took its name is no leftover.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_PREFIX = "paying-"
_LONG = 24 * 3600  # seconds after which a note of another machine is taken for dead


@dataclass(slots=True)
class Note:
    """What one process is writing."""

    place: Path
    paths: list[str] = field(default_factory=list)

    def add(self, path: Path) -> None:
        """Name a file, or a folder, that goes if the process is killed."""
        self.paths.append(str(path.absolute()))
        said = {"process": os.getpid(), "machine": platform.node(), "paths": self.paths}
        beside = self.place.with_suffix(".new")
        handle = os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(said, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.place)


@contextlib.contextmanager
def noted(keys: Path) -> Iterator[Note]:
    """A note of what is being written; it goes at the end. keys: the folder of the keys."""
    note = Note(keys / f"{_PREFIX}{os.getpid()}-{secrets.token_hex(6)}.json")
    try:
        yield note
    finally:
        note.place.unlink(missing_ok=True)


def clear(keys: Path) -> list[Path]:
    """Take away what killed processes left; what was taken away."""
    gone: list[Path] = []
    for place in sorted(keys.glob(f"{_PREFIX}*.json")):
        try:
            said = json.loads(place.read_text("utf-8"))
            paths = [Path(p) for p in said["paths"]]
            alive = _alive(said["process"], said["machine"], place)
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if alive:
            continue
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
                gone.append(path)
            elif path.exists():
                with contextlib.suppress(OSError):
                    path.unlink()
                    gone.append(path)
        if not any(p.exists() for p in paths):
            place.unlink(missing_ok=True)
    return gone


def _alive(process: int, machine: str, place: Path) -> bool:
    if machine != platform.node():
        return time.time() - place.stat().st_mtime < _LONG
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's: it is there
    return True
