"""A department for its head: people, sums, reconciliation, and the second-level distribution."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import writing
from hpf.portal.issued import Issued, derivation, issued, pressing
from hpf.portal.language import language, say
from hpf.portal.pages import department_pool as pool
from hpf.portal.pages.mine import asked, download
from hpf.portal.place import here, place
from hpf.portal.rights import Act, Viewer, may
from hpf.reports import figures
from hpf.reports.cards.department import department as card_paper
from hpf.reports.cards.department import department_model
from hpf.reports.documents import pdf

pages = Blueprint("department", __name__, url_prefix="/department")


@pages.get("/")
@needs(Act.DEPARTMENT)
def index() -> Any:
    """A department's period; one's own, or any for whoever sees everybody."""
    who, at = me(), place()
    found = issued(at.scheme, at.period) if at else None
    paid = found.issue.run.program.payout if found else None
    shared = pool.pools_of(at, who) if at else {}
    if at is None or found is None or paid is None or paid.entity != "staff":
        return render_template("department/nothing.html", shared=shared, at=at, office=_office(who))
    units = {u: n for u, n in found.issue.units.items() if who.sees_department(u)}
    unit = request.args.get("unit") or next(iter(sorted(units)), "")
    if unit not in units:
        abort(404)
    with found.lock:
        model, charts = department_model(found.issue, unit, language())
        names = {i: n or i for i, n in found.issue.names.items()}
        people = [
            (i, names[i], figures.money(found.issue.payouts[i]),
             derivation(found.stored.id, paid.entity, i, paid.qualified))
            for i in found.issue.members.get(unit, ())
        ]  # fmt: skip
        total = sum((found.issue.payouts[i] for i in found.issue.members.get(unit, ())), Decimal(0))
    return render_template(
        "department/index.html", at=at, found=found, unit=unit, units=units, m=model,
        charts=charts, people=people, total=figures.money(total),
        standing=say(found.issue.standing.names), shared=shared, office=_office(who),
        period=figures.period(at.period, language()),
    )  # fmt: skip


@pages.get("/card/<scheme>/<period>/<unit>.pdf")
@needs(Act.DEPARTMENT)
def card(scheme: str, period: str, unit: str) -> Any:
    """The department's card as it is printed."""
    found: Issued = asked(scheme, period)
    if not me().sees_department(unit) or unit not in found.issue.units:
        abort(404)
    with pressing() as turn:
        if not turn:
            abort(503)
        with found.lock:
            sheet = card_paper(found.issue, unit, language())
        drawn = pdf(sheet)
    return download(drawn, f"{scheme}-{period}-{unit}.pdf", "application/pdf")


@pages.post("/allocate")
@needs(Act.ALLOCATE)
def allocate() -> Any:
    """Submit how the own pool is shared out; refused with every reason, and nothing written."""
    who, at = me(), here()
    unit = request.form.get("unit", "")
    if unit not in who.departments:
        abort(404)
    given = {k[7:]: v for k, v in request.form.items() if k.startswith("amount-")}
    with writing() as changing:
        pool.submit(changing, at, unit, given, request.form.get("pool", ""), who)
    flash(
        say(Text("分配方案已提交，等批准", "The allocation is submitted and waits for approval")),
        "ok",
    )
    return redirect(url_for("department.index", unit=unit))


@pages.post("/allocations/<int:number>/approve")
@needs(Act.PUBLISH)
def approve(number: int) -> Any:
    """Approve what somebody else submitted: it becomes facts of the staff scheme."""
    at = here()
    with writing() as changing:
        unit = pool.accept(changing, at, number, me())
    flash(say(Text(f"{unit} 的分配已批准", f"The allocation of {unit} is approved")), "ok")
    return redirect(url_for("department.index"))


def _office(who: Viewer) -> bool:
    return may(who, Act.PUBLISH)
