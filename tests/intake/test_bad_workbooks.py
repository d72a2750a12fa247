"""What a reader of workbooks would pass over in silence, and what a workbook says of itself."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no types
from intake_sheets import Edit, Read, Sheets, Told, Write

from hpf.core.program import Program

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
