"""Feedback in both directions: who waits for whom, what was said, and talks put on file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core import Dialogue
from hpf.core.errors import HpfError
from hpf.core.facts import decimal_of
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.ledger import day_of
from hpf.portal.pages.rooms import people_names, room, unit_names
from hpf.portal.place import Place
from hpf.portal.rights import Act, Role, Viewer, may
from hpf.reports import figures
from hpf.storage.ledgers import notes_of
from hpf.storage.organisation import register_of
from hpf.workflow import feedback as work
from hpf.workflow.talks import TALK, hand_over, standing
from hpf.workflow.talks import talk as record_talk
from hpf.workflow.talks import training as record_training
from hpf.workflow.tasks import Phase

pages = Blueprint("feedback", __name__, url_prefix="/feedback")


@pages.get("/")
@needs(Act.FEEDBACK)
def index() -> Any:
    """One's own, or that of the people one is in charge of; what is overdue first."""
    dialogue, at = room(desk().declared.dialogues)
    who = me()
    found = []
    talks = []
    if at is not None:
        every = work.items(session(), desk().hospital, scheme=dialogue.scheme, period=at.period)
        found = [i for i in every if sees(who, i.first.subject, i.first.unit)]
        notes = notes_of(session(), desk().hospital, TALK, scheme=dialogue.scheme,
                         period=at.period)  # fmt: skip
        talks = [n for n in notes if sees(who, n.subject, n.unit)]
    now = today()
    found.sort(key=lambda i: (not i.overdue(now), not i.open, -i.first.id))
    return render_template(
        "feedback/index.html", at=at, items=found, now=now, people=_people(who, at),
        names=people_names(), units=unit_names(), own=who.staff, sides=work.SIDES,
        talks=list(reversed(talks)), phases=list(Phase),
        overdue=[i for i in found if i.overdue(now)],
        period=figures.period(at.period, language()) if at else "", figures=figures,
        standing=_standing(dialogue, at) if at and may(who, Act.COLLECT) else None,
    )  # fmt: skip


@pages.post("/write")
@needs(Act.FEEDBACK)
def write() -> Any:
    """Begin one: a person about their own period, or whoever is in charge of them."""
    dialogue, at = _here()
    person = request.form.get("person", "") or me().staff
    with writing() as changing:
        work.write(deed(changing), dialogue.scheme, at.period, person,
                   request.form.get("text", ""))  # fmt: skip
    flash(say(("已发出，等对方回复", "Sent; the other side is to answer")), "ok")
    return redirect(url_for("feedback.index"))


@pages.post("/<int:number>/answer")
@needs(Act.FEEDBACK)
def answer(number: int) -> Any:
    """Write to one of them."""
    _mine(number)
    with writing() as changing:
        work.answer(deed(changing), number, request.form.get("text", ""))
    flash(say(("已回复", "Answered")), "ok")
    return redirect(url_for("feedback.index"))


@pages.post("/<int:number>/close")
@needs(Act.FEEDBACK)
def close(number: int) -> Any:
    """Close one that both sides have written to."""
    _mine(number)
    with writing() as changing:
        work.close(deed(changing), number, request.form.get("text", ""))
    flash(say(("已办结", "Closed")), "ok")
    return redirect(url_for("feedback.index"))


@pages.post("/talk")
@needs(Act.BOOK)
def talk() -> Any:
    """Put a talk on file."""
    dialogue, at = _here()
    form = request.form
    phase = form.get("phase", "")
    if phase not in {str(p.value) for p in Phase}:
        abort(404)
    with writing() as changing:
        record_talk(
            deed(changing),
            dialogue.scheme,
            at.period,
            form.get("person", ""),
            Phase(int(phase)),
            day_of(form.get("day", "")),
            form.get("text", ""),
        )
    flash(say(("谈话已登记", "The talk is on file")), "ok")
    return redirect(url_for("feedback.index", _anchor="talks"))


@pages.post("/training")
@needs(Act.COLLECT)
def training() -> Any:
    """Put a training on file, with who attended."""
    (dialogue, at), form = _here(), request.form
    with writing() as changing:
        record_training(deed(changing), dialogue.scheme, at.period, form.getlist("people"),
                        day_of(form.get("day", "")), form.get("text", ""))  # fmt: skip
    flash(say(("培训已登记", "The training is on file")), "ok")
    return redirect(url_for("feedback.index", _anchor="trainings"))


@pages.post("/counts")
@needs(Act.COLLECT)
def counts() -> Any:
    """Write the counts of talks and trainings as the period's facts."""
    dialogue, at = _here()
    with writing() as changing:
        saved = hand_over(deed(changing), dialogue, at.program, at.period)
        number = saved.number if saved is not None else None
    told = (f"已写入本期数据：第 {number} 次导入", f"Written as facts: import {number}")
    flash(say(told if number else ("没有变化", "Nothing changed")), "ok")
    return redirect(url_for("feedback.index", _anchor="trainings"))


def _standing(dialogue: Dialogue, at: Place) -> dict[str, Any] | None:
    """How talks and trainings stand, in words; None where a parameter has no value yet."""
    try:
        how = standing(deed(session()), dialogue, at.program, at.period)
    except HpfError:
        return None
    share = (
        figures.percent(decimal_of(how.share.limit_denominator(10**6)))
        if how.share is not None
        else "—"
    )
    return {
        "share": share,
        "target": figures.percent(decimal_of(how.target)),
        "reached": how.reached,
        "often": how.often,
        "few": how.few,
        "least": how.least,
    }


def sees(who: Viewer, person: str, unit: str) -> bool:
    """Whether what was said about a person is the viewer's to read: their own, their people's;
    the office's. Management, finance and audit read pay, not what people write to one another."""
    if person == who.staff and Role.STAFF in who.roles:
        return True
    if Role.PERFORMANCE_OFFICE in who.roles:
        return True
    return Role.HEAD in who.roles and unit in who.departments


def _mine(number: int) -> None:
    """404 for what is not the viewer's, as for what is not there."""
    found = [i for i in work.items(session(), desk().hospital) if i.first.id == number]
    if not found or not sees(me(), found[0].first.subject, found[0].first.unit):
        abort(404)


def _here() -> tuple[Dialogue, Place]:
    dialogue, at = room(desk().declared.dialogues)
    if at is None:
        abort(404)
    return dialogue, at


def _people(who: Viewer, at: Place | None) -> list[tuple[str, str]]:
    """People whom the viewer may write to or talk with: not themselves."""
    if at is None:
        return []
    day: dt.date = min(max(today(), at.period.first_day), at.period.last_day)
    register = register_of(session(), desk().hospital, day)
    whole = Role.PERFORMANCE_OFFICE in who.roles
    heads = who.departments if Role.HEAD in who.roles else frozenset()
    codes = sorted({
        p.person for p in register.placements
        if (whole or p.department in heads) and p.person != who.staff
    })  # fmt: skip
    return [(c, register.people[c].name) for c in codes]
