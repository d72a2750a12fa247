"""The period's days as they follow from the hospital's settings, and whether pay day holds."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from hpf.core.errors import HpfError, Problem, Text
from hpf.portal.database import desk, session
from hpf.portal.language import say
from hpf.portal.place import Place
from hpf.workflow.planning import Plan, plan_days
from hpf.workflow.settings import lacking_settings, policy_of, read_settings, timing_of
from hpf.workflow.situation import settings_for

_NAMES = (
    ("facts_due", Text("数据截止", "Facts due")), ("calculated", Text("计算完成", "Calculated")),
    ("reviewed", Text("审核完成", "Reviewed")), ("posted", Text("开始公示", "Posted")),
    ("posted_until", Text("公示到", "Posted until")),
    ("appeals_until", Text("申诉到", "Appeals until")),
    ("earliest_pay", Text("最早可发放", "Earliest pay")), ("pay_day", Text("发放日", "Pay day")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Days:
    """The calendar of a period. plan: None where settings are missing or a year has no calendar."""

    plan: Plan | None
    rows: tuple[tuple[str, dt.date], ...] = ()
    problems: tuple[Problem, ...] = ()
    missing: tuple[Text, ...] = ()


def calendar(at: Place) -> Days:
    """Work the days out; everything that is in the way is told."""
    given = settings_for(session(), desk().hospital, at.program, at.period.last_day)
    try:
        held = read_settings(given)
        policy, timing = policy_of(held), timing_of(held)
        if policy is None or timing is None:
            return Days(None, missing=tuple(s.names for s in lacking_settings(held)))
        plan = plan_days(at.period.last_day, timing, policy)
    except HpfError as error:
        return Days(None, problems=tuple(error.problems))
    return Days(plan, tuple((say(names), getattr(plan, name)) for name, names in _NAMES))
