"""Saved mappings: a new version for each change, so that an import can name the one it used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.errors import nearest_or
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import ColumnMapping, Hospital
from hpf.storage.troubles import StorageError, trouble

_LOCK = 4_850_300_000  # + hospital


def save_mapping(
    session: Session,
    hospital: int,
    name: str,
    scheme: str,
    mapping: Mapping[str, Any],
    *,
    by: str,
    at: dt.datetime | None = None,
) -> ColumnMapping | None:
    """Keep a mapping as the next version of its name; None where the last one says the same."""
    lock(session.connection(), _LOCK + hospital)
    last = _find(session, hospital, name, None)
    if last is not None and last.mapping == dict(mapping):
        return None
    one = ColumnMapping(
        hospital_id=hospital,
        name=name,
        version=last.version + 1 if last else 1,
        scheme=scheme,
        mapping=dict(mapping),
        by=by,
        at=at or dt.datetime.now(dt.UTC),
    )
    session.add(one)
    detail = {"version": one.version, "scheme": scheme, "mapping": dict(mapping)}
    code = session.get_one(Hospital, hospital).code
    record(session, by, "mapping.saved", f"mapping:{name}", detail, hospital=code, at=one.at)
    session.flush()
    return one


def mapping_of(
    session: Session, hospital: int, name: str, version: int | None = None
) -> ColumnMapping:
    """A version of a mapping, the last where none is named; StorageError where there is none."""
    found = _find(session, hospital, name, version)
    if found is None:
        known = [m.name for m in mappings(session, hospital)]
        words = (f"没有对照“{name}”", f"there is no mapping '{name}'")
        if version is not None:
            words = (
                f"对照“{name}”没有第 {version} 版",
                f"mapping '{name}' has no version {version}",
            )
        cure = nearest_or(name, known, "用 hpf map 列出", "List them: hpf map")
        raise StorageError([trouble("no_mapping", words, cure)])
    return found


def mappings(session: Session, hospital: int) -> list[ColumnMapping]:
    """The last version of each mapping, by name."""
    last = (
        select(ColumnMapping.name, func.max(ColumnMapping.version).label("version"))
        .where(ColumnMapping.hospital_id == hospital)
        .group_by(ColumnMapping.name)
        .subquery()
    )
    found = session.scalars(
        select(ColumnMapping)
        .join(
            last,
            (ColumnMapping.name == last.c.name) & (ColumnMapping.version == last.c.version),
        )
        .where(ColumnMapping.hospital_id == hospital)
        .order_by(ColumnMapping.name)
    )
    return list(found)


def _find(session: Session, hospital: int, name: str, version: int | None) -> ColumnMapping | None:
    where = [ColumnMapping.hospital_id == hospital, ColumnMapping.name == name]
    if version is not None:
        where.append(ColumnMapping.version == version)
    return session.scalar(
        select(ColumnMapping).where(*where).order_by(ColumnMapping.version.desc()).limit(1)
    )
