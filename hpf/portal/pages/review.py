"""Review: where the period stands, what blocks its next move and who must act; votes; tasks."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.place import here, place
from hpf.portal.rights import Act, may
from hpf.portal.tasks import duties, voting
from hpf.portal.track import cycle_at, marks
from hpf.portal.waiting import onward
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Committee
from hpf.storage.people import seats
from hpf.workflow import ballots
from hpf.workflow.cycle import next_moves
from hpf.workflow.service import close_task, move_cycle
from hpf.workflow.situation import draw
from hpf.workflow.stages import MOVES

pages = Blueprint("review", __name__, url_prefix="/review")


@pages.get("/")
@needs(Act.REVIEW)
def index() -> Any:
    """The finding, then every move with all that blocks it, the votes, the tasks."""
    at = place()
    row = cycle_at(at) if at else None
    if at is None or row is None:
        return render_template("review/nothing.html", may_plan=may(me(), Act.PLAN))
    drawn = draw(session(), desk().hospital, desk().programs, row, today())
    moves = onward(drawn, me())
    back = [(c, say(MOVES[c].names)) for c in next_moves(drawn.cycle.stage) if MOVES[c].back]
    trail = [(say(MOVES[t.move].names), t) for t in drawn.cycle.trail]
    bodies = session().scalars(
        select(Committee).where(Committee.hospital_id == desk().hospital).order_by(Committee.code)
    )
    committees = [
        (c.code, c.name, [(login, m.seat) for m, login in seats(session(), c.id, today())])
        for c in bodies
    ]
    return render_template(
        "review/index.html", at=at, drawn=drawn, moves=moves, back=back, track=marks(at),
        trail=trail, ballots=[voting(b) for b in kept.ballots_of(session(), row.id)][::-1],
        committees=committees, duties=duties(drawn), stage=say(drawn.cycle.stage.names),
        office=may(me(), Act.PUBLISH), period=figures.period(at.period, language()),
        scheme=say(at.program.names),
    )  # fmt: skip


@pages.post("/move")
@needs(Act.PUBLISH)
def move() -> Any:
    """Move the cycle on. From a page of an earlier stage it is a 409, refused with every reason
    where something stands against it."""
    at = here()
    code = request.form.get("move", "")
    if code not in MOVES:
        abort(400)
    with writing() as changing:
        row = kept.find_cycle(changing, desk().hospital, at.scheme, at.period, hold=True)
        if row.state != request.form.get("stage"):
            abort(409)
        evidence = tuple(x for x in [request.form.get("evidence", "").strip()] if x)
        moved = move_cycle(
            deed(changing), desk().programs, at.scheme, at.period, code,
            why=request.form.get("why", "").strip(), evidence=evidence,
        )  # fmt: skip
        now = moved.cycle.stage.names
    flash(say(Text(f"流程现在在“{now.zh}”", f"The cycle is now at '{now.en}'")), "ok")
    return redirect(url_for("review.index"))


@pages.post("/ballots")
@needs(Act.PUBLISH)
def open_ballot() -> Any:
    """Put the run under review to a committee."""
    at = here()
    with writing() as changing:
        made = ballots.open_ballot(
            deed(changing), desk().programs, at.scheme, at.period,
            request.form.get("committee", ""), request.form.get("question", ""),
        )  # fmt: skip
        number = made.id
    flash(say(Text(f"{number} 号表决已开始", f"Ballot {number} is open")), "ok")
    return redirect(url_for("review.index"))


@pages.post("/ballots/<int:number>/vote")
@needs(Act.CYCLE)
def vote(number: int) -> Any:
    """One member's vote; whoever has no seat is refused with the reason."""
    with writing() as changing:
        ballots.cast(deed(changing), number, request.form.get("choice", ""))
    flash(say(Text("您的票已记下，不能更改", "Your vote is recorded and stays")), "ok")
    return _after()


@pages.post("/ballots/<int:number>/close")
@needs(Act.PUBLISH)
def close(number: int) -> Any:
    """Count, for good."""
    with writing() as changing:
        found = ballots.close_ballot(deed(changing), number)
    passed = Text("通过", "passed") if found.passed else Text("没有通过", "not passed")
    said = passed if found.valid else Text("人数不够，无效", "no quorum, nothing resolved")
    flash(say(Text(f"{number} 号表决结束：{said.zh}", f"Ballot {number} is closed: {said.en}")),
          "ok" if found.passed else "warning")  # fmt: skip
    return redirect(url_for("review.index"))


@pages.post("/seats")
@needs(Act.PUBLISH)
def seat() -> Any:
    """Give a seat on a committee from today on; it is made where there is none."""
    form = request.form
    with writing() as changing:
        act = deed(changing)
        ballots.seat_member(
            act, form.get("committee", "").strip(), form.get("login", "").strip(), act.today,
            name=form.get("name", "").strip(), title=form.get("title", "").strip(),
        )  # fmt: skip
    flash(say(Text("成员已登记", "The member is seated")), "ok")
    return redirect(url_for("review.index"))


@pages.post("/tasks")
@needs(Act.CYCLE)
def task() -> Any:
    """Close a task of one's own party, saying what was done."""
    at, form = here(), request.form
    with writing() as changing:
        close_task(
            deed(changing), desk().programs, at.scheme, at.period, form.get("task", ""),
            form.get("text", ""), department=form.get("department", ""),
        )  # fmt: skip
    flash(say(Text("任务已完成", "The task is closed")), "ok")
    return _after()


def _after() -> Any:
    """Back to where the form stood: the page of tasks, also for whoever may not look at results."""
    tasks = request.form.get("back") == "tasks" or not may(me(), Act.REVIEW)
    return redirect(url_for("tasks.index" if tasks else "review.index"))
