"""Bindings between schemes: which indicator is filled by which result of another one, from when.

All bindings of a day stand together; a new set is entered with its reason and the old one is kept.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import say
from hpf.portal.pages.moments import tell_time
from hpf.portal.rights import Act, may
from hpf.storage.configuration import set_bindings
from hpf.storage.models import BindingSet

pages = Blueprint("bindings", __name__, url_prefix="/plan/bindings")
tell_time(pages)


@dataclass(frozen=True, slots=True)
class Shown:
    """A binding. number: its place in the set; rows: own id and the other's, where they differ."""

    number: int
    indicator: str
    indicator_name: str
    result: str
    result_name: str
    rows: tuple[tuple[str, str], ...]


@pages.get("/")
@needs(Act.PLAN)
def index() -> Any:
    """What holds today, every set there was, and a form for another one."""
    return _page()


@pages.post("/")
@needs(Act.CONFIGURE)
def decide() -> Any:
    """Enter the set that the form says, from a day on: what is kept of the last one, and one more.
    A page that is out of date writes nothing."""
    form = request.form
    wrong: list[Problem] = []
    try:
        since = dt.date.fromisoformat(form.get("since", ""))
    except ValueError:
        words = Text("没有写从哪一天起", "there is no day from which it holds")
        wrong.append(Problem("portal.no_day", words, Text("请选一个日期", "Choose a day")))
    reason = form.get("reason", "").strip()
    if not reason:
        words = Text("没有写理由", "there is no reason")
        wrong.append(Problem("portal.no_reason", words, Text("请写明依据", "Say on what ground")))
    if wrong:
        return _page(wrong), 422
    try:
        with writing() as changing:
            last = _latest(changing)
            if str(last.id if last else 0) != form.get("seen", ""):
                return _page(moved=True), 409
            entered = set_bindings(
                changing, desk().hospital, desk().programs, list(_asked(last)), since=since,
                reason=reason, by=me().login,
            )  # fmt: skip
    except HpfError as error:
        return _page(list(error.problems)), 422
    done = Text(f"已登记，自 {since} 起。已封存的月份不变。",
                f"Entered, from {since}. Sealed months do not change.")  # fmt: skip
    same = Text("与已登记的相同，没有写入。", "It stands there already.")
    flash(say(done if entered else same), "ok")
    return redirect(url_for("bindings.index"))


def _asked(last: BindingSet | None) -> Iterator[dict[str, Any]]:
    """The bindings of the form. A row without one of its two ends is left to the check."""
    kept = set(request.form.getlist("keep"))
    for number, one in enumerate(last.bindings if last else ()):
        if str(number) in kept:
            yield dict(one)
    indicator, result = request.form.get("indicator", ""), request.form.get("result", "")
    if indicator or result:
        more: dict[str, Any] = {"indicator": indicator, "result": result}
        pairs = [p.split("=", 1) for p in request.form.get("rows", "").split() if "=" in p]
        if pairs:
            more["rows"] = {own: other for own, other in pairs}  # noqa: C416 - rows are no pairs
        yield more


def _page(wrong: list[Problem] | None = None, moved: bool = False) -> str:
    last = _latest(session())
    sets = session().scalars(
        select(BindingSet)
        .where(BindingSet.hospital_id == desk().hospital)
        .order_by(BindingSet.id.desc())
    )
    history = [(s, _shown(s)) for s in sets]
    now = next((s for s, _ in sorted(history, key=lambda h: (h[0].since, h[0].id), reverse=True)
                if s.since <= today()), None)  # fmt: skip
    return render_template(
        "plan/bindings.html", history=history, now=now, last=_shown(last) if last else (),
        seen=last.id if last else 0, indicators=_ends("indicator"), results=_ends("result"),
        can=may(me(), Act.CONFIGURE), wrong=wrong or [], moved=moved, form=request.form,
        today=today(), several=len(desk().programs) > 1,
    )  # fmt: skip


def _latest(reading: Any) -> BindingSet | None:
    """The set entered last: whoever enters another one has to have seen it."""
    number = select(func.max(BindingSet.id)).where(BindingSet.hospital_id == desk().hospital)
    found: BindingSet | None = reading.scalar(
        select(BindingSet).where(BindingSet.id == number.scalar_subquery())
    )
    return found


def _ends(side: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """By scheme, what may be filled or what may fill it: its full name, and its words."""
    found = []
    for code, program in desk().programs.items():
        if side == "indicator":
            ends = [(i.entity, i.code, i.names) for i in program.indicators]
        else:
            ends = [(r.entity, r.name, r.names) for r in program.rules]
        told = [(e, n, f"{say(program.entities[e].names)} · {say(names)}") for e, n, names in ends]
        times = Counter(words for _, _, words in told)
        found.append((say(program.names), [
            (f"{code}.{e}.{n}", words if times[words] == 1 else f"{words}（{n}）")
            for e, n, words in told
        ]))  # fmt: skip
    return found


def _shown(one: BindingSet) -> tuple[Shown, ...]:
    return tuple(
        Shown(n, b["indicator"], _name(b["indicator"], "indicator"), b["result"],
              _name(b["result"], "result"), tuple((b.get("rows") or {}).items()))
        for n, b in enumerate(one.bindings)
    )  # fmt: skip


def _name(end: str, side: str) -> str:
    """What an end is called; its own name where its scheme is no longer installed."""
    scheme, _, rest = end.partition(".")
    entity, _, code = rest.partition(".")
    if scheme not in desk().programs:
        return end
    program = desk().programs[scheme]
    found = program.indicator(entity, code) if side == "indicator" else program.rule(entity, code)
    return say(found.names) if found is not None else end
