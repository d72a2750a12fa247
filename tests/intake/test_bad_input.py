"""Every kind of bad cell ends in a problem at its place, with a cure; none hides another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from intake_sheets import Read, Sheets, Told, Write, cell

from hpf.core import POINT, STAFF, Period, Scheme
from hpf.core.build import build
from hpf.core.errors import FactsError
from hpf.core.program import Program
from hpf.intake import load

CELLS = [
    ("staff!E2", "three", "not_a_number"),
    ("staff!E2", "-", "not_a_number"),
    ("staff!E2", "1,2,3", "not_a_number"),
    ("staff!E2", "1 234", "not_a_number"),
    ("staff!E2", "(12)", "not_a_number"),
    ("staff!E2", "--1", "not_a_number"),
    ("staff!E2", "\u0661\u0662", "not_a_number"),  # digits of another script
    ("staff!E2", "1e400", "beyond"),
    ("staff!E2", "1e9999999", "not_a_number"),
    ("staff!E2", 1e300, "beyond"),
    ("staff!E2", "10000000000000000", "beyond"),
    ("staff!E2", "NaN", "not_finite"),
    ("staff!E2", "-inf", "not_finite"),
    ("staff!E2", "85%", "percent"),
    ("department!D2", "85%", "percent"),
    ("department!D2", "1.2万元", "unit"),
    ("department!D2", "12分", "unit"),
    ("staff!E2", "\u00a512", "unit"),
    ("staff!E2", "12人", "unit"),
    ("staff!E2", True, "wrong_type"),
    ("staff!E2", "#DIV/0!", "excel_error"),
    ("staff!D2", "#N/A", "excel_error"),
    ("staff!G2", "maybe", "not_a_boolean"),
    ("staff!G2", 2, "not_a_boolean"),
    ("staff!H2", "2026-02-30", "not_a_date"),
    ("staff!H2", "next week", "not_a_date"),
    ("staff!H2", 46266, "not_a_date"),
    ("staff!H2", "1850-01-01", "date_range"),
    ("staff!H2", "9999-12-31", "date_range"),
    ("staff!H2", True, "not_a_date"),
    ("staff!A2", 1.1, "not_text"),
    ("staff!A2", True, "not_text"),
    ("staff!A2", 123456789012345678, "long_number"),
    ("staff!B2", 1.5, "not_text"),
    ("staff!D2", False, "not_text"),
    ("staff!J2", "x", "no_heading"),
]


@pytest.mark.parametrize(("at", "value", "code"), CELLS)
def test_a_bad_cell_is_named(
    write: Write, read: Read, good: Sheets, told: Told, at: str, value: Any, code: str
) -> None:
    cell(good, at, value)
    facts, problems = read(write(good))
    sheet, _, ref = at.partition("!")
    assert told(problems) == [(code, f"pay.xlsx [{sheet}] {ref}")]
    assert problems[0].cure.zh
    assert problems[0].cure.en
    assert problems[0].severity == "problem"
    assert facts.tables[sheet].frame.height == len(good[sheet]) - 1


def test_all_problems_at_once(write: Write, read: Read, good: Sheets, told: Told) -> None:
    for at, value in (("staff!E2", "x"), ("staff!E3", "y"), ("staff!H3", "z"),
                      ("department!D2", "w"), ("staff!D1", "rolle")):  # fmt: skip
        cell(good, at, value)
    good["stuff"] = [["id"]]
    problems = told(read(write(good))[1])
    assert sorted(problems) == [
        ("missing_column", "pay.xlsx [staff] 1"),
        ("not_a_date", "pay.xlsx [staff] H3"),
        ("not_a_number", "pay.xlsx [department] D2"),
        ("not_a_number", "pay.xlsx [staff] E2"),
        ("not_a_number", "pay.xlsx [staff] E3"),
        ("unknown_column", "pay.xlsx [staff] D1"),
        ("unknown_sheet", "pay.xlsx [stuff]"),
    ]


def test_cells_of_a_shifted_table_are_named(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    head, a, b = good["staff"]
    names = ["编号", "科室", "名称", "岗位", "分值", "天数", "在岗", "入职", "备注"]
    rows = [["标题"], head, names, [], a, [], b]
    good["staff"] = [[None, *row] for row in rows]
    cell(good, "staff!F7", "x")
    assert told(read(write(good))[1]) == [("not_a_number", "pay.xlsx [staff] F7")]


def test_a_misspelt_heading_does_not_hide_what_is_wrong_beneath_it(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    good["department"] += [["E", "H", "外科", "NaN", None], ["F", "H", "儿科", "58%", None]]
    cell(good, "department!D1", "incme")
    facts, problems = read(write(good))
    assert told(problems) == [
        ("unknown_column", "pay.xlsx [department] D1"),
        ("missing_column", "pay.xlsx [department] 1"),
        ("not_finite", "pay.xlsx [department] D3"),
        ("percent", "pay.xlsx [department] D4"),
    ]
    assert {p.name for p in problems[1:]} == {"income"}
    assert "income" not in facts.tables["department"].frame.columns, "nothing is guessed"


def test_a_heading_that_may_be_several_columns_is_taken_for_none(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    cell(good, "department!D1", "incme")
    cell(good, "department!F1", "incom")
    cell(good, "department!D2", "x")
    cell(good, "department!F2", "x")
    found = [code for code, _ in told(read(write(good))[1])]
    assert found == ["unknown_column", "unknown_column", "missing_column"]


def test_a_misspelt_column_of_keys_is_looked_at_too(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    cell(good, "staff!B1", "departmnt")
    cell(good, "staff!B3", 1.5)
    assert ("not_text", "pay.xlsx [staff] B3") in told(read(write(good))[1])


@pytest.mark.parametrize("row", [9, 30])
def test_a_stray_note_makes_no_row(
    write: Write, program: Program, period: Period, good: Sheets, told: Told, row: int
) -> None:
    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["staff"].write_string(row - 1, 25, "see above")

    with pytest.raises(FactsError) as caught:
        load(write(good, touch), program, period)
    assert told(caught.value.problems) == [("no_heading", f"pay.xlsx [staff] Z{row}")]


# --- both lists together -------------------------------------------------------------------------


def test_load_tells_everything_once(
    write: Write, program: Program, period: Period, good: Sheets, told: Told
) -> None:
    cell(good, "staff!E2", "x")  # unreadable, so null: not missing as well
    cell(good, "staff!B3", "E")
    cell(good, "staff!F3", 1.5)
    cell(good, "department!D2", -1)
    with pytest.raises(FactsError) as caught:
        load(write(good), program, period)
    assert sorted(told(caught.value.problems)) == [
        ("facts.bounds", "pay.xlsx [department] D2"),
        ("facts.not_whole", "pay.xlsx [staff] F3"),
        ("facts.unknown_parent", "pay.xlsx [staff] B3"),
        ("not_a_number", "pay.xlsx [staff] E2"),
    ]


def test_load_does_not_blame_rows_for_a_missing_column_or_sheet(
    write: Write, program: Program, period: Period, good: Sheets, told: Told
) -> None:
    good["staff"] = [row[:4] for row in good["staff"]]
    del good["department"]
    with pytest.raises(FactsError) as caught:
        load(write(good), program, period)
    assert sorted(told(caught.value.problems)) == [
        ("missing_column", "pay.xlsx [staff] 1"),
        ("missing_sheet", "pay.xlsx"),
    ]


def test_duplicate_ids_and_missing_values_name_their_cells(
    write: Write, program: Program, period: Period, good: Sheets, told: Told
) -> None:
    cell(good, "staff!A3", "A")
    cell(good, "staff!D3", None)
    with pytest.raises(FactsError) as caught:
        load(write(good), program, period)
    assert sorted(told(caught.value.problems)) == [
        ("facts.duplicate_id", "pay.xlsx [staff] A3"),
        ("facts.missing", "pay.xlsx [staff] D3"),
    ]


def test_the_cure_of_a_missing_value_fits_its_type(
    write: Write, tmp_path: Path, period: Period, good: Sheets
) -> None:
    s = Scheme("full", zh="全", en="Full", document="A", here=str(tmp_path / "x.py"))
    s.choice(STAFF, "role", ["doctor", "nurse"], zh="岗位", en="Role")
    s.date(STAFF, "since", zh="入职", en="Since")
    s.boolean(STAFF, "active", zh="在岗", en="On duty")
    s.text(STAFF, "memo", zh="备注", en="Memo")
    s.decimal(STAFF, "points", zh="分值", en="Points", unit=POINT)
    names = ["role", "since", "active", "memo", "points"]
    good["staff"] = [["id", "department", *names], ["A", "D", *[None] * 5]]
    good["department"] = [["id", "hospital"], ["D", "H"]]
    with pytest.raises(FactsError) as caught:
        load(write(good), build(s), period)
    cures = {p.name: p.cure for p in caught.value.problems}
    assert set(cures) == set(names)
    assert "choose one of: doctor, nurse" in cures["role"].en
    assert "2026-09-01" in cures["since"].en
    assert "yes or no" in cures["active"].en
    assert "text" in cures["memo"].en
    assert [code for code in names if "0" in cures[code].zh.replace("2026-09-01", "")] == ["points"]
