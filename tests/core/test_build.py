"""Every misuse is an error at load that names the node to use, with the author's file and line."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from math import ceil
from pathlib import Path
from typing import Any

import pytest

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    POINT,
    STAFF,
    Scheme,
    entity,
    exact,
    first_of,
    larger,
    link,
    rank,
    round_to,
    split,
    when,
)
from hpf.core.build import build
from hpf.core.errors import Problem, SchemeError
from hpf.core.formula import tree as t
from hpf.core.program import Program
from hpf.core.settings import resolve

PARAMETERS = """
bent:
  share: {name: {zh: 份额, en: Share}, clause: B.1,
          values: [{from: 2006-01-01, value: "0.45", reference: p. 1}]}
  table: {name: {zh: 表, en: Table}, clause: B.1, keyed_by: [senior, junior],
          values: [{from: 2006-01-01, value: {senior: "2", junior: "1"}, reference: p. 1}]}
  tiers: {name: {zh: 阶梯, en: Tiers}, kind: scale, unit: CNY/point, input_unit: point, clause: B.1,
          values: [{from: 2006-01-01, value: [{from: "0", rate: "1"}], reference: p. 1}]}
  step: {name: {zh: 步长, en: Step}, kind: rounding, clause: B.1,
         values: [{from: 2006-01-01, value: {step: "1"}, reference: p. 1}]}
"""
CLAUSES = "- {id: B.1, kind: calc, meaning: {zh: 规则, en: The rule}}\n"
Draw = Callable[..., Any]


class Bench:
    """A scheme with facts, parameters and clauses, to which a test adds its rule."""

    def __init__(self, folder: Path, parameters: str = PARAMETERS, clauses: str = CLAUSES) -> None:
        (folder / "parameters.yaml").write_text(parameters, "utf-8")
        (folder / "clauses.yaml").write_text(clauses, "utf-8")
        s = self.scheme = Scheme(
            "bent", zh="弯", en="Bent", document="B", here=str(folder / "x.py")
        )
        s.decimal(DEPARTMENT, "pool", zh="总额", en="Pool", unit=CNY)
        s.decimal(STAFF, "score", zh="得分", en="Score", unit=POINT)
        s.decimal(STAFF, "pay_rate", zh="单价", en="Rate", unit=CNY)
        s.choice(STAFF, "role", ["senior", "junior"], zh="职称", en="Role")
        s.choice(STAFF, "ward", ["east", "west"], zh="病区", en="Ward")
        s.boolean(STAFF, "leave", zh="请假", en="Leave")
        s.text(STAFF, "remark", zh="备注", en="Remark")

    def rule(self, draw: Draw, kind: str = "rule", name: str = "made", **more: Any) -> Bench:
        draw.__name__ = name
        of = more.pop("of", STAFF)
        more = {"zh": "规则", "en": "Rule", "clause": "B.1", **more}
        getattr(self.scheme, kind)(of, **more)(draw)
        return self

    def build(self) -> Program:
        return build(self.scheme)

    def problems(self) -> tuple[Problem, ...]:
        with pytest.raises(SchemeError) as caught:
            self.build()
        return caught.value.problems

    def problem(self) -> Problem:
        (found,) = self.problems()
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def with_if(m: Any) -> Any:
    if m.score > m.score:
        return 1
    return 0


def with_inline_if(m: Any) -> Any:
    return 1 if m.score == m.score else 0


def with_and(m: Any) -> Any:
    return when(m.score > m.score and m.leave, 1, 0)


def with_or(m: Any) -> Any:
    return when(m.leave or m.score > m.score, 1, 0)


def with_not(m: Any) -> Any:
    return when(not m.leave, 1, 0)


def with_while(m: Any) -> Any:
    while m.leave:
        return 1
    return 0


def with_assert(m: Any) -> Any:
    assert m.leave
    return 0


def with_max(m: Any) -> Any:
    return max(m.score, m.score)


def with_min(m: Any) -> Any:
    return min(m.score, m.score)


def with_round(m: Any) -> Any:
    return round(m.score, 2)


def with_abs(m: Any) -> Any:
    return abs(m.score)


def with_int(m: Any) -> Any:
    return int(m.score)


def with_float(m: Any) -> Any:
    return float(m.score)  # no money: the call must be refused


def with_math_floor(m: Any) -> Any:
    return larger(math.floor(m.score), 0)


def with_ceil(m: Any) -> Any:
    return ceil(m.score)


def with_math_trunc(m: Any) -> Any:
    return max(math.trunc(m.score), 0)


def with_bool(m: Any) -> Any:
    return when(bool(m.leave), 1, 0)


def with_str(m: Any) -> Any:
    return when(m.role == str(m.role), 1, 0)


def with_f_string(m: Any) -> Any:
    return when(m.role == f"{m.role}", 1, 0)


def with_f_string_of_a_row(m: Any) -> Any:
    return when(m.role == f"{m.department}", 1, 0)


def with_in(m: Any) -> Any:
    return when(m.role in ("senior", "junior"), 1, 0)


def with_chain(m: Any) -> Any:
    return when(m.score < m.score < m.score, 1, 0)


def with_any(m: Any) -> Any:
    return when(any([m.leave, m.leave]), 1, 0)


def with_all(m: Any) -> Any:
    return when(all([m.leave, m.leave]), 1, 0)


def with_sum(m: Any) -> Any:
    return sum(m.department.staff)


def with_len(m: Any) -> Any:
    return len(m.department.staff)


def with_for(m: Any) -> Any:
    total = 0
    for other in m.department.staff:
        total += other.score
    return total


def with_sorted(m: Any) -> Any:
    return sorted([m.score, m.score])[0]


def with_power(m: Any) -> Any:
    return m.score**2


def with_modulo(m: Any) -> Any:
    return m.score % 2


def with_floor_division(m: Any) -> Any:
    return m.score // 2


MISUSES = [
    (with_if, "if", "when("),
    (with_inline_if, "… if … else …", "when("),
    (with_and, "and", "(a) & (b)"),
    (with_or, "or", "(a) | (b)"),
    (with_not, "not", "~(a)"),
    (with_while, "while", "when("),
    (with_assert, "assert", "only="),
    (with_max, "max()", "larger("),
    (with_min, "min()", "smaller("),
    (with_round, "round()", "round_to("),
    (with_abs, "abs()", "larger(x, -x)"),
    (with_int, "int()", "round_to("),
    (with_float, "float()", "the symbol itself"),
    (with_bool, "bool()", "the condition itself"),
    (with_str, "str()", "the symbol itself"),
    (with_f_string, "f-string", "the symbol itself"),
    (with_f_string_of_a_row, "f-string", "the symbol itself"),
    (with_in, "in", "is_one_of("),
    (with_chain, "a < b < c", "(a < b) & (b < c)"),
    (with_any, "any()", "a | b | c"),
    (with_all, "all()", "a & b & c"),
    (with_sum, "sum()", ".sum()"),
    (with_len, "len()", ".count()"),
    (with_for, "for", ".sum()"),
    (with_sorted, "sorted()", "rank("),
    (with_power, "**", "x * x"),
    (with_modulo, "%", "round_to("),
    (with_floor_division, "//", "round_to("),
    (with_math_floor, "floor()", "round_to(x, '1', 'floor')"),
    (with_ceil, "ceil()", "round_to(x, '1', 'ceiling')"),
    (with_math_trunc, "trunc()", "round_to(x, '1', 'down')"),
]


@pytest.mark.parametrize(("draw", "construct", "cure"), MISUSES, ids=[c for _, c, _ in MISUSES])
def test_each_misuse_names_construct_and_node_to_use(
    bench: Bench, draw: Draw, construct: str, cure: str
) -> None:
    original = draw.__name__
    try:
        problem = bench.rule(draw, unit=POINT).problem()
    finally:
        draw.__name__ = original
    assert problem.code == "formula.misuse"
    assert construct in problem.message.en
    assert construct in problem.message.zh
    assert cure in problem.cure.en
    assert problem.cure.zh.startswith("请改用")
    file, _, line = problem.place.partition(":")
    first = draw.__code__.co_firstlineno
    last = max(row for *_, row in draw.__code__.co_lines() if row)
    assert file == "test_build.py"
    assert first < int(line) <= last


def test_the_cure_is_chinese_in_chinese_and_english_in_english(bench: Bench) -> None:
    problem = bench.rule(lambda m: when(m.role == f"{m.role}", 1, 0)).problem()
    assert "symbol" not in problem.cure.zh
    assert problem.cure.en.isascii()


REFUSED: list[tuple[str, Draw, dict[str, Any], str, str]] = [
    ("unknown name", lambda m: m.scor, {}, "unknown_name", "Did you mean score?"),
    ("name of another entity", lambda m: m.pool, {}, "unknown_name", "belongs to department"),
    ("the way to it", lambda m: m.pool, {}, "unknown_name", "Did you mean m.department.pool?"),
    ("text is not computed with", lambda m: m.remark, {}, "unknown_name", "no 'remark'"),
    ("unknown link", lambda m: m.departmant.pool, {}, "unknown_name", "Did you mean department?"),
    ("unknown collection", lambda m: m.department.stafff.count(), {}, "unknown_name", "mean staff"),
    ("unknown name of members", lambda m: m.department.staff.scor.sum(), {}, "unknown_name",
     "Did you mean score?"),
    ("unknown parameter", lambda m, p: p.shore, {}, "unknown_parameter", "Did you mean share?"),
    ("unknown choice", lambda m: when(m.role == "seniour", 1, 0), {}, "choice",
     "Did you mean senior?"),
    ("unknown choice in a list", lambda m: when(m.role.is_one_of("senior", "x"), 1, 0), {},
     "choice", "Known: junior, senior"),
    ("is_one_of nothing", lambda m: when(m.role.is_one_of(), 1, 0), {}, "arity", "at least one"),
    ("key of another choice", lambda m, p: p.table[m.ward], {}, "choice", "has no key"),
    ("key that is no choice", lambda m, p: p.table[m.score], {}, "type", "keyed by a choice"),
    ("keyed parameter without key", lambda m, p: p.table, {}, "not_a_value", "not a value"),
    ("float", lambda m: m.score * 0.5, {}, "float", "exact('0.5')"),  # refused, no money
    ("list", lambda m: m.score + list("1"), {}, "not_a_value", "a list cannot stand"),
    ("a row", lambda m: m.department, {}, "not_a_value", "is not a value"),
    ("rows compared", lambda m: when(m.department == m.department, 1, 0), {}, "not_a_value",
     "whole rows"),
    ("rows added", lambda m: m.department.staff + 1, {}, "gather", "Gather first"),
    ("gathering of nothing", lambda m: m.department.staff.sum(), {}, "gather", ".x.sum()"),
    ("where without condition", lambda m: m.department.staff.where(lambda x: x.score).count(), {},
     "type", "needs a condition"),
    ("add of units", lambda m: m.score + m.pay_rate, {}, "unit", "point + CNY"),
    ("compare of units", lambda m: when(m.score > m.pay_rate, 1, 0), {}, "unit", "point > CNY"),
    ("larger of units", lambda m: larger(m.score, m.pay_rate), {}, "unit", "point larger CNY"),
    ("when of units", lambda m: when(m.leave, m.score, m.pay_rate), {}, "unit", "point when CNY"),
    ("or_ of units", lambda m: m.score.or_(m.pay_rate), {}, "unit", "point first_of CNY"),
    ("scale of another unit", lambda m, p: p.tiers.bracket(m.pay_rate), {}, "unit", "point"),
    ("top rate of another unit", lambda m, p: p.tiers.bracket(m.score, top=m.score), {}, "unit",
     "tiers top"),
    ("declared unit", lambda m: m.score, {"unit": CNY}, "unit", "declared in CNY"),
    ("declared type", lambda m: m.leave, {}, "type", "yields a boolean"),
    ("arithmetic on a choice", lambda m: m.role + 1, {}, "type", "needs numbers"),
    ("order of choices", lambda m: when(m.role > "senior", 1, 0), {}, "type", "Use =="),
    ("choice against number", lambda m: when(m.role == 1, 1, 0), {}, "type", "cannot compare"),
    ("logic on numbers", lambda m: when(m.score & m.leave, 1, 0), {}, "type", "needs conditions"),
    ("when without condition", lambda m: when(m.score, 1, 0), {}, "type",
     "begins with a condition"),
    ("mixed branches", lambda m: when(m.leave, m.score, "senior"), {}, "type", "mixes types"),
    ("one value to larger", lambda m: larger(m.score), {}, "arity", "at least two"),
    ("unknown mode", lambda m: round_to(m.score, "1", "half_upp"), {}, "mode", "mean half_up?"),
    ("float step", lambda m: round_to(m.score, 0.01), {}, "step", "not exact"),  # refused
    ("step that is a number", lambda m, p: round_to(m.score, p.share), {}, "type", "rounding"),
    ("rank within nothing", lambda m: rank(m.score, within=m), {}, "within", "within="),
    ("split of a row's own value", lambda m: split(m.pay_rate, by=m.score, within=m.department),
     {"unit": CNY}, "pool", "row.department.pool"),
    ("window of nothing", lambda m: m.window(0).made.sum(), {}, "past", "at least one period"),
    ("past of this period", lambda m: m.past(0).made, {}, "past", "row.past(1).x"),
    ("split by a step of 0", lambda m: split(m.department.pool, by=m.score, within=m.department,
     step="0"), {"unit": CNY}, "step", "cannot be 0"),
    ("a step without end", lambda m: round_to(m.score, "1/3"), {"unit": POINT}, "step",
     "at most 10 decimal places"),
    ("past of a fact", lambda m: m.past(1).score, {}, "past", "Add a rule that records it"),
    ("past along a link", lambda m: m.department.past(1).pool, {}, "past", "along the link"),
    ("link of a past row", lambda m: m.past(1).department, {}, "past", "only the row's own"),
    ("attribute of a value", lambda m: m.score.total, {}, "broken", "total"),
    ("only= that is no condition", lambda m: m.score, {"unit": POINT, "only": lambda m: m.score},
     "type", "only= must yield a condition"),
    ("a rule that fails", lambda m: m.score[0], {}, "broken", "does not load"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "more", "code", "told"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_each_mistake_in_a_formula_is_told_with_its_line(
    bench: Bench, draw: Draw, more: dict[str, Any], code: str, told: str
) -> None:
    problem = bench.rule(draw, **more).problem()
    assert problem.code == f"formula.{code}"
    assert told in problem.line("en")
    assert problem.message.zh
    assert problem.name == "made"
    assert problem.place.startswith("test_build.py:")


@pytest.mark.parametrize(
    ("draw", "cure"),
    [
        (lambda m: when(m.score, 1, 0), "when(x > 0, a, b)"),
        (lambda m: when(m.leave, m.score, "senior"), "all be choices"),
        (lambda m: when(m.role == 1, 1, 0), "like with like"),
        (lambda m: round_to(m.score, 0.01), "round_to(x, '0.01')"),  # refused
        (lambda m, p: round_to(m.score, p.share), "kind rounding"),
        (lambda m: larger(m.score), "larger(a, b)"),
        (lambda m: when(m.role.is_one_of(), 1, 0), "x.is_one_of('a', 'b')"),
        (lambda m, p: p.table[m.score], "p.table[m.x]"),
    ],
)
def test_no_mistake_in_a_formula_is_without_a_cure(bench: Bench, draw: Draw, cure: str) -> None:
    problem = bench.rule(draw).problem()
    assert cure in problem.cure.en
    assert problem.cure.zh
    assert problem.cure.zh != problem.cure.en


def test_a_row_captured_from_another_scope_is_an_error(bench: Bench) -> None:
    def captured(m: Any) -> Any:
        return m.department.staff.where(lambda other: other.score > m.score).count()

    problem = bench.rule(captured).problem()
    assert problem.code == "formula.scope"
    assert problem.place == f"test_build.py:{captured.__code__.co_firstlineno + 1}"
    assert "along a link" in problem.cure.en


def test_a_member_that_escapes_its_gathering_is_an_error(bench: Bench) -> None:
    kept: list[Any] = []

    def escaped(m: Any) -> Any:
        def keep(other: Any) -> Any:
            kept.append(other.score)
            return other.score

        m.department.staff.sum(keep)
        return kept[0]

    assert bench.rule(escaped, unit=POINT).problem().code == "formula.scope"


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


SCALE = """
bent:
  tiers:
    name: {zh: 阶梯, en: Tiers}
    kind: scale
    clause: B.1
    values: [{from: 2006-01-01, reference: p. 1, value: [BANDS]}]
"""
BANDS = [
    ('{from: "0", below: "60", rate: "1"}, {over: "60", rate: "2"}', "gap at 60"),
    ('{from: "0", upto: "60", rate: "1"}, {from: "61", rate: "2"}', "gap between band 1 and"),
    ('{from: "0", upto: "60", rate: "1"}, {from: "60", rate: "2"}', "overlap"),
    ('{from: "0", upto: "60", rate: "1"}, {over: "50", rate: "2"}', "overlap"),
    ('{from: "0", rate: "1"}, {over: "60", rate: "2"}', "gap between band 1 and"),
    ('{from: "0", upto: "60", rate: fact}, {over: "60", rate: "2"}', "only the last band"),
    ('{from: "60", upto: "0", rate: "1"}', "ends before it begins"),
    ('{from: "0", over: "0", rate: "1"}', "begins with `from` or `over`"),
    ('{form: "0", rate: "1"}', "Did you mean from?"),
    ('{from: "0", rate: 0.5}', "not exact"),
]


@pytest.mark.parametrize(("bands", "told"), BANDS, ids=[b[1] for b in BANDS])
def test_a_scale_with_gaps_or_overlaps_does_not_load(tmp_path: Path, bands: str, told: str) -> None:
    problem = Bench(tmp_path, SCALE.replace("BANDS", bands)).problem()
    assert problem.name == "tiers"
    assert problem.place.startswith("parameters.yaml")
    assert told in problem.message.en


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (('"0.45"', "0.45"), "quote it"),
        (("en: Share}, clause: B.1,", "en: Share},"), "clause"),
        (("unit: CNY/point", "unit: CNX/point"), "CNY"),
        (("kind: rounding", "kind: roundin"), "Did you mean rounding?"),
        (("{senior: \"2\", junior: \"1\"}", "{seniour: \"2\"}"), "Did you mean senior?"),
        (("share: {name", "share: {nmae: x, name"), "Did you mean name?"),
    ],
)  # fmt: skip
def test_each_mistake_in_parameters_is_told(
    tmp_path: Path, change: tuple[str, str], told: str
) -> None:
    assert change[0] in PARAMETERS
    problem = Bench(tmp_path, PARAMETERS.replace(*change)).problem()
    assert told in problem.line("en")
    assert problem.place.startswith("parameters.yaml")


def test_a_parameter_without_a_value_on_the_day_is_told(bench: Bench) -> None:
    program = bench.rule(lambda m, p: p.share).build()
    found, problems = resolve(program.parameters, dt.date(2005, 12, 31))
    assert found == {}
    assert {p.name for p in problems} == set(program.parameters)
    problem = next(p for p in problems if p.name == "share")
    assert "has no value on 2005-12-31" in problem.message.en
    assert "Write in the hospital's configuration: share:" in problem.cure.en
    assert resolve(program.parameters, dt.date(2006, 1, 1))[1] == []


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
