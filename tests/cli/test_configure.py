"""`hpf configure`: what is missing is listed until nothing is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from homes import SAMPLE, copy_of
from sqlalchemy import func, select

from hpf.core.config import HospitalConfig
from hpf.core.settings import resolve
from hpf.storage.configuration import configuration
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, ParameterValue

CONFIG = SAMPLE / "config.yaml"


@pytest.fixture
def home(township_home: Path, tmp_path: Path) -> Path:
    return copy_of(township_home, tmp_path / "home")


def test_what_is_missing_is_listed_until_nothing_is(hpf: Any, home: Path) -> None:
    before = hpf("configure", "--home", home, "--on", "2026-09-30", lang="en")
    assert before.exit_code == 2
    assert "27 missing" in before.output
    assert "S2-5-2" in before.output, "the clause"
    loaded = hpf("configure", CONFIG, "--home", home, "--on", "2026-09-30", lang="en")
    assert loaded.exit_code == 0, loaded.output
    assert "no parameter is missing" in loaded.output
    again = hpf("configure", CONFIG, "--home", home, lang="en")
    assert "0 values entered, 32 stood there already" in again.output


def test_what_holds_is_what_the_file_says(hpf: Any, home: Path) -> None:
    hpf("configure", CONFIG, "--home", home, "--by", "李四")
    at = Home.open(home)
    programs = at.programs()
    engine = at.engine()
    with reading(engine) as session:
        hospital = at.hospital(session)
        found = configuration(session, hospital, programs, dt.date(2026, 9, 30))
        entries = list(session.scalars(select(AuditEntry).where(
            AuditEntry.action == "parameter.set")))  # fmt: skip
    engine.dispose()
    wanted = HospitalConfig.read(CONFIG, programs)
    for day in (dt.date(2026, 6, 30), dt.date(2026, 7, 1)):
        ours, theirs = (
            resolve(programs["township"].parameters, day, c.settings["township"])
            for c in (found, wanted)
        )
        assert ours[1] == theirs[1] == []
        assert {n: r.value for n, r in ours[0].items()} == {
            n: r.value for n, r in theirs[0].items()
        }
    assert len(entries) == 32
    assert {e.who for e in entries} == {"李四"}
    assert all(e.detail["reason"] for e in entries)


def test_the_workbook_goes_out_and_comes_back_unchanged(hpf: Any, home: Path) -> None:
    hpf("configure", CONFIG, "--home", home)
    out = home / "p.xlsx"
    assert hpf("configure", "--out", out, "--all", "--home", home).exit_code == 0
    result = hpf("configure", out, "--home", home, lang="en")
    assert result.exit_code == 0, result.output
    assert "0 values entered, 32 stood there already" in result.output


def filled(home: Path, **cells: dict[str, Any]) -> Path:
    """The workbook of the home with lines of parameters filled in."""
    path = home / "参数.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["parameters"]
    at = {c.value: n for n, c in enumerate(sheet[1], 1)}
    for row in range(3, sheet.max_row + 1):
        name = sheet.cell(row, at["parameter"]).value
        key = sheet.cell(row, at["key"]).value
        for code, value in cells.get(f"{name}__{key}" if key else name, {}).items():
            sheet.cell(row, at[code]).value = value
    book.save(path)
    return path


def test_a_workbook_filled_in_by_hand_is_loaded(hpf: Any, home: Path) -> None:
    why = {"reason": "院长办公会 2026 年第 3 次"}
    path = filled(
        home,
        large_expenditure_threshold={"value": 5000, **why},
        salary_is_cost={"value": "否", **why},
        medtech_income_credit_rate={"value": "65%", **why},
        negative_balance_policy={"value": "carry_forward", "since": "2026-03-01", **why},
        cost_rate__内科={"value": 0.1, **why},
    )
    result = hpf("configure", path, "--home", home, "--on", "2026-09-30", lang="en")
    assert result.exit_code == 0, result.output
    assert "5 values entered" in result.output
    assert "keys have no value" in result.output
    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        stored = {v.name: (v.value, str(v.since)) for v in session.scalars(select(ParameterValue))}
    engine.dispose()
    assert stored["large_expenditure_threshold"][0] == "5000"
    assert stored["medtech_income_credit_rate"][0] == "0.65"
    assert stored["salary_is_cost"][0] is False
    assert stored["cost_rate"][0] == {"内科": "0.1"}
    assert stored["negative_balance_policy"] == ("carry_forward", "2026-03-01")


def test_every_mistake_is_told_with_its_cell_and_nothing_is_written(hpf: Any, home: Path) -> None:
    path = filled(
        home,
        large_expenditure_threshold={"value": "五千", "reason": "x"},
        salary_is_cost={"value": "也许", "reason": "x"},
        negative_balance_policy={"value": "carry", "reason": "x"},
        seasonality_criterion={"value": 0.4},
        arrears_charge_rate={"value": 0.5, "reason": "x", "since": "三月"},
    )
    result = hpf("configure", path, "--home", home, lang="en")
    assert result.exit_code == 2
    for said in ("五千", "也许", "carry_forward", "the reason is missing", "三月"):
        assert said in result.output
    assert "参数.xlsx [parameters] J" in result.output
    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        assert session.scalar(select(func.count(ParameterValue.id))) == 0
    engine.dispose()


def test_bindings_hold_from_a_day_on(hpf: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    hpf("init", home, "--plugin", "departments")
    config = tmp_path / "c.yaml"
    config.write_text(
        "bindings:\n"
        "  - {indicator: laboratory_points.department.pool, result: laboratory.department.pool}\n",
        "utf-8",
    )
    wrong = hpf("configure", config, "--home", home, lang="en")
    assert wrong.exit_code == 2, "names that do not exist are told, with the nearest"
    config.write_text(
        "bindings:\n"
        "  - indicator: ward_nurse.department.pool\n"
        "    result: laboratory.department.pool_to_share\n",
        "utf-8",
    )
    result = hpf("configure", config, "--home", home, "--since", "2026-07-01", "--reason", "试")
    assert result.exit_code == 0, result.output
    at = Home.open(home)
    programs, engine = at.programs(), at.engine()
    with reading(engine) as session:
        hospital = at.hospital(session)
        for day, count in (("2026-06-30", 0), ("2026-07-01", 1)):
            found = configuration(session, hospital, programs, dt.date.fromisoformat(day))
            assert len(found.bindings) == count
    engine.dispose()


DECIDED = """settings:
  laboratory_points:
    title_pay:
      - from: 2026-01-01
        value: {正高: "400", 副高: "1/3", 中级: "200", 初级: "-0.050"}
        reason: 甲
    seniority_pay:
      - from: 2026-01-01
        value: [{upto: "3", rate: "0"}, {over: "3", below: "10", rate: "50.5"}, {from: "10", rate: "100"}]
        reason: 乙
      - from: 2026-07-01
        value: [{rate: "75"}]
        reason: 丙
  laboratory:
    start_date: [{from: 2026-01-01, value: 2006-08-01, reason: 丁}]
"""  # noqa: E501 - as people write it


def test_scales_tables_and_dates_survive_the_way_through_a_workbook(
    hpf: Any, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    hpf("init", home, "--plugin", "departments")
    config = tmp_path / "c.yaml"
    config.write_text(DECIDED, "utf-8")
    assert "4 values entered" in hpf("configure", config, "--home", home, lang="en").output
    hpf("configure", "--out", home / "p.xlsx", "--all", "--home", home)
    again = hpf("configure", home / "p.xlsx", "--home", home, lang="en")
    assert "0 values entered, 4 stood there already" in again.output, again.output
    book = openpyxl.load_workbook(home / "p.xlsx")
    heads = [c.value for c in book["scales"][1]]
    bands = [dict(zip(heads, row, strict=True))
             for row in book["scales"].iter_rows(min_row=3, values_only=True)]  # fmt: skip
    mine = [b for b in bands if b["parameter"] == "seniority_pay"]
    assert [(b["low"], b["low_in"], b["high"], b["high_in"], b["rate"]) for b in mine] == [
        (None, None, "3", "是", "0"),
        ("3", "否", "10", "否", "50.5"),
        ("10", "是", None, None, "100"),
        (None, None, None, None, "75"),
    ]


def test_bands_that_do_not_join_are_told_with_their_cell(hpf: Any, tmp_path: Path) -> None:
    home = tmp_path / "home"
    hpf("init", home, "--plugin", "departments")
    path = home / "参数.xlsx"
    hpf("configure", "--out", path, "--all", "--home", home)
    book = openpyxl.load_workbook(path)
    at = [c.value for c in book["parameters"][1]].index("printed")
    said = {row[at] for row in book["parameters"].iter_rows(min_row=3, values_only=True)}
    assert "exact" in said, "what the document says stands beside what the hospital may say"
    sheet = book["scales"]
    heads = {c.value: n for n, c in enumerate(sheet[1], 1)}
    rows = [r for r in range(3, sheet.max_row + 1)
            if sheet.cell(r, heads["parameter"]).value == "seniority_pay"]  # fmt: skip
    for row, (low, high) in zip(rows, ((0, 3), (5, 10)), strict=False):
        for code, value in (("low", low), ("low_in", "是"), ("high", high), ("high_in", "否"),
                            ("rate", 1), ("reason", "x")):  # fmt: skip
            sheet.cell(row, heads[code]).value = value
    book.save(path)
    result = hpf("configure", path, "--home", home, lang="en")
    assert result.exit_code == 2, result.output
    assert "gap between band 1 and band 2" in result.output
    assert "参数.xlsx [scales]" in result.output
