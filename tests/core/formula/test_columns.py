"""Interpreter one by itself: what the tables of docs/nodes.md cannot say through a rule."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from hpf.core.formula import tree as t
from hpf.core.formula.columns.groups import Takers, ranks
from hpf.core.formula.columns.split import split
from hpf.core.formula.columns.store import Stored
from hpf.core.indicators import Type


def stored(values: list[int | None]) -> Stored:
    series = pl.Series("v", [None if v is None else Decimal(v) for v in values])
    return Stored(series.cast(pl.Decimal(38, 0)), None, True, 0)


def undecided(values: list[int | None]) -> Takers:
    """Two rows of one group: the first takes part, of the second nobody can say."""
    key = pl.Series("k", [0, 0], dtype=pl.UInt32)
    chosen = pl.Series([True, None], dtype=pl.Boolean)
    return Takers(key, stored(values), chosen, pl.Series([False, True]))


def test_a_row_without_weight_is_absent_even_where_its_part_is_undecided() -> None:
    shares, orphans = split(stored([5]), undecided([1, None]), Decimal("0.01"), 2, 2)
    assert shares.value.to_list() == [None, None]
    assert shares.bad is not None
    assert shares.bad.to_list() == [True, False]  # it poisons its group, and is absent itself
    assert orphans == []


def test_the_same_holds_for_ranks() -> None:
    places = ranks(undecided([1, None]), True, 2)
    assert places.value.to_list() == [None, None]
    assert places.bad is not None
    assert places.bad.to_list() == [True, False]


def test_an_undecided_row_with_a_weight_is_a_problem() -> None:
    shares, _ = split(stored([5]), undecided([1, 1]), Decimal("0.01"), 2, 2)
    assert shares.bad is not None
    assert shares.bad.to_list() == [True, True]


@pytest.mark.parametrize("kind", ["eq", "ne", "lt", "le", "gt", "ge"])
def test_a_constant_before_a_choice_keeps_every_row(lab: SimpleNamespace, kind: str) -> None:
    """Polars 2.1 merges alike neighbours of `lit(1) < when(…).then(…)`; what names no column goes
    to the right of a comparison."""
    one, two = (t.Const(Fraction(n)) for n in (1, 2))
    chosen = t.When(t.Own("member", "lab.s"), one, two)
    absent = t.Only(t.Own("member", "lab.s"), one)
    flags = [False, True, False, True, True, True, True, True, True]
    members = {f"M{n}": {"s": flag} for n, flag in enumerate(flags)}
    prog = lab.program(
        [lab.indicator(lab.MEMBER, "s", Type.BOOLEAN)],
        [
            lab.rule(lab.MEMBER, f"r{n}", t.Compare(kind, one, node), Type.BOOLEAN, n)
            for n, node in enumerate((chosen, absent))
        ],
    )
    rows = lab.checked(prog, {"member": members})
    assert lab.by_columns(prog, rows) == lab.by_scalar(prog, rows)


def test_the_error_of_a_product_is_bounded_next_to_the_largest_number(
    lab: SimpleNamespace,
) -> None:
    """Counting the places of 9999999999999999.28… must not round it up out of bounds."""
    far = t.Arith("add", t.Const(Fraction(2, 7)), t.Const(Fraction(10**16 - 1)))
    near = t.Arith("sub", t.Own("member", "lab.b"), far)
    product = t.Arith("mul", t.Own("member", "lab.a"), near)
    positive = t.Compare("gt", product, t.Const(Fraction(0)))
    prog = lab.program(
        [lab.indicator(lab.MEMBER, code) for code in ("a", "b")],
        [lab.rule(lab.MEMBER, "r", positive, Type.BOOLEAN)],
    )
    members = {"M": {"a": "0.5", "b": "-0.26"}, "N": {"a": "5000000000000000", "b": "12.5"}}
    rows = lab.checked(prog, {"member": members})
    assert lab.by_columns(prog, rows) == lab.by_scalar(prog, rows)
    assert lab.by_columns(prog, rows)["member", "M", "r"] is False


@pytest.mark.parametrize("node", [t.When, lambda _, a, b: t.Extreme("smaller", (a, b))])
def test_a_divisor_of_zero_is_found_beside_a_constant(lab: SimpleNamespace, node: Any) -> None:
    """Where a fact is zero in every row, its bounds and those of the constant meet in the
    constant's own: the divisor is none, and needs its guard."""
    b, third = t.Own("member", "lab.b"), t.Const(Fraction(1, 3))
    divisor = node(t.Compare("le", b, third), b, third)
    quotient = t.Arith("div", t.Own("member", "lab.a"), divisor)
    prog = lab.program(
        [lab.indicator(lab.MEMBER, code) for code in ("a", "b")],
        [lab.rule(lab.MEMBER, "r", quotient)],
    )
    rows = lab.checked(prog, {"member": {m: {"a": "1", "b": "0"} for m in ("M", "N")}})
    assert lab.by_columns(prog, rows) == lab.by_scalar(prog, rows)
    assert lab.by_scalar(prog, rows)["member", "M", "r"] == lab.Bad("division_by_zero")
