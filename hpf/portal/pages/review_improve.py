"""Improvement: what each department planned, and what came of it; requests to IT with their answer.

A filing is added and never changed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.place import here, place
from hpf.portal.rights import Act, may
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Filing
from hpf.workflow.records import put_on_file

pages = Blueprint("improve", __name__, url_prefix="/improve")
_KINDS = ("improvement", "result", "request", "response")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a plan. results: what came of it; mine: whether the viewer may report on it."""

    id: int
    unit: str
    text: str
    by: str
    day: dt.date
    results: tuple[str, ...]
    mine: bool


@pages.get("/")
@needs(Act.DEPARTMENT)
def index() -> Any:
    """One's own department's items, or all for whoever sees everybody."""
    who, at = me(), place()
    row = cycle_at(at) if at else None
    filed = kept.filings(session(), desk().hospital, cycle=row.id) if row else ()
    open_ = [f for f in filed if who.sees_department(f.subject) or who.sees_everybody]
    items = [_item(f, filed) for f in open_ if f.kind == "improvement"]
    requests = [
        (f.id, f.text, f.by, [a.text for a in filed if _answers(a, f, "answer")])
        for f in filed if f.kind == "request" and (who.sees_everybody or f.by == who.login)
    ]  # fmt: skip
    return render_template(
        "review/improve.html", items=items, requests=requests, row=row,
        units=sorted(who.departments) if may(who, Act.REPORT) else [],
        may_report=may(who, Act.REPORT), waiting=sum(not i.results for i in items),
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
        put_on_file(deed(changing), kind, form.get("text", ""), cycle=row, detail=detail,
                    department=unit)  # fmt: skip
    flash(say(Text("已登记", "It is on file")), "ok")
    return redirect(url_for("improve.index"))


def _own(cycle: int, number: str, unit: str) -> bool:
    """Whether an item is the department's own."""
    filed = kept.filings(session(), desk().hospital, cycle=cycle, kind="improvement")
    return any(str(f.id) == number and f.subject == unit for f in filed)


def _item(one: Filing, filed: Any) -> Item:
    results = tuple(f.text for f in filed if _answers(f, one, "result"))
    return Item(
        one.id, one.subject, one.text, one.by, kept.local_day(one.at), results,
        one.subject in me().departments and may(me(), Act.REPORT),
    )  # fmt: skip


def _answers(one: Filing, of: Filing, kind: str) -> bool:
    return one.kind == kind and str(one.detail.get("of", "")) == str(of.id)
