"""Answers handed in: read from a form, closed in an envelope, and never again anybody's.

with writing(engine) as session:
    by_rater(session, keys, hospital, number, "A17", "B02", "peers", form, today)
    session.commit()

There is no entry in the audit trail for an answer, and no time: either would tell whose it is. That
somebody answered is marked by a keyed hash; what was answered lies sealed. Once handed in it cannot
be changed, since nobody could find it again.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hpf.core import Problem, Question, Questionnaire, Text
from hpf.core.errors import HpfError
from hpf.storage.envelopes import LINK, QuestionnaireKey, read_key
from hpf.storage.models import Envelope, RaterAssignment, SpentToken
from hpf.storage.models import Questionnaire as Row
from hpf.storage.questionnaires import assignments_of, envelopes_of, find_questionnaire, spent_of
from hpf.workflow.questionnaire_rules import read_form
from hpf.workflow.questionnaires import Batch, batches_of, refuse

MOST_TEXT = 300  # characters of a remark
MOST_ANSWERS = 50_000  # of one questionnaire: a link that is flooded stops here
CANNOT_SAY = "-"

Given = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Due:
    """An answer that somebody still owes."""

    questionnaire: Row
    form: Questionnaire
    row: str
    group: str


@dataclass(frozen=True, slots=True)
class Slip:
    """What a token leads to. spent: whether it was used; of a link never."""

    questionnaire: Row
    form: Questionnaire
    batch: Batch
    spent: bool


def read_answers(form: Questionnaire, fields: Mapping[str, str]) -> Given:
    """The answers of a form's fields. Raises HpfError with everything that is missing or wrong."""
    found: dict[str, int | str] = {}
    wrong: list[Problem] = []
    for question in form.questions:
        text = fields.get(question.code, "").strip()
        if question.kind == "text":
            if len(text) > MOST_TEXT:
                zh, en = f"最多 {MOST_TEXT} 字", f"{MOST_TEXT} characters at most"
                wrong.append(_wrong(question, f"{zh}，现有 {len(text)} 字", f"{en}: {len(text)}"))
            elif words := " ".join(text.split()):
                # one line, and nothing that has no sign: it would take more room than it shows
                found[question.code] = "".join(c for c in words if c.isprintable())
        elif text in {str(n) for n in range(question.low, question.high + 1)}:
            found[question.code] = int(text)
        elif not (question.optional and text == CANNOT_SAY):
            wrong.append(_wrong(question, "还没有选", "nothing is chosen"))
    scales = {q.code for q in form.questions if q.kind == "scale"}
    if not wrong and not scales & found.keys():
        wrong.append(Problem("questionnaire.empty", Text("一题也没有答", "No question is answered"),
                             Text("请至少答一题", "Answer one at least")))  # fmt: skip
    if wrong:
        raise HpfError(wrong)
    return found


def by_rater(
    session: Session,
    keys: Path,
    hospital: int,
    number: int,
    rater: str,
    row: str,
    group: str,
    fields: Mapping[str, str],
    today: dt.date,
) -> None:
    """Hand in the answer of somebody who was asked. Raises HpfError where they were not, where
    they have done so already, where it is too late, and with all that is wrong with it."""
    one, key = _open(session, keys, hospital, number, today)
    if session.get(RaterAssignment, (number, rater, row, group)) is None:
        raise refuse("not_asked", "没有请您评价这一位", "you are not asked about this one")
    given = read_answers(read_form(one.form), fields)
    _put(session, one, key, row, group, given, key.spent("rater", rater, row, group))


def by_token(
    session: Session,
    keys: Path,
    hospital: int,
    number: int,
    token: str,
    fields: Mapping[str, str],
    today: dt.date,
) -> None:
    """Hand in the answer of whoever holds a slip or the link. Raises as `by_rater`."""
    one, key = _open(session, keys, hospital, number, today)
    batch, mark = _batch(one, key, token)
    given = read_answers(read_form(one.form), fields)
    _put(session, one, key, batch.row, batch.group, given, mark)


def slip(session: Session, keys: Path, hospital: int, number: int, token: str) -> Slip:
    """What a token leads to, open or not. Raises HpfError for one that was never handed out."""
    one = find_questionnaire(session, hospital, number)
    form = read_form(one.form)
    if one.digest is not None:  # its key is gone: a genuine slip cannot be told from any other
        raise _closed(one)
    key = read_key(keys, one.id, one.key_check)
    batch, mark = _batch(one, key, token)
    used = mark is not None and session.get(SpentToken, (one.id, mark)) is not None
    return Slip(one, form, batch, used)


def due(
    session: Session, keys: Path, open_ones: Iterable[Row], rater: str, today: dt.date
) -> list[Due]:
    """What somebody still owes, of questionnaires that take answers today."""
    found = []
    for one in open_ones:
        if one.digest is not None or not one.opens <= today <= one.closes:
            continue
        asked = assignments_of(session, one.id, rater)
        if not asked:
            continue
        key, form = read_key(keys, one.id, one.key_check), read_form(one.form)
        spent = spent_of(session, one.id)
        found += [
            Due(one, form, a.row_id, a.group_code)
            for a in asked
            if key.spent("rater", rater, a.row_id, a.group_code) not in spent
        ]
    return found


def envelope_size(form: Questionnaire) -> int:
    """How long every content of a questionnaire is made: whatever was written, it looks alike."""
    size = 512
    for question in form.questions:
        size += len(question.code) + (4 * MOST_TEXT if question.kind == "text" else 16)
    return size


def _open(
    session: Session, keys: Path, hospital: int, number: int, today: dt.date
) -> tuple[Row, QuestionnaireKey]:
    one = find_questionnaire(session, hospital, number, hold="answer")
    if one.digest is not None or today > one.closes:
        raise _closed(one)
    if today < one.opens:
        raise refuse("early", f"{one.opens} 开始", f"it begins on {one.opens}")
    return one, read_key(keys, one.id, one.key_check)


def _batch(one: Row, key: QuestionnaireKey, token: str) -> tuple[Batch, bytes | None]:
    """The batch of a token, and the mark that it leaves; a link leaves none."""
    found = key.read(token)
    batches = batches_of(one)
    if found is not None and found[0] < len(batches):
        batch, number = batches[found[0]], found[1]
        if batch.way == "link" and number == LINK:
            return batch, None
        if batch.way == "slips" and number < batch.count:
            return batch, key.spent("slip", key.token(batch.number, number))
    raise refuse("token", "没有这样的答卷码", "there is no such code",
                 ("请照纸条上的码输入", "Enter it as it is printed"))  # fmt: skip


def _put(
    session: Session,
    one: Row,
    key: QuestionnaireKey,
    row: str,
    group: str,
    given: Given,
    mark: bytes | None,
) -> None:
    if mark is None and envelopes_of(session, one.id) >= MOST_ANSWERS:
        raise refuse("full", "答卷已满", "there are answers enough")
    if mark is not None:
        if session.get(SpentToken, (one.id, mark)) is not None:
            raise _spent()
        session.add(SpentToken(questionnaire_id=one.id, hash=mark))
    id = secrets.token_bytes(16)
    said = json.dumps([row, group, given], ensure_ascii=False, separators=(",", ":"))
    sealed = key.seal(id, said.encode(), envelope_size(read_form(one.form)))
    session.add(Envelope(id=id, questionnaire_id=one.id, sealed=sealed))
    try:
        session.flush()
    except IntegrityError as error:  # the same slip, twice at the same moment
        session.rollback()
        raise _spent() from error


def _spent() -> HpfError:
    zh, en = "已经交过了，不能再交或修改", "it was handed in already, and stays as it is"
    return refuse("spent", zh, en)


def _closed(one: Row) -> HpfError:
    return refuse("late", f"{one.closes} 已截止，不再收答卷",
                  f"it closed on {one.closes}: no more answers are taken")  # fmt: skip


def _wrong(question: Question, zh: str, en: str) -> Problem:
    names = question.names
    message = Text(f"“{names.zh}”{zh}", f"'{names.en}': {en}")
    return Problem("questionnaire.answer", message, name=question.code)
