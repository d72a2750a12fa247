"""Entries that wait for somebody else's approval: what was entered, by whom, and what came of it.

Nothing of an entry is a fact before it is approved, and nobody approves their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.pages.entry_fields import read, same, written
from hpf.portal.pages.entry_sheet import Key, Place, Stand
from hpf.portal.pages.entry_who import Asked
from hpf.portal.pages.entry_work import Change, name_of
from hpf.portal.rights import Viewer
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import Filing, Hospital
from hpf.storage.troubles import StorageError, trouble

SUBMITTED: Final = "entry"
_LOCK: Final = 4_850_016  # entries are put on file and answered one after the other
APPROVED, RETURNED = "entry.approved", "entry.returned"


@dataclass(frozen=True)
class Submitted:
    """An entry. answer: what approved it or sent it back; None while it waits."""

    filing: Filing
    answer: Filing | None

    @property
    def scheme(self) -> str:
        """Of its facts."""
        return str(self.filing.detail["scheme"])

    @property
    def period(self) -> Period:
        """Of its facts."""
        return Period.parse(self.filing.detail["period"])

    @property
    def entity(self) -> str:
        """Of its rows."""
        return str(self.filing.detail["entity"])

    @property
    def cells(self) -> list[tuple[str, str, str, str]]:
        """Row, column, what its author saw, and what was entered."""
        return [tuple(c) for c in self.filing.detail["cells"]]

    @property
    def added(self) -> dict[str, Place]:
        """Rows that it adds."""
        return {
            id: Place(id, given["name"], given["links"], frozenset(given["units"]))
            for id, given in self.filing.detail["added"].items()
        }

    def changes(self, stand: Stand) -> list[Change]:
        """Its cells beside what stands now."""
        program: Program = stand.program
        rows = {**stand.rows(self.entity), **self.added}
        codes = {code for _, code, _, _ in self.cells}
        now = stand.values(self.entity, codes)
        found = []
        for id, code, seen, to in self.cells:
            one = program.indicator(self.entity, code)
            if one is None or id not in rows:
                continue  # the scheme has no such column by now, or the row was taken out
            key: Key = (id, code)
            found.append(
                Change(key, name_of(key), rows[id], one, one.names, read(one, seen).value,
                       now.get(key), read(one, to).value)
            )  # fmt: skip
        return found

    def moved(self, stand: Stand) -> list[Change]:
        """Cells that somebody else changed after its author saw them."""
        return [c for c in self.changes(stand) if not same(c.seen, c.now) and not same(c.now, c.to)]


def submit(
    session: Session, who: Viewer, asked: Asked, scheme: str, period: Period,
    changes: Iterable[Change], added: Mapping[str, Place], text: str,
) -> Filing:  # fmt: skip
    """Put an entry on file; it waits. The same of the same author that waits already is that one,
    so a form that is sent twice makes no second."""
    detail: dict[str, Any] = {
        "scheme": scheme, "period": str(period), "form": asked.code, "entity": asked.entity,
        "cells": [[*c.key, written(c.now), written(c.to)] for c in changes],
        "added": {i: {"name": p.name, "links": dict(p.links), "units": sorted(p.units)}
                  for i, p in added.items()},
    }  # fmt: skip
    lock(session.connection(), _LOCK)
    for one in entries(session, who.hospital, scheme, period):
        if one.answer is None and one.filing.by == who.login and one.filing.detail == detail:
            return one.filing
    return _file(session, who, SUBMITTED, asked.code, text, detail)


def answer(session: Session, who: Viewer, one: Submitted, kind: str, text: str = "") -> Filing:
    """Approve an entry or send it back. Raises StorageError where it is answered already, and for
    an approval of one's own."""
    lock(session.connection(), _LOCK)
    if answers(session, who.hospital).get(one.filing.id) is not None:
        told = ("这份填报已经处理过", "this entry is answered already")
        raise StorageError([trouble("entry_answered", told, place=str(one.filing.id))])
    if kind == APPROVED and one.filing.by == who.login:
        told = ("不能批准自己填报的数据", "nobody approves their own entry")
        cure = ("请由另一个账号批准", "Let another account approve it")
        raise StorageError([trouble("own_entry", told, cure, str(one.filing.id))])
    detail = {"of": one.filing.id, "scheme": one.scheme, "period": str(one.period)}
    return _file(session, who, kind, one.filing.subject, text, detail)


def entries(session: Session, hospital: int, scheme: str, period: Period) -> list[Submitted]:
    """All entries of a scheme's period, the latest first."""
    rows = session.scalars(
        select(Filing)
        .where(Filing.hospital_id == hospital, Filing.kind == SUBMITTED)
        .order_by(Filing.id.desc())
    )
    done = answers(session, hospital)
    wanted = (scheme, str(period))
    return [Submitted(f, done.get(f.id)) for f in rows
            if (f.detail["scheme"], f.detail["period"]) == wanted]  # fmt: skip


def entry(session: Session, hospital: int, number: int) -> Submitted | None:
    """One entry."""
    found = session.get(Filing, number)
    if found is None or found.hospital_id != hospital or found.kind != SUBMITTED:
        return None
    return Submitted(found, answers(session, hospital).get(number))


def answers(session: Session, hospital: int) -> dict[int, Filing]:
    """What was answered, by the number of the entry."""
    rows = session.scalars(
        select(Filing).where(Filing.hospital_id == hospital, Filing.kind.in_((APPROVED, RETURNED)))
    )
    return {int(f.detail["of"]): f for f in rows}


def state(one: Submitted) -> tuple[str, Text]:
    """A sign and a word for how it stands."""
    if one.answer is None:
        return "warning", Text("待批准", "waits")
    if one.answer.kind == APPROVED:
        return "ok", Text("已批准", "approved")
    return "held", Text("已退回", "sent back")


def _file(
    session: Session, who: Viewer, kind: str, subject: str, text: str, detail: Mapping[str, Any]
) -> Filing:
    made = Filing(
        hospital_id=who.hospital, cycle_id=None, kind=kind, subject=subject, text=text,
        detail=dict(detail), by=who.login, role=who.role.value if who.role else "",
        at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    session.add(made)
    session.flush()
    code = session.get_one(Hospital, who.hospital).code
    action = "entry.submitted" if kind == SUBMITTED else kind
    record(session, who.login, action, f"filing:{made.id}", dict(detail), hospital=code)
    return made
