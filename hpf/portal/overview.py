"""What a home page shows of money: paid against the year's ceiling, twelve months, who is off.

Sums only, and only for those to whom the hospital's totals are open; a department's line only for
those to whom that department is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from hpf.core.periods import Period
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.paid_out import kept_sums, paid_out
from hpf.portal.place import Place
from hpf.portal.rights import Viewer
from hpf.reports import figures
from hpf.reports.charts import Chart, Month, gauge, trend
from hpf.storage.ceilings import ceiling_of, spent
from hpf.storage.cycles import newest_run
from hpf.storage.models import Ceiling, StoredRun
from hpf.storage.runs import latest_run
from hpf.storage.troubles import StorageError

MONTHS = 12
LEAST = 4  # earlier months, before a department's own usual is spoken of
OFF = Decimal("0.09")  # share by which a department has to be off its own median
_FEN = Decimal("0.01")
_WIDE, _EDGE = 104, 7  # geometry of a department's range


@dataclass(frozen=True, slots=True)
class Spent:
    """A year's pay. left, chart: None without an approved ceiling; gone: the share of the year."""

    year: int
    upto: str
    paid: Decimal
    ceiling: Decimal | None
    chart: Chart | None
    gone: Decimal = Decimal(0)

    @property
    def share(self) -> Decimal:
        """What is used of the ceiling."""
        return self.paid / self.ceiling if self.ceiling else Decimal(0)

    @property
    def left(self) -> Decimal | None:
        """What may still be paid this year."""
        return None if self.ceiling is None else self.ceiling - self.paid


@dataclass(frozen=True, slots=True)
class Off:
    """A department off its own usual: pay a head now, its median and range in earlier months, the
    difference as a share. at: where each stands in the picture."""

    code: str
    name: str
    now: Decimal
    usual: Decimal
    share: Decimal
    low: Decimal
    high: Decimal
    at: Mapping[str, int]

    @property
    def said(self) -> str:
        """The picture in a sentence."""
        low, high, now = (figures.money(x) for x in (self.low, self.high, self.now))
        return say((f"{self.name}：以往 {low} 到 {high}，本月 {now}",
                    f"{self.name}: {low} to {high} before, {now} now"))  # fmt: skip


def paid(at: Place) -> Spent | None:
    """What the year's sealed runs come to against its ceiling; None where nothing is sealed, or
    it is not settled what the scheme pays."""
    run = latest_run(session(), desk().hospital, at.scheme, at.period) or last_of_year(at)
    if run is None:
        return None
    year = Period.parse(f"{at.period.year:04d}")
    try:
        total = spent(session(), run, year, known=kept_sums().by_line)
    except StorageError:
        return None
    approved = ceiling_of(session(), desk().hospital, year)
    upto = figures.brief(run.period, language())
    if approved is None or not approved.amount:
        return Spent(at.period.year, upto, total, None, None)
    gone = Decimal((min(today(), year.last_day) - year.first_day).days + 1)
    due = max(Decimal(0), gone) / Decimal((year.last_day - year.first_day).days + 1)
    used = figures.percent(total / approved.amount)
    year_said = at.period.year
    title = say((f"{year_said} 年已用 {used}", f"{used} of {year_said} is used"))
    drawn = gauge(total, approved.amount, lang=language(), title=title, due=min(due, Decimal(1)))
    return Spent(at.period.year, upto, total, approved.amount, drawn, min(due, Decimal(1)))


def last_of_year(at: Place) -> StoredRun | None:
    """The latest sealed main run of the year before this period, which has none itself yet."""
    same = [p for p in at.periods if p.year == at.period.year and p.last_day < at.period.last_day]
    found = (newest_run(session(), desk().hospital, at.scheme, p) for p in reversed(same))
    return next((r for r in found if r is not None), None)


def months(at: Place) -> tuple[dict[Period, StoredRun], dict[Period, Decimal]]:
    """The latest main runs of up to twelve periods, and what each pays."""
    runs = {}
    for period in (at.period.earlier(n) for n in reversed(range(MONTHS))):
        run = newest_run(session(), desk().hospital, at.scheme, period)
        if run is not None:
            runs[period] = run
    return runs, {p: paid_out(r).total for p, r in runs.items()}


def trend_of(at: Place, totals: Mapping[Period, Decimal]) -> Chart | None:
    """Twelve periods as columns, with the ceiling where one is approved."""
    if not totals:
        return None
    shown = [at.period.earlier(n) for n in reversed(range(MONTHS))]
    by_month = at.period.kind == "month"  # any other period says its year itself
    approved = ceiling_of(session(), desk().hospital, at.period)
    crowded = approved is not None and at.period in totals and _near(totals[at.period], approved)
    columns = [
        Month(
            figures.short(p, language()),
            totals.get(p),
            figures.money(totals[p]) if p == at.period and p in totals and not crowded else "",
            str(p.year) if by_month and (p.number == 1 or n == 0) else "",
        )
        for n, p in enumerate(shown)
    ]
    limit = None
    if approved is not None:
        said = figures.money(approved.amount)
        limit = (approved.amount, say((f"本月上限 {said}", f"ceiling {said}")))
    known = len(totals)
    title = say((f"近 12 个月里 {known} 个月有结果", f"{known} of the last 12 months have results"))
    if not by_month:
        title = say(
            (f"近 12 期里 {known} 期有结果", f"{known} of the last 12 periods have results")
        )
    return trend(columns, lang=language(), title=title, limit=limit, width=236, height=118)


def _near(total: Decimal, approved: Ceiling) -> bool:
    """Whether the figure on the column would stand on the line of the ceiling."""
    return abs(approved.amount - total) < approved.amount / 8


def off(runs: Mapping[Period, StoredRun], at: Place, viewer: Viewer) -> list[Off] | None:
    """Departments off their own median, furthest first; None while there are too few months."""
    now = runs.get(at.period)
    before = [r for p, r in runs.items() if p != at.period]
    if now is None or len(before) < LEAST:
        return None
    here, past = paid_out(now).heads, [paid_out(r).heads for r in before]
    found = []
    for code, (name, a_head) in here.items():
        own = [h[code][1] for h in past if code in h]
        if len(own) < LEAST or not viewer.sees_department(code):
            continue
        usual = Decimal(median(own)).quantize(_FEN, "ROUND_HALF_UP")
        if usual and abs(share := (a_head - usual) / usual) > OFF:
            low, high = min(own), max(own)
            first, third = _quarters(own)
            drawn = _places({"low": low, "first": first, "usual": usual, "third": third,
                          "high": high, "now": a_head})  # fmt: skip
            found.append(Off(code, name, a_head, usual, share, low, high, drawn))
    return sorted(found, key=lambda one: -abs(one.share))


def _quarters(values: list[Decimal]) -> tuple[Decimal, Decimal]:
    """The medians of the lower and of the upper half."""
    ordered, half = sorted(values), len(values) // 2
    return Decimal(median(ordered[:half])), Decimal(median(ordered[-half:]))


def _places(values: Mapping[str, Decimal]) -> dict[str, int]:
    """Where values stand across a picture of `_WIDE`, the least at the left."""
    low, high = min(values.values()), max(values.values())
    span = high - low or Decimal(1)
    return {n: _EDGE + int((v - low) * (_WIDE - 2 * _EDGE) / span) for n, v in values.items()}
