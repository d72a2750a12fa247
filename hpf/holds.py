"""Holding units back and releasing them: entered by one account, approved by another.

hold(session, hospital, "township", period, "department", "X03", "考核未完", by="甲")
approve(session, hospital, entry.id, by="乙")      # from now on runs leave the unit out
release(session, …)                                # likewise; then a linked run pays it
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.holding import HeldUnit, rows_of
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.storage.audit import record
from hpf.storage.models import Adjustment, Hospital, StoredRun
from hpf.storage.troubles import StorageError, trouble

HOLD, RELEASE = "hold", "release"


def hold(
    session: Session,
    hospital: int,
    scheme: str,
    period: Period,
    entity: str,
    id: str,
    reason: str,
    *,
    by: str,
    in_doubt: bool = False,
) -> Adjustment:
    """Ask that a unit be held back. Nothing changes until somebody else approves it.

    in_doubt: what is reported of it may change as well, so that nobody else's payout may rest on
    any of it. Raises StorageError where it is held already, or without a reason.
    """
    if any((h.entity, h.row_id) == (entity, id) for h in holds(session, hospital, scheme, period)):
        words = (f"{entity}:{id} 已经暂缓", f"{entity}:{id} is held back already")
        raise StorageError([trouble("held", words, place=str(period), entity=entity, id=id)])
    return _enter(session, hospital, HOLD, scheme, period, entity, id, reason, by, in_doubt)


def release(
    session: Session,
    hospital: int,
    scheme: str,
    period: Period,
    entity: str,
    id: str,
    reason: str,
    *,
    by: str,
) -> Adjustment:
    """Ask that a held unit be released. Raises StorageError where it is not held."""
    if not any(
        (h.entity, h.row_id) == (entity, id) for h in holds(session, hospital, scheme, period)
    ):
        words = (f"{entity}:{id} 没有暂缓", f"{entity}:{id} is not held back")
        raise StorageError([trouble("not_held", words, place=str(period), entity=entity, id=id)])
    return _enter(session, hospital, RELEASE, scheme, period, entity, id, reason, by)


def approve(session: Session, hospital: int, entry: int, *, by: str) -> Adjustment:
    """Approve a hold or release that somebody else entered.

    Raises StorageError for one's own entry, one that is approved, or none.
    """
    found = session.get(Adjustment, entry)
    if found is None or found.hospital_id != hospital or found.run_id is not None:
        words = (f"没有第 {entry} 条登记", f"there is no entry {entry}")
        raise StorageError([trouble("no_entry", words, place=str(entry))])
    where = f"{found.entity}:{found.row_id}"
    if found.approved_by is not None:
        words = (f"已由 {found.approved_by} 批准", f"approved by {found.approved_by} already")
        raise StorageError([trouble("approved", words, place=where)])
    if found.entered_by == by:
        words = ("不能批准自己登记的事项", "nobody approves their own entry")
        cure = ("请由另一个账号批准", "Let another account approve it")
        raise StorageError([trouble("own_entry", words, cure, where)])
    found.approved_by, found.approved_at = by, dt.datetime.now(dt.UTC)
    session.flush()
    _tell(session, found, "run.held" if found.kind == HOLD else "run.released", by)
    return found


def holds(
    session: Session, hospital: int, scheme: str, period: Period, *, approved: bool = False
) -> list[Adjustment]:
    """Units that are (or, unapproved, shall be) held back and not released since."""
    entries = session.scalars(
        select(Adjustment)
        .where(
            Adjustment.hospital_id == hospital,
            Adjustment.scheme == scheme,
            Adjustment.period == period,
            Adjustment.kind.in_((HOLD, RELEASE)),
            Adjustment.run_id.is_(None),
        )
        .order_by(Adjustment.id)
    )
    found: dict[tuple[str, str], Adjustment] = {}
    for one in entries:
        key = (one.entity, one.row_id)
        if one.kind == HOLD and (one.approved_by is not None or not approved):
            found[key] = one
        elif one.kind == RELEASE and one.approved_by is not None:
            found.pop(key, None)
    return list(found.values())


def mark_run(session: Session, stored: StoredRun, run: Run, entries: Sequence[Adjustment]) -> None:
    """Of each held unit, an entry for every person of it: what a pay list leaves out, and why."""
    paid = run.program.payout
    if paid is None:
        return
    for one in entries:
        rows = rows_of(run.program, run.checked, units([one]))
        ids = run.checked.rows[paid.entity].ids
        for row in sorted(rows.get(paid.entity, ())):
            session.add(
                Adjustment(
                    hospital_id=stored.hospital_id, kind=HOLD, scheme=stored.scheme,
                    period=stored.period, run_id=stored.id, linked_run_id=None,
                    entity=paid.entity, row_id=ids[row], rule=paid.name, in_doubt=one.in_doubt,
                    amount=run.value(paid.entity, ids[row], paid.name), reason=one.reason,
                    entered_by=one.entered_by, entered_at=one.entered_at,
                    approved_by=one.approved_by, approved_at=one.approved_at,
                )
            )  # fmt: skip
    session.flush()


def units(entries: Iterable[Adjustment]) -> list[HeldUnit]:
    """The units of some entries, as runs take them."""
    return sorted(HeldUnit(one.entity, one.row_id, one.in_doubt) for one in entries)


def _enter(
    session: Session,
    hospital: int,
    kind: str,
    scheme: str,
    period: Period,
    entity: str,
    id: str,
    reason: str,
    by: str,
    in_doubt: bool = False,
) -> Adjustment:
    if not reason.strip():
        words = ("要写明理由", "it wants a reason")
        raise StorageError([trouble("no_reason", words, place=f"{entity}:{id}")])
    found = Adjustment(
        hospital_id=hospital, kind=kind, scheme=scheme, period=period, run_id=None,
        linked_run_id=None, entity=entity, row_id=id, rule="", amount=None, in_doubt=in_doubt,
        reason=reason.strip(), entered_by=by, entered_at=dt.datetime.now(dt.UTC),
        approved_by=None, approved_at=None,
    )  # fmt: skip
    session.add(found)
    session.flush()
    _tell(session, found, f"{kind}.entered", by)
    return found


def _tell(session: Session, one: Adjustment, action: str, by: str) -> None:
    code = session.get_one(Hospital, one.hospital_id).code
    told = {"scheme": one.scheme, "period": str(one.period), "unit": f"{one.entity}:{one.row_id}",
            "reason": one.reason}  # fmt: skip
    record(session, by, action, f"adjustment:{one.id}", told, hospital=code)
