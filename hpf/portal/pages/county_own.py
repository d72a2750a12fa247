"""The assessed hospital's page: its own result once it hangs, and its objections. Of any other
hospital nothing is there but the number of them."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.county import shown_unit
from hpf.portal.pages.county_desk import (
    again,
    county,
    deed,
    hospitals,
    opened,
    owned,
    posted_results,
    table,
)
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.workflow.assessments import entry_name
from hpf.workflow.assessments_people import unit_of
from hpf.workflow.assessments_publicity import escalate, object_to


@owned.get("/", endpoint="index")
@needs(Act.ASSESSED)
def own() -> Any:
    """What it came to, what was lost by which evidence; before it hangs, what was done here."""
    one = county()
    if one is None:
        return render_template("county/nothing.html", plans=desk().declared.assessments)
    unit = unit_of(session(), desk().hospital, me().login)
    found = posted_results()
    if found is None or not unit:
        visits = [e for e in one.at.all("visit") if e.unit == unit]
        return render_template(
            "county/waiting.html", one=one, unit=unit, hospital=hospitals().get(unit, unit),
            visits=visits, name=entry_name, period_name=figures.period(one.period, language()),
        )  # fmt: skip
    return shown_unit(found, unit, mine=True)


@owned.post("/object")
@needs(Act.ASSESSED)
def contest() -> Any:
    """Object to an item, or to the whole result. Refused with every reason."""
    one, items = opened(), table()
    if not unit_of(session(), desk().hospital, me().login):
        abort(404)
    with writing() as changing:
        text, item = request.form.get("text", ""), request.form.get("item", "")
        made = object_to(deed(changing), again(changing, one), items, text, item=item)
        number, due = made.id, made.detail["due"]
    told = Text(
        f"{number} 号异议已收到，{due} 前复核",
        f"Objection {number} is filed; it is reviewed by {due}",
    )
    flash(say(told), "ok")
    return redirect(url_for("own.index"))


@owned.post("/escalate/<int:number>")
@needs(Act.ASSESSED)
def take(number: int) -> Any:
    """Take one's own to the city."""
    one = opened()
    unit = unit_of(session(), desk().hospital, me().login)
    if number not in {e.id for e in one.at.all("objection") if e.unit == unit}:
        abort(404)  # somebody else's is not there
    with writing() as changing:
        escalate(deed(changing), again(changing, one), number, request.form.get("text", ""))
    told = Text(f"{number} 号异议已报市级复核", f"Objection {number} is with the city")
    flash(say(told), "ok")
    return redirect(url_for("own.index"))
