"""Whom a run is about: where each person worked by its facts.

This is what rights ask for a run's rows: whoever moved since is still the old head's in the
old month.
"""

from __future__ import annotations

from sqlalchemy import and_, func, select

from hpf.portal.database import session
from hpf.storage.models import Fact, FactColumn, StoredRun


def placed(run: StoredRun, entity: str = "staff", link: str = "department") -> dict[str, str]:
    """row id -> the row that its link leads to, as the facts said when the run was sealed."""
    column = select(FactColumn.id).where(
        FactColumn.hospital_id == run.hospital_id,
        FactColumn.scheme == run.scheme,
        FactColumn.period == run.period,
        FactColumn.entity == entity,
        FactColumn.code == f"@link:{link}",
    )
    last = (
        select(Fact.row, func.max(Fact.import_id).label("number"))
        .where(Fact.column_id.in_(column), Fact.import_id <= (run.facts_upto or 0))
        .group_by(Fact.row)
        .subquery()
    )
    rows = session().execute(
        select(Fact.row, Fact.value)
        .join(last, and_(last.c.row == Fact.row, last.c.number == Fact.import_id))
        .where(Fact.column_id.in_(column))
    )
    return {row: value for row, value in rows if value is not None}
