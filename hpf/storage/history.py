"""What rules find when they look back: of each earlier period the latest sealed run."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.formula import tree as t
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.values import NO_HISTORY, History
from hpf.storage.models import Cycle, StoredRun
from hpf.storage.results import past_columns

SETTLED = ("final", "improve", "closed")  # a cycle in another state is still open


def history_of(session: Session, stored: StoredRun, program: Program) -> History:
    """What a stored run looked back on."""
    pairs = {Period.parse(p): int(n) for p, n in stored.history}
    provisional = frozenset(Period.parse(p) for p in stored.provisional)
    return _history(session, program, pairs, provisional)


def history_for(
    session: Session, hospital: int, program: Program, period: Period
) -> tuple[History, dict[Period, int]]:
    """What rules find when they look back now: of each earlier period the latest sealed run.

    A period whose cycle is still open is provisional. Also which runs those are.
    """
    if not looked_back(program):
        return NO_HISTORY, {}
    rows = session.execute(
        select(StoredRun.period, func.max(StoredRun.id))
        .where(
            StoredRun.hospital_id == hospital,
            StoredRun.scheme == program.code,
            StoredRun.seal.is_not(None),
        )
        .group_by(StoredRun.period)
    )
    runs = {p: n for p, n in rows if p.kind == period.kind and p.last_day < period.first_day}
    done = set(
        session.scalars(
            select(Cycle.period).where(
                Cycle.hospital_id == hospital,
                Cycle.scheme == program.code,
                Cycle.state.in_(SETTLED),
            )
        )
    )
    provisional = frozenset(p for p in runs if p not in done)
    return _history(session, program, runs, provisional), runs


def looked_back(program: Program) -> list[tuple[str, str]]:
    """(entity, short rule name) of what rules read of earlier periods."""
    found: dict[tuple[str, str], None] = {}
    for rule in program.rules:
        for node in t.walk(rule.tree):
            if isinstance(node, t.Past | t.Window):
                for inner in t.walk(node):
                    if isinstance(inner, t.Own) and program.rule(inner.entity, inner.name):
                        found[inner.entity, inner.name.rpartition(".")[2]] = None
    return list(found)


def _history(
    session: Session, program: Program, runs: Mapping[Period, int], provisional: frozenset[Period]
) -> History:
    wanted = looked_back(program)
    periods = {p: past_columns(session, n, wanted, program.code) for p, n in runs.items()}
    return History(periods, provisional & set(periods))
