"""Facts that only grow: each import adds versions, and none is ever changed or taken away.

A version is a column (hospital, scheme, period, entity, code), a row, an import and a value. What
is written once for many versions stands beside them: the column in `fact_columns`; type, file,
sheet and column letter in `import_columns`. The view `fact_versions` joins them again for people.
The value in force at import N is that of the highest import up to N; a version without a value
is a removal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.core.periods import Period
from hpf.storage.models.base import Base, HospitalId, Id, one_of

TYPES = ("decimal", "text", "boolean", "date")


class Import(Base):
    """One act of reporting. Open while its facts are being written; its digest closes it.

    extent: whole (all there is to say of the period; what it does not name is removed) or part.
    number: 1, 2, 3 … within the hospital. versions: how many it wrote. file_digest: SHA-256 of
    the file it was read from, '' where there was none. notices: what was put right or accepted.
    """

    __tablename__ = "imports"
    __table_args__ = (
        one_of("extent", ("whole", "part")),
        UniqueConstraint("hospital_id", "number"),
        Index(None, "hospital_id", "scheme", "period"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    number: Mapped[int]
    scheme: Mapped[str]
    period: Mapped[Period]
    extent: Mapped[str]
    file: Mapped[str]
    file_digest: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]
    notices: Mapped[list[Any]]
    versions: Mapped[int | None]
    digest: Mapped[str | None]


class FactColumn(Base):
    """A column of facts. code: an indicator's, or @id, @name, @link:NAME for the row itself."""

    __tablename__ = "fact_columns"
    __table_args__ = (UniqueConstraint("hospital_id", "scheme", "period", "entity", "code"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    period: Mapped[Period]
    entity: Mapped[str]
    code: Mapped[str]


class ImportColumn(Base):
    """That an import spoke of a column: of what type, and from where it read it.

    file, sheet, letter: '' where the facts came from no file.
    """

    __tablename__ = "import_columns"
    __table_args__ = (
        one_of("type", TYPES),
        Index(None, "column_id", "import_id"),
        {"sqlite_with_rowid": False},
    )

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    column_id: Mapped[int] = mapped_column(ForeignKey("fact_columns.id"), primary_key=True)
    type: Mapped[str]
    file: Mapped[str]
    sheet: Mapped[str]
    letter: Mapped[str]


class Fact(Base):
    """One version of one value. value: plain text, None for a removal; line: row of the sheet.

    lines: where a value was made of several rows of the sheet, all of them: `3,7-9`.
    """

    __tablename__ = "facts"
    __table_args__ = ({"sqlite_with_rowid": False},)

    column_id: Mapped[int] = mapped_column(ForeignKey("fact_columns.id"), primary_key=True)
    row: Mapped[str] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"), primary_key=True)
    value: Mapped[str | None]
    line: Mapped[int | None]
    lines: Mapped[str | None]
