"""Pages that plugins declare: a table of an entity's facts and results of the latest sealed run."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request, url_for

from hpf.core.kit.hookspecs import Page
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.issued import is_public
from hpf.portal.language import language, say
from hpf.portal.pages.declared_menu import allowed
from hpf.portal.pages.declared_panels import declared_panels
from hpf.portal.pages.declared_table import Sheet, narrowed, ordered
from hpf.portal.pages.derivation_runs import shelf
from hpf.portal.pages.derivation_sight import row_name
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, place
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.storage.cycles import cycle_of_run, newest_run

pages = Blueprint("declared", __name__, url_prefix="/tables")
tell_time(pages)
SHOWN: Final = 50  # rows on a page


@pages.app_context_processor
def _panels() -> dict[str, Any]:
    return {"declared_panels": declared_panels}


@pages.get("/<code>")
@needs(Act.HOME)
def page(code: str) -> Any:
    """The table, narrowed and in order as asked."""
    asked = _asked(code)
    at = place()
    if at is None or asked.scheme not in at.schemes:
        return render_template("declared/empty.html", page=asked, at=at, period="")
    if at.scheme != asked.scheme:
        return redirect(url_for("declared.page", code=code, scheme=asked.scheme))
    stored = newest_run(session(), desk().hospital, at.scheme, at.period)
    period = figures.period(at.period, language())
    if stored is None:
        return render_template("declared/empty.html", page=asked, at=at, period=period)
    public = is_public(cycle_of_run(session(), stored), stored)
    with shelf().of(stored.id) as loaded:
        sheet = Sheet(asked, loaded.run, stored.id, me(), lambda: public)
        every = sheet.ids()
        heads = sheet.heads(every)
        wanted = {f: request.args.get(f"f-{f}", "").strip() for f in asked.filters}
        ids = narrowed(sheet, every, wanted)
        sort, falling = request.args.get("sort", ""), "desc" in request.args
        if sort in {h.name for h in heads}:
            ids = ordered(sheet, ids, sort, falling)
        number = max(0, _whole(request.args.get("page", "")))
        part = ids[number * SHOWN : (number + 1) * SHOWN]
        lines = sheet.lines(part)
    kept = {f"f-{f}": v for f, v in wanted.items() if v}
    return render_template(
        "declared/page.html", page=asked, at=at, run=stored, heads=heads, lines=lines,
        wanted=wanted, kept=kept, sort=sort, falling=falling, number=number, many=len(ids),
        every=len(every), shown=SHOWN, period=period, names=say(asked.names),
        entity=say(loaded.run.program.entities[asked.entity].names),
        scheme=say(at.program.names),
    )  # fmt: skip


@pages.get("/<code>/row/<path:id>")
@needs(Act.HOME)
def row(code: str, id: str) -> Any:
    """One row: where each fact stands and who reported it, where each result is derived. What does
    not exist and what is not the viewer's look the same."""
    asked = _asked(code)
    at: Place | None = place()
    if at is None or asked.scheme not in at.schemes:
        abort(404)
    if at.scheme != asked.scheme:
        return redirect(url_for("declared.row", code=code, id=id, scheme=asked.scheme))
    stored = newest_run(session(), desk().hospital, at.scheme, at.period)
    if stored is None:
        abort(404)
    public = is_public(cycle_of_run(session(), stored), stored)
    with shelf().of(stored.id) as loaded:
        sheet = Sheet(asked, loaded.run, stored.id, me(), lambda: public)
        if id not in sheet.ids():
            abort(404)
        heads, (line,) = sheet.heads([id]), sheet.lines([id])
        name = row_name(loaded.run, asked.entity, id)
    return render_template(
        "declared/row.html", page=asked, at=at, run=stored, id=id, name=name,
        cells=list(zip(heads, line.cells, strict=True)), names=say(asked.names),
        period=figures.period(at.period, language()),
    )  # fmt: skip


def _asked(code: str) -> Page:
    """The page that an address names; of a plugin that is not enabled there is none."""
    found = next((p for p in desk().declared.pages if p.code == code), None)
    if found is None:
        abort(404)
    if not allowed(me(), found):
        abort(403)
    return found


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0
