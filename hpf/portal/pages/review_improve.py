"""Improvement: what each department planned, and what came of it; requests to IT with their answer.

A filing is added and never changed: a further result stands beside the first, an item that is given
up says why, one that is not finished is taken into the next period under its old number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.rooms import unit_names
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.portal.tasks import duties
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Cycle, Filing
from hpf.workflow.records import put_on_file
from hpf.workflow.service import close_task
from hpf.workflow.situation import draw

pages = Blueprint("improve", __name__, url_prefix="/improve")
_KINDS = ("improvement", "result", "request", "response")
_TASK: Final = "S1-2.4-3"  # a department carries its plan out, a result to each item


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a plan. results: what came of it; mine: whether the viewer may report on it;
    dropped: given up, with the reason among the results; carried: the item of the period before
    that it goes on from."""

    id: int
    unit: str
    name: str
    text: str
    by: str
    day: dt.date
    results: tuple[str, ...]
    mine: bool
    dropped: bool = False
    carried: str = ""


@dataclass(frozen=True, slots=True)
class Closing:
    """A department's task of this stage. open_: its items without a result; done: who closed it."""

    unit: str
    name: str
    items: int
    open_: int
    done: str


@pages.get("/")
@needs(Act.DEPARTMENT)
def index() -> Any:
    """One's own department's items, or all for whoever sees everybody."""
    who, at = me(), place()
    row = cycle_at(at) if at else None
    filed = kept.filings(session(), desk().hospital, cycle=row.id) if row else ()
    open_ = [f for f in filed if who.sees_department(f.subject) or who.sees_everybody]
    names = unit_names()
    items = [_item(f, filed, names) for f in open_ if f.kind == "improvement"]
    requests = [
        (f.id, f.text, f.by, [a.text for a in filed if _answers(a, f, "answer")])
        for f in filed if f.kind == "request" and (who.sees_everybody or f.by == who.login)
    ]  # fmt: skip
    reports = may(who, Act.REPORT)
    return render_template(
        "review/improve.html", items=items, requests=requests, row=row,
        units=[(u, names.get(u, u)) for u in sorted(who.departments)] if reports else [],
        may_report=reports, waiting=sum(not i.results for i in items),
        left=_left(at, filed) if at and row and reports else [],
        closings=_closings(row, items) if row and reports else [],
        period=figures.period(at.period, language()) if at else "",
    )  # fmt: skip


@pages.post("/file")
@needs(Act.REPORT)
def file() -> Any:
    """Put an item, its result, a response or a request on file; refused with every reason."""
    at, form, who = here(), request.form, me()
    kind, unit = form.get("kind", ""), form.get("department", "")
    if kind not in _KINDS or (unit and unit not in who.departments):
        abort(404)
    with writing() as changing:
        row = kept.find_cycle(changing, desk().hospital, at.scheme, at.period, hold=True)
        detail = {"of": form["of"]} if form.get("of") else {}
        if kind == "result" and not _own(row.id, detail.get("of", ""), unit):
            abort(404)
        if kind == "result" and "dropped" in form:
            detail["dropped"] = "yes"
        put_on_file(deed(changing), kind, form.get("text", ""), cycle=row, detail=detail,
                    department=unit)  # fmt: skip
    flash(say(Text("已登记", "It is on file")), "ok")
    return redirect(url_for("improve.index"))


@pages.post("/carry")
@needs(Act.REPORT)
def carry() -> Any:
    """Take an item of the period before, that has no result, into this one; once."""
    at, who = here(), me()
    number = request.form.get("item", "")
    with writing() as changing:
        row = kept.find_cycle(changing, desk().hospital, at.scheme, at.period, hold=True)
        filed = kept.filings(changing, desk().hospital, cycle=row.id)
        found = next((f for f in _left(at, filed) if str(f.id) == number), None)
        if found is None or found.unit not in who.departments:
            abort(404)  # somebody's else, or taken over already
        put_on_file(deed(changing), "improvement", found.text, cycle=row,
                    detail={"from": number}, department=found.unit)  # fmt: skip
    flash(say(Text("已转到本期", "It is taken into this period")), "ok")
    return redirect(url_for("improve.index"))


@pages.post("/done")
@needs(Act.REPORT)
def done() -> Any:
    """Close the department's task of this stage; refused while an item has no result."""
    at, who, unit = here(), me(), request.form.get("department", "")
    if unit not in who.departments:
        abort(404)
    with writing() as changing:
        close_task(deed(changing), desk().programs, at.scheme, at.period, _TASK,
                   request.form.get("text", ""), department=unit)  # fmt: skip
    flash(say(Text("本科室的改进任务已完成", "The department's task is closed")), "ok")
    return redirect(url_for("improve.index"))


def _left(at: Place, filed: Sequence[Filing]) -> list[Item]:
    """Items of the viewer's departments of the period before, without a result, and not taken over
    yet. filed: what is on file in this period."""
    key = (at.scheme, at.period.earlier(1))
    known = kept.cycles(session(), desk().hospital)
    before = next((c for c in known if (c.scheme, c.period) == key), None)
    if before is None:
        return []
    old = kept.filings(session(), desk().hospital, cycle=before.id)
    taken = {str(f.detail.get("from", "")) for f in filed if f.kind == "improvement"}
    names = unit_names()
    found = [
        _item(f, old, names) for f in old if f.kind == "improvement" and str(f.id) not in taken
    ]
    return [i for i in found if i.mine and not i.results]


def _closings(row: Cycle, items: Sequence[Item]) -> list[Closing]:
    """The viewer's departments whose task of this stage is there to be closed, or is closed."""
    drawn = draw(session(), desk().hospital, desk().programs, row, today())
    names, found = unit_names(), []
    for duty in duties(drawn):
        if duty.code == _TASK and duty.unit and duty.unit in me().departments:
            own = [i for i in items if i.unit == duty.unit]
            open_ = sum(not i.results for i in own)
            name = names.get(duty.unit, duty.unit)
            found.append(Closing(duty.unit, name, len(own), open_, duty.done))
    return found


def _own(cycle: int, number: str, unit: str) -> bool:
    """Whether an item is the department's own."""
    filed = kept.filings(session(), desk().hospital, cycle=cycle, kind="improvement")
    return any(str(f.id) == number and f.subject == unit for f in filed)


def _item(one: Filing, filed: Sequence[Filing], names: Mapping[str, str]) -> Item:
    answers = [f for f in filed if _answers(f, one, "result")]
    return Item(
        one.id, one.subject, names.get(one.subject, one.subject), one.text, one.by,
        kept.local_day(one.at), tuple(f.text for f in answers),
        one.subject in me().departments and may(me(), Act.REPORT),
        any(f.detail.get("dropped") for f in answers), str(one.detail.get("from", "")),
    )  # fmt: skip


def _answers(one: Filing, of: Filing, kind: str) -> bool:
    return one.kind == kind and str(one.detail.get("of", "")) == str(of.id)
