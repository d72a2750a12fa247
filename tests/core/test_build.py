"""Building a scheme: what may read what, how pay ends, and what its declarations must be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from bent_scheme import CLAUSES, PARAMETERS, Bench, Draw

from hpf.core import (
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    entity,
    exact,
    first_of,
    larger,
    link,
    round_to,
    split,
    when,
)
from hpf.core.formula import tree as t


def test_rules_that_need_each_other_are_a_cycle_named_whole(bench: Bench) -> None:
    bench.rule(lambda m: m.two, name="one")
    bench.rule(lambda m: m.department.three, name="two")
    bench.rule(lambda d: d.staff.one.sum(), name="three", of=DEPARTMENT)
    problem = bench.problem()
    assert problem.code == "scheme.cycle"
    words = problem.message.en.removeprefix("rules form a cycle: ").split(" → ")
    assert words[0] == words[-1]
    assert set(words) == {"staff.one", "staff.two", "department.three"}
    assert "past(1)" in problem.cure.en
    assert problem.place.startswith("test_build.py:")


def test_a_rule_may_read_its_own_past(bench: Bench) -> None:
    program = bench.rule(lambda m: first_of(m.past(1).made, 0) + 1).build()
    assert any(isinstance(n, t.Past) for n in t.walk(program.rules[0].tree))


PAY: list[tuple[str, Draw, dict[str, Any], str, str]] = [
    ("pay not rounded", lambda m: m.pay_rate * 2, {}, "pay_root", "round_to or split"),
    ("one branch not rounded", lambda m: when(m.leave, round_to(m.pay_rate), m.pay_rate), {},
     "pay_root", "round_to or split"),
    ("split inside a product",
     lambda m: round_to(split(m.department.pool, by=m.score, within=m.department) * 2), {},
     "split_inside", "outermost"),
    ("split behind a row's condition",
     lambda m: when(m.leave, 0, split(m.department.pool, by=m.score, within=m.department)), {},
     "split_inside", "only="),
]  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "more", "code", "told"), [r[1:] for r in PAY], ids=[r[0] for r in PAY]
)
def test_pay_ends_rounded_and_a_split_stands_alone(
    bench: Bench, draw: Draw, more: dict[str, Any], code: str, told: str
) -> None:
    problems = bench.rule(draw, kind="pay", **more).problems()
    found = [p for p in problems if p.code == f"scheme.{code}"]
    assert len(found) == 1
    assert told in found[0].line("en")


def test_a_total_only_adds_pay_lines(bench: Bench) -> None:
    bench.rule(lambda m: round_to(m.pay_rate), kind="pay", name="line")
    bench.rule(lambda m: m.line + m.line.or_(0), kind="total", name="good", payout=True)
    assert bench.build().rule("staff", "good")
    bench.rule(lambda m: m.line + m.pay_rate, kind="total", name="bad")
    problem = bench.problem()
    assert (problem.code, problem.name) == ("scheme.total", "bad")


def test_a_grade_yields_declared_choices_only(bench: Bench) -> None:
    bench.rule(lambda m: when(m.leave, "A", "C"), kind="grade", choices=["A", "B"])
    problem = bench.problem()
    assert (problem.code, problem.message.en) == ("formula.choice", "'C' is no declared grade")


def test_an_undeclared_entity_is_told_with_the_nearest(bench: Bench) -> None:
    team = entity("team", "组", "Team")
    bench.scheme.entities["teams"] = entity("teams", "组", "Teams")
    bench.scheme.decimal(team, "size", zh="数", en="Size")
    problem = bench.problem()
    assert problem.code == "scheme.entity"
    assert "Did you mean teams?" in problem.cure.en


def test_a_link_to_an_undeclared_entity_is_told(bench: Bench) -> None:
    team = entity("team", "组", "Team")
    bench.scheme.link(STAFF, link("team", team, "组", "Team"))
    problem = bench.problem()
    assert (problem.code, problem.name) == ("scheme.link", "team")


def test_a_name_declared_twice_is_told(bench: Bench) -> None:
    problem = bench.rule(lambda m: m.leave, kind="condition", name="score").problem()
    assert problem.code == "scheme.twice"
    assert problem.place.startswith("test_build.py:")


def test_an_unknown_period_kind_is_told(bench: Bench) -> None:
    bench.scheme.period = "monthly"
    assert "Did you mean month?" in bench.problem().cure.en


@pytest.mark.parametrize("name", ["Score", "sum", "past", "2nd", "id"])
def test_a_reserved_or_malformed_name_is_refused_at_once(bench: Bench, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be"):
        bench.scheme.decimal(STAFF, name, zh="名", en="Name")
    with pytest.raises(ValueError, match="cannot be"):
        bench.rule(lambda m: m.score, name=name)


def test_a_clause_that_is_not_listed_is_told_with_the_nearest(bench: Bench) -> None:
    problem = bench.rule(lambda m: m.score, unit=POINT, clause="B.l").problem()
    assert problem.code == "scheme.clause"
    assert problem.name == "made"
    assert "B.1" in problem.cure.en
    assert problem.place.startswith("test_build.py:")


def test_the_catalogue_s_clause_and_its_ascii_alias_are_one(tmp_path: Path) -> None:
    bench = Bench(tmp_path, PARAMETERS, CLAUSES.replace("B.1", "B.一"))
    assert bench.rule(lambda m: m.score, unit=POINT).build().rules[0].clauses == ("B.1",)


def test_all_mistakes_are_told_at_once(bench: Bench) -> None:
    bench.rule(lambda m: m.scor, name="one")
    bench.rule(lambda m: round(m.score, 2), name="two")
    bench.rule(lambda m: m.score, name="three", unit=POINT, clause="B.9")
    assert {p.name for p in bench.problems()} == {"one", "two", "three"}


def test_exact_numbers_and_zero_fit_where_a_float_does_not(bench: Bench) -> None:
    program = bench.rule(lambda m: larger(0, m.score * exact("0.5")), unit=POINT).build()
    assert program.rules[0].unit == POINT


def test_the_order_of_rules_never_changes_the_formulas(tmp_path: Path) -> None:
    digests = set()
    for turn in (1, -1):
        folder = tmp_path / str(turn)
        folder.mkdir()
        bench = Bench(folder)
        rules: list[tuple[Draw, str]] = [
            (lambda m: m.two, "one"),
            (lambda m: m.score / m.department.staff.score.sum(), "two"),
        ]
        for draw, name in rules[::turn]:
            bench.rule(draw, name=name)
        digests.add(bench.build().formula_digest())
    assert len(digests) == 1


def test_a_hospital_s_rule_may_gather_over_two_links(bench: Bench) -> None:
    program = bench.rule(
        lambda h: h.departments.staff.score.mean(), of=HOSPITAL, unit=POINT
    ).build()
    (node,) = (n for n in t.walk(program.rules[0].tree) if isinstance(n, t.Gather))
    assert node.path == ("department", "hospital")
