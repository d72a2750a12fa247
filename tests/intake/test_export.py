"""Results as a workbook: real numbers, exact sums, no formulas smuggled in, and the seal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]  # it ships no types
import pytest

from hpf.core import CNY, DEPARTMENT, STAFF, Period, Scheme, round_to
from hpf.core.build import build
from hpf.core.calculate import calculate
from hpf.core.errors import Problem, Text
from hpf.core.facts import Facts, facts_of
from hpf.core.results import Run
from hpf.intake.export import guarded, sheet_title, write_results

DATA: dict[str, dict[str, dict[str, Any]]] = {
    "hospital": {"H": {}},
    "department": {"D": {"hospital": "H", "income": "100.01", "cases": 0},
                   "E": {"hospital": "H", "income": "99999999999999.99", "cases": 3}},
    "staff": {"A": {"department": "D", "name": "=HYPERLINK(1)"}, "-B": {"department": "D"}},
}  # fmt: skip


@pytest.fixture
def run(tmp_path: Path, period: Period) -> Run:
    s = Scheme("pay", zh="绩效", en="Pay", document="A", here=str(tmp_path / "x.py"))
    s.decimal(DEPARTMENT, "income", zh="收入", en="Income", unit=CNY)
    s.decimal(DEPARTMENT, "cases", zh="例数", en="Cases")

    @s.rule(DEPARTMENT, zh="均次", en="Per case", clause="A.1", unit=CNY)
    def per_case(d: Any) -> Any:
        return d.income / d.cases

    @s.pay(DEPARTMENT, zh="总额", en="Pool", clause="A.2")
    def pool(d: Any) -> Any:
        return round_to(d.income)

    @s.pay(STAFF, zh="奖金", en="Bonus", clause="A.3")
    def bonus(m: Any) -> Any:
        return round_to(m.department.income / 3)

    @s.condition(STAFF, zh="达标", en="Reached", clause="A.4")
    def reached(m: Any) -> Any:
        return m.department.cases > 1

    program = build(s)
    facts = facts_of(program, period, DATA)
    notice = Problem("intake.synthetic", Text("合成", "synthetic"), severity="notice")
    return calculate(program, Facts(facts.period, facts.tables, (notice,)))


def cells(path: Path, **more: Any) -> dict[str, list[list[Any]]]:
    book = openpyxl.load_workbook(path, **more)
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}


def test_pay_with_names_sums_seal_and_problems(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "r.xlsx"
    write_results(run, path)
    book = cells(path, data_only=True)
    assert list(book) == ["科室", "人员", "封印 Seal", "问题与提示 Problems"]
    staff = book["人员"]
    assert staff[1] == ["编号", "名称", "科室", "奖金(元)", "达标"]
    assert staff[2] == ["id", "name", "department", "bonus", "reached"]
    assert staff[3:] == [
        ["'-B", staff[3][1], "D", 33.34, "否"],
        ["A", "'=HYPERLINK(1)", "D", 33.34, "否"],
        ["合计 Sum", None, None, 66.68, None],
    ]
    assert any(run.seal["seal"] in row for row in book["封印 Seal"])
    told = book["问题与提示 Problems"]
    assert any("formula.division_by_zero" in row for row in told)
    assert any("intake.synthetic" in row for row in told)
    assert any("合成数据" in str(c) for c in staff[0])


def test_a_figure_with_a_problem_is_no_blank_and_no_zero(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "r.xlsx"
    write_results(run, path)
    rows = cells(path, data_only=True)["科室"]
    at = rows[2].index("per_case")
    assert rows[3][at] == "有问题 problem"
    assert rows[4][at] != "有问题 problem"


def test_numbers_are_numbers_with_two_places_and_long_ones_are_whole(
    tmp_path: Path, run: Run
) -> None:
    path = tmp_path / "r.xlsx"
    write_results(run, path)
    sheet = openpyxl.load_workbook(path)["科室"]
    column = [c.value for c in sheet[3]].index("pool")
    assert sheet.cell(4, column + 1).number_format == "#,##0.00"
    assert sheet.cell(4, column + 1).value == 100.01
    assert sheet.cell(5, column + 1).value == "99999999999999.99"
    assert sheet.cell(6, column + 1).value == "100000000000100"  # the exact sum
    assert sheet.freeze_panes == "C4"


def test_several_runs_share_a_workbook(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "r.xlsx"
    write_results([run, run], path)
    assert list(cells(path)) == [
        "绩效 科室", "绩效 人员", "绩效 科室 2", "绩效 人员 2", "封印 Seal", "问题与提示 Problems",
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1"])
def test_text_that_looks_like_a_formula_is_guarded(text: str) -> None:
    assert guarded(text) == "'" + text
    assert guarded("x" + text) == "x" + text


def test_sheet_titles_are_allowed_and_unlike() -> None:
    taken: set[str] = set()
    titles = [sheet_title(w, taken) for w in ("a/b[c]:*?", "A b c", "很" * 40, "很" * 40, "'")]
    assert titles == ["a b c", "A b c 2", "很" * 31, "很" * 29 + " 2", "Sheet"]


def test_nothing_is_left_when_it_fails(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_results(run, tmp_path / "r.xlsx")
    monkeypatch.undo()
    assert [p for p in tmp_path.iterdir() if p.suffix != ".py"] == []
