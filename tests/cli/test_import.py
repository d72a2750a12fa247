"""`hpf import`: look first, then write; and again, and corrected."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from homes import SAMPLE, copy_of
from sqlalchemy import func, select

from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, Fact, Import

MONTH = SAMPLE / "2026-09"
WHEN = ("--period", "2026-09")


@pytest.fixture
def home(township_home: Path, tmp_path: Path) -> Path:
    return copy_of(township_home, tmp_path / "home")


@pytest.fixture
def month(tmp_path: Path) -> Path:
    shutil.copytree(MONTH, tmp_path / "九月")
    return tmp_path / "九月"


def counts(home: Path) -> tuple[int, int, int]:
    """Imports, facts, audit entries of imports."""
    engine = Home.open(home).engine()
    with reading(engine) as session:
        found = (
            session.scalar(select(func.count(Import.id))),
            session.scalar(select(func.count()).select_from(Fact)),
            session.scalar(select(func.count()).select_from(AuditEntry)
                           .where(AuditEntry.action == "import.saved")),
        )  # fmt: skip
    engine.dispose()
    return found  # type: ignore[return-value]  # counts are never null


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_it_is_shown_and_written_only_when_confirmed(hpf: Any, home: Path, month: Path) -> None:
    shown = hpf("import", "township", month, *WHEN, "--home", home, lang="en")
    assert shown.exit_code == 0, shown.output
    assert "nothing was written" in shown.output
    assert counts(home) == (0, 0, 0)
    saved = hpf("import", "township", month, *WHEN, "--home", home, "--yes", lang="en")
    assert saved.exit_code == 0, saved.output
    assert "import 1" in saved.output
    assert "blanks count as zero" in saved.output
    first = counts(home)
    assert first[0] == first[2] == 1
    again = hpf("import", "township", month, *WHEN, "--home", home, "--yes", lang="en")
    assert "nothing to write" in again.output
    assert counts(home) == first


def test_a_corrected_workbook_shows_the_cell(hpf: Any, home: Path, month: Path) -> None:
    hpf("import", "township", month, *WHEN, "--home", home, "--yes")
    staff = month / "staff.csv"
    lines = staff.read_text("utf-8-sig").splitlines()
    name_at = lines[0].split(",").index("name")
    cells = lines[2].split(",")
    old, cells[name_at] = cells[name_at], "改名"
    lines[2] = ",".join(cells)
    staff.write_text("\n".join(lines) + "\n", "utf-8")
    result = hpf("import", "township", month, *WHEN, "--home", home, "--yes", "--reason", "更正",
                 lang="en")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert old in result.output
    assert "改名" in result.output
    assert "0 new, 1 changed, 0 removed" in result.output
    assert "九月/staff.csv [staff]" in result.output
    assert counts(home)[0] == 2


def test_every_problem_is_told_and_nothing_written(hpf: Any, home: Path, month: Path) -> None:
    text = (month / "department.csv").read_text("utf-8-sig").splitlines()
    (month / "department.csv").write_text("\n".join([*text, text[-1]]) + "\n", "utf-8")
    (month / "staff.csv").unlink()
    result = hpf("import", "township", month, *WHEN, "--home", home, "--yes", lang="en")
    assert result.exit_code == 2
    assert "stands twice" in result.output
    assert "staff" in result.output
    assert counts(home) == (0, 0, 0)


def test_a_part_leaves_the_rest(hpf: Any, home: Path, month: Path, tmp_path: Path) -> None:
    hpf("import", "township", month, *WHEN, "--home", home, "--yes")
    before = counts(home)
    part = tmp_path / "部分"
    part.mkdir()
    rows = (month / "staff.csv").read_text("utf-8-sig").splitlines()
    at = rows[0].split(",").index("name")
    id = rows[2].split(",")[0]
    (part / "staff.csv").write_text(f"id,name\n{id},新名\n", "utf-8")
    result = hpf("import", "township", part, *WHEN, "--home", home, "--part", "--yes", lang="en")
    assert result.exit_code == 0, result.output
    assert "1 changed, 0 removed" in result.output
    assert rows[2].split(",")[at] in result.output
    assert counts(home)[1] == before[1] + 1


def test_a_part_with_a_bad_value_is_refused(hpf: Any, home: Path, month: Path, tmp_path: Path
) -> None:  # fmt: skip
    hpf("import", "township", month, *WHEN, "--home", home, "--yes")
    before = counts(home)
    part = tmp_path / "部分"
    part.mkdir()
    (part / "staff.csv").write_text("id,department\nA001,没有这个科室\n", "utf-8")
    result = hpf("import", "township", part, *WHEN, "--home", home, "--part", "--yes", lang="en")
    assert result.exit_code == 2, result.output
    assert "没有这个科室" in result.output
    assert counts(home) == before


def test_without_a_home_it_says_where_to_begin(hpf: Any, tmp_path: Path) -> None:
    result = hpf("import", "township", MONTH, *WHEN, "--home", tmp_path, lang="en")
    assert result.exit_code == 2
    assert "hpf init" in result.output


def test_another_systems_export_is_imported_by_a_saved_mapping(
    hpf: Any, home: Path, month: Path, tmp_path: Path
) -> None:
    hpf("import", "township", month, *WHEN, "--home", home, "--yes")
    program = Home.open(home).programs()["township"]
    indicator = next(i for i in program.of("income_sheet") if i.type.is_number
                     and i.code in (month / "income_sheet.csv").read_text("utf-8-sig"))  # fmt: skip
    ids = [line.split(",")[0] for line in
           (month / "income_sheet.csv").read_text("utf-8-sig").splitlines()[2:4]]  # fmt: skip
    mapping = tmp_path / "his.yaml"
    mapping.write_text(
        "name: his\nscheme: township\nentity: income_sheet\nid: code\n"
        "columns: {科室代码: code, 金额: amount}\n"
        f"ids: {{'1': {ids[0]}, '2': {ids[1]}}}\n"
        f"facts: {{{indicator.code}: {{sum: amount}}}}\n",
        "utf-8",
    )
    saved = hpf("map", mapping, "--home", home, lang="en")
    assert saved.exit_code == 0, saved.output
    assert "version 1" in saved.output
    assert "saved already" in hpf("map", mapping, "--home", home, lang="en").output
    assert "his" in hpf("map", "--home", home).output
    assert f"{indicator.code}:" in hpf("map", "--show", "his", "--home", home).output
    book = openpyxl.Workbook()
    for row in (["科室代码", "金额"], ["1", 100.25], ["2", 7], ["1", 0.5]):
        book.active.append(row)
    book.save(tmp_path / "导出.xlsx")
    result = hpf("import", "township", tmp_path / "导出.xlsx", *WHEN, "--home", home,
                 "--map", "his", "--yes", lang="en")  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "100.75" in result.output
    assert "导出.xlsx [Sheet] B2,B4" in result.output
    missing = hpf("import", "township", tmp_path / "导出.xlsx", *WHEN, "--home", home,
                  "--map", "hsi", lang="en")  # fmt: skip
    assert missing.exit_code == 2
    assert "his" in missing.output
