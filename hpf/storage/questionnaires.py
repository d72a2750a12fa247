"""Questionnaires as they are kept: found, listed, and closed under a digest."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.storage.models import AnswerCount, Envelope, Questionnaire, RaterAssignment, SpentToken
from hpf.storage.troubles import StorageError, trouble
from hpf.storage.types import canonical


def find_questionnaire(
    session: Session, hospital: int, number: int, *, hold: str = ""
) -> Questionnaire:
    """A questionnaire of a hospital. hold: `answer` while others may answer too, `close` alone.

    Raises StorageError where there is none.
    """
    wanted = select(Questionnaire).where(
        Questionnaire.id == number, Questionnaire.hospital_id == hospital
    )
    if hold:
        wanted = wanted.with_for_update(read=hold == "answer")
    found = session.scalars(wanted).one_or_none()
    if found is None:
        words = (f"没有 {number} 号问卷", f"there is no questionnaire {number}")
        cure = ("用 hpf survey list 列出", "List them: hpf survey list")
        raise StorageError([trouble("no_questionnaire", words, cure)])
    return found


def questionnaires_of(session: Session, hospital: int) -> Sequence[Questionnaire]:
    """All of a hospital, the latest first."""
    mine = select(Questionnaire).where(Questionnaire.hospital_id == hospital)
    return session.scalars(mine.order_by(Questionnaire.id.desc())).all()


def assignments_of(session: Session, number: int, rater: str = "") -> Sequence[RaterAssignment]:
    """Who is asked about whom; of one rater, where one is named. In order of the key."""
    wanted = select(RaterAssignment).where(RaterAssignment.questionnaire_id == number)
    if rater:
        wanted = wanted.where(RaterAssignment.rater == rater)
    order = (RaterAssignment.rater, RaterAssignment.group_code, RaterAssignment.row_id)
    return session.scalars(wanted.order_by(*order)).all()


def spent_of(session: Session, number: int) -> set[bytes]:
    """The marks of all who have answered."""
    wanted = select(SpentToken.hash).where(SpentToken.questionnaire_id == number)
    return set(session.scalars(wanted))


def envelopes_of(session: Session, number: int) -> int:
    """How many answers there are; what they are nobody knows until the close."""
    wanted = select(func.count()).where(Envelope.questionnaire_id == number)
    return int(session.scalar(wanted.select_from(Envelope)) or 0)


def counts_of(session: Session, number: int, row: str = "") -> Sequence[AnswerCount]:
    """What was counted at the close, in order of the key; about one row, where one is named."""
    wanted = select(AnswerCount).where(AnswerCount.questionnaire_id == number)
    if row:
        wanted = wanted.where(AnswerCount.row_id == row)
    key = (AnswerCount.row_id, AnswerCount.group_code, AnswerCount.question, AnswerCount.value)
    return session.scalars(wanted.order_by(*key)).all()


def questionnaire_digest(one: Questionnaire, counts: Iterable[AnswerCount]) -> str:
    """SHA-256 over all that a closed questionnaire says, counts in order of their key."""
    said = [one.hospital_id, one.scheme, str(one.period), one.code, one.form, one.rules,
            str(one.opens), str(one.closes), one.batches, one.seed, str(one.closed),
            one.outcome]  # fmt: skip
    digest = hashlib.sha256(canonical(said).encode() + b"\n")
    for c in counts:
        row = [c.row_id, c.group_code, c.question, c.value, c.times]
        digest.update(canonical(row).encode() + b"\n")
    return digest.hexdigest()


def altered(session: Session) -> list[Problem]:
    """Closed questionnaires that are not what they were when they were closed."""
    found = []
    for one in session.scalars(select(Questionnaire).where(Questionnaire.digest.is_not(None))):
        if questionnaire_digest(one, counts_of(session, one.id)) != one.digest:
            words = (f"{one.id} 号问卷的结果被改过", f"questionnaire {one.id} was altered")
            cure = (
                "数据库被别的途径改过：请与备份比对",
                "The database was changed by another way: compare it with a backup",
            )
            found.append(trouble("questionnaire_altered", words, cure, f"questionnaire:{one.id}"))
    return found
