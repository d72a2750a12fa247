"""Columns and sheets that do not fit are named, with what was probably meant."""

from __future__ import annotations

from typing import Any

import pytest
from intake_sheets import Read, Sheets, Told, Write, cell

from hpf.core import Period
from hpf.core.errors import FactsError
from hpf.core.program import Program
from hpf.intake import load


@pytest.mark.parametrize(
    ("heading", "near"), [("incom", "income"), ("收 入", "income"), ("Income (net)", "income")]
)
def test_an_unknown_column_comes_with_the_nearest(
    write: Write, read: Read, good: Sheets, heading: str, near: str
) -> None:
    good["department"] = [[*r, x] for r, x in zip(good["department"], (heading, 1), strict=True)]
    _, problems = read(write(good))
    assert [(p.code, p.place) for p in problems] == [
        ("intake.unknown_column", "pay.xlsx [department] F1")
    ]
    assert near in problems[0].cure.en


@pytest.mark.parametrize("code", ["id", "department", "role", "points"])
def test_missing_columns(write: Write, read: Read, good: Sheets, told: Told, code: str) -> None:
    at = good["staff"][0].index(code)
    good["staff"] = [row[:at] + row[at + 1 :] for row in good["staff"]]
    _, problems = read(write(good))
    assert told(problems) == [("missing_column", "pay.xlsx [staff] 1")]
    assert code in problems[0].message.en


def test_a_column_twice(write: Write, read: Read, good: Sheets, told: Told) -> None:
    cell(good, "staff!J1", "points")
    _, problems = read(write(good))
    assert told(problems) == [("duplicate_column", "pay.xlsx [staff] J1")]
    assert "E1" in problems[0].message.en


def test_sheets_missing_misspelt_empty_and_twice(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    good["staf"] = good.pop("staff")
    good["department"] = []
    good["人员"] = [["x"]]
    good[" hospital"] = good["hospital"]
    _, problems = read(write(good))
    assert sorted(told(problems)) == [
        ("duplicate_sheet", "pay.xlsx [ hospital]"),
        ("empty_sheet", "pay.xlsx [department]"),
        ("missing_sheet", "pay.xlsx"),
        ("unknown_sheet", "pay.xlsx [staf]"),
        ("unknown_sheet", "pay.xlsx [人员]"),
    ]
    assert sum("Did you mean staff?" in p.cure.en for p in problems) == 2


@pytest.mark.parametrize("how", ["hide", "very_hidden"])
def test_a_hidden_sheet_of_facts(
    write: Write, read: Read, good: Sheets, told: Told, how: str
) -> None:
    path = write(good, lambda _, sheets: getattr(sheets["staff"], how)())
    assert told(read(path)[1]) == [("hidden_sheet", "pay.xlsx [staff]")]


def test_two_sheets_swapped_are_told_in_two_lines(
    write: Write, good: Sheets, program: Program
) -> None:
    """Not as an unknown column for each heading and an unknown parent for each row."""
    good["department"], good["staff"] = good["staff"], good["department"]
    with pytest.raises(FactsError) as error:
        load(write(good), program, Period.parse("2026-09"))
    assert [(p.code, p.entity) for p in error.value.problems] == [
        ("intake.columns_of_another", "department"), ("intake.columns_of_another", "staff"),
    ]  # fmt: skip
    assert "'staff'" in error.value.problems[0].message.en


def test_a_row_of_totals(write: Write, read: Read, good: Sheets, told: Told) -> None:
    good["department"].append(["合计", "H", None, 1000.5])
    assert told(read(write(good))[1]) == [("total_row", "pay.xlsx [department] A3")]


def test_merged_cells(write: Write, read: Read, good: Sheets, told: Told) -> None:
    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["staff"].merge_range("B2:B3", "D")
        sheets["staff"].merge_range("A8:B9", "")  # below the data: harmless

    problems = told(read(write(good, touch))[1])
    assert problems == [("merged_cells", "pay.xlsx [staff] B2")]
