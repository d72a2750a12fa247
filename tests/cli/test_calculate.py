"""`hpf calculate`, `verify-run`, `runs`, `hold`, `release`: from facts in the database to seals."""

from __future__ import annotations

import json
import re
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLE, copy_of

SEPTEMBER = ("--period", "2026-09")


@pytest.fixture(scope="module")
def sealed(hpf: Any, township_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A township's September, imported and sealed."""
    home = copy_of(township_home, tmp_path_factory.mktemp("sealed") / "home")
    for command in (
        ("configure", SAMPLE / "config.yaml"),
        ("import", "township", SAMPLE / "2026-09", *SEPTEMBER, "--yes"),
        ("calculate", "township", *SEPTEMBER),
    ):
        done = hpf(*command, "--home", home, lang="en")
        assert done.exit_code == 0, done.output
    assert "township is sealed: run 1" in done.output
    return home


def test_what_has_not_changed_is_not_sealed_again(hpf: Any, sealed: Path) -> None:
    done = hpf("calculate", "township", *SEPTEMBER, "--home", sealed, lang="en")
    assert done.exit_code == 0, done.output
    assert "township is as it was: run 1" in done.output
    listed = hpf("runs", "--home", sealed, lang="en")
    assert len(re.findall(r"2026-09\s+main", listed.output)) == 1


def test_a_sealed_run_is_verified_without_its_plugin(hpf: Any, sealed: Path) -> None:
    """hpf.toml enables another: the run brings its own rules."""
    toml = sealed / "hpf.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace('"township"', '"departments"'), "utf-8")
    try:
        done = hpf("verify-run", "1", "--home", sealed, lang="en")
    finally:
        toml.write_text(text, "utf-8")
    assert done.exit_code == 0, done.output
    assert "run 1 township 2026-09: as it was sealed" in done.output


def test_a_fen_of_the_pay_list_is_followed_down_to_its_cells(hpf: Any, sealed: Path) -> None:
    """Of the sealed run: neither the workbook nor the plugin is asked again."""
    person = ("--entity", "staff:K01-1", "--rule", "paid")
    done = hpf("explain", "township", "--run", "1", *person, "--home", sealed, lang="en")
    assert done.exit_code == 0, done.output
    assert "staff.csv" in done.output, "the cell"
    assert "S2-" in done.output, "the clause"
    workbook = ("--facts", SAMPLE / "2026-09", "--config", SAMPLE / "config.yaml")
    asked = hpf("explain", "township", *SEPTEMBER, *workbook, *person, "--json", lang="en")
    stored = hpf("explain", "township", "--run", "1", *person, "--json", "--home", sealed)
    figures = [json.loads(x.stdout)["derivation"]["value"] for x in (asked, stored)]
    assert figures[0] == figures[1], "as computed from the workbook"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "--run alone"),
        (("--run", "1", "--period", "2026-09"), "--run alone"),
        (("--period", "2026-09"), "--run alone"),
        (("--run", "7"), "there is no run 7"),
    ],
)
def test_which_run_to_explain_has_to_be_clear(
    hpf: Any, sealed: Path, more: tuple[str, ...], said: str
) -> None:
    person = ("--entity", "staff:K01-1", "--rule", "paid", "--home", sealed)
    done = hpf("explain", "township", *more, *person, lang="en")
    assert done.exit_code == 2
    assert said in done.output.replace("\n", " ")


def test_a_run_that_is_not_there_is_told(hpf: Any, sealed: Path) -> None:
    done = hpf("verify-run", "7", "--home", sealed, lang="en")
    assert done.exit_code == 2
    assert "there is no run 7" in done.output


def test_a_unit_in_doubt_that_others_rest_on_cannot_be_held(hpf: Any, sealed: Path) -> None:
    """The average of the accounting units pays the offices: doubts about one of them are theirs."""
    asked = ("hold", "add", "township", "department:K01", *SEPTEMBER, "--reason", "核对")
    done = hpf(*asked, "--in-doubt", "--home", sealed, lang="en")
    assert done.exit_code == 2, done.output
    assert "cannot be held back" in done.output
    assert "staff:" in done.output


def test_a_unit_is_held_approved_and_released_by_command(
    hpf: Any, township_home: Path, tmp_path: Path
) -> None:
    """An office lacks its assessment: the month is sealed without it, and it follows later."""
    home = copy_of(township_home, tmp_path / "home")
    month, more = (*SEPTEMBER, "--home", home), ("--home", home, "--by")
    assert hpf("configure", SAMPLE / "config.yaml", "--home", home).exit_code == 0
    folder = tmp_path / "lacking"
    shutil.copytree(SAMPLE / "2026-09", folder)
    sheet = folder / "staff.csv"
    whole = sheet.read_text("utf-8-sig")
    heads, *rows = [line.split(",") for line in whole.splitlines()]
    at, unit = heads.index("assessment_coefficient"), heads.index("department")
    for cells in rows:
        if cells[unit] == "X03":
            cells[at] = ""
    sheet.write_text("\n".join(",".join(c) for c in [heads, *rows]) + "\n", "utf-8")
    part = ("import", "township", folder, *month, "--part", "--yes")
    assert hpf(*part).exit_code == 0
    lacking = hpf("calculate", "township", *month, lang="en")
    assert lacking.exit_code == 2
    assert "assessment_coefficient" in lacking.output
    held = hpf("hold", "add", "township", "department:X03", *month, "--reason", "未考核",
               "--by", "office", lang="en")  # fmt: skip
    assert held.exit_code == 0, held.output
    number = re.search(r"Entered as ([0-9]+)", held.output)
    assert number
    own = hpf("hold", "approve", number[1], *more, "office", lang="en")
    assert own.exit_code == 2
    assert hpf("hold", "approve", number[1], *more, "boss").exit_code == 0
    done = hpf("calculate", "township", *month, lang="en")
    assert done.exit_code == 0, done.output
    assert "department:X03" in done.output
    listed = hpf("runs", "--home", home, lang="en")
    assert "department:X03" in listed.output, listed.output
    sheet.write_text(whole, "utf-8")
    assert hpf(*part).exit_code == 0
    asked = hpf("release", "township", "department:X03", *month, "--reason", "已考核",
                "--by", "office", lang="en")  # fmt: skip
    assert asked.exit_code == 0, asked.output
    number = re.search(r"Entered as ([0-9]+)", asked.output)
    assert number
    assert hpf("hold", "approve", number[1], *more, "boss").exit_code == 0
    later = hpf("calculate", "township", *month, "--release-of", "1", lang="en")
    assert later.exit_code == 0, later.output
    assert "department:X03" not in later.output
    shown = hpf("verify-run", "2", "--home", home, lang="en")
    assert shown.exit_code == 0, shown.output


def test_a_correction_is_listed_line_by_line(hpf: Any, sealed: Path, tmp_path: Path) -> None:
    home = copy_of(sealed, tmp_path / "home")
    folder = tmp_path / "corrected"
    shutil.copytree(SAMPLE / "2026-09", folder)
    sheet = folder / "income_sheet.csv"
    lines = sheet.read_text("utf-8-sig").splitlines()
    cells = lines[2].split(",")
    money = [n for n, c in enumerate(cells) if re.fullmatch(r"[0-9]{3,}(\.[0-9]+)?", c)]
    for at in (money[0], money[-1]):  # an item, and the stated total
        cells[at] = str(Decimal(cells[at]) + 1000)
    lines[2] = ",".join(cells)
    sheet.write_text("\n".join(lines) + "\n", "utf-8")
    done = hpf("import", "township", folder, *SEPTEMBER, "--yes", "--home", home, lang="en")
    assert done.exit_code == 0, done.output
    asked = ("calculate", "township", *SEPTEMBER, "--pay-in", "2026-10", "--reason", "漏报")
    done = hpf(*asked, "--home", home, lang="en")
    assert done.exit_code == 0, done.output
    assert "Differences to run 1, to be paid in 2026-10" in done.output
    assert "staff:" in done.output
    again = hpf("runs", "--lines", "2", "--home", home, lang="en")
    assert again.exit_code == 0, again.output
    assert again.output.count("staff:") == done.output.count("staff:")


def test_what_cannot_be_held_released_or_allocated_is_told(
    hpf: Any, sealed: Path, tmp_path: Path
) -> None:
    """No such unit, entry or decision: words and exit code 2, and nothing is written."""
    at = ("--home", copy_of(sealed, tmp_path / "home"))
    for command, said in (
        (("hold", "add", "township", "K01", *SEPTEMBER, "--reason", "x"), "ENTITY:ID"),
        (("hold", "add", "township", "staff:none", *SEPTEMBER, "--reason", "x"), "staff:none"),
        (("hold", "approve", "9"), "no entry 9"),
        (("release", "township", "unit:K01", *SEPTEMBER, "--reason", "x"), "not held back"),
        (("allocate", "show", "township", *SEPTEMBER), "nothing is decided"),
        (("allocate", "propose", "township", "K01", "A=x", *SEPTEMBER), "no amount"),
        (("allocate", "default", "township", *SEPTEMBER), "nothing is decided"),
    ):
        done = hpf(*command, *at, lang="en")
        assert done.exit_code == 2, (command, done.output)
        assert said in done.output, (command, done.output)
    decided = hpf(
        "allocate", "decide", "township", "--pool", "townshp.unit.pool", "--amount", "staff.part",
        "--low", "2", "--high", "1", "--days", "3", "--default", "equal", "--reason", "x", *at,
        lang="en",
    )  # fmt: skip
    assert decided.exit_code == 2
    assert "townshp" in decided.output
    assert "township" in decided.output
    assert hpf("hold", "list", "township", *SEPTEMBER, *at).exit_code == 0
