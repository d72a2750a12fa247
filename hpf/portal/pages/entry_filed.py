"""Entries that wait: looked at beside what stands now, approved by somebody else, or sent back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages import entry_filing as filed
from hpf.portal.pages.derivation_words import reported
from hpf.portal.pages.entry_sheet import Stand, part
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, here
from hpf.portal.rights import Act, may
from hpf.receiving import compare_stored
from hpf.reports import figures
from hpf.storage.imports import Preview, save_import

pages = Blueprint("entries", __name__, url_prefix="/entry/filed")
tell_time(pages)


@pages.get("/<int:number>")
@needs(Act.ENTER)
def show(number: int) -> Any:
    """An entry for its author and for those who may approve it; 404 for everybody else."""
    at, one = _asked(number)
    stand = Stand.at(session(), at.program, one.period)
    moved = one.moved(stand)
    others = {c.name: reported(*stand.reported(one.entity, c.key)) for c in moved}
    return render_template(
        "entry/filed.html", at=at, one=one, changes_found=one.changes(stand), moved=moved,
        base=stand.base, others=others,
        own=one.filing.by == me().login, office=may(me(), Act.COLLECT), state=filed.state(one),
        period=figures.period(one.period, language()),
    )  # fmt: skip


@pages.post("/<int:number>/approve")
@needs(Act.COLLECT)
def approve(number: int) -> Any:
    """Make it facts, as its author's: whole or not at all. Where something was written since the
    page was opened, it is shown anew."""
    at, one = _asked(number)
    stand = Stand.at(session(), at.program, one.period)
    if request.form.get("base", "") != str(stand.base):
        told = Text(
            "刚刚又有数据写入，什么都没有批准。请再看一遍。",
            "Something was written just now; nothing was approved. Look again.",
        )
        flash(say(told), "warning")
        return redirect(url_for("entries.show", number=number))
    with writing() as changing:
        shown = _compare(changing, at, one, stand)
        filed.answer(changing, me(), one, filed.APPROVED)
        reason = f"portal form {one.filing.subject}, entry {number}"
        if one.filing.text:
            reason += f": {one.filing.text}"
        save_import(changing, shown, by=one.filing.by, reason=reason)
    told = Text(f"第 {number} 号填报已批准并写入。", f"Entry {number} is approved and written.")
    flash(say(told), "ok")
    return redirect(url_for("entry.index"))


@pages.post("/<int:number>/return")
@needs(Act.ENTER)
def send_back(number: int) -> Any:
    """Send it back with the reason; its author may withdraw it."""
    _, one = _asked(number)
    text = request.form.get("reason", "").strip()[:200]
    own = one.filing.by == me().login
    if not text and not own:
        flash(say(("请写明退回的原因。", "Say why it is sent back.")), "error")
        return redirect(url_for("entries.show", number=number))
    with writing() as changing:
        filed.answer(changing, me(), one, filed.RETURNED, text)
    told = Text(f"第 {number} 号已退回。", f"Entry {number} is sent back.")
    if own:
        told = Text(f"第 {number} 号已撤回。", f"Entry {number} is withdrawn.")
    flash(say(told), "ok")
    return redirect(url_for("entry.index"))


def _asked(number: int) -> tuple[Place, filed.Submitted]:
    """An entry that is open to the viewer, in the place it is about."""
    one = filed.entry(session(), desk().hospital, number)
    at = here()
    if one is None or not (one.filing.by == me().login or may(me(), Act.COLLECT)):
        abort(404)
    if (at.scheme, at.period) != (one.scheme, one.period):
        if one.scheme not in at.schemes:
            abort(404)
        at = Place(one.scheme, one.period, at.periods, at.schemes)
    return at, one


def _compare(changing: Session, at: Place, one: filed.Submitted, stand: Stand) -> Preview:
    """What it changes now. Raises FactsError with everything that the check refuses."""
    cells = {c.key: c.to for c in one.changes(stand)}
    there = stand.rows(one.entity)
    added = {i: p for i, p in one.added.items() if i not in there or there[i].fresh}
    facts = part(stand, one.period, one.entity, cells, added, one.filing.subject)
    return compare_stored(changing, desk().hospital, at.program, facts)
