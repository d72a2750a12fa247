"""One item of a hospital: what it may earn and earned, each mark with its evidence, how the marks
became one, and what a review changed. The same proof stands under the item's derivation."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, render_template

from hpf.core.errors import Text
from hpf.core.results import plain
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import (
    County,
    county,
    hospitals,
    opened,
    pages,
    posted_results,
    results,
    table,
)
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.storage.models import Evidence
from hpf.storage.runs import runs_of
from hpf.workflow.assessments import entry_name
from hpf.workflow.assessments_people import unit_of
from hpf.workflow.assessments_results import Results, Scored
from hpf.workflow.evidence import of_objects
from hpf.workflow.marks import MARK, Marked, marks_of
from hpf.workflow.marks_merge import merge


@dataclass(frozen=True, slots=True)
class Line:
    """A mark. seen: the day and kind of its visit; files: its evidence."""

    mark: Marked
    seen: str
    files: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """The marks of an item. merged: points off by the rule, None while nobody marked it; how: in
    words; reviews: day, what, points off from then on, reason."""

    item: str
    lines: tuple[Line, ...]
    merged: Decimal | None
    how: str
    closed: str
    reviews: tuple[tuple[str, str, Decimal, str], ...]


def proof_of(one: County, id: str) -> Proof:
    """The marks of an item, each with its evidence, and what was made of them."""
    at = one.at
    marks = [m for m in marks_of(session(), at.row.id, unit=table()[id].unit) if m.item == id]
    papers = of_objects(session(), desk().hospital, MARK, (str(m.id) for m in marks))
    visits = {e.id: f"{e.day} {say(entry_name(e))}" for e in at.all("visit")}
    lines = tuple(Line(m, visits.get(m.visit, ""), tuple(papers.get(str(m.id), ())))
                  for m in marks)  # fmt: skip
    rules = at.rules
    merged = merge(rules.merge, [m.deduction for m in marks], rules.step) if marks else None
    how = ""
    if merged is not None:
        each = ", ".join(str(plain(m.deduction)) for m in marks)
        name = rules.merge.names
        how = say(Text(f"{each} 的{name.zh}，取到 {plain(rules.step)} 分",
                       f"{name.en} of {each}, to {plain(rules.step)} points"))  # fmt: skip
    closed = at.last("closed")
    reviews = tuple(
        (e.day.isoformat(), say(entry_name(e)), Decimal(e.detail["deduction"]), e.text)
        for e in at.all("review", "city_review")
        if e.detail["item"] == id and e.detail["deduction"] is not None
    )
    return Proof(id, lines, merged, how, closed.day.isoformat() if closed else "", reviews)


@pages.get("/item/<path:id>")
@needs(Act.ASSESSMENT)
def item(id: str) -> Any:
    """An item's page: for the group, and for the hospital it is about once results hang."""
    one, who = opened(), me()
    found = table().get(id)
    if found is None:
        abort(404)
    group = may(who, Act.COUNTY)
    own = may(who, Act.ASSESSED) and unit_of(session(), desk().hospital, who.login) == found.unit
    if not group and not (own and posted_results() is not None):
        abort(404)
    known = results() if group else posted_results()
    scored = _scored(known, found.unit, id)
    return render_template(
        "county/item.html", one=one, item=found, group=group, proof=proof_of(one, id),
        scored=scored, run=run_of(one, known) if known and group else None,
        hospital=hospitals().get(found.unit, found.unit), points=figures.points,
        period_name=figures.period(one.period, language()),
    )  # fmt: skip


def _scored(found: Results | None, unit: str, id: str) -> Scored | None:
    return next((i for i in found.items_of(unit) if i.id == id), None) if found else None


def run_of(one: County, found: Results) -> int | None:
    """The number of the sealed run that the results were read from."""
    seal = found.run.seal["seal"]
    rows = runs_of(session(), desk().hospital, one.plan.scheme, one.period)
    return next((r.id for r in rows if r.seal == seal), None)


@pages.app_context_processor
def _proofs() -> dict[str, Any]:
    """For the derivation of an item's figure: the marks behind it, where they are the viewer's."""

    def item_proof(scheme: str, period: str, entity: str, id: str) -> Proof | None:
        if not may(me(), Act.COUNTY):
            return None
        one = county()
        if one is None or (one.plan.scheme, str(one.period)) != (scheme, period):
            return None
        if one.plan.entity != entity or id not in table() or not table()[id].judged:
            return None
        return proof_of(one, id)

    return {"item_proof": item_proof, "item_points": figures.points}
