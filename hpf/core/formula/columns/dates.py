"""Interpreter one's dates: a date some months on, the days between two dates."""

from __future__ import annotations

import polars as pl

from hpf.core.formula.columns.arithmetic import strict
from hpf.core.formula.columns.col import Col, either, outside, sure

_MOST_DAYS = 3_652_058.0  # from the first day of year 1 to the last of 9999; an estimate's bound


def months_later(date: Col, months: Col) -> Col:
    """A date outside of the years 1 to 9999 is a problem; a shorter month's end is kept."""
    absent, bad = strict(date, months)
    # Polars itself keeps the end of a shorter month
    moved = date.value.dt.offset_by(months.value.cast(pl.Int64).cast(pl.String) + "mo")
    over = sure((moved.dt.year() < 1) | (moved.dt.year() > 9999))
    value = pl.when(~over).then(moved)
    return Col(value, absent, either(bad, outside(over, absent)), number=False)


def days_between(start: Col, end: Col) -> Col:
    """end − start, in whole days."""
    absent, bad = strict(start, end)
    days = end.value.cast(pl.Int32) - start.value.cast(pl.Int32)
    return Col(days.cast(pl.Decimal(38, 0)), absent, bad, True, 0, _MOST_DAYS, 1.0)
