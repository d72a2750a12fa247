"""Collection: templates out, workbooks in, shown before anything is written; who has reported."""

from __future__ import annotations

import tempfile
from decimal import Decimal, InvalidOperation
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy import select

from hpf.core.bindings import bound_indicators
from hpf.core.errors import HpfError, Problem, Text
from hpf.core.facts import Facts
from hpf.core.units import CNY
from hpf.intake.template import write_template
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.collect_excerpt import excerpts
from hpf.portal.pages.collect_reports import reports
from hpf.portal.pages.collect_spool import HOURS, SUFFIXES, Spool, Upload
from hpf.portal.pages.entry_filing import entries
from hpf.portal.pages.moments import tell_time
from hpf.portal.pages.originals import kept_original
from hpf.portal.place import Place, here, place
from hpf.portal.rights import Act
from hpf.receiving import keep, receive
from hpf.reports import figures
from hpf.storage.configuration import bindings_on
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.imports import MOVED, Preview
from hpf.storage.models import Import

pages = Blueprint("collect", __name__, url_prefix="/collect")
tell_time(pages)
_LISTED: Final = 12  # imports on the page
SHOWN: Final = 200  # cells or problems on a page; all are counted
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/")
@needs(Act.COLLECT)
def index() -> Any:
    """Who has reported, what was written, and where to go on."""
    at = place()
    if at is None:
        return render_template("collect/empty.html")
    found = reports(at.program, at.period, _facts(at))
    owing = [r for r in found if not r.complete]
    imports = (
        session()
        .scalars(
            select(Import)
            .where(
                Import.hospital_id == desk().hospital,
                Import.scheme == at.scheme,
                Import.period == at.period,
            )
            .order_by(Import.id.desc())
        )
        .all()
    )
    filed = entries(session(), desk().hospital, at.scheme, at.period)
    return render_template(
        "collect/index.html", waiting=[e for e in filed if e.answer is None],
        originals={i.id for i in imports[:_LISTED] if kept_original(i)}, listed=_LISTED,
        at=at, reports=found, owing=owing, imports=imports, today=today(),
        period=figures.period(at.period, language()), short=figures.brief(at.period, language()),
    )  # fmt: skip


@pages.get("/template.xlsx")
@needs(Act.COLLECT)
def template() -> Response:
    """The workbook to fill in; `?filled=1`: with what is known of the period already."""
    at = here()
    facts = _facts(at) if request.args.get("filled") else None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(at.program, at.period, path, facts=facts, lang=language())
        data = BytesIO(path.read_bytes())
    name = f"{at.scheme}-{at.period}{'-filled' if facts else ''}.xlsx"
    return send_file(data, mimetype=_XLSX, as_attachment=True, download_name=name)


@pages.route("/upload", methods=["GET", "POST"])
@needs(Act.COLLECT)
def upload() -> Any:
    """Choose a file; then it is read and compared, and nothing is written."""
    at = place()
    if at is None:
        return render_template("collect/empty.html")
    if request.method == "GET":
        return _form(at)
    file, extent = request.files.get("file"), request.form.get("extent", "whole")
    if file is None or not file.filename or extent not in ("whole", "part"):
        return _form(at, say(("请选择一个工作簿", "Choose a workbook")))
    try:
        kept = _spool().put(
            file, file.filename, login=me().login, scheme=at.scheme, period=str(at.period),
            extent=extent,
        )  # fmt: skip
    except ValueError:
        kinds = "、".join(SUFFIXES)
        return _form(at, say((f"这不是工作簿，可用 {kinds}", f"This is no workbook ({kinds})")))
    return _shown(at, kept)


@pages.post("/confirm")
@needs(Act.COLLECT)
def confirm() -> Any:
    """Write what was shown; where somebody else wrote in between, show anew what it changes now."""
    at, kept = here(), _spool().get(request.form.get("token", ""), me().login)
    if kept is None or (kept.scheme, kept.period) != (at.scheme, str(at.period)):
        flash(say((
            "这个文件已经写入、放弃或过期，什么都没有再写。请重新上传。",
            "This file was written, discarded, or is too old; nothing more was written.",
        )), "warning")  # fmt: skip
        return redirect(url_for("collect.upload"))
    if (latest_import(session(), desk().hospital, at.scheme, at.period) or 0) != kept.base:
        return _moved(at, kept)
    try:
        shown = _read(at, kept)
        saved = keep(
            desk().engine, shown, by=me().login, reason=request.form.get("reason", "").strip(),
            path=_spool().path(kept), home=desk().settings.home.folder,
        )  # fmt: skip
    except HpfError as error:
        if [p.code for p in error.problems] == [MOVED]:
            return _moved(at, kept)
        return _wrong(at, kept, list(error.problems))
    _spool().drop(kept.token)
    told = Text("与已有数据相同，没有写入。", "All of it stands there already.")
    if saved is not None:
        told = Text(
            f"已写入：第 {saved.number} 次，{saved.versions} 个值。",
            f"Written: import {saved.number}, {saved.versions} values.",
        )
    flash(say(told), "ok")
    return redirect(url_for("collect.index"))


@pages.post("/discard")
@needs(Act.COLLECT)
def discard() -> Any:
    """Delete what was uploaded."""
    kept = _spool().get(request.form.get("token", ""), me().login)
    if kept is not None:
        _spool().drop(kept.token)
    flash(say(("已放弃，什么都没有写入。", "Discarded; nothing was written.")), "ok")
    return redirect(url_for("collect.upload"))


def _spool() -> Spool:
    return Spool(desk().settings.home.folder / "spool")


def _facts(at: Place) -> Facts | None:
    if latest_import(session(), desk().hospital, at.scheme, at.period) is None:
        return None
    return facts_at(session(), desk().hospital, at.program, at.period)


def _form(at: Place, wrong: str = "") -> Any:
    page = render_template(
        "collect/upload.html", at=at, wrong=wrong, hours=HOURS,
        period=figures.period(at.period, language()), accept=",".join(SUFFIXES),
        limit=desk().settings.upload_mb,
    )  # fmt: skip
    return page, 422 if wrong else 200


def _read(at: Place, kept: Upload) -> Preview:
    programs, hospital = desk().programs, desk().hospital
    bindings = bindings_on(session(), hospital, programs, at.period.last_day)
    others = [p for p in programs.beside(at.scheme) if p is not at.program]
    return receive(
        desk().engine, hospital, at.program, at.period, _spool().path(kept), extent=kept.extent,
        others=others, bound=bound_indicators(at.scheme, bindings),
    )  # fmt: skip


def _shown(at: Place, kept: Upload, moved: bool = False) -> Any:
    """What a file would change, or everything that is wrong with it."""
    try:
        shown = _read(at, kept)
    except HpfError as error:
        return _wrong(at, kept, list(error.problems))
    kept = _spool().note(kept, shown.base or 0)
    counts = shown.counts
    changes = counts["changed"] + counts["removed"]
    page = render_template(
        "collect/preview.html", at=at, kept=kept, counts=counts, shown=shown, moved=moved,
        writes=counts["new"] + changes, zeros=shown.accepted_zeros, changes=changes,
        cells=[_cell(at, c) for c in islice(shown.cells(), SHOWN)],
        columns=[
            (_column(at, d.entity, d.code), d.counts)
            for d in shown.found
            if any(d.counts.get(k) for k in ("new", "changed", "removed"))
        ],
        notices=shown.facts.notices, size=_spool().path(kept).stat().st_size,
        period=figures.period(at.period, language()),
    )  # fmt: skip
    return page, 409 if moved else 200


def _moved(at: Place, kept: Upload) -> Any:
    return _shown(at, kept, moved=True)


def _wrong(at: Place, kept: Upload, problems: list[Problem]) -> Any:
    """Everything that is wrong, with the first cells in their sheets; the file is not kept."""
    around = excerpts(_spool().path(kept), at.program, problems)
    _spool().drop(kept.token)
    page = render_template(
        "collect/wrong.html", at=at, name=kept.name, problems=problems[:SHOWN], many=len(problems),
        around=around, anchors={e.key: n for n, e in enumerate(around, 1)},
        period=figures.period(at.period, language()),
    )  # fmt: skip
    return page, 422


def _cell(at: Place, cell: Any) -> dict[str, str]:
    """A cell that changes, as the page shows it."""
    place_of, old, new = cell.place, cell.old, cell.new
    indicator = at.program.indicator(cell.entity, cell.code.rpartition(".")[2])
    pay = indicator is not None and indicator.unit == CNY
    was, becomes = _number(old), _number(new)
    by = ""
    if was is not None and becomes is not None:
        by = figures.change(becomes - was) if pay else _signed(becomes - was)
        old, new = figures.figure(was, "", pay=pay), figures.figure(becomes, "", pay=pay)
    sheet, _, rest = place_of.rpartition("[")
    said = rest.replace("] ", "!") if sheet else place_of
    return {"place": said, "row": cell.id, "column": _column(at, cell.entity, cell.code),
            "old": old, "new": new if new is not None else "", "gone": "1" if new is None else "",
            "by": by}  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    """A cell's number; None where it is none."""
    try:
        found = None if text is None else Decimal(text)
    except InvalidOperation:
        return None
    return found if found is not None and found.is_finite() else None


def _signed(value: Decimal) -> str:
    return ("+" if value > 0 else "") + figures.amount(value)


def _column(at: Place, entity: str, code: str) -> str:
    """A column by its sheet and name."""
    short = code.rpartition(":")[2].removeprefix("@").rpartition(".")[2]
    known = at.program.entities[entity]
    links = {k.name: k.names for k in known.links}
    indicator = at.program.indicator(entity, short)
    own = {"id": Text("编号", "id"), "name": Text("名称", "name")}
    names = indicator.names if indicator else links.get(short) or own.get(short)
    said = say(names) if names else short
    return f"{say(known.names)} · {said}"
