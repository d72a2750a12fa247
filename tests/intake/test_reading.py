"""Good workbooks, and odd ones that can be read: what is put right is told, once a column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no types

from hpf.core import Period
from hpf.core.checking import check
from hpf.core.errors import Problem
from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.intake import load

Sheets = dict[str, list[list[Any]]]
Write = Callable[..., Path]
Edit = Callable[[Path, str, Callable[[str], str]], Path]
Read = Callable[..., tuple[Facts, list[Problem]]]


def column(facts: Facts, entity: str, code: str) -> list[Any]:
    return facts.tables[entity].frame[code].to_list()


def notices(facts: Facts) -> dict[str, str]:
    return {n.code.removeprefix("intake."): n.place for n in facts.notices}


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


def test_cells_are_right_past_blank_rows_and_a_second_heading(
    write: Write, read: Read, good: Sheets
) -> None:
    head, a, b = good["staff"]
    names = ["编号", "科室", "名称", "岗位", "分值（分）", "Days", "在岗", "入职", ""]
    good["staff"] = [head, names, [], a, [" "], [], b, [], []]
    facts, problems = read(write(good))
    assert problems == []
    table = facts.tables["staff"]
    assert table.frame["id"].to_list() == ["A", "B"]
    assert table.place(0, "points") == "pay.xlsx [staff] E4"
    assert table.place(1, "role") == "pay.xlsx [staff] D7"


def test_a_row_of_data_is_not_taken_for_names(write: Write, read: Read, good: Sheets) -> None:
    good["staff"][1][2] = "名称"
    facts, _ = read(write(good))
    assert column(facts, "staff", "id") == ["A", "B"]


def test_rows_above_the_headings_are_told(write: Write, read: Read, good: Sheets) -> None:
    good["staff"] = [["二〇二六年九月报表"], [], *good["staff"]]
    facts, problems = read(write(good))
    assert problems == []
    assert notices(facts)["rows_above"] == "pay.xlsx [staff] 1"
    assert facts.tables["staff"].place(0, "id") == "pay.xlsx [staff] A4"


def test_headings_and_sheets_may_differ_in_case_and_width(
    write: Write, read: Read, good: Sheets
) -> None:
    good["staff"][0] = [" \uff29\uff24 ", "Department", "NAME", "role\u3000", *good["staff"][0][4:]]
    good["Staff "] = good.pop("staff")
    facts, problems = read(write(good))
    assert problems == []
    assert facts.tables["staff"].place(1, "id") == "pay.xlsx [Staff ] A3"
    folded = [n for n in facts.notices if n.code == "intake.heading_folded"]
    assert [(n.name, n.place[-2:]) for n in folded] == [
        ("id", "A1"), ("department", "B1"), ("name", "C1"), ("role", "D1")
    ]  # fmt: skip
    assert "'NAME' was read as name" in folded[2].message.en
    assert all(n.severity == "notice" for n in folded)


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


def test_optional_columns_may_be_left_out_aloud(write: Write, read: Read, good: Sheets) -> None:
    good["staff"] = [row[:5] for row in good["staff"]]
    facts, problems = read(write(good))
    assert problems == []
    left_out = [n.name for n in facts.notices if n.code == "intake.column_left_out"]
    assert left_out == ["days", "active", "since", "memo"]


def test_another_schemes_columns_and_sheets_are_known(
    write: Write, read: Read, good: Sheets, another: Program
) -> None:
    good["staff"] = [[*row, x] for row, x in zip(good["staff"], ("overtime", 1, 2), strict=True)]
    good["team"] = [["id", "hospital", "fund"], ["T", "H", 5]]
    path = write(good)
    _, alone = read(path)
    assert [p.code for p in alone] == ["intake.unknown_column", "intake.unknown_sheet"]
    facts, problems = read(path, others=[another])
    assert problems == []
    assert "overtime" not in facts.tables["staff"].frame.columns


def test_a_bound_column_is_not_asked_for(write: Write, read: Read, good: Sheets) -> None:
    bound = {("department", "income")}
    facts, problems = read(write(good), bound=bound)
    assert problems == []
    assert notices(facts)["bound_column"] == "pay.xlsx [department] D1"
    good["department"] = [[r[0], r[1], r[2], r[4]] for r in good["department"]]
    facts, problems = read(write(good), bound=bound)
    assert (problems, facts.notices) == ([], ())


def test_hidden_rows_and_columns_are_read_aloud(write: Write, read: Read, good: Sheets) -> None:
    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["staff"].set_row(2, None, None, {"hidden": True})
        sheets["staff"].set_column(4, 4, None, None, {"hidden": True})

    facts, problems = read(write(good, touch))
    assert problems == []
    assert column(facts, "staff", "points") == [D(3), D("2.5")]
    assert notices(facts)["hidden_rows"] == "pay.xlsx [staff] 3"
    assert notices(facts)["hidden_columns"] == "pay.xlsx [staff] E1"


def test_sheets_without_content_and_hidden_strangers(
    write: Write, read: Read, good: Sheets
) -> None:
    good |= {"Sheet4": [], "old": [["x"]]}

    def touch(_: Any, sheets: dict[str, Any]) -> None:
        sheets["old"].hide()

    facts, problems = read(write(good, touch))
    assert problems == []
    assert notices(facts) == {"not_read": "pay.xlsx [old]", "empty_not_used": "pay.xlsx [Sheet4]"}


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


def test_the_period_may_be_stated_in_several_ways(write: Write, read: Read, good: Sheets) -> None:
    for said in ("2026-09", " 2026-09 ", "2026年9月"):
        good["说明"] = [["期间 Period", said], ["方案", "demo"]]
        assert read(write(good))[1] == []


def test_a_synthetic_workbook_is_told(write: Write, read: Read, good: Sheets) -> None:
    good["meta"] = [["synthetic", "yes"]]
    facts, problems = read(write(good))
    assert problems == []
    assert notices(facts)["synthetic"] == "pay.xlsx [meta] B1"


@pytest.mark.parametrize("meta", [None, [], [["期间 Period", None]], [["期间 Period", " "]]])
def test_facts_that_state_no_period_say_so(
    write: Write, read: Read, good: Sheets, meta: Any
) -> None:
    good["meta"] = meta
    facts, problems = read(write({k: v for k, v in good.items() if v is not None}))
    assert problems == []
    (notice,) = facts.notices
    assert (notice.code, notice.place) == ("intake.no_period", "pay.xlsx")
    assert notice.message.en == "the facts state no period; taken as 2026-09"


@pytest.mark.parametrize("said", ["1", 1, "one"])
def test_another_version_of_the_scheme_is_told(
    write: Write, read: Read, good: Sheets, program: Program, said: Any
) -> None:
    assert program.version == "1"
    good["meta"] += [["方案 Scheme", "demo"], ["版本 Version", said]]
    facts, problems = read(write(good))
    assert problems == []
    told = {"other_version": "pay.xlsx [meta] B3"} if said == "one" else {}
    assert notices(facts) == told


# --- .xls and CSV --------------------------------------------------------------------------------


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
