"""Review: where the period stands, what blocks its next move and who must act; votes; tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
from hpf.portal.track import cycle_at, marks
from hpf.portal.waiting import onward
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Ballot, Committee, User, Vote
from hpf.storage.people import seats
from hpf.workflow import ballots
from hpf.workflow.cycle import next_moves
from hpf.workflow.service import close_task, move_cycle
from hpf.workflow.situation import Drawn, draw
from hpf.workflow.stages import MOVES
from hpf.workflow.tasks import MATRIX, Done

pages = Blueprint("review", __name__, url_prefix="/review")


@dataclass(frozen=True, slots=True)
class Voting:
    """A ballot. wanted: who must take part for a quorum, of those who may vote; votes: who did."""

    id: int
    question: str
    committee: str
    run: int | None
    count: kept.Count
    quorum: str
    majority: str
    valid: bool
    passed: bool
    closed: bool
    voters: tuple[tuple[str, str], ...]
    mine: bool


@dataclass(frozen=True, slots=True)
class Duty:
    """A task of the matrix. done: by whom, '' while it is open; text: what was done; part: done by
    some departments and not by all."""

    code: str
    name: str
    who: str
    unit: str
    done: str
    text: str
    mine: bool
    part: bool = False


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
        trail=trail, ballots=[_voting(b) for b in kept.ballots_of(session(), row.id)][::-1],
        committees=committees, duties=_duties(drawn), stage=say(drawn.cycle.stage.names),
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
    return redirect(url_for("review.index" if may(me(), Act.REVIEW) else "home.index"))


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
    return redirect(url_for("review.index" if may(me(), Act.REVIEW) else "home.index"))


def _voting(one: Ballot) -> Voting:
    result = ballots.outcome(session(), one)
    body = session().get_one(Committee, one.committee_id)
    sitting = seats(session(), body.id, kept.local_day(one.opened_at))
    rows = session().execute(
        select(Vote.member_id, Vote.choice).where(Vote.ballot_id == one.id)
    ).all()  # fmt: skip
    cast = {member: choice for member, choice in rows}  # noqa: C416 - rows are no pairs to dict()
    names = {u.login: u.name for u in session().scalars(
        select(User).where(User.login.in_([login for _, login in sitting])))}  # fmt: skip
    voters = tuple(
        (names.get(login, login),
         say(ballots.CHOICES[cast[m.id]]) if m.id in cast else "")
        for m, login in sitting
    )  # fmt: skip
    mine = any(login == me().login and m.id not in cast for m, login in sitting)
    return Voting(
        one.id, one.question, body.name, one.run_id, result.count, one.quorum, one.majority,
        result.valid, result.passed, one.closed_at is not None, voters,
        mine and one.closed_at is None,
    )  # fmt: skip


def _duties(drawn: Drawn) -> list[Duty]:
    """The tasks of the phase that the cycle is in, one for each department where each has it."""
    phase = drawn.cycle.stage.phase
    parties = {p for r in me().roles if (p := r.party)}
    done = {(d.task, d.actor.department): d for d in drawn.situation.done}
    found = []
    for one in MATRIX:
        if one.phase is not phase:
            continue
        units = sorted(drawn.situation.departments) if one.each else [""]
        mine = [u for u in units if not u or u in me().departments]
        if one.each and not mine:
            found.append(_summed(one.code, one.names, one.role.names, units, done))
        for unit in mine:
            closed = done.get((one.code, unit))
            found.append(
                Duty(
                    one.code, say(one.names), say(one.role.names), unit,
                    closed.actor.account if closed else "",
                    " ".join(closed.evidence) if closed else "",
                    closed is None and one.role in parties
                    and (not unit or unit in me().departments),
                )
            )  # fmt: skip
    return found


def _summed(
    code: str, names: Text, who: Text, units: list[str], done: Mapping[tuple[str, str], Done]
) -> Duty:
    """One line for all departments: how many have done it, and which have not."""
    open_ = [u for u in units if (code, u) not in done]
    count = f"{len(units) - len(open_)} / {len(units)}"
    lacking = say(("还差 ", "open: ")) + say(("、", ", ")).join(open_) if open_ else ""
    return Duty(code, say(names), say(who), "", count, lacking, False, bool(open_))
