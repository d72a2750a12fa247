"""A run's money: by line, by department, beside last month, checked to the fen.

Worked out once for a run and kept: neither it nor the run before it ever changes.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from threading import Lock
from typing import Final

from flask import current_app

from hpf.core.errors import Text
from hpf.core.holding import rows_of
from hpf.core.results import Run
from hpf.portal.database import desk
from hpf.portal.pages.derivation_runs import shelf
from hpf.reports.issue import Issue
from hpf.reports.issuing import brand_of
from hpf.storage.models import StoredRun
from hpf.storage.runs import units_held

_NOBODY: Final = Decimal(0)
_KEPT: Final = 24  # runs, some kilobytes each
_NAME: Final = "hpf_sums"
NOWHERE: Final = Text("不属科室", "No department")


@dataclass(frozen=True, slots=True)
class Head:
    """A kind of pay line. entity, rule: what it is the sum of."""

    entity: str
    rule: str
    names: Text


@dataclass(frozen=True, slots=True)
class Person:
    """One paid row. lines: by head, None where it has none; rows: whose derivation each line has,
    '' where it is the sum of several."""

    id: str
    name: str
    lines: tuple[Decimal | None, ...]
    rows: tuple[str, ...]
    paid: Decimal
    before: Decimal | None
    held: bool = False

    @property
    def gap(self) -> Decimal:
        """Paid, less the sum of its lines; must be nothing."""
        return self.paid - sum((x for x in self.lines if x is not None), _NOBODY)

    @property
    def change(self) -> Decimal | None:
        """Against last month."""
        return None if self.before is None else self.paid - self.before


@dataclass(frozen=True)
class Unit:
    """A department. before: what its people of then were paid; None: it had nobody then."""

    id: str
    name: str | Text
    people: tuple[Person, ...]
    before: Decimal | None
    held: bool = False

    @cached_property
    def paid(self) -> Decimal:
        """What its people are paid."""
        return sum((p.paid for p in self.people), _NOBODY)

    @cached_property
    def gap(self) -> Decimal:
        """Gaps of its people; must be nothing."""
        return sum((p.gap for p in self.people), _NOBODY)

    @cached_property
    def change(self) -> Decimal | None:
        """Against last month; None for a unit that is held, or that there was not."""
        return None if self.before is None or self.held else self.paid - self.before

    @cached_property
    def lines(self) -> tuple[Decimal | None, ...]:
        """The sum of each head; None where nobody has such a line."""
        columns = zip(*(p.lines for p in self.people), strict=True)
        return tuple(_sum(column) for column in columns)


@dataclass(frozen=True)
class Sums:
    """A whole run."""

    entity: str
    rule: str
    heads: tuple[Head, ...]
    units: tuple[Unit, ...]
    before: Decimal | None

    @cached_property
    def paid(self) -> Decimal:
        """All of it."""
        return sum((u.paid for u in self.units), _NOBODY)

    @cached_property
    def gap(self) -> Decimal:
        """Must be nothing."""
        return sum((u.gap for u in self.units), _NOBODY)

    @cached_property
    def people(self) -> int:
        """Who is paid, those held back not counted."""
        return sum(1 for u in self.units for p in u.people if not p.held)

    @cached_property
    def held(self) -> tuple[Unit, ...]:
        """Units that are held back."""
        return tuple(u for u in self.units if u.held)

    @cached_property
    def lines(self) -> tuple[Decimal | None, ...]:
        """The sum of each head."""
        return tuple(_sum(column) for column in zip(*(u.lines for u in self.units), strict=True))

    @cached_property
    def moved(self) -> tuple[Unit, ...]:
        """Units whose sum changed, the largest change first."""
        changed = [u for u in self.units if u.change]
        return tuple(sorted(changed, key=lambda u: (-abs(u.change or _NOBODY), u.id)))


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    given = [x for x in amounts if x is not None]
    return sum(given, _NOBODY) if given else None


class Ledger:
    """Sums that were asked for last."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[int, int], Sums] = OrderedDict()
        self._lock = Lock()

    def of(self, stored: StoredRun, before: StoredRun | None) -> Sums | None:
        """The sums of a run; None where its scheme pays nothing."""
        key = (stored.id, before.id if before else 0)
        with self._lock:
            found = self._held.get(key)
        if found is not None:
            return found
        earlier = None
        if before is not None:
            with shelf().of(before.id) as loaded:
                earlier = loaded.run
        with shelf().of(stored.id) as loaded:
            if loaded.run.program.payout is None:
                return None
            found = sums(loaded.run, earlier, stored)
        with self._lock:
            self._held[key] = found
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return found


def ledger() -> Ledger:
    """The application's own."""
    found: Ledger = current_app.extensions.setdefault(_NAME, Ledger())
    return found


def sums(run: Run, before: Run | None, stored: StoredRun) -> Sums:
    """Everything that is paid, by department and line. The scheme pays somebody."""
    issue = Issue(run, brand_of(desk().settings.home), before=before)
    held_rows = rows_of(run.program, run.checked, units_held(stored))
    ids = run.checked.rows[issue.paid.entity].ids.to_list()
    held = {ids[row] for row in held_rows.get(issue.paid.entity, ())}
    lines = {id: issue.lines(id) for id in issue.payouts if id not in held}
    heads = {
        (x.rule.entity, x.rule.name): Head(x.rule.entity, x.rule.name, x.rule.names)
        for id in lines
        for x in lines[id]
    }
    order = sorted(heads, key=lambda k: _order(run, *k))

    def person(id: str) -> Person:
        by: dict[tuple[str, str], Decimal] = {}
        at: dict[tuple[str, str], str] = {}
        for x in lines.get(id, ()):
            key = (x.rule.entity, x.rule.name)
            at[key] = x.id if key not in by else ""
            by[key] = by.get(key, _NOBODY) + x.amount
        paid = _NOBODY if id in held else issue.payouts[id]
        return Person(id, issue.names.get(id) or id, tuple(by.get(k) for k in order),
                      tuple(at.get(k, "") for k in order), paid,
                      issue.payouts_before.get(id), id in held)  # fmt: skip

    return Sums(
        issue.paid.entity, issue.paid.name, tuple(heads[k] for k in order),
        tuple(_units(issue, run, before, sorted({*issue.payouts, *held}), held, person)),
        sum(issue.payouts_before.values(), _NOBODY) if before else None,
    )  # fmt: skip


def _units(
    issue: Issue, run: Run, before: Run | None, ids: list[str], held: set[str], person: object
) -> Iterator[Unit]:
    assert callable(person)
    then = _then(issue, before)
    gathered: dict[str, list[str]] = {}
    for id in ids:
        gathered.setdefault(issue.unit_of.get(id, ""), []).append(id)
    for unit in sorted(gathered, key=lambda u: (u == "", u)):
        people = tuple(person(id) for id in gathered[unit])
        name: str | Text = issue.units.get(unit, NOWHERE)
        yield Unit(unit, name, people, then.get(unit), all(p.held for p in people))


def _then(issue: Issue, before: Run | None) -> Mapping[str, Decimal]:
    """Department -> what its people of then were paid."""
    if before is None:
        return {}
    earlier = Issue(before, issue.brand)
    found: dict[str, Decimal] = {}
    for id, amount in earlier.payouts.items():
        unit = earlier.unit_of.get(id, "")
        found[unit] = found.get(unit, _NOBODY) + amount
    return found


def _order(run: Run, entity: str, rule: str) -> int:
    found = run.program.rule(entity, rule)
    return found.order if found is not None else 0
