"""What a what-if comes to: totals beside the ceilings, who gains and loses, how much, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hpf.core.change import Comparison, Difference, compare
from hpf.core.errors import Text
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.portal.database import desk, session
from hpf.portal.place import Place
from hpf.reports.issue import Issue
from hpf.reports.issuing import brand_of
from hpf.storage.ceilings import ceiling_of, spent
from hpf.storage.cycles import newest_run
from hpf.storage.troubles import StorageError

_NOTHING: Final = Decimal(0)
_SIDE: Final = 8  # bands on either side of those for whom nothing changes
NOWHERE: Final = Text("不属科室", "No department")


@dataclass(frozen=True, slots=True)
class Band:
    """Everyone whose difference lies between two amounts. low, high: None, None where nothing
    changes; the bound nearer to nothing does not belong to it."""

    low: Decimal | None
    high: Decimal | None
    people: int
    by: Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """A department: how many gain and lose, and its sum."""

    id: str
    name: str | Text
    people: int
    more: int
    less: int
    before: Decimal
    by: Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling beside what is sealed of it, and what it would be."""

    period: Period
    ceiling: Decimal
    now: Decimal
    then: Decimal

    @property
    def left(self) -> Decimal:
        """What would remain; below nothing where the ceiling is passed."""
        return self.ceiling - self.then


@dataclass(frozen=True, slots=True)
class Effect:
    """A comparison, told. units, limits: empty where the scheme pays nobody."""

    told: Comparison
    before: Decimal
    after: Decimal
    same: int
    bands: tuple[Band, ...]
    units: tuple[Unit, ...]
    limits: tuple[Limit, ...]

    @property
    def most(self) -> int:
        """The longest bar of those whom it changes something for."""
        return max((b.people for b in self.bands if b.low is not None), default=1) or 1


def effect(at: Place, now: Run, tried: Run) -> Effect:
    """What trying comes to. now: the period as it is; tried: with other values."""
    told = compare(now, tried)
    money = told.measure is not None and told.measure.money
    before = sum((d.before or _NOTHING for d in told.lines), _NOTHING)
    return Effect(
        told, before, before + told.cost, sum(1 for d in told.lines if not d.by),
        tuple(bands(told.lines)), tuple(_units(now, tried, told)) if money else (),
        tuple(_limits(at, before, told.cost)) if money else (),
    )  # fmt: skip


def bands(lines: Sequence[Difference]) -> Iterator[Band]:
    """Differences by size, from the largest loss to the largest gain; [] where there is none.

    All bands are equally wide: 1, 2 or 5 times a power of ten, eight at most on either side.
    """
    most = max((abs(d.by) for d in lines), default=_NOTHING)
    if not most:
        return
    step = _step(most / _SIDE)
    found: dict[int, list[Decimal]] = {}
    for d in lines:
        found.setdefault(_band(d.by, step), []).append(d.by)
    for n in range(min(*found, 0), max(*found, 0) + 1):
        held = found.get(n, [])
        low, high = (n * step, (n + 1) * step) if n < 0 else ((n - 1) * step, n * step)
        if n:
            yield Band(low, high, len(held), sum(held, _NOTHING))
        else:
            yield Band(None, None, len(held), _NOTHING)


def _band(by: Decimal, step: Decimal) -> int:
    """Which band, counted from nothing: 1 up to one step, 2 up to two; below nothing likewise."""
    whole, rest = divmod(abs(by), step)
    n = int(whole) + (1 if rest else 0)
    return -n if by < 0 else n


def _step(least: Decimal) -> Decimal:
    """The least round width that is no narrower."""
    power = Decimal(10) ** least.adjusted()
    return next(w for n in (1, 2, 5, 10) if (w := n * power) >= least)


def _units(now: Run, tried: Run, told: Comparison) -> Iterator[Unit]:
    """Departments that it changes something for, the largest change first."""
    brand = brand_of(desk().settings.home)
    issues = (Issue(now, brand), Issue(tried, brand))
    unit_of: Mapping[str, str] = {**issues[1].unit_of, **issues[0].unit_of}
    names: Mapping[str, str] = {**issues[1].units, **issues[0].units}
    by: dict[str, list[Difference]] = {}
    for d in told.lines:
        by.setdefault(unit_of.get(d.id, ""), []).append(d)
    found = [
        Unit(
            id, names.get(id, NOWHERE), len(held), sum(1 for d in held if d.by > 0),
            sum(1 for d in held if d.by < 0),
            sum((d.before or _NOTHING for d in held), _NOTHING),
            sum((d.by for d in held), _NOTHING),
        )
        for id, held in by.items()
        if any(d.by for d in held)
    ]  # fmt: skip
    yield from sorted(found, key=lambda u: (-abs(u.by), u.id))


def _limits(at: Place, before: Decimal, cost: Decimal) -> Iterator[Limit]:
    """The period's ceiling and the year's; what is sealed counts, or the period as it is now."""
    run = newest_run(session(), desk().hospital, at.scheme, at.period)
    for period in dict.fromkeys((at.period, Period.parse(f"{at.period.year:04d}"))):
        ceiling = ceiling_of(session(), desk().hospital, period)
        if ceiling is None or (run is None and period != at.period):
            continue
        try:
            sealed = before if run is None else spent(session(), run, period)
        except StorageError:
            continue  # it is not settled what the scheme pays
        yield Limit(period, ceiling.amount, sealed, sealed + cost)
