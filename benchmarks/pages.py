"""The pages of a large hospital: every kind of page that a role's links lead to, on the portal as
served, over a month of 3,000 people.

Each page is opened twice and the second time counts: what is kept of a sealed run is worked out by
the first. Papers and exports count as well; nothing is changed.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.payday import Browser, log_in, part, serving
from benchmarks.payday_home import AUDITOR, DIRECTOR, OFFICE, prepare
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds

ALIKE = 2  # pages that differ only in numbers and ids of rows
_NUMBERS = re.compile(r"[A-Z]\d+[-@~\w]*|\d{4}-\d\d|\d+")
_LINKS = re.compile(r'(?:href|hx-get)="(/[^"#]*)')
_PASSED = ("/static", "/logout", "/language")


def lines(sizes: Sizes) -> list[Line]:
    """A line for each role: half of its pages, all but one in twenty, the slowest."""
    people = sizes.people * 5
    with tempfile.TemporaryDirectory() as folder:
        made = prepare(Path(folder), "", people)
        roles = {"the office": OFFICE, "the director": DIRECTOR, "the auditor": AUDITOR,
                 "a nurse": next(iter(made.paid))}  # fmt: skip
        found = []
        with serving(made.home) as portal:
            for role, login in roles.items():
                took = dict(islice(walk(log_in(portal.port, login)), sizes.pages))
                slowest = max(took, key=lambda page: took[page])
                what = f"pages of {role} ({len(took)}), {people} people: p50 (ours), p95 (other)"
                half, most = (seconds(part(list(took.values()), n)) for n in (50, 95))
                found += [Line(what, half, most), Line(f"  {slowest}", seconds(took[slowest]))]
    return found


def walk(browser: Browser) -> Iterator[tuple[str, float]]:
    """Pages with the seconds that each takes. Raises ValueError for one that fails."""
    seen: set[str] = set()
    alike: dict[str, int] = {}
    todo = deque(["/"])
    while todo:
        page = todo.popleft()
        kind = _NUMBERS.sub("#", page.split("?")[0])
        if page in seen or page.startswith(_PASSED) or alike.get(kind, 0) >= ALIKE:
            continue
        seen.add(page)
        alike[kind] = alike.get(kind, 0) + 1
        status, body = browser.ask(page)
        if status >= 500:
            raise ValueError(f"{page} answered {status}")
        todo.extend(one.replace("&amp;", "&") for one in _LINKS.findall(body))
        start = time.perf_counter()
        browser.ask(page)
        yield page, time.perf_counter() - start
