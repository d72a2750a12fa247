"""What sealed runs pay, summed up: asked for on every home page, and never different.

    paid_out(run).total

Worked out once for a run and kept for as long as the portal runs; a run takes some kilobytes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from decimal import Decimal
from threading import Lock
from typing import Final

from flask import current_app
from sqlalchemy import select

from hpf.portal.database import session
from hpf.portal.run_people import placed
from hpf.storage.models import RunRow, StoredRun
from hpf.storage.programs import load_program
from hpf.storage.runs import payouts_of

_FEN: Final = Decimal("0.01")
_KEPT: Final = 240  # runs: twelve months of twenty schemes
_NAME: Final = "hpf_paid_out"


@dataclass(frozen=True, slots=True)
class PaidOut:
    """total: CNY; heads: department -> (name, mean pay of its people in CNY, to the fen)."""

    total: Decimal
    heads: Mapping[str, tuple[str, Decimal]]


@dataclass
class Sums:
    """The application's own. by_line: as `ceilings.spent` keeps them, a figure for a run."""

    by_line: MutableMapping[tuple[int, str], Decimal] = field(default_factory=dict)
    by_run: OrderedDict[int, PaidOut] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)


def kept_sums() -> Sums:
    """What is known of sealed runs so far."""
    found: Sums = current_app.extensions.setdefault(_NAME, Sums())
    return found


def paid_out(run: StoredRun) -> PaidOut:
    """What a sealed run pays; nothing where its scheme pays no people."""
    sums = kept_sums()
    with sums.lock:
        found = sums.by_run.get(run.id)
        if found is not None:
            sums.by_run.move_to_end(run.id)
            return found
    found = _worked_out(run)
    with sums.lock:
        sums.by_run[run.id] = found
        while len(sums.by_run) > _KEPT:
            sums.by_run.popitem(last=False)
    return found


def _worked_out(run: StoredRun) -> PaidOut:
    rule = load_program(session(), run.program_digest).payout
    if rule is None or rule.entity != "staff":
        return PaidOut(Decimal(0), {})
    paid = payouts_of(session(), run)
    query = select(RunRow.id, RunRow.name).where(
        RunRow.run_id == run.id, RunRow.entity == "department"
    )
    names = {row.id: row.name for row in session().execute(query)}
    gathered: dict[str, list[Decimal]] = {}
    for id, unit in placed(run).items():
        if id in paid:
            gathered.setdefault(unit, []).append(paid[id])
    heads = {
        u: (names.get(u, u), (sum(v, Decimal(0)) / len(v)).quantize(_FEN, "ROUND_HALF_UP"))
        for u, v in gathered.items()
    }
    return PaidOut(sum(paid.values(), Decimal(0)), heads)
