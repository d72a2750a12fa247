"""Appeals: filed against one line of one's own pay; rechecked, decided and put into effect."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.asked import number as row_number
from hpf.portal.clock import now
from hpf.portal.database import desk, session, writing
from hpf.portal.issued import is_public
from hpf.portal.language import language, say
from hpf.portal.pages.mine import asked
from hpf.portal.pages.mine_slip import own_rows, slip
from hpf.portal.place import place
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Appeal, Cycle, RunRule
from hpf.storage.people import find_user
from hpf.workflow import appeals as work
from hpf.workflow.acting import Act as Deed
from hpf.workflow.stages import Stage

pages = Blueprint("appeals", __name__, url_prefix="/appeals")


@dataclass(frozen=True, slots=True)
class Listed:
    """An appeal as it is listed. about, value: the line; mine: whether the viewer rechecks it."""

    id: int
    about: str
    line: str
    value: str
    text: str
    by: str
    filed: dt.date
    due: dt.date
    state: str
    state_name: str
    reviewers: tuple[str, ...]
    decision: str
    effect: int | None
    period: str
    late: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Rechecked:
    """An appeal for its reviewer. value: '' where that row is not open to them; open: whether the
    cycle is at the recheck, so that it can be decided."""

    id: int
    about: str
    line: str
    value: str
    text: str
    due: dt.date
    late: bool
    open: bool


def rechecked(one: Appeal) -> Rechecked:
    """What a reviewer sees of an appeal on the page of tasks."""
    line = kept.appealed_line(session(), one)
    rule = session().get_one(RunRule, (one.run_id, one.rule))
    cycle = session().get_one(Cycle, one.cycle_id)
    return Rechecked(
        one.id, line.name or line.id, rule.name_zh if language() == "zh" else rule.name_en,
        line.value if me().sees_everybody else "", one.text, one.decide_by,
        kept.local_day(now()) > one.decide_by, Stage(cycle.state) is Stage.RECHECK,
    )  # fmt: skip


def deed(changing: Any) -> Deed:
    """Who does it, for the workflow: the account that is logged in, now."""
    return Deed(changing, desk().hospital, me().login, now())


@pages.get("/mine")
@needs(Act.MY_APPEAL)
def mine() -> Any:
    """What one filed, and how it stands."""
    rows = session().scalars(
        select(Appeal)
        .where(Appeal.hospital_id == desk().hospital, Appeal.by == me().login)
        .order_by(Appeal.id.desc())
    )
    return render_template("appeals/mine.html", listed=[_listed(a, me()) for a in rows])


@pages.get("/new")
@needs(Act.MY_APPEAL)
def new() -> Any:
    """One page that names the line, its amount, and until when it is answered."""
    found = asked(request.args.get("scheme", ""), request.args.get("period", ""))
    if not is_public(found.cycle, found.stored):
        abort(404)
    shown = slip(found, me().staff)
    if shown is None:
        abort(404)
    lines = [x for x in shown.lines if x.key]
    return render_template(
        "appeals/new.html", found=found, lines=lines, chosen=request.args.get("line", ""),
        period=figures.period(found.stored.period, language()), until=found.issue.appeal_until,
        total=shown.total,
    )  # fmt: skip


@pages.post("/new")
@needs(Act.MY_APPEAL)
def file() -> Any:
    """File it. Refused with every reason; a page of results that are no longer current is a 409."""
    found = asked(request.form.get("scheme", ""), request.form.get("period", ""))
    if not is_public(found.cycle, found.stored):
        abort(404)
    if request.form.get("run") != str(found.stored.id):
        abort(409)
    entity, _, rest = request.form.get("line", "").partition("|")
    id, _, rule = rest.partition("|")
    own = own_rows(found, me().staff)
    if (entity, id) not in own:
        abort(404)  # somebody else's line is not there
    with writing() as changing:
        made = work.file_appeal(
            deed(changing), desk().programs, found.stored.scheme, found.stored.period, entity, id,
            rule, request.form.get("text", ""), own,
        )  # fmt: skip
        told = Text(f"{made.id} 号申诉已收到，{made.decide_by} 前答复",
                    f"Appeal {made.id} is filed; an answer is due by {made.decide_by}")  # fmt: skip
    flash(say(told), "ok")
    return redirect(url_for("appeals.mine"))


@pages.post("/<int:number>/withdraw")
@needs(Act.MY_APPEAL)
def withdraw(number: int) -> Any:
    """Take one's own back."""
    with writing() as changing:
        if kept.find_appeal(changing, desk().hospital, number).by != me().login:
            abort(404)
        work.withdraw(deed(changing), number)
    flash(say(Text(f"{number} 号申诉已撤回", f"Appeal {number} is withdrawn")), "ok")
    return redirect(url_for("appeals.mine"))


@pages.get("/")
@needs(Act.REVIEW)
def index() -> Any:
    """The period's appeals, the most urgent first."""
    at = place()
    cycle = cycle_at(at) if at else None
    rows = kept.appeals_of(session(), cycle.id) if cycle else ()
    listed = sorted(
        (_listed(a, me()) for a in rows), key=lambda a: (a.state != "open", a.due, a.id)
    )
    period = figures.period(at.period, language()) if at else ""
    return render_template(
        "appeals/index.html", listed=listed, period=period,
        office=may(me(), Act.PUBLISH), still=sum(a.state == "open" for a in listed),
    )  # fmt: skip


@pages.post("/<int:number>/reviewers")
@needs(Act.PUBLISH)
def appoint(number: int) -> Any:
    """Who rechecks it."""
    named = tuple(request.form.get("reviewers", "").replace("，", " ").replace(",", " ").split())
    with writing() as changing:
        work.appoint(deed(changing), number, named)
    flash(
        say(Text(f"{number} 号申诉的复核人已指定", f"Reviewers of appeal {number} are named")), "ok"
    )
    return redirect(url_for("appeals.index"))


@pages.post("/<int:number>/decide")
@needs(Act.CYCLE)
def decide(number: int) -> Any:
    """The decision of a reviewer, who need not see all results; whoever is none is refused."""
    word = request.form.get("state")
    if word not in ("upheld", "rejected"):
        abort(400)
    with writing() as changing:
        work.decide(deed(changing), number, word == "upheld", request.form.get("text", ""))
    flash(say(Text(f"{number} 号申诉已决定", f"Appeal {number} is decided")), "ok")
    tasks = request.form.get("back") == "tasks" or not may(me(), Act.REVIEW)
    return redirect(url_for("tasks.index" if tasks else "appeals.index"))


@pages.post("/<int:number>/effect")
@needs(Act.PUBLISH)
def effect(number: int) -> Any:
    """The run that corrects the line."""
    run = row_number(request.form.get("run"))
    if run is None:
        abort(400)
    with writing() as changing:
        work.give_effect(deed(changing), number, run)
    told = Text(f"{number} 号申诉的更正已登记", f"The correction of appeal {number} is recorded")
    flash(say(told), "ok")
    return redirect(url_for("appeals.index"))


def _listed(one: Appeal, who: Viewer) -> Listed:
    line = kept.appealed_line(session(), one)
    rule = session().get_one(RunRule, (one.run_id, one.rule))
    cycle = session().get_one(Cycle, one.cycle_id)
    states = work.STATES
    return Listed(
        one.id, line.name or line.id, rule.name_zh if language() == "zh" else rule.name_en,
        line.value, one.text, find_user(session(), one.by, active=False).name,
        kept.local_day(one.filed_at), one.decide_by, one.state, say(states[one.state]),
        tuple(one.reviewers), one.decision or "", one.effect_run_id,
        figures.period(cycle.period, language()),
        one.state == "open" and kept.local_day(now()) > one.decide_by, who.login in one.reviewers,
    )  # fmt: skip
