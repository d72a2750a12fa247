"""How numbers, tables and derivations look."""

from __future__ import annotations

import doctest
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

import hpf_cli.figures
from hpf.core.errors import Problem, Text
from hpf_cli.console import draw_sheet, wrap
from hpf_cli.figures import amount, figure, money
from hpf_cli.sheets import Column, Sheet
from hpf_cli.stops import show_notices

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**15),
                       max_value=10**15)  # fmt: skip


def test_the_examples_in_the_docstrings() -> None:
    assert doctest.testmod(hpf_cli.figures).failed == 0


@given(DECIMALS)
def test_money_is_never_rounded(value: Decimal) -> None:
    shown = money(value)
    assert Decimal(shown.replace(",", "")) == value
    assert len(shown.partition(".")[2]) >= 2
    assert not (value == 0 and shown.startswith("-"))


@given(DECIMALS)
def test_what_is_cut_off_is_marked(value: Decimal) -> None:
    shown = amount(value)
    plain = Decimal(shown.replace(",", "").rstrip("…"))
    assert (plain == value) == (not shown.endswith("…")) or value == plain
    assert abs(plain - value) < Decimal("0.000001")


def test_values_of_other_types() -> None:
    assert figure(None, True, "zh") == ""
    assert (figure(True, False, "zh"), figure(False, False, "en")) == ("是", "no")
    assert figure("优", False, "zh") == "优"


def sheet(columns: int, amount: Decimal = Decimal("12345678.9")) -> Sheet:
    names = Text("承受小组奖惩与欠费扣款", "Share of the team's account")
    heads = tuple(
        Column(f"r{i}", names, "pay", Text("元", "CNY"), True, "S1") for i in range(columns)
    )
    return Sheet("staff", Text("人员", "Staff"), heads,
                 tuple((f"A{i}", "甲乙", (amount,) * columns) for i in range(3)))  # fmt: skip


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_a_figure_is_never_cut_however_many_columns(width: int) -> None:
    out = io.StringIO()
    console = Console(file=out, width=width)
    console.print(draw_sheet(sheet(11), "zh", width))
    text = out.getvalue()
    assert "…" not in text
    assert text.count("12,345,678.90") == 3 * 11
    assert text.count("37,037,036.70") == 11
    assert all(cell_len(line) <= width for line in text.splitlines())


def test_a_table_without_pay_has_no_line_of_totals() -> None:
    paid = sheet(11)
    mixed = replace(paid, columns=(*(replace(c, kind="rule") for c in paid.columns[:-1]),
                                   paid.columns[-1]))  # fmt: skip
    out = io.StringIO()
    Console(file=out, width=60).print(draw_sheet(mixed, "en", 60))
    totals = [line for line in out.getvalue().splitlines() if "Total" in line]
    assert len(totals) == 1
    assert "37,037,036.70" in totals[0]


def test_rows_left_out_are_still_in_the_total() -> None:
    out = io.StringIO()
    Console(file=out, width=80).print(draw_sheet(sheet(1), "en", 80, most=1))
    assert out.getvalue().count("12,345,678.90") == 1
    assert "37,037,036.70" in out.getvalue()


@given(st.text(alphabet="ab 中文，。x", max_size=60), st.integers(min_value=4, max_value=20))
def test_wrapping_loses_nothing_but_blanks(text: str, width: int) -> None:
    parts = wrap(text, width)
    assert all(cell_len(p) <= width for p in parts)
    assert "".join(parts).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("count", "head"), [(1, "1 notice:"), (2, "2 notices:")])
def test_one_notice_is_no_notices(
    capsys: pytest.CaptureFixture[str], count: int, head: str
) -> None:
    show_notices([Problem("x", Text("甲", "a"), severity="notice")] * count, "en")
    assert capsys.readouterr().err.splitlines()[0] == head
