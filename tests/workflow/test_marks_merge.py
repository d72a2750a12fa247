"""Several experts' deductions become one, by a declared rule, exactly."""

from __future__ import annotations

from decimal import Decimal as D
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpf.workflow.marks_merge import Merge, merge

CENT = D("0.01")


@pytest.mark.parametrize(
    ("rule", "marks", "merged"),
    [
        (Merge.MEAN, ["1", "1", "0"], "0.67"),
        (Merge.MEAN, ["0.01", "0"], "0.01"),  # a half goes up
        (Merge.MEDIAN, ["2", "0", "0.5"], "0.50"),
        (Merge.MEDIAN, ["2", "0", "0.5", "1"], "0.75"),
        (Merge.TRIMMED, ["5", "1", "0.5", "0"], "0.75"),
        (Merge.TRIMMED, ["5", "1", "1"], "1.00"),
        (Merge.MEAN, ["1.5"], "1.50"),
    ],
)
def test_worked_by_hand(rule: Merge, marks: list[str], merged: str) -> None:
    assert merge(rule, [D(m) for m in marks], CENT) == D(merged)


def test_each_rule_moves_points() -> None:
    """The same three marks, three results: why the county has to choose."""
    marks = [D("0"), D("0.5"), D("4")]
    assert [merge(r, marks, CENT) for r in Merge] == [D("1.50"), D("0.50"), D("0.50")]


def test_too_few_marks_are_no_mean() -> None:
    for rule, count in ((Merge.MEAN, 0), (Merge.MEDIAN, 0), (Merge.TRIMMED, 2)):
        with pytest.raises(ValueError, match="needs"):
            merge(rule, [D(1)] * count, CENT)


@given(st.lists(st.decimals(0, 9, places=2), min_size=3, max_size=9), st.sampled_from(Merge))
def test_it_lies_among_the_marks_in_whole_steps(marks: list[D], rule: Merge) -> None:
    found = merge(rule, marks, CENT)
    assert min(marks) <= found <= max(marks)
    assert Fraction(found) % Fraction(CENT) == 0
    assert found == merge(rule, marks[::-1], CENT)
