"""My pay: how much, of what, why, against last period, until when one may object, and the slip."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, make_response, render_template, url_for
from sqlalchemy import select

from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.corrections import corrections
from hpf.portal.database import desk, session
from hpf.portal.issued import Issued, is_public, issued, open_to, pressing, shows
from hpf.portal.language import language, say
from hpf.portal.pages.mine_slip import own_rows, slip
from hpf.portal.place import Place, place, to
from hpf.portal.rights import Act, Viewer, may
from hpf.reports import figures
from hpf.reports.cards.slip import slip as slip_paper
from hpf.reports.documents import pdf
from hpf.storage.cycles import cycle_of_run, newest_run
from hpf.storage.models import PayoutBatch, StoredRun
from hpf.storage.person import results_of
from hpf.workflow.stages import Stage

pages = Blueprint("mine", __name__, url_prefix="/mine")
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Earlier:
    """A period that one was paid for."""

    period: str
    total: str
    href: str


@pages.get("/")
@needs(Act.MY_PAY)
def index() -> Any:
    """One's own pay of a period; before it is approved, only that it is not."""
    who, at = me(), place()
    if at is None:
        return _nothing("none", None, who)
    if not _pays(at.program):
        return _nothing("scheme", at, who)
    found = issued(at.scheme, at.period)
    if found is None or not is_public(found.cycle, found.stored):
        return _nothing("early", at, who)
    mine = slip(found, who.staff, why=True)
    if mine is None:
        return _nothing("absent", at, who)
    issue = found.issue
    until = issue.appeal_until
    stage = Stage(found.cycle.state) if found.cycle else None
    paid = at.program.payout
    made = corrections(
        at.scheme, at.period, {paid.name, paid.qualified} if paid else set(),
        own_rows(found, who.staff), who.staff,
    )  # fmt: skip
    extra = sum((c.amount for c in made if c.here), Decimal(0))
    heard = until is not None and stage in (Stage.PUBLICISE, Stage.APPEAL) and today() <= until
    return render_template(
        "mine/index.html", at=at, slip=mine, found=found, synthetic=issue.synthetic,
        period=figures.period(at.period, language()), scheme=say(at.program.names),
        standing=say(issue.standing.names), until=until, heard=heard and may(who, Act.MY_APPEAL),
        arrives=_arrives(found), paid=_paid(found), seers=[say(r.names) for r in open_to()],
        earlier=earlier(at, who), unit=issue.units.get(issue.unit_of.get(who.staff, ""), ""),
        corrections=made,
        extra=figures.change(extra) if extra else "",
        in_all=figures.money(issue.payouts[who.staff] + extra) if extra else "",
        before=to(at.before) if at.before else "", after=to(at.after) if at.after else "",
    )  # fmt: skip


@pages.get("/slip/<scheme>/<period>/<id>.pdf")
@needs(Act.HOME)
def paper(scheme: str, period: str, id: str) -> Any:
    """A slip as it is printed, for its owner and for whom that person's pay is open to."""
    found = asked(scheme, period)
    if not shows(me(), id, found) or id not in found.issue.payouts:
        abort(404)  # nobody learns from it who is paid
    with pressing() as turn:
        if not turn:
            abort(503)
        with found.lock:
            sheet = slip_paper(found.issue, id, language())
        drawn = pdf(sheet)
    return download(drawn, f"{scheme}-{period}-{id}.pdf", "application/pdf")


def asked(scheme: str, period: str) -> Issued:
    """The run that an address names; 404 where there is none that pays people."""
    try:
        given = Period.parse(period)
    except ValueError:
        abort(404)
    if scheme not in desk().programs:
        abort(404)
    found = issued(scheme, given)
    paid = found.issue.run.program.payout if found else None
    if found is None or paid is None or paid.entity != "staff":
        abort(404)
    return found


def download(body: bytes, name: str, kind: str) -> Any:
    """A file to be kept, never shown in the page's place."""
    answer = make_response(body)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def earlier(at: Place, who: Viewer) -> list[Earlier]:
    """One's totals of up to twelve periods that are public, the latest first."""
    runs: list[StoredRun] = []
    for period in at.periods[::-1]:
        run = newest_run(session(), desk().hospital, at.scheme, period)
        if run is not None and is_public(cycle_of_run(session(), run), run):
            runs.append(run)
        if len(runs) == _MONTHS:
            break
    paid = at.program.payout
    if paid is None:
        return []
    names = {paid.name, paid.qualified}
    kept = results_of(session(), desk().hospital, "staff", who.staff, runs)
    return [
        Earlier(figures.period(k.period, language()), figures.money(k.value),
                url_for("mine.index", scheme=at.scheme, period=str(k.period)))
        for k in kept if k.rule in names and k.value is not None
    ]  # fmt: skip


def _pays(program: Program) -> bool:
    paid = program.payout
    return paid is not None and paid.entity == "staff"


def _arrives(found: Issued) -> str:
    """The planned pay day, where a cycle has one that is not over."""
    days = found.cycle.calendar.get("days", {}) if found.cycle else {}
    day = str(days.get("pay_day", ""))
    return day if day >= today().isoformat() else ""


def _paid(found: Issued) -> bool:
    """Whether a pay list was made of the run."""
    return session().scalar(
        select(PayoutBatch.id).where(PayoutBatch.run_id == found.stored.id).limit(1)
    ) is not None  # fmt: skip


def _nothing(why: str, at: Place | None, who: Viewer) -> Any:
    """What it is, why, and what to do now."""
    past = earlier(at, who) if at is not None else []
    others = []
    if at is not None and why == "scheme":
        paying = [s for s in at.schemes if _pays(desk().programs[s])]
        others = [(say(desk().programs[s].names), url_for("mine.index", scheme=s)) for s in paying]
    period = figures.period(at.period, language()) if at else ""
    return render_template("mine/nothing.html", why=why, past=past, others=others, period=period)
