"""Values and places in a derivation, as people read them."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from hpf.core.formula.labels import short
from hpf.core.units import CNY, POINT, Unit
from hpf.core.values import ABSENT
from hpf.reports import figures
from hpf.storage.cycles import local_day

_PLACES: Final = 12
_CUT: Final = 4  # places of what does not end
_MINUS: Final = figures.MINUS
_CELL: Final = re.compile(r"\.\w{2,4} \[(?P<sheet>[^\]]+)\] (?P<cell>\S+)$")


def number(value: Fraction, unit: Unit | None = None, places: int = 6) -> str:
    """A figure: money and points to two places at least, others as exact as they are; … where it
    goes on."""
    digits = Decimal(value.numerator) / Decimal(value.denominator)
    if Fraction(digits) == value and -int(digits.as_tuple().exponent) <= places:
        if unit == CNY:
            return figures.money(digits)
        return figures.points(digits) if unit == POINT else figures.amount(digits)
    shown = abs(value) * 10**_CUT
    whole, part = divmod(shown.numerator // shown.denominator, 10**_CUT)
    return f"{_MINUS if value < 0 else ''}{whole:,}.{part:0{_CUT}d}…"


def said(value: object, unit: Unit | None, lang: str) -> str:
    """A step's value without its unit; — where it does not apply."""
    if value is None:
        return ""
    if value is ABSENT:
        return figures.NOT_APPLICABLE
    if isinstance(value, Fraction):
        return number(value, unit)
    if isinstance(value, Decimal):
        return number(Fraction(value), unit)
    return short(value).say(lang)


def cell(place: str) -> str:
    """`pay.xlsx [staff] D18` as `staff!D18`; a place that is no workbook's as it stands.

    >>> cell("pay.xlsx [staff] D18"), cell("积分账 ledger merits [2026-Q3] 1")
    ('staff!D18', '积分账 ledger merits [2026-Q3] 1')
    """
    found = _CELL.search(place)
    return f"{found['sheet']}!{found['cell']}" if found else place


def reported(by: str, at: str) -> str:
    """Who and on what day."""
    day = at
    try:
        moment = dt.datetime.fromisoformat(at)
        day = local_day(moment).isoformat() if moment.tzinfo else at[:10]
    except ValueError:
        pass
    return " · ".join(x for x in (by, day) if x)
