"""The expert's page: the hospitals they were drawn for, and their own marks; nobody else's."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.results import plain
from hpf.portal.access import me, needs
from hpf.portal.asked import number
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import (
    County,
    again,
    county,
    deed,
    hospitals,
    marking,
    opened,
    table,
)
from hpf.portal.pages.county_lost import files
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.storage.models import AssessmentEntry, Evidence
from hpf.workflow.assessments_people import expert_of
from hpf.workflow.assessments_table import Item
from hpf.workflow.draws_held import team_of
from hpf.workflow.evidence import LARGEST, of_objects
from hpf.workflow.marks import MARK, Marked, Marking, marks_of, put_marks


@dataclass(frozen=True, slots=True)
class Line:
    """An item to mark, with what this expert has marked already."""

    item: Item
    mark: Marked | None
    off: str
    files: tuple[Evidence, ...]


@marking.get("/", endpoint="index")
@needs(Act.MARK)
def marks() -> Any:
    """One hospital after the other: each judged item, with one's own mark."""
    one = county()
    own = expert_of(session(), desk().hospital, me().login)
    if one is None or own is None:
        return render_template("county/nothing.html", plans=desk().declared.assessments)
    mine = sorted(h for h, t in team_of(one.at).items() if own.code in t.experts)
    unit = request.args.get("unit", mine[0] if mine else "")
    if unit and unit not in mine:
        abort(404)  # somebody else's hospital is not there
    lines = _lines(one, own.code, unit) if unit else []
    visits = _visits(one, unit)
    indicator = one.program.indicator(one.plan.entity, one.plan.way)
    done = sum(line.mark is not None for line in lines)
    first = next((x.item.id for x in lines if x.mark is None), "")
    return render_template(
        "county/marks.html", one=one, own=own, mine=mine, unit=unit, lines=lines, visits=visits,
        first=first,
        names=hospitals(), ways=indicator.choices if indicator else (), done=done,
        closed=one.at.last("closed"), most=LARGEST >> 20, points=figures.points,
        title=_finding(hospitals().get(unit, unit), done, len(lines)),
        period_name=figures.period(one.period, language()),
    )  # fmt: skip


@marking.post("/")
@needs(Act.MARK)
def put() -> Any:
    """One mark with its evidence. Refused with every reason; then no file is kept."""
    one, form = opened(), request.form
    items, unit = table(), form.get("unit", "")
    indicator = one.program.indicator(one.plan.entity, one.plan.way)
    given = Marking(
        form.get("item", ""), _points(form.get("off", "")), form.get("way", ""),
        form.get("why", ""), _number(form.get("visit", "")),
        [_read(f) for f in request.files.getlist("files") if f.filename],
    )  # fmt: skip
    with writing() as changing:
        put_marks(deed(changing), again(changing, one), files(), items,
                  indicator.choices if indicator else (), [given])  # fmt: skip
    name = items[given.item].name
    flash(say(Text(f"{name}：已评，扣 {plain(given.deduction)} 分",
                   f"{name}: {plain(given.deduction)} points off, on file")), "ok")  # fmt: skip
    return redirect(url_for("marks.index", unit=unit))


def _lines(one: County, expert: str, unit: str) -> list[Line]:
    held = {m.item: m for m in marks_of(session(), one.at.row.id, unit=unit, expert=expert)}
    papers = of_objects(session(), desk().hospital, MARK, (str(m.id) for m in held.values()))
    found = []
    for item in table().values():
        if item.unit == unit and item.judged and not item.out:
            mark = held.get(item.id)
            mine = tuple(papers.get(str(mark.id), ())) if mark else ()
            found.append(Line(item, mark, plain_text(mark.deduction) if mark else "", mine))
    return found


def plain_text(value: Decimal) -> str:
    """Points as they go into a field."""
    return str(plain(value))


def _visits(one: County, unit: str) -> list[AssessmentEntry]:
    """The visits to a hospital, the newest first."""
    return [e for e in reversed(one.at.all("visit")) if e.unit == unit]


def _finding(unit: str, done: int, total: int) -> str:
    if not unit:
        return say(Text("您没有抽中本年的考核", "You were not drawn this year"))
    if done == total:
        return say(Text(f"{unit} 的 {total} 项都评了", f"All {total} items of {unit} are marked"))
    left = total - done
    return say(Text(f"{unit} 还有 {left} 项要评", f"{unit}: {left} items still to mark"))


def _points(text: str) -> Decimal:
    try:
        found = Decimal(text.strip())
        if found.is_finite():
            return found
    except InvalidOperation:
        pass
    message = Text(f"“{text}”不是分数", f"'{text}' is no number of points")
    raise HpfError([Problem("mark.number", message, Text("如 0.5", "Such as 0.5"))])


def _number(text: str) -> int:
    found = number(text)
    if found is None:
        message = Text("没有选是哪次检查看到的", "it is not said on which visit it was seen")
        cure = Text(
            "还没有检查的，请考核小组先登记", "If there was none, the group enters it first"
        )
        raise HpfError([Problem("mark.visit", message, cure)])
    return found


def _read(file: FileStorage) -> tuple[str, bytes]:
    """Name and content; of one that is too large no more than shows that it is."""
    return file.filename or "file", file.stream.read(LARGEST + 1)
