"""What the hospital decided: parameter values from a day on, and bindings between schemes."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hpf.storage.models.base import Base, HospitalId, Id
from hpf.storage.types import JsonText


class ParameterValue(Base):
    """A hospital's value of a scheme's parameter from a day on, with its reason; append-only.

    Of two for the same day the later entry holds. value: as in a configuration file, numbers
    quoted; None takes back what was entered for that day.
    """

    __tablename__ = "parameter_values"
    __table_args__ = (Index(None, "hospital_id", "scheme", "name", "since"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    scheme: Mapped[str]
    name: Mapped[str]
    since: Mapped[dt.date]
    value: Mapped[Any | None] = mapped_column(JsonText)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class BindingSet(Base):
    """All bindings of a hospital from a day on, as in its configuration file; append-only."""

    __tablename__ = "binding_sets"
    __table_args__ = (Index(None, "hospital_id", "since"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    since: Mapped[dt.date]
    bindings: Mapped[list[Any]]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[dt.datetime]


class ColumnMapping(Base):
    """How another system's export becomes facts; a new version for each change."""

    __tablename__ = "column_mappings"
    __table_args__ = (UniqueConstraint("hospital_id", "name", "version"),)

    id: Mapped[Id]
    hospital_id: Mapped[HospitalId]
    name: Mapped[str]
    version: Mapped[int]
    scheme: Mapped[str]
    mapping: Mapped[dict[str, Any]]
    by: Mapped[str]
    at: Mapped[dt.datetime]
