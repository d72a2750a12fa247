"""Pools that departments' heads share out: how much, among whom, until when, and how it stands.

What is allocated sums to the pool to the fen. A staff run is sealed only where each of its pools
is shared out as it was approved (`unsettled`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.allocation_rules import AllocationRule, decided_rule, rule_of
from hpf.core.errors import Problem
from hpf.core.facts import Facts, decimal_of
from hpf.core.formula.exact import largest_remainder
from hpf.core.holding import HeldUnit, rows_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run, plain
from hpf.storage.facts import facts_at
from hpf.storage.models import Filing, StoredRun
from hpf.storage.results import past_columns
from hpf.storage.runs import latest_run
from hpf.storage.troubles import StorageError, trouble

PROPOSED, APPROVED = "allocation", "allocation.approved"
FEN = Decimal("0.01")
_NONE: tuple[Filing | None, str] = (None, "")


class HasRun(Protocol):
    """What `hpf.runs` has ready."""

    @property
    def run(self) -> Run: ...

    @property
    def held(self) -> Sequence[HeldUnit]: ...


@dataclass(frozen=True, slots=True)
class Pool:
    """A department's pool. run: the sealed run it is of; people: id -> points (None: none said).

    given: the latest allocation of this very pool, and who approved it ('' : nobody yet).
    """

    unit: str
    amount: Decimal
    run: int
    deadline: dt.date
    people: Mapping[str, Decimal | None]
    given: Filing | None = None
    approved_by: str = ""

    @property
    def parts(self) -> dict[str, Decimal]:
        """id -> what was allocated; empty where nothing was."""
        if self.given is None:
            return {}
        return {i: Decimal(v) for i, v in self.given.detail["amounts"].items()}


def pools(session: Session, hospital: int, program: Program, period: Period) -> dict[str, Pool]:
    """The pools of a staff scheme's period that are fixed, by department.

    Raises StorageError where nothing is decided, or the pools are not sealed yet.
    """
    rule = decided_rule(session, hospital, program.code)
    run = latest_run(session, hospital, rule.pool_scheme, period)
    if run is None:
        words = (f"{rule.pool} 还没有封印", f"{rule.pool} is not sealed yet")
        command = f"hpf calculate {rule.pool_scheme} --period {period}"
        cure = (f"请先：{command}", f"First: {command}")
        raise StorageError([trouble("no_pool", words, cure, f"{program.code} {period}")])
    amounts = _amounts(session, run, rule)
    facts = facts_at(session, hospital, program, period)
    people = _people(facts, rule, program)
    limit = run.finished.date() + dt.timedelta(days=rule.days)
    given = _given(session, hospital, program.code, period)
    found = {}
    for unit, amount in sorted(amounts.items()):
        if amount or people.get(unit):
            entry, approved = given.get((unit, str(plain(amount))), _NONE)
            found[unit] = Pool(
                unit, amount, run.id, limit, people.get(unit, {}), entry, approved
            )  # fmt: skip
    return found


def default_parts(rule: AllocationRule, pool: Pool) -> dict[str, Decimal]:
    """What each person gets where the head is silent; the parts sum to the pool to the fen."""
    ids = sorted(pool.people)
    if not pool.amount:
        return dict.fromkeys(ids, Decimal(0))
    weights = [Fraction(1)] * len(ids)
    if rule.default == "points":
        lacking = [i for i in ids if pool.people[i] is None]
        if lacking:
            words = (f"缺少 {rule.points}", f"{rule.points} is missing")
            raise StorageError(
                [trouble("allocation_points", words, entity=rule.person, id=i) for i in lacking]
            )
        weights = [Fraction(pool.people[i] or 0) for i in ids]
    if not any(weights) or any(w < 0 for w in weights):
        words = (f"{plain(pool.amount)} 元没有人可分", f"nobody to share {plain(pool.amount)} CNY")
        raise StorageError([trouble("allocation_nobody", words, place=pool.unit)])
    shares = largest_remainder(Fraction(pool.amount), weights, Fraction(FEN)).shares
    return {i: decimal_of(s) for i, s in zip(ids, shares, strict=True)}


def unsettled(session: Session, hospital: int, runs: Mapping[str, HasRun]) -> list[Problem]:
    """Why staff runs may not be sealed: pools that are not shared out as it was approved.

    A department that is held back may still be without: its people wait.
    """
    found: list[Problem] = []
    for code, ready in runs.items():
        rule = rule_of(session, hospital, code)
        if rule is None:
            continue
        run = ready.run
        given = _given(session, hospital, code, run.period)
        rows = run.checked.rows[rule.person]
        units = run.checked.rows[rule.unit].ids.to_list()
        held = rows_of(run.program, run.checked, ready.held).get(rule.unit, frozenset())
        waiting = {units[row] for row in held}
        ends = rows.links[rule.link(run.program)].to_list()
        parts: dict[str, dict[str, Decimal]] = {}
        column = rows.values[rule.indicator].to_list()
        for id, end, value in zip(rows.ids.to_list(), ends, column, strict=True):
            if end is not None and value is not None:
                parts.setdefault(units[end], {})[id] = value
        for unit, amount in sorted(_fixed(session, hospital, rule, run.period, runs).items()):
            if unit in waiting or (not amount and unit not in parts):
                continue
            one, approved = given.get((unit, str(plain(amount))), _NONE)
            if one is None or not approved:
                found.append(_open(rule, unit, amount))
            elif {i: Decimal(v) for i, v in one.detail["amounts"].items()} != parts.get(unit, {}):
                found.append(_other(unit, one))
    return found


def _fixed(
    session: Session,
    hospital: int,
    rule: AllocationRule,
    period: Period,
    runs: Mapping[str, HasRun],
) -> dict[str, Decimal]:
    if rule.pool_scheme in runs:
        run = runs[rule.pool_scheme].run
        column = run.evaluated.values[rule.unit][f"{rule.pool_scheme}.{rule.pool_rule}"]
        ids = run.checked.rows[rule.unit].ids.to_list()
        return {i: v for i, v in zip(ids, column.to_list(), strict=True) if v is not None}
    stored = latest_run(session, hospital, rule.pool_scheme, period)
    return _amounts(session, stored, rule) if stored is not None else {}


def _amounts(session: Session, run: StoredRun, rule: AllocationRule) -> dict[str, Decimal]:
    found = past_columns(session, run.id, [(rule.unit, rule.pool_rule)], rule.pool_scheme)
    column = found.get((rule.unit, f"{rule.pool_scheme}.{rule.pool_rule}"))
    return {i: v for i, v in (column or {}).items() if isinstance(v, Decimal)}


def _people(
    facts: Facts, rule: AllocationRule, program: Program
) -> dict[str, dict[str, Decimal | None]]:
    table = facts.tables.get(rule.person)
    link = rule.link(program)
    if table is None or link not in table.frame.columns:
        return {}
    frame, points = table.frame, rule.points.partition(".")[2]
    values = frame[points].to_list() if points in frame.columns else [None] * len(frame)
    found: dict[str, dict[str, Decimal | None]] = {}
    for id, unit, value in zip(frame["id"].to_list(), frame[link].to_list(), values, strict=True):
        if unit is not None:
            found.setdefault(unit, {})[id] = value
    return found


def _given(
    session: Session, hospital: int, scheme: str, period: Period
) -> dict[tuple[str, str], tuple[Filing | None, str]]:
    """(department, pool) -> its latest allocation, and who approved it."""
    entries = session.scalars(
        select(Filing)
        .where(Filing.hospital_id == hospital, Filing.kind.in_((PROPOSED, APPROVED)))
        .order_by(Filing.id)
    )
    found: dict[tuple[str, str], tuple[Filing | None, str]] = {}
    for one in entries:
        said = one.detail
        if (said["scheme"], said["period"]) != (scheme, str(period)):
            continue
        key = (said["unit"], said["pool"])
        if one.kind == PROPOSED:
            found[key] = (one, "")
        elif (last := found[key][0]) is not None and last.id == said["of"]:
            found[key] = (last, one.by)
    return found


def _open(rule: AllocationRule, unit: str, amount: Decimal) -> Problem:
    words = (
        f"{unit} 的 {plain(amount)} 元还没有批准的分配方案",
        f"no allocation of {unit}'s {plain(amount)} CNY is approved",
    )
    cure = (
        f"请科室负责人分配并批准：hpf allocate propose {rule.scheme}；逾期用 hpf allocate default",
        f"hpf allocate propose {rule.scheme}, then approve; hpf allocate default when it is late",
    )
    return trouble("allocation_open", words, cure, rule.scheme, rule.unit, unit)


def _other(unit: str, one: Filing) -> Problem:
    words = (
        f"数据与批准的分配方案（{one.id} 号）不符",
        f"the facts are not those of the approved allocation {one.id}",
    )
    cure = ("请按批准的方案重新写入：hpf allocate write", "Put them back: hpf allocate write")
    return trouble("allocation_differs", words, cure, one.detail["scheme"], id=unit)
