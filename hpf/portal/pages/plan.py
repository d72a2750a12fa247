"""Planning and configuration: what the hospital has to decide, what it decided, and its days."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.formula.words import used_parameters, value_words
from hpf.core.parameters import Parameter
from hpf.core.settings import Settings
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.moments import tell_time
from hpf.portal.pages.plan_days import calendar
from hpf.portal.pages.plan_settings import planning
from hpf.portal.pages.plan_values import bands, fields, shown, value
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.reports.cards.rates import history
from hpf.storage.configuration import (
    Decision,
    bindings_on,
    in_force,
    lacking,
    set_parameters,
    settings_of,
)
from hpf.storage.models import ParameterValue

pages = Blueprint("plan", __name__, url_prefix="/plan")
tell_time(pages)


@pages.get("/")
@needs(Act.PLAN)
def index() -> Any:
    """What is missing before anything can be calculated, and whether pay day holds."""
    at = place()
    if at is None:
        return render_template("plan/empty.html", planning=planning(None))
    mine = {at.scheme: at.program}
    missing = lacking(session(), desk().hospital, mine, at.period.last_day)
    bindings = bindings_on(session(), desk().hospital, desk().programs, at.period.last_day)
    return render_template(
        "plan/index.html", at=at, missing=missing, days=calendar(at), can=may(me(), Act.CONFIGURE),
        bindings=[b for b in bindings if at.scheme in (b.scheme, b.from_scheme)],
        period=figures.period(at.period, language()), short=figures.brief(at.period, language()),
        planning=planning(at),
    )  # fmt: skip


@pages.get("/parameters")
@needs(Act.PLAN)
def parameters() -> Any:
    """Every parameter with the value in force, the hospital's own ones marked."""
    at = place()
    if at is None:
        return render_template("plan/empty.html")
    settings = settings_of(session(), desk().hospital, at.program)
    rows = [_row(at, p, settings) for p in at.program.parameters.values()]
    return render_template(
        "plan/parameters.html", at=at, rows=rows, day=at.period.last_day,
        own=sum(1 for r in rows if r["own"]), unset=sum(1 for r in rows if not r["now"]),
        period=figures.period(at.period, language()),
    )  # fmt: skip


@pages.get("/parameters/<name>")
@needs(Act.PLAN)
def parameter(name: str) -> Any:
    """One parameter: its history, who decided it and why, and a form for another value."""
    at = here()
    if name not in at.program.parameters:
        abort(404)
    return _page(at, at.program.parameters[name])


@pages.post("/parameters/<name>")
@needs(Act.CONFIGURE)
def decide(name: str) -> Any:
    """Enter a value from a day on, or take one back. It is added; no entry is ever changed."""
    at = here()
    found = at.program.parameters.get(name)
    if found is None:
        abort(404)
    form = request.form
    try:
        since = dt.date.fromisoformat(form.get("since", ""))
    except ValueError:
        return _page(at, found, wrong=[_no_day()]), 422
    entered = None if "back" in form else value(found, form)
    decision = Decision(at.scheme, name, since, entered, form.get("reason", "").strip())
    try:
        with writing() as changing:
            moved = str(_last(changing, at, name)) != form.get("seen", "")
            done = (
                []
                if moved
                else set_parameters(
                    changing, desk().hospital, desk().programs, [decision], by=me().login
                )
            )
    except HpfError as error:
        return _page(at, found, wrong=list(error.problems)), 422
    if moved:
        return _page(at, found, moved=True), 409
    told = Text(f"已登记，自 {since} 起。已封存的月份不变。",
                f"Entered, from {since}. Sealed months do not change.")  # fmt: skip
    if "back" in form:
        told = Text(
            f"已撤回 {since} 起的值。已封存的月份不变。",
            f"The value from {since} is taken back. Sealed months do not change.",
        )
    same = Text("与已登记的相同，没有写入。", "It stands there already.")
    flash(say(told if done else same), "ok")
    return redirect(url_for("plan.parameter", name=name))


def _page(
    at: Place, found: Parameter, wrong: list[Problem] | None = None, moved: bool = False
) -> str:
    settings = settings_of(session(), desk().hospital, at.program)
    entries = (
        session()
        .scalars(
            select(ParameterValue)
            .where(
                ParameterValue.hospital_id == desk().hospital,
                ParameterValue.scheme == at.scheme,
                ParameterValue.name == found.name,
            )
            .order_by(ParameterValue.id.desc())
        )
        .all()
    )
    rules = [r for r in at.program.rules if found.name in used_parameters(r.tree)]
    held = [
        (value_words(found, d.value, language()), d.since, until, d.cited.say(language()), d.origin)
        for d, until in history(found, settings)
    ]
    last = [d.value for d, _ in history(found, settings)]
    return render_template(
        "plan/parameter.html", at=at, p=found, held=held, entries=entries, rules=rules,
        fields=fields(found), bands=bands(found, last[-1] if last else None, request.form),
        wrong=wrong or [], moved=moved, form=request.form, shown=shown,
        own={e.since for e in in_force(session(), desk().hospital, at.scheme)
             if e.name == found.name},
        seen=_last(session(), at, found.name), can=may(me(), Act.CONFIGURE),
        first=at.period.first_day, today=today(),
        clause=at.program.clauses.get(found.clause),
    )  # fmt: skip


def _row(at: Place, p: Parameter, settings: Settings) -> dict[str, Any]:
    day = at.period.last_day
    held = [d for d, _ in history(p, settings) if d.since <= day]
    last = held[-1] if held else None
    return {
        "p": p, "own": p.name in settings.overrides, "since": last.since if last else None,
        "now": value_words(p, last.value, language()) if last else "",
        "basis": last.cited.say(language()) if last else "",
    }  # fmt: skip


def _last(reading: Any, at: Place, name: str) -> int:
    """The last entry for a parameter: whoever decides has to have seen it."""
    found = reading.scalar(
        select(func.max(ParameterValue.id)).where(
            ParameterValue.hospital_id == desk().hospital,
            ParameterValue.scheme == at.scheme,
            ParameterValue.name == name,
        )
    )
    return int(found or 0)


def _no_day() -> Problem:
    return Problem(
        "portal.no_day", Text("没有写从哪一天起", "there is no day from which it holds"),
        Text("请选一个日期", "Choose a day"),
    )  # fmt: skip
