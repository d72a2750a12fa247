"""Visits of many hospitals at once: ticked on the page or in a list, seen first, all or none."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import needs
from hpf.portal.clock import today
from hpf.portal.database import desk, writing
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import (
    again,
    county,
    deed,
    hospitals,
    opened,
    pages,
)
from hpf.portal.pages.county_lists import ACCEPT, done, handed_in, path_of, waiting
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.workflow.assessments import VISITS
from hpf.workflow.assessments_lists import read_visits
from hpf.workflow.draws_held import team_of
from hpf.workflow.visits import (
    CONCENTRATED,
    Planned,
    concentrated,
    outside,
    visit_all,
    wrong_visits,
)

WHAT = "visits"  # of a file that waits
SHOWN = 200


@pages.get("/visits")
@needs(Act.ASSESS)
def visits() -> Any:
    """Every hospital with its concentrated visit, or a box to tick; and what is on file."""
    one = county()
    if one is None:
        return render_template("county/nothing.html", plans=desk().declared.assessments)
    seen, teams = concentrated(one.at), team_of(one.at)
    lines = [(id, name, seen.get(id), id in teams) for id, name in hospitals().items()]
    lines.sort(key=lambda x: (x[2] is not None, x[0]))
    filed = sorted(one.at.all("visit"), key=lambda e: (e.day, e.id), reverse=True)
    return render_template(
        "county/visits.html", one=one, lines=lines, seen=len(seen), filed=filed[:SHOWN],
        kinds=VISITS, names=hospitals(), accept=ACCEPT, today=today(),
        shut=one.at.last("decision") is not None,
        period_name=figures.period(one.period, language()),
    )  # fmt: skip


@pages.post("/visits")
@needs(Act.ASSESS)
def visits_look() -> Any:
    """What was ticked, or stands in the file, with its notices; nothing is written."""
    one = opened()
    if request.files.get("file") is None:
        return _shown(_ticked(), "", "")
    kept = handed_in(one.plan.scheme, str(one.period), WHAT)
    if kept is None:
        return redirect(url_for("county.visits"))
    try:
        given = read_visits(path_of(kept), hospitals())
    except HpfError as error:
        done(kept)
        return _wrong(kept.name, error.problems)
    page = _shown(given, kept.name, kept.token)
    if isinstance(page, tuple):  # refused: the file is not kept
        done(kept)
    return page


@pages.post("/visits/confirm")
@needs(Act.ASSESS)
def visits_confirm() -> Any:
    """Enter what was shown, all of it or nothing."""
    one = opened()
    kept = None
    if request.form.get("token"):
        kept = waiting(WHAT)
        if kept is None or (kept.scheme, kept.period) != (one.plan.scheme, str(one.period)):
            return redirect(url_for("county.visits"))
        if "no" in request.form:
            done(kept)
            flash(say(("已放弃，什么都没有写入。", "Discarded; nothing was written.")), "ok")
            return redirect(url_for("county.visits"))
        given = read_visits(path_of(kept), hospitals())
    else:
        given = _carried(request.form.get("lines", ""))
    known = hospitals()
    with writing() as changing:
        made, told = visit_all(deed(changing), again(changing, one), given, known)
        count = len(made)
    if kept is not None:
        done(kept)
    for notice in told[:6]:
        flash(say(notice.message), "warning")
    flash(say(Text(f"{count} 次检查已登记", f"{count} visits are on file")), "ok")
    return redirect(url_for("county.visits"))


def _ticked() -> list[Planned]:
    """The boxes of the page, on one day, of one kind."""
    form = request.form
    try:
        day = dt.date.fromisoformat(form.get("day", ""))
    except ValueError:
        message = Text("没有写哪天检查", "it is not said on which day")
        raise HpfError([Problem("visit.day", message, Text("请选日期", "Choose it"))]) from None
    kind = form.get("kind", CONCENTRATED)
    return [Planned(unit, kind, day, form.get("text", "").strip()) for unit in form.getlist("unit")]


def _carried(text: str) -> list[Planned]:
    """The lines that the preview carries to the confirmation."""
    try:
        rows = [[str(part) for part in row] for row in json.loads(text)]
        return [Planned(u, k, dt.date.fromisoformat(d), t) for u, k, d, t in rows]
    except (ValueError, TypeError):
        abort(400)


def _shown(given: Sequence[Planned], name: str, token: str) -> Any:
    one, known = opened(), hospitals()
    wrong = wrong_visits(one.at, given, known, today())
    if wrong:
        return _wrong(name, wrong)
    teams = team_of(one.at)
    carried = json.dumps([[p.hospital, p.kind, p.day.isoformat(), p.text] for p in given])
    return render_template(
        "county/visits_preview.html", one=one, given=given[:SHOWN], many=len(given), name=name,
        token=token, carried=carried if not token else "", names=known, kinds=VISITS,
        notices=outside(given, one.at),
        experts={h: sorted(t.experts) for h, t in teams.items()},
    )  # fmt: skip


def _wrong(name: str, problems: Sequence[Problem]) -> Any:
    page = render_template(
        "county/list_wrong.html", name=name, problems=problems[:SHOWN], many=len(problems),
        back=url_for("county.visits"), where=say(("登记检查", "Enter visits")),
    )  # fmt: skip
    return page, 422
