"""Every kind of bad input ends in a problem at the right cell, with a cure; none hides another."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no types

from hpf.core import POINT, STAFF, Period, Scheme
from hpf.core.build import build
from hpf.core.errors import FactsError, Problem
from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.intake import load

Sheets = dict[str, list[list[Any]]]
Write = Callable[..., Path]
Edit = Callable[[Path, str, Callable[[str], str]], Path]
Read = Callable[..., tuple[Facts, list[Problem]]]
Told = Callable[[Sequence[Problem]], list[tuple[str, str]]]


def cell(sheets: Sheets, at: str, value: Any) -> None:
    """Put a value into `staff!E2`."""
    sheet, _, ref = at.partition("!")
    rows = sheets[sheet]
    row, column = int(ref[1:]) - 1, ord(ref[0]) - 65
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = value


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


# --- columns and sheets --------------------------------------------------------------------------


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


# --- what the reader itself would have passed over in silence ------------------------------------


def test_excel_errors(write: Write, read: Read, good: Sheets, told: Told) -> None:
    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["staff"].write_formula("F2", "=1/0", None, "#DIV/0!")
        sheets["staff"].write_formula("D3", "=NA()", None, "#N/A")
        sheets["staff"].write_formula("A9", "=NA()", None, "#N/A")  # a row of its own

    _, problems = read(write(good, touch))
    assert sorted(told(problems)) == [
        ("excel_error", "pay.xlsx [staff] A9"),
        ("excel_error", "pay.xlsx [staff] D3"),
        ("excel_error", "pay.xlsx [staff] F2"),
    ]


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="F2"><f>1+1</f></c>',
        '<c r="F2"><f>1+1</f><v></v></c>',
        '<c r="F2"><f>1+1</f><v/></c>',
        '<c r="F2" t="str"><f>A1</f></c>',
        '<c r="F2" s="0"><f t="shared" ref="F2:F3" si="0">1+1</f></c>',
        '<c r="F2"><f t="shared" si="0"/></c>',
    ],
)
def test_formulas_nobody_computed(
    write: Write, read: Read, good: Sheets, told: Told, edit: Edit, xml: str
) -> None:
    path = edit(
        write(good), "xl/worksheets/sheet3.xml", lambda s: re.sub(r'<c r="F2">.*?</c>', xml, s)
    )
    assert told(read(path)[1]) == [("formula_without_value", "pay.xlsx [staff] F2")]


def test_formulas_nobody_computed_with_a_prefix(
    write: Write, read: Read, good: Sheets, told: Told, edit: Edit
) -> None:
    def prefix(xml: str) -> str:
        xml = re.sub(r'<c r="F2">.*?</c>', '<c r="F2"><f>1+1</f></c>', xml)
        xml = re.sub(r"<(/?)(?=\w)", r"<\1x:", xml)
        return xml.replace("xmlns=", "xmlns:x=")

    path = edit(write(good), "xl/worksheets/sheet3.xml", prefix)
    assert told(read(path)[1]) == [("formula_without_value", "pay.xlsx [staff] F2")]


def test_a_number_past_all_doubles(
    write: Write, read: Read, good: Sheets, told: Told, edit: Edit
) -> None:
    path = edit(
        write(good), "xl/worksheets/sheet3.xml", lambda s: s.replace("<v>20</v>", "<v>1e400</v>")
    )
    assert told(read(path)[1]) == [("not_finite", "pay.xlsx [staff] F2")]


def test_a_percentage_format_on_what_is_no_ratio(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    def touch(book: Any, sheets: dict[str, Any]) -> None:
        percent = book.add_format({"num_format": "0.0%"})
        sheets["staff"].write_number("E3", 0.85, percent)
        sheets["department"].write_number("E2", 0.85, percent)  # a ratio: as it should be

    _, problems = read(write(good, touch))
    assert told(problems) == [("percent", "pay.xlsx [staff] E3")]
    assert "85%" in problems[0].message.en


def test_xls_errors_and_formulas(tmp_path: Path, read: Read, good: Sheets, told: Told) -> None:
    book = xlwt.Workbook()
    for name, rows in good.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None and (name, r, c) not in {("staff", 1, 4), ("staff", 2, 3)}:
                    sheet.write(r, c, value)
        if name == "staff":
            sheet.row(1).set_cell_error(4, 0x07)
            sheet.write(2, 3, xlwt.Formula('"nur"&"se"'))
            sheet.merge(1, 2, 8, 8)
    book.save(str(tmp_path / "pay.xls"))
    assert sorted(told(read(tmp_path / "pay.xls")[1])) == [
        ("excel_error", "pay.xls [staff] E2"),
        ("formula_without_value", "pay.xls [staff] D3"),
        ("merged_cells", "pay.xls [staff] I2"),
    ]


# --- what the workbook says of itself ------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "code"),
    [("2026-08", "wrong_period"), ("2026-Q3", "wrong_period"), (2026, "wrong_period"),
     ("September", "period_unreadable"), (dt.date(2026, 8, 1), "wrong_period"),
     (dt.date(2026, 9, 2), "period_unreadable")],
)  # fmt: skip
@pytest.mark.parametrize("sheet", ["说明", "填表说明", "meta"])
def test_a_period_that_differs(
    write: Write, read: Read, good: Sheets, told: Told, sheet: str, said: Any, code: str
) -> None:
    good[sheet] = [["标题"], ["期间 Period", None if isinstance(said, dt.date) else said]]

    def touch(book: Any, sheets: dict[str, Any]) -> None:
        if isinstance(said, dt.date):
            day = book.add_format({"num_format": "yyyy-mm"})
            sheets[sheet].write_datetime(1, 1, dt.datetime.combine(said, dt.time()), day)

    assert told(read(write(good, touch))[1]) == [(code, f"pay.xlsx [{sheet}] B2")]


def test_another_scheme(
    write: Write, read: Read, good: Sheets, told: Told, another: Program
) -> None:
    good["meta"] = [["scheme", "other"], ["version", "7"]]
    assert told(read(write(good))[1]) == [("wrong_scheme", "pay.xlsx [meta] B1")]
    assert read(write(good), others=[another])[1] == []


def test_a_period_cell_that_holds_an_excel_error_is_no_blank(
    write: Write, read: Read, good: Sheets, told: Told
) -> None:
    path = write(good, lambda _, s: s["meta"].write_formula("B1", "=NA()", None, "#N/A"))
    assert told(read(path)[1]) == [("period_unreadable", "pay.xlsx [meta] B1")]


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
