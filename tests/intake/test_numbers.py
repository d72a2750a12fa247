"""Doubles become the decimals a spreadsheet shows: the whole column at once as cell by cell."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hpf.core import CNY, RATIO
from hpf.core.errors import Text
from hpf.core.indicators import Indicator, Type
from hpf.core.units import unit
from hpf.intake import numbers
from hpf.intake.columns import Data, read_column
from hpf.intake.grid import Cell, Grid

MONEY = Indicator("x", "staff", Type.DECIMAL, Text("数", "Number"), CNY)
SHARE = Indicator("x", "staff", Type.DECIMAL, Text("比", "Share"), RATIO)


def read(cells: list[Cell], *, written: bool = False) -> tuple[list[D | None], Data]:
    grid = Grid("a.xlsx", "staff", [[c] for c in cells], written=written)
    data = Data("staff", grid, range(len(cells)))
    return read_column(data, 0, cells, MONEY).to_list(), data


@given(st.lists(st.floats(-1e16, 1e16) | st.decimals(-(10**9), 10**9, places=2).map(float)
                | st.integers(-(10**6), 10**6).map(float), min_size=1, max_size=60))  # fmt: skip
@example([0.1 + 0.2, 1e15, 2.675, -0.0])
@example([9999999999999.99, 0.07, 1e-12])
@example([999999999999999.9, 999999999999999.0])
def test_a_column_reads_as_its_cells_do(doubles: list[float]) -> None:
    values, data = read(list(doubles))
    readings = [numbers.from_float(x) for x in doubles]
    assert values == [r.value for r in readings]
    assert len(data.problems) == sum(r.fault is not None for r in readings)


@given(st.decimals(-(10**11), 10**11, places=3))
def test_up_to_fifteen_digits_come_back_exactly(number: D) -> None:
    values, data = read([float(number)])
    assert values == [number]
    assert (data.problems, data.notices) == ([], [])


@given(st.lists(st.none() | st.decimals(-(10**16) + 1, 10**16 - 1, places=12), max_size=20))
def test_texts_of_a_csv_are_exact(given_numbers: list[D | None]) -> None:
    cells: list[Cell] = ["" if n is None else f"{n:f}" for n in given_numbers]
    values, data = read(cells, written=True)
    assert values == given_numbers
    assert (data.problems, data.notices) == ([], [])


@given(st.text(max_size=12))
def test_any_text_is_a_number_a_blank_or_a_fault(text: str) -> None:
    reading = numbers.read_number(text, MONEY)
    assert sum((reading.value is not None, reading.fault is not None)) <= 1
    if reading.value is None and reading.fault is None:
        assert not text.strip("\u200b\u200c\u200d\u200e\u200f\u2060\ufeff \t\r\n").strip()
    if reading.fault:
        assert reading.fault.cure.en


@given(st.integers(-(10**12), 10**12), st.integers(0, 12))
def test_ties_round_away_from_zero(whole: int, digits: int) -> None:
    number = D(whole).scaleb(-digits)
    text = f"{number:f}" + ("" if digits else ".") + "0" * (12 - digits) + "5"
    sign = -1 if whole < 0 else 1
    assert numbers.read_number(text, MONEY).value == number + sign * D("1e-12")


@pytest.mark.parametrize(
    ("text", "value"),
    [("85%", "0.85"), ("12.345678901234%", "0.123456789012"), ("1,200%", "12"), ("-5%", "-0.05")],
)
def test_percentages(text: str, value: str) -> None:
    assert numbers.read_number(text, SHARE).value == D(value)


def test_a_compound_unit_is_known_by_its_name() -> None:
    rate = Indicator("x", "staff", Type.DECIMAL, Text("单价", "Rate"), unit("CNY/point"))
    assert numbers.read_number("12 元/分", rate).value == D(12)
    assert numbers.read_number("12元", rate).fault is not None
