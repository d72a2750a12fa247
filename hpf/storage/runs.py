"""Runs in the database: kept whole under their seal, and read back as they were computed.

stored = save_run(session, hospital, run, by="甲", facts_upto=7)
run = load_run(session, stored.id)     # by its own rules, whatever plugin is installed now
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.bindings import Binding
from hpf.core.checking import check
from hpf.core.errors import Problem
from hpf.core.facts import Bound, Checked, Facts
from hpf.core.faultpoints import reach
from hpf.core.holding import HeldUnit, tolerate
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.program_json import parameters_json, read_parameters
from hpf.core.results import Run
from hpf.storage.audit import record
from hpf.storage.facts import facts_at, problem_of
from hpf.storage.history import SETTLED, history_of
from hpf.storage.models import Cycle, Hospital, StoredRun
from hpf.storage.programs import load_program, store_program
from hpf.storage.results import past_columns, read_results, write_results
from hpf.storage.troubles import StorageError, TamperError, trouble
from hpf.storage.types import canonical


@dataclass(frozen=True, slots=True)
class Link:
    """A binding of a run, with the stored run that filled it."""

    binding: Binding
    run: int


def save_run(
    session: Session,
    hospital: int,
    run: Run,
    *,
    by: str,
    facts_upto: int | None,
    started: dt.datetime,
    kind: str = "main",
    of: int | None = None,
    links: Sequence[Link] = (),
    looked_back: Mapping[Period, int] | None = None,
    held: Sequence[HeldUnit] = (),
) -> StoredRun:
    """Store a run and close it under its seal, in the session's transaction.

    facts_upto: the last import it saw; links: where bound facts came from; looked_back: period ->
    stored run that history was read from; held: units (entity, id) that were held back.
    """
    stored = StoredRun(
        hospital_id=hospital,
        scheme=run.program.code,
        version=run.program.version,
        period=run.period,
        profile=run.profile,
        kind=kind,
        of_id=of,
        facts_upto=facts_upto,
        program_digest=store_program(session, run.program),
        parameters=json.loads(parameters_json(run.parameters)),
        inputs=[_link_json(one) for one in links],
        history=[[str(p), n] for p, n in sorted((looked_back or {}).items())],
        provisional=sorted(str(p) for p in run.history.provisional),
        problems=[p.as_json() for p in run.problems if p.severity == "problem"],
        notices=[p.as_json() for p in (*run.checked.notices, *_notices(run))],
        held=[list(one) for one in held],
        orphans=[list(one) for one in run.evaluated.orphans],
        accepted_zeros=run.checked.accepted_zeros,
        started=started,
        finished=dt.datetime.now(dt.UTC),
        by=by,
        seal_parts=None,
        seal=None,
    )
    session.add(stored)
    session.flush()
    reach("run.opened")
    write_results(session, stored, run.program, run.checked, run.evaluated)
    reach("run.after_results")
    stored.seal_parts, stored.seal = dict(run.seal), run.seal["seal"]
    session.flush()
    code = session.get_one(Hospital, hospital).code
    told = {
        "scheme": stored.scheme, "period": str(stored.period), "kind": kind, "seal": stored.seal,
        "facts": run.seal["facts"], "problems": len(stored.problems),
    } | ({"of": of} if of else {}) | ({"held": stored.held} if held else {})  # fmt: skip
    record(session, by, "run.sealed", f"run:{stored.id}", told, hospital=code)
    reach("run.before_commit")
    return stored


def _notices(run: Run) -> list[Problem]:
    return [p for p in run.problems if p.severity != "problem"]


def load_run(session: Session, id: int) -> Run:
    """A stored run as it was: its own program, parameters, facts, and the results it sealed.

    Raises StorageError where there is no sealed run of that id, TamperError where what is stored
    no longer makes one.
    """
    stored = sealed_run(session, id)
    program = load_program(session, stored.program_digest)
    checked = checked_of(session, stored, program)
    evaluated = read_results(session, stored.id, program, checked)
    orphans = tuple((a, b, c) for a, b, c in stored.orphans)
    problems = tuple(problem_of(one) for one in stored.problems)
    return Run(
        program,
        stored.period,
        checked,
        read_parameters(canonical(stored.parameters)),
        replace(evaluated, orphans=orphans),
        problems + tuple(problem_of(one) for one in stored.notices),
        dict(stored.seal_parts or {}),
        history_of(session, stored, program),
        stored.profile,
    )


def load_with_above(session: Session, id: int) -> tuple[dict[str, Run], tuple[Binding, ...]]:
    """A stored run and those that filled its bound facts, by scheme, the asked one last; and the
    bindings between them. Raises as `load_run`."""
    links = [_link_of(entry) for entry in sealed_run(session, id).inputs]
    runs: dict[str, Run] = {}
    bindings: list[Binding] = []
    for number in dict.fromkeys(link.run for link in links):
        above, between = load_with_above(session, number)
        runs |= above
        bindings += [b for b in between if b not in bindings]
    run = load_run(session, id)
    runs[run.program.code] = run
    return runs, (*bindings, *(link.binding for link in links))


def sealed_run(session: Session, id: int) -> StoredRun:
    """The sealed run of that id; StorageError where there is none."""
    stored = session.get(StoredRun, id)
    if stored is None or stored.seal is None:
        words = (f"没有第 {id} 次计算", f"there is no run {id}")
        cure = ("请用 hpf runs 查看", "hpf runs lists them")
        raise StorageError([trouble("no_run", words, cure, f"run:{id}")])
    return stored


def checked_of(session: Session, stored: StoredRun, program: Program) -> Checked:
    """The checked facts a stored run was computed from; TamperError where they no longer hold."""
    checked, problems = check(program, sealed_facts(session, stored, program))
    _, problems = tolerate(program, checked, problems, units_held(stored))
    if problems:
        words = ("封存的数据已不成立", "the sealed facts no longer hold")
        cure = ("请运行 hpf verify-run 和 hpf audit verify", "Run hpf verify-run, hpf audit verify")
        raise TamperError([trouble("facts", words, cure, f"run:{stored.id}"), *problems])
    return checked


def sealed_facts(session: Session, stored: StoredRun, program: Program) -> Facts:
    """The facts a stored run saw, bound ones filled from the runs they came from."""
    facts = facts_at(session, stored.hospital_id, program, stored.period, stored.facts_upto)
    return _refilled(session, stored, facts)


def units_held(stored: StoredRun) -> list[HeldUnit]:
    """The units (entity, id) that were held back in a run.

    Three figures of a unit are what was kept before blanks of held units were told from zeros.
    """
    return [HeldUnit(*one[:3], *(one[3:] or [True])) for one in stored.held]


def _refilled(session: Session, stored: StoredRun, facts: Facts) -> Facts:
    """Bound indicators with the results they were filled from."""
    tables = dict(facts.tables)
    for entry in stored.inputs:
        link = _link_of(entry)
        b, table = link.binding, tables.get(link.binding.entity)
        if table is None:
            continue
        key = (b.from_entity, b.rule)
        found = past_columns(session, link.run, [key], b.from_scheme)
        column = found.get((b.from_entity, f"{b.from_scheme}.{b.rule}"))
        own = table.frame["id"].cast(pl.String).to_list()
        ids = pl.Series([b.rows.get(id, id) for id in own], dtype=pl.String)
        values = column.at(ids) if column is not None else pl.Series([None] * len(own))
        bound = Bound(b.from_scheme, b.from_entity, b.rule, b.rows)
        tables[b.entity] = replace(
            table,
            frame=table.frame.with_columns(values.alias(b.indicator)),
            bound={**table.bound, b.indicator: bound},
        )
    return replace(facts, tables=tables)


def latest_run(session: Session, hospital: int, scheme: str, period: Period) -> StoredRun | None:
    """The latest sealed run of a scheme's period, of whatever kind."""
    return session.scalar(
        select(StoredRun)
        .where(
            StoredRun.hospital_id == hospital,
            StoredRun.scheme == scheme,
            StoredRun.period == period,
            StoredRun.seal.is_not(None),
        )
        .order_by(StoredRun.id.desc())
        .limit(1)
    )


def root_of(run: StoredRun) -> int:
    """The main run that a supplement or release belongs to; a main run's own number."""
    return run.id if run.of_id is None else run.of_id


def settled(session: Session, run: StoredRun) -> bool:
    """Whether the period's cycle is final, so that what changes becomes a difference."""
    return is_final(session, run.hospital_id, run.scheme, run.period)


def is_final(session: Session, hospital: int, scheme: str, period: Period) -> bool:
    """Whether a scheme's period has a cycle that is final."""
    found = select(Cycle.id).where(
        Cycle.hospital_id == hospital,
        Cycle.scheme == scheme,
        Cycle.period == period,
        Cycle.state.in_(SETTLED),
    )
    return session.scalar(found) is not None


def runs_of(
    session: Session, hospital: int, scheme: str = "", period: Period | None = None
) -> list[StoredRun]:
    """Sealed runs, earliest first; of one scheme or period where they are named."""
    query = select(StoredRun).where(StoredRun.hospital_id == hospital, StoredRun.seal.is_not(None))
    if scheme:
        query = query.where(StoredRun.scheme == scheme)
    if period is not None:
        query = query.where(StoredRun.period == period)
    return list(session.scalars(query.order_by(StoredRun.id)))


def payouts_of(session: Session, run: StoredRun) -> dict[str, Decimal]:
    """row id -> what a run pays in the end; empty where its scheme pays nothing."""
    paid = load_program(session, run.program_digest).payout
    if paid is None:
        return {}
    found = past_columns(session, run.id, [(paid.entity, paid.name)], run.scheme)
    column = found.get((paid.entity, paid.qualified))
    return {} if column is None else {i: v for i, v in column.items() if isinstance(v, Decimal)}


def _link_json(link: Link) -> dict[str, Any]:
    b = link.binding
    return {
        "run": link.run, "scheme": b.scheme, "entity": b.entity, "indicator": b.indicator,
        "from_scheme": b.from_scheme, "from_entity": b.from_entity, "rule": b.rule,
        "rows": dict(b.rows), "place": b.place,
    }  # fmt: skip


def _link_of(entry: Mapping[str, Any]) -> Link:
    given = {k: v for k, v in entry.items() if k != "run"}
    return Link(Binding(**given), int(entry["run"]))
