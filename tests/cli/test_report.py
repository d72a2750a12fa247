"""`hpf report`: batches of cards from a workbook and from the database."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from homes import SAMPLE, copy_of

from hpf.core.periods import Period
from hpf.reports.troubles import stopped
from hpf_cli.progress import remaining

SEPTEMBER = ("--period", "2026-09")


def read(file: Path) -> str:
    return re.sub(r"\s", "", "\n".join(p.extract_text() for p in pypdf.PdfReader(file).pages))


def test_slips_of_a_workbook_are_previews_with_everybody_in_print(
    hpf: Any, tiny: Any, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    asked = ("report", "slips", *SEPTEMBER, "--facts", tiny.folder / "sample" / "2026-09",
             "--config", tiny.folder / "sample" / "config.yaml", "--processes", "0")  # fmt: skip
    done = hpf(*asked, "--out", out)
    assert done.exit_code == 0, done.output
    assert f"绩效单 2 份：{out}" in done.output
    document = json.loads((out / "manifest.json").read_text("utf-8"))
    assert (document["scheme"], document["period"]) == ("tiny", "2026-09")
    assert [entry["row"] for entry in document["files"]] == ["staff:A", "staff:B"]
    assert {entry["code"] for entry in document["files"]} == {""}
    text = read(out / document["files"][0]["file"])
    assert "预览，未定稿" in text
    assert "合成示例数据" in text
    assert len(pypdf.PdfReader(out / "print.pdf").pages) == 2
    again = hpf(*asked, "--out", out, lang="en")
    assert "2 slips (0 of them" not in again.output
    assert again.exit_code == 0, again.output


def test_what_only_goes_with_a_workbook_is_refused_without_one(hpf: Any, tmp_path: Path) -> None:
    done = hpf("report", "slips", *SEPTEMBER, "--config", "x.yaml", "--home", tmp_path, lang="en")
    assert done.exit_code == 2
    assert "--config goes with --facts" in done.output


def test_a_stopped_batch_ends_as_interrupted_programs_do(
    hpf: Any, tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise stopped(tmp_path, 3, 9)

    monkeypatch.setattr("hpf.reports.issuing.print_cards", stop)
    done = hpf("report", "slips", *SEPTEMBER, "--facts", tiny.folder / "sample" / "2026-09",
               "--config", tiny.folder / "sample" / "config.yaml", lang="en")  # fmt: skip
    assert done.exit_code == 130
    assert "3 of 9 are finished" in done.output
    assert "Run the same command again to go on" in done.output


def test_the_scheme_must_be_said_where_several_pay(
    hpf: Any, two_documents: Any, tmp_path: Path
) -> None:
    done = hpf("report", "slips", *SEPTEMBER, "--facts", tmp_path, lang="en")
    assert done.exit_code == 2
    assert "which scheme? Those that pay:" in done.output
    assert "tiny" in done.output


def test_the_time_that_remains_is_rounded_up() -> None:
    assert remaining(59.1, "en") == "1 min 0 s left"
    assert remaining(0.0, "zh") == "还需 0 秒"
    assert remaining(None, "en") == ""


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
    return home


def test_a_period_without_a_sealed_run_is_told(hpf: Any, township_home: Path) -> None:
    done = hpf("report", "slips", "--scheme", "township", *SEPTEMBER, "--home", township_home)
    assert done.exit_code == 2
    assert "township 2026-09 还没有封印的计算" in done.output


@pytest.mark.slow
def test_a_townships_slips_show_what_is_sealed_and_their_codes_are_confirmed(
    hpf: Any, sealed: Path
) -> None:
    done = hpf("report", "slips", "--scheme", "township", *SEPTEMBER, "--home", sealed)
    assert done.exit_code == 0, done.output
    folder = sealed / "reports" / "township" / str(Period.parse("2026-09")) / "slips"
    document = json.loads((folder / "manifest.json").read_text("utf-8"))
    lines = document["files"]
    units = [entry["unit"] for entry in lines]
    assert len(lines) == 62
    assert len(pypdf.PdfReader(folder / "print.pdf").pages) >= 62
    assert units == [u for unit in dict.fromkeys(units) for u in units if u == unit]
    one = lines[7]
    text = read(folder / one["file"])
    assert one["code"] in text
    confirmed = hpf("verify-slip", one["code"], "--home", sealed, "--json")
    assert confirmed.exit_code == 0, confirmed.output
    total = json.loads(confirmed.output)["total"]
    assert f"{float(total):,.2f}" in text
    again = hpf("report", "slips", "--scheme", "township", *SEPTEMBER, "--home", sealed, lang="en")
    assert "62 slips (62 of them finished before)" in again.output


@pytest.mark.slow
def test_a_townships_departments_have_a_card_each(hpf: Any, sealed: Path, tmp_path: Path) -> None:
    done = hpf("report", "departments", "--scheme", "township", *SEPTEMBER, "--home", sealed,
               "--out", tmp_path / "cards", lang="en")  # fmt: skip
    assert done.exit_code == 0, done.output
    files = list((tmp_path / "cards" / "departments").glob("*.pdf"))
    assert f"{len(files)} department cards" in done.output
    assert len(files) > 5
