"""Composition: one scheme's result becomes another's indicator; order, cycles, reconciliation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hpf.core import CNY, DEPARTMENT, POINT, STAFF, Formula, Period, Row, Scheme, round_to, split
from hpf.core.bindings import bound_indicators, needed_for, order, parse_bindings
from hpf.core.build import build
from hpf.core.compose import filler, reconcile, run_composed
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, ParameterError, SchemeError
from hpf.core.facts import facts_of
from hpf.core.formula.derivation import derive
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Program
from hpf.core.results import Run, plain
from hpf.core.values import Result

SEPTEMBER = Period.parse("2026-09")
BIND = [{"indicator": "ward.department.pool", "result": "hospital_pool.department.share"}]


def said(value: Result | None) -> str | bool:
    assert value is not None
    return plain(value)


def above(folder: Path) -> Program:
    """A hospital's pool, shared among departments by points, and a handful of other results."""
    scheme = Scheme(
        "hospital_pool", zh="全院", en="Hospital", document="H", here=str(folder / "a.py")
    )
    scheme.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    scheme.decimal(DEPARTMENT, "cases", zh="例数", en="Cases", unit=POINT, blank="not_applicable")

    @scheme.pay(DEPARTMENT, zh="科室奖金", en="Share", clause="H.1", only=lambda d: d.income > 0)
    def share(department: Row) -> Formula:
        return round_to(department.income / 3)

    @scheme.rule(DEPARTMENT, zh="每例", en="A case", clause="H.2", unit=CNY / POINT)
    def per_case(department: Row) -> Formula:
        return department.income / department.cases

    @scheme.rule(DEPARTMENT, zh="分数", en="Points", clause="H.3", unit=POINT)
    def points(department: Row) -> Formula:
        return department.cases

    return build(scheme)


def below(folder: Path, blank: str = "required", code: str = "ward") -> Program:
    """A department's pool, shared among its people."""
    scheme = Scheme(code, zh="病房", en="Ward", document="W", here=str(folder / "b.py"))
    scheme.decimal(DEPARTMENT, "pool", zh="总额", en="Pool", unit=CNY, blank=blank)
    scheme.decimal(
        DEPARTMENT, "rate", zh="单价", en="Rate", unit=CNY / POINT, blank="not_applicable"
    )
    scheme.decimal(STAFF, "points", zh="得分", en="Points", unit=POINT)

    @scheme.pay(STAFF, zh="奖金", en="Pay", clause="W.1")
    def pay(person: Row) -> Formula:
        return split(person.department.pool, by=person.points, within=person.department)

    @scheme.rule(DEPARTMENT, zh="记录", en="Kept", clause="W.2", unit=CNY / POINT)
    def kept(department: Row) -> Formula:
        return department.rate

    return build(scheme)


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Program]:
    return {"hospital_pool": above(tmp_path), "ward": below(tmp_path)}


def facts(programs: dict[str, Program], **change: Any) -> dict[str, Any]:
    up: dict[str, dict[str, Any]] = {
        "hospital": {"H": {}},
        "department": {
            "D": {"hospital": "H", "income": "1000", "cases": "4"},
            "E": {"hospital": "H", "income": "0.05", "cases": "0"},
        },
    }
    down: dict[str, dict[str, Any]] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H"}, "E": {"hospital": "H"}},
        "staff": {
            "A": {"department": "D", "points": 1},
            "B": {"department": "D", "points": 2},
            "C": {"department": "E", "points": 7},
        },
    }
    up["department"].update(change.get("up", {}))
    down["department"].update(change.get("down", {}))
    return {
        "hospital_pool": facts_of(programs["hospital_pool"], SEPTEMBER, up),
        "ward": facts_of(programs["ward"], SEPTEMBER, down),
    }


def composed(programs: dict[str, Program], bind: Any = None, **change: Any) -> dict[str, Run]:
    bindings = parse_bindings(bind or BIND, programs, "hospital.yaml")
    return run_composed(programs, bindings, facts(programs, **change))


def test_the_upstream_result_is_the_downstream_fact(programs: dict[str, Program]) -> None:
    runs = composed(programs)
    assert list(runs) == ["hospital_pool", "ward"]
    paid = {i: said(runs["ward"].value("staff", i, "pay")) for i in "ABC"}
    assert paid == {"A": "111.11", "B": "222.22", "C": "0.02"}


def test_rows_of_other_names_are_named(programs: dict[str, Program]) -> None:
    runs = composed(programs, [{**BIND[0], "rows": {"D": "E", "E": "D"}}])
    assert said(runs["ward"].value("staff", "C", "pay")) == "333.33"
    with pytest.raises(FactsError, match=r"has no 'DD'\. Did you mean D\?"):
        composed(programs, [{**BIND[0], "rows": {"D": "DD"}}])
    with pytest.raises(FactsError, match="scheme 'ward' has no 'X'"):
        composed(programs, [{**BIND[0], "rows": {"X": "D"}}])


def test_an_absent_result_takes_the_meaning_of_the_blank(tmp_path: Path) -> None:
    change = {"E": {"hospital": "H", "income": "0", "cases": "1"}}  # share: only where income > 0
    for blank, expected in (("zero", "0"), ("not_applicable", None)):
        programs = {"hospital_pool": above(tmp_path), "ward": below(tmp_path, blank)}
        value = composed(programs, up=change)["ward"].value("staff", "C", "pay")
        assert (plain(value) if value is not None else None) == expected
    programs = {"hospital_pool": above(tmp_path), "ward": below(tmp_path, "required")}
    with pytest.raises(FactsError) as caught:
        composed(programs, up=change)
    (problem,) = caught.value.problems
    assert (problem.entity, problem.id, problem.name) == ("department", "E", "pool")
    assert problem.place == "hospital_pool.share (department:E)"


def test_a_result_that_is_a_problem_never_becomes_a_zero(programs: dict[str, Program]) -> None:
    bind = [
        *BIND, {"indicator": "ward.department.rate", "result": "hospital_pool.department.per_case"}
    ]  # fmt: skip
    with pytest.raises(FactsError) as caught:
        composed(programs, bind)
    (problem,) = caught.value.problems
    assert problem.code == "binding.problem"
    assert problem.id == "E"
    assert "hospital_pool" in problem.cure.en


def test_the_explanation_names_the_result_it_came_from(programs: dict[str, Program]) -> None:
    run = composed(programs)["ward"]
    scalar = Scalar.of(run)
    step = derive(scalar, "staff", 0, "ward.pay", None)
    todo, bound = [step], []
    while todo:
        one = todo.pop()
        todo += one.children
        if one.source is not None and one.source.bound:
            bound.append(one.source.bound)
    assert bound == ["hospital_pool.share (department:D)"]


def test_a_derivation_goes_on_in_the_run_that_fills_the_fact(programs: dict[str, Program]) -> None:
    """Under another id where rows differ; from no other step, and not without that run."""
    runs = composed(programs, [{**BIND[0], "rows": {"D": "E", "E": "D"}}])
    run = runs["ward"]
    fact = derive(Scalar.of(run), "department", 0, "ward.pool")
    found = filler(run, fact, runs)
    assert found is not None
    assert (found.entity, found.id, found.rule) == ("department", "E", "share")
    assert found.run is runs["hospital_pool"]
    assert found.run.checked.rows["department"].ids[found.index] == "E"
    assert filler(run, fact, {"ward": run}) is None
    assert filler(run, derive(Scalar.of(run), "staff", 0, "ward.pay"), runs) is None


def test_reconciliation_shows_each_amount_with_what_was_shared_out(
    programs: dict[str, Program],
) -> None:
    runs = composed(programs)
    bindings = parse_bindings(BIND, programs, "hospital.yaml")
    lines = reconcile(runs, bindings)
    assert [(x.row, x.from_row, said(x.amount), x.rule, said(x.shared)) for x in lines] == [
        ("D", "D", "333.33", "pay", "333.33"),
        ("E", "E", "0.02", "pay", "0.02"),
    ]
    assert all(x.agrees and x.problem() is None for x in lines)
    lost = replace(lines[0], shared=Decimal("332.33"))
    problem = lost.problem()
    assert problem is not None
    assert "handed on 333.33, pay shared out 332.33" in problem.message.en


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"indicator": "wrad.department.pool"}, "Did you mean ward?"),
        ({"indicator": "ward.departmant.pool"}, "Did you mean department?"),
        ({"indicator": "ward.department.pol"}, "Did you mean pool?"),
        ({"result": "hospital_pool.department.shares"}, "Did you mean share?"),
        ({"result": "hospital_pool.share"}, "scheme.entity.name"),
        ({"result": "hospital_pool.department.points"}, "indicator in CNY, result in point"),
        ({"indicator": "ward.staff.points", "result": "hospital_pool.department.points"},
         "the entities differ"),
        ({"row": {}}, "Did you mean rows?"),
        ({"rows": ["D"]}, "`rows` is a table"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_an_error_at_load(
    programs: dict[str, Program], change: dict[str, Any], told: str
) -> None:
    with pytest.raises(SchemeError, match=told.replace("?", r"\?")) as caught:
        parse_bindings([{**BIND[0], **change}], programs, "hospital.yaml")
    assert caught.value.problems[0].place == "hospital.yaml bindings #1"


def test_an_indicator_is_bound_once(programs: dict[str, Program]) -> None:
    with pytest.raises(SchemeError, match=r"is bound already by hospital.yaml bindings #1"):
        parse_bindings([*BIND, *BIND], programs, "hospital.yaml")


def test_a_cycle_is_refused_and_named(tmp_path: Path) -> None:
    programs = {c: below(tmp_path, code=c) for c in ("one", "two", "three")}
    ring = [
        {"indicator": f"{a}.department.rate", "result": f"{b}.department.kept"}
        for a, b in (("one", "two"), ("two", "three"), ("three", "one"))
    ]
    with pytest.raises(SchemeError, match="one ← two ← three ← one"):
        parse_bindings(ring, programs, "hospital.yaml")
    bindings = parse_bindings(ring[:2], programs, "hospital.yaml")
    assert order(programs, bindings) == ["three", "two", "one"]
    assert order(reversed(list(programs)), bindings[::-1]) == ["three", "two", "one"]
    assert needed_for("two", bindings) == ["three", "two"]
    assert bound_indicators("two", bindings) == {("department", "rate")}


def test_a_scheme_above_without_facts_is_told(programs: dict[str, Program]) -> None:
    bindings = parse_bindings(BIND, programs, "hospital.yaml")
    given = facts(programs)
    del given["hospital_pool"]
    with pytest.raises(FactsError, match="takes results of 'hospital_pool', which has no facts"):
        run_composed(programs, bindings, given)


def test_problems_above_stop_what_is_below(programs: dict[str, Program]) -> None:
    change = {"D": {"hospital": "H", "cases": "1"}}
    with pytest.raises(FactsError) as caught:
        composed(programs, up=change)
    assert [(p.id, p.name) for p in caught.value.problems] == [("D", "income")]


def test_a_hospital_s_configuration_is_read_whole(
    programs: dict[str, Program], tmp_path: Path
) -> None:
    path = tmp_path / "hospital.yaml"
    path.write_text(
        "bindings:\n  - indicator: ward.department.pool\n"
        "    result: hospital_pool.department.share\n",
        "utf-8",
    )
    assert [str(b) for b in HospitalConfig.read(path, programs).bindings] == [
        "ward.department.pool = hospital_pool.department.share"
    ]
    path.write_text(
        "setings: {}\nsettings: {wrd: {}, ward: {step: []}}\nbindings: [{indicator: a}]\n", "utf-8"
    )
    with pytest.raises(ParameterError) as caught:
        HospitalConfig.read(path, programs)
    told = str(caught.value)
    assert "Did you mean settings?" in told
    assert "Did you mean ward?" in told
    assert "no parameter 'step'" in told
    assert "needs `indicator` and `result`" in told


@pytest.mark.parametrize(
    "data", [["settings"], {"settings": ["ward"]}, {"settings": {"ward": 1}}, {"bindings": [1]}]
)
def test_a_configuration_of_another_shape_is_refused(
    programs: dict[str, Program], data: Any
) -> None:
    with pytest.raises(ParameterError) as caught:
        HospitalConfig.parse(data, programs, "x.yaml")
    assert caught.value.problems[0].place.startswith("x.yaml")


def test_an_empty_configuration_decides_nothing(programs: dict[str, Program]) -> None:
    assert HospitalConfig.parse(None, programs, "x.yaml") == HospitalConfig()
