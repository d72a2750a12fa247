"""Standing duties as they stand: what is overdue, who is untrained, what the survey said.

All of it is told and stops no cycle; the sources give no figure, so how often is the hospital's
setting (`hpf.workflow.settings`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.formula.tree import Own, walk
from hpf.core.program import Program
from hpf.storage.cycles import filings, local_day
from hpf.storage.models import Filing, Staff
from hpf.workflow import files
from hpf.workflow.challenges import (
    FeedbackReport,
    IndicatorEntry,
    feedback_report,
    procedure_problems,
    untrained,
    vague,
)
from hpf.workflow.duties import assessor_problems, coverage, goal_problems, overdue
from hpf.workflow.roles import Role
from hpf.workflow.situation import Drawn, appointments
from hpf.workflow.workdays import Calendar, Span

_KINDS = {"S1-1.1-2": "review", "S1-1.2-2": "training", "S1-2.2-2": "monitoring",
          "S1-3.4-1": "survey"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a hospital. trained: share of staff; acceptance: of those last asked."""

    problems: tuple[Problem, ...]
    trained: Fraction | None
    acceptance: Fraction | None


def duties(
    session: Session, hospital: int, settings: Mapping[str, Any], today: dt.date
) -> Standing:
    """The hospital's standing duties on a day."""
    filed = filings(session, hospital)
    by: dict[str, list[Filing]] = {}
    for one in filed:
        by.setdefault(one.kind, []).append(one)
    last = {clause: local_day(by[kind][-1].at) for clause, kind in _KINDS.items() if kind in by}
    started = local_day(filed[0].at) if filed else today
    months = {n: v for n, v in settings.items() if isinstance(v, int)}
    problems = overdue(months, last, started, today)
    trained = [f.subject for f in by.get("training", [])]
    problems += untrained((f.subject for f in by.get("assessor", [])), trained)
    procedure = by["procedure"][-1].detail if "procedure" in by else {}
    problems += procedure_problems(procedure.get("version", ""), procedure.get("owner", ""))
    office = [a.account for a in appointments(session, hospital) if Role.HR in a.roles]
    name = Role.HR.names.zh
    problems += assessor_problems(name, settings.get("hr_assessor", ""), office)
    return Standing(
        tuple(problems), coverage(trained, _staff(session, hospital, today)), _accepted(by)
    )


def cycle_duties(drawn: Drawn, program: Program) -> tuple[list[Problem], FeedbackReport | None]:
    """What a cycle's files leave to be desired, and who was told late, wrongly or not at all."""
    problems = goal_problems(files.goals(drawn.filed))
    problems += vague(register(program, drawn.filed))
    report = None
    limit = drawn.settings.get("feedback_time_limit")
    if drawn.situation.posted is not None and limit is not None:
        span = Span(limit, calendar=drawn.settings.get("calendar", Calendar()))
        report = feedback_report(
            drawn.situation.affected, files.feedback(drawn.filed), drawn.situation.posted, span
        )
    return problems, report


def register(program: Program, filed: Iterable[Filing]) -> list[IndicatorEntry]:
    """The scheme's indicators as the register of S1-3.1-1: unit, formula, source, target, consent.

    An indicator that no rule reads has neither formula nor target; what is not a number needs no
    unit. Its source is who reports it, else the clause it is printed in.
    """
    read: dict[tuple[str, str], str] = {}
    for rule in program.rules:
        for node in walk(rule.tree):
            if isinstance(node, Own):
                read[node.entity, node.name.rpartition(".")[2]] = rule.name
    consent: dict[str, set[Role]] = {}
    for one in filed:
        if one.kind == "consent":
            consent.setdefault(one.subject, set()).add(Role(one.role))
    entries = []
    for given in program.indicators:
        reads = read.get((given.entity, given.code), "")
        unit = str(given.unit) if given.type in ("decimal", "integer") else given.type
        agreed = frozenset(consent.get(given.code, set()))
        entries.append(
            IndicatorEntry(
                given.code, unit, reads, given.reporter.zh or given.clause, reads, agreed
            )
        )
    return entries


def _staff(session: Session, hospital: int, today: dt.date) -> list[str]:
    query = select(Staff.code).where(
        Staff.hospital_id == hospital,
        Staff.joined <= today,
        or_(Staff.left.is_(None), Staff.left > today),
    )
    return list(session.scalars(query))


def _accepted(by: Mapping[str, list[Filing]]) -> Fraction | None:
    """Of the latest survey: how many accept it, of how many asked; None without a survey."""
    if "survey" not in by:
        return None
    detail = by["survey"][-1].detail
    return Fraction(int(detail["accepting"]), int(detail["asked"]))
