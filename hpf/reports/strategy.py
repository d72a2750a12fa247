"""A strategy map as the facts have it: objectives, arrows, and what covers what.

found = read_map(plan, program, facts, lang="zh", scores={"O1": Decimal(88)})
found.unmeasured, found.purposeless        # objectives without an indicator, and the reverse
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
