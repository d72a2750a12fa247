"""Interpreter two: what it says about problems, long chains, a run's results."""

from __future__ import annotations

import json
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest
from points_ward import PERIOD, facts, scalar, three

from hpf.core.calculate import calculate
from hpf.core.facts import facts_of
from hpf.core.formula import tree as t
from hpf.core.formula.derivation import as_json, derive, lines
from hpf.core.formula.labels import written
from hpf.core.formula.scalar import Scalar
from hpf.core.indicators import Type
from hpf.core.program import Program
from hpf.core.values import ABSENT, Trouble

CENT = t.Const(t.Rounding(Fraction("0.01")))


def test_values_are_exact_and_written_ones_agree_with_the_run(ward: Program) -> None:
    run = three(ward)
    two = scalar(run)
    assert two.value("department", 0, "ward.pool") == Fraction("360.225")
    assert two.value("staff", 0, "ward.pay") + two.value("staff", 1, "ward.pay") == Fraction(  # type: ignore[operator]  # both are numbers
        "360.23"
    )
    assert two.value("staff", 2, "ward.pay") is ABSENT
    for line in run.lines():
        index = run.checked.rows[line.entity].ids.to_list().index(line.id)
        value = two.value(line.entity, index, line.rule.qualified)
        assert isinstance(value, Fraction)
        assert written(value) == f"{line.value:f}".rstrip("0").rstrip(".")


def test_unknown_names_are_key_errors(ward: Program) -> None:
    two = scalar(three(ward))
    with pytest.raises(KeyError):
        two.value("staff", 0, "ward.paye")


def test_a_divisor_of_zero_names_itself_and_its_cell(ward: Program) -> None:
    trouble = scalar(three(ward, days=0)).value("staff", 0, "ward.per_day")
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.entity, trouble.id) == ("division_by_zero", "staff", "A")
    assert trouble.rule == "ward.per_day"
    assert trouble.place == "pay.xlsx [staff] B3"
    assert "“出勤”" in trouble.message.zh
    assert "'Days'" in trouble.message.en
    assert "when" in trouble.cure.zh


def test_a_missing_key_names_key_parameter_clause_day_and_known_keys(ward: Program) -> None:
    run = three(ward, title="junior")
    trouble = scalar(run).value("staff", 0, "ward.weighted")
    assert isinstance(trouble, Trouble)
    assert trouble.code == "missing_key"
    for text in trouble.message:
        for part in ("junior", "coefficient", "S1.2", "2026-09-30", "senior", "middle"):
            assert part in text
    assert trouble.place == "pay.xlsx [staff] E3"


def test_whoever_reads_a_troubled_value_passes_the_same_trouble_on(ward: Program) -> None:
    run = three(ward, title="junior")
    two = scalar(run)
    root = two.value("staff", 0, "ward.weighted")
    for entity, index, name in [
        ("staff", 0, "pay"), ("staff", 1, "pay"), ("department", 0, "all_points"),
    ]:  # fmt: skip
        assert two.value(entity, index, f"ward.{name}") == root
    assert two.value("staff", 2, "ward.pay") is ABSENT
    assert [p.code for p in run.problems] == ["formula.missing_key"], "one root cause, told once"
    assert len({root, scalar(run).value("staff", 0, "ward.weighted")}) == 1


def test_off_scale_says_the_value_and_the_ends(ward: Program) -> None:
    trouble = scalar(three(ward, points="100.5")).value("staff", 0, "ward.tier_pay")
    assert isinstance(trouble, Trouble)
    assert trouble.code == "off_scale"
    for part in ("100.5", "tiers", "0 – 100"):
        assert part in trouble.message.en


@pytest.mark.parametrize(
    ("changes", "code", "row"),
    [
        ({"points": "-1"}, "negative_weight", "staff:A"),
        ({"points": "9999999999999999"}, "beyond", "staff:A"),
    ],
)
def test_a_group_is_told_who_spoils_it(
    ward: Program, changes: dict[str, Any], code: str, row: str
) -> None:
    two = scalar(three(ward, **changes))
    mine, other = (two.value("staff", i, "ward.pay") for i in (0, 1))
    assert isinstance(other, Trouble)
    assert mine == other
    assert other.code == code
    assert f"{other.entity}:{other.id}" == row


def test_weights_that_are_all_zero_are_the_groups_problem(ward: Program) -> None:
    run = calculate(ward, facts(ward, A={"points": 0}, B={"points": 0}))
    trouble = scalar(run).value("staff", 1, "ward.pay")
    assert isinstance(trouble, Trouble)
    assert (trouble.code, trouble.entity, trouble.id) == ("no_weight", "department", "D")
    assert "360.225" in trouble.message.en


def test_every_problem_speaks_both_languages_and_offers_a_cure(lab: SimpleNamespace) -> None:
    a, b, s = (t.Own("member", f"lab.{n}") for n in "abs")
    zero = t.Const(Fraction(0))
    huge = t.Const(Fraction(10**15))
    rules = {
        "division_by_zero": t.Arith("div", a, zero),
        "beyond": t.Arith("mul", huge, t.Arith("add", a, t.Const(Fraction(100)))),
        "imprecise": t.Arith("mul", t.Arith("div", a, t.Const(Fraction(3))), huge),
        "empty": t.Look(("team",), "team", t.Gather("max", "member", ("guest",), a)),
        "undefined_condition": t.When(s, a, b),
    }
    indicators = [lab.indicator(lab.MEMBER, n) for n in "ab"]
    indicators.append(lab.indicator(lab.MEMBER, "s", Type.BOOLEAN))
    made = [lab.rule(lab.MEMBER, name, tree) for name, tree in rules.items()]
    prog = lab.program(indicators, made)
    rows = lab.checked(prog, {"team": {"T": {}}, "member": {"M": {"team": "T", "a": 1, "b": 0}}})
    two = Scalar(prog, rows, {})
    for code in rules:
        trouble = two.value("member", 0, f"lab.{code}")
        assert isinstance(trouble, Trouble), code
        assert trouble.code == code
        problem = trouble.problem()
        assert problem.code == f"formula.{code}"
        for lang in ("zh", "en"):
            assert len(problem.line(lang)) > 40
            assert problem.cure.say(lang)
        assert any("一" <= c <= "鿿" for c in problem.message.zh)
        assert not any("一" <= c <= "鿿" for c in problem.message.en + problem.cure.en)


def test_a_chain_of_a_thousand_rules_on_every_member(lab: SimpleNamespace) -> None:
    one = t.Const(Fraction(1))
    rules = [lab.rule(lab.MEMBER, "r0", t.Own("member", "lab.a"))]
    for i in range(1, 1001):
        before: t.Node = t.Own("member", f"lab.r{i - 1}")
        if i % 100 == 0:  # through the team and back: every member's value is read
            everyone = t.Gather("max", "member", ("team",), before)
            before = t.Look(("team",), "team", everyone)
        rules.append(lab.rule(lab.MEMBER, f"r{i}", t.Arith("add", before, one)))
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], rules[::-1])
    people = {f"M{i}": {"team": "T", "a": i} for i in range(20)}
    rows = lab.checked(prog, {"team": {"T": {}}, "member": people})
    two = Scalar(prog, rows, {})
    assert two.value("member", 0, "lab.r1000") == 1019
    step = derive(two, "member", 0, "lab.r1000")
    assert len(lines(step)) < 5000
    json.dumps(as_json(step))


def test_a_long_sum_within_one_rule(lab: SimpleNamespace) -> None:
    tree: t.Node = t.Own("member", "lab.a")
    for _ in range(200):
        tree = t.Arith("add", tree, t.Own("member", "lab.a"))
    prog = lab.program([lab.indicator(lab.MEMBER, "a")], [lab.rule(lab.MEMBER, "r", tree)])
    two = Scalar(prog, lab.checked(prog, {"member": {"M": {"a": 1}}}), {})
    assert two.value("member", 0, "lab.r") == 201
    assert len(derive(two, "member", 0, "lab.r").children) == 1


def test_known_results_are_taken_where_they_are_exact(lab: SimpleNamespace) -> None:
    a, b = t.Own("member", "lab.a"), t.Own("member", "lab.b")
    third, fen = t.Own("member", "lab.third"), t.Own("member", "lab.fen")
    rules = [
        lab.rule(lab.MEMBER, "third", t.Arith("div", a, b)),
        lab.rule(lab.MEMBER, "fen", t.Round(third, CENT)),
        lab.rule(lab.MEMBER, "large", t.Arith("mul", third, t.Const(Fraction(3 * 10**9)))),
        lab.rule(lab.MEMBER, "twice", t.Arith("add", fen, fen)),
    ]
    prog = lab.program([lab.indicator(lab.MEMBER, n) for n in "ab"], rules)
    rows = lab.checked(prog, {"member": {"M": {"a": 1, "b": 3}, "N": {"a": 1, "b": 0}}})
    evaluated = lab.columns.evaluate(prog, rows, {})
    asked: list[tuple[int, str]] = []

    class Watched(Scalar):
        def _work_out(self, key: Any, rule: Any, frames: int) -> Any:
            asked.append((key[1], rule.name))
            return super()._work_out(key, rule, frames)

    two = Watched(prog, rows, {}, known=evaluated)
    assert two.value("member", 0, "lab.twice") == Fraction("0.66")
    assert asked == [(0, "twice")], "the rounded result was taken from the run"
    # a third written with 12 places would make 999999999.999 of it
    assert two.value("member", 0, "lab.large") == 10**9
    assert (0, "third") in asked
    trouble = two.value("member", 1, "lab.twice")
    assert isinstance(trouble, Trouble), "problems are always traced to where they arose"
    assert trouble.rule == "lab.third"


@pytest.mark.parametrize("interpreter", ["columns", "scalar"])
def test_an_entity_that_is_only_counted_needs_its_table(
    lab: SimpleNamespace, interpreter: str
) -> None:
    count = t.Gather("count", "member", ("team",))
    prog = lab.program([], [lab.rule(lab.TEAM, "n", count)])
    data = {"team": {"T": {}, "U": {}}, "member": {"M": {"team": "T"}}}
    got = lab.INTERPRETERS[interpreter](prog, lab.checked(prog, data))
    assert [got["team", i, "n"] for i in "TU"] == [1, 0]
    _, problems = lab.check(prog, facts_of(prog, PERIOD, {"team": data["team"]}))
    assert [p.code for p in problems] == ["facts.no_table"], "an absent table is not an empty one"
