"""What is recorded around a sealed run: holds, appeals, ceilings, imports, the audit's head.

known = known_of(session, hospital, stored, lang)    # for the month report
sealing = sealing_of(session, stored)                # for the certificate
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.holds import holds
from hpf.reports.cards.asked import HeldUnit, Known, Limit, OpenAppeal
from hpf.reports.cards.certificate import AuditMark, Sealing, Source
from hpf.storage.ceilings import ceiling_of, spent
from hpf.storage.cycles import CHINA, local_day
from hpf.storage.models import Appeal, AuditHead, Import, RunRow, RunRule, StoredRun

_ANSWERED = ("upheld", "rejected")
_REASON = 60  # signs of a reason that a report repeats


def known_of(session: Session, hospital: int, stored: StoredRun, lang: str = "zh") -> Known:
    """What the workflow knows of a run's period. lang: of the names of lines."""
    appeals = session.scalars(
        select(Appeal)
        .join(StoredRun, StoredRun.id == Appeal.run_id)
        .where(
            Appeal.hospital_id == hospital,
            StoredRun.scheme == stored.scheme,
            StoredRun.period == stored.period,
        )
        .order_by(Appeal.decide_by, Appeal.id)
    ).all()
    return Known(
        held=tuple(_held(session, hospital, stored)),
        appeals=tuple(_open(session, a, lang) for a in appeals if a.state == "open"),
        answered=sum(a.state in _ANSWERED for a in appeals),
        limits=tuple(_limits(session, hospital, stored)),
    )


def _held(session: Session, hospital: int, stored: StoredRun) -> Iterator[HeldUnit]:
    for one in holds(session, hospital, stored.scheme, stored.period, approved=True):
        name = session.scalar(
            select(RunRow.name).where(
                RunRow.run_id == stored.id, RunRow.entity == one.entity, RunRow.id == one.row_id
            )
        )
        yield HeldUnit(name or one.row_id, _cut(one.reason), local_day(one.entered_at))


def _open(session: Session, appeal: Appeal, lang: str) -> OpenAppeal:
    """Whose line it is about; what was written stays with those who decide."""
    row = session.get_one(RunRow, (appeal.run_id, appeal.row))
    rule = session.get_one(RunRule, (appeal.run_id, appeal.rule))
    name = Text(rule.name_zh, rule.name_en).say(lang)
    return OpenAppeal(f"{row.name or row.id} · {name}", appeal.decide_by)


def _cut(text: str) -> str:
    return text if len(text) <= _REASON else text[: _REASON - 1] + "…"


def _limits(session: Session, hospital: int, stored: StoredRun) -> Iterator[Limit]:
    """The month's and the year's ceiling, where they were approved."""
    year = Period.parse(f"{stored.period.year:04d}")
    for period in dict.fromkeys((stored.period, year)):
        ceiling = ceiling_of(session, hospital, period)
        if ceiling is not None:
            yield Limit(str(period), ceiling.amount, spent(session, stored, period))


def sealing_of(session: Session, stored: StoredRun) -> Sealing:
    """Who sealed a run and when, which imports it saw, and the audit's last signed head."""
    sources = session.scalars(
        select(Import)
        .where(
            Import.hospital_id == stored.hospital_id,
            Import.scheme == stored.scheme,
            Import.period == stored.period,
            Import.id <= (stored.facts_upto or 0),
        )
        .order_by(Import.id)
    )
    head = session.scalar(select(AuditHead).order_by(AuditHead.seq.desc()).limit(1))
    return Sealing(
        stored.id,
        stored.by,
        stored.finished.astimezone(CHINA),
        stored.program_digest,
        [
            Source(s.number, s.file, s.file_digest, s.by, s.at.astimezone(CHINA))
            for s in sources
        ],
        AuditMark(head.seq, head.hash, head.at.astimezone(CHINA), head.key) if head else None,
    )  # fmt: skip


def months_of(run: Run) -> tuple[tuple[Period, dict[str, Decimal]], ...]:
    """Payouts of the earlier periods that a run from files was given, earliest first."""
    paid = run.program.payout
    if paid is None:
        return ()
    found = []
    for period, results in sorted(run.history.periods.items()):
        column = results.get((paid.entity, paid.qualified))
        if column is not None and period.last_day < run.period.first_day:
            by = {id: v for id, v in column.items() if isinstance(v, Decimal)}
            found.append((period, by))
    return tuple(found)
