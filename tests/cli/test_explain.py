"""`hpf explain`: from the figure to the clause, the parameter and the cell."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from hpf.core.facts import facts_of
from hpf.core.kit.examples import read_examples
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.periods import Period
from hpf.intake.template import write_template

Call = Callable[..., Result]


def explain(hpf: Call, facts: Path, entity: str, rule: str, *more: str, lang: str = "zh") -> Result:
    return hpf("explain", "cardiology", "--period", "2006-09", "--facts", facts,
               "--entity", entity, "--rule", rule, *more, lang=lang)  # fmt: skip


def steps(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("children", ()):
        yield from steps(child)


@pytest.mark.parametrize(
    ("lang", "unit", "reading"), [("zh", "元", "绩效工资"), ("en", "CNY", "Performance pay")]
)
def test_it_goes_down_to_clause_parameter_and_cell(
    hpf: Call, cardiology: Path, lang: str, unit: str, reading: str
) -> None:
    result = explain(hpf, cardiology, "staff:B", "pay", lang=lang)
    assert result.exit_code == 0
    first = next(x for x in result.stdout.splitlines() if reading in x)
    assert f"3,193.52 {unit}" in first
    assert "S4.7-3.CARD.7" in first
    assert "cardiology.xlsx [staff]" in result.stdout.replace("\n", " ")
    assert "economic_max" in result.stdout
    assert "2006-01-01" in result.stdout


def test_no_line_is_wider_than_the_terminal(hpf: Call, cardiology: Path) -> None:
    from rich.cells import cell_len

    result = explain(hpf, cardiology, "staff:B", "pay")
    assert max(cell_len(x) for x in result.stdout.splitlines()) <= 120


def test_json_holds_exact_numbers_as_strings(hpf: Call, cardiology: Path) -> None:
    result = explain(hpf, cardiology, "staff:B", "pay", "--json")
    document = json.loads(result.stdout, parse_float=pytest.fail, parse_int=pytest.fail)
    assert document["scheme"] == "cardiology"
    top = document["derivation"]
    assert (top["entity"], top["id"], top["code"]) == ("staff", "B", "pay")
    assert top["value"] == "3193.52"
    assert Fraction(top["exact"]) == Fraction("3193.52")
    facts = [s for s in steps(top) if s["kind"] == "fact"]
    assert facts
    assert all("cardiology.xlsx [" in s["source"]["place"] for s in facts)
    cited = [s["parameter"] for s in steps(top) if s["kind"] == "parameter"]
    assert all(c["clause"] and c["since"] and c["reference"] for c in cited)


def test_depth_and_folding(hpf: Call, cardiology: Path) -> None:
    def lines(*more: str) -> int:
        return len(explain(hpf, cardiology, "staff:B", "pay", *more).stdout.splitlines())

    assert lines("--depth", "0") < lines("--depth", "2") < lines() < lines("--all")


def test_a_rule_may_be_named_in_words_and_a_fact_explained(hpf: Call, cardiology: Path) -> None:
    by_name = explain(hpf, cardiology, "staff:B", "绩效工资")
    assert by_name.stdout == explain(hpf, cardiology, "staff:B", "pay").stdout
    fact = explain(hpf, cardiology, "staff:B", "income")
    assert fact.exit_code == 0
    assert "58,000" in fact.stdout


@pytest.mark.parametrize(
    ("entity", "rule", "more", "words"),
    [
        ("staf:B", "pay", [], "是否想写 staff？"),
        ("staffB", "pay", [], "实体:编号"),
        ("staff:B2", "pay", [], "是否想写 B？"),
        ("staff:B", "pya", [], "是否想写 pay？"),
        ("staff:B", "rest", [], "它属于 department"),
        ("staff:B", "pay", ["--depth", "deep"], "不是层数"),
        ("staff:B", "pay", ["--depth", "-1"], "不是层数"),
    ],
)
def test_what_is_not_there_is_told_with_the_nearest(
    hpf: Call, cardiology: Path, entity: str, rule: str, more: list[str], words: str
) -> None:
    result = explain(hpf, cardiology, entity, rule, *more)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr


def test_a_figure_that_is_a_problem_is_explained_with_exit_code_2(
    hpf: Call, spoilt: Callable[..., Path]
) -> None:
    cells: dict[str, object] = {f"staff!{c}{r}": 0 for c in "EFGHI" for r in range(3, 8)}
    result = explain(hpf, spoilt(cells), "department:CARD", "point_value")
    assert result.exit_code == 2
    assert "平均每分" in result.stdout


def test_facts_that_do_not_hold_explain_nothing(hpf: Call, spoilt: Callable[..., Path]) -> None:
    result = explain(hpf, spoilt({"staff!E4": "?"}), "staff:B", "pay")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_an_explanation_crosses_a_binding(
    hpf: Call, demo: Path, cardiology: Path, tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(
        "bindings:\n  - {indicator: cardiology.department.pool,"
        " result: general_surgery.department.leaders_total, rows: {CARD: GS}}\n",
        "utf-8",
    )
    above = f"general_surgery={demo / 'facts' / 'general_surgery.xlsx'}"
    result = explain(hpf, cardiology, "department:CARD", "rest", "--facts", above,
                     "--config", str(config), "--json")  # fmt: skip
    assert result.exit_code == 0, result.output
    places = [s["source"]["place"] for s in steps(json.loads(result.stdout)["derivation"])
              if s["kind"] == "fact"]  # fmt: skip
    assert any("general_surgery.xlsx [department]" in p for p in places)


@pytest.mark.parametrize("more", [(), ("--all",)])
def test_an_interview_shows_the_scores_it_rests_on(
    hpf: Call, laboratory: Path, tmp_path: Path, more: tuple[str, ...]
) -> None:
    programs = load_programs(load_plugins())
    program = programs["laboratory"]
    examples = read_examples(program.folder / "examples.yaml", programs)
    facts = json.loads(json.dumps(dict(next(e for e in examples if e.id == "S4.6-DT-02").facts)))
    past = tmp_path / "past"
    past.mkdir()
    args: list[str | Path] = []
    for month, score in (("2026-09", "68.5"), ("2026-10", "65")):
        facts["staff"]["A"]["hospital_score"] = score
        when, book = Period.parse(month), tmp_path / f"{month}.xlsx"
        write_template(program, when, book, facts=facts_of(program, when, facts))
        args = ["laboratory", "--period", month, "--facts", book, "--config",
                laboratory / "config.yaml", "--past", past]  # fmt: skip
        if month == "2026-09":
            assert hpf("run", *args, "--json", past / "9.json").exit_code == 0
    result = hpf("explain", *args, "--entity", "staff:A", "--rule", "interview", *more, lang="en")
    assert result.exit_code == 0, result.output
    for shown in ("68.5 point", "S4.6-4.2.2", "from the results of", "2026-09", "65 point"):
        assert shown in result.stdout, result.stdout


def test_what_the_run_accepted_is_told_beside_the_explanation(
    hpf: Call, tiny: Any, tmp_path: Path
) -> None:
    """A synthetic workbook is told as such here too; stdout holds the derivation alone."""
    assert hpf("sample", "tiny", "--out", tmp_path / "out").exit_code == 0
    told = hpf("explain", "tiny", "--period", "2026-08", "--facts", tmp_path / "out/2026-08.xlsx",
               "--config", tmp_path / "out/config.yaml", "--entity", "staff:A", "--rule", "pay",
               "--json", lang="en")  # fmt: skip
    assert told.exit_code == 0, told.stderr
    assert "synthetic" in told.stderr
    assert json.loads(told.stdout)["derivation"]
