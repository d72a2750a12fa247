"""Later corrections of somebody's pay: what was sealed, what comes out now, and when it is paid.

A sealed month stays as it is. A correction is a run of its own; its differences are paid in a later
period, each with its reason. They are shown once they are settled: paid, given as the effect of an
appeal, or of a period whose results are public.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import or_, select

from hpf.core.periods import Period
from hpf.portal.database import desk, session
from hpf.portal.issued import derivation, is_public
from hpf.portal.language import language
from hpf.reports import figures
from hpf.storage.cycles import cycle_of_run, local_day
from hpf.storage.models import Adjustment, Appeal, RunRule, StoredRun
from hpf.storage.person import results_of


@dataclass(frozen=True, slots=True)
class Part:
    """One line of pay within a correction."""

    name: str
    by: str
    href: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of one person's total. period: which was corrected; paid_in: where it is paid;
    old, new, by: CNY as worded; amount: the difference; here: whether it is paid in the period that
    the page is about; href: where the new figure is opened."""

    run: int
    period: str
    paid_in: str
    old: str
    new: str
    by: str
    amount: Decimal
    reason: str
    day: str
    appeal: int | None
    parts: tuple[Part, ...]
    here: bool
    href: str


def corrections(scheme: str, period: Period, names: set[str], rows: set[tuple[str, str]],
                staff: str) -> list[Correction]:  # fmt: skip
    """Those of a person that are paid in a period, or that correct it; the earliest first.

    names: of the rule that is paid; rows: the person's own row and those of their posts.
    """
    entries = session().execute(
        select(Adjustment, StoredRun.id)
        .join(StoredRun, StoredRun.id == Adjustment.linked_run_id)
        .where(
            Adjustment.hospital_id == desk().hospital,
            Adjustment.kind == "difference",
            Adjustment.scheme == scheme,
            Adjustment.row_id.in_({id for _, id in rows}),
            or_(Adjustment.period == period, StoredRun.period == period),
        )
        .order_by(Adjustment.id)
    )
    by_run: dict[int, list[Adjustment]] = {}
    for entry, number in entries:
        if (entry.entity, entry.row_id) in rows:
            by_run.setdefault(number, []).append(entry)
    found = []
    for number, own in by_run.items():
        run = session().get_one(StoredRun, number)
        total = next(
            (e for e in own if e.entity == "staff" and e.row_id == staff and e.rule in names), None
        )
        if (
            total is not None
            and total.amount is not None
            and is_public(cycle_of_run(session(), run), run)
        ):
            found.append(_correction(run, total, own, names, period))
    return found


def _correction(
    run: StoredRun, total: Adjustment, own: list[Adjustment], names: set[str], period: Period
) -> Correction:
    old = _value(total.run_id, total)
    said = RunRule.name_zh if language() == "zh" else RunRule.name_en
    named = select(RunRule.entity, RunRule.name, said).where(RunRule.run_id == run.id)
    rules = {(e, n.rpartition(".")[2]): words for e, n, words in session().execute(named)}
    parts = tuple(
        Part(
            rules.get((e.entity, e.rule), e.rule), figures.change(e.amount),
            derivation(run.id, e.entity, e.row_id, e.rule),
        )
        for e in own
        if e is not total and e.amount is not None and not (e.entity == "staff" and e.rule in names)
    )  # fmt: skip
    appeal = session().scalar(select(Appeal.id).where(Appeal.effect_run_id == run.id).limit(1))
    assert total.amount is not None  # asked before
    return Correction(
        run.id, figures.period(run.period, language()), figures.period(total.period, language()),
        "" if old is None else figures.money(old),
        "" if old is None else figures.money(old + total.amount), figures.change(total.amount),
        total.amount, total.reason, local_day(total.entered_at).isoformat(), appeal, parts,
        total.period == period, derivation(run.id, total.entity, total.row_id, total.rule),
    )  # fmt: skip


def _value(run: int | None, total: Adjustment) -> Decimal | None:
    """What the corrected run said; None where the person was not in it."""
    stored = session().get(StoredRun, run) if run is not None else None
    if stored is None:
        return None
    kept = results_of(session(), stored.hospital_id, total.entity, total.row_id, [stored])
    return next((k.value for k in kept if k.rule.rpartition(".")[2] == total.rule), None)
