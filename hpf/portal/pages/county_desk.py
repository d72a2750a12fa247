"""What the pages of an assessment share: which one it is, how it stands, its results.

A page is about the assessment of the period asked for, else the latest. Results are columns of a
sealed run, which never change: the last few are kept in the application, not in the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, g
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.core.facts import Facts
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.access import me
from hpf.portal.clock import now
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.place import place
from hpf.storage.facts import facts_at
from hpf.storage.models import Assessment
from hpf.storage.runs import latest_run, load_run
from hpf.workflow import assessments as work
from hpf.workflow.acting import Act as Deed
from hpf.workflow.assessments_results import Results
from hpf.workflow.assessments_table import Item, items, units

# four groups, since each is a line of the navigation of its own
pages = Blueprint("county", __name__, url_prefix="/county")
drawing = Blueprint("draws", __name__, url_prefix="/county/draw")
marking = Blueprint("marks", __name__, url_prefix="/county/marks")
owned = Blueprint("own", __name__, url_prefix="/county/own")
_KEPT = "hpf_assessment_results"
_MOST = 4  # results that are kept at a time


@dataclass(frozen=True, slots=True)
class County:
    """One assessment. periods: all that have one."""

    plan: OutsideAssessment
    period: Period
    periods: tuple[Period, ...]
    at: work.Standing

    @property
    def program(self) -> Program:
        """The scheme."""
        return desk().programs[self.plan.scheme]


def county() -> County | None:
    """The assessment that the page is about; None where none was opened."""
    if "hpf_county" not in g:
        g.hpf_county = _county()
    found: County | None = g.hpf_county
    return found


def opened() -> County:
    """The same, for what only an assessment has; 404 where none was opened."""
    found = county()
    if found is None:
        abort(404)
    return found


def deed(changing: Any) -> Deed:
    """Who does it, for the workflow: the account that is logged in, now."""
    g.pop("hpf_county", None)  # it is read anew afterwards
    return Deed(changing, desk().hospital, me().login, now())


def again(changing: Any, one: County) -> work.Standing:
    """How the assessment stands, for an act that adds to it."""
    return work.standing(changing, desk().hospital, one.plan, one.period, hold=True)


def results() -> Results | None:
    """The newest sealed results beside last year's; None where nothing is sealed."""
    one = opened()
    found = latest_run(session(), desk().hospital, one.plan.scheme, one.period)
    return None if found is None else results_of(one, found.id)


def results_of(one: County, run: int) -> Results:
    """The results of a run of the assessment."""
    last = latest_run(session(), desk().hospital, one.plan.scheme, one.period.earlier(1))
    return _kept(one.plan, run, None if last is None else last.id)


def last_year() -> Results | None:
    """The results of the year before; None where nothing of it is sealed."""
    one = opened()
    last = latest_run(session(), desk().hospital, one.plan.scheme, one.period.earlier(1))
    return None if last is None else _kept(one.plan, last.id, None)


def _kept(plan: OutsideAssessment, run: int, last: int | None) -> Results:
    kept: dict[Any, Results] = current_app.extensions.setdefault(_KEPT, {})
    key = (run, last)
    if key not in kept:
        before = load_run(session(), last) if last is not None else None
        made = Results(plan, load_run(session(), run), before)
        while len(kept) >= _MOST:
            kept.pop(next(iter(kept)), None)
        kept[key] = made
    return kept[key]


def posted_results() -> Results | None:
    """What hangs now, and nothing that is newer; None before the first posting."""
    one = opened()
    posted = one.at.last("posted")
    return None if posted is None else results_of(one, posted.detail["run"])


def table() -> dict[str, Item]:
    """The items of the table as it stands, by id."""
    found: dict[str, Item] = _read("hpf_county_items", items)
    return found


def hospitals() -> dict[str, str]:
    """The assessed hospitals: id -> name."""
    found: dict[str, str] = _read("hpf_county_units", units)
    return found


def stored() -> Facts:
    """The facts of its period, as they stand now."""
    if "hpf_county_facts" not in g:
        one = opened()
        g.hpf_county_facts = facts_at(session(), desk().hospital, one.program, one.period)
    found: Facts = g.hpf_county_facts
    return found


def _read(name: str, what: Callable[..., Any]) -> Any:
    if name not in g:
        one = opened()
        setattr(g, name, what(stored(), one.plan, one.program))
    return getattr(g, name)


def _county() -> County | None:
    for plan in desk().declared.assessments:
        if plan.scheme not in desk().programs:
            continue
        rows = session().scalars(
            select(Assessment.period).where(
                Assessment.hospital_id == desk().hospital, Assessment.scheme == plan.scheme
            )
        )
        periods = tuple(sorted(rows, key=lambda p: p.last_day))
        if not periods:
            continue
        here = place()
        chosen = periods[-1]
        if here is not None and here.scheme == plan.scheme:
            chosen = here.period  # as the header says
        if chosen not in periods:
            return None
        at = work.standing(session(), desk().hospital, plan, chosen)
        return County(plan, chosen, periods, at)
    return None


def column_name(one: County, entity: str, code: str) -> str:
    """A column by its sheet and name."""
    known = one.program.entities[entity]
    indicator = one.program.indicator(entity, code)
    own = {"id": Text("编号", "id"), "name": Text("名称", "name")}
    links = {k.name: k.names for k in known.links}
    names = indicator.names if indicator else links.get(code.removeprefix("@")) or own.get(code)
    return f"{say(known.names)} · {say(names) if names else code}"
