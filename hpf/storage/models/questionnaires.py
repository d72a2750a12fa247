"""Questionnaires: who is asked, that somebody has answered, and how often each answer was given.

No row holds a person's answer. While a questionnaire is open, answers lie in envelopes that nobody
can open without its key, which is not in the database; when it is closed they are counted, the
envelopes and the key are destroyed, and only counts stay. Nothing here has a time or a number that
grows with each answer (docs/adr/0025).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id

_WITHOUT_ORDER = {"sqlite_with_rowid": False}  # a rowid would tell in which order rows came


class Questionnaire(Base):
    """A set of questions put in a period. form, rules: as they were when it was opened.

    closes: the last day on which answers are taken. batches: slips and links that were given out.
    key_check: tells the key that closes envelopes from any other. seed: of the draw of raters.
    digest: of form, rules, counts and outcome; it closes the row for good.
    """

    __tablename__ = "questionnaires"
    __table_args__ = (Index(None, "hospital_id", "scheme", "period", "code"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    period: Mapped[Period]
    code: Mapped[str]
    form: Mapped[dict[str, Any]]
    rules: Mapped[dict[str, Any]]
    opens: Mapped[dt.date]
    closes: Mapped[dt.date]
    batches: Mapped[list[Any]]
    key_check: Mapped[str]
    seed: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    closed: Mapped[dt.date | None]
    outcome: Mapped[dict[str, Any] | None]
    digest: Mapped[str | None]


class RaterAssignment(Base):
    """That a person is asked about a row, as a member of a group. Not: whether they answered."""

    __tablename__ = "rater_assignments"
    __table_args__ = (_WITHOUT_ORDER,)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    rater: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[str] = mapped_column(primary_key=True)
    group_code: Mapped[str] = mapped_column(primary_key=True)


class SpentToken(Base):
    """That somebody has answered: a keyed hash of a slip, or of an assignment. Not: what."""

    __tablename__ = "spent_tokens"
    __table_args__ = (_WITHOUT_ORDER,)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)


class Envelope(Base):
    """A sealed answer. id: 128 random bits; sealed: all of one questionnaire are of one length."""

    __tablename__ = "envelopes"
    __table_args__ = (_WITHOUT_ORDER,)

    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class AnswerCount(Base):
    """How often a group gave one answer about a row; a remark stands without its group.

    question: of the form, or `=figure`: the mean of one answer's questions, as a fraction.
    """

    __tablename__ = "answer_counts"
    __table_args__ = (_WITHOUT_ORDER,)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaires.id"), primary_key=True)
    row_id: Mapped[str] = mapped_column(primary_key=True)
    group_code: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    times: Mapped[int]
