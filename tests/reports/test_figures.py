"""Figures, capitals and dates as they are printed; the rest of the rules are doctests."""

from __future__ import annotations

import doctest
import importlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.core.periods import Period
from hpf.reports import figures as f

DIGITS = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
STEPS = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize("module", ["figures", "fonts", "cards.items"])
def test_examples_in_docstrings_hold(module: str) -> None:
    found = doctest.testmod(importlib.import_module(f"hpf.reports.{module}"))
    assert found.attempted
    assert not found.failed


@given(st.decimals(-(10**15), 10**15, places=2))
def test_money_reads_back_as_the_same_amount(value: Decimal) -> None:
    said = f.money(value)
    assert Decimal(said.replace(",", "").replace(f.MINUS, "-")) == value
    assert len(said.rpartition(".")[2]) == 2


def spoken(words: str) -> Decimal:
    """Capitals read the way a cashier does: another way than they are written."""
    sign = -1 if words.startswith("负") else 1
    words = words.removeprefix("负").removesuffix("整")
    total, group, digit = 0, 0, 0
    fen = Decimal(0)
    for c in words:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in STEPS:
            group, digit = group + digit * STEPS[c], 0
        elif c in ("万", "亿"):
            group, digit = group + digit, 0
            if c == "万":
                total += group * 10_000
            else:
                total = (total + group) * 100_000_000
            group = 0
        elif c == "元":
            total, group, digit = total + group + digit, 0, 0
        elif c == "角":
            fen, digit = fen + digit * 10, 0
        elif c == "分":
            fen, digit = fen + digit, 0
    return sign * (total + fen / 100)


@given(st.decimals(-(10**12) + 1, 10**12 - 1, places=2))
def test_capitals_say_the_amount(value: Decimal) -> None:
    assert spoken(f.capitals(value)) == value


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("0.05", "伍分"), ("0.50", "伍角"), ("1.05", "壹元零伍分"), ("20", "贰拾元整"),
        ("100010", "壹拾万零壹拾元整"), ("100000000", "壹亿元整"), ("10001000", "壹仟万壹仟元整"),
        ("10000100.10", "壹仟万零壹佰元壹角"), ("-7603.24", "负柒仟陆佰零叁元贰角肆分"),
    ],
)  # fmt: skip
def test_capitals_as_cheques_bear_them(value: str, said: str) -> None:
    assert f.capitals(Decimal(value)) == said


@pytest.mark.parametrize("value", ["0.001", "1E+16"])
def test_what_capitals_cannot_say_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="whole fen"):
        f.capitals(Decimal(value))


def test_nothing_is_a_dash_and_zero_is_a_figure() -> None:
    assert f.figure(None, "zh") == "—"
    assert f.figure(Decimal(0), "zh", pay=True) == "0.00"
    assert f.figure(True, "en") == "yes"
    assert f.percent(Decimal("-0.0001"), signed=True) == "0.0%"


def test_periods_that_are_no_months_are_called_what_they_are() -> None:
    assert f.period(Period.parse("2026-Q3"), "zh") == "2026年第3季度"
    assert f.short(Period.parse("2026-H1"), "en") == "2026-H1"
