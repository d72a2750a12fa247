"""Reading a backup: what it says of itself, its lines, and whether all of it is what it was.

made = read_through(path, passphrase)          # every table and file beside its digest
"""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from hpf.storage.audit_heads import Head, read_head
from hpf.storage.backup_files import Taking
from hpf.storage.dump import read_line
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.vault import MAGIC, Opener

FORMAT = "hpf-backup-2"
_READ = ("hpf-backup-1", FORMAT)  # the first has no files
Tell = Callable[[int, int], None]  # so many of so many tables and files


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself. rows: of each table; about: what the caller put into it; files:
    how many are in it; left_out: names of files that are not what they were handed in as."""

    revision: str
    made: str
    rows: Mapping[str, int]
    about: Mapping[str, Any]
    head: Head | None
    files: int = 0
    left_out: tuple[str, ...] = ()


def is_encrypted(path: Path) -> bool:
    """Whether a backup needs a passphrase."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def peek(path: Path, passphrase: str = "") -> Mapping[str, Any]:
    """What stands at the front: revision, made, about. StorageError where it is no backup."""
    with path.open("rb") as file:
        return first_of(lines_in(file, passphrase, path), path)


def read_through(path: Path, passphrase: str = "", tell: Tell | None = None) -> Backup:
    """Read a backup from its front to its end, every table and file compared with its digest.

    Raises StorageError where it is damaged, cut off or no backup, or the passphrase is another.
    """
    sums: dict[str, list[Any]] = {}
    files, name, digest, count = Taking(None), "", hashlib.sha256(), 0
    end: Mapping[str, Any] = {}
    try:
        with path.open("rb") as file:
            lines = raw_lines(file, passphrase, path)
            first = first_of((read_line(x) for x in lines), path)
            for data in lines:
                if end:
                    raise damaged(path)  # something after its end
                if name and data[:1] == b"[":  # a row: what it says is not asked for
                    digest.update(data)
                    count += 1
                    continue
                if name:
                    sums[name] = [count, digest.hexdigest()]
                    name, digest, count = "", hashlib.sha256(), 0
                said = read_line(data)
                if isinstance(said, str):
                    files.part(said)
                    continue
                files.end()
                if "table" in said:
                    name = said["table"]
                elif "file" in said:
                    files.begin(said)
                else:
                    end = said
                if tell:
                    tell(len(sums) + files.count, 0)
        if sums != end["end"] or files.count != end.get("files", 0):
            raise damaged(path)
        head = read_head(end["head"]) if end["head"] else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise damaged(path) from error
    rows = {table: total for table, (total, _) in sums.items()}
    return Backup(first["revision"], first["made"], rows, first["about"], head, files.count)


def lines_in(file: BinaryIO, passphrase: str, path: Path) -> Iterator[Any]:
    """What each line says. Raises StorageError where one says nothing."""
    for data in raw_lines(file, passphrase, path):
        try:
            yield read_line(data)
        except (ValueError, UnicodeDecodeError) as error:
            raise damaged(path) from error


def raw_lines(file: BinaryIO, passphrase: str, path: Path) -> Iterator[bytes]:
    """The lines of a backup, decrypted and unpacked as they are asked for."""
    start = file.read(len(MAGIC))
    file.seek(0)
    under: Any = file
    if start == MAGIC:
        if not passphrase:
            words = ("备份已加密", "the backup is encrypted")
            cure = ("请给出口令", "Give its passphrase")
            raise StorageError([trouble("passphrase_missing", words, cure, str(path))])
        under = io.BufferedReader(Opener(file, passphrase))
    try:
        yield from gzip.GzipFile(fileobj=under, mode="rb")
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise damaged(path) from error


def first_of(lines: Iterator[Any], path: Path) -> Mapping[str, Any]:
    """The first line, where it is that of a backup that this version reads."""
    first = next(lines, None)
    if not isinstance(first, dict) or first.get("format") not in _READ:
        raise damaged(path)
    return first


def damaged(path: Path) -> StorageError:
    """That a file is no backup, or no longer one."""
    words = ("不是 HPF 的备份，或已损坏", "it is no backup of HPF, or damaged")
    cure = ("请用另一份备份", "Use another backup")
    return StorageError([trouble("bad_backup", words, cure, str(path))])
