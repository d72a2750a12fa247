"""The close: envelopes opened and counted, groups that are too small forgotten, figures frozen.

done = close(engine, keys, hospital, 7, account="office", at=now)

All at once, and once: before it nobody sees a figure, and afterwards no answer is taken, so that
none can be read off as a difference. What single answers were is destroyed with the key.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from hpf.core import Problem, Questionnaire, Text
from hpf.core.errors import HpfError
from hpf.core.facts import decimal_of
from hpf.core.formula.exact import snap
from hpf.core.results import plain
from hpf.storage.engine import writing
from hpf.storage.envelopes import QuestionnaireKey, burn_key, read_key
from hpf.storage.models import AnswerCount, Envelope
from hpf.storage.models import Questionnaire as Row
from hpf.storage.questionnaires import assignments_of, questionnaire_digest, spent_of
from hpf.storage.troubles import TamperError, trouble
from hpf.workflow.acting import Act, actor
from hpf.workflow.questionnaire_answers import Given
from hpf.workflow.questionnaire_figures import RowOutcome, row_outcome
from hpf.workflow.questionnaire_rules import LEAST, Rules, read_form
from hpf.workflow.questionnaires import batches_of, open_row, tokens
from hpf.workflow.roles import Role

Answer = tuple[str, str, Given]  # row, group, what was said


@dataclass(frozen=True, slots=True)
class Counted:
    """answers: row -> group -> how many; used: row -> group -> question -> value -> how often, of
    groups that have enough; kept: (row, group, question, value) -> how often, of those of them in
    which nobody can be told apart."""

    answers: Mapping[str, Mapping[str, int]]
    used: Mapping[str, Mapping[str, Mapping[str, Mapping[str, int]]]]
    kept: Mapping[tuple[str, str, str, str], int]


def close(
    engine: Engine,
    keys: Path,
    hospital: int,
    number: int,
    *,
    account: str,
    at: dt.datetime,
    short: str = "",
    seat: str = "",
) -> Row:
    """Close a questionnaire for good. short: why, although a sample is not reached.

    Raises HpfError where it is closed, where a sample is not reached (and no reason given), and
    where answers are missing or were not handed in here. The key goes after all is written.
    """
    with writing(engine) as session:
        one = _close(Act(session, hospital, account, at, seat), keys, number, short)
        session.commit()
    burn_key(keys, number)
    return one


def burn_left_over(session: Session, keys: Path, hospital: int) -> None:
    """Destroy keys of closed questionnaires that a crash left behind."""
    closed = select(Row.id).where(Row.hospital_id == hospital, Row.digest.is_not(None))
    for number in session.scalars(closed):
        burn_key(keys, number)


def _close(act: Act, keys: Path, number: int, short: str) -> Row:
    actor(act, (Role.HR,))
    one = open_row(act, number)
    form, rules = read_form(one.form), Rules.read(one.rules)
    key = read_key(keys, number, one.key_check)
    answers = _opened(act.session, key, number)
    _all_there(act.session, one, key, answers)
    counted = count(form, rules, answers)
    rows = sorted({*counted.answers, *_expected(act.session, one)})
    outcomes = [_outcome(form, rules, row, counted) for row in rows]
    lacking = [problem for o in outcomes for problem in _lacking(form, o)]
    if not answers:
        lacking.append(_no_answer(number))
    if lacking and not short.strip():
        raise HpfError(lacking)
    made = [
        AnswerCount(
            questionnaire_id=number, row_id=row, group_code=group, question=question, value=value,
            times=times,
        )
        for (row, group, question, value), times in sorted(counted.kept.items())
    ]  # fmt: skip
    act.session.add_all(made)
    act.session.flush()
    one.closed = act.today
    one.outcome = {
        "answers": sum(sum(n.values()) for n in counted.answers.values()),
        "rows": [outcome_json(o) for o in outcomes],
        "short": short.strip(),
        "open_link": any(b.way == "link" for b in batches_of(one)),
    }
    one.digest = questionnaire_digest(one, made)
    act.session.flush()
    act.session.execute(delete(Envelope).where(Envelope.questionnaire_id == number))
    detail: dict[str, Any] = {"answers": one.outcome["answers"], "rows": len(rows),
                              "digest": one.digest, "short": one.outcome["short"]}  # fmt: skip
    act.audit("questionnaire.closed", f"questionnaire:{number}", detail)
    return one


def _opened(session: Session, key: QuestionnaireKey, number: int) -> list[Answer]:
    found = []
    wanted = select(Envelope.id, Envelope.sealed).where(Envelope.questionnaire_id == number)
    for id, sealed in session.execute(wanted):
        row, group, given = json.loads(key.open(id, sealed))
        found.append((row, group, given))
    return found


def _all_there(session: Session, one: Row, key: QuestionnaireKey, answers: list[Answer]) -> None:
    """As many answers of each group about each row as have been marked, and no mark of nobody."""
    spent = spent_of(session, one.id)
    marks: Counter[tuple[str, str]] = Counter()
    linked: set[tuple[str, str]] = set()
    known = 0
    for a in assignments_of(session, one.id):
        if key.spent("rater", a.rater, a.row_id, a.group_code) in spent:
            marks[a.row_id, a.group_code] += 1
            known += 1
    for batch in batches_of(one):
        if batch.way == "link":
            linked.add((batch.row, batch.group))
            continue
        used = sum(key.spent("slip", t) in spent for t in tokens(key, batch))
        marks[batch.row, batch.group] += used
        known += used
    there = Counter((row, group) for row, group, _ in answers)
    off = any(
        there[k] < marks[k] or (there[k] > marks[k] and k not in linked) for k in {*marks, *there}
    )
    if off or known != len(spent):
        words = (
            f"{one.id} 号问卷的答卷数与交卷记录不符",
            f"questionnaire {one.id}: answers and marks of having answered do not agree",
        )
        cure = ("数据库被别的途径改过：请与备份比对",
                "The database was changed by another way: compare it with a backup")  # fmt: skip
        raise TamperError([trouble("answers_differ", words, cure, f"questionnaire:{one.id}")])


def _expected(session: Session, one: Row) -> set[str]:
    """Rows about which somebody was asked: they stand in the results even without an answer."""
    asked = {a.row_id for a in assignments_of(session, one.id)}
    return asked | {b.row for b in batches_of(one)}


def count(form: Questionnaire, rules: Rules, answers: Iterable[Answer]) -> Counted:
    """How often each answer was given. Groups and questions with too few leave nothing behind.

    A superior alone, or somebody about themselves, may count by the hospital's own minimum: then
    the figure has their part, and what they said is kept nowhere.
    """
    by_group: dict[str, dict[str, list[Given]]] = {}
    for row, group, given in answers:
        by_group.setdefault(row, {}).setdefault(group, []).append(given)
    kept: Counter[tuple[str, str, str, str]] = Counter()
    used: dict[str, dict[str, dict[str, Counter[str]]]] = {}
    for row, groups in by_group.items():
        whole = {g: found for g, found in groups.items() if len(found) >= rules.minimum[g]}
        for group, found in whole.items():
            for question, values in _tallies(form, found).items():
                if len(values) < rules.minimum[group]:
                    continue
                used.setdefault(row, {}).setdefault(group, {})[question] = Counter(values)
                if len(values) >= LEAST:
                    for value in values:
                        kept[row, group, question, value] += 1
        # remarks stand without their group, and only among enough answers that may have made them
        together = [given for found in whole.values() for given in found]
        if len(together) >= LEAST:
            for q in form.questions:
                for given in together:
                    if q.kind == "text" and q.code in given:
                        kept[row, "", q.code, str(given[q.code])] += 1
    numbers = {r: {g: len(found) for g, found in groups.items()} for r, groups in by_group.items()}
    return Counted(numbers, used, kept)


def _tallies(form: Questionnaire, found: list[Given]) -> dict[str, list[str]]:
    """The values of each question, and of each figure the mean of every single answer."""
    tallies: dict[str, list[str]] = {}
    for q in form.questions:
        if q.kind == "scale":
            tallies[q.code] = [str(given[q.code]) for given in found if q.code in given]
    for figure in form.figures:
        means = []
        for given in found:
            said = [Fraction(given[c]) for c in figure.questions if c in given]
            if said:
                means.append(str(sum(said, Fraction(0)) / len(said)))
        tallies[f"={figure.code}"] = means
    return tallies


def _outcome(form: Questionnaire, rules: Rules, row: str, counted: Counted) -> RowOutcome:
    answers, used = counted.answers.get(row, {}), counted.used.get(row, {})
    return row_outcome(form, rules, row, answers, used)


def _lacking(form: Questionnaire, outcome: RowOutcome) -> list[Problem]:
    names = {g.code: g.names for g in form.groups}
    cure = Text(
        "请继续收答卷；确要截止，请写明理由，结果不会成为数据",
        "Go on collecting, or close it with a reason: the figures will not become facts",
    )
    return [
        Problem(
            "questionnaire.sample",
            Text(f"{names[g].zh}只有 {have} 份，样本量要求 {need} 份",
                 f"{names[g].en}: {have} answers, the sample is {need}"),
            cure, entity=form.entity, id=outcome.row, name=g,
        )
        for g, (have, need) in outcome.short.items()
    ]  # fmt: skip


def _no_answer(number: int) -> Problem:
    message = Text(f"{number} 号问卷一份答卷也没有", f"questionnaire {number} has no answer at all")
    cure = Text("要作废请写明理由，之后可重开", "To give it up, say why; it may be opened anew")
    return Problem("questionnaire.no_answer", message, cure)


def outcome_json(one: RowOutcome) -> dict[str, Any]:
    """A row's outcome as it is kept: numbers as text.

    counted: whether a group is part of the figures; shown: whether it may be looked at by itself.
    """
    return {
        "row": one.row,
        "groups": [
            {
                "group": g.group,
                "answers": g.answers,
                "counted": g.shown,
                "shown": g.shown and g.answers >= LEAST,
                "means": {k: [n, str(v)] for k, (n, v) in g.means.items() if n >= LEAST},
                "figures": {k: [n, str(v)] for k, (n, v) in g.figures.items() if n >= LEAST},
            }
            for g in one.groups
        ],
        "figures": [
            {
                "figure": f.figure,
                "answers": f.answers,
                "value": None if f.value is None else str(plain(_decimal(f.value))),
                "points": None if f.points is None else str(plain(_decimal(f.points))),
                "low": None if f.low is None else str(f.low),
                "high": None if f.high is None else str(f.high),
            }
            for f in one.figures
        ],
        "short": {g: list(n) for g, n in one.short.items()},
    }


def _decimal(value: Fraction) -> Decimal:
    """A value to 12 places, half-up."""
    return decimal_of(snap(value))
