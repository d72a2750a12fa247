"""Bad tables and bad settings: each has its own message, with its cell and its cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from community_runs import CONFIG, PROGRAM, QUARTER, SAMPLE, sampled
from plugin_sheets import add, drop, found_wrong, put

from hpf.core.calculate import calculate
from hpf.core.errors import ParameterError, Problem
from hpf.core.settings import Settings
from hpf.intake import load


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample's third quarter, free to be spoilt."""
    return Path(shutil.copytree(SAMPLE / "2026-Q3", tmp_path / "2026-Q3"))


def told(folder: Path) -> dict[tuple[str, str], Problem]:
    """What keeps a run from standing, by requirement (or code) and row."""
    found = found_wrong(lambda: sampled("2026-Q3", folder=folder))
    return {
        (p.code.removeprefix("requirement."), p.id): p for p in found if p.severity == "problem"
    }


@pytest.mark.parametrize(
    ("entity", "id", "cells", "code", "row"),
    [
        ("department", "D01", {"scorecard": ""}, "facts.no_parent", "D01"),
        ("line", "K1-F01", {"weight": "0.49"}, "finance_weights_sum", "K1"),
        ("scorecard", "K2", {"finance_weight": "0.21"}, "perspectives_sum", "K2"),
        ("cause_effect", "O01-O04", {"cause": "O10"}, "effect_above_cause", "O01-O04"),
        ("objective", "O01", {"from_strategy": "否"}, "has_source", "O01"),
        ("item", "D01-C01", {"actual": ""}, "figures_given", "D01-C01"),
        ("item", "D01-P03", {"mark": ""}, "mark_given", "D01-P03"),
        ("item", "D02-C02", {"reason": ""}, "reason_given", "D02-C02"),
        ("item", "D06-G01", {"line": "K1-G01"}, "own_card", "D06-G01"),
        ("standard", "M01", {"responsibility": ""}, "deduction_names_duty", "M01"),
        ("entry", "Q3-0001", {"day": "2026-06-30"}, "day_in_period", "Q3-0001"),
        ("entry", "Q3-0001", {"sign": "减"}, "sign_fits", "Q3-0001"),
        ("entry", "Q3-0001", {"points": "99"}, "points_within_bounds", "Q3-0001"),
        ("tally", "S001-B02", {"standard": ""}, "facts.no_parent", "S001-B02"),
        ("adjustment", "A1", {"after": "4.81"}, "within_limit", "A1"),
        ("adjustment", "A1", {"standard": "B02"}, "may_be_adjusted", "A1"),
        ("adjustment", "A1", {"decided": "2026-07-11"}, "not_backwards", "A1"),
        ("rating", "S001-peers", {"average": "5.01"}, "rating_on_scale", "S001-peers"),
        ("staff", "S001", {"rank_group": "R2"}, "group_fits", "S001"),
        ("stint", "S012-D01", {"days": "47"}, "stints_fit", "S012"),
        ("member", "W1", {"represents": "医务"}, "all_represented", "H1"),
        ("member", "W1", {"appointed": "2020-01-01"}, "within_term", "W1"),
        ("hospital", "H1", {"pool": ""}, "pool_is_given", "H1"),
    ],
)
def test_one_cell(
    folder: Path, entity: str, id: str, cells: dict[str, str], code: str, row: str
) -> None:
    """What it breaks is told of its row, with the place in the table."""
    put(folder, entity, id, **cells)
    problem = told(folder)[code, row]
    assert ".csv" in problem.place
    assert problem.cure.zh
    assert problem.cure.en


def test_an_item_that_lacks(folder: Path) -> None:
    """No department leaves out a line of its card in silence."""
    drop(folder, "item", "D01-C01")
    assert ("answers_all", "D01") in told(folder)


def test_an_entry_reversed_twice(folder: Path) -> None:
    add(folder, "entry", "X1", tally="S001-B02", sign="减", points="2", day="2026-09-29",
        reverses="Q3-0001", earlier="否", seen="2026-09-29")  # fmt: skip
    assert not told(folder)
    add(folder, "entry", "X2", tally="S001-B02", sign="减", points="2", day="2026-09-29",
        reverses="Q3-0001", earlier="否", seen="2026-09-29")  # fmt: skip
    assert ("reversed_once", "Q3-0001") in told(folder)


def test_the_same_person_and_standard_in_two_tallies(folder: Path) -> None:
    """A standard's limit would be counted twice."""
    add(folder, "tally", "X1", staff="S001", standard="B02")
    (problem,) = found_wrong(lambda: sampled("2026-Q3", folder=folder))
    assert problem.id == "X1"


def test_a_group_that_the_hospital_wants_merged(folder: Path) -> None:
    for person in (*range(75, 83), *range(86, 90)):
        put(folder, "staff", f"S{person:03}", takes_part="否")
    assert set(told(folder)) == {("group_large_enough", "R4")}


def test_every_missing_decision_is_asked_for_by_name() -> None:
    """No parameter of the hospital's has a default."""
    with pytest.raises(ParameterError) as refused:
        calculate(PROGRAM, load(SAMPLE / "2026-Q3", PROGRAM, QUARTER), Settings())
    asked = {p.name for p in refused.value.problems}
    assert asked == {p.name for p in PROGRAM.parameters.values() if p.required}
    assert {"link_mode", "rank_weight_table", "tie_rule", "base_points"} <= asked


def test_a_table_is_asked_for_by_key_where_it_is_needed() -> None:
    """Points that are multiplied need a factor for each grade that occurs."""
    held = dict(CONFIG.overrides)
    del held["department_factor_map"]
    found = calculate(PROGRAM, load(SAMPLE / "2026-Q3", PROGRAM, QUARTER), Settings(held))
    said = [p.message.en for p in found.problems if p.severity == "problem"]
    assert [s for s in said if "department_factor_map" in s]
