"""The SHA-256 that a file, or a folder of files, is known by."""

from __future__ import annotations

import hashlib
from pathlib import Path


def file_digest(path: Path) -> str:
    """Of a file its bytes; of a folder the names and bytes of its CSV files, in order of name."""
    path = Path(path)
    if not path.is_dir():
        return _digest(path)
    whole = hashlib.sha256()
    for file in sorted(path.iterdir()):
        if file.is_file() and file.suffix.lower() == ".csv":
            whole.update(f"{_digest(file)} {file.name}\n".encode())
    return whole.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
