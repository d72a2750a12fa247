"""FR0-1: the strategy map of a hospital, drawn, with what is covered and what is not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.facts import Facts, Table
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.intake import load
from hpf.reports.charts import Node, Words, strategy_map
from hpf.reports.strategy import read_map

SAMPLE = Path(__file__).parents[2] / "plugins" / "community" / "sample"
Q3 = Period.parse("2026-Q3")
WORDS = Words("战略地图", ("目标", "维度", "带动", "达成"), "没有指标")


@pytest.fixture(scope="module")
def given() -> tuple[Any, Any, Facts]:
    plugins = load_plugins(only=["community"])
    program = load_programs(plugins)["community"]
    return plugins.maps[0], program, load(SAMPLE / str(Q3), program, Q3)


def bent(facts: Facts, entity: str, frame: pl.DataFrame) -> Facts:
    return Facts(facts.period, {**facts.tables, entity: Table(entity, frame)})


def drawn(found: Any) -> Any:
    nodes = [Node(o.id, o.name, o.perspective, o.level, o.score, not o.indicators)
             for o in found.objectives]  # fmt: skip
    return strategy_map(nodes, found.arrows, found.perspectives, words=WORDS)


def test_fr0_1_objectives_of_three_sources_and_their_links_are_drawn(given: Any) -> None:
    """Each objective a box in its perspective's band, each link an arrow that rises."""
    plan, program, facts = given
    found = read_map(plan, program, facts, lang="zh", scores={"O01": Decimal("88.5")})
    assert {s for o in found.objectives for s in o.sources} == {
        "来自战略目标", "来自业务运营", "来自国家政策",
    }  # fmt: skip
    assert (found.unmeasured, found.purposeless, found.unused) == ((), (), ())
    chart = drawn(found)
    root = ElementTree.fromstring(chart.svg)
    boxes = re.findall(r'rx="4" fill="#FFFFFF"', chart.svg)
    arrows = [e for e in root.iter() if e.tag.endswith("polyline")]
    assert (len(boxes), len(arrows)) == (len(found.objectives), len(found.arrows))
    for arrow in arrows:
        (_, start), (_, end) = [p.split(",") for p in arrow.attrib["points"].split()]
        assert float(end) < float(start), "an effect stands above its cause"
    told = "".join(root.itertext())
    assert all(o.name in told for o in found.objectives)
    assert "88.50" in told
    assert len(chart.table.rows) == len(found.objectives)


def test_fr0_1_what_is_not_covered_is_told_both_ways(given: Any) -> None:
    """An objective without an indicator, an indicator without an objective, a source unused."""
    plan, program, facts = given
    pairs = facts.tables["alignment"].frame
    lone = bent(facts, "alignment", pairs.filter(pl.col("objective") != "O06"))
    found = read_map(plan, program, lone, lang="zh")
    assert [o.id for o in found.unmeasured] == ["O06"]
    served = set(pairs.filter(pl.col("objective") != "O06")["indicator"])
    only = set(pairs["indicator"]) - served
    assert len(found.purposeless) == len(only)
    assert "没有指标" in drawn(found).svg
    assert "stroke-dasharray" in drawn(found).svg
    goals = facts.tables["objective"].frame.with_columns(from_policy=pl.lit(False))
    assert read_map(plan, program, bent(facts, "objective", goals), lang="en").unused == (
        "From national policy",
    )


def test_fr0_1_links_that_form_a_ring_are_refused(given: Any) -> None:
    """Whatever the levels: one arrow of a ring does not rise, and is named with its cell."""
    _, program, facts = given
    arrows = facts.tables["cause_effect"].frame
    back = pl.DataFrame({"id": ["back"], "cause": ["O05"], "effect": ["O01"]})
    ring = bent(facts, "cause_effect", pl.concat([arrows, back], how="diagonal"))
    data = read_yaml(SAMPLE / "config.yaml")
    programs: Mapping[str, Any] = {"community": program}
    config = HospitalConfig.parse(data, programs, "config.yaml")
    run = calculate(program, ring, config.settings["community"])
    told = [p for p in run.problems if p.code == "requirement.effect_above_cause"]
    assert [p.id for p in told] == ["back"]


def test_a_map_without_objectives_is_empty(given: Any) -> None:
    plan, program, _ = given
    found = read_map(plan, program, Facts(Q3, {}), lang="zh")
    assert (found.objectives, found.arrows, found.unused) == ((), (), ())
