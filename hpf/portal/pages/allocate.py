"""Second-level distribution for the office: how pools are shared out, by whose decision; what is
open in the period; the default for heads who are silent; and whether the facts hold what was
approved.

The same as `hpf allocate decide`, `default` and `write`. Heads propose on their own page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.allocation_rules import KIND, AllocationRule, rule_of, set_rule
from hpf.allocations import fall_back, unwritten, write_again
from hpf.core.errors import HpfError, Problem, Text
from hpf.core.units import CNY
from hpf.pools import Pool, default_parts, pools
from hpf.portal.access import me, needs, still
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.reports import figures
from hpf.storage.models import Department, Filing

pages = Blueprint("allocate", __name__, url_prefix="/plan/allocate")
tell_time(pages)
Choices = list[tuple[str, str]]
_DEFAULTS = {
    "equal": Text("人人平均", "the same for all"),
    "points": Text("按得分", "by points"),
}
_STATES = {
    "approved": ("ok", Text("已批准", "approved")),
    "waiting": ("now", Text("等批准", "waits for approval")),
    "late": ("error", Text("已过期限", "late")),
    "open": ("warning", Text("等科室分配", "waits for its head")),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A department's pool. state: a key of _STATES; by: who entered it; approved: who agreed;
    parts: what the default gives each, where it is late; written: whether the facts hold it."""

    unit: str
    name: str
    amount: str
    people: int
    deadline: dt.date
    state: str
    kind: str
    said: str
    by: str
    approved: str
    default: bool
    parts: tuple[tuple[str, str], ...]
    written: bool


@pages.get("/")
@needs(Act.PLAN)
def index() -> Any:
    """The decision that holds, its history, and the pools of the period."""
    return _page(place())


@pages.post("/decide")
@needs(Act.CONFIGURE)
def decide() -> Any:
    """Enter a decision; a later one takes the place of an earlier one."""
    at, form = here(), request.form
    try:
        days = int(form.get("days", ""))
    except ValueError:
        days = -1  # refused with everything else that does not fit
    default = form.get("default", "")
    rule = AllocationRule(
        at.scheme, form.get("pool", ""), form.get("amount", ""), form.get("low", "").strip(),
        form.get("high", "").strip(), default, days,
        form.get("points", "") if default == "points" else "",
    )  # fmt: skip
    if rule == rule_of(session(), desk().hospital, at.scheme):
        flash(say(("与现行的规定相同，没有写入", "That holds already; nothing was written")), "ok")
        return redirect(_back(at))
    try:
        with writing() as changing:
            still(changing, Act.CONFIGURE)
            set_rule(changing, desk().hospital, desk().programs, rule, by=me().login,
                     reason=form.get("reason", ""))  # fmt: skip
    except HpfError as error:
        return _page(at, list(error.problems)), 422
    flash(say(("已规定，从现在起按它分配", "Decided: it holds from now on")), "ok")
    return redirect(_back(at))


@pages.post("/default")
@needs(Act.COLLECT)
def default() -> Any:
    """Share out by the default what is late; what was proposed in time waits for its approval."""
    at = here()
    try:
        with writing() as changing:
            still(changing, Act.COLLECT)
            done = fall_back(changing, desk().hospital, at.program, at.period, by=me().login,
                             on=today())  # fmt: skip
    except HpfError as error:
        return _page(at, list(error.problems)), 422
    said = Text(f"按默认办法分配了 {len(done)} 个科室，已写入数据",
                f"{len(done)} departments are shared out by the default, and written")  # fmt: skip
    flash(say(said if done else Text("没有逾期的科室", "No department is late")), "ok")
    return redirect(_back(at))


@pages.post("/write")
@needs(Act.COLLECT)
def write() -> Any:
    """Put approved allocations back where the facts no longer hold them."""
    at = here()
    try:
        with writing() as changing:
            still(changing, Act.COLLECT)
            done = write_again(changing, desk().hospital, at.program, at.period)
    except HpfError as error:
        return _page(at, list(error.problems)), 422
    said = Text(f"已核对 {len(done)} 个科室，数据与批准的一致",
                f"{len(done)} departments: the facts are what was approved")  # fmt: skip
    flash(say(said), "ok")
    return redirect(_back(at))


def _page(at: Place | None, wrong: Sequence[Problem] = ()) -> str:
    if at is None:
        return render_template("plan/empty.html")
    rule = rule_of(session(), desk().hospital, at.scheme)
    lines, shut = _lines(at, rule) if rule else ([], [])
    late = [x for x in lines if x.state == "late"]
    loose = [x for x in lines if not x.written]
    amounts, points, found = _offered(at)
    form = request.form if wrong else {}
    return render_template(
        "allocate/index.html", at=at, rule=rule, said=_said(at, rule) if rule else [],
        history=_history(at), lines=lines, late=late, loose=loose, shut=shut, wrong=wrong,
        amounts=amounts, points=points, pools=found, form=form,
        defaults=[(c, say(n)) for c, n in _DEFAULTS.items()],
        may_decide=may(me(), Act.CONFIGURE), may_write=may(me(), Act.COLLECT),
        period=figures.period(at.period, language()), finding=_finding(rule, lines, late, loose),
    )  # fmt: skip


def _finding(
    rule: AllocationRule | None, lines: list[Line], late: list[Line], loose: list[Line]
) -> str:
    if rule is None:
        return say(("这个方案没有规定二次分配", "Nothing is decided on sharing out pools"))
    open_ = sum(x.state != "approved" for x in lines)
    if late:
        return say((f"{len(late)} 个科室过了期限没有分配", f"{len(late)} departments are late"))
    if loose:
        return say((f"{len(loose)} 个科室的数据与批准的不符",
                    f"{len(loose)} departments: the facts are not what was approved"))  # fmt: skip
    if open_:
        return say((f"还有 {open_} 个科室的分配没有批准",
                    f"{open_} departments are not approved yet"))  # fmt: skip
    if lines:
        return say((f"{len(lines)} 个科室都已分配、批准并写入",
                    f"All {len(lines)} departments are shared out and written"))  # fmt: skip
    return say(("二次分配", "Second-level distribution"))


def _lines(at: Place, rule: AllocationRule) -> tuple[list[Line], list[Problem]]:
    """The period's pools; or why there are none yet."""
    try:
        found = pools(session(), desk().hospital, at.program, at.period)
    except HpfError as error:
        return [], list(error.problems)
    away = set(unwritten(session(), desk().hospital, at.program, at.period, found.values()))
    names = {d.code: d.name for d in session().scalars(
        select(Department).where(Department.hospital_id == desk().hospital))}  # fmt: skip
    return [_line(rule, p, names.get(p.unit, p.unit), p.unit not in away)
            for p in found.values()], []  # fmt: skip


def _line(rule: AllocationRule, pool: Pool, name: str, written: bool) -> Line:
    state = "approved" if pool.approved_by else "waiting" if pool.given else (
        "late" if today() > pool.deadline else "open"
    )  # fmt: skip
    parts: dict[str, Decimal] = {}
    if state == "late":
        try:
            parts = default_parts(rule, pool)
        except HpfError:
            parts = {}  # why not is told when it is done
    kind, words = _STATES[state]
    by_default = bool(pool.given and pool.given.detail.get("default"))
    return Line(
        pool.unit, name, figures.money(pool.amount), len(pool.people), pool.deadline, state, kind,
        say(words), pool.given.by if pool.given else "", "" if by_default else pool.approved_by,
        by_default, tuple((i, figures.money(v)) for i, v in parts.items()), written,
    )  # fmt: skip


def _said(at: Place, rule: AllocationRule) -> list[tuple[str, str]]:
    """The decision, part by part, in words."""
    amounts, points, found = _offered(at)
    default = say(_DEFAULTS.get(rule.default, Text(rule.default, rule.default)))
    if rule.points:
        default += f"（{dict(points).get(rule.points, rule.points)}）"
    return [
        (say(("总额", "The pool")), dict(found).get(rule.pool, rule.pool)),
        (say(("每人所得填入", "A part becomes")), dict(amounts).get(rule.amount, rule.amount)),
        (say(("上下限", "Bounds")), say((f"均额的 {rule.low} 到 {rule.high} 倍",
                                        f"{rule.low} to {rule.high} times the equal part"))),
        (say(("期限", "Time")),
         say((f"总额封存后 {rule.days} 天", f"{rule.days} days from the seal"))),
        (say(("逾期的默认办法", "Where a head is late")), default),
    ]  # fmt: skip


def _history(at: Place) -> list[Filing]:
    mine = (Filing.hospital_id == desk().hospital, Filing.kind == KIND, Filing.subject == at.scheme)
    return list(session().scalars(select(Filing).where(*mine).order_by(Filing.id.desc())))


def _offered(at: Place) -> tuple[Choices, Choices, Choices]:
    """What a decision may name: indicators that take an amount, indicators that are points, and
    the results of other schemes that are a pool."""
    program = at.program
    amounts, points, ends = [], [], set[str]()
    for one in program.indicators:
        links = {k.to for k in program.entities[one.entity].links if k.to != "hospital"}
        if not one.type.is_number or not links:
            continue
        name = (f"{one.entity}.{one.code}", _name(program.entities[one.entity].names, one.names))
        points.append(name)
        if one.unit == CNY:
            amounts.append(name)
            ends |= links
    found = [
        (f"{code}.{r.entity}.{r.name}", f"{say(other.names)} · {say(r.names)}")
        for code, other in desk().programs.items()
        if code != at.scheme
        for r in other.rules
        if r.entity in ends and r.unit == CNY
    ]
    return amounts, points, found


def _name(owner: Text, own: Text) -> str:
    return f"{say(owner)} · {say(own)}"


def _back(at: Place) -> str:
    return url_for("allocate.index", scheme=at.scheme, period=str(at.period))
