"""Files that prove something: kept outside the database and outside what a server hands out.

    files = EvidenceFiles(home.folder / FOLDER)
    kept = keep(act, files, "mark", "17", [("record.pdf", data)])
    data = files.read(kept[0])

Each file is known by its SHA-256 and stored under it, so the same file is stored once, and one that
was changed on the disk is noticed when it is read. Type (by content, not by name) and size are
bounded. What a file belongs to stands in `evidence`, which only grows. A backup holds the files too
(`hpf.storage.backup_files`).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.storage.models import Evidence
from hpf.storage.troubles import TamperError, trouble
from hpf.workflow.acting import Act

FOLDER = "evidence"
LARGEST = 20 * 2**20  # bytes of one file
MOST = 8  # files at once
_NAME = 120  # characters of a file's name that are kept
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
KINDS: Mapping[str, tuple[bytes, str]] = {  # suffix -> how the content begins, media type
    ".pdf": (b"%PDF-", "application/pdf"),
    ".jpg": (b"\xff\xd8\xff", "image/jpeg"),
    ".jpeg": (b"\xff\xd8\xff", "image/jpeg"),
    ".png": (b"\x89PNG\r\n", "image/png"),
    ".docx": (_ZIP, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": (_ZIP, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".ofd": (_ZIP, "application/octet-stream"),
    ".doc": (_OLE, "application/msword"),
    ".xls": (_OLE, "application/vnd.ms-excel"),
}
Given = Sequence[tuple[str, bytes]]  # name and content


@dataclass(frozen=True, slots=True)
class EvidenceFiles:
    """The folder they lie in, two levels deep, readable by its owner alone."""

    folder: Path

    def place(self, digest: str) -> Path:
        """Where a file lies. ValueError for what is no SHA-256: nothing else becomes a path."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise ValueError(f"{digest!r} is no SHA-256")
        return self.folder / digest[:2] / digest

    def write(self, data: bytes) -> str:
        """Keep a file; its SHA-256. Whole or not at all: written beside, then put in place."""
        digest = hashlib.sha256(data).hexdigest()
        place = self.place(digest)
        if place.exists():
            return digest
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=place.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(place)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return digest

    def read(self, one: Evidence) -> bytes:
        """The content. TamperError where the file is gone or is no longer what was handed in."""
        try:
            data = self.place(one.digest).read_bytes()
        except FileNotFoundError:
            words = (f"佐证 {one.file} 的文件不在", f"the file of '{one.file}' is not there")
            cure = ("请从备份放回 evidence 文件夹", "Put the folder 'evidence' back from a backup")
            raise TamperError([trouble("evidence_gone", words, cure, one.file)]) from None
        if hashlib.sha256(data).hexdigest() != one.digest:
            words = (f"佐证 {one.file} 被改过", f"the file of '{one.file}' was changed")
            cure = ("请从备份放回原件", "Put the original back from a backup")
            raise TamperError([trouble("evidence_altered", words, cure, one.file)])
        return data


def file_problems(given: Given) -> list[Problem]:
    """What is wrong with files that are handed in: too many, too large, another type, empty."""
    found = []

    def bad(code: str, zh: str, en: str, cure: Text, name: str) -> None:
        found.append(Problem(f"evidence.{code}", Text(zh, en), cure, name))

    if len(given) > MOST:
        cure = Text(f"一次最多 {MOST} 个", f"{MOST} at most at once")
        bad("many", f"一次交了 {len(given)} 个文件", f"{len(given)} files at once", cure, "")
    for name, data in given:
        shown = safe_name(name)
        kind = KINDS.get(Path(shown).suffix.lower())
        if not data:
            bad("empty", f"{shown} 是空的", f"{shown} is empty", Text("请换文件", "Another one"),
                shown)  # fmt: skip
        elif len(data) > LARGEST:
            cure = Text("请压缩或分成几份", "Make it smaller, or several files of it")
            bad("large", f"{shown} 超过 {LARGEST >> 20} MB",
                f"{shown} is over {LARGEST >> 20} MB", cure, shown)  # fmt: skip
        elif kind is None or not data.startswith(kind[0]):
            listed = " ".join(KINDS)
            cure = Text(f"可用：{listed}，内容须与扩展名一致",
                        f"Allowed: {listed}, with the content that the name says")  # fmt: skip
            bad("type", f"{shown} 不是可用的文件", f"{shown} is no file that is allowed", cure,
                shown)  # fmt: skip
    return found


def safe_name(name: str) -> str:
    """The last part of a name, without signs that steer a terminal or a header."""
    last = re.split(r"[/\\]", name)[-1]
    clean = "".join(sign for sign in last if sign.isprintable()).strip(". ")
    stem, dot, suffix = clean.rpartition(".")
    return (f"{stem[:_NAME]}{dot}{suffix[:8]}" if dot else clean[:_NAME]) or "file"


def keep(
    act: Act, files: EvidenceFiles, object: str, object_id: str, given: Given
) -> list[Evidence]:
    """Keep files for something; whoever calls says in the audit what they are for.

    Raises HpfError with everything that is wrong with them; then nothing is kept.
    """
    wrong = file_problems(given)
    if wrong:
        raise HpfError(wrong)
    made = [
        Evidence(
            hospital_id=act.hospital, digest=files.write(data), file=safe_name(name),
            size=len(data), object=object, object_id=object_id, by=act.account, at=act.at,
        )
        for name, data in given
    ]  # fmt: skip
    act.session.add_all(made)
    return made


def of_objects(
    session: Session, hospital: int, object: str, ids: Iterable[str]
) -> dict[str, list[Evidence]]:
    """The files of several things at once, by the thing's id, in the order they came."""
    found: dict[str, list[Evidence]] = {}
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), 500):  # a statement takes so many values
        rows = session.scalars(
            select(Evidence)
            .where(
                Evidence.hospital_id == hospital,
                Evidence.object == object,
                Evidence.object_id.in_(wanted[start : start + 500]),
            )
            .order_by(Evidence.id)
        )
        for one in rows:
            found.setdefault(one.object_id, []).append(one)
    return found


def media_type(name: str) -> str:
    """As what a file is handed out."""
    kind = KINDS.get(Path(name).suffix.lower())
    return kind[1] if kind else "application/octet-stream"
