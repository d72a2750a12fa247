"""The register as a workbook: out with everything in it, in with a look at what it changes first.

The same as `hpf register`: nothing is deleted, everything has its days, and all problems are told
by their cells. Nothing is written before it is confirmed.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import func, or_, select

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.organisation import Register
from hpf.intake.register import form, register_after, write_register
from hpf.portal.access import me, needs, still
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.collect_excerpt import excerpts
from hpf.portal.pages.collect_spool import HOURS, SUFFIXES, Spool, Upload
from hpf.portal.pages.register_shown import changes, mark
from hpf.portal.rights import Act
from hpf.storage.models import Staff, User
from hpf.storage.organisation import register_of, save_register

pages = Blueprint("register", __name__, url_prefix="/register")
_SHOWN: Final = 200
_KIND: Final = "register"  # what an uploaded file is of
_MOVED: Final = "storage.register_moved"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/")
@needs(Act.ORGANISE)
def index() -> Any:
    """Who there is today, the workbook out, and the form in."""
    return _form()


@pages.get("/register.xlsx")
@needs(Act.ORGANISE)
def template() -> Any:
    """The whole register with its history, to be changed and handed in again."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write_register(path, _now(), language())
        data = BytesIO(path.read_bytes())
    name = say(("名册.xlsx", "register.xlsx"))
    return send_file(data, mimetype=_XLSX, as_attachment=True, download_name=name)


@pages.post("/upload")
@needs(Act.ORGANISE)
def upload() -> Any:
    """Read a workbook and show what it changes; nothing is written."""
    file, since = request.files.get("file"), request.form.get("since", "").strip()
    if file is None or not file.filename:
        return _form(say(("请选择一个工作簿", "Choose a workbook"))), 422
    if since and _day(since) is None:
        return _form(say(("日期要写成 2026-10-01", "Write the day as 2026-10-01"))), 422
    try:
        kept = _spool().put(file, file.filename, login=me().login, scheme=_KIND, period=since,
                            extent="part")  # fmt: skip
    except ValueError:
        kinds = "、".join(SUFFIXES)
        return _form(say((f"这不是工作簿，可用 {kinds}", f"This is no workbook ({kinds})"))), 422
    return _shown(kept)


@pages.post("/confirm")
@needs(Act.ORGANISE)
def confirm() -> Any:
    """Write what was shown; where somebody else wrote in between, show anew what it changes now."""
    kept = _spool().get(request.form.get("token", ""), me().login)
    if kept is None or kept.scheme != _KIND:
        flash(say(("这个文件已经写入、放弃或过期，请重新上传。",
                   "This file was written, discarded, or is too old: upload it again.")),
              "warning")  # fmt: skip
        return redirect(url_for("register.index"))
    if "discard" in request.form:
        _spool().drop(kept.token)
        flash(say(("已放弃，什么都没有写入。", "Discarded; nothing was written.")), "ok")
        return redirect(url_for("register.index"))
    base = _now()
    if mark(base) != request.form.get("seen", ""):
        return _shown(kept, moved=True)
    try:
        new, _ = _read(kept, base)
        with writing() as changing:
            still(changing, Act.ORGANISE)
            found = save_register(changing, desk().hospital, base, new, by=me().login,
                                  reason=request.form.get("reason", "").strip())  # fmt: skip
            count = len(found)
    except HpfError as error:
        if [p.code for p in error.problems] == [_MOVED]:
            return _shown(kept, moved=True)
        return _wrong(kept, list(error.problems))
    _spool().drop(kept.token)
    flash(say(Text(f"已写入 {count} 处变更", f"{count} changes are written")), "ok")
    return redirect(url_for("register.index"))


def _form(wrong: str = "") -> str:
    now = _now().on(today())
    return render_template(
        "register/index.html", units=len(now.units), people=len(now.people), wrong=wrong,
        lacking=_without_account(), accept=",".join(SUFFIXES), limit=desk().settings.upload_mb,
        hours=HOURS,
    )  # fmt: skip


def _shown(kept: Upload, moved: bool = False) -> Any:
    base = _now()
    try:
        new, notices = _read(kept, base)
    except HpfError as error:
        return _wrong(kept, list(error.problems))
    found = changes(base, new)
    parts = (
        ("joins", say(("入职", "Join")), found.joins),
        ("leaves", say(("离开", "Leave")), found.leaves),
        ("moves", say(("变动任职", "Move")), found.moves),
        ("units", say(("科室", "Departments")), found.units),
        ("others", say(("更正", "Corrected")), found.others),
    )
    page = render_template(
        "register/preview.html", kept=kept, found=found, parts=parts, moved=moved, shown=_SHOWN,
        notices=notices, seen=mark(base),
    )  # fmt: skip
    return page, 409 if moved else 200


def _wrong(kept: Upload, wrong: list[Problem]) -> Any:
    """Everything that is wrong, with the first cells in their sheets; the file is not kept."""
    around = excerpts(_spool().path(kept), form(), wrong)
    _spool().drop(kept.token)
    page = render_template(
        "register/wrong.html", name=kept.name, problems=wrong[:_SHOWN], many=len(wrong),
        around=around, anchors={e.key: n for n, e in enumerate(around, 1)},
    )  # fmt: skip
    return page, 422


def _read(kept: Upload, base: Register) -> tuple[Register, list[Problem]]:
    """The register after a workbook. Raises FactsError with everything that is wrong."""
    return register_after(_spool().path(kept), _day(kept.period), base)


def _now() -> Register:
    return register_of(session(), desk().hospital)


def _without_account() -> int:
    """How many who work here today have no account of the portal."""
    day = today()
    held = select(User.staff_id).where(User.staff_id.is_not(None))
    asked = select(func.count()).select_from(Staff).where(
        Staff.hospital_id == desk().hospital, Staff.joined <= day,
        or_(Staff.left.is_(None), Staff.left > day), Staff.id.not_in(held),
    )  # fmt: skip
    return int(session().scalar(asked) or 0)


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None


def _spool() -> Spool:
    return Spool(desk().settings.home.folder / "spool")
