"""Slips and departments' cards by a job: queued here, drawn by the process of `hpf report work`,
kept outside the web's folders, and handed out as one file for print."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.cures import plain
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.mine import download
from hpf.portal.place import Place, here
from hpf.portal.rights import Act
from hpf.reports.jobs import submit_once
from hpf.storage.audit import record
from hpf.storage.cycles import newest_run
from hpf.storage.models import Job

pages = Blueprint("papers", __name__, url_prefix="/pay/papers")
MOST = 12  # batches that are listed
_TASK = "report"
_REASONS = 3  # of a batch that was not drawn
KINDS = {
    "slips": Text("个人绩效单", "Slips"),
    "departments": Text("科室绩效卡", "Departments' cards"),
}
_STATES = {
    "waiting": Text("排队", "waiting"), "running": Text("正在印", "being drawn"),
    "done": Text("已印好", "drawn"), "failed": Text("没有印成", "not drawn"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of papers as it is listed; why: what kept it from being drawn; problems: how many;
    ready: whether there is a file."""

    number: int
    kind: str
    state: str
    why: tuple[str, ...]
    done: int
    total: int
    problems: int
    by: str
    ready: bool


def batches(at: Place) -> list[Batch]:
    """The period's latest batches, the newest first."""
    asked = [_said(at, kind) for kind in KINDS]
    query = (
        select(Job)
        .where(Job.hospital_id == desk().hospital, Job.name == _TASK, Job.arguments.in_(asked))
        .order_by(Job.id.desc())
        .limit(MOST)
    )
    return [
        Batch(
            j.id, say(KINDS[j.arguments["kind"]]), say(_STATES[j.state]), tuple(_why(j)), j.done,
            j.total, len((j.outcome or {}).get("problems", ())), j.by, _file(j) is not None,
        )
        for j in session().scalars(query)
    ]  # fmt: skip


@pages.post("/make")
@needs(Act.PAY)
def make() -> Any:
    """Queue a batch of the period. One that is under way is not queued twice."""
    at, kind = here(), request.form.get("kind", "")
    sealed = newest_run(session(), desk().hospital, at.scheme, at.period)
    if kind not in KINDS or at.program.payout is None or sealed is None:
        abort(400)
    home = desk().settings.home
    number = submit_once(desk().engine, home, _TASK, _said(at, kind), me().login, "papers.queued")
    if number is None:
        told = Text("这一批已在排队，不必再点", "It is queued already; once is enough")
        flash(say(told), "warning")
    else:
        flash(say(Text(f"已排队：第 {number} 号任务", f"Queued as job {number}")), "ok")
    return redirect(url_for("pay.index", scheme=at.scheme, period=str(at.period)))


@pages.post("/<int:number>/file")
@needs(Act.PAY)
def file(number: int) -> Any:
    """A batch's file for print. The audit says who took it."""
    job = session().get(Job, number)
    if job is None or job.hospital_id != desk().hospital or job.name != _TASK:
        abort(404)
    said, path = job.arguments, _file(job)
    if path is None or said.get("kind") not in KINDS:
        abort(404)
    body = path.read_bytes()
    with writing() as changing:
        record(changing, me().login, "papers.file", f"job:{number}", dict(said),
               hospital=desk().settings.home.hospital_code)  # fmt: skip
    name = f"{said['scheme']}-{said['period']}-{said['kind']}.pdf"
    return download(body, name, "application/pdf")


def _said(at: Place, kind: str) -> dict[str, str]:
    """A job's arguments; jobs are found by them as well."""
    return {"kind": kind, "scheme": at.scheme, "period": str(at.period)}


def _why(job: Job) -> Iterator[str]:
    """What kept a batch from being drawn, with its cure."""
    outcome = job.outcome or {}
    if job.state != "failed":
        return
    if "stopped" in outcome:
        yield say((f"由 {outcome['stopped']} 停下", f"stopped by {outcome['stopped']}"))
    elif "error" in outcome:
        yield say(("程序出错，请告诉信息科", "a defect: tell the IT desk"))
    else:
        for one in outcome.get("problems", ())[:_REASONS]:
            said = (one["message"][language()], one["cure"][language()])
            yield plain(say(("。", ". ")).join(filter(None, said)), language())


def _file(job: Job) -> Path | None:
    """The file for print of a batch that is done, while it is there and no later one has begun to
    draw into the same folder. Nothing outside the home's folder of reports is handed out."""
    folder = (job.outcome or {}).get("folder")
    if job.state != "done" or not folder:
        return None
    path = (Path(folder) / "print.pdf").resolve()
    ours = (desk().settings.home.folder / "reports").resolve()
    if not path.is_relative_to(ours) or not path.is_file():
        return None
    later = select(Job.id).where(
        Job.hospital_id == job.hospital_id, Job.name == job.name, Job.arguments == job.arguments,
        Job.id > job.id, Job.started_at.is_not(None),
    )  # fmt: skip
    return path if session().scalar(later.limit(1)) is None else None
