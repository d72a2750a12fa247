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
from hpf.portal.clock import now
from hpf.portal.cures import plain
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.mine import download
from hpf.portal.place import Place, here
from hpf.portal.rights import Act
from hpf.reports.jobs import cancel, submit_once
from hpf.storage.audit import record
from hpf.storage.cycles import newest_run
from hpf.storage.models import Job

pages = Blueprint("papers", __name__, url_prefix="/pay/papers")
MOST = 12  # batches that are listed
_TASK = "report"
_STOPPING = Text("正在停下", "stopping")
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
    ready: whether there is a file; code: of its kind; going: whether it may still be stopped;
    left: how long it will take, as far as one can tell."""

    number: int
    kind: str
    state: str
    why: tuple[str, ...]
    done: int
    total: int
    problems: int
    by: str
    ready: bool
    code: str
    going: bool
    left: str
    again: bool


def batches(at: Place) -> list[Batch]:
    """The period's latest batches, the newest first."""
    asked = [_said(at, kind) for kind in KINDS]
    query = (
        select(Job)
        .where(Job.hospital_id == desk().hospital, Job.name == _TASK, Job.arguments.in_(asked))
        .order_by(Job.id.desc())
        .limit(MOST)
    )
    found: list[Batch] = []
    for j in session().scalars(query):
        kind = j.arguments["kind"]
        stopping = j.state == "running" and "stop" in (j.outcome or {})
        going = j.state in ("waiting", "running")
        newest = all(one.code != kind for one in found)
        found.append(
            Batch(
                j.id, say(KINDS[kind]), say(_STOPPING if stopping else _STATES[j.state]),
                tuple(_why(j)), j.done, j.total, len((j.outcome or {}).get("problems", ())), j.by,
                _file(j) is not None, kind, going and not stopping, "" if stopping else _left(j),
                newest and j.state == "failed",
            )
        )  # fmt: skip
    return found


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


@pages.post("/<int:number>/stop")
@needs(Act.PAY)
def stop(number: int) -> Any:
    """Stop a batch, whoever queued it: one that waits never begins, one under way stops after the
    page in hand. What is drawn is kept, and drawn on from when it is queued again."""
    job = _batch(number)
    cancel(desk().engine, number, me().login)
    flash(say(Text(f"第 {number} 号任务会停下来", f"Job {number} stops")), "ok")
    said = job.arguments
    return redirect(url_for("pay.index", scheme=said["scheme"], period=said["period"]))


@pages.post("/<int:number>/file")
@needs(Act.PAY)
def file(number: int) -> Any:
    """A batch's file for print. The audit says who took it."""
    job = _batch(number)
    said, path = job.arguments, _file(job)
    if path is None:
        abort(404)
    body = path.read_bytes()
    with writing() as changing:
        record(changing, me().login, "papers.file", f"job:{number}", dict(said),
               hospital=desk().settings.home.hospital_code)  # fmt: skip
    name = f"{said['scheme']}-{said['period']}-{said['kind']}.pdf"
    return download(body, name, "application/pdf")


def _batch(number: int) -> Job:
    """A batch of papers of this hospital; 404 for any other job."""
    job = session().get(Job, number)
    if job is None or job.hospital_id != desk().hospital or job.name != _TASK:
        abort(404)
    said = job.arguments
    if said.get("kind") not in KINDS or not {"scheme", "period"} <= said.keys():
        abort(404)
    return job


def _left(job: Job) -> str:
    """How long a batch under way will still take, by the pages drawn so far."""
    if job.state != "running" or job.started_at is None or not 0 < job.done < job.total:
        return ""
    gone = (now() - job.started_at).total_seconds()
    seconds = gone * (job.total - job.done) / job.done
    if seconds < 60:
        return say(("不到 1 分钟", "less than a minute"))
    minutes = round(seconds / 60)
    return say((f"约 {minutes} 分钟", f"about {minutes} min"))


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
