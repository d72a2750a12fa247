"""The audit trail, and long jobs."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from flask import flash, redirect, request, url_for
from flask_admin import expose
from sqlalchemy import ColumnElement, or_, select

from hpf.core.errors import Text
from hpf.portal.access import me
from hpf.portal.admin.acts import act_words
from hpf.portal.admin.lists import Filter
from hpf.portal.admin.noted import noted
from hpf.portal.admin.views import ModelPage
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.rights import Act, Viewer, may
from hpf.reports.jobs import cancel
from hpf.storage.models import AuditEntry, Job


def _actions() -> list[tuple[str, str]]:
    mine = or_(AuditEntry.hospital == _code(), AuditEntry.hospital == "")
    found = session().scalars(select(AuditEntry.action).where(mine).distinct())
    return [(name, act_words(name)) for name in sorted(found)]


def _code() -> str:
    return desk().settings.home.hospital_code


class Audit(ModelPage):
    """Every act in its order. What an act was about in detail may name amounts: it is for those
    who see everybody's pay, and IT sees who did what and when."""

    model_of = AuditEntry
    act = Act.AUDIT
    code = "audit"
    key = "seq"
    names = Text("操作记录", "Audit trail")
    about = Text(
        "只增不改，每条带着前一条的指纹；缺一条或改一字，核对就通不过。",
        "It only grows, and each entry bears the digest of the one before: one that is missing "
        "or changed does not pass the check.",
    )
    labels: ClassVar = {
        "seq": Text("序号", "Number"),
        "at": Text("时间", "Time"),
        "who": Text("谁", "Who"),
        "action": Text("做了什么", "Did what"),
        "object": Text("对象", "To what"),
        "detail": Text("详情", "In detail"),
        "previous": Text("前一条的指纹", "Digest before"),
        "hash": Text("指纹", "Digest"),
    }
    numbers = frozenset({"seq"})
    column_list = ("seq", "at", "who", "action", "object", "detail")
    column_details_list = (*column_list, "previous", "hash")
    column_export_list = column_details_list
    column_searchable_list = ("who", "action", "object")
    column_sortable_list = ("seq", "at", "who", "action", "object")
    column_default_sort = ("seq", True)
    kept: ClassVar[dict[str, Any]] = {
        "action": Filter(
            Text("做了什么", "Did what"), _actions, lambda name: AuditEntry.action == name
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The hospital's entries, and those of none (of the whole database)."""
        return or_(AuditEntry.hospital == _code(), AuditEntry.hospital == "")

    def show_action(self, row: AuditEntry) -> str:
        """In words, with its name."""
        return act_words(row.action)

    def show_detail(self, row: AuditEntry) -> str:
        """What else was noted."""
        if not may(me(), Act.RESULTS):
            return say(("不对您开放", "not open to you"))
        if not row.detail:
            return ""
        if request.endpoint == f"{self.code}.index_view":
            return noted(row.detail)
        return json.dumps(row.detail, ensure_ascii=False)  # the entry and exports keep it whole


STATES = {
    "waiting": Text("等待", "waiting"),
    "running": Text("进行中", "running"),
    "done": Text("完成", "done"),
    "failed": Text("没有做完", "not finished"),
}
_TONES = {"waiting": "later", "running": "now", "done": "ok", "failed": "error"}
TASKS = {
    "report": Text("打印绩效单与通知书", "Print slips and cards"),
    "calculate": Text("计算并封存", "Calculate and seal"),
    "backup": Text("备份", "Back up"),
}


class Jobs(ModelPage):
    """What is queued, how far it is, and a button to stop it."""

    model_of = Job
    act = Act.JOBS
    code = "jobs"
    names = Text("后台任务", "Jobs")
    about = Text(
        "由另一个进程依次处理；没有进程在处理时，任务一直等待。",
        "A process of its own works them off; they wait as long as none does.",
    )
    labels: ClassVar = {
        "id": Text("编号", "Number"),
        "task": Text("任务", "Job"),
        "about": Text("内容", "About"),
        "state": Text("状态", "State"),
        "far": Text("进度", "How far"),
        "wrong": Text("问题", "Problems"),
        "by": Text("谁", "By"),
        "created_at": Text("提交", "Queued"),
        "started_at": Text("开始", "Begun"),
        "finished_at": Text("结束", "Ended"),
    }
    numbers = frozenset({"id", "far", "wrong"})
    column_list = (
        "id", "task", "about", "state", "far", "wrong", "by", "created_at", "finished_at",
    )  # fmt: skip
    column_details_list = (*column_list[:-1], "started_at", "finished_at")
    column_searchable_list = ("name", "by")
    column_sortable_list = ("id", "by", "created_at", "finished_at")
    column_default_sort = ("id", True)
    list_template = "admin/jobs/list.html"
    kept: ClassVar[dict[str, Any]] = {
        "state": Filter(
            Text("状态", "State"),
            lambda: [(s, say(n)) for s, n in STATES.items()],
            lambda state: Job.state == state,
        ),
    }

    def visible(self, who: Viewer) -> ColumnElement[bool]:
        """The viewer's hospital."""
        return Job.hospital_id == who.hospital

    def show_task(self, row: Job) -> str:
        """What is done."""
        return say(TASKS[row.name]) if row.name in TASKS else row.name

    def show_about(self, row: Job) -> str:
        """Kind, scheme and period, as it was asked for."""
        said = (row.arguments.get(name) for name in ("kind", "scheme", "period"))
        return " · ".join(str(one) for one in said if one)

    def show_state(self, row: Job) -> str:
        """Where it stands."""
        return say(STATES[row.state])

    def show_far(self, row: Job) -> str:
        """So many of so many."""
        return f"{row.done} / {row.total}" if row.total else ""

    def show_wrong(self, row: Job) -> int | None:
        """How many problems it met. Their texts may name people and amounts: they stand with
        the papers themselves."""
        if row.outcome is None:
            return None
        return len(row.outcome.get("problems", ())) + ("error" in row.outcome)

    def tone(self, row: Job, column: str) -> str:
        """A tag for the state alone."""
        return _TONES[row.state] if column == "state" else ""

    @expose("/stop/", methods=("POST",))  # type: ignore[untyped-decorator]
    def stop(self) -> Any:
        """One that waits never begins; one under way stops after the page in hand."""
        row = self.get_one(request.form.get("id"))
        cancel(desk().engine, row.id, me().login)
        flash(say((f"任务 {row.id} 会停下来", f"Job {row.id} stops")), "ok")
        return redirect(url_for("jobs.index_view"))
