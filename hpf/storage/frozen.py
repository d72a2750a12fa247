"""Facts that hold still: an assessment's table, from the day the assessment was opened, and what
a ledger of points keeps.

Every import passes here, whichever door it came through. A table that has to change nonetheless
gets a new version from a day (`hpf.workflow.assessments_table`), with both shown.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem
from hpf.core.periods import Period
from hpf.storage.changes import ColumnChange
from hpf.storage.models import Assessment, LedgerBook
from hpf.storage.troubles import trouble
from hpf.storage.versions import own_code

_SHOWN = 8


def frozen_changes(
    session: Session, hospital: int, scheme: str, period: Period, found: Sequence[ColumnChange]
) -> list[ColumnChange]:
    """Those of an import's changes that touch a table that an assessment holds still."""
    held = session.scalar(
        select(Assessment.settings).where(
            Assessment.hospital_id == hospital,
            Assessment.scheme == scheme,
            Assessment.period == period,
        )
    )
    return _touched(set(held["frozen"]) if held else set(), found)


def kept_by_ledgers(
    session: Session, hospital: int, scheme: str, period: Period, found: Sequence[ColumnChange]
) -> list[ColumnChange]:
    """Those of an import's changes that touch what comes from a ledger alone."""
    books = session.scalars(
        select(LedgerBook.rules).where(
            LedgerBook.hospital_id == hospital,
            LedgerBook.scheme == scheme,
            LedgerBook.period == period,
        )
    )
    return _touched({c for rules in books for c in rules["frozen"]}, found)


def _touched(columns: set[str], found: Sequence[ColumnChange]) -> list[ColumnChange]:
    return [
        one
        for one in found
        if any(one.counts.values())
        and ({f"{one.entity}.*", f"{one.entity}.{own_code(one.code)}"} & columns)
    ]


def frozen_problem(scheme: str, period: Period, touched: Sequence[ColumnChange]) -> Problem:
    """Why the import is refused, with what it would change."""
    shown = _named(touched)
    words = (
        f"考核已经开始，指标表不能再改：{shown}",
        f"the assessment has begun, and its table holds still: {shown}",
    )
    cure = (
        "没有写入任何内容。确需调整的，出新版，写明自哪天起、为什么：hpf assess revise",
        "Nothing was written. To change it, make a new version from a day: hpf assess revise",
    )
    return trouble("table_frozen", words, cure, f"{scheme} {period}")


def ledger_problem(scheme: str, period: Period, touched: Sequence[ColumnChange]) -> Problem:
    """Why the import is refused: a ledger keeps what it would change."""
    shown = _named(touched)
    words = (
        f"积分由账产生，本期的标准也不再变：{shown}",
        f"points come from the ledger, and its standards hold still: {shown}",
    )
    cure = (
        "没有写入任何内容。请只导入其余的表；积分用 hpf ledger 记入或冲销",
        "Nothing was written. Import the other tables; points are booked by hpf ledger",
    )
    return trouble("ledger_kept", words, cure, f"{scheme} {period}")


def _named(touched: Sequence[ColumnChange]) -> str:
    names = sorted(f"{one.entity}.{own_code(one.code)}" for one in touched)
    return ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
