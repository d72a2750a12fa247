"""The eight stages of a period as everybody sees them: mark, name, day, one fact.

A cycle has ten states; complaints and their recheck are one stage here, and the closed one is the
end of the last. Without a cycle the runs alone say how far the period is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.place import Place
from hpf.storage.models import Cycle
from hpf.storage.runs import latest_run
from hpf.workflow.stages import Stage

STAGES: tuple[tuple[Stage, Text, str], ...] = (
    (Stage.PLAN, Text("计划", "Plan"), ""),
    (Stage.COLLECT, Text("采集", "Collect"), "facts_due"),
    (Stage.CALCULATE, Text("计算", "Calculate"), "calculated"),
    (Stage.REVIEW, Text("审核", "Review"), "reviewed"),
    (Stage.PUBLICISE, Text("公示", "Publish"), "posted_until"),
    (Stage.APPEAL, Text("申诉", "Appeals"), "appeals_until"),
    (Stage.FINAL, Text("兑现", "Pay"), "pay_day"),
    (Stage.IMPROVE, Text("改进", "Improve"), ""),
)
_AT = {Stage.RECHECK: Stage.APPEAL}
_FACTS: dict[Stage, Text] = {
    Stage.PLAN: Text("定目标和日子", "goals and days"),
    Stage.COLLECT: Text("各科报数", "departments report"),
    Stage.CALCULATE: Text("采集齐后开始", "once all is in"),
    Stage.REVIEW: Text("委员会表决", "the committee votes"),
    Stage.PUBLICISE: Text("张贴结果", "results hang"),
    Stage.APPEAL: Text("对一行结果提出", "against one line"),
    Stage.FINAL: Text("定稿、发放", "final, and paid"),
    Stage.IMPROVE: Text("科室提交措施", "departments plan"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """A stage. kind: done, now or later; day: the planned one; state: for the header, if now;
    due: the planned day."""

    stage: str
    name: str
    kind: str
    day: str = ""
    short: str = ""
    fact: str = ""
    state: str = ""
    state_kind: str = ""
    due: dt.date | None = None


def cycle_at(at: Place) -> Cycle | None:
    """The cycle of a place, where one is planned."""
    return session().scalar(
        select(Cycle).where(
            Cycle.hospital_id == desk().hospital,
            Cycle.scheme == at.scheme,
            Cycle.period == at.period,
        )
    )


def marks(at: Place) -> tuple[Mark, ...]:
    """The eight stages of a place."""
    row = cycle_at(at)
    order = [s for s, _, _ in STAGES]
    if row is None:
        run = latest_run(session(), desk().hospital, at.scheme, at.period)
        return tuple(_unplanned(stage, names, run is not None) for stage, names, _ in STAGES)
    stage = Stage(row.state)
    now = len(order) if stage is Stage.CLOSED else order.index(_AT.get(stage, stage))
    days = row.calendar.get("days", {})
    return tuple(
        _mark(n, now, names, order[n], days.get(due, ""))
        for n, (_, names, due) in enumerate(STAGES)
    )


def _unplanned(stage: Stage, names: Text, calculated: bool) -> Mark:
    """Without a cycle: what is calculated was collected."""
    if calculated and stage in (Stage.COLLECT, Stage.CALCULATE):
        return Mark(stage.value, say(names), "done", fact=say(("已完成", "done")))
    return Mark(stage.value, say(names), "later", fact=say(_FACTS[stage]))


def _mark(n: int, now: int, names: Text, stage: Stage, due: str) -> Mark:
    kind = "done" if n < now else "now" if n == now else "later"
    short = due[5:] if due else ""
    fact = say(("已完成", "done")) if kind == "done" else say(_FACTS[stage])
    day, state, state_kind = short, "", ""
    if due and kind != "done":
        day = say((f"{short} 前", f"by {short}"))
    if kind == "now":
        state, state_kind = _state(names, due)
    planned = dt.date.fromisoformat(due) if due else None
    return Mark(stage.value, say(names), kind, day, short, fact, state, state_kind, planned)


def _state(names: Text, due: str) -> tuple[str, str]:
    """The header's words: collecting, due today."""
    doing = say((f"{names.zh}中", names.en))
    if not due:
        return doing, "now"
    left = (dt.date.fromisoformat(due) - today()).days
    dot = " · "
    if left == 0:
        return doing + dot + say(("今天截止", "due today")), "warning"
    if left < 0:
        late = f"{-left} 天" if language() == "zh" else f"{-left} d"
        return doing + dot + say((f"逾期 {late}", f"{late} late")), "error"
    return doing + dot + say((f"还有 {left} 天", f"{left} d left")), "now"
