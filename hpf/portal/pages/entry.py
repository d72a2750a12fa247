"""Entry forms: made from the declared indicators, filled in, shown as changes, then written.

What the performance office enters is written at once, as its workbooks are. What others enter waits
until somebody else, who may collect, has approved it.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.core.bindings import bound_indicators
from hpf.core.errors import HpfError, Problem, Text
from hpf.intake.guide import BLANKS, bounds
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages import entry_filing as filed
from hpf.portal.pages.derivation_words import reported
from hpf.portal.pages.entry_fields import fields_of
from hpf.portal.pages.entry_sheet import Place as Row
from hpf.portal.pages.entry_sheet import Stand, part
from hpf.portal.pages.entry_who import Asked, Scope, forms, lowfirst, scope
from hpf.portal.pages.entry_work import (
    NEW,
    Entered,
    hidden,
    name_of,
    options,
    parse,
    rows_sent,
)
from hpf.portal.pages.moments import tell_time
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act, may
from hpf.receiving import compare_part, keep
from hpf.reports import figures
from hpf.storage.configuration import bindings_on
from hpf.storage.imports import MOVED
from hpf.storage.models import Department

pages = Blueprint("entry", __name__, url_prefix="/entry")
tell_time(pages)
pages.add_app_template_filter(lowfirst)
SHOWN: Final = 40  # rows on a page
_REGISTERED: Final = ("hospital", "department", "staff")  # rows come from the register


@pages.get("/")
@needs(Act.ENTER)
def index() -> Any:
    """The forms that are one's own to fill in, and the entries that wait."""
    at = place()
    if at is None:
        return render_template("entry/empty.html")
    stand = Stand.at(session(), at.program, at.period)
    listed = []
    for asked, may_enter in _mine(at):
        rows = stand.rows(asked.entity)
        open_ = [r for r in rows.values() if may_enter.sees(r.units)]
        values = stand.values(asked.entity, may_enter.columns)
        given = sum((r.id, c) in values for r in open_ for c in may_enter.columns)
        listed.append((asked, len(open_), given, len(open_) * len(may_enter.columns)))
    every = filed.entries(session(), desk().hospital, at.scheme, at.period)
    office = may(me(), Act.COLLECT)
    shown = [e for e in every if office or e.filing.by == me().login]
    return render_template(
        "entry/index.html", at=at, forms=listed, entries=shown, state=filed.state, office=office,
        names={a.code: a.names for a in _all(at)}, period=figures.period(at.period, language()),
        waiting=sum(e.answer is None for e in shown),
    )  # fmt: skip


@pages.route("/forms/<code>", methods=["GET", "POST"])
@needs(Act.ENTER)
def form(code: str) -> Any:
    """The form; sent, it shows what would change, and nothing is written."""
    at = here()
    scheme = next((f.scheme for f in desk().declared.forms if f.code == code), at.scheme)
    if request.method == "GET" and scheme != at.scheme and scheme in at.schemes:
        return redirect(url_for("entry.form", code=code, scheme=scheme))
    asked, may_enter = _asked(at, code)
    if request.method == "GET":
        return _blank(at, asked, may_enter)
    entered = _entered(at, asked, may_enter)
    if "edit" in request.form:
        return _again(at, entered, [], 200)
    return _checked(at, entered) or _preview(at, entered)


@pages.post("/forms/<code>/confirm")
@needs(Act.ENTER)
def confirm(code: str) -> Any:
    """Write what was shown, or put it on file for approval; where the same cells were changed in
    between, both versions are shown and nothing is written."""
    at = here()
    asked, may_enter = _asked(at, code)
    entered = _entered(at, asked, may_enter)
    if refused := _checked(at, entered):
        return refused
    text = request.form.get("reason", "").strip()[:200]
    if not may(me(), Act.COLLECT):
        with writing() as changing:
            one = filed.submit(
                changing, me(), asked, at.scheme, at.period, entered.changes, entered.made, text
            )
            number = one.id
        told = Text(
            f"已提交（第 {number} 号），等绩效办批准后生效。",
            f"Submitted as no. {number}; it counts once the performance office approves it.",
        )
        flash(say(told), "ok")
        return redirect(url_for("entry.index"))
    try:
        reason = f"portal form {asked.code}" + (f": {text}" if text else "")
        saved = keep(desk().engine, _compare(at, entered), by=me().login, reason=reason)
    except HpfError as error:
        if [p.code for p in error.problems] != [MOVED]:
            raise
        return _preview(at, _entered(at, asked, may_enter), moved=True)
    if saved is not None:
        told = Text(
            f"已写入：第 {saved.number} 次，{saved.versions} 个值。",
            f"Written: import {saved.number}, {saved.versions} values.",
        )
        flash(say(told), "ok")
    return redirect(url_for("entry.form", code=code, scheme=at.scheme, period=str(at.period)))


def _entered(at: Place, asked: Asked, may_enter: Scope) -> Entered:
    """What was sent, beside what its author saw and what stands now."""
    text = request.form.get("base", "")
    if not text.isdecimal() or len(text) > 12:
        abort(400)
    now = Stand.at(session(), at.program, at.period)
    then = now if int(text) == now.base else Stand.at(session(), at.program, at.period, int(text))
    return parse(request.form, asked, may_enter, now, then)


def _checked(at: Place, entered: Entered) -> Any:
    """The page that says what is wrong, or shows both versions; None where all is well."""
    if entered.wrong() or entered.problems:
        return _again(at, entered, list(entered.problems))
    if entered.conflicts:
        return _conflict(at, entered)
    if entered.empty:
        flash(
            say(("没有改动，什么都没有写入。", "Nothing was changed; nothing was written.")), "ok"
        )
        return redirect(url_for("entry.form", code=entered.asked.code))
    try:
        _compare(at, entered)
    except HpfError as error:
        return _again(at, entered, entered.complain(error))
    return None


def _compare(at: Place, entered: Entered) -> Any:
    cells = {c.key: c.to for c in entered.changes}
    facts = part(
        entered.now, at.period, entered.asked.entity, cells, entered.made, entered.asked.code
    )
    return compare_part(desk().engine, desk().hospital, at.program, facts)


def _preview(at: Place, entered: Entered, *, moved: bool = False) -> Any:
    page = render_template(
        "entry/preview.html", at=at, asked=entered.asked, entered=entered, moved=moved,
        hidden=list(hidden(entered)), office=may(me(), Act.COLLECT),
        period=figures.period(at.period, language()),
    )  # fmt: skip
    return page, 409 if moved else 200


def _conflict(at: Place, entered: Entered) -> Any:
    """Both versions, field by field, with who wrote the other one."""
    entity, now = entered.asked.entity, entered.now
    others = {c.name: reported(*now.reported(entity, c.key)) for c in entered.conflicts}
    page = render_template(
        "entry/conflict.html", at=at, asked=entered.asked, entered=entered, others=others,
        hidden=list(hidden(entered)), period=figures.period(at.period, language()),
    )  # fmt: skip
    return page, 409


def _blank(at: Place, asked: Asked, may_enter: Scope) -> Any:
    """The form as it stands, a page of its rows."""
    stand = Stand.at(session(), at.program, at.period)
    wanted = request.args.get("q", "").strip().lower()
    rows = [
        r for r in stand.rows(asked.entity).values()
        if may_enter.sees(r.units)
        and (not wanted or wanted in f"{r.id} {r.name} {' '.join(r.units)}".lower())
    ]  # fmt: skip
    text = request.args.get("page", "")
    number = int(text) if text.isdecimal() and len(text) < 7 else 0
    return _form(
        at, asked, may_enter, stand, rows[number * SHOWN : (number + 1) * SHOWN],
        many=len(rows), number=number, wanted=wanted, base=stand.base,
    )  # fmt: skip


def _again(at: Place, entered: Entered, problems: list[Problem], status: int = 422) -> Any:
    """The form as it was sent, with what is wrong at each field."""
    rows = list(rows_sent(entered).values())
    page = _form(
        at, entered.asked, entered.scope, entered.now, rows, many=len(rows), number=0, wanted="",
        fields=entered.fields, problems=problems, base=int(request.form["base"]),
        wrong=entered.wrong() + [("new-id", p.message.say(language())) for p in problems],
    )  # fmt: skip
    return page, status


def _form(
    at: Place, asked: Asked, may_enter: Scope, stand: Stand, rows: list[Row], **more: Any
) -> str:
    """The form's page. fields: as they were sent, else as they are stored."""
    columns = [(i, h) for i, h in asked.columns if i.code in may_enter.columns]
    values = stand.values(asked.entity, [i.code for i, _ in columns])
    cells = {
        name_of((r.id, i.code)): (i, values.get((r.id, i.code)), f"{r.name or r.id} {say(h)}")
        for r in rows for i, h in columns if may_enter.writes(i.code, r.units)
    }  # fmt: skip
    adds = asked.entity not in _REGISTERED
    if adds:
        cells |= {f"{NEW}{i.code}": (i, None, say(h)) for i, h in columns}
    given = more.pop("fields", None)
    fields = fields_of(cells)
    for name, field in ({} if given is None else given._fields).items():
        fields._fields[name] = field
    legend = [
        (say(h), i, say(BLANKS[i.blank]), say(bounds(i)), say(i.reporter), say(i.note))
        for i, h in columns
    ]
    return render_template(
        "entry/form.html", at=at, asked=asked, columns=columns, rows=rows, fields=fields,
        legend=legend, name_of=name_of, new=NEW, shown=SHOWN, sent=request.form,
        links=list(options(asked, may_enter, stand)) if adds else None,
        office=may(me(), Act.COLLECT), period=figures.period(at.period, language()),
        entity=say(at.program.entities[asked.entity].names),
        **{"problems": [], "wrong": [], **more},
    )  # fmt: skip


def _asked(at: Place, code: str) -> tuple[Asked, Scope]:
    """The form that an address names, and what of it is the viewer's. One of a plugin that is not
    enabled is not there."""
    found = next((a for a in _all(at) if a.code == code), None)
    if found is None:
        abort(404)
    may_enter = scope(me(), found, _headed())
    if not may_enter:
        abort(403)
    return found, may_enter


def _mine(at: Place) -> list[tuple[Asked, Scope]]:
    headed = _headed()
    every = [(a, scope(me(), a, headed)) for a in _all(at)]
    return [(a, s) for a, s in every if s]


def _all(at: Place) -> list[Asked]:
    """The forms of the place's scheme."""
    bindings = bindings_on(session(), desk().hospital, desk().programs, at.period.last_day)
    return forms(at.program, desk().declared.forms, bound_indicators(at.scheme, bindings))


def _headed() -> list[str]:
    """Names of the departments that the viewer heads."""
    rows = session().scalars(
        select(Department.name).where(
            Department.hospital_id == me().hospital, Department.code.in_(me().departments)
        )
    )
    return list(rows)
