"""Numbers for the eye: never rounded in silence, thousands set apart, no float anywhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hpf.core.values import Result

_SHOWN = 6  # places of a figure that is not pay; what is cut off is marked with …


def money(value: Decimal) -> str:
    """Two places at least, more only where the rule left more: 1,234.50.

    >>> money(Decimal("1234.500000")), money(Decimal("-0.125")), money(Decimal("1E+3"))
    ('1,234.50', '-0.125', '1,000.00')
    """
    whole, part = _digits(value)
    return f"{whole}.{part:0<2}"


def amount(value: Decimal) -> str:
    """A figure that is not pay: the places it has, at most six, then …

    >>> amount(Decimal("37.107931544000")), amount(Decimal("86.0500")), amount(Decimal("12"))
    ('37.107931…', '86.05', '12')
    """
    whole, part = _digits(value)
    if len(part) > _SHOWN:
        part = part[:_SHOWN] + "…"
    return f"{whole}.{part}" if part else whole


def _digits(value: Decimal) -> tuple[str, str]:
    whole, _, part = f"{value:f}".partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    part = part.rstrip("0")
    if not part and not whole.strip("0"):
        sign = ""
    return sign + f"{int(whole):,}", part


def figure(value: Result | None, pay: bool, lang: str) -> str:
    """One cell of a table; '' where there is no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        yes, no = ("是", "否") if lang == "zh" else ("yes", "no")
        return yes if value else no
    if isinstance(value, Decimal):
        return money(value) if pay else amount(value)
    return value.isoformat() if isinstance(value, dt.date) else value
