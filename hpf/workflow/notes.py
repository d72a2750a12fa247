"""Notes: what is put on file about a period and its people, each with an entry in the audit chain.

One kind of row for consents, feedback, talks, trainings, honours and findings; the modules beside
this one say who may write which, and what comes of it. Notes are only ever added.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.periods import Period
from hpf.storage.models import Note
from hpf.workflow.acting import Act

LONGEST = 4000  # characters of a note


def write_note(
    act: Act,
    kind: str,
    text: str,
    *,
    scheme: str = "",
    period: Period | None = None,
    subject: str = "",
    unit: str = "",
    day: dt.date | None = None,
    detail: Mapping[str, Any] | None = None,
    of: int | None = None,
    role: str = "",
    private: bool = False,
) -> Note:
    """Keep a note. HpfError where it says nothing, too much, or happened after today.

    private: the audit trail, which more people read, has the text's SHA-256 in its place.
    """
    when = day or act.today
    wrong = []
    if not text.strip():
        wrong.append(note_problem("empty", "没有写内容", "it says nothing",
                                  ("请写一两句话", "Say it in a line or two")))  # fmt: skip
    if len(text) > LONGEST:
        wrong.append(note_problem("long", f"超过 {LONGEST} 字", f"it is over {LONGEST} characters",
                                  ("请写短一些", "Make it shorter")))  # fmt: skip
    if when > act.today:
        wrong.append(
            note_problem(
                "future",
                f"{when} 还没有到",
                f"{when} is still to come",
                ("发生之后再登记", "Record it once it has happened"),
            )
        )
    if wrong:
        raise HpfError(wrong)
    made = Note(
        hospital_id=act.hospital, kind=kind, scheme=scheme, period=period, subject=subject,
        unit=unit, day=when, text=text.strip(), detail=dict(detail or {}), of_id=of,
        by=act.account, role=role, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    told = {
        "kind": kind,
        "scheme": scheme,
        "period": str(period or ""),
        "subject": subject,
        "unit": unit,
        "day": str(when),
        "text": sha256(made.text.encode()).hexdigest() if private else made.text,
        "of": of,
        "detail": made.detail,
    }
    act.audit(f"note.{kind}", f"note:{made.id}", told)
    return made


def note_problem(
    code: str, zh: str, en: str, cure: tuple[str, str] = ("", ""), place: str = ""
) -> Problem:
    """One reason why a note is refused."""
    return Problem(f"note.{code}", Text(zh, en), Text(*cure), place)
