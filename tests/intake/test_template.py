"""Templates: whole in themselves, honest about lists, and read back as they were written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal as D
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hpf.core import STAFF, Period, Scheme
from hpf.core.build import build
from hpf.core.facts import facts_of
from hpf.core.program import Program
from hpf.intake import read_facts
from hpf.intake.template import must, write_template

FACTS: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {"name": "=1+1"}},
    "department": {"007": {"hospital": "H", "income": "12345678901234.567890123", "rate": "0.85"}},
    "staff": {
        "A": {"department": "007", "role": "主任（副）", "points": "3", "active": True,
              "since": "2020-02-29", "memo": "-x"},
        "B": {"department": "007", "role": "nurse", "points": "0.1", "active": False},
    },
}  # fmt: skip


def opened(path: Path) -> Any:
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_empty_template_reads_without_a_problem(
    tmp_path: Path, program: Program, period: Period, lang: str
) -> None:
    path = tmp_path / "t.xlsx"
    write_template(program, period, path, lang=lang)
    facts, problems = read_facts(path, program, period)
    assert problems == []
    assert {n.code for n in facts.notices} == {"intake.no_rows"}
    assert list(facts.tables) == ["hospital", "department", "staff"]


def test_its_sheets_headings_and_looks(tmp_path: Path, program: Program, period: Period) -> None:
    path = tmp_path / "t.xlsx"
    write_template(program, period, path)
    book = opened(path)
    assert book.sheetnames == ["填表说明", "hospital", "department", "staff", "_choices"]
    assert book["_choices"].sheet_state == "hidden"
    staff = book["staff"]
    assert [c.value for c in staff[1]] == [
        "id", "department", "name", "role", "points", "days", "active", "since", "memo"
    ]  # fmt: skip
    assert [c.value for c in staff[2]][:6] == [
        "编号",
        "科室",
        "名称",
        "岗位",
        "分值 (分)",
        "天数 (天)",
    ]
    assert staff.freeze_panes == "B3"
    assert staff.column_dimensions["A"].width >= 10
    assert staff.column_dimensions["A"].number_format == "@"  # 007 stays 007


def test_lists_and_checks_are_there(tmp_path: Path, program: Program, period: Period) -> None:
    path = tmp_path / "t.xlsx"
    write_template(program, period, path)
    book = opened(path)
    rules = {str(v.sqref).split("3:")[0]: v for v in book["staff"].data_validations.dataValidation}
    assert rules["D"].formula1 == "choices_staff_role"
    assert rules["B"].formula1 == "ids_department"
    assert rules["G"].formula1 == "yes_no"
    assert (rules["E"].type, rules["F"].type, rules["H"].type) == ("decimal", "whole", "date")
    names = book.defined_names
    area = names["choices_staff_role"].attr_text
    sheet, _, cells = area.rpartition("!")
    listed = [c.value for (c,) in book[sheet.strip("'")][cells.replace("$", "")]]
    assert listed == ["doctor", "nurse", "主任（副）"]
    income = book["department"].data_validations.dataValidation
    bounded = next(v for v in income if str(v.sqref).startswith("E3"))
    assert (bounded.formula1, bounded.formula2) == ("0", "1")


def test_notes_and_the_how_to_sheet(tmp_path: Path, program: Program, period: Period) -> None:
    path = tmp_path / "t.xlsx"
    write_template(program, period, path)
    book = opened(path)
    note = book["department"]["D1"].comment.text
    for word in ("收入", "元", "必填", "不小于 0", "财务科", "2026-10-31", "A.1", "含税"):
        assert word in note
    texts = [str(c.value) for row in book["填表说明"] for c in row if c.value is not None]
    for word in ("demo", "2026-09", "2026-10-31", "空白表示零 empty means zero"):
        assert word in texts
    assert not any("合成" in t for t in texts)


def test_a_long_list_of_choices_is_whole(tmp_path: Path, period: Period) -> None:
    choices = [f"一个相当长的岗位名称第{i}号" for i in range(60)]  # over 255 characters together
    s = Scheme("long", zh="长", en="Long", document="A", here=str(tmp_path / "x.py"))
    s.choice(STAFF, "role", choices, zh="岗位", en="Role")
    path = tmp_path / "t.xlsx"
    write_template(build(s), period, path)
    book = opened(path)
    area = book.defined_names["choices_staff_role"].attr_text.rpartition("!")[2].replace("$", "")
    assert [c.value for (c,) in book["_choices"][area]] == choices


def test_what_excel_would_drop_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        must(-2)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_filled_in_facts_come_back(
    tmp_path: Path, program: Program, period: Period, lang: str
) -> None:
    facts = facts_of(program, period, FACTS)
    path = tmp_path / "t.xlsx"
    write_template(program, period, path, facts=facts, lang=lang)
    found, problems = read_facts(path, program, period)
    assert problems == []
    assert found.tables["department"].frame["income"].to_list() == [D("12345678901234.567890123")]
    assert found.tables["hospital"].frame["name"].to_list() == ["=1+1"]
    assert found.tables["staff"].frame["active"].to_list() == [True, False]
    assert found.tables["staff"].place(1, "role") == "t.xlsx [staff] D4"
    assert opened(path)["hospital"]["B3"].data_type == "s"  # a text, no formula


def test_the_synthetic_mark_is_kept(tmp_path: Path, program: Program, period: Period) -> None:
    path = tmp_path / "t.xlsx"
    facts = facts_of(program, period, FACTS)
    write_template(program, period, path, facts=facts, synthetic=True)
    read, _ = read_facts(path, program, period)
    write_template(program, period, path, facts=read)
    again, problems = read_facts(path, program, period)
    assert problems == []
    assert "intake.synthetic" in {n.code for n in again.notices}


def test_the_wrong_period_is_noticed(tmp_path: Path, program: Program, period: Period) -> None:
    path = tmp_path / "t.xlsx"
    write_template(program, period, path)
    _, problems = read_facts(path, program, Period.parse("2026-10"))
    assert [p.code for p in problems] == ["intake.wrong_period"]


def test_nothing_is_left_when_it_fails(
    tmp_path: Path, program: Program, period: Period, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(b"before")

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        write_template(program, period, path)
    monkeypatch.undo()
    assert [p.name for p in tmp_path.iterdir()] == ["t.xlsx"]
    assert path.read_bytes() == b"before"


# --- any facts at all ----------------------------------------------------------------------------

PLAIN = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Zs", "Zl", "Zp", "Cn"))
TEXT = st.text(PLAIN, min_size=1, max_size=12).filter(lambda t: not _folds(t) and t[0] != "#")
NUMBER = st.decimals(-(10**16) + 1, 10**16 - 1, places=12) | st.decimals(
    -100_000, 100_000, places=2
)
MAYBE_DAY = st.none() | st.dates(dt.date(1900, 3, 1), dt.date(2199, 12, 31))


def _folds(text: str) -> bool:
    """Whether reading would put the text right: full-width signs; or it is a word for totals."""
    full_width = any("\uff01" <= c <= "\uff5e" for c in text)
    return full_width or text.lower() in ("total", "sum", "合计", "总计", "小计", "共计")


@st.composite
def staff(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    rows = {}
    for id in draw(st.lists(TEXT, min_size=1, max_size=5, unique=True)):
        rows[id] = {
            "department": "D",
            "name": draw(TEXT | st.none()),
            "role": draw(st.sampled_from(["doctor", "nurse", "主任（副）"])),
            "points": str(draw(NUMBER)),
            "days": draw(st.integers(-(10**15), 10**15) | st.none()),
            "active": draw(st.booleans() | st.none()),
            "since": draw(MAYBE_DAY),
            "memo": draw(TEXT | st.none()),
        }
    return rows


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=staff(), lang=st.sampled_from(["zh", "en"]))
def test_any_facts_survive_the_workbook(
    tmp_path: Path, program: Program, period: Period, rows: dict[str, dict[str, Any]], lang: str
) -> None:
    data: dict[str, Any] = {
        "hospital": {"H": {}},
        "department": {"D": {"hospital": "H", "income": 1}},
    }
    facts = facts_of(program, period, {**data, "staff": rows})
    path = tmp_path / "t.xlsx"
    write_template(program, period, path, facts=facts, lang=lang)
    found, problems = read_facts(path, program, period)
    assert problems == []
    given_frame, frame = facts.tables["staff"].frame, found.tables["staff"].frame
    for column in given_frame.columns:
        assert frame[column].to_list() == given_frame[column].to_list()
