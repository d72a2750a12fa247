"""Recognition without money, and the criterion of the excellent, public before the period begins.

An honour has no amount, and words that name one are refused: it is not another way to pay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.periods import Period
from hpf.storage.ledgers import notes_of
from hpf.storage.models import Note
from hpf.storage.organisation import register_of
from hpf.workflow.acting import Act, actor
from hpf.workflow.ledgers import person_of
from hpf.workflow.ledgers_entries import department_on
from hpf.workflow.notes import note_problem, write_note
from hpf.workflow.roles import Role
from hpf.workflow.settings import SETTINGS
from hpf.workflow.situation import settings_now

HONOUR, CRITERION = "honour", "criterion"
TYPES = "recognition_types"
_OFFICE = (Role.MANAGEMENT, Role.HR)
_MONEY = re.compile(
    r"[¥￥$€]\s*\d|\d[\d,.，]*\s*(元|万元|块钱|人民币|RMB|CNY|yuan|USD)", re.IGNORECASE
)  # an amount of money, however it is written


def publish_criterion(act: Act, scheme: str, period: Period, text: str) -> Note:
    """Make public who counts as excellent in a period. HpfError once the period has begun."""
    who = actor(act, _OFFICE)
    if act.today >= period.first_day:
        raise HpfError([
            note_problem("late", f"{period} 从 {period.first_day} 起，条件须在此之前公布",
                         f"{period} begins on {period.first_day}: it has to be public before",
                         ("新条件从下一期起用", "A new criterion is for the next period"),
                         f"{scheme} {period}")
        ])  # fmt: skip
    return write_note(act, CRITERION, text, scheme=scheme, period=period, role=who.role.value)


def criterion(session: Session, hospital: int, scheme: str, period: Period) -> Note | None:
    """The criterion that holds in a period: the last one that was made public before it."""
    found = notes_of(session, hospital, CRITERION, scheme=scheme, period=period)
    return found[-1] if found else None


def honour(
    act: Act, scheme: str, period: Period, person: str, kind: str, text: str, excellent: bool
) -> Note:
    """Record a recognition. excellent: as an excellent talent, by the period's criterion.

    Raises HpfError with every reason: a kind that the hospital does not have, an amount of money,
    one's own, somebody the register has not, no criterion public before the period.
    """
    who = actor(act, _OFFICE)
    kinds = types_of(act.session, act.hospital)
    wrong: list[Problem] = []
    if not kinds:
        names = SETTINGS[TYPES].names
        message = Text(f"还没有定：{names.zh}", f"not settled yet: {names.en}")
        cure = Text(f"hpf cycle settle {TYPES}=种类、种类 --reason 依据",
                    f"hpf cycle settle {TYPES}=KIND,KIND --reason WHY")  # fmt: skip
        wrong.append(Problem("cycle.setting", message, cure, name=TYPES))
    elif kind not in kinds:
        near = did_you_mean(kind, kinds)
        wrong.append(
            note_problem(
                "type",
                f"没有“{kind}”这种表彰",
                f"there is no recognition '{kind}'",
                (near.zh, near.en),
            )
        )
    day = min(act.today, period.last_day)
    if person not in register_of(act.session, act.hospital, day).people:
        wrong.append(note_problem("person", f"名册里没有 {person}",
                                  f"the register has no '{person}'", place=person))  # fmt: skip
    if person_of(act) == person:
        wrong.append(note_problem("own", "不能表彰自己", "nobody honours themselves", place=person))
    if _MONEY.search(text) or _MONEY.search(kind):
        wrong.append(note_problem("money", "表彰不带金额", "a recognition names no amount of money",
                                  ("请去掉金额；奖金走绩效", "Take it out: pay has its own way"),
                                  person))  # fmt: skip
    held = criterion(act.session, act.hospital, scheme, period)
    if excellent and held is None:
        wrong.append(note_problem("criterion", f"{period} 开始之前没有公布优秀人才条件",
                                  f"no criterion was public before {period} began",
                                  ("请评下一期", "It can be judged in the next period"),
                                  f"{scheme} {period}"))  # fmt: skip
    if wrong:
        raise HpfError(wrong)
    detail = {"type": kind, "excellent": excellent,
              "criterion": held.id if excellent and held else None}  # fmt: skip
    return write_note(act, HONOUR, text, scheme=scheme, period=period, subject=person,
                      unit=department_on(act, person, day), detail=detail,
                      role=who.role.value)  # fmt: skip


def honours(session: Session, hospital: int, scheme: str = "") -> Sequence[Note]:
    """All honours, the latest first."""
    return list(reversed(notes_of(session, hospital, HONOUR, scheme=scheme)))


def types_of(session: Session, hospital: int) -> tuple[str, ...]:
    """The kinds of recognition that the hospital has settled."""
    text = settings_now(session, hospital).get(TYPES)
    found: tuple[str, ...] = SETTINGS[TYPES].read(text) if text is not None else ()
    return found
