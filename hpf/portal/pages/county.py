"""The county's assessment for the group: hospitals side by side, one in full, the draw, files."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import abort, render_template, request

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.county_charts import Topics, heat_table, topics_of
from hpf.portal.pages.county_desk import (
    County,
    column_name,
    county,
    drawing,
    hospitals,
    opened,
    pages,
    results,
    stored,
)
from hpf.portal.pages.county_item import run_of
from hpf.portal.pages.county_lost import Lost, lost_items
from hpf.portal.pages.county_track import track
from hpf.portal.pages.derivation_sight import opens
from hpf.portal.pages.mine import download
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.storage.runs import latest_run
from hpf.workflow.assessments import entry_name
from hpf.workflow.assessments_decision import corrections, overdue
from hpf.workflow.assessments_progress import progress
from hpf.workflow.assessments_publicity import unsettled
from hpf.workflow.assessments_results import Results, Unit
from hpf.workflow.assessments_summary import write_summary
from hpf.workflow.draws_held import teams

PAGE = 40  # hospitals at a time


@pages.get("/")
@needs(Act.COUNTY)
def index() -> Any:
    """Ranking, heat map, and what is to be done next."""
    one = county()
    if one is None:
        plans = desk().declared.assessments
        return render_template("county/nothing.html", plans=plans)
    found = results()
    units = found.units if found else ()
    last = max(0, (len(units) - 1) // PAGE)
    page = min(max(request.args.get("page", 0, int), 0), last)
    shown = units[page * PAGE : (page + 1) * PAGE]
    chart = heat_table(found, shown) if found and shown else None
    run = latest_run(session(), desk().hospital, one.plan.scheme, one.period)
    return render_template(
        "county/index.html", one=one, units=units, shown=shown, page=page,
        pages=last + 1, chart=chart, title=_finding(one, units), lead=_lead(one),
        track=track(one),
        run=run, most=_most(found), points=figures.points, change=_change,
        group=may(me(), Act.ASSESS), todo=unsettled(session(), one.at, today()),
        late=overdue(one.at, today(), hospitals()), teams=teams(one.at), hospitals=hospitals(),
        objections=_objections(one), correct=corrections(one.at), name=entry_name,
        period_name=figures.period(one.period, language()),
        column=column_name,
        progress=[] if units else progress(session(), one.at, one.program, stored()),
    )  # fmt: skip


@pages.get("/hospital/<unit>")
@needs(Act.COUNTY)
def hospital(unit: str) -> Any:
    """One hospital: what it has, what it lost and by which evidence."""
    found = results()
    return shown_unit(found, unit, mine=False)


def shown_unit(found: Results | None, unit: str, *, mine: bool) -> Any:
    """The page of one hospital; 404 where it has no result. mine: it looks at itself."""
    one = opened()
    about = next((u for u in found.units if u.id == unit), None) if found else None
    if found is None or about is None:
        abort(404)
    items: list[Lost] = lost_items(one, found, unit)
    charts: list[Topics] = []
    for part in dict.fromkeys(found.parts.values()) or [""]:
        topics = topics_of(found, about, part, language())
        if topics is not None:
            charts.append(topics)
    gone = sum((i.lost for i in items), Decimal(0))
    rows = [e for e in one.at.all("objection") if e.unit == unit]
    posted = one.at.last("posted")
    until = posted.detail["objections_until"] if posted else ""
    return render_template(
        "county/unit.html", one=one, u=about, items=items, gone=gone, charts=charts, mine=mine,
        points=figures.points, change=_change, objections=_answered(one, rows), until=until,
        taking=bool(until) and today().isoformat() <= until and one.at.last("decision") is None,
        period_name=figures.period(one.period, language()),
        correct=corrections(one.at).get(unit), count=len(found.units),
        run=run_of(one, found), open=_open_items(one, found, items),
    )  # fmt: skip


def _open_items(one: County, found: Results, items: list[Lost]) -> frozenset[str]:
    """The items whose derivation the viewer may open: the derivation page's own rule."""
    who = me()
    return frozenset(
        i.id for i in items if opens(found.run, who, one.plan.entity, i.id, lambda: False)
    )


@drawing.get("/", endpoint="index")
@needs(Act.ASSESSMENT)
def draws() -> Any:
    """Who was drawn, and how anyone may check it."""
    one = county()
    if one is None:
        return render_template("county/nothing.html", plans=desk().declared.assessments)
    covered = {h for c in one.at.all("commitment") for h in c.detail["hospitals"]}
    bare = {h: n for h, n in hospitals().items() if h not in covered}
    return render_template("county/draw.html", one=one, teams=teams(one.at), bare=bare,
                           period_name=figures.period(one.period, language()))  # fmt: skip


@drawing.get("/<name>/file", endpoint="file")
@needs(Act.ASSESSMENT)
def draw_file(name: str) -> Any:
    """The record of a draw, for `hpf draw verify`."""
    held = opened().at.last("draw", name)
    if held is None:
        abort(404)
    text = json.dumps(held.detail["document"], ensure_ascii=False, indent=1, sort_keys=True)
    return download(f"{text}\n".encode(), f"draw-{held.id}.json", "application/json")


@pages.get("/summary")
@needs(Act.COUNTY)
def summary() -> Any:
    """The workbook that goes up."""
    one, found = opened(), results()
    if found is None:
        abort(404)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "summary.xlsx"
        write_summary(path, found, one.at, language())
        body = path.read_bytes()
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return download(body, f"assessment-{one.period}.xlsx", kind)


def _finding(one: County, units: tuple[Unit, ...]) -> str:
    """The finding in a sentence: how many of each rating."""
    counted = [u for u in units if u.grade]
    if not counted:
        return say(Text(f"{len(hospitals())} 家医院正在考核",
                        f"{len(hospitals())} hospitals are being assessed"))  # fmt: skip
    grades = Counter(u.grade for u in counted)
    told = say(Text("，", ", ")).join(
        say(Text(f"{n} 家{one.plan.rating(g).zh}", f"{n} {one.plan.rating(g).en}"))
        for g, n in grades.items()
    )
    return say(Text(f"{len(counted)} 家医院：{told}", f"{len(counted)} hospitals: {told}"))


def _lead(one: County) -> str:
    rule = one.at.rules.merge.names
    return say(Text(
        f"{one.plan.names.zh}。专家评分按{rule.zh}合并；等次按未取整的总分判定，同分并列。",
        f"{one.plan.names.en}. Marks are merged by {rule.en}; ratings go by the unrounded total, "
        "and equal totals share a place.",
    ))  # fmt: skip


def _most(found: Results | None) -> Decimal:
    """The points of the table: how long a bar can be."""
    ones = next(iter(found.items.values()), ()) if found else ()
    return sum((i.points for i in ones), Decimal(0)) or Decimal(100)


def _change(value: Decimal | None) -> str:
    """A difference in points, with its sign."""
    if value is None:
        return figures.NOT_APPLICABLE
    shown = figures.points(abs(value))
    return f"▲ {shown}" if value > 0 else f"▼ {shown}" if value < 0 else shown


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection as it stands. state: open, upheld, rejected, city; can: what may follow."""

    id: int
    unit: str
    item: str
    text: str
    day: str
    due: str
    state: str
    word: str
    answers: tuple[tuple[str, str, str], ...]


def _objections(one: County) -> list[Objection]:
    return _answered(one, one.at.all("objection"))


def _answered(one: County, rows: list[Any]) -> list[Objection]:
    """Objections with what the group and the city found."""
    at = one.at
    reviews, taken, city = at.answers("review"), at.answers("escalation"), at.answers("city_review")
    words = {
        "open": Text("待复核", "to be reviewed"), "upheld": Text("成立", "upheld"),
        "rejected": Text("不成立", "rejected"), "city": Text("市级复核中", "with the city"),
    }  # fmt: skip
    found = []
    for e in rows:
        last = city.get(e.id) or reviews.get(e.id)
        state = "open" if last is None else "upheld" if last.detail["upheld"] else "rejected"
        if e.id in taken and e.id not in city:
            state = "city"
        answers = tuple(
            (say(entry_name(a)), a.day.isoformat(), a.text)
            for a in (reviews.get(e.id), taken.get(e.id), city.get(e.id)) if a is not None
        )  # fmt: skip
        found.append(Objection(e.id, e.unit, e.detail["item"], e.text, e.day.isoformat(),
                               e.detail["due"], state, say(words[state]), answers))  # fmt: skip
    return sorted(found, key=lambda o: (o.state not in ("open", "city"), o.due, o.id))
