"""A missed target stands in the table and below it; nothing hides it."""

from __future__ import annotations

import pytest

from benchmarks.table import Line, absent, compared, render, seconds, summary

SLOW = compared("splitting", "2.00 s", "1.00 s", 2.0, 1.3)
FAST = compared("reading", "1.00 s", "1.00 s", 1.0, 1.5)


def test_a_ratio_at_the_bound_is_met_and_past_it_is_missed() -> None:
    assert compared("x", "", "", 1.3, 1.3).verdict == "yes"
    assert compared("x", "", "", 1.3001, 1.3).verdict == "MISSED"


def test_a_missed_target_is_marked_and_told_again() -> None:
    row = next(line for line in render([FAST, SLOW]).splitlines() if line.startswith("splitting"))
    assert row.split() == ["splitting", "2.00", "s", "1.00", "s", "2.00", "<=", "1.30", "MISSED"]
    said = summary([FAST, SLOW]).splitlines()
    assert said[0] == "1 of 2 targets met."
    assert said[1] == "MISSED: splitting: 2.00 s (ratio 2.00), target <= 1.30"


def test_small_sizes_are_not_judged() -> None:
    assert "MISSED" not in render([FAST, SLOW], judged=False)


def test_what_promised_nothing_counts_for_nothing() -> None:
    assert summary([Line("x", "1 s"), absent("y", "some-package")]) == "0 of 0 targets met."
    assert "some-package: not installed" in render([absent("y", "some-package")])


def test_columns_line_up_with_chinese_in_them() -> None:
    head, rule, chinese, latin = render([Line("绩效", "1 s"), Line("paid", "1 s")]).splitlines()
    assert chinese.index("1 s") + 2 == latin.index("1 s") == head.index("ours") + 1
    assert rule.startswith("-" * 4 + "  ")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (1.234, "1.23 s"),
        (0.0456, "45.6 ms"),
        (0.000789, "789 us"),
        (2e-9, "0.00 us"),
        (12.3, "12.3 s"),
    ],
)
def test_durations_keep_three_digits(value: float, shown: str) -> None:
    assert seconds(value) == shown
