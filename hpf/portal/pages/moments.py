"""Moments as pages of the daily work say them: in China's time."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint

from hpf.storage.cycles import CHINA


def moment(at: dt.datetime) -> str:
    """A day and the time on it.

    >>> moment(dt.datetime(2026, 10, 9, 18, 5, tzinfo=dt.UTC))
    '2026-10-10 02:05'
    """
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def tell_time(pages: Blueprint) -> None:
    """Give a group of pages' templates `moment`."""
    pages.context_processor(lambda: {"moment": moment})
