"""Requirements: what the facts must meet, and what becomes of a run where they do not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from asking import (
    CURE,
    SEPTEMBER,
    STAFF_CSV,
    WITHHELD,
    Draw,
    data,
    ran,
    require,
    scheme,
    workbook_of,
)

from hpf.core import HOSPITAL, POINT, Formula, Parameters, Row, exact
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import Problem, SchemeError, Text
from hpf.core.formula.words import rule_block
from hpf.core.results import as_json
from hpf.intake import load


def test_a_requirement_that_is_not_met_is_a_problem_of_the_run(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    names = {"zh": "标准分值合计为100分", "en": "The standard points add up to 100"}
    require(s, lambda h, p: h.total == p.full, HOSPITAL, **names)
    run = ran(s, data(A={"points": "60"}, B={"points": "38"}))
    assert run.problems == (
        Problem(
            "requirement.asked",
            Text(
                "标准分值合计为100分：标准分值合计 98 ≠ 满分 100",
                "The standard points add up to 100: Total of standard points 98 ≠ Full marks 100",
            ),
            Text(*CURE),
            "[hospital] H.id",
            "hospital",
            "H",
            "asked",
        ),
    )
    assert run.value("hospital", "H", "asked") is False
    line = run.problems[0].line("zh")
    assert line.endswith("标准分值合计 98 ≠ 满分 100。请改正标准分值")


def test_one_that_is_met_or_absent_says_nothing(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)
    people = data(A={"withheld": "1", "earned": "1"}, B={"withheld": "5"}, C={})
    run = ran(s, people)
    assert run.problems == ()
    assert [run.value("staff", i, "asked") for i in "ABC"] == [True, None, None]


def test_only_those_it_is_for_are_asked(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.got >= m.points, only=lambda m: m.role == "nurse")
    row = {"got": "1"}
    people = data(A={**row, "role": "nurse"}, B={**row, "role": "doctor"}, C=row)
    found = ran(s, people).problems
    assert [(p.id, p.message.zh) for p in found] == [("A", "须成立：得分 1 < 标准分值 50")]


def test_a_problem_inside_it_is_a_problem_as_ever(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.earned / m.withheld >= 1)
    people = data(A={"earned": "1", "withheld": "0"}, B={"earned": "1", "withheld": "2"})
    found = ran(s, people).problems
    assert [(p.code, p.id) for p in found] == [
        ("formula.division_by_zero", "A"),
        ("requirement.asked", "B"),
    ]


# where


@pytest.mark.parametrize(
    ("draw", "cell"),
    [
        (lambda m: m.withheld <= m.earned, "F3"),  # the first that the comparison reads
        (lambda m: m.earned >= m.withheld, "E3"),
        (lambda m: (m.earned > 0) & (m.withheld <= m.earned), "F3"),  # of what fails, not E
        (lambda m: m.department.staff.withheld.sum() <= m.department.staff.earned.sum(), "A3"),
        (lambda m: m.department.staff.withheld.sum() - m.earned < m.withheld, "E3"),
    ],
)
def test_the_place_is_the_rows_own_cell(tmp_path: Path, draw: Draw, cell: str) -> None:
    s = scheme(tmp_path)
    require(s, draw)
    program = build(s)
    path = workbook_of(tmp_path, "id\nH\n", STAFF_CSV)
    found = calculate(program, load(path, program, SEPTEMBER)).problems
    assert [p.place for p in found if p.id == "B"] == [f"facts/staff.csv [staff] {cell}"]


# notices


def test_a_notice_is_told_and_the_run_stands(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, severity="notice")
    run = ran(s, data(A=WITHHELD))
    assert [p.severity for p in run.problems] == ["notice"]
    document: Any = as_json(run)
    (told,) = document["problems"]
    assert (told["code"], told["severity"]) == ("requirement.asked", "notice")
    line = next(r for r in document["results"] if r["rule"] == "asked")
    assert line == {
        "entity": "staff", "id": "A", "rule": "asked", "kind": "requirement",
        "value_type": "boolean", "unit": "", "value": False, "clause": "A.1",
    }  # fmt: skip


# all of them


def test_every_row_that_fails_is_told_in_the_order_of_the_document(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, zh="甲", en="One")

    @s.require(HOSPITAL, zh="乙", en="Two", clause="A.1", cure=CURE)
    def second(hospital: Row, p: Parameters) -> Formula:
        return hospital.total == p.full

    found = ran(s, data(C=WITHHELD, A=WITHHELD, B={})).problems
    assert [(p.name, p.id) for p in found] == [("asked", "A"), ("asked", "C"), ("second", "H")]


def test_other_rules_may_read_a_requirement(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)

    @s.rule(HOSPITAL, zh="不合格人数", en="How many fail", clause="A.1")
    def failing(hospital: Row) -> Formula:
        return hospital.departments.staff.where(lambda m: ~m.asked).count()

    run = ran(s, data(A=WITHHELD, B=WITHHELD, C={}))
    assert run.value("hospital", "H", "failing") == 2


def test_thousands_of_failing_rows_take_seconds(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.points * m.department.staff.count() < m.department.hospital.total)
    people = data(**{f"P{i:04}": {"points": "1.5"} for i in range(3000)})
    began = time.process_time()
    found = ran(s, people).problems
    assert len(found) == 3000
    assert time.process_time() - began < 8


def test_the_seal_covers_it(tmp_path: Path) -> None:
    seals = []
    for draw in (lambda m: m.points >= exact("1", POINT), lambda m: m.points >= exact("2", POINT)):
        s = scheme(tmp_path)
        require(s, draw)
        run = ran(s, data(A={}))
        assert run.problems == ()
        seals.append(run.seal)
    assert seals[0]["formulas"] != seals[1]["formulas"]
    assert seals[0]["results"] == seals[1]["results"]


# declaring one


@pytest.mark.parametrize("cure", [("", ""), ("请改正", " "), ("请改正",)])
def test_a_requirement_without_a_cure_in_both_languages_is_refused(
    tmp_path: Path, cure: Any
) -> None:
    with pytest.raises(ValueError, match="'It must hold': cure="):
        require(scheme(tmp_path), lambda m: m.evidence, cure=cure)


def test_an_unknown_severity_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"severity 'notices'. Did you mean notice\?"):
        require(scheme(tmp_path), lambda m: m.evidence, severity="notices")


def test_a_requirement_is_a_condition(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.points)
    with pytest.raises(SchemeError, match="declared a boolean, its formula yields a decimal"):
        build(s)


# words


def test_the_handbook_says_what_must_hold_and_what_if_not(tmp_path: Path) -> None:
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned)
    program = build(s)
    rule = program.rule("staff", "asked")
    assert rule is not None
    assert rule_block(program, rule, "zh").splitlines()[2:] == [
        "  适用：人员",
        "  须满足：扣发 ≤ 应发",
        "  不满足时：列为问题，不出结果；请改正标准分值",
    ]
    assert rule_block(program, rule, "en").splitlines()[3:] == [
        "  Must hold: Withheld ≤ Earned",
        "  Where it fails: a problem, no results are given out; Correct the standard points",
    ]
