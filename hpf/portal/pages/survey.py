"""Questionnaires, as the office runs them: opened, drawn, handed out, followed, closed, read.

Before the close these pages have counts alone; there is nothing else to show. Afterwards they have
figures of groups that are large enough. Single answers are on no page, because they are nowhere.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import (
    Blueprint,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from sqlalchemy import select

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs
from hpf.portal.asked import number as row_number
from hpf.portal.clock import now, today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.survey_tables import MOST_BARS, feedback_of, overview, weight_of
from hpf.portal.place import here, place
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.reports.cards.survey import Entry, poster, slips
from hpf.reports.documents import pdf
from hpf.storage.envelopes import read_key
from hpf.storage.models import Department, Questionnaire, Staff
from hpf.storage.questionnaires import find_questionnaire, questionnaires_of
from hpf.workflow.acting import Act as Deed
from hpf.workflow.questionnaire_close import burn_left_over, close
from hpf.workflow.questionnaire_facts import becomes_facts, hand_over
from hpf.workflow.questionnaire_rules import Rules, read_form
from hpf.workflow.questionnaires import (
    batches_of,
    circle_of,
    draw_raters,
    hand_out,
    open_questionnaire,
    progress,
    rows_of,
    tokens,
)

pages = Blueprint("survey", __name__, url_prefix="/surveys")
MOST_PRINTED = 200  # slips of a batch that the portal draws while one waits


@pages.get("/")
@needs(Act.SURVEY_RESULTS)
def index() -> Any:
    """All of them, and what may be opened."""
    found = questionnaires_of(session(), desk().hospital)
    said = [(q, say(read_form(q.form).names), figures.period(q.period, language())) for q in found]
    at = place()
    taken = {
        (q.scheme, str(q.period), q.code)
        for q in found
        if q.outcome is None or q.outcome["answers"]
    }
    offered = [
        q for q in desk().declared.questionnaires
        if at is not None and q.scheme == at.scheme
        and (q.scheme, str(at.period), q.code) not in taken
    ]  # fmt: skip
    return render_template(
        "survey/index.html", listed=said, offered=offered, today=today(), at=at,
        period=figures.period(at.period, language()) if at else "",
        still=sum(q.digest is None for q in found),
    )  # fmt: skip


@pages.post("/open")
@needs(Act.SURVEY)
def begin() -> Any:
    """Open one of those that plugins declare, for the period that the page is of."""
    at, code = here(), request.form.get("code", "")
    known = desk().declared.questionnaires
    form = next((q for q in known if (q.scheme, q.code) == (at.scheme, code)), None)
    if form is None:
        abort(404)
    with writing() as changing:
        made = open_questionnaire(
            _deed(changing), desk().settings.home.keys, form, at.program, at.period,
            _day("closes"),
        )  # fmt: skip
        number = made.id
    flash(say((f"{number} 号问卷已开始", f"Questionnaire {number} is open")), "ok")
    return redirect(url_for("survey.one", number=number))


@pages.get("/<int:number>")
@needs(Act.SURVEY_RESULTS)
def one(number: int) -> Any:
    """How far it is; once it is closed, what it came to."""
    found = _found(number)
    form, rules = read_form(found.form), Rules.read(found.rules)
    common = {"one": found, "form": form, "rules": rules,
              "period": figures.period(found.period, language())}  # fmt: skip
    if found.outcome is not None:
        called = _called(form.entity)
        table, chart = overview(found, called)
        rows = found.outcome["rows"]
        single = feedback_of(session(), found, rows[0]["row"]) if len(rows) == 1 else None
        return render_template(
            "survey/results.html", table=table, chart_=chart, called=called, single=single,
            facts=becomes_facts(found), most=MOST_BARS, more=len(rows) > MOST_BARS,
            named=_parameters(found.scheme), **common,
        )  # fmt: skip
    act = _deed(session())
    shown = progress(act, desk().settings.home.keys, found)
    return render_template(
        "survey/progress.html", shown=shown, batches=batches_of(found), most=MOST_PRINTED,
        called=_called("staff"), public=[g for g in form.groups if g.relation == "public"],
        raters=any(g.relation != "public" for g in form.groups), today=today(),
        rows=rows_of(act, form, circle_of(act), found.period), weight_of=weight_of, **common,
    )  # fmt: skip


@pages.post("/<int:number>/draw")
@needs(Act.SURVEY)
def draw(number: int) -> Any:
    """Draw who rates whom, from the register of today."""
    with writing() as changing:
        made = draw_raters(_deed(changing), number, request.form.get("seed", "").strip())
        raters = len({a.rater for a in made})
    flash(say((f"已请 {raters} 人，共 {len(made)} 份",
               f"{raters} people, {len(made)} answers asked")), "ok")  # fmt: skip
    return redirect(url_for("survey.one", number=number))


@pages.post("/<int:number>/hand-out")
@needs(Act.SURVEY)
def give(number: int) -> Any:
    """Make a batch of slips or a link; its paper is drawn when it is asked for."""
    form = request.form
    count = row_number(form.get("count") or "0")
    if count is None:
        abort(400)
    way = form.get("way", "")
    if way == "slips" and not 1 <= count <= MOST_PRINTED:
        raise HpfError([_too_many()])
    with writing() as changing:
        hand_out(_deed(changing), desk().settings.home.keys, number, way, form.get("group", ""),
                 form.get("row", ""), count)  # fmt: skip
    flash(say(("已做好，请打印", "It is made: print it")), "ok")
    return redirect(url_for("survey.one", number=number))


@pages.get("/<int:number>/print/<int:batch>")
@needs(Act.SURVEY)
def paper(number: int, batch: int) -> Any:
    """The sheets of slips, or the poster, of a batch."""
    found = _found(number)
    held = batches_of(found)
    if found.digest is not None or batch >= len(held):
        abort(404)
    given, form = held[batch], read_form(found.form)
    if given.count > MOST_PRINTED:
        raise HpfError([_too_many()])
    key = read_key(desk().settings.home.keys, number, found.key_check)
    made = [
        Entry(url_for("survey_public.form", number=number, token=t, _external=True), t)
        for t in tokens(key, given)
    ]
    group = say(next(g.names for g in form.groups if g.code == given.group))
    name, lang, until = desk().settings.home.hospital_name, language(), str(found.closes)
    if given.way == "slips":
        data = pdf(slips(form, name, group, made, until, lang))
    else:
        data = pdf(poster(form, name, group, made[0], until, lang))
    answer = make_response(data)
    answer.headers["Content-Type"] = "application/pdf"
    answer.headers["Content-Disposition"] = f'attachment; filename="survey-{number}-{batch}.pdf"'
    return answer


@pages.post("/<int:number>/close")
@needs(Act.SURVEY)
def finish(number: int) -> Any:
    """Count, freeze, destroy single answers and their key."""
    _found(number)
    keys, hospital = desk().settings.home.keys, desk().hospital
    burn_left_over(session(), keys, hospital)
    close(desk().engine, keys, hospital, number, account=me().login, at=now(),
          short=request.form.get("short", ""))  # fmt: skip
    flash(say(("已截止，结果已冻结", "It is closed; its figures are frozen")), "ok")
    return redirect(url_for("survey.one", number=number))


@pages.post("/<int:number>/facts")
@needs(Act.SURVEY)
def facts(number: int) -> Any:
    """The figures become facts of the period."""
    found = _found(number)
    program = desk().programs[found.scheme]
    made = hand_over(desk().engine, program, desk().hospital, number, by=me().login)
    told = Text("已写入本期数据", "They are facts of the period now")
    same = Text("数据里已经有了，没有变化", "They stand there already")
    flash(say(told if made else same), "ok")
    return redirect(url_for("survey.one", number=number))


def _found(number: int) -> Questionnaire:
    try:
        return find_questionnaire(session(), desk().hospital, number)
    except HpfError:
        abort(404)


def _deed(changing: Any) -> Deed:
    return Deed(changing, desk().hospital, me().login, now())


def _day(name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(request.form.get(name, ""))
    except ValueError:
        message = Text("没有写截止日", "there is no last day")
        cure = Text("请选一个日期", "Choose a day")
        raise HpfError([Problem("portal.no_day", message, cure)]) from None


def _called(entity: str) -> dict[str, str]:
    model: Any = {"staff": Staff, "department": Department}.get(entity)
    if model is None:
        home = desk().settings.home
        return {home.hospital_code: home.hospital_name}
    wanted = select(model.code, model.name).where(model.hospital_id == desk().hospital)
    return {code: name for code, name in session().execute(wanted)}  # noqa: C416 - of rows


def _parameters(scheme: str) -> dict[str, str]:
    """What the scheme calls its parameters; nothing where its plugin is gone."""
    if scheme not in desk().programs:
        return {}
    return {name: say(p.names) for name, p in desk().programs[scheme].parameters.items()}


def _too_many() -> Problem:
    return Problem(
        "portal.slips",
        Text(f"网页一次最多印 {MOST_PRINTED} 张", f"{MOST_PRINTED} slips at a time here"),
        Text("分几批印，或用 hpf survey slips", "Make several batches, or use hpf survey slips"),
    )  # fmt: skip
