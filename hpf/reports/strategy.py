"""A strategy map as the facts have it: objectives, arrows, and what covers what.

found = read_map(plan, program, facts, lang="zh", scores={"O1": Decimal(88)})
found.unmeasured, found.purposeless        # objectives without an indicator, and the reverse
chart = draw_map(found, "2026年第三季度", lang="zh")           # the same in pages and on paper
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import polars as pl

from hpf.core import StrategyMap
from hpf.core.errors import Text
from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.reports.charts import COLOURS, Chart, Node, Palette, Words, strategy_map


@dataclass(frozen=True, slots=True)
class Objective:
    """One objective. sources: names of those it comes from; indicators: names of those that
    measure it; score: how far it is, None where nothing says so."""

    id: str
    name: str
    perspective: str
    level: int
    sources: tuple[str, ...]
    indicators: tuple[str, ...]
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class Map:
    """perspectives: in the order the scheme declares them; arrows: from cause to effect, by id;
    purposeless: indicators that serve no objective; unused: sources that none comes from."""

    perspectives: tuple[str, ...]
    objectives: tuple[Objective, ...]
    arrows: tuple[tuple[str, str], ...]
    purposeless: tuple[str, ...]
    unused: tuple[str, ...]

    @property
    def unmeasured(self) -> tuple[Objective, ...]:
        """Objectives that no indicator measures."""
        return tuple(o for o in self.objectives if not o.indicators)


def read_map(
    plan: StrategyMap,
    program: Program,
    facts: Facts,
    *,
    lang: str,
    scores: Mapping[str, Decimal] | None = None,
) -> Map:
    """The map in a period's facts; empty where there are no objectives."""
    words = {i.code: i for i in program.of(plan.entity)}
    sources = {s: _said(words[s].names, lang) for s in plan.sources}
    indicators = _names(facts, _to(program, plan.alignment, plan.indicator))
    serving: dict[str, list[str]] = {}
    used = set()
    for row in _rows(facts, plan.alignment):
        objective, indicator = row.get(plan.objective), row.get(plan.indicator)
        serving.setdefault(str(objective), []).append(indicators.get(str(indicator), ""))
        used.add(indicator)
    found = tuple(
        Objective(
            row["id"], row.get("name") or row["id"], row.get(plan.perspective) or "",
            int(row.get(plan.level) or 0),
            tuple(said for s, said in sources.items() if row.get(s)),
            tuple(sorted(filter(None, serving.get(row["id"], ())))),
            (scores or {}).get(row["id"]),
        )
        for row in _rows(facts, plan.entity)
    )  # fmt: skip
    held = {s for o in found for s in o.sources}
    return Map(
        tuple(words[plan.perspective].choices or sorted({o.perspective for o in found})),
        found,
        tuple((row[plan.cause], row[plan.effect]) for row in _rows(facts, plan.arrow)
              if row.get(plan.cause) and row.get(plan.effect)),
        tuple(name for id, name in indicators.items() if id not in used),
        tuple(said for said in sources.values() if found and said not in held),
    )  # fmt: skip


def achieved(plan: StrategyMap, run: Run) -> dict[str, Decimal]:
    """objective id -> how far it is, as a run has it; empty where the map names no rule for it."""
    if not plan.score or plan.entity not in run.checked.rows:
        return {}
    ids = run.checked.rows[plan.entity].ids
    found = {id: run.value(plan.entity, id, plan.score) for id in ids}
    return {id: v for id, v in found.items() if isinstance(v, Decimal)}


def draw_map(
    found: Map, period: str, *, lang: str, width: float = 640, palette: Palette = COLOURS
) -> Chart:
    """The picture, with a sentence for its name. period: in words."""
    nodes = [
        Node(o.id, o.name, o.perspective, o.level, o.score, not o.indicators)
        for o in found.objectives
    ]
    many = len(found.objectives), len(found.arrows)
    title = Text(
        f"{period}战略地图：{many[0]} 个目标，{many[1]} 条因果关系",
        f"Strategy map of {period}: {many[0]} objectives, {many[1]} links",
    )
    goal, band, leads, score = (_said(t, lang) for t in _HEAD)
    words = Words(_said(title, lang), (goal, band, leads, score), _said(NO_INDICATOR, lang))
    return strategy_map(
        nodes, found.arrows, found.perspectives, words=words, width=width, palette=palette
    )


NO_INDICATOR = Text("没有指标", "no indicator")
_HEAD = (
    Text("目标", "Objective"),
    Text("维度", "Perspective"),
    Text("带动", "Leads to"),
    Text("达成", "Achieved"),
)


def _to(program: Program, entity: str, name: str) -> str:
    return next(k.to for k in program.entities[entity].links if k.name == name)


def _rows(facts: Facts, entity: str) -> list[dict[str, Any]]:
    table = facts.tables.get(entity)
    return list(table.frame.iter_rows(named=True)) if table is not None else []


def _names(facts: Facts, entity: str) -> dict[str, str]:
    table = facts.tables.get(entity)
    frame = table.frame if table is not None else pl.DataFrame({"id": []})
    names = frame["name"] if "name" in frame.columns else frame["id"]
    return {id: name or id for id, name in zip(frame["id"], names, strict=True)}


def _said(text: Text, lang: str) -> str:
    return text.zh if lang == "zh" else text.en
