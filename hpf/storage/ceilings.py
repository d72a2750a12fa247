"""The approved ceiling of pay, for a month or a year, and what sealed runs add up to against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import MutableMapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.periods import Period
from hpf.core.program import Rule
from hpf.core.results import plain
from hpf.storage.audit import record
from hpf.storage.models import Adjustment, Ceiling, Hospital, PayoutBatch, StoredRun
from hpf.storage.pay_lines import amounts, payout_rule, pays
from hpf.storage.troubles import StorageError, trouble


def set_ceiling(
    session: Session, hospital: int, period: Period, amount: Decimal, *, by: str, reason: str
) -> Ceiling:
    """Record what was approved: CNY for a month or a year. The last entry holds; none is changed.

    Raises StorageError where the amount is negative, or no reason (the approval) is given.
    """
    problems = []
    if amount < 0:
        words = ("核定总额不能为负", "a ceiling cannot be negative")
        problems.append(trouble("ceiling_negative", words, ("请核对", "Check it"), str(period)))
    if not reason.strip():
        words = ("没有写明核定依据", "it is not said by what it was approved")
        cure = ("请写批文或会议纪要", "Name the document or the minutes")
        problems.append(trouble("ceiling_reason", words, cure, str(period)))
    if problems:
        raise StorageError(problems)
    one = Ceiling(
        hospital_id=hospital,
        period=period,
        amount=amount,
        reason=reason,
        by=by,
        at=dt.datetime.now(dt.UTC),
    )
    session.add(one)
    session.flush()
    detail = {"amount": plain(amount), "reason": reason}
    code = session.get_one(Hospital, hospital).code
    record(session, by, "ceiling.set", f"ceiling:{period}", detail, hospital=code, at=one.at)
    return one


def ceiling_of(session: Session, hospital: int, period: Period) -> Ceiling | None:
    """The ceiling in force for exactly this month or year; None where none was approved."""
    return session.scalar(
        select(Ceiling)
        .where(Ceiling.hospital_id == hospital, Ceiling.period == period)
        .order_by(Ceiling.id.desc())
        .limit(1)
    )


def spent(
    session: Session,
    run: StoredRun,
    period: Period,
    rule: str = "",
    known: MutableMapping[tuple[int, str], Decimal] | None = None,
) -> Decimal:
    """What all schemes of the run's hospital pay in a month or year, this run among them.

    Of each scheme and period the latest sealed run counts, or the given one in its place; a release
    counts for the lines it holds, a supplement by its differences, in the period they are paid in.
    Held lines count: they are owed.
    rule: as in `payout_rule`, for the given run alone. known: sums of sealed runs, by number and
    pay line, from an earlier question; they never change, and what is missing is put in.
    """
    known = {} if known is None else known
    inside = [
        r
        for r in session.scalars(
            select(StoredRun)
            .where(StoredRun.hospital_id == run.hospital_id, StoredRun.seal.is_not(None))
            .order_by(StoredRun.id)
        )
        if _within(r.period, period)
    ]
    total = _differences(session, run.hospital_id, period)
    lines: dict[tuple[str, Period, str], Decimal] = {}
    released = {(r.scheme, r.period) for r in inside if r.kind == "release"}
    main = {(r.scheme, r.period): r.id for r in inside if r.kind == "main"}
    if run.kind == "main":
        main[run.scheme, run.period] = run.id
    for kind in ("main", "release"):
        for one in (r for r in inside if r.kind == kind):
            key = (one.scheme, one.period)
            if kind == "main" and main[key] != one.id:
                continue
            paid = _paid(session, one, rule if one.id == run.id else "")
            if paid is None:
                continue
            if key not in released:  # no line of it is told again
                at = (one.id, paid.qualified)
                if at not in known:
                    known[at] = sum(amounts(session, one, paid).values(), Decimal(0))
                total += known[at]
                continue
            for id, amount in amounts(session, one, paid).items():
                lines[*key, id] = amount
    return sum(lines.values(), total)


def _differences(session: Session, hospital: int, period: Period) -> Decimal:
    """What supplements of earlier periods pay in this one, or take back."""
    found = session.scalars(
        select(Adjustment)
        .join(StoredRun, StoredRun.id == Adjustment.linked_run_id)
        .where(
            Adjustment.hospital_id == hospital,
            Adjustment.kind == "difference",
            Adjustment.entity == "staff",
            StoredRun.seal.is_not(None),
        )
    )
    return sum((d.amount or Decimal(0) for d in found if _within(d.period, period)), Decimal(0))


def ceiling_problems(session: Session, run: StoredRun, rule: str = "") -> list[Problem]:
    """By how much the month and the year pass their ceilings with this run; none where they do not.

    A period without an approved ceiling is a notice.
    """
    found = []
    for period in _checked(session, run):
        ceiling = ceiling_of(session, run.hospital_id, period)
        if ceiling is None:
            words = (f"{period} 没有登记核定总额", f"no ceiling is approved for {period}")
            cure = ("登记：hpf pay ceiling", "To record one: hpf pay ceiling")
            found.append(trouble("no_ceiling", words, cure, str(period), severity="notice"))
            continue
        total = spent(session, run, period, rule)
        if total > ceiling.amount:
            over = plain(total - ceiling.amount)
            now, most = plain(total), plain(ceiling.amount)
            words = (
                f"{period} 合计 {now} 元，超出核定总额 {most} 元 {over} 元",
                f"{period} comes to {now} CNY, {over} above the approved ceiling of {most}",
            )
            cure = (
                "请申请调整核定总额，或重新计算",
                "Have the ceiling raised, or calculate again",
            )
            found.append(trouble("ceiling", words, cure, str(period)))
    return found


def _paid(session: Session, run: StoredRun, named: str) -> Rule | None:
    """What a run pays people; None where its scheme passes money on to other schemes.

    Raises StorageError where it pays several lines, and no batch has said yet which.
    """
    if not named:
        batch = select(PayoutBatch.rule).where(
            PayoutBatch.hospital_id == run.hospital_id, PayoutBatch.scheme == run.scheme
        )
        named = session.scalar(batch.order_by(PayoutBatch.id.desc()).limit(1)) or ""
    if not named and not pays(session, run):
        return None
    rule = payout_rule(session, run, named)
    return rule if rule.entity == "staff" else None


def _checked(session: Session, run: StoredRun) -> list[Period]:
    """The month and the year in which a run is paid."""
    period = run.period
    if run.kind == "supplement":
        paid_in = select(Adjustment.period).where(
            Adjustment.kind == "difference", Adjustment.linked_run_id == run.id
        )
        period = session.scalar(paid_in.limit(1)) or period
    year = Period.parse(f"{period.year:04d}")
    return [period] if period == year else [period, year]


def _within(period: Period, outer: Period) -> bool:
    return outer.first_day <= period.first_day and period.last_day <= outer.last_day
