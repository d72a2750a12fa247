"""The audit chain and the signed heads over it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from hpf.storage.models.base import Base


class AuditEntry(Base):
    """One act. hash: over everything else in the row, `previous` included."""

    __tablename__ = "audit"

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[dt.datetime]
    who: Mapped[str]
    hospital: Mapped[str]
    action: Mapped[str]
    object: Mapped[str]
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]


class AuditHead(Base):
    """A signature over the chain up to an entry, by a key that is not in the database."""

    __tablename__ = "audit_heads"

    seq: Mapped[int] = mapped_column(ForeignKey("audit.seq"), primary_key=True, autoincrement=False)
    hash: Mapped[str]
    at: Mapped[dt.datetime]
    key: Mapped[str]
    signature: Mapped[str]
