"""The audit chain: each entry carries the hash of the one before it.

    record(session, "张三", "import.saved", "import:7", {"facts": digest}, hospital="H01")

An entry belongs to the transaction of the act it tells of: both are there, or neither.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.storage.engine import lock
from hpf.storage.models import AuditEntry
from hpf.storage.types import canonical, utc_text

START = ""  # the previous hash of the first entry
_LOCK = 4_850_002  # entries come one after the other


def record(
    session: Session,
    who: str,
    action: str,
    object: str,
    detail: Mapping[str, Any],
    *,
    hospital: str = "",
    at: dt.datetime | None = None,
) -> AuditEntry:
    """Append an entry, in the session's transaction. action: a dotted name, `run.sealed`.

    Raises TypeError where `detail` holds what JSON cannot say exactly, such as a float.
    """
    session.flush()
    lock_chain(session)
    last = session.execute(
        select(AuditEntry.seq, AuditEntry.hash).order_by(AuditEntry.seq.desc()).limit(1)
    ).first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, START)
    entry = AuditEntry(
        seq=seq,
        at=at or dt.datetime.now(dt.UTC),
        who=who,
        hospital=hospital,
        action=action,
        object=object,
        detail=dict(detail),
        previous=previous,
    )
    entry.hash = entry_hash(entry)
    session.add(entry)
    session.flush()
    return entry


def lock_chain(session: Session) -> None:
    """Nobody else adds an entry until this transaction ends."""
    lock(session.connection(), _LOCK)


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over everything an entry says, the hash before it included."""
    said = [entry.seq, utc_text(entry.at), entry.who, entry.hospital, entry.action, entry.object,
            entry.detail, entry.previous]  # fmt: skip
    return hashlib.sha256(canonical(said).encode()).hexdigest()
