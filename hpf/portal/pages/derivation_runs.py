"""Sealed runs at hand: read once and kept, for they never change; the least used ones go.

with shelf().of(run_id) as loaded:
    step = loaded.derive("township", "staff", "K02-1", "paid", 6)
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from flask import Flask, current_app
from sqlalchemy.orm import Session

from hpf.core.formula.derivation import derive
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.steps import Step
from hpf.core.results import Run
from hpf.portal.database import session
from hpf.storage.runs import load_with_above

MOST: Final = 8  # runs kept; a large hospital's takes some 50 MB with all that was derived of it
_NAME: Final = "hpf_runs"


@dataclass
class Loaded:
    """A run and those that filled its bound facts, with what was worked out of them."""

    run: Run
    runs: Mapping[str, Run]
    lock: Lock = field(default_factory=Lock)
    scalars: dict[str, Scalar] = field(default_factory=dict)

    def scalar(self, scheme: str) -> Scalar:
        """Interpreter two on one of the runs."""
        if scheme not in self.scalars:
            self.scalars[scheme] = Scalar.of(self.runs[scheme])
        return self.scalars[scheme]

    def derive(self, scheme: str, entity: str, id: str, name: str, depth: int) -> Step | None:
        """The derivation of one figure; None where that run has no such row or name."""
        run = self.runs[scheme]
        rows = run.checked.rows.get(entity)
        index = None if rows is None else rows.row_of(id)
        known = run.program.rule(entity, name) or run.program.indicator(entity, name)
        if index is None or known is None:
            return None
        return derive(self.scalar(scheme), entity, index, f"{scheme}.{name}", depth)


class Shelf:
    """The runs that were asked for last. Each is used by one request at a time."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._held: OrderedDict[int, Loaded] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def of(self, id: int, reading: Session | None = None) -> Iterator[Loaded]:
        """A sealed run. Raises as `load_with_above`. Never take a second one inside the first."""
        with self._lock:
            found = self._held.get(id)
            if found is not None:
                self._held.move_to_end(id)
        if found is None:
            runs, _ = load_with_above(reading or session(), id)
            found = Loaded(list(runs.values())[-1], runs)
            with self._lock:
                found = self._held.setdefault(id, found)
                while len(self._held) > self._most:
                    self._held.popitem(last=False)
        with found.lock:
            yield found

    def __contains__(self, id: int) -> bool:
        return id in self._held


def shelf(app: Flask | None = None) -> Shelf:
    """The application's own."""
    at = app or current_app
    found: Shelf = at.extensions.setdefault(_NAME, Shelf())
    return found
