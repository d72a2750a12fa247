"""Pay: ceilings, batches from what is final, their files, and what became of each line."""

from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from sqlalchemy import select

from hpf.core.errors import Problem, Text
from hpf.core.kit.hookspecs import PayoutWriter
from hpf.core.periods import Period
from hpf.intake.pay_files import BUILT_IN
from hpf.portal.access import me, needs
from hpf.portal.asked import number
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.overview import last_of_year
from hpf.portal.pages.mine import download
from hpf.portal.pages.papers import KINDS, batches
from hpf.portal.paid_out import kept_sums
from hpf.portal.place import Place, place
from hpf.portal.rights import Act
from hpf.portal.track import cycle_at
from hpf.reports import figures
from hpf.storage.audit import record
from hpf.storage.ceilings import ceiling_of, spent
from hpf.storage.models import PayoutBatch, StoredRun
from hpf.storage.pay_lines import due, payout_rule
from hpf.storage.payout_states import STATE_NAMES, batch_lines, find_batch, mark, state_of
from hpf.storage.replay import verify_run
from hpf.storage.runs import runs_of
from hpf.storage.troubles import StorageError
from hpf.workflow.leftovers import noted
from hpf.workflow.payments import in_the_way, pay, pay_again, write_again

pages = Blueprint("pay", __name__, url_prefix="/pay")
_WHY = {"held": ("暂缓", "held back"), "paid": ("已发过", "paid before"),
        "owed": ("应扣回", "owed back")}  # fmt: skip
_KINDS = {"main": ("月度", "the period"), "supplement": ("补差", "a difference"),
          "release": ("解除暂缓", "a release")}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it is listed; states: how many lines are in which."""

    code: str
    period: str
    run: int
    total: str
    by: str
    states: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling and what is spent of it."""

    period: str
    spent: str
    ceiling: str
    left: str
    over: bool


@pages.get("/")
@needs(Act.PAY)
def index() -> Any:
    """Ceilings, what may be paid, and the batches there are."""
    at = place()
    rows = (
        session()
        .scalars(
            select(PayoutBatch)
            .where(PayoutBatch.hospital_id == desk().hospital)
            .order_by(PayoutBatch.id.desc())
        )
        .all()
    )
    paid = {b.run_id for b in rows}
    runs = [r for r in runs_of(session(), desk().hospital, at.scheme, at.period) if r.seal] if at \
        else []  # fmt: skip
    cycle = cycle_at(at) if at else None
    waiting = [
        (r.id, say(_KINDS.get(r.kind, (r.kind, r.kind))), _stops(r), _worth(r))
        for r in runs
        if r.id not in paid and (r.kind != "main" or cycle is None or r.id == cycle.run_id)
    ]
    return render_template(
        "pay/index.html", due=waiting, batches=[_batch(b) for b in rows],
        limits=_limits(at, runs) if at else [], cycle=cycle, papers=batches(at) if at else [],
        kinds=[(c, say(n)) for c, n in KINDS.items()] if at and runs and at.program.payout else [],
        at=at, period=figures.period(at.period, language()) if at else "",
    )  # fmt: skip


@pages.post("/make")
@needs(Act.PAY)
def make() -> Any:
    """A batch of a sealed run. Refused with everything that is wrong; then there is none."""
    run = number(request.form.get("run"))
    if run is None:
        abort(400)
    _own_run(run)
    made = pay(
        desk().engine, desk().settings.home.keys, run, by=me().login, files={},
        cash="cash" in request.form, without_cycle="no_cycle" in request.form, apart=True,
        check=lambda changing, stored: verify_run(changing, stored.id).problems,
    )  # fmt: skip
    code, people = made.pay_list.batch, len(made.pay_list.lines)
    total = figures.money(made.pay_list.total)
    flash(say(Text(f"批次 {code}：{people} 人，{total} 元",
                   f"Batch {code}: {people} people, {total} CNY")), "ok")  # fmt: skip
    for one in made.notices:
        flash(say(one.message) + (f"（{one.id}）" if one.id else ""), "warning")
    return redirect(url_for("pay.batch", code=code))


@pages.get("/<code>")
@needs(Act.PAY)
def batch(code: str) -> Any:
    """The lines of a batch with their states, and what it leaves out. No account numbers."""
    one = _found(code)
    states = state_of(session(), one)
    lines = [
        (x.row_id, x.name, figures.money(x.amount), x.account is None,
         say(STATE_NAMES[states[x.id].state]), states[x.id].reason, states[x.id].state)
        for x in batch_lines(session(), one)
    ]  # fmt: skip
    left = [(x["id"], x["name"], say(_WHY[x["why"]]), x["reason"]) for x in one.left_out]
    return render_template(
        "pay/batch.html", one=one, lines=lines, left=left, total=figures.money(one.total),
        writers=[w.code for w in _writers().values()], again=any(x[6] == "returned" for x in lines),
        period=figures.period(one.period, language()),
        scheme=say(desk().programs[one.scheme].names) if one.scheme in desk().programs
        else one.scheme,
    )  # fmt: skip


@pages.post("/<code>/mark")
@needs(Act.PAY)
def note(code: str) -> Any:
    """Say of lines that they were sent, paid, or returned with the reason."""
    state = request.form.get("state", "")
    if state not in ("sent", "paid", "returned"):
        abort(400)
    ids = request.form.get("ids", "").replace("，", " ").replace(",", " ").split()
    with writing() as changing:
        found = find_batch(changing, desk().hospital, code)
        count = mark(changing, found, state, by=me().login, reason=request.form.get("reason", ""),
                     ids=ids)  # fmt: skip
    flash(say(Text(f"已标记 {count} 笔", f"{count} lines are marked")), "ok")
    return redirect(url_for("pay.batch", code=code))


@pages.post("/<code>/again")
@needs(Act.PAY)
def again(code: str) -> Any:
    """Pay again what came back, to the accounts that are registered now."""
    _found(code)
    made = pay_again(
        desk().engine, desk().settings.home.keys, desk().hospital, code, by=me().login,
        reason=request.form.get("reason", ""), files={}, cash="cash" in request.form,
    )  # fmt: skip
    flash(
        say(Text(f"补发批次 {made.pay_list.batch}", f"Batch {made.pay_list.batch} pays it again")),
        "ok",
    )
    return redirect(url_for("pay.batch", code=made.pay_list.batch))


@pages.post("/<code>/file")
@needs(Act.PAY)
def file(code: str) -> Any:
    """A file of the batch, as it was. It holds account numbers: it is written outside the web's
    folders, sent, and gone; the audit says who took it."""
    one = _found(code)
    writer = _writers().get(request.form.get("format", ""))
    if writer is None:
        abort(400)
    keys = desk().settings.home.keys
    with noted(keys) as note, tempfile.TemporaryDirectory(prefix="hpf-pay-") as folder:
        note.add(Path(folder))  # should the server die here, the next start takes it away
        path = Path(folder) / f"{one.code}-{writer.code}{writer.suffix}"
        write_again(desk().engine, keys, desk().hospital, code, {path: writer})
        body = path.read_bytes()
    with writing() as changing:
        record(changing, me().login, "payout.file", f"payout:{code}", {"format": writer.code},
               hospital=desk().settings.home.hospital_code)  # fmt: skip
    return download(body, path.name, "application/octet-stream")


def _stops(run: StoredRun) -> list[Problem]:
    """What stands against paying it now; a period without a cycle is asked about in the form."""
    try:
        found = in_the_way(session(), run, without_cycle=True, by=me().login, apart=True)
    except StorageError as error:
        found = list(error.problems)
    return [p for p in found if p.severity == "problem"]


def _worth(run: StoredRun) -> tuple[int, str] | None:
    """How many people a batch of the run would pay, and how much; None where it is not settled."""
    try:
        lines = due(session(), run, payout_rule(session(), run))
    except StorageError:
        return None
    amounts = [x.amount for x in lines if not x.why and x.amount is not None]
    return len(amounts), figures.money(sum(amounts, Decimal(0)))


def _found(code: str) -> PayoutBatch:
    try:
        return find_batch(session(), desk().hospital, code)
    except StorageError:
        abort(404)


def _own_run(asked: int) -> None:
    run = session().get(StoredRun, asked)
    if run is None or run.hospital_id != desk().hospital or not run.seal:
        abort(404)


def _writers() -> dict[str, PayoutWriter]:
    loaded = desk().settings.home.loaded().payout_writers
    return {w.code: w for w in (*BUILT_IN, *loaded)}


def _batch(one: PayoutBatch) -> Batch:
    counts = Counter(s.state for s in state_of(session(), one).values())
    states = tuple((say(STATE_NAMES[s]), counts[s]) for s in STATE_NAMES if counts[s])
    return Batch(one.code, figures.period(one.period, language()), one.run_id,
                 figures.money(one.total), one.by, states)  # fmt: skip


def _limits(at: Place, runs: list[StoredRun]) -> list[Limit]:
    """The month's and the year's ceiling, beside what is sealed of them."""
    found = []
    main = next((r for r in runs[::-1] if r.kind == "main"), None) or last_of_year(at)
    for period in dict.fromkeys((at.period, Period.parse(f"{at.period.year:04d}"))):
        limit = ceiling_of(session(), desk().hospital, period)
        if limit is None or main is None:
            continue
        try:
            gone = spent(session(), main, period, known=kept_sums().by_line)
        except StorageError:
            continue  # it is not settled what the scheme pays
        found.append(
            Limit(figures.period(period, language()), figures.money(gone),
                  figures.money(limit.amount), figures.money(limit.amount - gone),
                  gone > limit.amount)
        )  # fmt: skip
    return found
