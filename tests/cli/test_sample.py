"""`hpf sample`: what plugins ship, as the workbooks that a hospital would fill in."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.intake import load

Call = Callable[..., Result]
Tiny = Any  # conftest's plugin folder


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("named", [True, False])
def test_without_out_it_lists_what_there_is(hpf: Call, tiny: Tiny, lang: str, named: bool) -> None:
    result = hpf("sample", *(["tiny"] if named else []), lang=lang)
    assert result.exit_code == 0, result.output
    line = next(x for x in result.stdout.splitlines() if x.split()[:1] == ["tiny"])
    assert "2026-08" in line
    assert "2026-09" in line
    assert "config.yaml" in line


def test_a_workbook_is_read_back_to_the_same_facts(hpf: Call, tiny: Tiny, tmp_path: Path) -> None:
    out = tmp_path / "tiny.xlsx"
    result = hpf("sample", "tiny", "--period", "2026-08", "--out", out)
    assert result.exit_code == 0, result.output
    program, august = Programs({"tiny": tiny.scheme()})["tiny"], Period.parse("2026-08")
    shipped = load(tiny.folder / "sample" / "2026-08", program, august)
    read = load(out, program, august)
    assert set(read.tables) == set(shipped.tables) == {"hospital", "department", "staff"}
    for code, table in shipped.tables.items():
        columns = table.frame.columns
        assert read.tables[code].frame.select(columns).rows() == table.frame.rows()
    assert any(n.code == "intake.synthetic" for n in read.notices)


def test_a_folder_takes_all_periods_and_the_configuration(
    hpf: Call, tiny: Tiny, tmp_path: Path
) -> None:
    out = tmp_path / "new" / "folder"
    result = hpf("sample", "tiny", "--out", out)
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in out.iterdir()) == ["2026-08.xlsx", "2026-09.xlsx", "config.yaml"]
    (line,) = [x.strip() for x in result.stdout.splitlines() if x.strip().startswith("hpf run")]
    done = hpf(*line.split()[1:], "--json", tmp_path / "out.json")
    assert done.exit_code == 0, done.output
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert {x["id"]: x["value"] for x in document["results"] if x["rule"] == "pay"} == {
        "A": "299.25",
        "B": "200.75",
    }


def test_schemes_of_one_folder_may_keep_their_samples_apart(
    hpf: Call, tmp_path: Path, tiny: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.month("2026-07", "700", under="sample/tiny")
    lines = hpf("sample", "tiny").stdout.splitlines()
    line = next(x for x in lines if x.split()[:1] == ["tiny"])
    assert "2026-07" in line
    assert "2026-08" not in line
    assert "config.yaml" in line, "the folder's configuration holds for all its schemes"


def test_a_file_that_is_there_is_not_replaced_unasked(
    hpf: Call, tiny: Tiny, tmp_path: Path
) -> None:
    out = tmp_path / "folder"
    assert hpf("sample", "tiny", "--out", out).exit_code == 0
    (out / "2026-08.xlsx").write_text("mine", "utf-8")
    again = hpf("sample", "tiny", "--out", out)
    assert again.exit_code == 2
    assert "--force" in again.stderr
    assert (out / "2026-08.xlsx").read_text("utf-8") == "mine"
    assert hpf("sample", "tiny", "--out", out, "--force").exit_code == 0
    assert (out / "2026-08.xlsx").stat().st_size > 4_000


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tiny", "--out", "two.xlsx"], "2026-08"),
        (["tiny", "--period", "2026-01", "--out", "x.xlsx"], "2026-09"),
        (["tiny", "--period", "2026-01"], "2026-09"),
        (["tiny", "--period", "2026", "--out", "x"], "2026-09"),
        (["tiyn", "--out", "x"], "tiny"),
        (["tiny", "--out", "taken"], "taken"),
        (["tiny", "--period", "2026-08", "--out", "folder.xlsx"], "folder.xlsx"),
        (["tiny", "--period", "2026-08", "--out", "none/x.xlsx"], "none"),
        (["--out", "x"], "hpf sample"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    hpf: Call, tiny: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    arguments: list[str], words: str, lang: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "taken").write_text("mine", "utf-8")
    (tmp_path / "folder.xlsx").mkdir()
    before = sorted(p.name for p in tmp_path.iterdir())
    result = hpf("sample", *arguments, lang=lang)
    assert result.exit_code == 2, result.output
    assert words in result.stderr
    assert sorted(p.name for p in tmp_path.iterdir()) == before


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scheme_without_a_sample_says_so(hpf: Call, tiny: Tiny, lang: str) -> None:
    import shutil

    shutil.rmtree(tiny.folder / "sample")
    result = hpf("sample", "tiny", lang=lang)
    assert result.exit_code == 2
    assert {"zh": "没有附带样本", "en": "ships no sample"}[lang] in result.stderr
    listed = hpf("sample", lang=lang)
    assert listed.exit_code == 0
    assert {"zh": "没有样本：tiny", "en": "No sample: tiny"}[lang] in listed.stdout


def test_a_sample_that_does_not_hold_is_told_with_its_cell(
    hpf: Call, tiny: Tiny, tmp_path: Path
) -> None:
    tiny.month("2026-08", "much")
    result = hpf("sample", "tiny", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "2026-08/department.csv" in result.stderr
    assert not (tmp_path / "out").exists()
