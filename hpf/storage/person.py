"""One person's results over many runs, each found by its key: no run is read as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.periods import Period
from hpf.storage.models import RunRow, RunRule, StoredResult, StoredRun


@dataclass(frozen=True, slots=True)
class Kept:
    """A stored result. value: None where it is no number, or a problem; text: what is no number."""

    run: int
    period: Period
    rule: str
    value: Decimal | None
    text: str | None


def results_of(
    session: Session, hospital: int, entity: str, id: str, runs: Sequence[StoredRun]
) -> list[Kept]:
    """All results of one row in some runs, run by run in the order given, by number of the rule."""
    rows = session.execute(
        select(RunRow.run_id, RunRow.row).where(
            RunRow.hospital_id == hospital,
            RunRow.entity == entity,
            RunRow.id == id,
            RunRow.run_id.in_([r.id for r in runs]),
        )
    )
    at = {run: row for run, row in rows}  # noqa: C416 - rows are no pairs to dict()
    found: list[Kept] = []
    for run in (r for r in runs if r.id in at):
        rules = session.execute(
            select(RunRule.rule, RunRule.name).where(
                RunRule.run_id == run.id, RunRule.entity == entity
            )
        )
        names = {rule: name for rule, name in rules}  # noqa: C416 - as above
        kept = session.execute(
            select(StoredResult.rule, StoredResult.value, StoredResult.text)
            .where(
                StoredResult.run_id == run.id,
                StoredResult.rule.in_(list(names)),
                StoredResult.row == at[run.id],
            )
            .order_by(StoredResult.rule)
        )
        found += [Kept(run.id, run.period, names[n], value, text) for n, value, text in kept]
    return found
