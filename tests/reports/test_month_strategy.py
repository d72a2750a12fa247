"""The month report's strategy map: there where the scheme declares one, read back from the PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pypdf
import pytest
from drawn import bookmarks, flat, pdf, tags
from pypdf.generic import IndirectObject

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.facts import Table
from hpf.core.kit.manager import Plugins, load_plugins, load_programs
from hpf.core.periods import Period
from hpf.intake import load
from hpf.reports.brand import Brand
from hpf.reports.cards.month import month, month_model
from hpf.reports.issue import Issue
from hpf.reports.issuing import preview_issue

SAMPLE = Path(__file__).parents[2] / "plugins" / "community" / "sample"
Q3 = Period.parse("2026-Q3")


@pytest.fixture(scope="module")
def plugins() -> Plugins:
    return load_plugins()


@pytest.fixture(scope="module")
def centre(plugins: Plugins) -> Issue:
    """The sample's third quarter, whose scheme declares a map."""
    programs: Mapping[str, Any] = load_programs(plugins)
    program = programs["community"]
    settings = HospitalConfig.read(SAMPLE / "config.yaml", programs).settings["community"]
    run = calculate(program, load(SAMPLE / str(Q3), program, Q3), settings)
    return preview_issue(run, Brand("示例中心"), maps=plugins.maps, synthetic=True)


def bent(issue: Issue, **frames: pl.DataFrame) -> Issue:
    """The same with other tables of facts."""
    rows = dict(issue.run.checked.rows)
    for entity, frame in frames.items():
        rows[entity] = replace(rows[entity], table=Table(entity, frame))
    return replace(issue, run=replace(issue.run, checked=replace(issue.run.checked, rows=rows)))


def frame(issue: Issue, entity: str) -> pl.DataFrame:
    table = issue.run.checked.rows[entity].table
    assert table is not None
    return table.frame


def alternatives(found: pypdf.PdfReader) -> list[str]:
    """What the file says in place of its pictures."""
    told: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        for one in node if isinstance(node, list) else ():
            walk(one)
        if isinstance(node, dict):
            if "/Alt" in node:
                told.append(str(node["/Alt"]))
            walk(node.get("/K"))

    walk(found.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return told


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("zh", ("2026年第3季度战略地图：10 个目标，10 条因果关系", "战略地图", "来自国家政策",
                "10个目标都有指标，每个指标都服务于目标。")),
        ("en", ("Strategy map of 2026-Q3: 10 objectives, 10 links", "Strategy map",
                "Fromnationalpolicy", "All10objectiveshaveindicators,andeveryindicatorservesone.")),
    ],
)  # fmt: skip
def test_the_map_and_its_table_stand_on_a_page_of_the_report(
    centre: Issue, lang: str, said: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Objectives in picture and table, their indicators, the picture's text, a bookmark."""
    found = pdf(month(centre, lang), tmp_path_factory.getbasetemp())
    assert len(found.pages) == 2
    alt, title, source, covered = said
    assert alt in alternatives(found)
    assert ("绩效季报" if lang == "zh" else "Quarterreport") in flat(found.pages[0])
    assert found.metadata is not None
    assert str(found.metadata.title).startswith("绩效季报" if lang == "zh" else "Quarter report")
    assert title in bookmarks(found)
    assert tags(found).count("/H1") == 1
    text = flat(found.pages[1])
    assert source in text
    assert covered in text
    for name in frame(centre, "objective")["name"]:
        assert text.count(name) >= 2, "once in the picture, once in the table"
    used = frame(centre, "alignment")["indicator"].implode()
    measured = frame(centre, "indicator").filter(pl.col("id").is_in(used))["name"]
    assert all(re.sub(r"\s", "", name) in text for name in measured)


def test_what_no_indicator_covers_is_told_both_ways(
    centre: Issue, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An objective without an indicator, indicators without an objective, a source unused."""
    issue = bent(
        centre,
        alignment=frame(centre, "alignment").filter(pl.col("objective") != "O06"),
        objective=frame(centre, "objective").with_columns(from_policy=pl.lit(False)),
    )
    text = flat(pdf(month(issue), tmp_path_factory.getbasetemp()).pages[1])
    assert "10个目标中1个没有指标；2个指标不服务任何目标。" in text
    assert text.count("没有指标") == 4  # legend, sentence, picture, table
    assert "指标“报告及时率”不服务任何目标" in text
    assert "没有“来自国家政策”的目标" in text
    goals = month_model(issue)[0].strategies[0].goals
    assert [g.name for g in goals if g.lone] == ["流程与信息顺畅"]


def test_without_a_map_or_objectives_the_report_prints_as_before(
    centre: Issue, plugins: Plugins, ward: Callable[..., Issue], facts: Any
) -> None:
    """A scheme without a map beside one with it, and a period without objectives."""
    plain = ward(facts(4))
    assert month(replace(plain, maps=plugins.maps)) == month(plain)
    goals = frame(centre, "objective")
    assert month(bent(centre, objective=goals.clear())) == month(replace(centre, maps=()))
