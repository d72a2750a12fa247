"""Cycles as they are kept: the cycle, its moves, tasks, filings, appeals and ballots.

Plain rows in and out; what a move may do is for `hpf.workflow` to say. Moves, filings and votes
only grow: the database refuses to change them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import did_you_mean
from hpf.core.periods import Period
from hpf.storage.models import (
    Appeal,
    Ballot,
    Committee,
    Cycle,
    Department,
    Filing,
    Member,
    RunRow,
    RunRule,
    StoredResult,
    StoredRun,
    Task,
    Transition,
    Vote,
)
from hpf.storage.troubles import StorageError, trouble

CHINA = dt.timezone(dt.timedelta(hours=8))  # one time all over the country, all year round


def local_day(moment: dt.datetime) -> dt.date:
    """The day that it was in China."""
    return moment.astimezone(CHINA).date()


def find_cycle(
    session: Session, hospital: int, scheme: str, period: Period, *, hold: bool = False
) -> Cycle:
    """The cycle of a scheme's period; StorageError where none is planned.

    hold: nobody else moves it until the transaction ends.
    """
    query = select(Cycle).where(
        Cycle.hospital_id == hospital, Cycle.scheme == scheme, Cycle.period == period
    )
    found = session.scalar(query.with_for_update() if hold else query)
    if found is None:
        words = (f"{scheme} {period} 还没有流程", f"no cycle of {scheme} {period} is planned")
        cure = (
            f"请先运行 hpf cycle plan {scheme} --period {period}",
            f"Plan it first: hpf cycle plan {scheme} --period {period}",
        )
        raise StorageError([trouble("no_cycle", words, cure, f"{scheme} {period}")])
    return found


def cycle_of_run(session: Session, run: StoredRun) -> Cycle | None:
    """The cycle of the period that a run is about."""
    return session.scalar(
        select(Cycle).where(
            Cycle.hospital_id == run.hospital_id,
            Cycle.scheme == run.scheme,
            Cycle.period == run.period,
        )
    )


def cycles(session: Session, hospital: int) -> Sequence[Cycle]:
    """All cycles of a hospital, the newest first."""
    query = select(Cycle).where(Cycle.hospital_id == hospital).order_by(Cycle.id.desc())
    return session.scalars(query).all()


def moves_of(session: Session, cycle: int) -> Sequence[Transition]:
    """The moves a cycle has made, the first one first."""
    query = select(Transition).where(Transition.cycle_id == cycle).order_by(Transition.id)
    return session.scalars(query).all()


def tasks_of(session: Session, cycle: int) -> Sequence[Task]:
    """All tasks of a cycle, closed or not."""
    return session.scalars(select(Task).where(Task.cycle_id == cycle).order_by(Task.id)).all()


def filings(
    session: Session, hospital: int, *, cycle: int | None = None, kind: str | None = None
) -> Sequence[Filing]:
    """What was filed for a cycle, or (cycle None) for the hospital, the first one first."""
    query = select(Filing).where(Filing.hospital_id == hospital, Filing.cycle_id == cycle)
    if kind is not None:
        query = query.where(Filing.kind == kind)
    return session.scalars(query.order_by(Filing.id)).all()


def departments_on(session: Session, hospital: int, on: dt.date) -> frozenset[str]:
    """Codes of the departments that there are on a day."""
    return frozenset(
        session.scalars(
            select(Department.code).where(
                Department.hospital_id == hospital,
                Department.opened <= on,
                or_(Department.closed.is_(None), Department.closed > on),
            )
        )
    )


def newest_run(
    session: Session, hospital: int, scheme: str, period: Period, kind: str = "main"
) -> StoredRun | None:
    """The latest sealed run of a period; None where there is none."""
    return session.scalar(
        select(StoredRun)
        .where(
            StoredRun.hospital_id == hospital,
            StoredRun.scheme == scheme,
            StoredRun.period == period,
            StoredRun.kind == kind,
            StoredRun.seal.is_not(None),
        )
        .order_by(StoredRun.id.desc())
        .limit(1)
    )


def correction_of(session: Session, run: int | None) -> int | None:
    """The latest sealed supplement to a run; None where nothing of it was corrected."""
    return session.scalar(
        select(func.max(StoredRun.id)).where(
            StoredRun.of_id == run,
            StoredRun.kind == "supplement",
            StoredRun.seal.is_not(None),
        )
    )


def people_of(session: Session, run: int) -> frozenset[str]:
    """The staff a run has results for."""
    query = select(RunRow.id).where(RunRow.run_id == run, RunRow.entity == "staff")
    return frozenset(session.scalars(query))


@dataclass(frozen=True, slots=True)
class Line:
    """One result line: where it stands in its run, what it says."""

    run: int
    rule: int
    row: int
    entity: str
    id: str
    name: str
    rule_name: str
    value: str


def result_line(session: Session, run: int, entity: str, id: str, rule: str) -> Line:
    """One line of a sealed run, by row and rule; StorageError naming what there is instead."""
    rules = session.execute(
        select(RunRule.name, RunRule.rule).where(RunRule.run_id == run, RunRule.entity == entity)
    ).all()
    by_name = {name.rpartition(".")[2]: number for name, number in rules}
    number = by_name.get(rule.rpartition(".")[2])
    if number is None:
        near = did_you_mean(rule, sorted(by_name))
        words = (f"结果里没有 {entity} 的 {rule}", f"the run has no '{rule}' of {entity}")
        raise StorageError([trouble("no_rule", words, near, f"run {run}", name=rule)])
    row = session.scalar(
        select(RunRow).where(RunRow.run_id == run, RunRow.entity == entity, RunRow.id == id)
    )
    if row is None:
        query = select(RunRow.id).where(RunRow.run_id == run, RunRow.entity == entity)
        near = did_you_mean(id, session.scalars(query).all())
        words = (f"结果里没有 {entity}:{id}", f"the run has no {entity}:{id}")
        raise StorageError([trouble("no_row", words, near, f"run {run}", entity, id)])
    return _line(session, run, number, row.row)


def appealed_line(session: Session, appeal: Appeal) -> Line:
    """The line an appeal is about."""
    return _line(session, appeal.run_id, appeal.rule, appeal.row)


def _line(session: Session, run: int, rule: int, row: int) -> Line:
    result = session.get(StoredResult, (run, rule, row))
    heading = session.get_one(RunRule, (run, rule))
    where = session.get_one(RunRow, (run, row))
    if result is None:
        words = (
            "这一行没有结果（规则对它不适用）",
            "that line has no result: the rule leaves it out",
        )
        cure = ("请就有结果的一行申诉", "Appeal against a line that has one")
        raise StorageError(
            [trouble("no_result", words, cure, f"run {run}", where.entity, where.id, heading.name)]
        )
    value = result.text if result.value is None else format(result.value.normalize(), "f")
    return Line(run, rule, row, where.entity, where.id, where.name, heading.name, value or "")


def appeals_of(session: Session, cycle: int) -> Sequence[Appeal]:
    """All appeals of a cycle, in the order in which they were filed."""
    return session.scalars(select(Appeal).where(Appeal.cycle_id == cycle).order_by(Appeal.id)).all()


def find_appeal(session: Session, hospital: int, id: int, *, hold: bool = False) -> Appeal:
    """An appeal by its number; StorageError where the hospital has none of it."""
    query = select(Appeal).where(Appeal.id == id, Appeal.hospital_id == hospital)
    found = session.scalar(query.with_for_update() if hold else query)
    if found is None:
        words = (f"没有 {id} 号申诉", f"there is no appeal {id}")
        cure = ("列出全部：hpf appeal list", "To list them: hpf appeal list")
        raise StorageError([trouble("no_appeal", words, cure, str(id))])
    return found


def find_ballot(session: Session, hospital: int, id: int, *, hold: bool = False) -> Ballot:
    """A ballot by its number; StorageError where the hospital has none of it."""
    query = (
        select(Ballot)
        .join(Committee, Committee.id == Ballot.committee_id)
        .where(Ballot.id == id, Committee.hospital_id == hospital)
    )
    found = session.scalar(query.with_for_update(of=Ballot) if hold else query)
    if found is None:
        words = (f"没有 {id} 号表决", f"there is no ballot {id}")
        cure = ("列出全部：hpf vote list", "To list them: hpf vote list")
        raise StorageError([trouble("no_ballot", words, cure, str(id))])
    return found


def ballots_of(session: Session, cycle: int) -> Sequence[Ballot]:
    """All ballots of a cycle, the first one first."""
    return session.scalars(select(Ballot).where(Ballot.cycle_id == cycle).order_by(Ballot.id)).all()


@dataclass(frozen=True, slots=True)
class Count:
    """How a ballot stands. seats: of the committee on the day it was opened; votes by choice."""

    seats: int
    yes: int = 0
    no: int = 0
    abstain: int = 0
    recused: int = 0

    @property
    def present(self) -> int:
        """Who took part; the recused do not."""
        return self.yes + self.no + self.abstain

    @property
    def entitled(self) -> int:
        """Those due to attend, without the recused."""
        return self.seats - self.recused


def count(session: Session, ballot: Ballot) -> Count:
    """The votes of a ballot; its seats are those of the day it was opened on."""
    day = local_day(ballot.opened_at)
    seats = session.scalar(
        select(func.count())
        .select_from(Member)
        .where(
            Member.committee_id == ballot.committee_id,
            Member.since <= day,
            or_(Member.until.is_(None), Member.until > day),
        )
    )
    cast = session.execute(
        select(Vote.choice, func.count()).where(Vote.ballot_id == ballot.id).group_by(Vote.choice)
    )
    by = {str(choice): int(number) for choice, number in cast}
    return Count(seats or 0, **by)
