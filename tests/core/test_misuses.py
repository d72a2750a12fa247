"""Every misuse is an error at load that names the node to use, with the author's file and line."""

from __future__ import annotations

import math
from math import ceil
from typing import Any

import pytest
from bent_scheme import Bench, Draw

from hpf.core import POINT, larger, when


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
    assert file == "test_misuses.py"
    assert first < int(line) <= last


def test_the_cure_is_chinese_in_chinese_and_english_in_english(bench: Bench) -> None:
    problem = bench.rule(lambda m: when(m.role == f"{m.role}", 1, 0)).problem()
    assert "symbol" not in problem.cure.zh
    assert problem.cure.en.isascii()
