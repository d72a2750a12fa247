"""An assessment's year as its pages show it: eight steps, and where it is in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import County
from hpf.reports import figures
from hpf.workflow.assessments import Standing
from hpf.workflow.assessments_progress import Progress
from hpf.workflow.draws_held import team_of
from hpf.workflow.visits import concentrated

_STEPS = (
    ("draw", Text("抽取", "Draw")), ("visit", Text("检查", "Visits")),
    ("closed", Text("评分", "Marks")), ("posted", Text("公示", "Posted")),
    ("decision", Text("补助", "Subsidy")), ("report", Text("上报", "Report")),
    ("letters", Text("反馈", "Letters")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the year, for the track. kind: done, now or later."""

    name: str
    day: str
    fact: str
    kind: str


def track(one: County) -> list[Step]:
    """The year's steps, each with its day and one fact."""
    at = one.at
    facts = [
        (Text("指标表", "Table"), at.row.opened.isoformat(),
         _count(len(at.all("revision")), "次新版", "new versions"), True),
        *(_step(at, kind, names) for kind, names in _STEPS),
    ]  # fmt: skip
    first = next((n for n, f in enumerate(facts) if not f[3]), len(facts))
    return [
        Step(say(names), day, fact, "done" if done else "now" if n == first else "later")
        for n, (names, day, fact, done) in enumerate(facts)
    ]


def _step(at: Standing, kind: str, names: Text) -> tuple[Text, str, str, bool]:
    found = at.all(kind)
    done = bool(found)
    if kind == "report":  # level by level: done with the last of them
        done = {e.unit for e in found} >= {level.en for level in at.plan.report_to}
    if kind == "visit" and at.last("closed") is None:  # done with the last hospital
        done = bool(found) and concentrated(at).keys() >= team_of(at).keys()
    if kind == "draw":
        done = done and len(found) == len(at.all("commitment"))
    day = found[-1].day.isoformat() if found else ""
    return names, day, _count(len(found), "次", "entries") if len(found) > 1 else "", done


def _count(n: int, zh: str, en: str) -> str:
    return say(Text(f"{n} {zh}", f"{n} {en if n > 1 else en.removesuffix('s')}")) if n else ""


def finding(one: County, found: Sequence[Progress]) -> str:
    """Where the year is, in a sentence."""
    at, year = one.at, figures.period(one.period, language())
    count, seen = len(found), sum(p.seen is not None for p in found)
    marked = sum(p.complete for p in found)
    posted, reported = at.last("posted"), {e.unit for e in at.all("report")}
    if not at.all("draw"):
        told = Text("还没有抽取专家", "no experts are drawn yet")
    elif at.last("closed") is None and seen < count:
        told = Text(f"{count} 家里 {seen} 家已集中考核", f"{seen} of {count} hospitals visited")
    elif at.last("closed") is None:
        told = Text(f"{count} 家里 {marked} 家评完", f"{marked} of {count} hospitals marked")
    elif posted is None:
        told = Text("评分已汇总，待公示", "marks are closed, to be posted")
    elif at.last("decision") is None:
        until = posted.detail["until"]
        told = Text(f"公示到 {until}，然后决定补助", f"posted through {until}, then the subsidy")
    elif len(reported) < len(at.plan.report_to):
        due = at.rules.report_by
        told = Text(f"补助已决定，{due} 前上报", f"subsidy decided, to be reported by {due}")
    elif at.last("letters") is None:
        told = Text("已上报，待反馈医院", "reported; the hospitals are to be told")
    else:
        told = Text("考核已结束", "the assessment has ended")
    return say(Text(f"{year}：{told.zh}", f"{year}: {told.en}"))
