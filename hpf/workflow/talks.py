"""Talks about performance and trainings: recorded, counted, and handed over as facts.

A stage of the cycle that ended without a talk with somebody is told; so is the share of people who
were trained as often as the hospital asks.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction

import polars as pl
from sqlalchemy.orm import Session

from hpf.core import Dialogue
from hpf.core.errors import HpfError, Problem
from hpf.core.facts import Facts, Source, Table
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.settings import resolve
from hpf.receiving import compare_stored
from hpf.storage.configuration import settings_of
from hpf.storage.facts import facts_at
from hpf.storage.imports import save_import
from hpf.storage.ledgers import notes_of
from hpf.storage.models import Import, Note
from hpf.storage.organisation import register_of
from hpf.workflow.acting import Act, actor
from hpf.workflow.ledgers import in_charge, person_of
from hpf.workflow.ledgers_entries import department_on
from hpf.workflow.notes import note_problem, write_note
from hpf.workflow.roles import Role
from hpf.workflow.tasks import Phase

TALK, TRAINING = "talk", "training"


def talk(
    act: Act, scheme: str, period: Period, person: str, phase: Phase, day: dt.date, text: str
) -> Note:
    """Record a talk with a person in a stage: whoever is in charge of them, never themselves."""
    unit = department_on(act, person, day)
    wrong = [] if unit else [_nobody(person)]
    wrong += in_charge(act, unit) if unit else ()
    if person_of(act) == person:
        wrong.append(note_problem("own", "不能登记与自己的谈话", "nobody talks to themselves",
                                  place=person))  # fmt: skip
    if wrong:
        raise HpfError(wrong)
    return write_note(
        act,
        TALK,
        text,
        private=True,
        scheme=scheme,
        period=period,
        subject=person,
        unit=unit,
        day=day,
        detail={"phase": phase.value},
    )


def training(
    act: Act, scheme: str, period: Period, people: Collection[str], day: dt.date, text: str
) -> Note:
    """Record a training with who attended. HpfError for people that the register has not."""
    who = actor(act, (Role.HR,))
    known = register_of(act.session, act.hospital, day).people
    wrong = [_nobody(p) for p in sorted(set(people) - set(known))]
    if not people:
        wrong.append(note_problem("people", "没有写谁参加", "it is not said who attended"))
    if wrong:
        raise HpfError(wrong)
    return write_note(act, TRAINING, text, scheme=scheme, period=period, day=day,
                      detail={"people": sorted(set(people))}, role=who.role.value)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How talks and trainings stand. share: of people trained `often` times or more, None without
    people; target: the share wanted; few: people with fewer than `least` talks."""

    often: Fraction
    least: Fraction
    target: Fraction
    share: Fraction | None
    few: tuple[str, ...]

    @property
    def reached(self) -> bool:
        """Whether as many are trained as the hospital wants."""
        return self.share is not None and self.share >= self.target


def standing(act: Act, dialogue: Dialogue, program: Program, period: Period) -> Standing:
    """How a period stands by the parameters that the scheme names. HpfError where one has no
    value."""
    names = (dialogue.often, dialogue.least, dialogue.target)
    known = {n: program.parameters[n] for n in names if n in program.parameters}
    held, lacking = resolve(known, period.last_day, settings_of(act.session, act.hospital, program))
    lacking += [
        note_problem("parameter", f"方案没有参数 {n}", f"the scheme has no parameter '{n}'")
        for n in names if n not in known
    ]  # fmt: skip
    if lacking:
        raise HpfError(lacking)
    often, least, target = (Fraction(str(held[n].value)) for n in names)
    day = min(act.today, period.last_day)
    people = register_of(act.session, act.hospital, day).people
    talks, _ = counts(act.session, act.hospital, dialogue.scheme, period)
    few = tuple(sorted(p for p in people if talks[p] < least))
    share = coverage(act, dialogue.scheme, period, often)
    return Standing(often, least, target, share, few)


def counts(
    session: Session, hospital: int, scheme: str, period: Period
) -> tuple[Counter[str], Counter[str]]:
    """Talks and trainings of each person in a period."""
    talks: Counter[str] = Counter()
    trainings: Counter[str] = Counter()
    for one in notes_of(session, hospital, TALK, TRAINING, scheme=scheme, period=period):
        if one.kind == TALK:
            talks[one.subject] += 1
        else:
            trainings.update(one.detail["people"])
    return talks, trainings


def coverage(act: Act, scheme: str, period: Period, often: Fraction | int) -> Fraction | None:
    """The share of people who were trained as often as is asked; None where there are none.

    People are those of the register on the period's last day, or today in a period that runs.
    """
    day = min(act.today, period.last_day)
    people = register_of(act.session, act.hospital, day).people
    _, trainings = counts(act.session, act.hospital, scheme, period)
    if not people:
        return None
    return Fraction(sum(trainings[p] >= often for p in people), len(people))


def without_talk(
    act: Act, scheme: str, period: Period, ended: Iterable[Phase]
) -> dict[Phase, list[str]]:
    """People with whom nobody talked in a stage that has ended, stage by stage."""
    day = min(act.today, period.last_day)
    people = register_of(act.session, act.hospital, day).people
    held = {(n.subject, n.detail["phase"]) for n in
            notes_of(act.session, act.hospital, TALK, scheme=scheme, period=period)}  # fmt: skip
    return {
        phase: left
        for phase in ended
        if (left := sorted(p for p in people if (p, phase.value) not in held))
    }


def hand_over(act: Act, dialogue: Dialogue, program: Program, period: Period) -> Import | None:
    """Write the counts as facts of the period's people; None where they stand there already.

    Nobody is left out: who has no talk on record has had none. Raises HpfError while the period
    has no people, and with whatever is wrong with the values.
    """
    actor(act, (Role.HR,))
    stored = facts_at(act.session, act.hospital, program, period).tables.get(dialogue.entity)
    if stored is None or stored.frame.is_empty():
        raise HpfError([note_problem("no_people", "本期数据里还没有人员",
                                     "the period's facts have no people yet",
                                     ("请先导入人员", "Import them first"))])  # fmt: skip
    people = [str(i) for i in stored.frame["id"]]
    talks, trainings = counts(act.session, act.hospital, dialogue.scheme, period)
    lines = _numbers(act, dialogue, period)
    frame = pl.DataFrame(
        {
            "id": pl.Series(people, dtype=pl.String),
            dialogue.talks: pl.Series([talks[p] for p in people], dtype=pl.Decimal(38, 0)),
            dialogue.trainings: pl.Series([trainings[p] for p in people], dtype=pl.Decimal(38, 0)),
        }
    )
    source = Source(
        "沟通与培训 notes", str(period), dict.fromkeys(frame.columns, ""), [0] * len(people),
        lines={
            dialogue.talks: [lines[TALK].get(p, "0") for p in people],
            dialogue.trainings: [lines[TRAINING].get(p, "0") for p in people],
        },
    )  # fmt: skip
    facts = Facts(period, {dialogue.entity: Table(dialogue.entity, frame, source)})
    shown = compare_stored(act.session, act.hospital, program, facts)
    return save_import(act.session, shown, by=act.account, at=act.at,
                       reason=f"notes:{dialogue.code}:{period}")  # fmt: skip


def _numbers(act: Act, dialogue: Dialogue, period: Period) -> dict[str, dict[str, str]]:
    """The numbers of the notes that each person's counts rest on."""
    found: dict[str, dict[str, list[int]]] = {TALK: {}, TRAINING: {}}
    for one in notes_of(act.session, act.hospital, TALK, TRAINING, scheme=dialogue.scheme,
                        period=period):  # fmt: skip
        people = [one.subject] if one.kind == TALK else one.detail["people"]
        for person in people:
            found[one.kind].setdefault(person, []).append(one.id)
    return {
        kind: {p: ",".join(map(str, ids)) for p, ids in by.items()} for kind, by in found.items()
    }


def _nobody(person: str) -> Problem:
    return note_problem("person", f"名册里没有 {person}", f"the register has no '{person}'",
                        place=person)  # fmt: skip
