"""The form of a second-level distribution: a fixed pool, its people, bounds, and how it stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.allocation_rules import AllocationRule, rule_of
from hpf.allocations import approve, propose
from hpf.core.errors import HpfError, Problem, Text
from hpf.core.results import plain
from hpf.pools import Pool, pools
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.place import Place
from hpf.portal.rights import Act, Viewer, may
from hpf.reports import figures
from hpf.storage.models import Staff
from hpf.storage.troubles import StorageError


@dataclass(frozen=True, slots=True)
class Person:
    """A person of a pool. given: what was proposed, as it is typed; '' for nothing yet."""

    id: str
    name: str
    points: str
    given: str


@dataclass(frozen=True, slots=True)
class Shared:
    """A pool to be shared out. mark: what the form sends back, to tell whether it is current."""

    unit: str
    amount: str
    mark: str
    low: str
    high: str
    deadline: dt.date
    late: bool
    people: tuple[Person, ...]
    number: int | None
    by: str
    approved: str
    mine: bool
    may_approve: bool


def pools_of(at: Place, who: Viewer) -> dict[str, Shared]:
    """The pools that are open to a viewer; none where the hospital has not decided on any."""
    rule = rule_of(session(), desk().hospital, at.scheme)
    if rule is None:
        return {}
    try:
        found = pools(session(), desk().hospital, at.program, at.period)
    except StorageError:
        return {}  # the pools are not sealed yet
    names = {s.code: s.name for s in session().scalars(
        select(Staff).where(Staff.hospital_id == desk().hospital))}  # fmt: skip
    return {u: _shared(rule, p, names, who) for u, p in found.items() if who.sees_department(u)}


def submit(
    changing: Session, at: Place, unit: str, given: Mapping[str, str], mark: str, who: Viewer
) -> None:
    """Hand a head's allocation in. 409 where the pool is another by now; HpfError with every
    reason against it."""
    now = pools(changing, desk().hospital, at.program, at.period).get(unit)
    if now is None:
        abort(404)
    if _mark(now) != mark:
        abort(409)
    amounts, wrong = {}, []
    for id, text in given.items():
        try:
            value = Decimal(text.replace(",", "").strip())
        except ArithmeticError:
            value = Decimal("NaN")
        if not value.is_finite():
            message = Text(f"“{text}”不是金额", f"'{text}' is no amount")
            cure = Text("写到分，如 1200.00；不分给写 0", "To the fen, as 1200.00; 0 for nothing")
            wrong.append(Problem("portal.amount", message, cure, unit, id=id))
        amounts[id] = value
    if wrong:
        raise HpfError(wrong)
    propose(changing, desk().hospital, at.program, at.period, unit, amounts, by=who.login,
            on=today())  # fmt: skip


def accept(changing: Session, at: Place, number: int, who: Viewer) -> str:
    """Approve an allocation; its department. 409 where that was done already."""
    given = pools(changing, desk().hospital, at.program, at.period).values()
    if any(p.given is not None and p.given.id == number and p.approved_by for p in given):
        abort(409)
    return approve(changing, desk().hospital, at.program, number, by=who.login).subject


def _shared(rule: AllocationRule, pool: Pool, names: Mapping[str, str], who: Viewer) -> Shared:
    equal = Fraction(pool.amount) / max(len(pool.people), 1)
    low, high = (_fen(equal * Fraction(x)) for x in (rule.low, rule.high))
    parts = pool.parts
    given = pool.given
    return Shared(
        pool.unit, figures.money(pool.amount), _mark(pool), low, high, pool.deadline,
        today() > pool.deadline,
        tuple(
            Person(i, names.get(i, i), "" if p is None else str(plain(p)),
                   str(parts[i]) if i in parts else "")
            for i, p in sorted(pool.people.items())
        ),
        given.id if given else None, given.by if given else "", pool.approved_by,
        may(who, Act.ALLOCATE) and pool.unit in who.departments and not pool.approved_by,
        may(who, Act.PUBLISH) and given is not None and not pool.approved_by
        and given.by != who.login,
    )  # fmt: skip


def _mark(pool: Pool) -> str:
    return f"{pool.run}:{plain(pool.amount)}:{pool.given.id if pool.given else 0}"


def _fen(value: Fraction) -> str:
    return figures.money(Decimal(round(value * 100)) / 100)
