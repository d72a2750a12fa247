"""`hpf switches`: the table of readings, as text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from hpf_cli import main

Call = Callable[..., Result]


@pytest.fixture
def asked(laboratory: Path) -> list[str | Path]:
    """The arguments of a scheme with five switches."""
    facts, config = laboratory / "2026-09.xlsx", laboratory / "config.yaml"
    return ["switches", "laboratory", "--period", "2026-09", "--facts", facts, "--config", config]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_switch_has_its_reading_and_its_effect(
    hpf: Call, asked: list[str | Path], lang: str
) -> None:
    result = hpf(*asked, lang=lang)
    assert result.exit_code == 0, result.output
    said = {"zh": "“奖金合计”(pay)，共 10 行，现为 27,650.00 元", "en": "now 27,650.00 CNY"}
    assert said[lang] in result.stdout
    line = next(x for x in result.stdout.splitlines() if "S4.6-AMB-05" in x)
    assert line.split()[-5:] == ["27,450.00", "-200.00", "9", "20", "staff:LAB01"]
    turned = {
        "zh": ("奖金总额之外", "→ 奖金总额之内"),
        "en": ("On top of the pool", "→ Out of the pool"),
    }
    assert all(said in result.stdout for said in turned[lang])
    assert "besides" not in result.stdout
    for code in ("award_from", "conclusion_by", "low_inclusive", "year_counted", "sharing"):
        assert code in result.stdout


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_no_figure_is_cut_however_narrow_the_paper(asked: list[str | Path], columns: int) -> None:
    environment = {"HPF_LANG": "zh", "COLUMNS": str(columns), "NO_COLOR": "1"}
    result = CliRunner().invoke(main, [str(a) for a in asked], env=environment)
    assert result.exit_code == 0
    for figure in ("27,650.00", "-200.00", "-25.07", "S4.6-AMB-05", "award_from"):
        assert figure in result.stdout
    assert "…" not in result.stdout.replace("封签", "")


def test_as_markdown_it_is_a_table_for_source_md(hpf: Call, asked: list[str | Path]) -> None:
    lines = hpf(*asked, "--markdown").stdout.splitlines()
    head, rule, first, *rest = [x for x in lines if x.startswith("|")]
    assert head == "| 开关 | 读法 | 现行 → 改为 | 合计 | 差额 | 变动行 | 变动结果 | 最大变动 |"
    assert rule == "|---|---|---|---:|---:|---:|---:|---|"
    assert first == (
        "| 最优奖来源 `award_from` | S4.6-AMB-05 | besides → pool | 27,450.00 | -200.00 | 9 | 20 "
        "| staff:LAB01 -25.07 |"
    )
    assert len(rest) == 4
    assert all(x.count("|") == head.count("|") for x in rest)


def test_as_json_the_figures_are_texts(hpf: Call, asked: list[str | Path], tmp_path: Path) -> None:
    out = tmp_path / "switches.json"
    assert hpf(*asked, "--json", out).exit_code == 0
    document = json.loads(out.read_text("utf-8"))
    assert document["counted"]["money"] == {"entity": "staff", "rule": "pay"}
    assert document["total"] == "27650"
    (award,) = [s for s in document["switches"] if s["parameter"] == "award_from"]
    assert award["reading"] == "S4.6-AMB-05"
    (pool,) = award["alternatives"]
    assert (pool["value"], pool["total"], pool["difference"]) == ("pool", "27450", "-200")
    assert pool["largest"] == {"entity": "staff", "id": "LAB01", "counted": "money", "by": "-25.07"}
    assert document == json.loads(hpf(*asked, "--json", "-").stdout)


def test_a_figure_of_the_table_is_that_of_a_run_so_configured(
    hpf: Call, asked: list[str | Path], laboratory: Path, tmp_path: Path
) -> None:
    config = yaml.safe_load((laboratory / "config.yaml").read_text("utf-8"))
    turned = [{"from": "2026-01-01", "value": "pool", "reason": "what would it be"}]
    config["settings"]["laboratory"]["award_from"] = turned
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(config, allow_unicode=True), "utf-8")
    out = tmp_path / "out.json"
    result = hpf("run", *asked[1:-1], tmp_path / "config.yaml", "--json", out)
    assert result.exit_code == 0, result.output
    lines = json.loads(out.read_text("utf-8"))["results"]
    pays = [Decimal(x["value"]) for x in lines if x["rule"] == "pay" and x["entity"] == "staff"]
    assert sum(pays) == Decimal("27450")


def test_facts_that_do_not_hold_are_told_as_by_a_run(
    hpf: Call, spoilt: Callable[..., Path]
) -> None:
    facts = spoilt({"staff!A3": None})
    result = hpf("switches", "cardiology", "--period", "2006-09", "--facts", facts)
    assert result.exit_code == 2
    assert "staff" in result.stderr


def test_the_facts_are_not_overwritten(hpf: Call, cardiology: Path) -> None:
    result = hpf("switches", "cardiology", "--period", "2006-09", "--facts", cardiology,
                 "--json", cardiology)  # fmt: skip
    assert result.exit_code == 2
    assert "--facts" in result.stderr
