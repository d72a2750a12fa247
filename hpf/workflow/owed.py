"""What was paid already and is no longer what the results say: differences that are not settled."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.storage.models import Cycle, PayoutBatch, StoredRun
from hpf.storage.pay_lines import amounts, payout_rule


def open_differences(session: Session, cycle: Cycle, run: StoredRun | None) -> tuple[str, ...]:
    """Whose pay is owed or overpaid, and by how much: `A17 +12.30`; nothing before any was paid.

    Owed is what the cycle's run says, or what supplements of the paid run say where the cycle
    still stands on that one; less what was paid, and what supplements were put on a pay list.
    """
    batch = session.scalar(
        select(PayoutBatch).where(
            PayoutBatch.hospital_id == cycle.hospital_id,
            PayoutBatch.scheme == cycle.scheme,
            PayoutBatch.period == cycle.period,
            PayoutBatch.kind == "main",
            PayoutBatch.reissues_id.is_(None),
        )
    )
    if batch is None:
        return ()
    paid = session.get_one(StoredRun, batch.run_id)
    left: dict[str, Decimal] = {}
    listed = set(session.scalars(select(PayoutBatch.run_id)))
    supplements = session.scalars(
        select(StoredRun).where(
            StoredRun.of_id == paid.id,
            StoredRun.kind == "supplement",
            StoredRun.seal.is_not(None),
        )
    ).all()
    corrected = run is not None and run.kind == "main" and run.id != paid.id
    if corrected and run is not None:
        _add(left, _of(session, run, batch.rule))
        _add(left, _of(session, paid, batch.rule), -1)
    for one in supplements:
        if corrected and one.id in listed:
            _add(left, _of(session, one, batch.rule), -1)
        elif not corrected and one.id not in listed:
            _add(left, _of(session, one, batch.rule))
    return tuple(f"{id} {amount:+.2f}" for id, amount in sorted(left.items()) if amount)


def _of(session: Session, run: StoredRun, rule: str) -> Mapping[str, Decimal]:
    return amounts(session, run, payout_rule(session, run, rule))


def _add(total: dict[str, Decimal], more: Mapping[str, Decimal], sign: int = 1) -> None:
    for id, amount in more.items():
        total[id] = total.get(id, Decimal(0)) + sign * amount
