"""Indicators: the definition of a fact, before any value is reported."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.units import RATIO, Unit


class Type(StrEnum):
    """What a value is. Integers compute as decimals; a choice is one of declared texts."""

    DECIMAL = "decimal"
    INTEGER = "integer"
    CHOICE = "choice"
    DATE = "date"
    BOOLEAN = "boolean"
    TEXT = "text"

    @property
    def is_number(self) -> bool:
        """Whether one can compute with it."""
        return self in (Type.DECIMAL, Type.INTEGER)


class Blank(StrEnum):
    """What an empty cell means. There is no silent default: each indicator declares it."""

    REQUIRED = "required"
    ZERO = "zero"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class Indicator:
    """A fact's definition.

    code: column heading and attribute in formulas; entity: the entity's code.
    low, high: inclusive bounds, in `unit`; choices: declared values of a choice.
    direction: `higher` or `lower` is better, or '' where neither is.
    reporter: who reports it; due_day: by which day of the next month (0: not said).
    clause: where the document asks for it; note: what the person filling it in should know.
    """

    code: str
    entity: str
    type: Type
    names: Text
    unit: Unit = RATIO
    blank: Blank = Blank.REQUIRED
    low: Fraction | None = None
    high: Fraction | None = None
    choices: tuple[str, ...] = ()
    direction: str = ""
    reporter: Text = Text("", "")
    due_day: int = 0
    clause: str = ""
    note: Text = Text("", "")
