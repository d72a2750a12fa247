"""Bad tables and bad reports: each has its own message, with its cell and its cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from plugin_runs import PROGRAMS
from plugin_sheets import Row, drop, put, rewrite

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, ParameterError, Problem
from hpf.core.periods import Period
from hpf.core.settings import Settings
from hpf.intake import load

PROGRAM = PROGRAMS["county_public"]
SAMPLE = PROGRAM.folder / "sample"
YEAR = Period.parse("2026")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample's second year, free to be spoilt."""
    return Path(shutil.copytree(SAMPLE / "2026", tmp_path / "2026"))


def told(folder: Path, settings: Settings | None = None) -> list[Problem]:
    """Every problem of a run, notices of how the folder was read left out."""
    config = HospitalConfig.read(SAMPLE / "config.yaml", PROGRAMS)
    found = calculate(
        PROGRAM, load(folder, PROGRAM, YEAR), settings or config.settings["county_public"]
    )
    return list(found.problems)


def one(folder: Path) -> Problem:
    """The only problem of a run."""
    (found,) = told(folder)
    assert found.message.zh
    assert found.message.en
    assert found.cure.zh
    assert found.cure.en
    return found


def test_points_that_do_not_make_a_hundred(folder: Path) -> None:
    put(folder, "indicator", "A01", standard_points="1")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.points_make_full_marks", "J1")
    assert "98" in found.message.zh
    assert "100" in found.message.zh
    assert "98" in found.message.en
    assert "100" in found.message.en


def test_a_forward_target_of_zero(folder: Path) -> None:
    put(folder, "indicator", "A06", target="0")
    found = told(folder)
    (table,) = [p for p in found if p.code == "requirement.forward_target"]
    assert (table.id, table.place) == ("A06", "2026/indicator.csv [indicator] I8")
    divided = [p for p in found if p.code == "formula.division_by_zero"]
    assert {p.id for p in divided} == {"H1-A06", "H2-A06", "H3-A06"}


def test_a_reverse_target_below_zero_names_the_difference(folder: Path) -> None:
    put(folder, "indicator", "B12", target="-3")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.reverse_target", "B12")
    assert "-3" in found.message.zh
    assert "差额法" in found.cure.zh
    assert "difference" in found.cure.en


@pytest.mark.parametrize("own", ["0", "-5"])
def test_an_own_target_that_does_not_fit(folder: Path, own: str) -> None:
    put(folder, "item", "H1-B04", own_target=own)
    found = [p for p in told(folder) if p.code.startswith("requirement")]
    assert [(p.code, p.id) for p in found] == [("requirement.own_target_fits", "H1-B04")]


def test_a_target_nobody_set(folder: Path) -> None:
    put(folder, "item", "H1-B04", own_target="")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.target_given", "H1-B04")


def test_a_direction_that_does_not_fit_the_method(folder: Path) -> None:
    put(folder, "indicator", "A06", direction="越低越好")
    put(folder, "indicator", "A05", direction="")
    found = told(folder)
    assert {(p.code, p.id) for p in found if p.code.startswith("requirement")} == {
        ("requirement.direction_fits", "A06"),
        ("requirement.direction_fits", "A05"),
    }


def test_a_threshold_that_is_the_benchmark(folder: Path) -> None:
    put(folder, "indicator", "C03", threshold="92")
    found = told(folder)
    assert ("requirement.interval_ends", "C03") in {(p.code, p.id) for p in found}
    assert found[-1].severity == "problem"


def test_a_difference_that_costs_nothing(folder: Path) -> None:
    put(folder, "indicator", "A05", off_per_unit="")
    assert ("requirement.difference_rate", "A05") in {(p.code, p.id) for p in told(folder)}


def test_a_percentage_written_as_a_fraction(folder: Path) -> None:
    put(folder, "item", "H1-B02", actual="0.93")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.percent_plausible", "H1-B02")
    assert found.place.startswith("2026/item.csv [item] F")
    assert "0.93" in found.message.zh
    assert "95" in found.message.zh
    assert "93 而不是 0.93" in found.cure.zh
    put(folder, "item", "H1-B02", checked="是")
    assert told(folder) == []


def test_a_target_written_as_a_fraction(folder: Path) -> None:
    put(folder, "indicator", "B02", target="0.95")
    found = told(folder)
    assert {p.code for p in found} == {"requirement.percent_plausible"}
    assert len(found) == 3  # every hospital would have had full points


def test_a_hospital_that_lacks_an_item_is_named_with_the_indicator(folder: Path) -> None:
    drop(folder, "item", "H2-B05")
    found = told(folder)
    assert {(p.code, p.id) for p in found} == {
        ("requirement.answered_by_all", "B05"),
        ("requirement.answers_all", "H2"),
    }
    line, hospital = sorted(found, key=lambda p: p.code)
    assert "2" in line.message.zh
    assert "3" in line.message.zh
    assert "44" in hospital.message.zh
    assert "45" in hospital.message.zh


def test_an_item_that_stands_twice(folder: Path) -> None:
    rewrite(folder, "item", lambda rows: rows.append({**rows[1], "id": "AGAIN"}))
    with pytest.raises(FactsError) as error:
        load(folder, PROGRAM, YEAR)
    (found,) = error.value.problems
    assert (found.code, found.id) == ("facts.duplicate_key", "AGAIN")
    assert "H1-A01" in found.message.zh
    assert "H1-A01" in found.message.en
    assert found.place == "2026/item.csv [item] B138"


def test_an_item_moved_to_another_indicator(folder: Path) -> None:
    put(folder, "item", "H1-A01", indicator="A02")
    with pytest.raises(FactsError) as error:
        load(folder, PROGRAM, YEAR)
    assert {p.code for p in error.value.problems} == {"facts.duplicate_key"}


def test_a_neighbours_table(folder: Path) -> None:
    def change(rows: list[Row]) -> None:
        rows[:] = [*rows[1:], {**rows[1], "id": "J2", "division_code": "990002"}]

    rewrite(folder, "jurisdiction", change)
    put(folder, "indicator", "A01", jurisdiction="J2")
    codes = {p.code for p in told(folder)}
    assert {"requirement.own_table", "requirement.points_make_full_marks"} <= codes


def test_evidence_that_is_not_named(folder: Path) -> None:
    put(folder, "item", "H1-A01", assessed_by="")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.evidence_given", "H1-A01")


def test_deductions_below_zero(folder: Path) -> None:
    put(folder, "item", "H1-A01", deductions="-1")
    with pytest.raises(FactsError) as error:
        load(folder, PROGRAM, YEAR)
    (found,) = error.value.problems
    assert (found.code, found.id, found.name) == ("facts.bounds", "H1-A01", "deductions")


@pytest.mark.parametrize(
    ("id", "cell", "code"),
    [("H1-A02", "actual", "actual_given"), ("H1-A01", "deductions", "deductions_given")],
)
def test_a_result_that_was_not_reported_is_no_zero(
    folder: Path, id: str, cell: str, code: str
) -> None:
    put(folder, "item", id, **{cell: ""})
    found = one(folder)
    assert (found.code, found.id) == (f"requirement.{code}", id)
    assert found.place.startswith("2026/item.csv [item]")


def test_not_scorable_without_a_reason(folder: Path) -> None:
    put(folder, "item", "H1-A02", actual="", not_scorable="是")
    found = one(folder)
    assert (found.code, found.id) == ("requirement.reason_given", "H1-A02")
    put(folder, "item", "H1-A02", reason="当年未开展")
    assert told(folder) == []


def test_what_the_county_must_decide_is_asked_for_by_name(folder: Path) -> None:
    with pytest.raises(ParameterError) as error:
        told(folder, Settings())
    assert {p.name for p in error.value.problems} == {
        "unscorable", "reduction_share", "survey_sample", "survey_minimum", "survey_satisfied",
        "survey_missing",
    }  # fmt: skip


@pytest.mark.parametrize("share", ["0", "1.5", "-0.1"])
def test_a_reduction_out_of_its_limits(folder: Path, share: str) -> None:
    data = {
        "unscorable": [{"from": "2015-01-01", "value": "reweight", "reason": "test"}],
        "reduction_share": [{"from": "2015-01-01", "value": share, "reason": "test"}],
        "survey_missing": [{"from": "2015-01-01", "value": "withhold", "reason": "test"}],
    } | {
        f"survey_{name}": [{"from": "2015-01-01", "value": "4", "reason": "test"}]
        for name in ("sample", "minimum", "satisfied")
    }
    found = told(folder, Settings.parse(PROGRAM.parameters, data, "test"))
    assert [(p.code, p.id) for p in found] == [("requirement.reduction_fits", "H3")]


def test_a_topic_the_document_does_not_name(folder: Path) -> None:
    put(folder, "indicator", "C08", topic="员工满意度")
    with pytest.raises(FactsError) as error:
        load(folder, PROGRAM, YEAR)
    found = [p for p in error.value.problems if p.id == "C08"]
    assert "职工满意度" in found[0].cure.zh
