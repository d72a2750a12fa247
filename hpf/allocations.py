"""Second-level distribution: a sealed pool, its head's allocation as facts, then the staff run.

propose(session, hospital, program, may, "W1", {"A1": Decimal("600"), …}, by="科主任")
approve(session, hospital, program, filing.id, by="分管院长")     # now they are facts
fall_back(session, hospital, program, may, by="人事")             # for heads who were silent

What is allocated sums to the pool to the fen, or it is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl
from sqlalchemy.orm import Session

from hpf.allocation_rules import AllocationRule, decided_rule
from hpf.core.errors import Problem
from hpf.core.facts import Facts, Table, decimal_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.pools import APPROVED, FEN, PROPOSED, Pool, default_parts, pools
from hpf.storage.audit import record
from hpf.storage.facts import facts_at
from hpf.storage.imports import preview, save_import
from hpf.storage.models import Filing, Hospital
from hpf.storage.troubles import StorageError, trouble


def propose(
    session: Session,
    hospital: int,
    program: Program,
    period: Period,
    unit: str,
    amounts: Mapping[str, Decimal],
    *,
    by: str,
    on: dt.date,
) -> Filing:
    """A head's allocation of a pool, to be approved by somebody else.

    Raises StorageError with everything wrong: persons, bounds, fen, the sum, the deadline.
    """
    rule = decided_rule(session, hospital, program.code)
    pool = _pool(session, hospital, program, period, unit)
    wrong = list(_wrong(rule, pool, amounts))
    if on > pool.deadline:
        words = (f"已过期限 {pool.deadline}", f"the time limit was {pool.deadline}")
        cure = ("按规定的默认办法分配：hpf allocate default", "The default: hpf allocate default")
        wrong.append(trouble("allocation_late", words, cure, unit))
    if wrong:
        raise StorageError(wrong)
    return _file(session, hospital, program, period, pool, amounts, by, default=False)


def approve(session: Session, hospital: int, program: Program, number: int, *, by: str) -> Filing:
    """Approve an allocation that somebody else entered: from now on it is facts.

    Raises StorageError for one's own, for none, and where the pool has changed since.
    """
    one = session.get(Filing, number)
    if one is None or one.hospital_id != hospital or one.kind != PROPOSED:
        raise StorageError([trouble("no_entry", (f"没有第 {number} 号分配方案",
                                                 f"there is no allocation {number}"))])  # fmt: skip
    unit, period = one.detail["unit"], Period.parse(one.detail["period"])
    pool = _pool(session, hospital, program, period, unit)
    if one.by == by:
        words = ("不能批准自己登记的事项", "nobody approves their own entry")
        cure = ("请由另一个账号批准", "Let another account approve it")
        raise StorageError([trouble("own_entry", words, cure, unit)])
    if pool.given is None or pool.given.id != one.id:
        words = ("总额已变，或另有更新的方案", "the pool has changed, or a later one came in")
        raise StorageError([trouble("allocation_old", words, place=unit)])
    return _approve(session, hospital, program, period, one, by)


def fall_back(
    session: Session, hospital: int, program: Program, period: Period, *, by: str, on: dt.date
) -> list[str]:
    """Share out, as the hospital decided, the pools of heads who were silent until the deadline.

    Returns the departments. What was proposed in time and is not approved waits for its approval.
    """
    rule = decided_rule(session, hospital, program.code)
    found: list[str] = []
    wrong: list[Problem] = []
    for pool in pools(session, hospital, program, period).values():
        if pool.given is not None or on <= pool.deadline:
            continue
        try:
            amounts = default_parts(rule, pool)
        except StorageError as error:
            wrong += error.problems
            continue
        one = _file(session, hospital, program, period, pool, amounts, by, default=True)
        _approve(session, hospital, program, period, one, "")
        found.append(pool.unit)
    if wrong:
        raise StorageError(wrong)
    return found


def write_again(session: Session, hospital: int, program: Program, period: Period) -> list[str]:
    """Put approved allocations back where the facts no longer hold them; which departments'."""
    found = [p for p in pools(session, hospital, program, period).values() if p.approved_by]
    for pool in found:
        assert pool.given is not None
        _write(session, hospital, program, period, pool.given)
    return [p.unit for p in found]


def unwritten(
    session: Session, hospital: int, program: Program, period: Period, found: Iterable[Pool]
) -> list[str]:
    """The departments whose approved allocation the facts do not hold, or no longer."""
    rule = decided_rule(session, hospital, program.code)
    table = facts_at(session, hospital, program, period).tables.get(rule.person)
    frame = table.frame if table is not None else None
    held: dict[str, Any] = {}
    if frame is not None and rule.indicator in frame.columns:
        held = dict(zip(frame["id"].to_list(), frame[rule.indicator].to_list(), strict=True))
    return [
        p.unit for p in found
        if p.approved_by and any(held.get(id) != part for id, part in p.parts.items())
    ]  # fmt: skip


def _pool(session: Session, hospital: int, program: Program, period: Period, unit: str) -> Pool:
    found = pools(session, hospital, program, period).get(unit)
    if found is None:
        words = (f"{unit} 没有可分配的总额", f"{unit} has no pool to share out")
        raise StorageError([trouble("no_pool", words, place=f"{program.code} {period}", id=unit)])
    return found


def _wrong(rule: AllocationRule, pool: Pool, amounts: Mapping[str, Decimal]) -> list[Problem]:
    found: list[Problem] = []

    def say(zh: str, en: str, id: str = "") -> None:
        found.append(trouble("allocation", (zh, en), place=pool.unit, entity=rule.person, id=id))

    if pool.approved_by:
        say("本期分配已经批准", "its allocation is approved already")
    for id in sorted(pool.people.keys() - amounts.keys()):
        say("没有写分给多少（可以写 0）", "nothing is said of this person (0 may be)", id)
    for id in sorted(amounts.keys() - pool.people.keys()):
        say(f"不是{pool.unit}的人", f"does not belong to {pool.unit}", id)
    equal = Fraction(pool.amount) / max(len(pool.people), 1)
    low, high = sorted((equal * Fraction(rule.low), equal * Fraction(rule.high)))
    for id, amount in sorted(amounts.items()):
        if amount != amount.quantize(FEN):
            say(f"{plain(amount)} 元不到分", f"{plain(amount)} CNY is not to the fen", id)
        elif not low <= Fraction(amount) <= high:
            bounds = f"{_to_fen(low)}–{_to_fen(high)}"
            say(f"{plain(amount)} 元超出上下限 {bounds}",
                f"{plain(amount)} CNY is out of bounds {bounds}", id)  # fmt: skip
    total = sum(amounts.values(), Decimal(0))
    if total != pool.amount:
        say(f"共 {plain(total)} 元，总额是 {plain(pool.amount)} 元",
            f"they sum to {plain(total)} CNY, the pool is {plain(pool.amount)} CNY")  # fmt: skip
    return found


def _to_fen(value: Fraction) -> str:
    """A bound to the fen, for people to read."""
    return str(plain(decimal_of(Fraction(round(value * 100), 100))))


def _file(
    session: Session,
    hospital: int,
    program: Program,
    period: Period,
    pool: Pool,
    amounts: Mapping[str, Decimal],
    by: str,
    *,
    default: bool,
) -> Filing:
    detail: dict[str, Any] = {
        "scheme": program.code, "period": str(period), "unit": pool.unit, "run": pool.run,
        "pool": plain(pool.amount), "default": default,
        "amounts": {i: plain(v) for i, v in sorted(amounts.items())},
    }  # fmt: skip
    return _put(session, hospital, PROPOSED, pool.unit, detail, by)


def _approve(
    session: Session, hospital: int, program: Program, period: Period, one: Filing, by: str
) -> Filing:
    detail = {k: v for k, v in one.detail.items() if k != "amounts"} | {"of": one.id}
    made = _put(session, hospital, APPROVED, one.subject, detail, by or "rule")
    _write(session, hospital, program, period, one)
    return made


def _write(session: Session, hospital: int, program: Program, period: Period, one: Filing) -> None:
    """An approved allocation as facts; nothing where they stand there already."""
    rule = decided_rule(session, hospital, program.code)
    parts = {i: Decimal(v) for i, v in one.detail["amounts"].items()}
    frame = pl.DataFrame(
        {
            "id": pl.Series(list(parts), dtype=pl.String),
            rule.indicator: pl.Series(list(parts.values()), dtype=pl.Decimal(38, 2)),
        }
    )
    facts = Facts(period, {rule.person: Table(rule.person, frame)})
    shown = preview(session, hospital, program, facts, extent="part")
    reason = f"allocation:{one.id}"
    save_import(session, shown, by=one.by, reason=reason)


def _put(
    session: Session, hospital: int, kind: str, unit: str, detail: Mapping[str, Any], by: str
) -> Filing:
    made = Filing(
        hospital_id=hospital, cycle_id=None, kind=kind, subject=unit, text="", detail=dict(detail),
        by=by, role="", at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    session.add(made)
    session.flush()
    code = session.get_one(Hospital, hospital).code
    action = "allocation.entered" if kind == PROPOSED else "allocation.approved"
    record(session, by, action, f"filing:{made.id}", detail, hospital=code)
    return made
