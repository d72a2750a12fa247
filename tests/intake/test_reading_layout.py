"""Workbooks laid out otherwise than the template are read; what was passed over is told."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from intake_sheets import Read, Sheets, Write, column, notices

from hpf.core.program import Program


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


def test_a_second_heading_may_call_a_persons_name_what_people_call_it(
    write: Write, read: Read, good: Sheets
) -> None:
    head, a, b = good["staff"]
    names = ["编号", "科室", "姓名", "岗位", "分值（分）", "Days", "在岗", "入职", ""]
    good["staff"] = [head, names, a, b]
    facts, problems = read(write(good))
    assert problems == []
    assert facts.tables["staff"].frame["id"].to_list() == ["A", "B"]


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
