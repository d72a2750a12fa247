"""Slips and departments' cards by a job: queued here, drawn by the process of `hpf report work`,
kept outside the web's folders, and handed out as one file for print."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session, writing
from hpf.portal.language import say
from hpf.portal.pages.mine import download
from hpf.portal.place import Place, place
from hpf.portal.rights import Act
from hpf.reports.jobs import submit
from hpf.storage.audit import record
from hpf.storage.models import Job
from hpf.storage.runs import latest_run

pages = Blueprint("papers", __name__, url_prefix="/pay/papers")
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
    """A batch of papers as it is listed; problems: how many; ready: whether there is a file."""

    number: int
    kind: str
    state: str
    done: int
    total: int
    problems: int
    by: str
    ready: bool


def batches(at: Place) -> list[Batch]:
    """The period's batches, the newest first."""
    return [
        Batch(
            j.id, say(KINDS[j.arguments["kind"]]), say(_STATES[j.state]), j.done, j.total,
            len((j.outcome or {}).get("problems", ())), j.by, _file(j) is not None,
        )
        for j in _jobs(at)
    ]  # fmt: skip


@pages.post("/make")
@needs(Act.PAY)
def make() -> Any:
    """Queue a batch of the period. One that is under way is not queued twice."""
    at, kind = place(), request.form.get("kind", "")
    if at is None or kind not in KINDS or latest_run(
        session(), desk().hospital, at.scheme, at.period
    ) is None:  # fmt: skip
        abort(400)
    under_way = ("waiting", "running")
    if any(j.arguments["kind"] == kind and j.state in under_way for j in _jobs(at)):
        flash(
            say(Text("这一批已在排队，不必再点", "It is queued already; once is enough")), "warning"
        )
        return redirect(url_for("pay.index"))
    said = {"kind": kind, "scheme": at.scheme, "period": str(at.period)}
    number = submit(desk().engine, desk().settings.home, "report", said, me().login)
    with writing() as changing:
        record(changing, me().login, "papers.queued", f"job:{number}", said,
               hospital=desk().settings.home.hospital_code)  # fmt: skip
    flash(say(Text(f"已排队：第 {number} 号任务", f"Queued as job {number}")), "ok")
    return redirect(url_for("pay.index"))


@pages.post("/<int:number>/file")
@needs(Act.PAY)
def file(number: int) -> Any:
    """A batch's file for print. The audit says who took it."""
    job = session().get(Job, number)
    if job is None or job.hospital_id != desk().hospital or job.name != "report":
        abort(404)
    path = _file(job)
    if path is None:
        abort(404)
    body = path.read_bytes()
    with writing() as changing:
        record(changing, me().login, "papers.file", f"job:{number}", dict(job.arguments),
               hospital=desk().settings.home.hospital_code)  # fmt: skip
    name = f"{job.arguments['scheme']}-{job.arguments['period']}-{job.arguments['kind']}.pdf"
    return download(body, name, "application/pdf")


def _jobs(at: Place) -> list[Job]:
    query = (
        select(Job)
        .where(Job.hospital_id == desk().hospital, Job.name == "report")
        .order_by(Job.id.desc())
    )
    said = (at.scheme, str(at.period))
    return [
        j for j in session().scalars(query)
        if (j.arguments["scheme"], j.arguments["period"]) == said and j.arguments["kind"] in KINDS
    ]  # fmt: skip


def _file(job: Job) -> Path | None:
    """The file for print of a batch that is done, while it is there."""
    folder = (job.outcome or {}).get("folder")
    if job.state != "done" or not folder:
        return None
    path = Path(folder) / "print.pdf"
    return path if path.is_file() else None
