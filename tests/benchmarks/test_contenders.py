"""The contenders do the same exact work, or their times could not be compared."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import polars as pl
import pytest

from benchmarks import by_hand, ours, register
from benchmarks.register import Register


def _one_department(pool_income: str, weights: list[str]) -> Register:
    """income as given, cost 0, so the pool is 0.45 of it; one member for each coefficient."""
    money = pl.Decimal(38, 2)
    departments = pl.DataFrame({"id": ["D1"], "hospital": ["H1"]}).with_columns(
        income=pl.Series([Decimal(pool_income)], dtype=money),
        cost=pl.Series([Decimal("0.00")], dtype=money),
    )
    one = pl.Decimal(38, 1)
    staff = pl.DataFrame(
        {"id": [f"S{i}" for i in range(len(weights))], "department": ["D1"] * len(weights)}
    ).with_columns(
        coef=pl.Series([Decimal(w) for w in weights], dtype=one),
        score=pl.Series([Decimal("80.0")] * len(weights), dtype=one),
    )
    return Register(departments, staff)


def _ours(data: Register) -> list[Decimal]:
    of = ours.program()
    found = ours.shares(ours.pay(of, data, ours.parameters(of)))
    return [Decimal(v) for v in found.to_list()]


@pytest.mark.parametrize("staff", [7, 200, 3_000])
def test_all_pay_the_same_to_the_fen(staff: int) -> None:
    data = register.make(staff)
    mine = _ours(data)
    assert by_hand.pay(data)["pay"].to_list() == mine
    assert by_hand.whole_numbers(data)["pay"].to_list() == mine
    fen = pl.Series("fen", [int(v * 100) for v in mine])
    assert register.not_conserved(data, fen) == 0


@pytest.mark.parametrize(
    ("income", "weights", "pay"),
    [
        # 0.45 among three equals: 15 fen each
        ("1.00", ["1.0", "1.0", "1.0"], ["0.15", "0.15", "0.15"]),
        # 0.4545 rounds to 0.45; 0.455 rounds up to 0.46: the fen left over goes to the lowest id
        ("1.01", ["1.0", "1.0", "1.0"], ["0.15", "0.15", "0.15"]),
        ("1.03", ["1.0", "1.0", "1.0"], ["0.16", "0.15", "0.15"]),
        # the largest remainder comes before the lowest id: quotas 11.5, 11.5 and 23 of 46 fen
        ("1.03", ["1.0", "1.0", "2.0"], ["0.12", "0.11", "0.23"]),
        # a negative pool is the mirror image
        ("-1.03", ["1.0", "1.0", "1.0"], ["-0.16", "-0.15", "-0.15"]),
    ],
)
def test_small_pools_by_hand(income: str, weights: list[str], pay: list[str]) -> None:
    data = _one_department(income, weights)
    expected = [Decimal(p) for p in pay]
    assert _ours(data) == expected
    assert by_hand.pay(data)["pay"].to_list() == expected
    assert by_hand.whole_numbers(data)["pay"].to_list() == expected


def test_a_pool_off_by_one_fen_is_counted() -> None:
    data = register.make(400)
    fen = register.in_fen(by_hand.pay(data)["pay"])
    assert register.not_conserved(data, fen) == 0
    wrong = fen.to_list()
    wrong[0] += 1
    assert register.not_conserved(data, pl.Series("fen", wrong)) == 1


def test_the_register_is_the_same_every_time_and_no_department_is_empty() -> None:
    one, two = register.make(500), register.make(500)
    assert one.staff.equals(two.staff)
    assert one.departments.equals(two.departments)
    assert one.staff["department"].n_unique() == len(one.departments) == 25
    assert one.staff["id"].is_sorted()


def test_an_amount_is_never_drawn_as_a_float() -> None:
    data = register.make(50)
    kinds = {*data.staff.dtypes, *data.departments.dtypes}
    assert kinds == {pl.String, pl.Decimal(38, 1), pl.Decimal(38, 2)}


def test_pay_with_problems_is_no_result() -> None:
    data = register.make(40)
    broken = replace(data, staff=data.staff.with_columns(department=pl.lit("D9999999")))
    of = ours.program()
    with pytest.raises(ValueError, match="unknown_parent"):
        ours.pay(of, broken, ours.parameters(of))
