"""The moment. Pages ask here and nowhere else, so that a test may say what time it is."""

from __future__ import annotations

import datetime as dt

from hpf.storage.cycles import local_day


def now() -> dt.datetime:
    """The moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def today() -> dt.date:
    """The day in China."""
    return local_day(now())
