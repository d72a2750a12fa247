"""What stands in a cycle now, drawn from the database: what guards and screens look at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.bindings import bound_indicators
from hpf.core.checking import check
from hpf.core.errors import Problem, Text
from hpf.core.program import Program
from hpf.storage import cycles as kept
from hpf.storage.ceilings import ceiling_problems
from hpf.storage.configuration import bindings_on, lacking
from hpf.storage.facts import facts_at
from hpf.storage.models import Appeal, Filing, Staff, StoredRun, User
from hpf.storage.models import Cycle as Row
from hpf.storage.people import holdings
from hpf.storage.troubles import StorageError
from hpf.workflow import files
from hpf.workflow.consents import consent_lacks, ledgers_open
from hpf.workflow.cycle import Cycle, Transition
from hpf.workflow.owed import open_differences
from hpf.workflow.policy import OpenAppeal, Policy, Resolution, SealedRun, Situation
from hpf.workflow.roles import Actor, Appointment, Role
from hpf.workflow.settings import (
    enough,
    lacking_settings,
    of_scheme,
    policy_of,
    read_settings,
)
from hpf.workflow.stages import Stage
from hpf.workflow.tasks import Done

_CEILING = frozenset({Stage.REVIEW, Stage.RECHECK})
_NEWEST = frozenset({Stage.PLAN, Stage.COLLECT, Stage.CALCULATE, Stage.RECHECK})


@dataclass(frozen=True, slots=True)
class Drawn:
    """A cycle with all that stands in it. run: what it is about now; settings: as read."""

    row: Row
    cycle: Cycle
    situation: Situation
    policy: Policy
    settings: Mapping[str, Any]
    run: StoredRun | None
    filed: tuple[Filing, ...]
    appeals: tuple[Appeal, ...]


def settings_now(session: Session, hospital: int) -> dict[str, str]:
    """The hospital's settings as texts; of several entries the last one holds."""
    return {f.subject: f.text for f in kept.filings(session, hospital, kind="setting")}


def settings_for(session: Session, hospital: int, program: Program, on: dt.date) -> dict[str, str]:
    """The scheme's own values, and the hospital's before them."""
    return {**of_scheme(program, on), **settings_now(session, hospital)}


def appointments(session: Session, hospital: int) -> tuple[Appointment, ...]:
    """The four parties, as active accounts hold them."""
    parties = set(Role)
    found = []
    for one in holdings(session, hospital):
        roles = frozenset(Role(r) for r in one.roles if r in parties)
        if one.active and roles:
            units = one.roles.get(Role.DEPARTMENTS, frozenset())
            found.append(Appointment(one.login, roles, units))
    return tuple(found)


def draw(
    session: Session,
    hospital: int,
    programs: Mapping[str, Program],
    row: Row,
    today: dt.date,
) -> Drawn:
    """Everything about a cycle on a day. Raises HpfError where what is stored no longer reads."""
    program = programs[row.scheme]
    period = row.period
    filed = tuple(kept.filings(session, hospital, cycle=row.id))
    texts = row.calendar.get("settings") or settings_for(session, hospital, program, today)
    held = read_settings(texts)
    moves = kept.moves_of(session, row.id)
    cycle = Cycle(row.scheme, period, Stage(row.state), tuple(map(_transition, moves)))
    run = run_of(session, row)
    appeals = tuple(kept.appeals_of(session, row.id))
    wants_facts = cycle.stage in (Stage.PLAN, Stage.COLLECT)
    posting = _posting(filed)
    settings_lack = [(s.name, s.names) for s in lacking_settings(held)]
    settings_lack += [
        (f"{one.scheme}.{one.parameter.name}", one.parameter.names)
        for one in lacking(session, hospital, {row.scheme: program}, period.last_day)
    ]
    situation = Situation(
        today=today,
        period_end=period.last_day,
        departments=kept.departments_on(session, hospital, period.last_day),
        appointments=appointments(session, hospital),
        done=_done(session, row),
        goals=tuple(g.text for g in files.goals(filed)),
        focus=tuple(f.text for f in filed if f.kind == "focus"),
        scheme_lacks=scheme_lacks(program),
        settings_lack=tuple(settings_lack),
        facts_missing=_missing(session, hospital, programs, row) if wants_facts else (),
        missing_listed=next((f.text for f in reversed(filed) if f.kind == "missing"), ""),
        run=_sealed(run),
        resolution=_resolution(session, row),
        posted=None if posting is None else dt.date.fromisoformat(posting.detail["day"]),
        changed_after_posting=posting is not None
        and run is not None
        and _hangs(posting) != (run.id, kept.correction_of(session, run.id)),
        appeals=tuple(
            OpenAppeal(str(a.id), tuple(a.reviewers)) for a in appeals if a.state == "open"
        ),
        effects_missing=tuple(
            str(a.id) for a in appeals if a.state == "upheld" and a.effect_run_id is None
        ),
        affected=kept.people_of(session, run.id) if run is not None else frozenset(),
        differences_open=open_differences(session, row, run),
        ceiling_exceeded=_over(session, run) if cycle.stage in _CEILING else (),
        informed=frozenset(f.subject for f in filed if f.kind == "feedback"),
        consent_lacks=tuple(
            consent_lacks(session, hospital, row.scheme, period, held.get("consensus_levels", ()))
        )
        if cycle.stage is Stage.PLAN
        else (),
        ledgers_open=ledgers_open(session, hospital, row.scheme, period)
        if cycle.stage is Stage.COLLECT
        else (),
    )
    policy = policy_of(held) or Policy()  # while it is incomplete, `settings_lack` says so
    return Drawn(row, cycle, situation, policy, held, run, filed, appeals)


def run_of(session: Session, row: Row) -> StoredRun | None:
    """The run a cycle is about: the newest one while it is made, then the one put to review."""
    if Stage(row.state) in _NEWEST or row.run_id is None:
        return kept.newest_run(session, row.hospital_id, row.scheme, row.period)
    return session.get(StoredRun, row.run_id)


def scheme_lacks(program: Program) -> tuple[str, ...]:
    """Which of indicators, weights and period a scheme is without (S1-1.2-1).

    Its weights stand in its rules and parameters: a scheme without rules weighs nothing.
    """
    parts = {
        "indicators": program.indicators,
        "weights": program.rules,
        "assessment_period": program.period,
    }
    return tuple(name for name, part in parts.items() if not part)


def _over(session: Session, run: StoredRun | None) -> tuple[Text, ...]:
    """By how much the run passes a ceiling. Where the scheme has several pay lines and none was
    chosen yet, that is asked when its pay list is made."""
    if run is None:
        return ()
    try:
        found = ceiling_problems(session, run)
    except StorageError:
        return ()
    return tuple(p.message for p in found if p.severity == "problem")


def _missing(
    session: Session, hospital: int, programs: Mapping[str, Program], row: Row
) -> tuple[Text, ...]:
    program = programs[row.scheme]
    facts = facts_at(session, hospital, program, row.period)
    if not facts.tables:
        names = program.names
        return (Text(f"{names.zh}整期的数据", f"all of the period for {names.en}"),)
    bindings = bindings_on(session, hospital, programs, row.period.last_day)
    bound = bound_indicators(program.code, bindings)
    _, problems = check(program, facts)
    return tuple(_said(program, p) for p in problems if (p.entity, p.name) not in bound)


def _said(program: Program, problem: Problem) -> Text:
    """Which fact of which row, as people call them."""
    entity = program.entities.get(problem.entity)
    found = program.indicator(problem.entity, problem.name)
    kind = entity.names if entity else Text(problem.entity, problem.entity)
    name = found.names if found else Text(problem.name, problem.name)
    row = f" {problem.id}" if problem.id else ""
    return Text(f"{kind.zh}{row} 的{name.zh}", f"{name.en} of {kind.en.lower()}{row}")


def _transition(move: Any) -> Transition:
    return Transition(
        move.name,
        Stage(move.source),
        Stage(move.target),
        move.by,
        Role(move.role),
        move.at,
        move.reason,
        tuple(move.detail.get("evidence", ())),
    )


def _done(session: Session, row: Row) -> tuple[Done, ...]:
    return tuple(
        Done(t.clause, Actor(t.done_by, Role(t.role), t.unit), (t.text,))
        for t in kept.tasks_of(session, row.id)
        if t.done_by is not None
    )


def _sealed(run: StoredRun | None) -> SealedRun | None:
    if run is None or run.seal is None:
        return None
    return SealedRun(run.seal, run.by, len(run.problems), str(run.of_id or ""))


def _resolution(session: Session, row: Row) -> Resolution | None:
    closed = [
        b
        for b in kept.ballots_of(session, row.id)
        if b.closed_at is not None and b.appeal_id is None
    ]
    if not closed:
        return None
    last = closed[-1]
    count = kept.count(session, last)
    run = session.get(StoredRun, last.run_id) if last.run_id is not None else None
    return Resolution(
        f"ballot {last.id}",
        count.present,
        count.entitled,
        enough(count.yes, count.present, Fraction(last.majority)),
        (run.seal or "") if run is not None else "",
    )


def _hangs(posting: Filing) -> tuple[int | None, int | None]:
    """The run that was posted, and the correction that was posted with it."""
    return posting.detail["run"], posting.detail["correction"]


def _posting(filed: Iterable[Filing]) -> Filing | None:
    found = [f for f in filed if f.kind == "posting"]
    return found[-1] if found else None


def own_staff(session: Session, login: str) -> str:
    """The staff code of whoever holds an account; empty where it is no person's."""
    query = select(Staff.code).join(User, User.staff_id == Staff.id).where(User.login == login)
    return session.scalar(query) or ""
