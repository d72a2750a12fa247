"""The home page: where the period stands, what waits, and, for those it is open to, the money."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask import session as cookie
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal import overview
from hpf.portal.access import anybody, me, needed, needs, opens, viewer
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language as spoken
from hpf.portal.language import say
from hpf.portal.late import late
from hpf.portal.pages import county_home
from hpf.portal.place import Place, place
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.tasks import Duty, duties, rechecks, votes_wanted
from hpf.portal.track import Mark, cycle_at, marks
from hpf.portal.waiting import Onward, concerns, gathered, onward, passes, pointless
from hpf.reports import figures
from hpf.storage.account_entries import others_waiting
from hpf.storage.home import LANGUAGES
from hpf.storage.models import User
from hpf.storage.runs import latest_run
from hpf.workflow.situation import draw

pages = Blueprint("home", __name__)
MOST = 6  # lines of what waits
_STEPS: Final[Mapping[str, tuple[str, Text]]] = {
    "plan": ("plan.index", Text("去排计划", "Plan the period")),
    "collect": ("collect.index", Text("去采集", "Collect")),
    "calculate": ("calculate.index", Text("去计算", "Calculate")),
    "review": ("review.index", Text("去审核", "Review")),
    "publicise": ("publicity.index", Text("看公示", "Publicity")),
    "appeal": ("appeals.index", Text("看申诉", "Appeals")),
    "final": ("pay.index", Text("去兑现", "Pay")),
    "improve": ("improve.index", Text("看改进", "Improvement")),
}


@pages.get("/")
@needs(Act.HOME)
def index() -> Any:
    """Read from top to bottom, it is a morning's work list."""
    who, at = me(), place()
    if not may(who, Act.CYCLE) and (part := _part(who)):
        return redirect(url_for(part))
    if county_home.concerns(who):
        return county_home.page()
    if at is None:
        return render_template("home/empty.html", may_collect=may(who, Act.COLLECT))
    row = cycle_at(at)
    moves: list[Onward] = []
    todo: list[Duty] = []
    if row is not None and may(who, Act.CYCLE):
        drawn = draw(session(), desk().hospital, desk().programs, row, today())
        moves = [m for m in onward(drawn, who) if not pointless(m)]
        todo = duties(drawn)
    track = marks(at)
    run = latest_run(session(), desk().hospital, at.scheme, at.period)
    shown: dict[str, Any] = {}
    plan = county_home.plan_of()
    outside = plan is not None and at.scheme == plan.scheme  # it assesses, and pays nobody
    if may(who, Act.TOTALS) and not outside:
        runs, totals = overview.months(at)
        shown = {"spent": overview.paid(at), "trend": overview.trend_of(at, totals),
                 "totals": totals, "off": overview.off(runs, at, who),
                 "late": late(at, row, track, who), "least": overview.LEAST,
                 "sums": True}  # fmt: skip
    shown |= county_home.standing_card(who)
    return render_template(
        "home/index.html", at=at, track=track, moves=moves, planned=row is not None, run=run,
        waits=_waits(moves, todo, who), title=_finding(at, track, moves, run is not None, who),
        lead=_lead(at), scheme=say(at.program.names), step=_step(track, row is not None, who),
        period=figures.period(at.period, spoken()), **shown,
    )  # fmt: skip


def _part(who: Viewer) -> str:
    """Where somebody begins who takes part in an assessment and in nothing else."""
    return "marks.index" if may(who, Act.MARK) else "own.index" if may(who, Act.ASSESSED) else ""


@pages.post("/language")
@anybody
def language() -> Any:
    """The other language, from now on, and at the next log-in."""
    lang = request.form.get("lang", "")
    if lang in LANGUAGES:
        cookie["lang"] = lang
        who = viewer()
        if who is not None:
            with writing() as changing:
                user = changing.scalars(select(User).where(User.login == who.login)).one()
                user.language = lang
    return redirect(_back(request.form.get("next", "")))


def _back(target: str) -> str:
    """Where the form came from, within this portal and nowhere else."""
    plain = target.isprintable() and "\\" not in target  # browsers drop tabs, and turn \\ into /
    inside = target.startswith("/") and not target.startswith("//")
    return target.rstrip("?") if inside and plain else url_for("home.index")


def _waits(moves: list[Onward], todo: list[Duty], who: Viewer) -> dict[str, Any]:
    """What this viewer has to do: the moves that are ready, votes and appeals that wait for them,
    what is in the way of others, and the rest of their own tasks."""
    ready = [m for m in moves if m.mine and not m.stops]
    stops = {p.message: p for m in moves for p in m.stops if concerns(p, who)}
    mine = gathered(p for p in stops.values() if not passes(p))
    named = {p.name for p in mine}
    own = [d for d in todo if d.mine and d.code not in named]
    votes, appeals = votes_wanted(who), rechecks(who)
    bank = others_waiting(session(), desk().hospital, who.login) if may(who, Act.BANK_APPROVE) \
        else 0  # fmt: skip
    return {"ready": ready, "votes": votes, "bank": bank, "appeals": appeals, "own": own,
            "stops": mine[:MOST],
            "later": [p for p in stops.values() if passes(p)],
            "more": max(0, len(mine) - MOST),
            "count": len(ready) + len(mine) + len(votes) + len(appeals) + len(own)
            + bool(bank)}  # fmt: skip


def _finding(
    at: Place, track: tuple[Mark, ...], moves: list[Onward], calculated: bool, who: Viewer
) -> str:
    """The finding of the page, in a sentence."""
    short = figures.brief(at.period, spoken())
    now = next((m for m in track if m.kind == "now"), None)
    if now is None and all(m.kind == "done" for m in track):
        return say((f"{short}已全部完成", f"{short} is complete"))
    if now is None:
        words = Text(
            f"{short}已算完，流程还没有开始", f"{short} is calculated; its cycle has not begun"
        )
        other = Text(f"{short}还没有开始", f"{short} has not begun")
        return say(words if calculated else other)
    if not moves or not (may(who, Act.PLAN) or any(m.mine for m in moves)):
        return say((f"{short}正在{now.name}", f"{short} stands at {now.name}"))
    first = moves[0]
    if not first.stops:
        return say((f"{short}可以{first.names.zh}了", f"{short} is ready to {first.names.en}"))
    todo = [p for p in first.told if not passes(p)]
    if not todo:
        last = first.stops[-1].message
        return say((f"{short}{now.name}中：{last.zh}", f"{short}: {last.en}"))
    n = len(todo)
    return say((f"{short}还不能{first.names.zh}，差 {n} 项",
                f"{short} cannot {first.names.en} yet: {n} still wanted"))  # fmt: skip


def _step(track: tuple[Mark, ...], planned: bool, who: Viewer) -> tuple[str, str]:
    """The page on which the period goes on, and its verb; ("", "") where it is not for them."""
    now = next((m.stage for m in track if m.kind == "now"), "" if planned else "plan")
    endpoint, names = _STEPS.get(now, ("", Text("", "")))
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    shown = bool(endpoint) and opens(needed(app, endpoint), who)
    return (url_for(endpoint), say(names)) if shown else ("", "")


def _lead(at: Place) -> str:
    day, period = figures.day(today(), spoken()), figures.period(at.period, spoken())
    return say((f"今天 {day}。{at.program.names.zh}，{period}。",
                f"Today is {day}. {at.program.names.en}, {period}."))  # fmt: skip
