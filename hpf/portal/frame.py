"""What stands around every page: hospital, period, navigation by stage and by role, log-out.

A page enters the navigation by its line in `MENU`; a line shows once its endpoint exists and the
viewer may open it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import needed, opens, viewer
from hpf.portal.cures import cure, told, way_to, worded
from hpf.portal.database import session
from hpf.portal.language import language, say
from hpf.portal.pages import declared_menu
from hpf.portal.pages.rooms import offered
from hpf.portal.place import Place, place, to
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.tasks import has_tasks
from hpf.portal.track import Mark, marks
from hpf.reports import figures
from hpf.storage.models import Hospital


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation. stage: whose mark and day it bears; under: what it unfolds to."""

    endpoint: str
    names: Text
    stage: str = ""
    under: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Lines under a heading."""

    names: Text
    entries: tuple[Entry, ...]


_NONE = Text("", "")
_TASKS = "tasks.index"  # stands there for whoever has a part in the cycle
MENU: tuple[Group, ...] = (
    Group(_NONE, (Entry("home.index", Text("首页", "Home")),)),
    Group(Text("我的", "Mine"), (
        Entry("tasks.index", Text("我的任务", "My tasks")),
        Entry("mine.index", Text("我的绩效", "My pay")),
        Entry("appeals.mine", Text("我的申诉", "My appeals")),
        Entry("ledger_mine.index", Text("我的积分", "My points")),
        Entry("feedback.index", Text("反馈", "Feedback")),
        Entry("department.index", Text("本科室", "My department")),
        Entry("evaluate.index", Text("评价同事", "Ratings")),
    )),
    Group(Text("本期流程", "This period"), (
        Entry("plan.index", Text("计划", "Plan"), "plan", (
            Entry("plan.parameters", Text("参数", "Parameters")),
            Entry("settings.index", Text("流程设置", "Settings")),
            Entry("bindings.index", Text("方案绑定", "Bindings")),
            Entry("allocate.index", Text("二次分配", "Sharing out")),
        )),
        Entry("collect.index", Text("采集", "Collect"), "collect", (
            Entry("collect.upload", Text("上传工作簿", "Upload")),
        )),
        Entry("calculate.index", Text("计算", "Calculate"), "calculate", (
            Entry("calculate.money", Text("对账", "Reconciliation")),
            Entry("calculate.what_if", Text("试算", "What if")),
            Entry("held.index", Text("暂缓与更正", "Held and corrected")),
        )),
        Entry("review.index", Text("审核", "Review"), "review"),
        Entry("publicity.index", Text("公示", "Publish"), "publicise"),
        Entry("appeals.index", Text("申诉", "Appeals"), "appeal"),
        Entry("pay.index", Text("兑现", "Pay"), "final"),
        Entry("improve.index", Text("改进", "Improve"), "improve"),
    )),
    Group(Text("积分与激励", "Points"), (
        Entry("ledger.index", Text("记分", "Book points")),
        Entry("ledger_standards.index_standards", Text("积分标准", "Standards")),
        Entry("honours.index", Text("表彰", "Honours")),
        Entry("strategy.index", Text("战略地图", "Strategy map")),
    )),
    Group(Text("医院考核", "Assessment"), (
        Entry("county.index", Text("县域比较", "County"), "", (
            Entry("county.visits", Text("登记检查", "Enter visits")),
            Entry("county.pool", Text("专家库", "Pool of experts")),
            Entry("county.revision", Text("指标表新版", "New version of the table")),
            Entry("county.opening", Text("建立考核", "Open an assessment")),
        )),
        Entry("marks.index", Text("我的评分", "My marks")),
        Entry("own.index", Text("本院考核结果", "Our result")),
        Entry("draws.index", Text("专家抽取", "The draw")),
    )),
    Group(Text("查阅", "Look up"), (
        Entry("handbook.index", Text("方案手册", "Handbook")),
        Entry("verify.index", Text("核验绩效单", "Verify a slip")),
        Entry("survey.index", Text("问卷", "Questionnaires")),
    )),
    Group(Text("管理", "Administration"), (
        Entry("register.index", Text("上传名册", "Upload the register")),
        Entry("departments.index_view", Text("科室", "Departments")),
        Entry("staff.index_view", Text("人员登记", "Staff")),
        Entry("assignments.index_view", Text("任职", "Assignments")),
        Entry("bank.index", Text("银行账号", "Bank accounts")),
        Entry("counter.index", Text("账号窗口", "Counter")),
        Entry("users.index_view", Text("账号与角色", "Accounts and roles")),
        Entry("indicators.index_view", Text("指标", "Indicators")),
        Entry("parameters.index_view", Text("参数", "Parameters")),
        Entry("calendars.index_view", Text("日历", "Calendar")),
        Entry("audit.index_view", Text("操作记录", "Audit trail")),
        Entry("jobs.index_view", Text("后台任务", "Jobs")),
        Entry("plugins.index_view", Text("插件", "Plugins")),
        Entry("upkeep.index", Text("维护", "Upkeep")),
    )),
)  # fmt: skip


def install(app: Flask) -> None:
    """Give every template its frame."""
    app.context_processor(_context)
    app.jinja_env.filters["upfirst"] = upfirst
    app.jinja_env.globals.update(
        say=say, money=figures.money, amount=figures.amount, change=figures.change,
        percent=figures.percent, grouped=figures.grouped, may=_may, Act=Act,
        cure_of=cure, said_of=told, way_to=way_to, worded=worded,
    )  # fmt: skip


def upfirst(text: str) -> str:
    """With a capital at the beginning, and the rest as it is.

    >>> upfirst("tell IT")
    'Tell IT'
    """
    return text[:1].upper() + text[1:]


def _may(act: str) -> bool:
    """In templates: whether the viewer may do it."""
    return may(viewer(), Act(act))


def _context() -> dict[str, Any]:
    who = viewer() if _reachable() else None
    return {"lang": language(), "viewer": who, "frame": _frame(who)}


def _reachable() -> bool:
    """Whether the database answers; the page that says it does not needs no frame from it."""
    from flask import g

    return not g.get("hpf_error") or "hpf_viewer" in g


def _frame(who: Viewer | None) -> dict[str, Any]:
    plain = {
        "product": say(("绩效核算", "Performance pay")),
        "skip": say(("跳到正文", "Skip to the page")),
        "menu": say(("菜单", "Menu")),
        "navigation": say(("导航", "Navigation")),
        "leave": say(("退出", "Log out")),
        "table": say(("数据表", "Table")),
    }
    if who is None:
        return {**plain, "groups": (), "hospital": "", "role": ""}
    name = session().get_one(Hospital, who.hospital).name
    found: dict[str, Any] = {
        **plain,
        "hospital": name,
        "role": say(who.role.names) if who.role else "",
        "synthetic": say(("合成示例数据", "synthetic sample")) if "合成" in name else "",
    }
    at = None if who.must_change else _place()
    track = marks(at) if at else ()
    if at:
        found |= _period(at, track)
    return {**found, "groups": [] if who.must_change else list(_groups(who, track, at))}


def _place() -> Place | None:
    from werkzeug.exceptions import NotFound

    try:
        return place()
    except NotFound:  # the 404 page stands in a frame too
        return None


def _period(at: Place, track: tuple[Mark, ...]) -> dict[str, Any]:
    now = next((m for m in track if m.kind == "now"), None)
    return {
        "period": figures.period(at.period, language()),
        "period_word": say(("期间", "Period")),
        "before_word": say(("上一期", "Earlier")),
        "after_word": say(("下一期", "Later")),
        "period_before": to(at.before) if at.before else "",
        "period_after": to(at.after) if at.after else "",
        "state": now.state if now else "",
        "state_kind": now.state_kind if now else "",
    }


def _groups(who: Viewer, track: tuple[Mark, ...], at: Place | None) -> Iterator[dict[str, Any]]:
    by_stage = {m.stage: m for m in track}
    for group in MENU:
        lines = [line for e in group.entries if (line := _line(e, who, by_stage, at))]
        if lines:
            yield {"name": say(group.names), "lines": lines,
                   "stages": any(e.stage for e in group.entries)}  # fmt: skip


def _line(
    entry: Entry, who: Viewer, track: dict[str, Mark], at: Place | None
) -> dict[str, Any] | None:
    opened = _open(entry.endpoint, who) and (entry.endpoint != _TASKS or has_tasks(who))
    declared = list(declared_menu.lines(entry.stage, who, at)) if entry.stage else []
    if not opened and not declared:
        return None
    mark = track.get(entry.stage)
    blueprints = {e.endpoint.rpartition(".")[0] for e in (entry, *entry.under)}
    current = (request.endpoint or "").rpartition(".")[0] in blueprints
    current = current or any(one.current for one in declared)
    under = [
        {
            "name": say(e.names),
            "href": url_for(e.endpoint),
            "current": request.endpoint == e.endpoint,
        }
        for e in entry.under
        if current and _open(e.endpoint, who)
    ]
    folds: list[tuple[str, list[declared_menu.Line]]] = []
    if current or not opened:  # where the stage itself is shut, what is declared stands open
        under += [
            {"name": d.name, "href": d.href, "current": d.current} for d in declared if not d.scheme
        ]
        others = list(dict.fromkeys(d.scheme for d in declared if d.scheme))
        folds = [(name, [d for d in declared if d.scheme == name]) for name in others]
    return {
        "name": say(entry.names),
        "href": url_for(entry.endpoint) if opened else declared[0].href,
        "current": current,
        "mark": mark.kind if mark else "",
        "day": mark.short if mark else "",
        "under": under,
        "folds": folds,  # other schemes, each with its lines
    }


def _open(endpoint: str, who: Viewer) -> bool:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    there = endpoint in app.view_functions and opens(needed(app, endpoint), who)
    return there and offered(endpoint)
