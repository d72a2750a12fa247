"""A plain list: headings in either language, blank lines skipped, everything wrong told by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from hpf.core.errors import HpfError
from hpf.intake.lists import Column, read_list

COLUMNS = (
    Column("code", ("编号", "code")),
    Column("day", ("日期", "day"), "date"),
    Column("note", ("说明", "note"), needed=False),
)


def book(folder: Path, *rows: tuple[object, ...], title: str = "名单") -> Path:
    made = Workbook()
    made.active.title = "空"
    sheet = made.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    made.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def wrong(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(HpfError) as found:
        read_list(path, COLUMNS)
    return [(p.code, p.place) for p in found.value.problems]


def test_the_sheet_with_the_headings_is_read_and_numbers_and_days_are_text(tmp_path: Path) -> None:
    import datetime as dt

    path = book(tmp_path, ("日期", "编号"), (dt.date(2026, 10, 14), 12), (None, None),
                ("2026/10/15", " E02 "))  # fmt: skip
    lines = read_list(path, COLUMNS)
    assert [dict(x.cells) for x in lines] == [
        {"code": "12", "day": "2026-10-14", "note": ""},
        {"code": "E02", "day": "2026-10-15", "note": ""},
    ]
    assert lines[1].place("code") == "list.xlsx [名单] B4"


def test_csv_in_english_and_in_the_chinese_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("code,day\nE01,2026-10-14\n", "utf-8")
    assert read_list(tmp_path / "a.csv", COLUMNS)[0].cells["code"] == "E01"
    (tmp_path / "b.csv").write_bytes("编号,日期,说明\nE01,2026-10-14,集中\n".encode("gb18030"))
    assert read_list(tmp_path / "b.csv", COLUMNS)[0].cells["note"] == "集中"


def test_all_that_is_wrong_is_told_by_cell(tmp_path: Path) -> None:
    path = book(tmp_path, ("编号", "日期"), ("E01", "明天"), ("E02", "2026-02-30"), ("=1/0", ""))
    assert [place for _, place in wrong(path)] == [
        "list.xlsx [名单] B2", "list.xlsx [名单] B3", "list.xlsx [名单] A4",
    ]  # fmt: skip
    assert wrong(book(tmp_path, ("编号",), ("E01",))) == [("list.heading", "list.xlsx [名单] 1")]
    twice = book(tmp_path, ("编号", "code", "日期"), ("a", "b", "2026-10-14"))
    assert wrong(twice) == [("list.heading_twice", "list.xlsx [名单] B1")]
    assert wrong(book(tmp_path, ("编号", "日期")))[0][0] == "list.empty"
    (tmp_path / "no.xlsx").write_bytes(b"no workbook")
    assert len(wrong(tmp_path / "no.xlsx")) == 1
    assert wrong(tmp_path / "gone.csv") == [("list.file", "gone.csv")]
