"""Bank accounts: finance enters them, somebody else approves; pages show their last four digits."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import or_, select
from werkzeug.datastructures import FileStorage

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.access import me, needs, still
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.bank_sheets import FOLDER, HOURS, Read, Waiting, form, read
from hpf.portal.pages.moments import tell_time
from hpf.portal.rights import Act, may
from hpf.storage import account_entries as entered
from hpf.storage.models import Staff
from hpf.storage.secrets import AccountKeys, masked

pages = Blueprint("bank", __name__, url_prefix="/bank")
tell_time(pages)
_SHOWN: Final = 200
_ANSWERED: Final = 20
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STATES: Final = {
    "approved": ("ok", Text("已批准", "approved")),
    "returned": ("error", Text("已退回", "sent back")),
    "replaced": ("", Text("有更新的登记", "replaced")),
}
_TWO: Final = Problem(
    "bank.differs",
    Text("两次输入的账号不同，没有登记", "the two numbers differ: nothing was entered"),
    Text("请对着凭证重输", "Enter it again from the paper"),
)
_NONE: Final = Problem(
    "bank.none",
    Text("没有写账号", "there is no number"),
    Text("要取消账号，请勾选“不再有账号”", "To take it away, tick 'no account any more'"),
)
_NO_FILE: Final = Problem(
    "bank.file",
    Text("请选择一个工作簿或 CSV", "choose a workbook or a CSV file"),
    Text("可用 .xlsx .xlsm .xls .csv", "It ends in .xlsx, .xlsm, .xls or .csv"),
)
_ONE_ONLY: Final = Problem(
    "bank.typed",
    Text("对账号时一次只批准一项", "numbers are compared one at a time"),
    Text("请只选一项，或不填账号", "Choose one, or leave the number out"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """An entry. before, ends: last four digits, or in words that there is none; mine: the viewer
    entered it; state, kind: what came of it."""

    id: int
    code: str
    name: str
    before: str
    ends: str
    by: str
    at: dt.datetime
    source: str
    mine: bool
    state: str = ""
    kind: str = ""
    reason: str = ""
    answered: str = ""


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of a list that was uploaded, beside what stands there."""

    code: str
    name: str
    place: str
    before: str
    ends: str
    kind: str


@pages.get("/")
@needs(Act.BANK_APPROVE)
def index() -> Any:
    """What waits, who has no account, and the forms to enter them."""
    return _page()


@pages.get("/form.xlsx")
@needs(Act.BANK)
def template() -> Any:
    """The workbook to fill in, with everybody who works here today."""
    keys, code = _keys(), desk().settings.home.hospital_code
    people = [(p.code, p.name, masked(entered.number_of(keys, code, p))) for p in _people()]
    name = say(("账号.xlsx", "accounts.xlsx"))
    made = form(people, language())
    return send_file(made, mimetype=_XLSX, as_attachment=True, download_name=name)


@pages.post("/enter")
@needs(Act.BANK)
def enter() -> Any:
    """One person's account, typed twice; or that there is none any more."""
    asked = request.form
    code, number = asked.get("code", "").strip(), asked.get("number", "").strip()
    gone = "gone" in asked
    if not gone and number.replace(" ", "") != asked.get("again", "").replace(" ", ""):
        return _page([_TWO]), 422
    if not gone and not number:
        return _page([_NONE]), 422
    try:
        with writing() as changing:
            still(changing, Act.BANK)
            made = entered.enter(changing, _keys(), desk().hospital, {code: "" if gone else number},
                                 by=me().login)  # fmt: skip
            count = len(made)
    except HpfError as error:
        return _page(list(error.problems)), 422
    _told(count)
    return redirect(url_for("bank.index"))


@pages.post("/upload")
@needs(Act.BANK)
def upload() -> Any:
    """Read a list and show what it changes; nothing is entered, and the file is not kept."""
    file: FileStorage | None = request.files.get("file")
    if file is None or not file.filename:
        return _page([_NO_FILE]), 422
    known = session().scalars(select(Staff.code).where(Staff.hospital_id == desk().hospital))
    try:
        found = read(file, desk().settings.home.keys, known)
    except ValueError:
        return _page([_NO_FILE]), 422
    except HpfError as error:
        return _page(list(error.problems), file.filename), 422
    return _preview(found, _waiting().put(found, me().login))


@pages.post("/confirm")
@needs(Act.BANK)
def confirm() -> Any:
    """Enter what was shown; each waits for somebody else's approval."""
    token = request.form.get("token", "")
    found = _waiting().get(token, me().login)
    if found is None:
        flash(say(("这份名单已登记、放弃或过期，请重新上传。",
                   "This list was entered, discarded, or is too old: upload it again.")),
              "warning")  # fmt: skip
        return redirect(url_for("bank.index"))
    if "discard" in request.form:
        _waiting().drop(token)
        flash(say(("已放弃，什么都没有登记。", "Discarded; nothing was entered.")), "ok")
        return redirect(url_for("bank.index"))
    with writing() as changing:
        still(changing, Act.BANK)
        made = entered.enter(changing, _keys(), desk().hospital, found.numbers, by=me().login,
                             source=found.name, places=found.places)  # fmt: skip
        count = len(made)
    _waiting().drop(token)
    _told(count)
    return redirect(url_for("bank.index"))


@pages.post("/answer")
@needs(Act.BANK_APPROVE)
def answer() -> Any:
    """Approve what was chosen, or send it back with the reason; all of it or nothing."""
    chosen = [int(n) for n in request.form.getlist("entry") if n.isdecimal() and len(n) < 10]
    deed, who = request.form.get("deed", ""), me().login
    if deed not in ("approve", "return"):
        abort(400)
    if not chosen:
        flash(say(("没有选中任何一项", "Nothing was chosen")), "warning")
        return redirect(url_for("bank.index"))
    typed = request.form.get("typed", "").strip()
    if typed and len(chosen) != 1:
        return _page([_ONE_ONLY]), 422
    try:
        with writing() as changing:
            still(changing, Act.BANK_APPROVE)
            if deed == "approve":
                done = entered.approve(changing, _keys(), desk().hospital, chosen, by=who,
                                       typed=typed)  # fmt: skip
            else:
                done = entered.send_back(changing, desk().hospital, chosen, by=who,
                                         reason=request.form.get("reason", ""))  # fmt: skip
            count = len(done)
    except HpfError as error:
        return _page(list(error.problems)), 422
    said = Text(f"已批准 {count} 个账号", f"{count} accounts are approved")
    if deed == "return":
        said = Text(f"已退回 {count} 项", f"{count} are sent back")
    flash(say(said), "ok")
    return redirect(url_for("bank.index"))


def _page(wrong: list[Problem] | None = None, name: str = "") -> str:
    people = _people()
    lacking = [p for p in people if p.account is None]
    waits = [_line(e, p) for e, p in entered.entries(session(), desk().hospital, waiting=True)]
    answered = entered.entries(session(), desk().hospital, waiting=False, most=_ANSWERED)
    named = {x.code for x in waits}
    return render_template(
        "bank/index.html", waits=waits[:_SHOWN], many=len(waits),
        theirs=[x for x in waits if not x.mine], answered=[_line(e, p) for e, p in answered],
        lacking=[(p.code, p.name, p.code in named) for p in lacking[:_SHOWN]], lack=len(lacking),
        count=len(people), may_enter=may(me(), Act.BANK), wrong=(wrong or [])[:_SHOWN],
        wrongs=len(wrong or []), name=name, limit=desk().settings.upload_mb,
    )  # fmt: skip


def _preview(found: Read, token: str) -> str:
    keys, code = _keys(), desk().settings.home.hospital_code
    by_code = {p.code: p for p in session().scalars(
        select(Staff).where(Staff.hospital_id == desk().hospital))}  # fmt: skip
    rows: list[Changed] = []
    for id, number in found.numbers.items():
        now = entered.number_of(keys, code, by_code[id])
        kind = "same" if now == number else "changed" if now else "new"
        place = found.places.get(id, "")
        rows.append(Changed(id, by_code[id].name, place, _ends(masked(now)), masked(number), kind))
    counts = {k: sum(r.kind == k for r in rows) for k in ("new", "changed", "same")}
    return render_template(
        "bank/preview.html", name=found.name, token=token, counts=counts, blank=found.blank,
        rows=sorted((r for r in rows if r.kind != "same"), key=lambda r: (r.kind, r.code)),
        shown=_SHOWN, hours=HOURS,
    )  # fmt: skip


def _line(one: Any, person: Staff) -> Line:
    kind, names = _STATES.get(one.state, ("", Text("", "")))
    return Line(
        one.id, person.code, person.name, _ends(one.before), _ends(one.ends), one.by, one.at,
        one.source, one.by == me().login, say(names), kind, one.reason, one.answered_by,
    )  # fmt: skip


def _ends(text: str) -> str:
    return text or say(("没有", "none"))


def _people() -> list[Staff]:
    """Everybody who works here today, by their codes."""
    return list(session().scalars(
        select(Staff)
        .where(Staff.hospital_id == desk().hospital, Staff.joined <= today(),
               or_(Staff.left.is_(None), Staff.left > today()))
        .order_by(Staff.code)
    ))  # fmt: skip


def _keys() -> AccountKeys:
    return AccountKeys.read(desk().settings.home.keys)


def _waiting() -> Waiting:
    home = desk().settings.home
    return Waiting(home.folder / FOLDER, _keys(), home.hospital_code)


def _told(count: int) -> None:
    said = Text(
        f"已登记 {count} 个账号，等另一个人批准", f"{count} entered; another person approves"
    )
    same = Text("与现有账号相同，没有登记", "These accounts stand there already")
    flash(say(said if count else same), "ok")
