"""What became of pay lines: sent, paid, returned, reissued, with who, when and why.

A state is an entry that stays; the last one of a line holds. Nothing here commits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.results import plain
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import Hospital, PayoutBatch, PayoutLine, PayoutState
from hpf.storage.troubles import StorageError, trouble

_LOCK = 4_850_003
SENT, RETURNED, REISSUED = "sent", "returned", "reissued"
# which state may follow which; '' is a line of a batch that was made and not sent yet
FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "sent": ("",),
    "paid": ("sent",),
    "returned": ("sent", "paid"),
    "reissued": ("returned",),
}
STATE_NAMES: Mapping[str, tuple[str, str]] = {
    "": ("已生成", "made"),
    "sent": ("已送出", "sent"),
    "paid": ("已到账", "paid"),
    "returned": ("已退回", "returned"),
    "reissued": ("已补发", "reissued"),
}


def one_at_a_time(session: Session) -> None:
    """Nobody else makes or marks payments until this transaction ends."""
    lock(session.connection(), _LOCK)


def mark(
    session: Session,
    batch: PayoutBatch,
    state: str,
    *,
    by: str,
    reason: str = "",
    ids: Collection[str] = (),
) -> int:
    """Say of lines that they were sent, paid or returned; returns of how many.

    ids: the persons; if empty, all that may be (the rest was returned, say). A return needs a
    reason. Raises StorageError, with each line that is in a state which this one cannot follow.
    """
    if state not in ("sent", "paid", "returned"):
        raise ValueError(f"{state} is none of sent, paid, returned")
    one_at_a_time(session)
    lines = chosen(session, batch, ids)
    states = state_of(session, batch)
    if not ids:
        lines = [x for x in lines if states[x.id].state in _before(state)]
    problems = list(may(lines, states, state, batch))
    if not lines:
        words = (
            f"没有可以标为{STATE_NAMES[state][0]}的款项",
            f"no line can be marked as {state}",
        )
        problems.append(trouble("nothing_to_mark", words, ("", ""), batch.code))
    if state == RETURNED:
        problems += no_reason(reason, batch)
    if problems:
        raise StorageError(problems)
    enter(session, lines, state, reason, by)
    hospital = session.get_one(Hospital, batch.hospital_id).code
    amount = sum((x.amount for x in lines), Decimal(0))
    detail = {"lines": [x.row_id for x in lines], "amount": plain(amount), "reason": reason}
    record(session, by, f"payout.{state}", f"payout:{batch.code}", detail, hospital=hospital)
    return len(lines)


def find_batch(session: Session, hospital: int, code: str) -> PayoutBatch:
    """The batch of that id; StorageError where there is none."""
    found = session.scalar(
        select(PayoutBatch).where(PayoutBatch.code == code, PayoutBatch.hospital_id == hospital)
    )
    if found is None:
        words = (f"没有批次 {code}", f"there is no batch {code}")
        cure = ("列出批次：hpf pay list", "To list them: hpf pay list")
        raise StorageError([trouble("no_batch", words, cure)])
    return found


def batch_lines(session: Session, batch: PayoutBatch) -> list[PayoutLine]:
    """The lines of a batch, by id of the person."""
    asked = select(PayoutLine).where(PayoutLine.batch_id == batch.id).order_by(PayoutLine.row_id)
    return list(session.scalars(asked))


def state_of(session: Session, batch: PayoutBatch) -> dict[int, PayoutState]:
    """Each line's last state, by the line's id; one without a date for a line that has none yet."""
    found = {x.id: PayoutState(line_id=x.id, state="", reason="", by=batch.by)
             for x in batch_lines(session, batch)}  # fmt: skip
    rows = session.scalars(
        select(PayoutState)
        .join(PayoutLine, PayoutLine.id == PayoutState.line_id)
        .where(PayoutLine.batch_id == batch.id)
        .order_by(PayoutState.id)
    )
    return found | {s.line_id: s for s in rows}


def chosen(session: Session, batch: PayoutBatch, ids: Collection[str]) -> list[PayoutLine]:
    """The lines of these persons, all if empty. StorageError for whoever is not in the batch."""
    lines = batch_lines(session, batch)
    unknown = sorted(set(ids) - {x.row_id for x in lines})
    if unknown:
        words = ("不在这个批次里", "is not in this batch")
        raise StorageError([trouble("no_line", words, ("", ""), batch.code, "staff", i)
                            for i in unknown])  # fmt: skip
    return [x for x in lines if not ids or x.row_id in ids]


def _before(state: str) -> tuple[str, ...]:
    # whoever marks all at once means those that wait for it
    return {"sent": ("",), "paid": ("sent",), "returned": ("sent",)}[state]


def may(
    lines: Sequence[PayoutLine], states: Mapping[int, PayoutState], state: str, batch: PayoutBatch
) -> list[Problem]:
    """A problem for each line that is in a state which `state` cannot follow."""
    problems = []
    for line in lines:
        now = states[line.id].state
        if now not in FOLLOWS[state]:
            (zh, en), (zh2, en2) = STATE_NAMES[now], STATE_NAMES[state]
            words = (f"{zh}的款项不能标为{zh2}", f"it is {en}, and cannot be {en2} now")
            problems.append(trouble("state", words, ("", ""), batch.code, "staff", line.row_id))
    return problems


def no_reason(reason: str, batch: PayoutBatch) -> list[Problem]:
    """A problem where no reason is given."""
    if reason.strip():
        return []
    words = ("没有写明原因", "no reason is given")
    cure = ("请用 --reason 写明", "Say why with --reason")
    return [trouble("no_reason", words, cure, batch.code)]


def enter(session: Session, lines: Sequence[PayoutLine], state: str, reason: str, by: str) -> None:
    """Enter a state for each of these lines."""
    now = dt.datetime.now(dt.UTC)
    for line in lines:
        session.add(PayoutState(line_id=line.id, state=state, reason=reason, by=by, at=now))
    session.flush()
