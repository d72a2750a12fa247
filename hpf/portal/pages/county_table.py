"""A new version of the assessment's table: uploaded, seen cell by cell, then made from a day on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.collect_excerpt import excerpts
from hpf.portal.pages.collect_spool import Upload
from hpf.portal.pages.county_desk import County, again, column_name, county, deed, opened, pages
from hpf.portal.pages.county_lists import ACCEPT, done, handed_in, limit, path_of, spool, waiting
from hpf.portal.rights import Act
from hpf.receiving import receive
from hpf.reports import figures
from hpf.storage.imports import MOVED, CellChange, Preview
from hpf.workflow.assessments import undecided
from hpf.workflow.assessments_revision import differences, marks_above, revise, same_table

WHAT = "table"  # of a file that waits
LEFT_OUT = "intake.column_left_out"  # of a part: what it leaves out stays as it is
SHOWN = 200  # cells or problems on a page; all are counted


@pages.get("/table", endpoint="revision")
@needs(Act.ASSESS)
def index() -> Any:
    """The versions there are, and the form for another one."""
    one = county()
    if one is None:
        return render_template("county/nothing.html", plans=desk().declared.assessments)
    return render_template(
        "county/table.html", one=one, versions=one.at.all("revision"), accept=ACCEPT,
        limit=limit(), shut=one.at.last("decision") is not None, column=column_name,
        period_name=figures.period(one.period, language()),
    )  # fmt: skip


@pages.post("/table")
@needs(Act.ASSESS)
def revision_look() -> Any:
    """Read the file and show which cells change; nothing is written."""
    one = opened()
    kept = handed_in(one.plan.scheme, str(one.period), WHAT)
    return redirect(url_for("county.revision")) if kept is None else _shown(one, kept)


@pages.post("/table/confirm")
@needs(Act.ASSESS)
def revision_confirm() -> Any:
    """Make the version; where somebody wrote in between, show anew what it changes now."""
    one, kept = opened(), waiting(WHAT)
    if kept is None or (kept.scheme, kept.period) != (one.plan.scheme, str(one.period)):
        return redirect(url_for("county.revision"))
    if "no" in request.form:
        done(kept)
        flash(say(("已放弃，什么都没有写入。", "Discarded; nothing was written.")), "ok")
        return redirect(url_for("county.revision"))
    try:
        since = dt.date.fromisoformat(request.form.get("since", ""))
    except ValueError:
        message = Text("没有写新版从哪天起", "it is not said from which day")
        raise HpfError([Problem("assess.since", message)]) from None
    shown = _read(one, kept)
    if (shown.base or 0) != kept.base:
        return _shown(one, kept, moved=True)
    try:
        with writing() as changing:
            entry = revise(deed(changing), again(changing, one), shown, since=since,
                           why=request.form.get("why", ""))  # fmt: skip
            count = entry.detail["changed"] + entry.detail["new"]
    except HpfError as error:
        if [p.code for p in error.problems] == [MOVED]:
            return _shown(one, kept, moved=True)
        raise
    done(kept)
    told = Text(f"新版自 {since} 起：改 {count} 格", f"From {since} on: {count} cells")
    flash(say(told), "ok")
    return redirect(url_for("county.revision"))


def _read(one: County, kept: Upload) -> Preview:
    return receive(desk().engine, desk().hospital, one.program, one.period, path_of(kept),
                   extent="part")  # fmt: skip


def _shown(one: County, kept: Upload, *, moved: bool = False) -> Any:
    try:
        shown = _read(one, kept)
    except HpfError as error:
        return _wrong(one, kept, list(error.problems))
    found = differences(session(), one.at, shown)
    wrong = undecided(one.at)
    if found.none:
        wrong.append(same_table(one.at))
    if wrong:
        return _wrong(one, kept, wrong)
    kept = spool().note(kept, shown.base or 0)
    others = sum(d.counts[k] for d in shown.found for k in ("new", "changed", "removed"))
    others -= len(found.cells) + found.added
    page = render_template(
        "county/table_preview.html", one=one, kept=kept, moved=moved, found=found,
        cells=[(column_name(one, c.entity, c.code), c.id, _place(c), c.old, c.new)
               for c in found.cells[:SHOWN]],
        above=marks_above(session(), one.at, found.cells), others=others,
        notices=[n for n in shown.facts.notices if n.code != LEFT_OUT], today=today(),
        points=figures.points,
    )  # fmt: skip
    return page, 409 if moved else 200


def _wrong(one: County, kept: Upload, problems: list[Problem]) -> Any:
    around = excerpts(path_of(kept), one.program, problems)
    done(kept)
    page = render_template(
        "county/list_wrong.html", name=kept.name, problems=problems[:SHOWN], many=len(problems),
        around=around, back=url_for("county.revision"),
        where=say(("指标表新版", "New version of the table")),
    )  # fmt: skip
    return page, 422


def _place(cell: CellChange) -> str:
    """The cell of the file: `indicator!D3`."""
    sheet, _, rest = cell.place.rpartition("[")
    return rest.replace("] ", "!") if sheet else cell.place
