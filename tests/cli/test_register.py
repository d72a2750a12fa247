"""`hpf register`: the organisation out, changed, in again; and last year stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from homes import SAMPLE, copy_of


@pytest.fixture
def home(township_home: Path, tmp_path: Path) -> Path:
    return copy_of(township_home, tmp_path / "home")


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.fixture
def staffed(hpf: Any, home: Path, tmp_path: Path) -> Path:
    path = workbook(
        tmp_path / "名册.xlsx",
        department=[["id", "name"], ["K01", "内科"], ["K02", "外科"]],
        staff=[["id", "name"], ["P1", "甲"], ["P2", "乙"]],
        assignment=[["staff", "department", "title", "share"], ["P1", "K01", "中级", 1],
                    ["P2", "K01", "初级", 0.5], ["P2", "K02", "初级", 0.5]],
    )  # fmt: skip
    result = hpf("register", path, "--since", "2025-01-01", "--home", home, "--yes", lang="en")
    assert result.exit_code == 0, result.output
    assert "7 changes written" in result.output
    return home


def test_it_is_shown_first(hpf: Any, home: Path, tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", department=[["id", "name"], ["K01", "内科"]])
    result = hpf("register", path, "--since", "2025-01-01", "--home", home, lang="en")
    assert result.exit_code == 0
    assert "nothing was written" in result.output
    assert "0 departments" in hpf("register", "--home", home, lang="en").output


def test_a_transfer_and_a_leaver_leave_last_year_alone(
    hpf: Any, staffed: Path, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "调动.xlsx",
        staff=[["id", "name", "joined", "left"], ["P1", "甲", "2025-01-01", "2026-03-01"]],
        assignment=[["staff", "department", "title", "share"], ["P2", "K02", "初级", 1]],
    )
    result = hpf("register", path, "--since", "2026-02-01", "--home", staffed, "--yes", lang="en")
    assert result.exit_code == 0, result.output
    then = hpf("register", "--on", "2025-12-31", "--home", staffed, lang="en").output
    now = hpf("register", "--on", "2026-04-01", "--home", staffed, lang="en").output
    assert "2 departments, 2 people" in then
    assert "2 departments, 1 people" in now
    again = hpf("register", path, "--since", "2026-02-01", "--home", staffed, lang="en")
    assert "says so already" in again.output


def test_shares_that_do_not_sum_to_1_are_refused_with_the_cell(
    hpf: Any, staffed: Path, tmp_path: Path
) -> None:
    path = workbook(
        tmp_path / "错.xlsx",
        assignment=[["staff", "department", "share"], ["P1", "K01", 0.7], ["P2", "K09", 1]],
    )
    result = hpf("register", path, "--since", "2026-02-01", "--home", staffed, "--yes", lang="en")
    assert result.exit_code == 2
    assert "错.xlsx [assignment] B3" in result.output, "an unknown department"
    path = workbook(
        tmp_path / "错.xlsx", assignment=[["staff", "department", "share"], ["P1", "K01", 0.7]]
    )
    result = hpf("register", path, "--since", "2026-02-01", "--home", staffed, "--yes", lang="en")
    assert result.exit_code == 2
    assert "sum to 0.7" in result.output
    assert "错.xlsx [assignment] C2" in result.output


def test_the_workbook_goes_out_and_comes_back(hpf: Any, staffed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    assert hpf("register", "--out", out, "--home", staffed).exit_code == 0
    result = hpf("register", out, "--home", staffed, lang="en")
    assert "says so already" in result.output, result.output


def test_an_import_notices_who_is_not_in_the_register(hpf: Any, staffed: Path) -> None:
    result = hpf("import", "township", SAMPLE / "2026-09", "--period", "2026-09", "--home", staffed,
                 lang="en")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "the register has no" in result.output
