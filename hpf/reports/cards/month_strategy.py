"""The month report's strategy map: the picture, each objective's indicators, what lacks which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.core.facts import Facts
from hpf.reports import figures as f
from hpf.reports.charts import Chart
from hpf.reports.issue import Issue
from hpf.reports.strategy import NO_INDICATOR, Map, achieved, draw_map, read_map

_WIDE = 492  # points, a page's width: words in the picture keep their size


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective in the table. lone: whether no indicator serves it, which indicators says."""

    name: str
    perspective: str
    sources: str
    indicators: str
    score: str
    lone: bool


@dataclass(frozen=True, slots=True)
class Strategy:
    """One declared map that has objectives. picture: its name in the paper; lacking: a sentence
    for each indicator without an objective and each source that none comes from."""

    name: str
    about: str
    picture: str
    said: str
    goals: tuple[Goal, ...]
    lacking: tuple[str, ...]
    head: tuple[str, ...]


def strategies(issue: Issue, charts: dict[str, Chart], lang: str) -> Iterator[Strategy]:
    """The maps that the run's scheme declares, as its own facts have them; pictures go to
    `charts`. None of a scheme without a map, nor of a period without objectives."""
    run = issue.run
    tables = {code: rows.table for code, rows in run.checked.rows.items() if rows.table is not None}
    facts = Facts(run.period, tables)
    for plan in issue.maps:
        if plan.scheme != run.program.code:
            continue
        found = read_map(plan, run.program, facts, lang=lang, scores=achieved(plan, run))
        if not found.objectives:
            continue
        picture = f"map-{plan.code}"
        charts[picture] = draw_map(
            found, f.period(run.period, lang), lang=lang, width=_WIDE, palette=issue.brand.palette
        )
        yield Strategy(
            plan.names.say(lang), _ABOUT.say(lang), picture, _said(found, lang),
            tuple(_goals(found, lang)), tuple(_lacking(found, lang)),
            tuple(word.say(lang) for word in _HEAD),
        )  # fmt: skip


def _goals(found: Map, lang: str) -> Iterator[Goal]:
    between = Text("、", ", ").say(lang)
    for o in sorted(found.objectives, key=lambda one: (-one.level, one.id)):
        yield Goal(
            o.name,
            o.perspective,
            between.join(o.sources) or f.NOT_APPLICABLE,
            between.join(o.indicators) or NO_INDICATOR.say(lang),
            f.points(o.score) if o.score is not None else f.NOT_APPLICABLE,
            not o.indicators,
        )


def _said(found: Map, lang: str) -> str:
    """What is covered, both ways, in a sentence."""
    goals, lone, free = len(found.objectives), len(found.unmeasured), len(found.purposeless)
    if not lone and not free:
        return Text(
            f"{goals} 个目标都有指标，每个指标都服务于目标。",
            f"All {goals} objectives have indicators, and every indicator serves one.",
        ).say(lang)
    return Text(
        f"{goals} 个目标中 {lone} 个没有指标；{free} 个指标不服务任何目标。",
        f"Objectives without an indicator: {lone} of {goals}. "
        f"Indicators that serve no objective: {free}.",
    ).say(lang)


def _lacking(found: Map, lang: str) -> Iterator[str]:
    for name in found.purposeless:
        yield Text(f"指标“{name}”不服务任何目标", f"Indicator '{name}' serves no objective").say(
            lang
        )
    for name in found.unused:
        yield Text(f"没有“{name}”的目标", f"No objective is marked '{name}'").say(lang)


_ABOUT = Text(
    "箭头由因到果；虚线框：没有指标",
    "arrows lead from cause to effect; a dashed frame: no indicator",
)
_HEAD = (
    Text("目标", "Objective"),
    Text("维度", "Perspective"),
    Text("来源", "Source"),
    Text("指标", "Indicators"),
    Text("达成得分", "Achieved"),
)
