"""Old .xls files and folders of CSV read as workbooks do."""

from __future__ import annotations

from pathlib import Path

import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no types
from intake_sheets import Read, Sheets, Write, column, notices


def write_xls(path: Path, sheets: Sheets) -> xlwt.Workbook:
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                if value is not None:
                    sheet.write(r, c, value)
    book.save(str(path))
    return book


def test_an_old_xls_file_reads_alike(
    tmp_path: Path, write: Write, read: Read, good: Sheets
) -> None:
    good["staff"][1][4] = 123456.78
    write_xls(tmp_path / "pay.xls", good)
    facts, problems = read(tmp_path / "pay.xls")
    assert problems == []
    same, _ = read(write(good))
    for code, table in same.tables.items():
        assert facts.tables[code].frame.equals(table.frame)
    assert facts.tables["staff"].place(1, "points") == "pay.xls [staff] E3"


def write_csvs(folder: Path, sheets: Sheets, encoding: str = "utf-8") -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in sheets.items():
        lines = [",".join("" if c is None else str(c) for c in row) for row in rows]
        (folder / f"{name}.csv").write_bytes("\r\n".join(lines).encode(encoding))
    return folder


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_folders_of_csv(
    tmp_path: Path, write: Write, read: Read, good: Sheets, encoding: str
) -> None:
    facts, problems = read(write_csvs(tmp_path / "facts", good, encoding))
    assert problems == []
    assert facts.notices == ()
    same, _ = read(write(good))
    for code, table in same.tables.items():
        assert facts.tables[code].frame.equals(table.frame)
    assert facts.tables["staff"].place(1, "points") == "facts/staff.csv [staff] E3"


def test_a_csv_whose_bytes_allow_two_encodings_is_settled_by_its_neighbours_or_asked_about(
    tmp_path: Path, read: Read, good: Sheets
) -> None:
    name = "某医院"  # in GB18030 its bytes are three Latin and Cyrillic letters of UTF-8
    assert name.encode("gb18030").decode("utf-8") != name
    facts, problems = read(write_csvs(tmp_path / "facts", good, "gb18030"))
    assert (column(facts, "hospital", "name"), problems) == ([name], [])
    for code in ("department", "staff"):
        good[code] = [[None if i == 2 and r else c for i, c in enumerate(row)]
                      for r, row in enumerate(good[code])]  # fmt: skip
    _, problems = read(write_csvs(tmp_path / "facts", good, "gb18030"))
    assert [(p.code, p.place) for p in problems] == [
        ("intake.encoding_unclear", "facts/hospital.csv")
    ]


def test_a_folder_may_state_its_period_scheme_and_version(
    tmp_path: Path, read: Read, good: Sheets
) -> None:
    good["meta"] = [["scheme", "demo"], ["period", "2026-08"], ["version", "0"]]
    facts, problems = read(write_csvs(tmp_path / "facts", good))
    assert [(p.code, p.place) for p in problems] == [
        ("intake.wrong_period", "facts/meta.csv [meta] B2")
    ]
    assert notices(facts) == {"other_version": "facts/meta.csv [meta] B3"}
    (tmp_path / "facts" / "meta.csv").unlink()
    facts, problems = read(tmp_path / "facts")
    assert (problems, notices(facts)) == ([], {"no_period": "facts"})


def test_csv_keeps_leading_zeros_and_quoted_lines(tmp_path: Path, read: Read, good: Sheets) -> None:
    good["staff"][1][0] = "007"
    good["staff"][1][8] = '"two\r\nlines, and a comma"'
    good["staff"].insert(2, [])
    facts, problems = read(write_csvs(tmp_path / "facts", good))
    assert problems == []
    assert column(facts, "staff", "id") == ["007", "B"]
    assert column(facts, "staff", "memo")[0] == "two\r\nlines, and a comma"
    assert facts.tables["staff"].place(1, "id") == "facts/staff.csv [staff] A4"


def test_other_files_in_a_folder_are_told(tmp_path: Path, read: Read, good: Sheets) -> None:
    folder = write_csvs(tmp_path / "facts", good)
    (folder / "notes.txt").write_text("x", "utf-8")
    facts, problems = read(folder)
    assert problems == []
    assert "notes.txt" in facts.notices[0].message.en
