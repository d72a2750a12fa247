"""Calculation: what a period comes to, department by department, and the seal on it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.periods import Period
from hpf.holds import holds
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.calculate_effect import Effect, effect
from hpf.portal.pages.calculate_job import TASK, alive, start, waited
from hpf.portal.pages.calculate_money import money as the_way
from hpf.portal.pages.calculate_sums import Sums, ledger
from hpf.portal.pages.calculate_trial import parameters, trial
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.storage.cycles import newest_run
from hpf.storage.engine import reading
from hpf.storage.facts import latest_import, problem_of
from hpf.storage.models import Job, StoredRun
from hpf.storage.payout_states import STATE_NAMES
from hpf.storage.runs import runs_of

pages = Blueprint("calculate", __name__, url_prefix="/calculate")
tell_time(pages)
SHOWN: Final = 50  # problems and notices on a page
PATIENCE: Final = 1.0  # seconds before words say how far it is
_SEALED: Final = {
    True: lambda n: Text(f"第 {n} 次计算已封存。", f"Run {n} is sealed."),
    False: lambda n: Text(
        f"数据和参数都没有变，仍是第 {n} 次计算。",
        f"Neither facts nor parameters changed: it is run {n} still.",
    ),
}


@pages.get("/")
@needs(Act.RESULTS)
def index() -> Any:
    """The latest main run of the period, or another one of it."""
    at = place()
    if at is None:
        return render_template("calculate/empty.html", may_calculate=False, at=None)
    runs = runs_of(session(), desk().hospital, at.scheme, at.period)
    stored = _asked_run(at)
    can = may(me(), Act.CALCULATE)
    if stored is None:
        return render_template("calculate/empty.html", may_calculate=can, at=at)
    upto = latest_import(session(), desk().hospital, at.scheme, at.period)
    before = newest_run(session(), desk().hospital, at.scheme, at.period.earlier(1))
    found = ledger().of(stored, before)
    waiting = holds(session(), desk().hospital, at.scheme, at.period)
    return render_template(
        "calculate/index.html", at=at, run=stored, runs=runs, sums=found, can=can,
        title=_finding(stored, found),
        stale=upto is not None and upto != stored.facts_upto, before=before,
        told=[problem_of(p) for p in [*stored.problems, *stored.notices][:SHOWN]],
        many=len(stored.problems) + len(stored.notices), waiting=waiting,
        period=figures.brief(at.period, language()),
        then=figures.brief(before.period, language()) if before else "",
        seconds=(stored.finished - stored.started).total_seconds(),
    )  # fmt: skip


@pages.get("/<run>/unit/<path:id>")
@needs(Act.RESULTS)
def unit(run: str, id: str) -> Any:
    """One department's people, each figure of which opens its derivation."""
    stored = session().get(StoredRun, int(run)) if run.isdecimal() and len(run) < 10 else None
    if stored is None or stored.seal is None or stored.hospital_id != desk().hospital:
        abort(404)
    before = newest_run(session(), desk().hospital, stored.scheme, stored.period.earlier(1))
    sums = ledger().of(stored, before)
    found = next((u for u in sums.units if u.id == id), None) if sums else None
    if sums is None or found is None or not me().sees_department(id):
        abort(404)
    return render_template(
        "calculate/unit.html", run=stored, sums=sums, unit=found,
        period=figures.brief(stored.period, language()),
        then=figures.brief(before.period, language()) if before else "",
    )  # fmt: skip


@pages.get("/money")
@needs(Act.RESULTS)
def money() -> Any:
    """Pools, lines, departments, people and batches of a run, each step beside the next."""
    at = place()
    stored = _asked_run(at) if at else None
    if at is None or stored is None:
        return render_template("calculate/empty.html", may_calculate=False, at=at)
    found = ledger().of(stored, None)
    return render_template(
        "calculate/money.html", run=stored, sums=found, states=STATE_NAMES,
        way=the_way(stored, found) if found else None,
        period=figures.brief(stored.period, language()),
    )  # fmt: skip


def _asked_run(at: Place) -> StoredRun | None:
    """The run that the address names, or the latest main one; 404 where there is none such."""
    asked = request.args.get("run", "")
    if not asked:
        return newest_run(session(), desk().hospital, at.scheme, at.period)
    runs = runs_of(session(), desk().hospital, at.scheme, at.period)
    found = next((r for r in runs if str(r.id) == asked), None)
    return found or abort(404)


@pages.post("/seal")
@needs(Act.CALCULATE)
def seal() -> Any:
    """Compute the period from what is stored and seal it; or say everything that is in the way.

    Whoever asks while it is under way gets the one that is: a second click begins no second one.
    """
    at = here()
    number = start(desk(), at.scheme, at.period, me().login)
    waited(desk().engine, number, current_app.config.get("HPF_PATIENCE", PATIENCE))
    return _standing(number, 422)


@pages.get("/progress/<int:number>")
@needs(Act.CALCULATE)
def progress(number: int) -> Any:
    """How far a calculation is; once it is over, what came of it."""
    return _standing(number, 200)


def _standing(number: int, stopped: int) -> Any:
    """The page of a calculation. stopped: the status where it was not sealed."""
    with reading(desk().engine) as fresh:  # not the request's own state, which stands still
        job = fresh.get(Job, number)
        if job is None or job.hospital_id != desk().hospital or job.name != TASK:
            abort(404)
        fresh.expunge(job)
    scheme, outcome = job.arguments["scheme"], job.outcome or {}
    if job.state == "running" and alive(job):
        if request.method == "POST":
            return redirect(url_for("calculate.progress", number=number), 303)
        return render_template(
            "calculate/progress.html", job=job, scheme=say(desk().programs[scheme].names),
            period=figures.period(Period.parse(job.arguments["period"]), language()),
        )  # fmt: skip
    if request.headers.get("HX-Request"):
        return "", 200, {"HX-Redirect": url_for("calculate.progress", number=number)}
    if job.state == "done":
        flash(say(_SEALED[outcome["fresh"]](outcome["run"])), "ok")
        return redirect(url_for("calculate.index", scheme=scheme, period=job.arguments["period"]))
    problems = [problem_of(p) for p in outcome.get("problems", ())] or [_broken(outcome)]
    return render_template("calculate/stopped.html", problems=problems), stopped


def _broken(outcome: dict[str, Any]) -> Problem:
    """A calculation that ended without saying why."""
    if "error" in outcome:
        words = Text("程序出错，没有封存", "a defect: nothing was sealed")
        cure = Text("请告诉信息科，日志里有原因", "Tell the IT desk; the server's log says why")
        return Problem("calculate.broken", words, cure)
    words = Text("计算中断了（服务重启过）", "it was cut short (the service was restarted)")
    cure = Text("请看结果页是否已封存；没有就重新计算",
                "Look whether the results are sealed; if not, calculate again")  # fmt: skip
    return Problem("calculate.lost", words, cure)


@pages.route("/what-if", methods=["GET", "POST"])
@needs(Act.CALCULATE)
def what_if() -> Any:
    """Other values of parameters: who would get more, who less, what it costs. Nothing is kept."""
    at = place()
    if at is None:
        return render_template("calculate/empty.html", may_calculate=False, at=None)
    asked = {n[2:]: v.strip() for n, v in request.form.items() if n[:2] == "p-" and v.strip()}
    found: Effect | None = None
    wrong: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            found = effect(at, *trial(at, asked))
        except HpfError as error:
            wrong = tuple(error.problems)
    status = 422 if wrong else 200
    return render_template(
        "calculate/what_if.html", at=at, rows=parameters(at), asked=asked, found=found,
        wrong=wrong, period=figures.period(at.period, language()), points=figures.points,
        limits=[(figures.period(x.period, language()), x) for x in found.limits] if found else [],
    ), status  # fmt: skip


def _finding(run: StoredRun, sums: Sums | None) -> str:
    """The finding of the page."""
    period = figures.brief(run.period, language())
    if sums is None:
        return say((f"{period}已算完", f"{period} is calculated"))
    units, held = len(sums.units) - len(sums.held), sums.held
    gap = figures.change(sums.gap)
    zh, en = f"已算完 {units} 个科室，差额 {gap}", f"{units} departments calculated, off by {gap}"
    if held:
        names = "、".join(str(u.name) for u in held[:3])
        zh, en = f"{zh}；{names}暂缓", f"{en}; {names} held back"
    return say((zh, en))
