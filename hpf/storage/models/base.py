"""What all models share: names of constraints, and columns that occur everywhere."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, mapped_column

from hpf.core.periods import Period
from hpf.storage.types import Exact, JsonText, Key, PeriodText, Utc

# Constraints have names that migrations can call them by, the same on both databases.
NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Id = Annotated[int, mapped_column(primary_key=True)]
HospitalId = Annotated[int, mapped_column(ForeignKey("hospitals.id"))]


class Base(DeclarativeBase):
    """The root of every model; a session decides when anything is written."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Key,
        Decimal: Exact,
        dt.datetime: Utc,
        Period: PeriodText,
        dict[str, Any]: JsonText,
        list[Any]: JsonText,
    }


def one_of(column: str, values: Sequence[str]) -> CheckConstraint:
    """A column holds one of a few declared words."""
    listed = ", ".join(f"'{v}'" for v in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)
