"""Upkeep: backups, the machine, jobs and schedules, for whoever runs the system; no pay is here.

A restore is a command on purpose: it replaces everything, and whoever does it sits at the server.
"""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.pages.moments import moment, tell_time
from hpf.portal.pages.upkeep_job import TASK, alive, latest, start, wrong_of
from hpf.portal.rights import Act
from hpf.storage.backup_files import FOLDERS
from hpf.storage.engine import is_sqlite
from hpf.storage.migrations import newest, revision_of
from hpf.storage.models import Job
from hpf.storage.vault import SHORTEST
from hpf.workflow.backups import Checked, checked
from hpf.workflow.examination import examine
from hpf.workflow.examination_files import OLD

pages = Blueprint("upkeep", __name__, url_prefix="/upkeep")
tell_time(pages)
_SHOWN: Final = 10
_WAITS: Final = dt.timedelta(minutes=10)  # a job that waits longer finds nobody who works it off
_NIGHT: Final = dt.timedelta(hours=26)  # a backup a night, with some delay
_STATES: Final = {"problem": "error", "notice": "warning", "good": "ok"}


@dataclass(frozen=True, slots=True)
class Line:
    """A fact about the system. kind: ok, warning or error, or none; about: what to do."""

    name: str
    said: str
    kind: str = ""
    about: str = ""


@pages.get("/")
@needs(Act.UPKEEP)
def index() -> Any:
    """The backups, the machine, what waits, and what runs by itself."""
    found = checked(desk().settings.home)
    job = latest(session(), desk().hospital)
    return render_template(
        "upkeep/index.html", backups=found[:_SHOWN], last=found[0] if found else None,
        finding=_finding(found), job=job, wrong=wrong_of(job) if job else [],
        going=job is not None and alive(job), machine=_machine(),
        schedule=_schedule(found), shortest=SHORTEST,
    )  # fmt: skip


@pages.post("/backup")
@needs(Act.UPKEEP)
def backup() -> Any:
    """Begin a backup; whoever asks while one is under way gets the one that is."""
    passphrase, again = request.form.get("passphrase", ""), request.form.get("again", "")
    if passphrase != again:
        flash(say(("两次口令不同，没有备份", "The passphrases differ: no backup")), "error")
    elif passphrase and len(passphrase) < SHORTEST:
        said = Text(f"口令至少 {SHORTEST} 个字符，没有备份",
                    f"A passphrase has {SHORTEST} characters at least: no backup")  # fmt: skip
        flash(say(said), "error")
    else:
        start(desk(), me().login, passphrase)
    return redirect(url_for("upkeep.index"))


@pages.get("/check")
@needs(Act.UPKEEP)
def check() -> Any:
    """Everything that a hospital's HPF needs, looked at; with the cure of what is not right."""
    found = [(_STATES[f.state], say(f.said), f.problems) for f in examine(desk().settings.home)]
    found.sort(key=lambda f: list(_STATES.values()).index(f[0]))
    return render_template("upkeep/check.html", found=found,
                           bad=sum(f[0] == "error" for f in found))  # fmt: skip


def _finding(found: list[Checked]) -> tuple[str, str]:
    """The page's title, and its kind."""
    if not found:
        return "warning", say(("还没有备份", "There is no backup yet"))
    last = found[0]
    when = moment(last.moment)
    if not last.there:
        return "warning", say(("最近的备份已不在原处", "The latest backup is not where it was put"))
    if dt.datetime.now(dt.UTC) - last.moment > OLD:
        return "warning", say((f"最近的备份是 {when}，已超过两天",
                               f"The latest backup is of {when}: over two days old"))  # fmt: skip
    return "ok", say((f"最近的备份：{when}，已读回核对", f"Latest backup: {when}, read back"))


def _machine() -> list[Line]:
    """Program, database, disk."""
    home, connection = desk().settings.home, session().connection()
    now, wanted = revision_of(connection) or "", newest()
    server = "SQLite"
    if not is_sqlite(connection):
        server = "PostgreSQL " + connection.exec_driver_sql("SHOW server_version").scalar_one()
    disk = shutil.disk_usage(home.folder)
    file = home.database_file()
    size = file.stat().st_size if file is not None and file.exists() else 0
    kept = sum(p.stat().st_size for f in FOLDERS for p in (home.folder / f).glob("*/*"))
    needed = 2 * (size + kept)
    tight = disk.free < max(needed, 500 << 20)
    room = say(
        ("请腾出空间：备份和升级都要一份", "Make room: backup and upgrade need it once more")
    )
    lines = [
        Line(say(("程序", "Program")), f"HPF {_version()}"),
        Line(say(("数据库", "Database")), server),
        Line(say(("数据库版本", "Revision")), now, "ok" if now == wanted else "error",
             "" if now == wanted else say((f"本程序用 {wanted}", f"this program knows {wanted}"))),
        Line(say(("磁盘", "Disk")), say((f"剩 {_size(disk.free)}，共 {_size(disk.total)}",
                                         f"{_size(disk.free)} free of {_size(disk.total)}")),
             "warning" if tight else "ok", room if tight else ""),
        Line(say(("佐证和原件", "Evidence and originals")), _size(kept)),
    ]  # fmt: skip
    if size:
        lines.insert(3, Line(say(("数据库文件", "Its file")), _size(size)))
    return lines


def _schedule(found: list[Checked]) -> list[Line]:
    """What should run by itself, and whether it seems to."""
    now = dt.datetime.now(dt.UTC)
    last = found[0].moment if found else None
    late = last is None or now - last > _NIGHT
    timer = say(("请启用定时备份（部署文档的 hpf-backup.timer）",
                 "Enable the timer (hpf-backup.timer in the deployment guide)"))  # fmt: skip
    states = session().execute(
        select(Job.state, func.count())
        .where(Job.hospital_id == desk().hospital, Job.name != TASK)
        .group_by(Job.state)
    )
    counts: dict[str, int] = {state: count for state, count in states}  # noqa: C416 - rows
    oldest = session().scalar(
        select(func.min(Job.created_at)).where(
            Job.hospital_id == desk().hospital, Job.state == "waiting"
        )
    )
    stuck = oldest is not None and now - oldest > _WAITS and not counts.get("running")
    worker = say(("没有进程在处理：请启动后台任务服务（部署文档的 hpf-jobs）",
                  "Nobody works them off: start hpf-jobs (deployment guide)"))  # fmt: skip
    waiting, running = counts.get("waiting", 0), counts.get("running", 0)
    return [
        Line(say(("每夜备份", "Backup every night")),
             moment(last) if last else say(("还没有", "never")),
             "warning" if late else "ok", timer if late else ""),
        Line(say(("后台任务", "Jobs")),
             say((f"进行 {running}，等待 {waiting}", f"{running} running, {waiting} waiting")),
             "warning" if stuck else "ok", worker if stuck else ""),
    ]  # fmt: skip


def _size(count: int) -> str:
    """Bytes as people read them.

    >>> _size(0), _size(3_400_000), _size(12_000_000_000)
    ('0 MB', '3.4 MB', '12.0 GB')
    """
    if count >= 10**9:
        return f"{count / 10**9:.1f} GB"
    return f"{count / 10**6:.1f} MB" if count else "0 MB"


def _version() -> str:
    try:
        return version("hospital-performance-framework")
    except PackageNotFoundError:
        return "-"
