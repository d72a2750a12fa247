"""Recognition without money: who was honoured and why, and the criterion of the excellent."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core import Dialogue
from hpf.core.periods import Period
from hpf.portal.access import needs, viewer
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.rooms import people_names, room, unit_names
from hpf.portal.place import Place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.workflow import honours as work

pages = Blueprint("honours", __name__, url_prefix="/honours")


@pages.get("/")
@needs(Act.BOARD)
def index() -> Any:
    """Everybody's to read: the latest first."""
    dialogue, at = room(desk().declared.dialogues)
    held = work.criterion(session(), desk().hospital, dialogue.scheme, at.period) if at else None
    names = people_names()
    return render_template(
        "honours/index.html", at=at, criterion=held, names=names, units=unit_names(),
        found=work.honours(session(), desk().hospital, dialogue.scheme), when=_when,
        kinds=work.types_of(session(), desk().hospital),
        people=sorted(names.items()) if may(viewer(), Act.PUBLISH) else (),
        early=at is not None and today() < at.period.first_day,
        period=figures.period(at.period, language()) if at else "",
    )  # fmt: skip


def _when(period: Period | None) -> str:
    """A period in words; '' for none."""
    return figures.period(period, language()) if period else ""


@pages.post("/")
@needs(Act.PUBLISH)
def record() -> Any:
    """Honour somebody; refused where it names money, or without a criterion that was public."""
    (dialogue, at), form = _here(), request.form
    with writing() as changing:
        work.honour(
            deed(changing), dialogue.scheme, at.period, form.get("person", ""),
            form.get("kind", ""), form.get("text", ""), form.get("excellent") == "yes",
        )  # fmt: skip
    flash(say(("已登记，全院可见", "Recorded, for everybody to see")), "ok")
    return redirect(url_for("honours.index"))


@pages.post("/criterion")
@needs(Act.PUBLISH)
def criterion() -> Any:
    """Make the criterion public, before the period begins."""
    dialogue, at = _here()
    with writing() as changing:
        work.publish_criterion(deed(changing), dialogue.scheme, at.period,
                               request.form.get("text", ""))  # fmt: skip
    flash(say(("条件已公布", "The criterion is public")), "ok")
    return redirect(url_for("honours.index"))


def _here() -> tuple[Dialogue, Place]:
    dialogue, at = room(desk().declared.dialogues)
    if at is None:
        abort(404)
    return dialogue, at
