"""`hpf demo`: the published examples through the main job, and what it leaves."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from click.testing import Result
from sqlalchemy import select

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.kit.programs import Programs
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import kept_heads, public_key
from hpf.storage.cycles import local_day
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import Cycle, PayoutBatch, StoredRun, Transition
from hpf.storage.pay_lines import amounts, payout_rule
from hpf_cli import pdf
from hpf_cli.demo_cards import print_papers
from hpf_cli.demo_home import HEADS, PASSWORDS, head_of
from hpf_cli.demo_hospital import STORY
from hpf_cli.demo_samples import try_samples
from hpf_cli.finding import installed
from hpf_cli.speech import Words

Call = Callable[..., Result]
Tiny = Any  # conftest's plugin folder
PRINTED = (
    "director_year",
    "cardiology",
    "ophthalmology",
    "general_surgery",
    "laboratory_points",
    "head_nurse",
    "ward_nurse",
)


@pytest.fixture
def unprinted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the PDF, which takes longer than all the rest; the fixture `demo` has one."""
    monkeypatch.setattr(pdf, "can_write", lambda: Words("没有 PDF", "no PDF"))


@pytest.mark.parametrize("name", PRINTED)
def test_each_published_example_leaves_workbook_and_results(demo: Path, name: str) -> None:
    assert (demo / "facts" / f"{name}.xlsx").stat().st_size > 5_000
    document = json.loads((demo / "results" / f"{name}.json").read_text("utf-8"))
    assert document["scheme"] == name
    assert document["problems"] == []
    assert (demo / "results" / f"{name}.xlsx").exists()


def test_the_workbooks_give_the_same_results_again(hpf: Call, demo: Path, tmp_path: Path) -> None:
    for name in PRINTED:
        before = json.loads((demo / "results" / f"{name}.json").read_text("utf-8"))
        out = tmp_path / f"{name}.json"
        result = hpf("run", name, "--period", before["period"], "--facts",
                     demo / "facts" / f"{name}.xlsx", "--json", out)  # fmt: skip
        assert result.exit_code == 0, result.output
        assert json.loads(out.read_text("utf-8"))["seal"] == before["seal"]


def value(demo: Path, name: str, id: str, rule: str) -> Decimal:
    document = json.loads((demo / "results" / f"{name}.json").read_text("utf-8"))
    (found,) = [x for x in document["results"] if (x["id"], x["rule"]) == (id, rule)]
    return Decimal(found["value"])


def test_figures_of_the_catalogue(demo: Path) -> None:
    assert value(demo, "cardiology", "C", "pay") == Decimal("2745.32")
    assert value(demo, "laboratory_points", "P", "pay") == Decimal("3528.85")
    assert value(demo, "head_nurse", "N01", "month_pay") == Decimal("3680.43")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_prints_pay_the_print_beside_it_and_one_derivation(
    hpf: Call, two_documents: Tiny, unprinted: None, tmp_path: Path, lang: str
) -> None:
    folder = tmp_path / "out"
    result = hpf("demo", "--out", folder, lang=lang)
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert "2,754" in text, "the misprint stands beside the right figure"
    assert {"zh": "原文数字颠倒", "en": "digits transposed"}[lang] in text
    assert "cardiology.xlsx" in text
    assert f"hpf explain cardiology --period 2006-09 --facts {folder}" in text
    again = hpf("demo", "--out", folder, lang=lang)
    assert again.exit_code == 0
    assert again.stdout == text
    assert not list(folder.rglob("*.tmp"))


def test_the_page_is_self_contained_and_chinese_first(demo: Path) -> None:
    page = (demo / "derivations.html").read_text("utf-8")
    assert page.startswith('<!doctype html><html lang="zh">')
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "url(" not in page
    assert "<script" not in page
    assert page.index("心血管内科医生绩效") < page.index("Cardiology doctors")
    assert "cardiology.xlsx [staff]" in page
    text = (demo / "derivations.txt").read_text("utf-8")
    assert "cardiology.xlsx [staff]" in text


def test_the_configuration_is_one_that_hpf_reads(demo: Path) -> None:
    from hpf.core.config import HospitalConfig
    from hpf_cli.finding import installed

    path = demo / "config.yaml"
    config = HospitalConfig.read(path, installed())
    assert set(config.settings) == set(yaml.safe_load(path.read_text("utf-8"))["settings"])


def test_without_weasyprint_one_line_says_what_would_install_it(
    hpf: Call, two_documents: Tiny, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = hpf("demo", "--out", tmp_path / "out", lang="en")
    assert result.exit_code == 0
    (line,) = [x for x in result.stdout.splitlines() if "PDF" in x]
    assert "-m pip install" in line
    assert not (tmp_path / "out" / "derivations.pdf").exists()


def test_without_system_libraries_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise OSError("cannot load library 'libpango'")

    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr(pdf, "_font_file", lambda: Path("font.ttf"))
    monkeypatch.setattr(pdf, "import_module", broken)
    words = pdf.can_write()
    assert isinstance(words, Words)
    assert "install" in words.en
    assert "pango" in words.en


def test_a_file_in_the_way_is_told(hpf: Call, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")
    result = hpf("demo", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert (tmp_path / "out").read_text("utf-8") == "mine"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_shipped_sample_goes_from_workbook_to_results(
    hpf: Call, two_documents: Tiny, unprinted: None, tmp_path: Path, lang: str
) -> None:
    folder = tmp_path / "out"
    result = hpf("demo", "--out", folder, lang=lang)
    assert result.exit_code == 0, result.output
    home = folder / "samples" / "tiny"
    left = sorted(str(p.relative_to(home)) for p in home.rglob("*") if p.is_file())
    results = [f"results/{m}.{kind}" for m in ("2026-08", "2026-09") for kind in ("json", "xlsx")]
    assert left == ["2026-08.xlsx", "2026-09.xlsx", "config.yaml", *results]
    september = json.loads((home / "results" / "2026-09.json").read_text("utf-8"))
    values = {(x["id"], x["rule"]): x["value"] for x in september["results"]}
    assert values["A", "pay_before"] == "239.43", "August was computed first and looked back at"
    part = result.stdout.split("(tiny)")[1]
    mark = {"zh": "合成样本", "en": "synthetic sample"}[lang]
    assert mark in part.splitlines()[0]
    assert "299.25" in part
    assert "500.00" in part
    sheet = openpyxl.load_workbook(home / "results" / "2026-09.xlsx").worksheets[0]
    assert "合成数据" in " ".join(str(c.value) for row in sheet.iter_rows() for c in row)
    (line,) = [x.strip() for x in result.stdout.splitlines() if "hpf switches" in x]
    assert hpf(*line.split()[1:]).exit_code == 0


def test_a_sample_that_does_not_hold_stops_the_demo_before_anything_is_written(
    hpf: Call, two_documents: Tiny, tmp_path: Path
) -> None:
    two_documents.month("2026-08", "much")
    result = hpf("demo", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "2026-08/department.csv" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_the_demo_did_not_make_is_nobodys_to_replace(
    hpf: Call, tmp_path: Path
) -> None:
    """Refused before anything is computed."""
    (tmp_path / "hospital").mkdir()
    (tmp_path / "hospital" / "hpf.toml").write_text("# mine\n", "utf-8")
    result = hpf("demo", "--out", tmp_path, lang="en")
    assert result.exit_code == 2
    assert "the demo did not make" in result.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["hospital"]


def test_each_department_has_a_head() -> None:
    units = tuple(f"K{at}" for at in range(16))
    assert [head_of(u, units) for u in units] == [HEADS[0]] * 8 + [HEADS[1]] * 8
    assert head_of("A", ("A",)) in HEADS


@pytest.fixture(scope="module")
def whole(hpf: Call, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    """The demo with all plugins, without papers; its folder and what it printed."""
    folder = tmp_path_factory.mktemp("whole") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "can_write", lambda: Words("没有 PDF", "no PDF"))
        result = hpf("demo", "--out", folder, lang="en")
    assert result.exit_code == 0, result.output
    return folder, result


@pytest.mark.slow
def test_the_hospital_pays_what_the_workbook_alone_comes_to(whole: tuple[Path, Result]) -> None:
    """Database, seal, cycle and pay list change no figure: same seal, same sum, to the fen."""
    folder, result = whole
    text = (folder / "samples" / "township" / "results" / "2026-09.json").read_text("utf-8")
    document = json.loads(text)
    home = Home.open(folder / "hospital")
    engine = home.engine()
    with reading(engine) as session:
        run = session.scalars(select(StoredRun)).one()
        batch = session.scalars(select(PayoutBatch)).one()
        cycle = session.scalars(select(Cycle)).one()
        assert run.seal == document["seal"]["seal"]
        assert (cycle.state, cycle.run_id) == ("final", run.id)
        pay = payout_rule(session, run)
        total = sum(amounts(session, run, pay).values(), Decimal(0))
        assert batch.total == total > 100_000
        verdict = verify(session, public_key(home.keys), kept_heads(home.keys))
        assert verdict.problems == ()
        moves = session.scalars(select(Transition).order_by(Transition.id)).all()
    engine.dispose()
    days = [local_day(m.at).isoformat() for m in moves]
    assert days == ["2026-09-01", "2026-10-08", "2026-10-08", "2026-10-09", "2026-10-16"]
    assert [m.name for m in moves][-1] == "finish"
    assert "through 2026-10-15" in result.stdout, "Saturday the 10th is worked, Sunday is not"
    assert f"{batch.total:,}" in result.stdout
    text = (folder / "hospital" / "pay" / f"{batch.code}-csv.csv").read_text("utf-8-sig")
    _, *lines = csv.reader(text.splitlines())
    assert sum(Decimal(line[-1]) for line in lines) == batch.total
    assert sum(line[-2] != "" for line in lines) == 1, "one person has no account: paid in cash"
    left = sorted(p.suffix for p in (folder / "hospital" / "pay").iterdir())
    assert left == [".csv", ".txt", ".xlsx"]
    made = sorted(p.name for p in (folder / "hospital" / "backups").iterdir())
    assert [name.partition(".")[2] for name in made] == ["hpfbackup", "jsonl"], "and read back"


@pytest.mark.slow
def test_passwords_stand_in_a_file_that_says_synthetic_and_nowhere_else(
    whole: tuple[Path, Result],
) -> None:
    folder, result = whole
    file = folder / "hospital" / PASSWORDS
    assert file.stat().st_mode & 0o777 == 0o600
    marks, *lines = [x for x in file.read_text("utf-8").splitlines() if "\t" in x or "SYN" in x]
    assert "合成账号" in marks
    words = [line.split("\t")[1] for line in lines]
    assert len(set(words)) == len(words) == 9
    assert not any(word in result.output for word in words)


@pytest.mark.slow
def test_what_a_reader_is_told_to_type_works(hpf: Call, whole: tuple[Path, Result]) -> None:
    folder, result = whole
    told = [x.strip() for x in result.stdout.splitlines() if f"--home {folder}" in x]
    assert len(told) >= 6
    for line in told:
        done = hpf(*line.split()[1:], lang="en")
        assert done.exit_code == 0, (line, done.output)


@pytest.mark.slow
def test_a_second_demo_leaves_the_hospital_as_it_is(hpf: Call, whole: tuple[Path, Result]) -> None:
    folder, result = whole
    home = folder / "hospital"
    (home / "note.txt").write_text("mine", "utf-8")
    before = (home / "hpf.toml").stat().st_mtime_ns
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pdf, "can_write", lambda: Words("没有 PDF", "no PDF"))
        again = hpf("demo", "--out", folder, lang="en")
        assert again.stdout == result.stdout
        assert (home / "hpf.toml").stat().st_mtime_ns == before
        # one made by other rules gives way, and stays beside it
        story = home / STORY
        story.write_text(story.read_text("utf-8").replace("made_from", "made_of"), "utf-8")
        patch.setattr("hpf_cli.demo_month._Month._pay", _refused)
        failed = hpf("demo", "--out", folder, lang="en")
        assert failed.exit_code == 2
        assert (home / "note.txt").exists(), "nothing was touched"
        patch.undo()
        patch.setattr(pdf, "can_write", lambda: Words("没有 PDF", "no PDF"))
        assert hpf("demo", "--out", folder, lang="en").exit_code == 0
    assert not (home / "note.txt").exists()
    assert (folder / "hospital-before" / "note.txt").read_text("utf-8") == "mine"
    assert not list(folder.glob("*-new"))


def _refused(*_: object) -> None:
    raise HpfError([Problem("test", Text("不行", "no"))])


@pytest.mark.slow
def test_with_all_that_is_shipped_the_demo_has_its_samples(whole: tuple[Path, Result]) -> None:
    folder, result = whole
    for code, period in (
        ("township", "2026-09"),
        ("mongolian", "2026-12"),
        ("county_public", "2026"),
    ):
        results = folder / "samples" / code / "results" / f"{period}.json"
        document = json.loads(results.read_text("utf-8"))
        assert document["results"]
        assert all(p["severity"] == "notice" for p in document["problems"])
        assert f"({code})" in result.stdout


@pytest.mark.slow
def test_a_sample_is_printed_once(tmp_path: Path) -> None:
    """Handbook, month report and cards; a second demo finds them and draws none again."""
    programs = installed()
    only = Programs({"county_public": programs.schemes["county_public"]})
    tried = try_samples(only, tmp_path / "scratch")
    (place,) = print_papers(only, None, tried, tmp_path, "zh")
    assert place == tmp_path / "samples" / "county_public" / "papers"
    drawn = {p: p.stat().st_mtime_ns for p in place.rglob("*.pdf")}
    assert {"handbook.pdf", "month.pdf", "letters"} <= {
        p.relative_to(place).parts[0] for p in drawn
    }
    assert all(p.read_bytes().startswith(b"%PDF-") for p in drawn)
    assert print_papers(only, None, tried, tmp_path, "zh") == {place: len(drawn)}
    assert {p: p.stat().st_mtime_ns for p in place.rglob("*.pdf")} == drawn
