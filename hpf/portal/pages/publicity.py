"""The publicity board: what hangs, since when, for whom which columns; and who was told theirs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.issued import Issued, is_public, issued
from hpf.portal.language import language, say
from hpf.portal.pages import publicity_columns as board
from hpf.portal.pages.appeals import deed
from hpf.portal.place import here, place
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.run_people import placed
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.reports.cards.compared import BAND
from hpf.storage import cycles as kept
from hpf.workflow.records import inform, post

pages = Blueprint("publicity", __name__, url_prefix="/publicity")


@dataclass(frozen=True, slots=True)
class Unit:
    """A department on the board. total: '' where it is not shown, with the reason in `why`."""

    code: str
    name: str
    heads: int
    total: str
    why: str
    people: tuple[tuple[str, str], ...]


@pages.get("/")
@needs(Act.BOARD)
def index() -> Any:
    """What is posted, as far as it is for this viewer."""
    who, at = me(), place()
    row = cycle_at(at) if at else None
    found = issued(at.scheme, at.period) if at else None
    office = may(who, Act.PUBLISH)
    columns = board.columns_of(session(), desk().hospital)
    period = figures.period(at.period, language()) if at else ""
    hangs = _hangs(found)
    told = kept.filings(session(), desk().hospital, cycle=row.id, kind="feedback") if row else ()
    everyone = kept.people_of(session(), row.run_id) if row and row.run_id else frozenset()
    informed = {f.subject for f in told}
    return render_template(
        "publicity/index.html", found=found, row=row, office=office, columns=columns,
        names=board.COLUMNS, reaches=board.REACHES, period=period, hangs=hangs,
        units=_units(found, who, columns) if found and (hangs or may(who, Act.RESULTS)) else [],
        informed=len(everyone & informed), everyone=len(everyone),
        lacking=sorted(everyone - informed) if may(who, Act.RESULTS) else [],
        until=found.issue.appeal_until if found else None,
    )  # fmt: skip


@pages.post("/post")
@needs(Act.PUBLISH)
def hang() -> Any:
    """Say that the results hang, where and since when."""
    at, text = here(), request.form.get("day", "").strip()
    try:
        day = dt.date.fromisoformat(text) if text else None
    except ValueError:
        abort(400)
    with writing() as changing:
        post(deed(changing), at.scheme, at.period, request.form.get("where", ""), day)
    flash(say(Text("公示已登记", "The posting is recorded")), "ok")
    return redirect(url_for("publicity.index"))


@pages.post("/inform")
@needs(Act.PUBLISH)
def tell() -> Any:
    """Record that people were told their results: those named, or all who were not yet told."""
    at = here()
    named = tuple(request.form.get("people", "").replace("，", " ").replace(",", " ").split())
    with writing() as changing:
        told = inform(
            deed(changing), desk().programs, at.scheme, at.period, request.form.get("how", ""),
            named,
        )  # fmt: skip
    flash(
        say(Text(f"已登记 {len(told)} 人的反馈", f"{len(told)} people are recorded as told")), "ok"
    )
    return redirect(url_for("publicity.index"))


@pages.post("/columns")
@needs(Act.CONFIGURE)
def columns() -> Any:
    """Decide who sees which column, with the reason."""
    given = {code: request.form.get(code, "") for code in board.COLUMNS}
    with writing() as changing:
        board.decide(changing, desk().hospital, given, request.form.get("reason", ""),
                     by=me().login)  # fmt: skip
    flash(say(Text("公示栏的列已更改", "The board's columns are decided")), "ok")
    return redirect(url_for("publicity.index"))


def _hangs(found: Issued | None) -> tuple[dt.date, str] | None:
    """Since when the results hang, and where; None while they do not."""
    if found is None or found.cycle is None or not is_public(found.cycle, found.stored):
        return None
    posted = kept.filings(session(), desk().hospital, cycle=found.cycle.id, kind="posting")
    if not posted:
        return None
    day = dt.date.fromisoformat(posted[-1].detail["day"])
    return (day, posted[-1].text) if day <= today() else None


def _units(found: Issued, who: Viewer, columns: dict[str, str]) -> list[Unit]:
    """The departments, each with what of it is for the viewer."""
    issue = found.issue
    if found.issue.run.program.payout is None or not issue.units:
        return []
    own = _own(found, who)
    made = []
    for code, name in sorted(issue.units.items()):
        members = issue.members.get(code, ())
        open_ = who.sees_department(code)

        def reaches(column: str, mine: bool = code in own, wide: bool = open_) -> bool:
            return wide or columns[column] == board.ALL or (columns[column] == board.OWN and mine)

        amounts = reaches("amounts")
        people = tuple(
            (issue.names.get(i) or i,
             figures.money(issue.payouts[i]) if amounts else "")
            for i in members
        ) if reaches("names") else ()  # fmt: skip
        total, why = "", ""
        if reaches("sums"):
            few = len(members) < BAND and not open_ and not amounts
            why = (
                say((f"不足 {BAND} 人，不公示合计", f"fewer than {BAND} people: no sum"))
                if few
                else ""
            )
            total = (
                "" if few else figures.money(sum((issue.payouts[i] for i in members), Decimal(0)))
            )
        if people or total or why:
            made.append(Unit(code, name, len(members), total, why, people))
    return made


def _own(found: Issued, who: Viewer) -> set[str]:
    """The departments that the viewer worked in or heads, by the run's facts."""
    here_ = placed(found.stored).get(who.staff, "") if who.staff else ""
    return set(who.departments) | ({here_} if here_ else set())
