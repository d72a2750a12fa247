"""The main path: facts → check → evaluate → seal."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Scheme, split
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.checking import check
from hpf.core.errors import FactsError, ParameterError
from hpf.core.facts import Facts, Table, facts_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import as_json
from hpf.core.settings import Settings
from hpf.core.values import History

SEPTEMBER = Period.parse("2026-09")
PARAMETERS = """
demo:
  share:
    name: {zh: 比例, en: Share}
    clause: A.1
    values: [{from: 2006-01-01, value: "0.45", reference: printed}]
"""
GOOD: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {}},
    "department": {
        "D1": {"hospital": "H", "income": "1000.00", "cost": "100.01"},
        "D2": {"hospital": "H", "income": "50", "cost": "50"},
    },
    "staff": {
        "A": {"department": "D1", "role": "doctor", "score": "3"},
        "B": {"department": "D1", "role": "nurse", "score": "3"},
        "C": {"department": "D1", "role": "nurse", "score": "1"},
        "D": {"department": "D2", "role": "nurse", "score": "0", "bonus": "2"},
    },
}


def program(folder: Path, text: str = PARAMETERS) -> Program:
    (folder / "parameters.yaml").write_text(text, "utf-8")
    scheme = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY, low="0")
    scheme.decimal(DEPARTMENT, "cost", zh="成本", en="Cost", unit=CNY, low="0")
    scheme.choice(STAFF, "role", ["doctor", "nurse"], zh="岗位", en="Role")
    scheme.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT, low="0", high="100")
    scheme.decimal(STAFF, "bonus", zh="加分", en="Added points", unit=POINT, blank="zero")
    scheme.integer(STAFF, "children", zh="备注数", en="Remarks", blank="not_applicable")

    @scheme.rule(DEPARTMENT, zh="奖金总额", en="Pool", clause="A.1", unit=CNY)
    def pool(department: Any, p: Any) -> Any:
        return (department.income - department.cost) * p.share

    @scheme.rule(DEPARTMENT, zh="人均分", en="Points a head", clause="A.1", unit=POINT)
    def average(department: Any) -> Any:
        return department.staff.score.sum() / department.staff.count()

    @scheme.pay(STAFF, zh="奖金", en="Bonus pay", clause="A.1")
    def pay(member: Any) -> Any:
        return split(
            member.department.pool, by=member.score + member.bonus, within=member.department
        )

    return build(scheme)


def changed(entity: str, row: str, **values: Any) -> dict[str, dict[str, dict[str, Any]]]:
    data = {e: {i: dict(v) for i, v in rows.items()} for e, rows in GOOD.items()}
    data[entity].setdefault(row, {}).update(values)
    return data


def facts(made: Program, data: dict[str, dict[str, dict[str, Any]]]) -> Facts:
    return facts_of(made, SEPTEMBER, data)


def test_results_are_exact_and_the_pool_is_conserved(tmp_path: Path) -> None:
    made = program(tmp_path)
    run = calculate(made, facts(made, GOOD))
    assert run.problems == ()
    assert run.value("department", "D1", "pool") == Decimal("404.9955")
    shares = {i: run.value("staff", i, "pay") for i in "ABCD"}
    assert shares == {
        "A": Decimal("173.57"), "B": Decimal("173.57"), "C": Decimal("57.86"), "D": Decimal(0)
    }  # fmt: skip
    assert sum(shares[i] for i in "ABC") == Decimal("405.00")  # type: ignore[misc]  # Decimals


def test_the_result_document_keeps_the_contract(tmp_path: Path) -> None:
    made = program(tmp_path)
    document: Any = as_json(calculate(made, facts(made, GOOD)))
    assert {"scheme", "scheme_version", "period", "seal", "results", "problems"} <= set(document)
    first = document["results"][0]
    assert first == {
        "entity": "department", "id": "D1", "rule": "average", "kind": "score",
        "value_type": "decimal", "unit": "point", "value": "2.333333333333", "clause": "A.1",
    }  # fmt: skip
    assert next(r["value"] for r in document["results"] if r["rule"] == "pay") == "173.57"


def test_the_seal_does_not_depend_on_the_order_of_rows_or_rules(tmp_path: Path) -> None:
    made = program(tmp_path)
    first = calculate(made, facts(made, GOOD)).seal
    shuffled = {e: dict(random.Random(4).sample(list(r.items()), len(r))) for e, r in GOOD.items()}
    assert calculate(made, facts(made, shuffled)).seal == first
    turned = replace(made, rules=made.rules[::-1])
    assert calculate(turned, facts(turned, GOOD)).seal == first
    same = changed("department", "D1", income="1000")
    assert calculate(made, facts(made, same)).seal == first


@pytest.mark.parametrize(
    ("entity", "row", "values", "part"),
    [
        ("staff", "A", {"score": "3.01"}, "facts"),
        ("staff", "A", {"department": "D2"}, "facts"),
        ("staff", "A", {"role": "nurse"}, "facts"),
        ("staff", "A", {"children": 0}, "facts"),
    ],
)
def test_one_altered_fact_breaks_the_seal(
    tmp_path: Path, entity: str, row: str, values: dict[str, Any], part: str
) -> None:
    made = program(tmp_path)
    before = calculate(made, facts(made, GOOD)).seal
    after = calculate(made, facts(made, changed(entity, row, **values))).seal
    assert after[part] != before[part]
    assert after["seal"] != before["seal"]


def test_what_earlier_periods_brought_is_sealed_too(tmp_path: Path) -> None:
    made = program(tmp_path)
    month = facts(made, GOOD).period.earlier(1)
    one, other = (
        calculate(
            made,
            facts(made, GOOD),
            history=History({month: {("staff", "demo.pay"): {"A": Decimal(amount)}}}),
        ).seal
        for amount in ("1.00", "1.01")
    )
    assert one["history"] != other["history"]
    assert one["seal"] != other["seal"]


def test_parameters_and_formulas_are_sealed_too(tmp_path: Path) -> None:
    made = program(tmp_path)
    before = calculate(made, facts(made, GOOD)).seal
    given = {"share": [{"from": "2026-01-01", "value": "0.450", "reason": "same value"}]}
    settings = Settings.parse(made.parameters, given, "hospital.yaml")
    after = calculate(made, facts(made, GOOD), settings).seal
    assert after["parameters"] != before["parameters"]
    assert after["results"] == before["results"]
    first = made.parameters["share"].values[0]
    given["share"][0] |= {"from": first.since.isoformat(), "value": str(first.value)}
    decided = Settings.parse(made.parameters, given, "hospital.yaml")
    sealed = calculate(made, facts(made, GOOD), decided).seal
    assert sealed["parameters"] != before["parameters"], "by whom it was decided is sealed as well"
    fewer = replace(made, rules=made.rules[:2])
    assert calculate(fewer, facts(fewer, GOOD)).seal["formulas"] != before["formulas"]


@pytest.mark.parametrize(
    ("data", "code", "says"),
    [
        (changed("staff", "A", score=None), "facts.missing", "write 0"),
        (changed("staff", "A", score="100.01"), "facts.bounds", "at most 100 point"),
        (changed("staff", "A", score="-1"), "facts.bounds", "at least 0 point"),
        (changed("staff", "A", role="nurze"), "facts.choice", "nurse"),
        (changed("staff", "A", department="D9"), "facts.unknown_parent", "D9"),
        (changed("staff", "A", department=None), "facts.no_parent", "id of a department"),
        (changed("staff", "A", children="1.5"), "facts.not_whole", "whole"),
        (changed("department", "D1", income="1" + "0" * 16), "facts.beyond", "10^16"),
        ({k: v for k, v in GOOD.items() if k != "staff"}, "facts.no_table", "staff"),
    ],
)
def test_facts_that_do_not_hold_name_place_and_cure(
    tmp_path: Path, data: dict[str, dict[str, dict[str, Any]]], code: str, says: str
) -> None:
    made = program(tmp_path)
    with pytest.raises(FactsError) as caught:
        calculate(made, facts(made, data))
    (problem,) = [p for p in caught.value.problems if p.code == code]
    assert says in problem.line("en")
    assert problem.message.zh
    assert problem.cure.zh


def test_every_problem_is_told_together_with_missing_parameters(tmp_path: Path) -> None:
    text = PARAMETERS.replace('[{from: 2006-01-01, value: "0.45", reference: printed}]', "required")
    made = program(tmp_path, text)
    data = changed("staff", "A", score="101", role="x", department="D9")
    with pytest.raises(FactsError) as caught:
        calculate(made, facts(made, data))
    assert {p.code for p in caught.value.problems} == {
        "facts.bounds", "facts.choice", "facts.unknown_parent", "parameter.missing"
    }  # fmt: skip
    with pytest.raises(ParameterError, match="share"):
        calculate(made, facts(made, GOOD))


def test_duplicate_ids_name_both_places(tmp_path: Path) -> None:
    made = program(tmp_path)
    good = facts(made, GOOD)
    table = good.tables["staff"]
    frame = table.frame
    doubled = pl.concat([frame, frame.head(1)])
    tables = {**good.tables, "staff": Table("staff", doubled)}
    _, problems = check(made, Facts(SEPTEMBER, tables))
    (problem,) = problems
    assert problem.code == "facts.duplicate_id"
    assert problem.id == "A"


def test_blanks_declared_zero_are_counted(tmp_path: Path) -> None:
    made = program(tmp_path)
    run = calculate(made, facts(made, GOOD))
    assert run.checked.accepted_zeros == 3


def test_a_period_of_another_kind_is_refused(tmp_path: Path) -> None:
    made = program(tmp_path)
    with pytest.raises(FactsError, match="month"):
        calculate(made, facts_of(made, Period.parse("2026"), GOOD))


def test_floats_are_never_facts(tmp_path: Path) -> None:
    made = program(tmp_path)
    with pytest.raises(ValueError, match="floats are not exact"):
        facts(made, changed("staff", "A", score=1.5))
    frame = pl.DataFrame({"id": ["A"], "score": [1.5]})
    with pytest.raises(TypeError, match="Decimal"):
        check(made, Facts(SEPTEMBER, {"staff": Table("staff", frame)}))


def test_a_computed_problem_names_its_root_once(tmp_path: Path) -> None:
    made = program(tmp_path)
    data = changed("department", "D3", hospital="H", income="10", cost="1")
    run = calculate(made, facts(made, data))
    assert [(p.code, p.entity, p.id, p.name) for p in run.problems] == [
        ("formula.division_by_zero", "department", "D3", "average"),
        ("formula.no_takers", "department", "D3", "pay"),
    ]


def test_a_pool_without_any_weight_is_a_problem_for_all_its_takers(tmp_path: Path) -> None:
    made = program(tmp_path)
    data = changed("department", "D2", cost="40")
    data["staff"]["D"].update(bonus="0")
    run = calculate(made, facts(made, data))
    assert [(p.code, p.id) for p in run.problems] == [("formula.no_weight", "D2")]
    assert run.value("staff", "D", "pay") is None
    assert run.value("staff", "A", "pay") == Decimal("173.57")


@pytest.mark.parametrize("value", ["abc", "1/3", "NaN", "-Infinity", True, 0.1])
def test_facts_written_by_hand_say_which_value_is_no_number(tmp_path: Path, value: Any) -> None:
    """An author's slip in a worked example: told by its column, never a crash."""
    data = {**GOOD, "department": {"D1": {"hospital": "H", "income": value, "cost": "1"}}}
    with pytest.raises(ValueError, match=r"^'income': "):
        facts_of(program(tmp_path), SEPTEMBER, data)
