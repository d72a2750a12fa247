"""The county's assessment: worked examples, the sample of two years, a small province."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_runs import (
    PLUGINS,
    PROGRAMS,
    assert_headings_are_names,
    kept,
    script,
)

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.facts import facts_of
from hpf.core.kit.check import check_scheme
from hpf.core.kit.testing import Case, example_cases
from hpf.core.periods import Period
from hpf.core.results import Run, as_json
from hpf.core.settings import Settings
from hpf.core.values import NO_HISTORY, History
from hpf.intake import load
from hpf.intake.template import write_template
from hpf_cli import main

CODE = "county_public"
PROGRAM = PROGRAMS[CODE]
CASES = example_cases(PLUGINS.schemes[CODE])
SAMPLE = PROGRAM.folder / "sample"
COUNTY = {
    "unscorable": "reweight", "reduction_share": "0.1", "survey_sample": "30",
    "survey_minimum": "3", "survey_satisfied": "4", "survey_missing": "withhold",
}  # fmt: skip


def run(facts: Mapping[str, Any], **given: Any) -> Run:
    """One run on hand-written facts of 2026."""
    held = {
        k: [{"from": "2015-01-01", "value": v, "reason": "test"}]
        for k, v in {**COUNTY, **given}.items()
    }
    when = Period.parse("2026")
    return calculate(
        PROGRAM,
        facts_of(PROGRAM, when, facts),
        Settings.parse(PROGRAM.parameters, held, "test"),
    )


def sampled(folder: Path, period: str, history: History = NO_HISTORY) -> Run:
    """A folder's or workbook's facts under the sample's configuration."""
    config = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS)
    facts = load(folder, PROGRAM, Period.parse(period))
    return calculate(PROGRAM, facts, config.settings[CODE], history)


@pytest.fixture(scope="module")
def years() -> tuple[Run, Run]:
    first = sampled(SAMPLE / "2025", "2025")
    return first, sampled(SAMPLE / "2026", "2026", kept(first))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_example(case: Case) -> None:
    case.assert_holds()


def test_the_scheme_keeps_its_promises() -> None:
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE), named=PROGRAMS.named(CODE))
    assert [p.line("en") for p in report.problems] == []
    assert report.examples >= 20


@pytest.mark.slow
def test_the_examples_notice_every_mutant() -> None:
    """All but those of parameters that surveys read and no rule does."""
    report = check_scheme(PROGRAM, PROGRAMS.beside(CODE), mutate=True, named=PROGRAMS.named(CODE))
    assert report.gate is not None
    assert [p.line("en") for p in report.gate.problems] == []
    assert all("p.survey_" in str(one) for one in report.gate.excused)


def test_every_clause_is_there_and_the_procedure_says_what_keeps_it() -> None:
    clauses = PROGRAM.clauses
    assert len(clauses) == 32
    kept = [c for c in clauses.values() if c.covered == "workflow"]
    assert all("workflow." in c.reason for c in kept if c.id.startswith("S4.5-3"))
    assert all(c.reason for c in kept)
    assert {c.id for c in clauses.values() if c.id.startswith("S4.5-4")} <= {
        c for r in PROGRAM.rules for c in r.clauses
    }


# The catalogue's own functions, apart from the plugin's formulas


def clip(x: Fraction, top: Fraction) -> Fraction:
    return min(max(x, Fraction(0)), top)


def by_hand(method: str, actual: Fraction, target: Fraction, points: Fraction) -> Fraction:
    """The score of a ratio as the clauses have it; the target is positive."""
    if method == "正向":
        return clip(actual / target * points, points)
    return points if actual <= 0 else clip(target / actual * points, points)


NUMBER = st.integers(-500_00, 5000_00).map(lambda n: Decimal(n) / 100)
TARGET = st.integers(1, 2000_00).map(lambda n: Decimal(n) / 100)
POINTS = st.integers(1, 200).map(lambda n: Decimal(n) / 10)
LINES = st.lists(
    st.tuples(st.sampled_from(["正向", "反向"]), NUMBER, TARGET, POINTS, st.booleans()),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_scores_and_total_are_those_of_the_clauses(
    lines: list[tuple[str, Decimal, Decimal, Decimal, bool]],
) -> None:
    last = ("正向", Decimal(5), Decimal(10), Decimal(1), False)  # one at least is scorable
    table, items = {}, {}
    scores, points = Fraction(0), Fraction(0)
    for n, (method, actual, target, weight, out) in enumerate([*lines, last]):
        table[f"L{n}"] = {
            "jurisdiction": "J",
            "topic": "服务数量",
            "standard_points": str(weight),
            "method": method,
            "target": str(target),
            "evidence_required": False,
        }
        items[f"I{n}"] = {
            "hospital": "H",
            "indicator": f"L{n}",
            "actual": str(actual),
            "not_scorable": out,
        }
        if not out:
            scores += by_hand(method, Fraction(actual), Fraction(target), Fraction(weight))
            points += Fraction(weight)
    found = run(
        {
            "jurisdiction": {"J": {"division_code": 1}},
            "hospital": {"H": {"jurisdiction": "J", "subsidy_full": 100}},
            "indicator": table,
            "item": items,
        }
    )
    total = found.value("hospital", "H", "total")
    assert isinstance(total, Decimal)
    assert abs(Fraction(total) - scores * 100 / points) <= Fraction(1, 2 * 10**12)
    assert 0 <= total <= 100
    for id in items:
        score = found.value("item", id, "score")
        assert score is None or 0 <= score <= Decimal(table[f"L{id[1:]}"]["standard_points"])  # type: ignore[arg-type,operator]  # a number and its text


# The sample


def test_the_sample_is_what_its_script_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make = script(SAMPLE / "make.py")
    monkeypatch.setattr(make, "HERE", tmp_path)
    make.main()
    written = sorted(p.relative_to(tmp_path) for p in tmp_path.rglob("*.csv"))
    assert len(written) == 12
    for name in written:
        assert (tmp_path / name).read_bytes() == (SAMPLE / name).read_bytes(), name


def test_the_samples_headings_are_the_schemes_names() -> None:
    for table in (SAMPLE / "2026").glob("*.csv"):
        if table.stem != "meta":
            assert_headings_are_names(PROGRAM, table)


def test_the_sample_holds_and_says_that_it_is_synthetic(years: tuple[Run, Run]) -> None:
    assert (SAMPLE / "config.yaml").read_text("utf-8").startswith("# SYNTHETIC")
    for found in years:
        assert [p for p in found.problems if p.severity == "problem"] == []
        assert len(found.checked.rows["indicator"]) == 45
        assert all("（合成数据）" in n for n in found.checked.rows["hospital"].names)
        assert "intake.synthetic" in {n.code for n in found.checked.notices}


def test_the_samples_two_years(years: tuple[Run, Run]) -> None:
    first, second = years
    hospitals = ("H1", "H2", "H3")
    assert [first.value("hospital", h, "rating") for h in hospitals] == ["优秀", "合格", "不合格"]
    assert [first.value("hospital", h, "place") for h in hospitals] == [1, 2, 3]
    assert [second.value("hospital", h, "place") for h in hospitals] == [1, 1, 3]
    assert second.value("hospital", "H1", "total") == second.value("hospital", "H2", "total")
    assert [first.value("hospital", h, "removal_due") for h in hospitals] == [False] * 3
    assert [second.value("hospital", h, "removal_due") for h in hospitals] == [False, False, True]
    assert second.value("hospital", "H3", "points_counted") == 98
    assert second.value("item", "H3-B11", "score") is None
    assert second.value("item", "H2-B13", "raw") == 75
    assert second.value("item", "H2-B13", "score") == 3


def test_the_first_year_tells_of_the_accident_and_stands(years: tuple[Run, Run]) -> None:
    (told,) = years[0].problems
    assert (told.code, told.id, told.severity) == (
        "requirement.zero_target_met",
        "H3-B18",
        "notice",
    )
    assert years[0].value("item", "H3-B18", "score") == 0


@pytest.mark.parametrize("year", [0, 1])
def test_subsidies_are_conserved(years: tuple[Run, Run], year: int) -> None:
    found = years[year]
    budget, paid, withheld = (
        found.value("jurisdiction", "J1", r)
        for r in ("subsidy_budget", "subsidy_paid", "subsidy_withheld")
    )
    assert isinstance(paid, Decimal)
    assert isinstance(withheld, Decimal)
    assert budget == paid + withheld == 16_300_000
    assert withheld == 350_000
    each = [found.value("hospital", h, "subsidy") for h in ("H1", "H2", "H3")]
    assert sum(x for x in each if isinstance(x, Decimal)) == paid


def test_the_source_tells_what_each_switch_would_change(
    tmp_path: Path, years: tuple[Run, Run]
) -> None:
    """The table of source.md is what the command prints today."""
    past = tmp_path / "2025.json"
    past.write_text(json.dumps(as_json(years[0])), "utf-8")
    asked = ["--lang", "en", "switches", CODE, "--period", "2026", "--markdown"]
    asked += ["--facts", str(SAMPLE / "2026"), "--past", str(tmp_path)]
    asked += ["--config", str(SAMPLE / "config.yaml")]
    told = CliRunner().invoke(main, asked)
    assert told.exit_code == 0, told.output
    table = [line for line in told.stdout.splitlines() if line.startswith("|")]
    assert len(table) == 10
    assert "\n".join(table) in (PROGRAM.folder / "source.md").read_text("utf-8")


def test_parts_make_the_total(years: tuple[Run, Run]) -> None:
    for found in years:
        for hospital in ("H1", "H2", "H3"):
            parts = [
                found.value("hospital", hospital, f"{p}_points")
                for p in ("management", "quality", "public")
            ]
            counted, total = (
                found.value("hospital", hospital, r) for r in ("points_counted", "total")
            )
            earned = sum(Fraction(p) for p in parts if isinstance(p, Decimal))
            assert isinstance(counted, Decimal)
            assert isinstance(total, Decimal)
            assert abs(earned * 100 / Fraction(counted) - Fraction(total)) < Fraction(1, 10**11)


def test_the_table_goes_through_a_workbook(tmp_path: Path, years: tuple[Run, Run]) -> None:
    facts = load(SAMPLE / "2026", PROGRAM, Period.parse("2026"))
    book = tmp_path / "county.xlsx"
    write_template(PROGRAM, Period.parse("2026"), book, facts=facts)
    again = sampled(book, "2026", kept(years[0]))
    assert again.seal["results"] == years[1].seal["results"]


# The province


def test_a_small_province_holds_and_repeats(tmp_path: Path) -> None:
    province = script(SAMPLE / "province.py")
    size = province.Size(hospitals=60, items=60, jurisdictions=5, peer_groups=3)
    for folder in ("one", "two"):
        province.write(tmp_path / folder, 2025, size)
    for table in (tmp_path / "one").iterdir():
        assert table.read_bytes() == (tmp_path / "two" / table.name).read_bytes()
    found = sampled(tmp_path / "one", "2025")
    assert [p for p in found.problems if p.severity == "problem"] == []
    assert len(found.checked.rows["item"]) == 3600
    assert len(found.checked.rows["indicator"]) == 300  # a table a jurisdiction, none a hospital
    totals = found.evaluated.values["hospital"][f"{CODE}.total"]
    assert totals.null_count() == 0
    ratings = found.evaluated.values["hospital"][f"{CODE}.rating"]
    assert set(ratings) == {"优秀", "合格", "不合格"}
    assert province.tables(2025, size)["hospital"] == province.tables(2026, size)["hospital"]
    assert province.tables(2025, size)["item"] != province.tables(2026, size)["item"]
