"""Feedback in both directions: a manager writes to a person, or a person to the manager.

An item is closed only when both sides have written. One that waits for the other side longer than
the hospital's time limit is overdue, whoever it was that began.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.periods import Period
from hpf.storage.engine import lock
from hpf.storage.ledgers import LOCK, find_note, notes_of
from hpf.storage.models import Note
from hpf.workflow.acting import Act
from hpf.workflow.ledgers import in_charge, person_of
from hpf.workflow.ledgers_entries import department_on
from hpf.workflow.notes import note_problem, write_note
from hpf.workflow.settings import SETTINGS
from hpf.workflow.situation import settings_now

FEEDBACK, ANSWER, DONE = "feedback", "feedback_answer", "feedback_closed"
MANAGER, STAFF = "manager", "staff"
SIDES = {MANAGER: Text("负责人", "Manager"), STAFF: Text("职工", "Staff")}
REPLY = "reply_days"


@dataclass(frozen=True, slots=True)
class Item:
    """A feedback with its answers, in the order they were written. limit: days for an answer."""

    first: Note
    answers: tuple[Note, ...]
    done: Note | None
    limit: int | None

    @property
    def sides(self) -> frozenset[str]:
        """Who has written."""
        return frozenset(str(n.detail["side"]) for n in (self.first, *self.answers))

    @property
    def open(self) -> bool:
        """Whether it is not closed."""
        return self.done is None

    @property
    def waits_for(self) -> str:
        """The side that has not written yet; '' where both have."""
        return next((s for s in SIDES if s not in self.sides), "")

    @property
    def due(self) -> dt.date | None:
        """The last day for the other side's answer; None where both have written."""
        if not self.waits_for or self.limit is None:
            return None
        return self.first.day + dt.timedelta(days=self.limit)

    def overdue(self, today: dt.date) -> bool:
        """Whether the other side has let its time pass."""
        return self.open and self.due is not None and today > self.due


def write(act: Act, scheme: str, period: Period, person: str, text: str) -> Note:
    """Begin a feedback about a person's period: the person writes, or who is in charge of them.

    Raises HpfError for anybody else, for a person that the register has not, and while the
    hospital has not settled within how many days feedback is answered.
    """
    limit_of(act.session, act.hospital, required=True)
    unit, side = _side(act, person)
    return write_note(
        act,
        FEEDBACK,
        text,
        private=True,
        scheme=scheme,
        period=period,
        subject=person,
        unit=unit,
        detail={"side": side},
    )


def answer(act: Act, number: int, text: str) -> Note:
    """Write to a feedback, from one of its two sides. HpfError for others, and once closed."""
    first = _hold(act, number)
    _, side = _side(act, first.subject, first.unit)
    return write_note(act, ANSWER, text, private=True, scheme=first.scheme, period=first.period,
                      subject=first.subject, unit=first.unit, detail={"side": side},
                      of=number)  # fmt: skip


def close(act: Act, number: int, text: str) -> Note:
    """Close a feedback, saying what came of it. HpfError while one side has not written."""
    first = _hold(act, number)
    _side(act, first.subject, first.unit)
    (item,) = [i for i in items(act.session, act.hospital) if i.first.id == number]
    if item.waits_for:
        side = SIDES[item.waits_for]
        raise HpfError([
            note_problem("one_side", f"{side.zh}还没有写", f"one side has not written: {side.en}",
                         ("双方都写过才能办结", "It is closed when both sides have written"),
                         str(number))
        ])  # fmt: skip
    return write_note(act, DONE, text, private=True, scheme=first.scheme, period=first.period,
                      subject=first.subject, unit=first.unit, of=number)  # fmt: skip


def items(
    session: Session,
    hospital: int,
    *,
    scheme: str = "",
    period: Period | None = None,
    people: Iterable[str] | None = None,
) -> list[Item]:
    """All feedback, or that of a period or of some people; the first one first."""
    limit = limit_of(session, hospital)
    wanted = None if people is None else set(people)
    notes = notes_of(session, hospital, FEEDBACK, ANSWER, DONE, scheme=scheme, period=period)
    by: dict[int, list[Note]] = {}
    for one in notes:
        by.setdefault(one.of_id or one.id, []).append(one)
    return [
        Item(
            first, tuple(n for n in more if n.kind == ANSWER),
            next((n for n in more if n.kind == DONE), None), limit,
        )
        for first, *more in by.values()
        if wanted is None or first.subject in wanted
    ]  # fmt: skip


def limit_of(session: Session, hospital: int, *, required: bool = False) -> int | None:
    """Days within which feedback is answered, as the hospital settled."""
    text = settings_now(session, hospital).get(REPLY)
    if text is not None:
        return int(SETTINGS[REPLY].read(text))
    if required:
        names = SETTINGS[REPLY].names
        message = Text(f"还没有定：{names.zh}", f"not settled yet: {names.en}")
        cure = Text(f"hpf cycle settle {REPLY}=天数 --reason 依据",
                    f"hpf cycle settle {REPLY}=DAYS --reason WHY")  # fmt: skip
        raise HpfError([Problem("cycle.setting", message, cure, name=REPLY)])
    return None


def _side(act: Act, person: str, unit: str = "") -> tuple[str, str]:
    """The department concerned, and from which side the account writes."""
    where = unit or department_on(act, person, act.today)
    if not where:
        raise HpfError([note_problem("person", f"名册里没有 {person}",
                                     f"the register has no '{person}'", place=person)])  # fmt: skip
    if person_of(act) == person:
        return where, STAFF
    wrong = list(in_charge(act, where))
    if wrong:
        raise HpfError(wrong)
    return where, MANAGER


def _hold(act: Act, number: int) -> Note:
    lock(act.session.connection(), LOCK + act.hospital)
    first = find_note(act.session, act.hospital, number, FEEDBACK)
    done = [n for n in notes_of(act.session, act.hospital, DONE) if n.of_id == number]
    if done:
        raise HpfError([note_problem("done", "已经办结", "it is closed", place=str(number))])
    return first
