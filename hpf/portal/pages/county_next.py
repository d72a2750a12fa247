"""What each side of an assessment has to do next: the group, experts, hospitals, the city."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from hpf.core.errors import Text
from hpf.portal.clock import today
from hpf.portal.database import session
from hpf.portal.language import say
from hpf.portal.pages.county_desk import County
from hpf.workflow.assessments import Standing
from hpf.workflow.assessments_decision import corrections
from hpf.workflow.assessments_progress import Progress
from hpf.workflow.assessments_publicity import unsettled

_NAMED = 4  # that one line names

GROUP = Text("考核小组", "The group")
EXPERTS = Text("考核专家", "Experts")
HOSPITALS = Text("被考核医院", "Hospitals")
CITY = Text("市级主管部门", "The city")


@dataclass(frozen=True, slots=True)
class Next:
    """One step. who: the role; kind: now, later (in time) or warning; day: '' for none; href: the
    page where it is done, '' where it is not the viewer's."""

    who: str
    text: str
    note: str
    kind: str
    href: str
    day: str = ""


def next_steps(
    one: County, found: Sequence[Progress], owed: Mapping[str, int], group: bool
) -> list[Next]:
    """Every side's next step, the group's first. group: whether the viewer acts for it."""
    steps = [*_group(one, found), *_others(one, found, owed)]
    if group:
        return steps
    return [Next(s.who, s.text, s.note, s.kind, "", s.day) for s in steps]


def _group(one: County, found: Sequence[Progress]) -> Iterator[Next]:
    at = one.at
    if at.last("decision") is not None:
        yield from _after(at)
        return
    yield from _draws(at, found)
    if at.last("closed") is None:
        yield from _before(at, found)
        return
    for e in at.all("objection"):
        if e.id not in at.answers("review"):
            late = today().isoformat() > e.detail["due"]
            yield _next(GROUP, Text(f"复核 {e.id} 号异议（{e.unit}）",
                                    f"Review objection {e.id} ({e.unit})"),
                        Text(f"{e.detail['due']} 前", f"By {e.detail['due']}"),
                        "warning" if late else "now", "county.index", anchor="objections",
                        day=e.detail["due"])  # fmt: skip
    if at.last("posted") is None:
        yield _next(GROUP, Text("计算并登记公示", "Calculate, then post"),
                    Text(f"公示 {at.rules.publicity.days} 个工作日",
                         f"{at.rules.publicity.days} working days"),
                    "now", "county.index", anchor="next")  # fmt: skip
        return
    left = unsettled(session(), at, today())
    if not left:
        yield _next(GROUP, Text("决定补助", "Decide the subsidy"),
                    Text("公示和异议都已结束", "Publicity and objections are over"),
                    "now", "county.index", anchor="next")  # fmt: skip
        return
    for p in left:
        if p.code in ("final.objection", "final.city"):
            continue  # a line of its own
        kind = "later" if p.code in ("final.publicity", "final.objection_time") else "now"
        yield _next(GROUP, p.message, p.cure, kind, "county.index", anchor="next")


def _draws(at: Standing, found: Sequence[Progress]) -> Iterator[Next]:
    """What a draw still needs; hospitals that no draw covers."""
    for c in at.all("commitment"):
        if at.last("draw", c.unit) is None:
            fixed = at.last("pool", c.unit) is not None
            told = Text(f"“{c.unit}”：开种抽取", f"'{c.unit}': open the seed and draw")
            if not fixed:
                told = Text(f"“{c.unit}”：确定专家库", f"'{c.unit}': fix the pool")
            yield _next(GROUP, told, Text("承诺之后", "After the commitment"), "now",
                        "draws.index")  # fmt: skip
    covered = {h for c in at.all("commitment") for h in c.detail["hospitals"]}
    bare = [p for p in found if p.unit not in covered]
    if bare:
        yield _next(GROUP, Text(f"给 {len(bare)} 家抽取专家", f"Draw experts for {len(bare)}"),
                    _named([p.name for p in bare]), "now", "draws.index")  # fmt: skip


def _before(at: Standing, found: Sequence[Progress]) -> Iterator[Next]:
    first, last = at.rules.window
    unseen = [p for p in found if p.seen is None]
    if unseen and at.all("draw"):
        kind = "warning" if today() > last else "now" if today() >= first else "later"
        yield _next(GROUP, Text(f"集中考核 {len(unseen)} 家", f"Visit {len(unseen)} hospitals"),
                    Text(f"{first} 至 {last}", f"{first} to {last}"), kind, "county.visits",
                    day=last.isoformat())  # fmt: skip
    if found and all(p.complete and p.seen for p in found):
        yield _next(GROUP, Text("汇总评分", "Close the marks"),
                    Text("都评完了", "Everything is marked"), "now", "county.index",
                    anchor="next")  # fmt: skip


def _after(at: Standing) -> Iterator[Next]:
    done = {e.unit for e in at.all("report")}
    level = next((r for r in at.plan.report_to if r.en not in done), None)
    if level is not None:
        due = at.rules.report_by
        yield _next(GROUP, Text(f"汇总上报{level.zh}", f"Report to: {level.en}"),
                    Text(f"{due} 前，逐级上报", f"By {due}, level by level"),
                    "warning" if today() > due else "now", "county.index", anchor="next",
                    day=due.isoformat())  # fmt: skip
    if at.last("letters") is None:
        yield _next(GROUP, Text("把结果反馈给医院", "Tell the hospitals their results"),
                    Text("通知书在各医院的页面", "The letter is on each hospital's page"),
                    "now", "county.index", anchor="next")  # fmt: skip


def _others(one: County, found: Sequence[Progress], owed: Mapping[str, int]) -> Iterator[Next]:
    at = one.at
    if owed:
        total = sum(owed.values())
        named = _named([f"{e} {n}" for e, n in owed.items()])
        yield _next(EXPERTS, Text(f"{len(owed)} 名专家还差 {total} 个评分",
                                  f"Marks owed by {len(owed)}: {total}"),
                    named, "now", "")  # fmt: skip
    silent = [p for p in found if not p.reported]
    if silent and at.last("posted") is None:
        yield _next(HOSPITALS, Text(f"{len(silent)} 家还没有报齐定量指标",
                                    f"{len(silent)} have figures missing"),
                    _named([f"{p.name} {p.given}/{p.figures}" for p in silent]),
                    "now", "")  # fmt: skip
    posted = at.last("posted")
    if posted is not None and at.last("decision") is None:
        until = dt.date.fromisoformat(posted.detail["objections_until"])
        if today() <= until:
            yield _next(HOSPITALS, Text("可以提出异议", "May object"),
                        Text(f"到 {until}", f"Through {until}"), "later", "",
                        day=until.isoformat())  # fmt: skip
    for unit, day in sorted(corrections(at).items()):
        if at.last("correction", unit) is None:
            yield _next(HOSPITALS, Text(f"{unit} 整改", f"{unit} corrects what was found"),
                        Text(f"{day} 前", f"By {day}"), "warning" if today() > day else "later",
                        "county.index", anchor="next", day=day.isoformat())  # fmt: skip
    taken, answered = at.answers("escalation"), at.answers("city_review")
    for number in sorted(set(taken) - set(answered)):
        yield _next(CITY, Text(f"复核 {number} 号异议", f"Review objection {number}"),
                    Text("由另一个账号登记", "Entered by another account"), "now",
                    "county.index", anchor="objections")  # fmt: skip


def _named(names: Sequence[str]) -> Text:
    """The first of them, and that there are more."""
    shown = list(names[:_NAMED])
    more = len(names) - len(shown)
    return Text("、".join(shown) + (f" 等 {len(names)}" if more else ""),
                ", ".join(shown) + (f" and {more} more" if more else ""))  # fmt: skip


def _next(
    who: Text, text: Text, note: Text, kind: str, endpoint: str, *, anchor: str = "", day: str = ""
) -> Next:
    href = url_for(endpoint, _anchor=anchor or None) if endpoint else ""
    return Next(say(who), say(text), say(note), kind, href, day)
