"""Bad facts of the schemes for directors, doctors and the operating room: told, and nobody paid."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from department_runs import EXAMPLES, Facts, of, run

from hpf.core.errors import FactsError, ParameterError


def facts(id: str) -> Facts:
    """An example's facts, free to be spoilt."""
    return copy.deepcopy(dict(EXAMPLES[id].facts))


@pytest.mark.parametrize(
    ("id", "entity", "row", "name", "value", "code"),
    [
        ("S4.7-EX-DIR", "staff", "A", "result", "-0.01", "facts.bounds"),
        ("S4.7-EX-DIR", "staff", "A", "result", None, "facts.missing"),
        ("S4.7-EX-DIR", "staff", "B", "base_paid", None, "facts.missing"),
        ("S4.7-EX-OPH", "staff", "A", "points_off", "100.01", "facts.bounds"),
        ("S4.7-EX-OPH", "staff", "A", "record_fine", "-1", "facts.bounds"),
        ("S4.7-EX-OPH", "department", "E", "shared_income", None, "facts.missing"),
        ("S4.7-DT-05", "anaesthesia", "a1", "hours", None, "facts.missing"),
        ("S4.7-DT-05", "anaesthesia", "a1", "method", "全麻", "facts.choice"),
        ("S4.7-DT-05", "staff", "a", "quality", None, "facts.missing"),
        ("US-points", "staff", "a", "duties_done", None, "facts.missing"),
        ("US-points", "examination", "a1", "visits", "0.5", "facts.not_whole"),
        ("S4.7-DT-03", "staff", "a", "radiation_years", "-1", "facts.bounds"),
        ("S4.7-DT-04", "technical_work", "b1", "item", "暴光", "facts.choice"),
        ("S4.7-DT-09", "operation", "o1", "size", None, "facts.missing"),
        ("S4.7-DT-09", "operation", "o1", "child_age", "-1", "facts.bounds"),
        ("S4.7-DT-10", "staff", "a", "month_hours", None, "facts.missing"),
        ("WEIGHT-by-person", "category", "d", "headcount", "-1", "facts.bounds"),
    ],
)
def test_a_bad_cell_is_named_and_nothing_is_computed(
    id: str, entity: str, row: str, name: str, value: Any, code: str
) -> None:
    bad, example = facts(id), EXAMPLES[id]
    bad[entity][row] = {**bad[entity][row], name: value}
    if value is None:
        del bad[entity][row][name]
    with pytest.raises(FactsError) as error:
        run(example.program.code, bad, example.settings, str(example.period))
    assert {(p.code, p.id, p.name) for p in error.value.problems} == {(code, row, name)}
    for one in error.value.problems:
        assert one.cure.zh
        assert one.cure.en


def test_a_nurse_stands_once_at_an_operation() -> None:
    bad = facts("S4.7-DT-09")
    bad["attendance"]["a9"] = {"operation": "o1", "nurse": "a", "duty": "洗手"}
    with pytest.raises(FactsError) as error:
        run("operating_room", bad, EXAMPLES["S4.7-DT-09"].settings)
    assert {p.id for p in error.value.problems} == {"a9"}


@pytest.mark.parametrize(
    ("code", "id", "names"),
    [
        ("radiology", "S4.7-DT-03", {"teaching_share", "point_value"}),
        ("ultrasound", "US-points", {"undone_share"}),
        ("anaesthesia", "S4.7-DT-05", {"special_points", "quality_max", "point_value"}),
        ("operating_room", "S4.7-DT-09", {"hour_step", "point_value"}),
        ("category_weight", "WEIGHT-by-person", {"category_weight"}),
    ],
)
def test_what_the_document_leaves_open_has_no_default(code: str, id: str, names: set[str]) -> None:
    with pytest.raises(ParameterError) as error:
        run(code, facts(id), period=str(EXAMPLES[id].period))
    assert {p.name for p in error.value.problems} == names


def test_quality_beyond_its_full_marks_pays_nobody() -> None:
    found = of("ANES-by-the-hour")
    (told,) = [p for p in found.problems if p.severity == "problem"]
    assert (told.id, told.name) == ("a", "quality_in_range")
    assert "19" in told.message.zh


def test_a_base_below_the_staffs_mean_is_a_notice_and_the_run_stands() -> None:
    found = of("DIR-nothing-is-left")
    assert {p.severity for p in found.problems} == {"notice"}
    assert found.value("staff", "E", "paid") == 0
    assert found.value("staff", "E", "claim") is not None


def test_hours_rounded_to_halves_are_told_where_points_grow_by_the_hour() -> None:
    found = of("ORN-half-hours")
    assert {p.name for p in found.problems} == {"whole_hours"}
    assert {p.id for p in found.problems} == {"o4", "o5"}
