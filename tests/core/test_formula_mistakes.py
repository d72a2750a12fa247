"""Each mistake in a formula is told with the author's line and with what to write instead."""

from __future__ import annotations

from typing import Any

import pytest
from bent_scheme import Bench, Draw

from hpf.core import CNY, POINT, larger, rank, round_to, split, when

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
    ("scale read by another word", lambda m, p: p.tiers.rate(m.score), {}, "scale",
     "Use .bracket(x)"),
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
    assert problem.place.startswith("test_formula_mistakes.py:")


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
    assert problem.place == f"test_formula_mistakes.py:{captured.__code__.co_firstlineno + 1}"
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
