"""Panels that plugins declare for home, pay and department pages, drawn as in the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from flask import url_for

from hpf.core.kit.hookspecs import ReportSection
from hpf.core.kit.panelling import PLACES, Panel
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.portal.access import me
from hpf.portal.database import desk, session
from hpf.portal.issued import is_public
from hpf.portal.language import language, say
from hpf.portal.pages.declared_table import shown_as
from hpf.portal.pages.derivation_runs import Loaded, shelf
from hpf.portal.pages.derivation_sight import opens, row_name
from hpf.portal.place import place
from hpf.reports import figures
from hpf.reports.cards.declared import known, named, value_of
from hpf.reports.cards.department import waterfall_steps
from hpf.reports.cards.scorecard import scorecard
from hpf.reports.charts import Bar, Chart, Month, bars, trend, waterfall
from hpf.reports.issue import Issue
from hpf.reports.issuing import brand_of
from hpf.storage.cycles import cycle_of_run, newest_run
from hpf.storage.models import StoredRun
from hpf.storage.person import results_of

MOST: Final = 12  # rows that lead to the page's own; more are counted
_MONTHS: Final = 12
_FAR: Final = 3  # links from a row to the page's own


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and where it is opened, '' where it is not."""

    name: str
    shown: str
    unit: str = ""
    href: str = ""


@dataclass(frozen=True)
class Drawn:
    """A panel as it stands on the page. figures: of its one row; rows: of several, under heads."""

    code: str
    title: str
    chart: Chart | None = None
    about: str = ""
    figures: tuple[Figure, ...] = ()
    heads: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, tuple[Figure, ...]], ...] = ()
    more: int = 0


@dataclass(frozen=True)
class Desk:
    """A panel at work: on which run, and whose row the page is about."""

    panel: Panel
    loaded: Loaded
    stored: StoredRun
    issue: Issue = field(repr=False)

    @property
    def run(self) -> Run:
        """The sealed run."""
        return self.loaded.run

    @property
    def section(self) -> ReportSection:
        """The panel as the reports know it."""
        p = self.panel
        return ReportSection(p.code, p.scheme, p.entity, p.names, p.rules, p.chart, p.full, p.total)


def declared_panels(where: str, id: str = "") -> list[Drawn]:
    """The panels of a page. id: the row it is about; of the home page the hospital's own."""
    at = place()
    wanted = [
        p for p in desk().declared.panels if p.where == where and at and p.scheme == at.scheme
    ]
    if at is None or not wanted:
        return []
    stored = newest_run(session(), desk().hospital, at.scheme, at.period)
    if stored is None:
        return []
    public = is_public(cycle_of_run(session(), stored), stored)
    found: list[Drawn] = []
    with shelf().of(stored.id) as loaded:
        rows = loaded.run.checked.rows.get(PLACES[where])
        if rows is None or not len(rows):
            return []
        about = id or str(rows.ids[0])
        for panel in wanted:
            issue = Issue(loaded.run, brand_of(desk().settings.home))
            made = _drawn(Desk(panel, loaded, stored, issue), about, public)
            if made is not None:
                found.append(made)
    return found


def _drawn(one: Desk, about: str, public: bool) -> Drawn | None:
    panel, run = one.panel, one.run
    if panel.entity == PLACES[panel.where]:
        if not opens(run, me(), panel.entity, about, lambda: public):
            return None
        return _of_row(one, about)
    every = [
        i for i in leading(run, panel.entity, PLACES[panel.where], about)
        if opens(run, me(), panel.entity, i, lambda: public)
    ]  # fmt: skip
    return _of_rows(one, every) if every else None


def _of_row(one: Desk, id: str) -> Drawn | None:
    """One row's figures."""
    panel, section = one.panel, one.section
    shown = tuple(
        _figure(one, id, name) for name in dict.fromkeys((*section.shown, panel.total)) if name
    )
    chart, about = None, ""
    if panel.chart == "radar" or (panel.chart == "bars" and panel.full):
        charts: dict[str, Chart] = {}
        issue = Issue(one.run, one.issue.brand, sections=(section,))
        _, about = scorecard(issue, panel.entity, id, language(), charts)
        chart = charts.get("scores")
    elif panel.chart == "bars":
        pairs = zip(shown, section.shown, strict=False)  # the total is no bar
        chart = _bars([(f.name, _number(one, id, n), f.shown) for f, n in pairs], say(panel.names))
    elif panel.chart == "trend":
        chart = _trend(one, id)
    elif panel.chart == "waterfall":
        steps = waterfall_steps(one.issue, section, id, language())
        told = "；".join(f"{s.name} {figures.money(s.value)}" for s in steps if s.total)
        chart = waterfall(steps, lang=language(), title=told) if steps else None
    return Drawn(panel.code, say(panel.names), chart, about, shown)


def _of_rows(one: Desk, ids: Sequence[str]) -> Drawn:
    """Several rows: a table, and bars of the first rule."""
    panel, part = one.panel, ids[:MOST]
    heads = []
    for name in panel.rules:
        found = known(one.run, panel.entity, name)
        unit = found.unit.say(language()) if found and found.type.is_number else ""
        heads.append((say(named(one.run, panel.entity, name)), unit))
    rows = tuple(
        (row_name(one.run, panel.entity, i), tuple(_figure(one, i, n) for n in panel.rules))
        for i in part
    )
    chart = None
    if panel.chart == "bars":
        first = panel.rules[0]
        chart = _bars([(name, _number(one, i, first), f[0].shown)
                       for i, (name, f) in zip(part, rows, strict=True)], heads[0][0])  # fmt: skip
    more = len(ids) - len(part)
    return Drawn(panel.code, say(panel.names), chart, "", (), tuple(heads), rows, more)


def _figure(one: Desk, id: str, name: str) -> Figure:
    """A figure of a row, or with `link.name` of the row above it, which opens no page here."""
    found = known(one.run, one.panel.entity, name)
    unit = found.unit if found is not None and found.type.is_number else None
    value = value_of(one.run, one.panel.entity, id, name)
    href = ""
    if "." not in name and one.run.program.rule(one.panel.entity, name) is not None:
        href = url_for(
            "derivation.index", run=one.stored.id, entity=one.panel.entity, id=id, rule=name
        )
    shown = figures.NOT_APPLICABLE if value is None else shown_as(value, unit)
    return Figure(say(named(one.run, one.panel.entity, name)), shown,
                  unit.say(language()) if unit and value is not None else "", href)  # fmt: skip


def _number(one: Desk, id: str, name: str) -> Decimal | None:
    value = value_of(one.run, one.panel.entity, id, name)
    return value if isinstance(value, Decimal) else None


def _bars(given: Sequence[tuple[str, Decimal | None, str]], what: str) -> Chart | None:
    """Horizontal bars from zero; none where there is nothing above it."""
    if not any(v is not None and v > 0 for _, v, _ in given):
        return None
    told = say(("，", ", ")).join(f"{n} {s}" for n, _, s in given)
    lines = [Bar(n, v, s) for n, v, s in given]
    return bars(lines, lang=language(), title=f"{what}{say(('：', ': '))}{told}", width=216)


def _trend(one: Desk, id: str) -> Chart | None:
    """The first rule over twelve periods; of one's own only what is public."""
    panel, name = one.panel, one.section.shown[0]
    runs: dict[Period, StoredRun] = {}
    for period in (one.run.period.earlier(n) for n in reversed(range(_MONTHS))):
        run = newest_run(session(), desk().hospital, panel.scheme, period)
        if run is not None and (panel.where != "pay" or run.id == one.stored.id or _told(run)):
            runs[period] = run
    kept = results_of(session(), desk().hospital, panel.entity, id, list(runs.values()))
    names = {name, f"{panel.scheme}.{name}"}
    values = {k.period: k.value for k in kept if k.rule in names}
    if not any(v is not None for v in values.values()):
        return None
    columns = []
    for n, period in enumerate(one.run.period.earlier(n) for n in reversed(range(_MONTHS))):
        value = values.get(period)
        last = period == one.run.period and value is not None
        year = str(period.year) if period.number == 1 or n == 0 else ""
        shown = figures.money(value) if last and value is not None else ""
        columns.append(Month(figures.short(period, language()), value, shown, year))
    title = say((f"{named(one.run, panel.entity, name).zh}，近 {_MONTHS} 期",
                 f"{named(one.run, panel.entity, name).en}, {_MONTHS} periods"))  # fmt: skip
    return trend(columns, lang=language(), title=title, width=230, height=104)


def _told(run: StoredRun) -> bool:
    """Whether an earlier run of one's own pay may be shown: to oneself, once it was public."""
    return me().sees_everybody or is_public(cycle_of_run(session(), run), run)


def leading(run: Run, entity: str, to: str, id: str) -> list[str]:
    """Ids of an entity's rows whose links lead to a row, over at most `_FAR` of them."""
    rows = run.checked.rows.get(entity)
    if rows is None:
        return []
    ends: dict[str, list[set[int]]] = {entity: [{n} for n in range(len(rows))]}
    for _ in range(_FAR):
        after: dict[str, list[set[int]]] = {}
        for code, at in ends.items():
            if code == to:
                after.setdefault(code, at)
                continue
            for link in run.program.entities[code].links:
                column = run.checked.rows[code].links.get(link.name)
                if column is None:
                    continue
                targets = column.to_list()
                moved = [{t for n in start if (t := targets[n]) is not None} for start in at]
                old = after.get(link.to)
                after[link.to] = (
                    moved if old is None else [a | b for a, b in zip(old, moved, strict=True)]
                )
        ends = after
    goal = run.checked.rows[to].row_of(id)
    found = ends.get(to)
    if found is None or goal is None:
        return []
    return [str(rows.ids[n]) for n, at in enumerate(found) if int(goal) in at]
