"""`hpf show`, `hpf schemes` and `hpf template`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Call = Callable[..., Result]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_schemes_lists_what_is_installed(hpf: Call, lang: str) -> None:
    from hpf.core.kit.manager import load_plugins

    result = hpf("schemes", lang=lang)
    assert result.exit_code == 0
    for code, scheme in load_plugins().schemes.items():
        line = next(x for x in result.stdout.splitlines() if x.split()[:1] == [code])
        assert scheme.names.say(lang).split()[0] in line
        assert str(len(scheme.rules)) in line.split()


def test_schemes_as_json(hpf: Call) -> None:
    entries = {e["scheme"]: e for e in json.loads(hpf("schemes", "--json").stdout)}
    assert entries["laboratory"]["required_parameters"]
    assert entries["cardiology"]["plugin"] == "departments"
    assert entries["cardiology"]["document"] == "S4.7"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_scheme_shows_clauses_rules_and_parameters(hpf: Call, lang: str) -> None:
    result = hpf("show", "cardiology", lang=lang)
    assert result.exit_code == 0
    text = result.stdout
    assert "S4.7-3.CARD.7" in text
    assert {"zh": "最大余数法", "en": "largest remainder"}[lang] in " ".join(text.split())
    assert "economic_max" in text
    assert "2006-01-01" in text
    lines = [
        x for x in hpf("show", "laboratory", lang=lang).stdout.splitlines() if "best_award" in x
    ]
    assert any({"zh": "由医院确定", "en": "hospital"}[lang] in x for x in lines)


def test_results_are_shown_as_a_table(hpf: Call, demo: Path) -> None:
    path = demo / "results" / "cardiology.json"
    result = hpf("show", path)
    assert result.exit_code == 0
    lines = [x.rstrip() for x in result.stdout.splitlines()]
    figures = [x for x in lines if x.split()[:1] in (["A"], ["B"], ["合计"])]
    assert [x.split()[-1] for x in figures] == ["3,933.85", "3,193.52", "15,000.00"]
    assert len({len(x) for x in figures[:2]}) == 1, "figures end in one column"
    assert "平均每分" in hpf("show", path, "--all").stdout


def test_results_of_a_scheme_that_is_not_installed(hpf: Call, demo: Path, tmp_path: Path) -> None:
    document = json.loads((demo / "results" / "cardiology.json").read_text("utf-8"))
    document["scheme"] = "elsewhere"
    document["results"][0]["unit"] = "zorkmid"
    path = tmp_path / "x.json"
    path.write_text(json.dumps(document), "utf-8")
    result = hpf("show", path, lang="en")
    assert result.exit_code == 0
    assert "not installed" in result.stdout
    assert "3,933.85" in result.stdout


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "没有这个文件"), ("{", "不是结果文件"), ("[]", "不是结果文件"),
     ('{"scheme": "x", "period": "2026-09", "results": [{}]}', "不是结果文件")],
)  # fmt: skip
def test_what_is_no_file_of_results_is_told(
    hpf: Call, tmp_path: Path, content: str | None, words: str
) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content, "utf-8")
    result = hpf("show", path)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_scheme_is_told(hpf: Call) -> None:
    result = hpf("show", "cardio")
    assert result.exit_code == 2
    assert "cardiology" in result.stderr


def test_a_template_is_written_once(hpf: Call, tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    args = ("template", "laboratory", "--period", "2026-09", "--out", path)
    first = hpf(*args)
    assert first.exit_code == 0
    assert "best_award" in first.stdout
    before = path.read_bytes()
    second = hpf(*args)
    assert second.exit_code == 2
    assert "--force" in second.stderr
    assert path.read_bytes() == before
    assert hpf(*args, "--force", lang="en").exit_code == 0


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("laboratory", "--period", "2026-09", "--out", "t.csv"), "t.xlsx"),
        (("laboratory", "--period", "2026", "--out", "t.xlsx"), "按月"),
        (("laboratry", "--period", "2026-09", "--out", "t.xlsx"), "laboratory"),
    ],
)
def test_a_template_that_cannot_be(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = hpf("template", *args)
    assert result.exit_code == 2
    assert words in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("name", "words"), [("book.html", "<math"), ("book.md", "## S4.7-3")])
def test_a_scheme_is_written_as_a_handbook(
    hpf: Call, tmp_path: Path, name: str, words: str
) -> None:
    out = tmp_path / name
    result = hpf("show", "cardiology", "--out", out, "--day", "2026-09-01", lang="en")
    assert result.exit_code == 0, result.output
    assert words in out.read_text("utf-8")


def test_a_plugins_folder_is_shown_without_being_installed(hpf: Call, tmp_path: Path) -> None:
    names = ("--zh", "输血科绩效", "--en", "Desk", "--out", tmp_path)
    assert hpf("new-plugin", "desk", *names).exit_code == 0
    folder = tmp_path / "hpf-desk"
    assert "输血科绩效" in hpf("show", folder).stdout
    assert hpf("show", folder, "--out", tmp_path / "book.html").exit_code == 0


def test_of_several_schemes_each_has_a_handbook_of_its_own(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpf.core.kit.manager import load_plugins
    from hpf.core.program import Program

    def short(program: Program, *_: object, **__: object) -> str:
        return program.code

    monkeypatch.setattr("hpf.reports.shown.as_html", short)
    folder = load_plugins().schemes["township"].folder
    assert hpf("show", folder, "--out", tmp_path / "book.html").exit_code == 0
    written = {p.name: p.read_text("utf-8") for p in tmp_path.iterdir()}
    assert written == {f"book-{c}.html": c for c in ("township", "township_year")}


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--out", "book.pdf"), "book.html"),
        (("--out", "nowhere/book.md"), "nowhere"),
        (("--out", "book.md", "--day", "1.9."), "2026-09-01"),
    ],
)
def test_a_handbook_that_cannot_be_written_is_told(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = hpf("show", "cardiology", *more, lang="en")
    assert result.exit_code == 2
    assert told in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_folder_gets_the_headings_of_a_sample(hpf: Call, tmp_path: Path) -> None:
    folder = tmp_path / "sample" / "2026-09"
    args = ("template", "ward_nurse", "--period", "2026-09", "--out", folder)
    assert hpf(*args).exit_code == 0
    rows = (folder / "duty.csv").read_text("utf-8").splitlines()
    assert rows == ["id,name,nurse,post,shifts", "编号,名称,护士,班次岗位,班次数"]
    assert (folder / "meta.csv").read_text("utf-8") == "scheme,ward_nurse\nperiod,2026-09\n"
    again = hpf(*args, lang="en")
    assert again.exit_code == 2
    assert "staff.csv" in again.stderr
    assert hpf(*args, "--force").exit_code == 0
    empty = hpf("run", "ward_nurse", "--period", "2026-09", "--facts", folder, lang="en")
    assert "not a single row" in empty.stderr, "headings alone hold, and are no rows"
