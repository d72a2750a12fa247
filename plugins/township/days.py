"""Dated records in a month: their calendar days, from a day up to and without another."""

from __future__ import annotations

from hpf.core import (
    Symbol,
    days_between,
    first_day,
    first_of,
    larger,
    months_later,
)


def next_month() -> Symbol:
    """The day after the period's last."""
    return months_later(first_day(), 1)


def days_of(begins: Symbol, ends: Symbol) -> Symbol:
    """Calendar days of the period from `begins` up to and without `ends`; absent ends: open."""
    until = first_of(ends, next_month())
    before = larger(0, days_between(begins, first_day()))
    after = larger(0, days_between(next_month(), until))
    return larger(0, days_between(begins, until) - before - after)


def days_of_month() -> Symbol:
    """Calendar days of the period."""
    return days_between(first_day(), next_month())
