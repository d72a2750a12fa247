"""Held back and corrected: units that wait while the others go on, and what sealed months owe.

Holding back and releasing are entered by one account and approved by another. A sealed month stays
as it is: a release pays whom it held, a correction becomes a difference that a later month pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf import holds as work
from hpf.core.errors import BadValue, HpfError, Problem, Text
from hpf.core.holding import HeldUnit
from hpf.core.periods import Period
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.issued import derivation
from hpf.portal.language import language, say
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.runs import hold_problems, seal_period
from hpf.storage.cycles import departments_on, local_day
from hpf.storage.models import Adjustment, Department, PayoutBatch, RunRow, Staff, StoredRun
from hpf.storage.runs import latest_run, root_of, units_held
from hpf.supplements import recorded, supplement

pages = Blueprint("held", __name__, url_prefix="/held")


@dataclass(frozen=True, slots=True)
class Entry:
    """A hold or release that was entered. waits: for its approval; mine: by the viewer."""

    id: int
    unit: str
    name: str
    release: bool
    in_doubt: bool
    reason: str
    by: str
    approved: str
    waits: bool
    mine: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A person's difference: old and new sum, by how much; href: where the new one is opened."""

    id: str
    name: str
    old: str
    new: str
    by: str
    href: str


@dataclass(frozen=True, slots=True)
class Made:
    """A correction that was made. paid_in: '' where it changes no line of pay."""

    run: int
    period: str
    paid_in: str
    reason: str
    by: str
    day: str
    total: str
    lines: tuple[Line, ...]
    paid: bool


@pages.get("/")
@needs(Act.RESULTS)
def index() -> Any:
    """Both lists of the period, and what may be entered."""
    at = place()
    if at is None:
        return render_template("held/index.html", at=None)
    entries = [_entry(e) for e in _entered(at)]
    last = latest_run(session(), desk().hospital, at.scheme, at.period)
    held = units_held(last) if last is not None and last.seal else []
    now = {(u.entity, u.id)
           for u in work.units(work.holds(session(), desk().hospital, at.scheme, at.period,
                                          approved=True))}  # fmt: skip
    free = [u for u in held if (u.entity, u.id) not in now]  # released, and not yet paid
    units = session().execute(
        select(Department.code, Department.name)
        .where(
            Department.hospital_id == desk().hospital,
            Department.code.in_(departments_on(session(), desk().hospital, at.period.last_day)),
        )
        .order_by(Department.code)
    )
    return render_template(
        "held/index.html", at=at, entries=entries, units=[(c, n) for c, n in units],
        can=may(me(), Act.CALCULATE), approves=may(me(), Act.PUBLISH), made=_made(at),
        sealed=last, root=root_of(last) if last is not None and free else None,
        free=[f"{u.entity}:{u.id}" for u in free], period=figures.period(at.period, language()),
        later=[str(at.period.earlier(-n)) for n in (1, 2, 3)],
    )  # fmt: skip


@pages.post("/enter")
@needs(Act.CALCULATE)
def enter() -> Any:
    """Ask that a unit be held back, or released; nothing changes before it is approved."""
    at, form = here(), request.form
    entity, _, id = form.get("unit", "").partition(":")
    person = form.get("person", "").strip()
    if person:
        entity, id = "staff", person
    if entity not in ("department", "staff") or not id:
        abort(400)
    reason, doubt = form.get("reason", ""), "in_doubt" in form
    if form.get("kind") == "release":
        with writing() as changing:
            work.release(changing, desk().hospital, at.scheme, at.period, entity, id, reason,
                         by=me().login)  # fmt: skip
    else:
        hold_problems(desk().engine, desk().programs, desk().hospital, at.scheme, at.period,
                      HeldUnit(entity, id, doubt))  # fmt: skip
        with writing() as changing:
            work.hold(changing, desk().hospital, at.scheme, at.period, entity, id, reason,
                      by=me().login, in_doubt=doubt)  # fmt: skip
    flash(say(Text("已登记，等另一个账号批准", "Entered; another account approves it")), "ok")
    return redirect(url_for("held.index"))


@pages.post("/<int:number>/approve")
@needs(Act.PUBLISH)
def approve(number: int) -> Any:
    """Approve what somebody else entered; from then on runs leave the unit out, or take it in."""
    with writing() as changing:
        one = work.approve(changing, desk().hospital, number, by=me().login)
        held = one.kind == work.HOLD
    done = Text("已批准暂缓，下一次计算起不算这个单位" if held else "已批准放行，请补算",
                "Approved: runs leave it out from now on" if held
                else "Approved: calculate the release")  # fmt: skip
    flash(say(done), "ok")
    return redirect(url_for("held.index"))


@pages.post("/release")
@needs(Act.CALCULATE)
def release() -> Any:
    """Seal the run that pays the units released since."""
    at = here()
    last = latest_run(session(), desk().hospital, at.scheme, at.period)
    if last is None or str(root_of(last)) != request.form.get("of"):
        abort(409)
    sealed = seal_period(
        desk().engine, desk().programs, desk().hospital, at.scheme, at.period, by=me().login,
        kind="release", of=root_of(last),
    )[at.scheme]  # fmt: skip
    told = Text(f"已补算，第 {sealed.id} 次计算", f"The release is run {sealed.id}")
    flash(say(told), "ok")
    return redirect(url_for("held.index"))


@pages.post("/correct")
@needs(Act.CALCULATE)
def correct() -> Any:
    """Calculate a sealed period again by the facts as they are now; its differences are paid in a
    later one. Refused with every reason, and where nothing differs."""
    at, form = here(), request.form
    text = form.get("pay_in", "").strip()
    try:
        pay_in = Period.parse(text)
    except BadValue:
        words = Text(f"“{text}”不是期间", f"'{text}' is no period")
        cure = Text(f"如 {at.period.earlier(-1)}", f"Such as {at.period.earlier(-1)}")
        raise HpfError([Problem("portal.period", words, cure)]) from None
    made = supplement(
        desk().engine, desk().programs, desk().hospital, at.scheme, at.period, by=me().login,
        pay_in=pay_in, reason=form.get("reason", ""),
    )  # fmt: skip
    told = Text(f"已更正，第 {made.sealed.id} 次计算，{len(made.lines)} 行有差额",
                f"Corrected by run {made.sealed.id}: {len(made.lines)} lines differ")  # fmt: skip
    if not made.lines:
        told = Text(f"已更正，第 {made.sealed.id} 次计算留作证据，没有人的金额变动",
                    f"Corrected by run {made.sealed.id}, kept as evidence: nobody's pay changes"
                    )  # fmt: skip
    flash(say(told), "ok")
    return redirect(url_for("held.index", _anchor="corrected"))


def _entered(at: Place) -> list[Adjustment]:
    return list(
        session().scalars(
            select(Adjustment)
            .where(
                Adjustment.hospital_id == desk().hospital,
                Adjustment.scheme == at.scheme,
                Adjustment.period == at.period,
                Adjustment.kind.in_((work.HOLD, work.RELEASE)),
                Adjustment.run_id.is_(None),
            )
            .order_by(Adjustment.id.desc())
        )
    )


def _entry(one: Adjustment) -> Entry:
    table: Any = Department if one.entity == "department" else Staff
    name = session().scalar(
        select(table.name).where(table.hospital_id == desk().hospital, table.code == one.row_id)
    )
    return Entry(
        one.id, one.row_id, name or one.row_id, one.kind == work.RELEASE, one.in_doubt, one.reason,
        one.entered_by, one.approved_by or "", one.approved_by is None,
        one.entered_by == me().login,
    )  # fmt: skip


def _made(at: Place) -> list[Made]:
    """Corrections of the period, and those it pays; the latest first."""
    paid_in = select(Adjustment.linked_run_id).where(
        Adjustment.hospital_id == desk().hospital, Adjustment.scheme == at.scheme,
        Adjustment.kind == "difference", Adjustment.period == at.period,
    )  # fmt: skip
    runs = session().scalars(
        select(StoredRun)
        .where(
            StoredRun.hospital_id == desk().hospital, StoredRun.scheme == at.scheme,
            StoredRun.kind == "supplement", StoredRun.seal.is_not(None),
            (StoredRun.period == at.period) | StoredRun.id.in_(paid_in),
        )
        .order_by(StoredRun.id.desc())
    )  # fmt: skip
    return [_correction(at, run) for run in runs.all()]


def _correction(at: Place, run: StoredRun) -> Made:
    paid = at.program.payout
    rows = select(RunRow.id, RunRow.name).where(
        RunRow.run_id == run.id, RunRow.entity == "staff"
    )  # fmt: skip
    names = {id: name for id, name in session().execute(rows)}  # noqa: C416 - rows are no pairs
    own = [
        d for d in recorded(session(), desk().hospital, run.id)
        if paid is not None and (d.entity, d.rule) == (paid.entity, paid.name)
    ]  # fmt: skip
    first = session().scalar(
        select(Adjustment).where(
            Adjustment.linked_run_id == run.id, Adjustment.kind == "difference"
        ).limit(1)
    )  # fmt: skip
    batch = select(PayoutBatch.id).where(PayoutBatch.run_id == run.id).limit(1)
    return Made(
        run.id, figures.period(run.period, language()),
        figures.period(first.period, language()) if first else "", first.reason if first else "",
        run.by, local_day(run.finished).isoformat(),
        figures.change(sum((d.by for d in own), Decimal(0))),
        tuple(
            Line(
                d.id, names.get(d.id) or d.id, "—" if d.old is None else figures.money(d.old),
                "—" if d.new is None else figures.money(d.new), figures.change(d.by),
                derivation(run.id, d.entity, d.id, d.rule),
            )
            for d in own
        ),
        session().scalar(batch) is not None,
    )  # fmt: skip
