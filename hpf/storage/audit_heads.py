"""Signed heads: what the audit chain was at a moment, told by a key that is not in the database.

    head = sign(engine, home.keys)      # after the act; also into keys/audit.heads
    head.document()                     # goes with an export or a backup

A chain that somebody rebuilt from the first entry on is consistent in itself. Only a head that was
signed before, and is kept elsewhere, tells it from the true one: in the file beside the keys, in
each backup, in each export.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import Engine, func, select

from hpf.storage.audit import lock_chain
from hpf.storage.engine import reading, writing
from hpf.storage.keys import AUDIT, FILE_MODE, key_problems
from hpf.storage.models import AuditEntry, AuditHead
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import canonical, utc_text

ALGORITHM = "hpf-audit-1/ed25519"
FILE = "audit.heads"  # one line of JSON a head, in the folder of the keys


@dataclass(frozen=True, slots=True)
class Head:
    """The chain up to entry `seq`, whose hash is `hash`. key: the public key, in hexadecimal."""

    seq: int
    hash: str
    at: dt.datetime
    key: str
    signature: str

    def document(self) -> dict[str, Any]:
        """The form that goes with exports, backups and into the file beside the keys."""
        return {
            "algorithm": ALGORITHM,
            "seq": self.seq,
            "hash": self.hash,
            "at": utc_text(self.at),
            "key": self.key,
            "signature": self.signature,
        }

    def holds(self, key: str) -> bool:
        """Whether it is signed by the key whose public half is `key`."""
        if self.key != key:
            return False
        try:
            public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
            said = _said(self.seq, self.hash, self.at)
            public.verify(bytes.fromhex(self.signature), said)
        except (InvalidSignature, ValueError):
            return False
        return True


def read_head(data: Mapping[str, Any]) -> Head:
    """The inverse of `Head.document`; ValueError where it is none."""
    try:
        if data["algorithm"] != ALGORITHM:
            raise ValueError(f"unknown algorithm {data['algorithm']}")
        at = dt.datetime.fromisoformat(data["at"])
        return Head(int(data["seq"]), str(data["hash"]), at, str(data["key"]),
                    str(data["signature"]))  # fmt: skip
    except (KeyError, TypeError) as error:
        raise ValueError("this is no head of an audit chain") from error


def signing_key(keys: Path) -> Ed25519PrivateKey:
    """The key that signs heads. StorageError where it is missing or none."""
    file = keys / AUDIT
    problems = [p for p in key_problems(keys) if p.place in (str(file), str(keys))]
    if problems:
        raise StorageError(problems)
    try:
        key = load_pem_private_key(file.read_bytes(), None)
    except ValueError:
        key = None  # told below, in words
    if not isinstance(key, Ed25519PrivateKey):
        words = ("不是签名密钥", "it is no key that signs")
        cure = ("请从另外保存的备份中放回来", "Put it back from where the keys are backed up")
        raise StorageError([trouble("bad_key", words, cure, str(file))])
    return key


def public_key(keys: Path) -> str:
    """The public half of the signing key, in hexadecimal."""
    public = signing_key(keys).public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def sign(engine: Engine, keys: Path, *, at: dt.datetime | None = None) -> Head | None:
    """Sign the chain as it stands and keep the head in the database and beside the keys.

    The head that is there already where nothing came in since; None where the chain is empty.
    Opens and commits a transaction of its own: only what is committed may be signed, or a signature
    would stand for what never was. Raises StorageError without a key, and where the file beside
    the keys cannot be written; the head is in the database then.
    """
    key = signing_key(keys)
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
    with writing(engine) as session:
        lock_chain(session)
        last = session.execute(
            select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
        ).first()
        if last is None:
            return None
        stored = session.get(AuditHead, last[0])
        if stored is None:
            moment = at or dt.datetime.now(dt.UTC)
            signature = key.sign(_said(last[0], last[1], moment)).hex()
            stored = AuditHead(
                seq=last[0], hash=last[1], at=moment, key=public, signature=signature
            )
            session.add(stored)
            session.commit()
        head = Head(stored.seq, stored.hash, stored.at, stored.key, stored.signature)
    try:
        _keep(keys / FILE, head)
    except OSError as error:
        words = (
            f"链头没有写进密钥文件夹（{error.strerror}）",
            f"the head could not be kept beside the keys ({error.strerror})",
        )
        cure = ("请检查磁盘和权限，再运行 hpf audit head", "Mend that, then run hpf audit head")
        raise StorageError([trouble("head_not_kept", words, cure, str(keys / FILE))]) from error
    return head


def sign_new(engine: Engine, keys: Path) -> Head | None:
    """As `sign`, where anything came in since the last head; looks before it locks anything."""
    with reading(engine) as session:
        last = session.scalar(select(func.max(AuditEntry.seq)))
        signed = session.scalar(select(func.max(AuditHead.seq)))
    return None if last == signed else sign(engine, keys)


def kept_heads(keys: Path) -> list[Head]:
    """The heads in the file beside the keys. StorageError where a line is none."""
    return heads_of(keys / FILE)


def heads_of(file: Path) -> list[Head]:
    """The heads in a file: one a line. None where there is no file."""
    if not file.exists():
        return []
    found = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(read_head(json.loads(line)))
        except ValueError as error:
            words = (f"第 {number} 行不是审计链头", f"line {number} is no head of an audit chain")
            cure = ("请从备份中放回此文件", "Put the file back from a backup")
            raise StorageError([trouble("bad_head", words, cure, str(file))]) from error
    return found


def _said(seq: int, hash: str, at: dt.datetime) -> bytes:
    return canonical([ALGORITHM, seq, hash, utc_text(at)]).encode()


def _keep(file: Path, head: Head) -> None:
    """Add a line, once. A line that a power cut left half written is taken away first."""
    line = (canonical(head.document()) + "\n").encode()
    handle = os.open(file, os.O_RDWR | os.O_CREAT, FILE_MODE)
    with os.fdopen(handle, "r+b") as stream:
        _only_one(stream.fileno())
        held = stream.read()
        whole = held[: held.rfind(b"\n") + 1]
        if line in whole:
            return
        stream.seek(len(whole))
        stream.truncate()
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def _only_one(handle: int) -> None:
    """Two processes that sign at once write one after the other; let go when the file is closed."""
    try:
        import fcntl
    except ImportError:  # pragma: no cover  # Windows: the chain's own lock has to do
        return
    fcntl.flock(handle, fcntl.LOCK_EX)
