"""What an address or a form may hold at all, before any page reads it.

Numbers of rows are no larger than a database's are, and there is no NUL in a text: SQLite and
PostgreSQL answer both with errors that would look like defects. And no number is written with an
exponent of thousands: to write out 1e999999999, or to compute with it, would take the server away
from everybody.
"""

from __future__ import annotations

import re

from flask import Flask, abort, request
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1  # of a row's number; PostgreSQL's integer ends there
LONGEST = 10  # digits of it
_MONSTER = re.compile(r"\s*[+−-]?(?:[\d.,_]*e[+−-]?[\d_]{4,}|\d{100,})\s*", re.IGNORECASE)


class Number(IntegerConverter):
    """A row's number in an address. A larger one is not there."""

    regex = r"\d{1,10}"

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=LARGEST)


def install(app: Flask) -> None:
    """Addresses first, then whatever stands behind the question mark or in a form."""
    app.url_map.converters["int"] = Number
    app.before_request(_sound)


def number(text: str | None) -> int | None:
    """A row's number as somebody wrote it; None where it is none, or larger than any."""
    if text is None or not text.isascii() or not text.isdecimal() or len(text) > LONGEST:
        return None
    found = int(text)
    return found if found <= LARGEST else None


def _sound() -> None:
    parts = [request.path, *(x for pair in request.args.items(multi=True) for x in pair)]
    if request.method == "POST" and request.mimetype != "application/json":
        parts += (x for pair in request.form.items(multi=True) for x in pair)
    if any("\0" in part or _MONSTER.fullmatch(part) for part in parts):
        abort(400)
