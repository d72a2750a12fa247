"""Findings about how performance is managed, and the three kinds of source that they rest on.

A source is a questionnaire, an interview or a set of data; a finding names the sources it rests on,
and a diagnosis that lacks one of the three kinds is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Text, did_you_mean
from hpf.storage.ledgers import notes_of
from hpf.storage.models import Note
from hpf.workflow.acting import Act, actor
from hpf.workflow.notes import note_problem, write_note
from hpf.workflow.roles import Role

SOURCE, FINDING = "source", "finding"
SOURCES = {
    "questionnaire": Text("问卷", "questionnaire"),
    "interview": Text("访谈", "interview"),
    "data": Text("数据", "data"),
}
_OFFICE = (Role.MANAGEMENT, Role.HR)


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its sources. lacks: the kinds of source that it does not rest on."""

    note: Note
    sources: tuple[Note, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """Kinds of source without one."""
        held = {s.subject for s in self.sources}
        return tuple(k for k in SOURCES if k not in held)


def add_source(act: Act, kind: str, text: str, where: str) -> Note:
    """Record a source. where: the questionnaire's number, the minutes, the table: where it lies."""
    who = actor(act, _OFFICE)
    wrong = []
    if kind not in SOURCES:
        near = did_you_mean(kind, SOURCES)
        wrong.append(note_problem("source", f"没有 {kind} 这种来源", f"there is no source '{kind}'",
                                  (near.zh, near.en)))  # fmt: skip
    if not where.strip():
        wrong.append(note_problem("where", "没有写来源在哪里", "it is not said where it lies"))
    if wrong:
        raise HpfError(wrong)
    return write_note(act, SOURCE, text, subject=kind, detail={"where": where.strip()},
                      role=who.role.value)  # fmt: skip


def find(act: Act, text: str, sources: Sequence[int]) -> Note:
    """Record a finding. HpfError where it rests on nothing, or on a source that is not there."""
    who = actor(act, _OFFICE)
    known = {n.id for n in notes_of(act.session, act.hospital, SOURCE)}
    wrong = [note_problem("source", f"没有 {n} 号来源", f"there is no source {n}", place=str(n))
             for n in sorted(set(sources) - known)]  # fmt: skip
    if not sources:
        wrong.append(note_problem("sources", "没有写依据哪些来源", "it names no source"))
    if wrong:
        raise HpfError(wrong)
    return write_note(act, FINDING, text, detail={"sources": sorted(set(sources))},
                      role=who.role.value)  # fmt: skip


def findings(session: Session, hospital: int) -> list[Finding]:
    """All findings with their sources, the first one first."""
    notes = notes_of(session, hospital, SOURCE, FINDING)
    by = {n.id: n for n in notes}
    return [
        Finding(n, tuple(by[i] for i in n.detail["sources"])) for n in notes if n.kind == FINDING
    ]
