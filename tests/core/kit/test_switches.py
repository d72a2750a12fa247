"""What a switch would change: each alternative as a run of its own would have it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Period,
    Row,
    Scheme,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.kit.switches import Alternative, Survey, survey
from hpf.core.measures import measures
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings

PARAMETERS = """
turned:
  basis:
    name: {zh: 基数, en: Basis}
    kind: choice
    choices: [income, surplus, ratio]
    clause: T.1
    values: [{from: 2026-01-01, value: income, reference: "T part 1; reading T-AMB-01"}]
  by_title:
    name: {zh: 按职称, en: By title}
    kind: boolean
    clause: T.2
    keyed_by: [senior, junior]
    values:
      - {from: 2026-01-01, value: {senior: true, junior: false}, reference: "reading T-AMB-02"}
  class_of:
    name: {zh: 类别, en: Class}
    kind: choice
    choices: [whole, half]
    clause: T.2
    keyed_by: [senior, junior]
    values:
      - {from: 2026-01-01, value: {senior: whole, junior: whole}, reference: "T part 2"}
  idle:
    name: {zh: 闲置, en: Idle}
    kind: boolean
    clause: T.2
    values: [{from: 2026-01-01, value: true, reference: "T part 2"}]
  share:
    name: {zh: 份额, en: Share}
    clause: T.1
    values: [{from: 2026-01-01, value: "0.5", reference: "T part 1"}]
"""
MARKS = """
marks:
  capped:
    name: {zh: 封顶, en: Capped}
    kind: boolean
    clause: T.1
    values: [{from: 2026-01-01, value: true, reference: "reading T-AMB-03"}]
"""
MONTH = Period.parse("2026-09")
FACTS: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {}},
    "department": {
        "D1": {"hospital": "H", "income": "1000", "cost": "400"},
        "D2": {"hospital": "H", "income": "500", "cost": "0"},
    },
    "staff": {
        "A": {"department": "D1", "title": "senior", "score": "60"},
        "B": {"department": "D1", "title": "junior", "score": "40"},
        "C": {"department": "D2", "title": "junior", "score": "50", "name": "丙"},
    },
}


def declare(folder: Path, code: str = "turned") -> Scheme:
    """A pool by one of three readings, its split, and an extra for whom a keyed switch admits."""
    (folder / "parameters.yaml").write_text(PARAMETERS.replace("turned", code), "utf-8")
    scheme = Scheme(code, zh="开关", en="Turned", document="T", here=str(folder / "x.py"))
    for name in ("income", "cost"):
        scheme.decimal(DEPARTMENT, name, zh=name, en=name, unit=CNY)
    scheme.choice(STAFF, "title", ["senior", "junior"], zh="职称", en="Title")
    scheme.decimal(STAFF, "score", zh="得分", en="Points", unit=POINT)

    @scheme.rule(DEPARTMENT, zh="总额", en="Pool", clause="T.1", unit=CNY)
    def pool(department: Row, p: Parameters) -> Formula:
        surplus = department.income - department.cost
        ratio = department.income * (department.income / department.cost)
        chosen = when(p.basis == "income", department.income, when(
            p.basis == "surplus", surplus, ratio))  # fmt: skip
        return round_to(chosen * p.share)

    @scheme.rule(STAFF, zh="本期分", en="Points now", clause="T.2", unit=POINT)
    def points(person: Row) -> Formula:
        return person.score

    @scheme.pay(STAFF, zh="绩效", en="Pay", clause="T.1")
    def pay(person: Row) -> Formula:
        return split(person.department.pool, by=person.points, within=person.department)

    @scheme.pay(STAFF, zh="奖励", en="Bonus", clause="T.2")
    def bonus(person: Row, p: Parameters) -> Formula:
        return round_to(when(p.by_title[person.title], person.pay / 10, 0))

    @scheme.condition(STAFF, zh="减半", en="Halved", clause="T.2")
    def halved(person: Row, p: Parameters) -> Formula:
        return p.class_of[person.title] == "half"

    @scheme.total(STAFF, zh="小计", en="Subtotal", clause="T.2")
    def subtotal(person: Row) -> Formula:
        return person.pay + person.bonus

    @scheme.total(STAFF, zh="合计", en="Total", clause="T.2")
    def total(person: Row) -> Formula:
        return person.subtotal + 0

    return scheme


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return build(declare(tmp_path_factory.mktemp("turned")))


@pytest.fixture(scope="module")
def run(program: Program) -> Run:
    return calculate(program, facts_of(program, MONTH, FACTS))


@pytest.fixture(scope="module")
def found(run: Run) -> Survey:
    return survey(run)


def alternative(found: Survey, label: str, value: str | bool) -> Alternative:
    (switch,) = [s for s in found.switches if s.label == label]
    return next(a for a in switch.alternatives if a.value == value)


def test_the_money_is_the_total_that_no_other_total_takes_in(found: Survey) -> None:
    assert found.money is not None
    assert found.money.rule.name == "total"
    assert found.money.entity == "staff"
    # pools 500 and 250; A has 300, and a tenth of it
    assert found.total == Decimal("780")


def test_a_choice_has_each_other_choice_as_an_alternative(found: Survey) -> None:
    surplus = alternative(found, "basis", "surplus")
    # D1's pool falls from 500 to 300: A from 330 to 198, B from 200 to 120
    assert surplus.total == Decimal("568")
    assert surplus.rows == 2
    assert surplus.largest is not None
    assert (surplus.largest.id, surplus.largest.by) == ("A", Decimal("-132"))
    # the pool, two payments, one bonus, two subtotals and two totals
    assert surplus.results == 8
    assert surplus.problems == ()


def test_an_alternative_that_cannot_be_computed_says_why(found: Survey) -> None:
    ratio = alternative(found, "basis", "ratio")
    assert ratio.total is None
    assert ratio.largest is None
    assert {p.code for p in ratio.problems} == {"formula.division_by_zero"}
    assert {(p.entity, p.id) for p in ratio.problems} == {("department", "D2")}
    assert ratio.troubled >= 2, "the pool, and the pay of whoever shares it"


def test_each_key_of_a_keyed_switch_is_one_of_its_own(found: Survey) -> None:
    keyed = [(s.key, s.value) for s in found.switches if s.parameter.name == "by_title"]
    assert keyed == [("senior", True), ("junior", False)]
    senior = alternative(found, "by_title[senior]", False)
    assert senior.total == Decimal("750")
    junior = alternative(found, "by_title[junior]", True)
    assert junior.total == Decimal("825")
    assert junior.largest is not None
    assert (junior.largest.id, junior.largest.name) == ("C", "丙")


def test_the_reading_is_what_the_reference_names(found: Survey) -> None:
    assert {s.label: s.reading for s in found.switches} == {
        "basis": "T-AMB-01",
        "by_title[senior]": "T-AMB-02",
        "by_title[junior]": "T-AMB-02",
    }


def test_a_hospital_that_turned_a_switch_still_sees_its_reading(program: Program) -> None:
    entry = [{"from": "2026-01-01", "value": "surplus", "reason": "resolution 7"}]
    settings = Settings.parse(program.parameters, {"basis": entry}, "config.yaml")
    found = survey(calculate(program, facts_of(program, MONTH, FACTS), settings))
    (basis,) = [s for s in found.switches if s.label == "basis"]
    assert (basis.value, basis.reading) == ("surplus", "T-AMB-01")
    assert alternative(found, "basis", "income").total == Decimal("780")


def test_a_table_of_the_document_is_no_switch(program: Program, found: Survey) -> None:
    assert program.parameters["class_of"].kind == "choice"
    assert "class_of" not in {s.parameter.name for s in found.switches}
    assert "class_of" not in {p.name for p in found.unread}


def test_switches_that_no_rule_reads_are_named_and_numbers_are_none(found: Survey) -> None:
    assert [p.name for p in found.unread] == ["idle"]
    assert "share" not in {s.parameter.name for s in found.switches}


def test_a_scheme_without_pay_is_compared_by_its_last_score(tmp_path: Path) -> None:
    scheme = Scheme("marks", zh="评分", en="Marks", document="T", here=str(tmp_path / "x.py"))
    (tmp_path / "parameters.yaml").write_text(MARKS, "utf-8")
    for name in ("actual", "limit", "lost"):
        scheme.decimal(HOSPITAL, name, zh=name, en=name, unit=POINT)

    @scheme.rule(HOSPITAL, zh="得分", en="Points", clause="T.1", unit=POINT)
    def points(hospital: Row, p: Parameters) -> Formula:
        return when(p.capped & (hospital.actual > hospital.limit), hospital.limit, hospital.actual)

    @scheme.rule(HOSPITAL, zh="总分", en="Score", clause="T.1", unit=POINT)
    def score(hospital: Row) -> Formula:
        return hospital.points - hospital.lost

    @scheme.grade(HOSPITAL, ["good", "poor"], zh="等级", en="Grade", clause="T.1")
    def grade(hospital: Row) -> Formula:
        return when(hospital.score >= hospital.limit, "good", "poor")

    program = build(scheme)
    facts = {"hospital": {
        "H1": {"actual": "108.5", "limit": 100, "lost": 5},
        "H2": {"actual": "90", "limit": 100, "lost": 5},
    }}  # fmt: skip
    found = survey(calculate(program, facts_of(program, MONTH, facts)))
    assert found.money is None
    assert found.total is None
    assert found.score is not None
    assert found.score.rule.name == "score"
    (one,) = found.switches[0].alternatives
    assert (one.total, one.rows, one.results) == (None, 1, 3)
    assert one.largest is not None
    assert (one.largest.id, one.largest.by) == ("H1", Decimal("8.5"))


def test_a_scheme_without_switches_has_none(tmp_path: Path) -> None:
    scheme = Scheme("plain", zh="无", en="Plain", document="T", here=str(tmp_path / "x.py"))
    scheme.boolean(HOSPITAL, "fine", zh="合格", en="Fine")

    @scheme.condition(HOSPITAL, zh="通过", en="Passed", clause="T.1")
    def passed(hospital: Row) -> Formula:
        return hospital.fine

    program = build(scheme)
    facts = facts_of(program, MONTH, {"hospital": {"H": {"fine": True}}})
    found = survey(calculate(program, facts))
    assert measures(program) == (None, None)
    assert found.switches == found.unread == ()


def test_an_alternative_that_a_requirement_forbids_says_so(tmp_path: Path) -> None:
    """`hpf run` would stop there; a requirement that is but a notice stops nothing."""
    scheme = declare(tmp_path)
    for name, severity in (("covered", "problem"), ("thrifty", "notice")):

        def draw(department: Row) -> Formula:
            return department.pool <= (department.income - department.cost) / 2

        draw.__name__ = name
        scheme.require(
            DEPARTMENT, zh="总额不超过结余的一半", en="Within half the surplus", clause="T.1",
            cure=("请核对总额", "Check the pool"), severity=severity,
        )(draw)  # fmt: skip
    program = build(scheme)
    entry = [{"from": "2026-01-01", "value": "surplus", "reason": "resolution 7"}]
    settings = Settings.parse(program.parameters, {"basis": entry}, "config.yaml")
    run = calculate(program, facts_of(program, MONTH, FACTS), settings)
    income = alternative(survey(run), "basis", "income")
    assert income.total is None
    assert income.troubled == 1
    (problem,) = income.problems
    assert (problem.code, problem.id) == ("requirement.covered", "D1")
    assert "Pool 500 >" in problem.message.en
