"""My part of questionnaires: whom I am asked about, the answer, and what others said of me.

Who answered what is known to nobody, so a page that was sent leads back to the list, and an answer
cannot be shown again or changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.core.errors import HpfError, Text
from hpf.portal.access import me, needs, viewer
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.survey_tables import feedback_of
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.storage.models import Department, Questionnaire, Staff
from hpf.storage.questionnaires import questionnaires_of
from hpf.storage.troubles import StorageError
from hpf.workflow.questionnaire_answers import Due, by_rater, due
from hpf.workflow.questionnaire_rules import NAMED, Rules, read_form

pages = Blueprint("evaluate", __name__, url_prefix="/ratings")


@dataclass(frozen=True, slots=True)
class Told:
    """A closed questionnaire in which the viewer was judged."""

    number: int
    name: str
    period: str
    closed: Any


@pages.get("/")
@needs(Act.RATE)
def index() -> Any:
    """What I owe, the soonest due first, and where I can read what was said of me."""
    owed = _owed()
    return render_template(
        "evaluate/index.html",
        owed=[(d, _called(d.form.entity, d.row), _group(d)) for d in owed],
        told=_told(), language=language(),
    )  # fmt: skip


@pages.get("/<int:number>")
@needs(Act.RATE)
def form(number: int) -> Any:
    """One answer: whom it is about, the questions, and who will know what."""
    return _form(_asked(number), {}, [])


@pages.post("/<int:number>")
@needs(Act.RATE)
def answer(number: int) -> Any:
    """Hand it in. Nothing of it is written where anything is missing."""
    asked = _asked(number)
    try:
        with writing() as changing:
            by_rater(
                changing, desk().settings.home.keys, desk().hospital, number, me().staff,
                asked.row, asked.group, request.form.to_dict(), today(),
            )  # fmt: skip
    except HpfError as error:
        return _form(asked, request.form.to_dict(), error.problems), 422
    left = len(_owed())
    rest = Text("，都交齐了", "; that was all")
    if left:
        rest = Text(f"，还有 {left} 份", f"; {left} to go")
    flash(say((f"已交{rest.zh}。没有人知道哪一份是您的。",
               f"Handed in{rest.en}. Nobody knows which one is yours.")), "ok")  # fmt: skip
    return redirect(url_for("evaluate.index"))


@pages.get("/feedback/<int:number>")
@needs(Act.RATE)
def feedback(number: int) -> Any:
    """What was said of me: means of groups that are large enough, and remarks in no order."""
    one = session().get(Questionnaire, number)
    if one is None or one.hospital_id != desk().hospital or one.outcome is None:
        abort(404)
    if read_form(one.form).entity != "staff":
        abort(404)
    found = feedback_of(session(), one, me().staff)
    if found is None:
        abort(404)
    return render_template(
        "evaluate/feedback.html", one=one, form=read_form(one.form), found=found,
        period=figures.period(one.period, language()),
    )  # fmt: skip


def owed_count() -> int:
    """How many answers the viewer owes, for the home page; 0 where a key is not at hand: the page
    of ratings says so."""
    if not may(viewer(), Act.RATE):
        return 0
    try:
        return len(_owed())
    except StorageError:
        return 0


@pages.record_once
def _offer(state: Any) -> None:
    state.app.jinja_env.globals["ratings_due"] = owed_count


def _owed() -> list[Due]:
    open_ones = [q for q in questionnaires_of(session(), desk().hospital) if q.digest is None]
    keys = desk().settings.home.keys
    found = due(session(), keys, open_ones, me().staff, today())
    return sorted(found, key=lambda d: (d.questionnaire.closes, d.questionnaire.id))


def _asked(number: int) -> Due:
    """The answer that is asked for; one that is not owed is not there."""
    row, group = request.values.get("about", ""), request.values.get("as", "")
    key = (number, row, group)
    found = next((d for d in _owed() if (d.questionnaire.id, d.row, d.group) == key), None)
    if found is None:
        abort(404)
    return found


def _form(asked: Due, given: dict[str, str], wrong: Any) -> str:
    rules = Rules.read(asked.questionnaire.rules)
    group = next(g for g in asked.form.groups if g.code == asked.group)
    return render_template(
        "evaluate/form.html", asked=asked, form=asked.form, given=given, wrong=wrong,
        about=_called(asked.form.entity, asked.row), own=asked.row == me().staff,
        group=group, least=rules.minimum[group.code],
        named=group.relation in NAMED and rules.minimum[group.code] < 3,
        until=asked.questionnaire.closes,
    )  # fmt: skip


def _called(entity: str, row: str) -> str:
    """What a row is called."""
    model: Any = {"staff": Staff, "department": Department}.get(entity)
    if model is None:
        return desk().settings.home.hospital_name
    wanted = select(model.name).where(model.code == row, model.hospital_id == desk().hospital)
    return str(session().scalar(wanted) or row)


def _group(one: Due) -> str:
    return next(say(g.names) for g in one.form.groups if g.code == one.group)


def _told() -> list[Told]:
    found = []
    for one in questionnaires_of(session(), desk().hospital):
        if one.outcome is None:
            continue
        form = read_form(one.form)
        if form.entity == "staff" and any(r["row"] == me().staff for r in one.outcome["rows"]):
            period = figures.period(one.period, language())
            found.append(Told(one.id, say(form.names), period, one.closed))
    return found
