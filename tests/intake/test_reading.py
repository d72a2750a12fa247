"""Good values, and odd ones that can be read: what is put right is told, once a column."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal as D
from typing import Any

import polars as pl
import pytest
from intake_sheets import Edit, Read, Sheets, Write, column, notices

from hpf.core import Period
from hpf.core.checking import check
from hpf.core.program import Program
from hpf.intake import load


def test_every_type_arrives_as_what_it_is(write: Write, read: Read, good: Sheets) -> None:
    facts, problems = read(write(good))
    assert problems == []
    assert facts.notices == ()
    frame = facts.tables["staff"].frame
    assert column(facts, "department", "income") == [D("1000.5")]
    assert column(facts, "staff", "points") == [D(3), D("2.5")]
    assert column(facts, "staff", "days") == [D(20), None]
    assert column(facts, "staff", "active") == [True, None]
    assert column(facts, "staff", "since") == [dt.date(2020, 2, 29), None]
    assert column(facts, "staff", "role") == ["doctor", "nurse"]
    assert isinstance(frame["points"].dtype, pl.Decimal)
    assert [str(frame[c].dtype) for c in ("active", "since")] == ["Boolean", "Date"]


def test_accepted_zeros_are_counted(
    write: Write, program: Program, period: Period, good: Sheets
) -> None:
    checked, problems = check(program, load(write(good), program, period))
    assert problems == []
    assert checked.accepted_zeros == 1


def test_numbers_as_ids_are_texts_as_shown(write: Write, read: Read, good: Sheets) -> None:
    for row, id in zip(good["staff"][1:], (17, 18.0), strict=True):
        row[0] = id
    good["department"][1][0] = 5
    for row in good["staff"][1:]:
        row[1] = 5
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "staff", "id") == ["17", "18"]
    assert column(facts, "staff", "department") == ["5", "5"]


@pytest.mark.parametrize(
    ("text", "value", "notice"),
    [
        ("\uff11\uff12\uff13", "123", "full_width"),
        ("\uff0d\uff11\uff0e\uff15", "-1.5", "full_width"),
        ("\u300012.5\u00a0", "12.5", "blanks"),
        ("\u200b7", "7", "blanks"),
        ("12,000.50", "12000.5", "thousands"),
        ("1\uff0c234", "1234", "full_width"),
        ("\u00a512", "12", "unit"),
        ("\uffe512.00", "12", "unit"),
        ("12元", "12", "unit"),
        ("12 元", "12", "unit"),
        ("12", "12", "text_number"),
        ("1e3", "1000", "scientific"),
        ("0.1234567890125", "0.123456789013", "rounded"),
        ("  ", None, "blank_text"),
    ],
)
def test_odd_numbers_are_put_right_and_told(
    write: Write, read: Read, good: Sheets, text: str, value: str | None, notice: str
) -> None:
    good["department"][1][3] = text
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "department", "income") == [None if value is None else D(value)]
    assert notices(facts)[notice] == "pay.xlsx [department] D2"


def test_minus_below_a_bound_is_for_the_check(
    write: Write, program: Program, period: Period, read: Read, good: Sheets
) -> None:
    good["department"][1][3] = -1
    facts, problems = read(write(good))
    assert problems == []
    assert [p.code for p in check(program, facts)[1]] == ["facts.bounds"]


def test_a_percentage_is_a_ratio(write: Write, read: Read, good: Sheets) -> None:
    good["department"][1][4] = "85\uff05"
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "department", "rate") == [D("0.85")]
    assert {"percent", "full_width"} <= notices(facts).keys()


def test_notices_are_one_a_column(write: Write, read: Read, good: Sheets) -> None:
    row = good["staff"][1]
    good["staff"][1:] = [[f"S{i}", *row[1:4], f"{i}", *row[5:]] for i in range(3000)]
    facts, problems = read(write(good))
    assert problems == []
    told = [n for n in facts.notices if n.code == "intake.text_number"]
    assert [n.place for n in told] == ["pay.xlsx [staff] E2"]
    assert "3000" in told[0].message.en


def test_doubles_become_the_decimals_that_are_shown(write: Write, read: Read, good: Sheets) -> None:
    row = good["staff"][1]
    shown = [0.1 + 0.2, 1 / 3, 2.675, 1e15, 123456789.123456, 0.07, 4.35, 1e-13]
    good["staff"][1:] = [[f"S{i}", *row[1:4], x, *row[5:]] for i, x in enumerate(shown)]
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "staff", "points") == [
        D("0.3"), D("0.333333333333"), D("2.675"), D(10**15), D("123456789.123456"), D("0.07"),
        D("4.35"), D(0),
    ]  # fmt: skip
    assert "rounded" in notices(facts)


@pytest.mark.parametrize(
    ("cell", "value"),
    [("是", True), ("否", False), ("YES", True), ("false", False), (1, True), (0, False),
     (" 是\u3000", True)],
)  # fmt: skip
def test_truth_values(write: Write, read: Read, good: Sheets, cell: Any, value: bool) -> None:
    good["staff"][1][6] = cell
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "staff", "active")[0] is value


@pytest.mark.parametrize(
    "text", ["2026-9-1", "2026/09/01", "2026.9.1", "2026年9月1日", "20260901", 20260901]
)
def test_dates_as_text_are_read_and_told(write: Write, read: Read, good: Sheets, text: Any) -> None:
    good["staff"][1][7] = text
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "staff", "since")[0] == dt.date(2026, 9, 1)
    assert notices(facts)["date_text"] == "pay.xlsx [staff] H2"


def test_real_dates_are_read(write: Write, read: Read, good: Sheets) -> None:
    def touch(book: Any, sheets: dict[str, Any]) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheets["staff"].write_datetime(1, 7, dt.datetime(2026, 9, 1), day)  # noqa: DTZ001 - a calendar day
        sheets["staff"].write_datetime(2, 7, dt.datetime(2026, 9, 2, 8, 30), day)  # noqa: DTZ001 - as above

    facts, problems = read(write(good, touch))
    assert problems == []
    assert column(facts, "staff", "since") == [dt.date(2026, 9, 1), dt.date(2026, 9, 2)]
    assert notices(facts)["time"] == "pay.xlsx [staff] H3"


def test_choices_and_ids_may_be_full_width(write: Write, read: Read, good: Sheets) -> None:
    good["staff"][1][3] = "主任\uff08副\uff09"
    good["staff"][1][1] = "\uff24"
    facts, problems = read(write(good))
    assert problems == []
    assert column(facts, "staff", "role")[0] == "主任（副）"
    assert column(facts, "staff", "department")[0] == "D"


def test_a_formula_counts_with_its_computed_value(write: Write, read: Read, good: Sheets) -> None:
    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["staff"].write_formula(1, 4, "=1+2.25", None, 3.25)

    facts, problems = read(write(good, touch))
    assert problems == []
    assert column(facts, "staff", "points")[0] == D("3.25")


def test_a_formula_computed_to_nothing_is_a_blank(
    write: Write, read: Read, good: Sheets, edit: Edit
) -> None:
    blank = '<c r="I2" t="str"><f>""</f><v></v></c>'
    path = edit(
        write(good), "xl/worksheets/sheet3.xml", lambda s: re.sub(r'<c r="I2".*?</c>', blank, s)
    )
    facts, problems = read(path)
    assert problems == []
    assert column(facts, "staff", "memo")[0] is None
