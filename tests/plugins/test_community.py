"""The community hospital: worked examples, and the sample of two quarters."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from community_runs import CASES, CODE, CONFIG, PROGRAM, QUARTER, SAMPLE, sampled
from plugin_runs import (
    PLUGINS,
    PROGRAMS,
    amounts,
    assert_headings_are_names,
    assert_interpreters_agree,
    kept,
    script,
    total,
)

from hpf.core.calculate import calculate
from hpf.core.clauses import uncovered
from hpf.core.kit.check import check_scheme
from hpf.core.kit.testing import Case
from hpf.core.periods import Period
from hpf.core.results import Run, as_json
from hpf.core.values import NO_HISTORY
from hpf.intake import load
from hpf.intake.template import write_template
from hpf.workflow.questionnaire_rules import freeze
from hpf_cli import main

QUARTERS = ("2026-Q2", "2026-Q3")


@pytest.fixture(scope="module")
def quarters() -> tuple[Run, Run]:
    first = sampled("2026-Q2")
    return first, sampled("2026-Q3", kept(first))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case) -> None:
    """In both interpreters; of the whole scheme only what the example is about, to be quick."""
    example = case.example
    about = {(e.entity, e.rule.qualified) for e in example.expect}
    Case(replace(example, program=example.program.part(about))).assert_holds()


@pytest.mark.slow
def test_the_scheme_keeps_its_promises_and_the_examples_notice_every_mutant() -> None:
    """But those mutants that nothing could notice: where two branches of a method meet."""
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE), mutate=True)
    assert [p.line("en") for p in report.problems] == []
    assert report.examples == len(CASES) >= 80
    assert report.gate is not None
    assert {mutant.id.partition(":")[0] for mutant, _ in report.gate.excused} == {"item.raw"}


def test_every_clause_is_covered() -> None:
    assert uncovered(PROGRAM.clauses, [c for r in PROGRAM.rules for c in r.clauses]) == []


def test_every_clause_is_there_and_the_rooms_cover_what_is_no_formula() -> None:
    clauses = PROGRAM.clauses
    assert len(clauses) == 40
    rooms = {c.id: c.reason for c in clauses.values() if c.covered == "workflow"}
    assert set(rooms) == {"S0-1-5", "S0-3-2", "S0-9-1", "S0-9-2", "S0-10-1"}
    assert all(rooms.values())
    assert [c.id for c in clauses.values() if c.covered == "not_modelled"] == ["S0-10-2"]


def test_what_the_document_leaves_out_has_no_default() -> None:
    """A parameter has no value, or an empty table that is asked for by key."""
    for parameter in PROGRAM.parameters.values():
        assert [d.value for d in parameter.values] in ([], [{}]), parameter.name


# The sample


def test_the_script_writes_the_sample_that_stands_here() -> None:
    written = script(SAMPLE / "make.py").files()
    stands = {p.relative_to(SAMPLE).as_posix() for p in SAMPLE.rglob("*.csv")}
    assert set(written) == stands
    assert len(stands) == 2 * 20
    for name, text in written.items():
        assert (SAMPLE / name).read_bytes() == text.encode("utf-8"), name


@pytest.mark.parametrize("quarter", QUARTERS)
def test_the_samples_headings_are_the_schemes_names(quarter: str) -> None:
    for table in (SAMPLE / quarter).glob("*.csv"):
        if table.stem != "meta":
            assert_headings_are_names(PROGRAM, table)


def test_the_sample_holds_and_says_that_it_is_synthetic(quarters: tuple[Run, Run]) -> None:
    assert (SAMPLE / "config.yaml").read_text("utf-8").startswith("# SYNTHETIC")
    for found in quarters:
        assert "intake.synthetic" in {n.code for n in found.checked.notices}
        assert all("（合成数据）" in n for n in found.checked.rows["hospital"].names)
        assert {p.severity for p in found.problems} == {"notice"}
    told = {(p.code.removeprefix("requirement."), p.id) for p in quarters[1].problems}
    assert told == {
        ("nothing_reweighted", "D02"), ("nothing_reweighted", "D05"),
        ("nothing_reweighted", "D07"), ("standard_serves", "M06"), ("seen_in_time", "Q3-0008"),
    }  # fmt: skip


def test_the_sample_is_of_a_believable_size(quarters: tuple[Run, Run]) -> None:
    rows = quarters[1].checked.rows
    assert (len(rows["staff"]), len(rows["department"]), len(rows["scorecard"])) == (90, 10, 4)
    assert len(rows["entry"]) > 250
    assert len(rows["rating"]) > 250


def test_two_quarters_to_the_fen(quarters: tuple[Run, Run]) -> None:
    """Golden figures: whoever changes one says in the changelog whose pay it is."""
    for found, paid in zip(quarters, ("405000.00", "418600.00"), strict=True):
        assert total(found, "paid") == Decimal(paid)
        pools = amounts(found, "rank_group", "group_pool")
        shares = amounts(found, "staff", "pay")
        rows = found.checked.rows["staff"]
        home = dict(
            zip(
                rows.ids,
                found.checked.rows["rank_group"].ids.gather(rows.links["rank_group"]),
                strict=True,
            )
        )
        for group, pool in pools.items():
            assert sum(a for id, a in shares.items() if home[id] == group) == pool
    third = quarters[1]
    assert amounts(third, "rank_group", "group_pool") == {
        "R1": Decimal("160558.90"), "R2": Decimal("105863.01"),
        "R3": Decimal("92630.14"), "R4": Decimal("59547.95"),
    }  # fmt: skip
    assert not set(amounts(third, "staff", "pay")) & {"S031", "S044", "S090"}


def test_the_special_cases_of_the_third_quarter(quarters: tuple[Run, Run]) -> None:
    found = quarters[1]
    factor = amounts(found, "department", "department_factor")
    team = amounts(found, "staff", "team_factor")
    moved = (Fraction(factor["D07"]) * 30 + Fraction(factor["D06"]) * 62) / 92
    assert abs(Fraction(team["S055"]) - moved) < Fraction(1, 10**11)
    shown = amounts(found, "rating", "feedback")
    assert "S007-superior" in shown
    assert "S007-peers" not in shown
    counted = amounts(found, "item", "counted_weight")
    assert {"D02-C02", "D05-P01", "D07-G02"}.isdisjoint(counted)
    parts = amounts(found, "item", "part")
    for department, score in amounts(found, "department", "department_score").items():
        mine = sum(v for id, v in parts.items() if id.startswith(department))
        assert abs(mine - score) <= Decimal("0.01")
        weights = sum(Fraction(v) for id, v in counted.items() if id.startswith(department))
        assert abs(weights - 1) < Fraction(1, 10**9)


def test_every_department_is_told_whose_weight_was_moved(quarters: tuple[Run, Run]) -> None:
    coverage = amounts(quarters[1], "indicator", "coverage")
    assert Fraction(coverage["C02"]) < 1
    assert {i for i, v in coverage.items() if v < 1} == {"C02"}


def test_both_interpreters_agree_on_the_whole_quarter(quarters: tuple[Run, Run]) -> None:
    assert assert_interpreters_agree(PROGRAM, quarters[1], kept(quarters[0])) > 10_000


def test_a_quarter_goes_through_a_workbook(tmp_path: Path, quarters: tuple[Run, Run]) -> None:
    period = Period.parse("2026-Q2")
    book = tmp_path / "quarter.xlsx"
    write_template(PROGRAM, period, book, facts=load(SAMPLE / "2026-Q2", PROGRAM, period))
    again = calculate(PROGRAM, load(book, PROGRAM, period), CONFIG, NO_HISTORY)
    assert again.seal["results"] == quarters[0].seal["results"]


def test_two_quarters_from_the_command_line(tmp_path: Path, quarters: tuple[Run, Run]) -> None:
    past = tmp_path / "past"
    past.mkdir()
    for quarter, found in zip(QUARTERS, quarters, strict=True):
        written = past / f"{quarter}.json"
        asked = ["run", CODE, "--period", quarter, "--facts", str(SAMPLE / quarter)]
        asked += ["--config", str(SAMPLE / "config.yaml"), "--json", str(written)]
        asked += ["--past", str(past)] if quarter != QUARTERS[0] else []
        done = CliRunner().invoke(main, asked)
        assert done.exit_code == 0, done.output
        assert json.loads(written.read_text("utf-8"))["seal"]["results"] == found.seal["results"]


def test_the_source_tells_what_each_switch_would_change(
    tmp_path: Path, quarters: tuple[Run, Run]
) -> None:
    """The table of source.md is what the command prints today."""
    (tmp_path / "2026-Q2.json").write_text(json.dumps(as_json(quarters[0])), "utf-8")
    asked = ["--lang", "en", "switches", CODE, "--period", "2026-Q3", "--markdown"]
    asked += ["--facts", str(SAMPLE / "2026-Q3"), "--past", str(tmp_path)]
    asked += ["--config", str(SAMPLE / "config.yaml")]
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 0, told.output
    table = [line for line in told.stdout.splitlines() if line.startswith("|")]
    assert len(table) == 16
    assert "\n".join(table) in (PROGRAM.folder / "source.md").read_text("utf-8")


def test_what_rooms_and_pages_are_told_is_there() -> None:
    """Cards, pages, forms, panels and the questionnaire of this scheme are among the installed."""
    for declared in (PLUGINS.report_sections, PLUGINS.pages, PLUGINS.forms, PLUGINS.panels):
        assert [d for d in declared if d.scheme == CODE]
    (form,) = [q for q in PLUGINS.questionnaires if q.scheme == CODE]
    for name in (form.weights, form.minimum, form.missing):
        assert name in PROGRAM.parameters
    assert {g.code for g in form.groups} == set(PROGRAM.parameters[form.weights].keys)
    rules = freeze(form, PROGRAM, CONFIG, QUARTER.last_day)
    assert sum(rules.weights.values()) == 1
    assert rules.minimum["peers"] == 3
