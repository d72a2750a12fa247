"""Another system's export becomes facts, and each leads back to every row it was made of."""

from __future__ import annotations

import random
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hpf.core import CNY, DEPARTMENT, STAFF, Period, Scheme
from hpf.core.build import build
from hpf.core.errors import Problem
from hpf.core.facts import Facts
from hpf.core.program import Program
from hpf.intake.mapped import read_export, spans
from hpf.intake.mapping import ExportMapping, MappingError, as_data, parse_mapping

PERIOD = Period.parse("2026-09")
MAPPING: dict[str, Any] = {
    "name": "his_fees",
    "scheme": "small",
    "sheet": "收费明细",
    "columns": {"医生工号": "code", "收费类别": "kind", "实收金额": "amount", "收费日期": "day",
                "科室": "unit"},
    "where": [{"column": "kind", "is_not": ["合计", "退费"]}],
    "entity": "staff",
    "id": "code",
    "ids": {"00123": "A01", "00124": "A02"},
    "facts": {
        "fees": {"sum": "amount"},
        "exam_fees": {"sum": "amount", "where": [{"column": "kind", "is": ["检查费", "化验费"]}]},
        "large": {"count": "rows", "where": [{"column": "amount", "from": "1000"}]},
        "last": {"max": "day"},
        "department": {"same": "unit"},
    },
}  # fmt: skip
EXPORT = [
    ["某医院收费明细（2026年9月）"],
    [],
    ["流水号", "医生工号", "收费类别", "实收金额", "收费日期", "科室"],
    [1, "00123", "检查费", 120.5, "2026-09-01", "D1"],
    [2, "00124", "西药费", 1000, "2026-09-02", "D2"],
    [3, "00123", "西药费", 0.1, "2026-09-30", "D1"],
    [4, "00123", "化验费", 0.2, "2026-09-03", "D1"],
    [5, "00124", "退费", -1000, "2026-09-04", "D2"],
    [6, "", "合计", 120.8, "", ""],
]


@pytest.fixture(scope="module")
def program() -> Program:
    scheme = Scheme("small", zh="小方案", en="Small", document="T", here=__file__)
    for code in ("fees", "exam_fees"):
        scheme.decimal(STAFF, code, zh=code, en=code, unit=CNY)
    scheme.integer(STAFF, "large", zh="大额", en="Large")
    scheme.date(STAFF, "last", zh="最后", en="Last", blank="not_applicable")
    scheme.text(DEPARTMENT, "note", zh="注", en="Note", blank="not_applicable")
    return build(scheme)


def sheet(path: Path, rows: list[list[Any]], title: str = "收费明细") -> Path:
    book = openpyxl.Workbook()
    one = book.active
    one.title = title
    for row in rows:
        one.append(row)
    book.save(path)
    return path


def parsed(program: Program, **changes: Any) -> ExportMapping:
    return parse_mapping({**MAPPING, **changes}, {"small": program}, "his.yaml")


def read(
    program: Program, path: Path, mapping: ExportMapping | None = None
) -> tuple[Facts, list[Problem]]:
    return read_export(path, mapping or parsed(program), program, PERIOD)


def test_an_export_becomes_facts_that_name_every_row(program: Program, tmp_path: Path) -> None:
    facts, problems = read(program, sheet(tmp_path / "导出.xlsx", EXPORT))
    assert problems == []
    table = facts.tables["staff"]
    rows = {r["id"]: r for r in table.frame.iter_rows(named=True)}
    assert rows["A01"]["fees"] == Decimal("120.8")
    assert rows["A01"]["exam_fees"] == Decimal("120.7"), "0.1 + 0.2 the way people add"
    assert rows["A02"] == {"id": "A02", "fees": Decimal(1000), "exam_fees": Decimal(0), "large": 1,
                           "last": rows["A02"]["last"], "department": "D2"}  # fmt: skip
    assert str(rows["A01"]["last"]) == "2026-09-30"
    assert table.place(0, "fees") == "导出.xlsx [收费明细] D4,D6:D7"
    assert table.place(0, "exam_fees") == "导出.xlsx [收费明细] D4,D7"
    assert table.place(1, "large") == "导出.xlsx [收费明细] 5"
    assert table.place(1, "exam_fees") == "导出.xlsx [收费明细] D5", "the rows that made the zero"


def test_a_csv_export_is_read_as_well(program: Program, tmp_path: Path) -> None:
    path = tmp_path / "导出.csv"
    lines = [",".join(str(c) for c in row) for row in EXPORT]
    path.write_bytes("\r\n".join(lines).encode("gb18030"))
    facts, problems = read(program, path)
    assert problems == []
    assert facts.tables["staff"].frame["fees"].to_list() == [Decimal("120.8"), Decimal(1000)]


def test_sums_agree_with_adding_by_hand(program: Program, tmp_path: Path) -> None:
    """Any number of rows: the same totals, the same rows, whatever their order."""
    draw = random.Random(7)
    rows, totals = [], defaultdict(Decimal)
    lines = defaultdict(list)
    for number in range(2000):
        code = draw.choice(["00123", "00124"])
        cents = draw.randrange(-5_000_00, 5_000_00)
        rows.append([number, code, "检查费", cents / 100, "2026-09-01", "D1"])
        totals[code] += Decimal(cents) / 100
        lines[code].append(number + 4)
    facts, problems = read(program, sheet(tmp_path / "x.xlsx", [*EXPORT[:3], *rows]))
    assert problems == []
    table = facts.tables["staff"]
    assert table.frame["fees"].to_list() == [totals["00123"], totals["00124"]]
    assert table.source is not None
    assert table.source.lines["fees"][0] == spans(lines["00123"])


@pytest.mark.parametrize(
    ("row", "code", "cell"),
    [
        ([7, "00999", "检查费", 5, "2026-09-01", "D1"], "unknown_code", "B10"),
        ([7, "", "检查费", 5, "2026-09-01", "D1"], "no_code", "B10"),
        ([7, "00123", "检查费", "五元", "2026-09-01", "D1"], "not_a_number", "D10"),
        ([7, "00123", "检查费", None, "2026-09-01", "D1"], "blank_amount", "D10"),
        ([7, "00123", "检查费", 5, "2026-09-01", "D2"], "not_the_same", "F4"),
        ([7, "合计", "检查费", 5, "2026-09-01", "D1"], "total_row", "B10"),
        ([7, "00123", "检查费", 5, "九月", "D1"], "not_a_date", "E10"),
    ],
)
def test_a_bad_row_is_told_with_its_cell(
    program: Program, tmp_path: Path, row: list[Any], code: str, cell: str
) -> None:
    _, problems = read(program, sheet(tmp_path / "x.xlsx", [*EXPORT, row]))
    assert (f"intake.{code}", f"x.xlsx [收费明细] {cell}") in [(p.code, p.place) for p in problems]


def test_codes_may_be_ignored_where_the_mapping_says_so(program: Program, tmp_path: Path) -> None:
    row = [7, "00999", "检查费", 5, "2026-09-01", "D1"]
    path = sheet(tmp_path / "x.xlsx", [*EXPORT, row, row])
    facts, problems = read(program, path, parsed(program, unknown="ignore"))
    assert problems == []
    assert [n.code for n in facts.notices] == ["intake.code_ignored"]
    assert "2 rows" in facts.notices[0].message.en


def test_headings_that_are_missing_are_all_told_with_the_nearest(
    program: Program, tmp_path: Path
) -> None:
    rows = [["流水号", "医生工号", "收费类型", "实收金额", "实收金额", "科室"], *EXPORT[3:]]
    facts, problems = read(program, sheet(tmp_path / "x.xlsx", rows))
    assert facts.tables == {}
    assert {p.name for p in problems} == {"收费类别", "实收金额", "收费日期"}
    assert "收费类型" in next(p.cure.zh for p in problems if p.name == "收费类别")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"scheme": "smal"}, "small"),
        ({"entity": "staf"}, "staff"),
        ({"id": "cod"}, "code"),
        ({"facts": {"fee": {"sum": "amount"}}}, "fees"),
        ({"facts": {"fees": {"sum": "amuont"}}}, "amount"),
        ({"facts": {"fees": {"total": "amount"}}}, "sum"),
        ({"facts": {"department": {"sum": "amount"}}}, "same"),
        ({"where": [{"column": "kind"}]}, "is_not"),
        ({"where": [{"column": "amount", "above": 0.5}]}, "Quote it"),
        ({"unknown": "drop"}, "ignore"),
        ({"colums": {}}, "columns"),
    ],
)
def test_a_mapping_that_does_not_hold_is_refused_with_the_cure(
    program: Program, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(MappingError) as caught:
        parsed(program, **changes)
    assert said in " ".join(p.line("en") for p in caught.value.problems)


def test_all_mistakes_of_a_mapping_are_told_at_once(program: Program) -> None:
    with pytest.raises(MappingError) as caught:
        parsed(program, scheme="x", id="y", unknown="z")
    assert len(caught.value.problems) == 3


def test_a_saved_mapping_says_the_same(program: Program) -> None:
    mapping = parsed(program, where=[{"column": "kind", "blank": False},
                                     {"column": "amount", "above": "0.50"}])  # fmt: skip
    again = parse_mapping(as_data(mapping), {"small": program}, "again")
    assert as_data(again) == as_data(mapping)
    assert again == mapping


@pytest.mark.parametrize(
    ("rows", "text"), [([3], "3"), ([3, 7, 8, 9], "3,7-9"), ([2, 1], "1-2"), ([], "")]
)
def test_rows_in_short(rows: list[int], text: str) -> None:
    assert spans(rows) == text
