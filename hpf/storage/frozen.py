"""Facts that hold still: an assessment's table, from the day the assessment was opened.

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
from hpf.storage.models import Assessment
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
    columns = set(held["frozen"]) if held else set()
    return [
        one
        for one in found
        if any(one.counts.values())
        and ({f"{one.entity}.*", f"{one.entity}.{own_code(one.code)}"} & columns)
    ]


def frozen_problem(scheme: str, period: Period, touched: Sequence[ColumnChange]) -> Problem:
    """Why the import is refused, with what it would change."""
    names = sorted(f"{one.entity}.{own_code(one.code)}" for one in touched)
    shown = ", ".join(names[:_SHOWN]) + (" …" if len(names) > _SHOWN else "")
    words = (
        f"考核已经开始，指标表不能再改：{shown}",
        f"the assessment has begun, and its table holds still: {shown}",
    )
    cure = (
        "没有写入任何内容。确需调整的，出新版，写明自哪天起、为什么：hpf assess revise",
        "Nothing was written. To change it, make a new version from a day: hpf assess revise",
    )
    return trouble("table_frozen", words, cure, f"{scheme} {period}")
