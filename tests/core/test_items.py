"""Item tables as data: two quite different tables run through one scheme, without other Python."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    BUILT_IN_METHODS,
    HOSPITAL,
    POINT,
    Formula,
    ItemMethod,
    Parameters,
    Period,
    Row,
    Scheme,
    Text,
    applies,
    declare_items,
    entity,
    link,
    round_to,
    score_by_method,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import FactsError, SchemeError
from hpf.core.facts import facts_of
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Program
from hpf.core.results import Run, plain
from hpf.core.values import Result

HIGHER, LOWER = "higher", "lower"


def said(value: Result | None) -> str | bool:
    assert value is not None
    return plain(value)


def program(folder: Path, **more: Any) -> Program:
    scheme = Scheme("table", zh="指标表", en="Table", document="T", here=str(folder / "x.py"))
    item = declare_items(scheme, of=HOSPITAL, clause="T.1", **more)

    @scheme.rule(item, zh="得分", en="Points", clause="T.1", unit=POINT, only=applies)
    def points(row: Row, p: Parameters) -> Formula:
        return round_to(score_by_method(row, p, more.get("methods", BUILT_IN_METHODS)))

    @scheme.rule(HOSPITAL, zh="总分", en="Total", clause="T.1", unit=POINT)
    def total(hospital: Row) -> Formula:
        return hospital.items.points.sum()

    return build(scheme)


def run(program: Program, items: dict[str, dict[str, Any]]) -> Run:
    rows = {i: {"hospital": "H", "applies": True, **row} for i, row in items.items()}
    facts = facts_of(program, Period.parse("2026-09"), {"hospital": {"H": {}}, "item": rows})
    return calculate(program, facts)


def line(method: str, direction: str, weight: str, **more: str) -> dict[str, Any]:
    return {"method": method, "direction": direction, "weight": weight, **more}


COUNTY_A = {
    "1": line("ratio", HIGHER, "10", target="0.9", actual="0.81"),
    "2": line("reverse", LOWER, "8", target="7", actual="8.4"),
    "3": line("threshold", HIGHER, "5", target="1", actual="1"),
    "4": line("deduction", LOWER, "6", target="0", actual="2", deduction="1.5"),
    "5": line("rating", HIGHER, "20", mark="87.5"),
}
COUNTY_B = {
    "antibiotics": line("interval", LOWER, "30", target="40", floor="60", actual="45"),
    "revisits": line("interval", HIGHER, "30", target="0.6", floor="0.4", actual="0.35"),
    "training": {**line("ratio", HIGHER, "40"), "applies": False},
}


@pytest.mark.parametrize(
    ("table", "expected", "total"),
    [
        (COUNTY_A, {"1": "9", "2": "6.4", "3": "5", "4": "3", "5": "17.5"}, "40.9"),
        (COUNTY_B, {"antibiotics": "22.5", "revisits": "0", "training": None}, "22.5"),
    ],
)
def test_two_different_tables_run_through_one_scheme(
    tmp_path: Path, table: dict[str, Any], expected: dict[str, str | None], total: str
) -> None:
    found = run(program(tmp_path), table)
    values = {i: found.value("item", i, "points") for i in expected}
    assert {i: None if v is None else plain(v) for i, v in values.items()} == expected
    assert said(found.value("hospital", "H", "total")) == total
    assert found.problems == ()


CASES = [
    ("ratio", HIGHER, "100", "50", "5"),
    ("ratio", HIGHER, "100", "100", "10"),
    ("ratio", HIGHER, "100", "140", "10"),
    ("ratio", HIGHER, "100", "-20", "0"),
    ("ratio", LOWER, "10", "20", "5"),
    ("ratio", LOWER, "10", "0", "10"),
    ("reverse", LOWER, "10", "12", "8"),
    ("reverse", LOWER, "10", "25", "0"),
    ("reverse", LOWER, "10", "9", "10"),
    ("reverse", HIGHER, "10", "8", "8"),
    ("interval", HIGHER, "10", "6", "2"),
    ("interval", HIGHER, "10", "5", "0"),
    ("interval", HIGHER, "10", "11", "10"),
    ("interval", LOWER, "3", "4", "5"),
    ("interval", LOWER, "3", "5", "0"),
    ("interval", LOWER, "3", "3", "10"),
    ("threshold", HIGHER, "10", "9.99", "0"),
    ("threshold", LOWER, "10", "10", "10"),
    ("threshold", LOWER, "10", "10.01", "0"),
    ("deduction", HIGHER, "10", "8", "6"),
    ("deduction", HIGHER, "10", "1", "0"),
    ("deduction", HIGHER, "10", "11", "10"),
    ("deduction", LOWER, "0", "3", "4"),
]


@pytest.mark.parametrize(("method", "direction", "target", "actual", "points"), CASES)
def test_each_method_in_both_directions_at_its_edges(
    tmp_path: Path, method: str, direction: str, target: str, actual: str, points: str
) -> None:
    item = line(method, direction, "10", target=target, actual=actual, floor="5", deduction="2")
    found = run(program(tmp_path), {"X": item})
    assert said(found.value("item", "X", "points")) == points
    scalar = Scalar(found.program, found.checked, found.parameters)
    assert scalar.value("item", 0, "table.points") == Fraction(points)


@pytest.mark.parametrize("mark", ["0", "55", "100"])
def test_a_rating_is_the_weight_s_share(tmp_path: Path, mark: str) -> None:
    found = run(program(tmp_path), {"X": line("rating", HIGHER, "20", mark=mark)})
    assert Fraction(str(found.value("item", "X", "points"))) == Fraction(mark) / 5


NEEDS = [
    ("ratio", ("target", "actual")),
    ("reverse", ("target", "actual")),
    ("interval", ("target", "actual", "floor")),
    ("threshold", ("target", "actual")),
    ("deduction", ("target", "actual", "deduction")),
    ("rating", ("mark",)),
]


@pytest.mark.parametrize("direction", [HIGHER, LOWER])
@pytest.mark.parametrize(
    ("method", "left_out"), [(m, column) for m, columns in NEEDS for column in columns]
)
def test_a_figure_that_was_not_reported_is_a_problem_and_never_a_zero(
    tmp_path: Path, method: str, left_out: str, direction: str
) -> None:
    target, actual = ("10", "8") if direction == HIGHER else ("3", "4")
    item = line(
        method, direction, "10", target=target, actual=actual, floor="5", deduction="2", mark="50"
    )
    del item[left_out]
    found = run(program(tmp_path), {"X": item})
    assert found.value("item", "X", "points") is None
    assert found.value("hospital", "H", "total") is None
    assert {p.code for p in found.problems} == {"formula.undefined_condition"}


def test_a_table_names_only_methods_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match="is no choice"):
        run(program(tmp_path), {"X": line("ratios", HIGHER, "10", target="1", actual="1")})


def half(item: Row) -> Formula:
    return item.weight / 2


HALF = ItemMethod("half", Text("半分", "Half"), half)


def test_a_plugin_s_own_method_stands_beside_the_built_in_ones(tmp_path: Path) -> None:
    methods = (*BUILT_IN_METHODS, HALF)
    found = run(program(tmp_path, methods=methods), {"X": line("half", HIGHER, "7")})
    assert said(found.value("item", "X", "points")) == "3.5"


def test_declaring_and_scoring_by_other_methods_is_an_error_at_load(tmp_path: Path) -> None:
    scheme = Scheme("table", zh="表", en="Table", document="T", here=str(tmp_path / "x.py"))
    item = declare_items(scheme, methods=[*BUILT_IN_METHODS, HALF])

    @scheme.rule(item, zh="得分", en="Points", clause="T.1", unit=POINT)
    def points(row: Row, p: Parameters) -> Formula:
        return score_by_method(row, p)

    with pytest.raises(SchemeError, match="'half' stands in only one of") as caught:
        build(scheme)
    assert caught.value.problems[0].place.startswith("test_items.py:")


def test_two_methods_of_one_code_are_refused(tmp_path: Path) -> None:
    scheme = Scheme("table", zh="表", en="Table", document="T", here=str(tmp_path / "x.py"))
    with pytest.raises(ValueError, match="share a code"):
        declare_items(scheme, methods=[HALF, HALF])


def test_groups_become_a_choice_that_rules_gather_by(tmp_path: Path) -> None:
    found = program(tmp_path, groups=("quality", "cost")).indicator("item", "group")
    assert found is not None
    assert found.choices == ("quality", "cost")
    assert program(tmp_path).indicator("item", "group") is None


def test_lines_of_a_table_may_be_rows_of_their_own(tmp_path: Path) -> None:
    scheme = Scheme("table", zh="指标表", en="Table", document="T", here=str(tmp_path / "x.py"))
    line = scheme.entity(entity("line", "指标", "Line"))
    methods = (
        ItemMethod("ratio", Text("比例", "Ratio"), lambda i: i.line.weight * i.actual),
        ItemMethod("whole", Text("全分", "Whole"), lambda i: i.line.weight),
    )
    scheme.choice(line, "method", [m.code for m in methods], zh="方法", en="Method", clause="T.1")
    scheme.decimal(line, "weight", zh="分值", en="Weight", unit=POINT, clause="T.1")
    item = scheme.entity(entity("item", "指标项", "Item", link("line", line, "指标", "Line")))
    scheme.decimal(item, "actual", zh="实际值", en="Actual", clause="T.1")

    @scheme.rule(item, zh="得分", en="Points", clause="T.1", unit=POINT)
    def points(row: Row, p: Parameters) -> Formula:
        return score_by_method(row, p, methods, line=row.line)

    program = build(scheme)
    data = {
        "line": {"A": {"method": "ratio", "weight": 10}, "B": {"method": "whole", "weight": 5}},
        "item": {"1": {"line": "A", "actual": "0.5"}, "2": {"line": "B", "actual": "0.5"}},
    }
    run = calculate(program, facts_of(program, Period.parse("2026-09"), data))
    assert [said(run.value("item", i, "points")) for i in ("1", "2")] == ["5", "5"]
