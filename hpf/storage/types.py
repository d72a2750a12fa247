"""Column types whose values come back exactly as they went in, on both databases.

`Exact` is HPF's number: at most 16 digits before the point and 12 after it. PostgreSQL keeps it as
NUMERIC(28, 12); SQLite has no decimal (its NUMERIC turns 0.1 into a binary double), so there it is
text in one canonical plain form. Equality therefore works in SQL on both. Order and arithmetic do
not, on SQLite: '9' sorts after '10', and SUM would add doubles. Numbers are compared, sorted and
summed in Polars or Decimal, never in SQL; an expression that tries to raises TypeError.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import DateTime, Dialect, Numeric, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator, TypeEngine

from hpf.core.facts import BOUND, PLACES
from hpf.core.periods import Period
from hpf.core.results import plain

DIGITS = 28  # 16 before the point and 12 after it


def exact(value: object) -> Decimal:
    """A Decimal or whole number that a column can hold.

    Raises TypeError for a float (never money) or another type, ValueError for one that is no
    number, reaches 10^16, or has more than 12 places.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError(f"{value!r} is {type(value).__name__}; numbers come as Decimal")
    number = Decimal(value)
    if not number.is_finite():
        raise ValueError(f"{value} is no number")
    if not number:
        return Decimal(0)
    # looked at first, so that 1E-1000000 is never written out in full
    if number.adjusted() < -PLACES:
        raise ValueError(f"{value} has more than {PLACES} decimal places")
    if not -BOUND < number < BOUND:
        raise ValueError(f"{value} is beyond what is stored: 16 digits before the point")
    text = str(plain(number))
    if "." in text and len(text.partition(".")[2]) > PLACES:
        raise ValueError(f"{value} has more than {PLACES} decimal places")
    return Decimal(text)


class Exact(TypeDecorator[Decimal]):
    """A number to 12 places; floats are refused. Comes back as Decimal without trailing zeros."""

    impl = Text
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Equality only: what SQLite would answer to the rest is wrong."""

        __slots__ = ()

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op not in _SAFE:
                raise TypeError(
                    f"exact numbers are not {op.__name__}-ed in SQL: SQLite holds them as text. "
                    "Load them and use Polars or Decimal"
                )
            return super().operate(op, *other, **kwargs)

    comparator_factory = Comparator

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """NUMERIC(28, 12) on PostgreSQL, TEXT on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Numeric(DIGITS, PLACES))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Decimal for PostgreSQL, its plain text for SQLite."""
        if value is None:
            return None
        number = exact(value)
        return number if dialect.name == "postgresql" else str(plain(number))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        """The canonical Decimal, the same on both."""
        if value is None:
            return None
        return Decimal(str(plain(value))) if isinstance(value, Decimal) else Decimal(value)


_SAFE = frozenset(
    {
        operators.eq,
        operators.ne,
        operators.is_,
        operators.is_not,
        operators.is_distinct_from,
        operators.is_not_distinct_from,
        operators.in_op,
        operators.not_in_op,
    }
)


class Utc(TypeDecorator[dt.datetime]):
    """A moment, aware and in UTC, to the microsecond; text of one width on SQLite, so it sorts."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TIMESTAMP WITH TIME ZONE on PostgreSQL, TEXT on SQLite."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Raises ValueError for a moment without a time zone: nobody could say when it was."""
        if value is None:
            return None
        if not isinstance(value, dt.datetime) or value.tzinfo is None:
            raise ValueError(f"{value!r} is no moment with a time zone")
        moment = value.astimezone(dt.UTC)
        return moment if dialect.name == "postgresql" else utc_text(moment)

    def process_result_value(self, value: Any, dialect: Dialect) -> dt.datetime | None:
        """Always in UTC, whatever zone the server is in."""
        if value is None:
            return None
        found = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        return found.astimezone(dt.UTC)


def utc_text(moment: dt.datetime) -> str:
    """`2026-09-30T08:00:00.000000Z`."""
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


class Key(TypeDecorator[str]):
    """A text that rows are found by: compared byte by byte on both, in the order Polars sorts."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """TEXT, with collation "C" on PostgreSQL (SQLite compares bytes anyway)."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(Text(collation=collation))


class PeriodText(TypeDecorator[Period]):
    """A Period as its text, `2026-09`; those of one kind sort in order of time."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """As Key."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(Text(collation=collation))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Takes a Period; TypeError for a text, which nobody has checked."""
        if value is None:
            return None
        if not isinstance(value, Period):
            raise TypeError(f"{value!r} is no Period")
        return str(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Period | None:
        """The Period."""
        return None if value is None else Period.parse(value)


class JsonText(TypeDecorator[Any]):
    """JSON in one canonical text, so that its digest holds: keys sorted, no blanks, no floats.

    Not JSONB, which would keep the meaning but not the text.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Raises TypeError for what JSON cannot say exactly."""
        return None if value is None else canonical(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        """Plain objects, lists, texts, whole numbers, booleans."""
        return None if value is None else json.loads(value)


def canonical(value: Any) -> str:
    """The canonical text of JSON; TypeError for a float or a key that is no text."""
    _no_floats(value)
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _no_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError(f"{value!r} is a float: write numbers with places as text")
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise TypeError(f"the key {key!r} is no text")
            _no_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _no_floats(inner)
