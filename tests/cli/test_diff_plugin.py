"""`hpf diff-plugin`: folders, installed schemes, sealed runs; on samples, files, the database."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from homes import SAMPLE, copy_of

Call = Callable[..., Result]


@pytest.fixture
def desk(hpf: Call, tmp_path: Path) -> Callable[..., Path]:
    """A new plugin of piece rates, in as many copies as asked for, each changed in its way."""

    def make(name: str, *changes: tuple[str, str, str]) -> Path:
        parent = tmp_path / name
        parent.mkdir()
        names = ("--zh", "输血科", "--en", "Desk", "--pattern", "rates", "--out", parent)
        assert hpf("new-plugin", "desk", *names).exit_code == 0
        package = parent / "hpf-desk" / "hpf_desk"
        for file, old, new in changes:
            text = (package / file).read_text("utf-8")
            assert old in text
            (package / file).write_text(text.replace(old, new), "utf-8")
        return parent / "hpf-desk"

    return make


RATE = ("parameters.yaml", '"12.5"', '"13"')
HEAD = '@scheme.pay(STAFF, zh="计件"'
NIGHTS = 'scheme.decimal(STAFF, "nights", zh="夜班", en="Nights")'
COLUMN = ("rules.py", f"\n\n{HEAD}", f"\n{NIGHTS}\n\n\n{HEAD}")


def test_on_samples_whose_pay_changes_by_which_rule(hpf: Call, desk: Callable[..., Path]) -> None:
    old, new = desk("old"), desk("new", RATE)
    done = hpf("diff-plugin", old, new, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["desk"]
    assert [(c["what"], c["name"]) for c in found["changed"]] == [("parameter", "simple_rate")]
    (month,) = found["months"]
    assert month["period"] == "2026-09"
    # 52.5, 38.25 and 27 cases at half a yuan more
    by = {p["id"]: p["by"] for p in month["people"]}
    assert by == {"A01": "26.25", "A02": "19.12", "A03": "13.5"}
    for person in month["people"]:
        assert sum(Decimal(x["by"]) for x in person["parts"]) == Decimal(person["by"])
        assert [x["rule"] for x in person["parts"]] == ["piecework"]
    assert month["cost"] == "58.87"
    assert sum(Decimal(r["by"]) for r in month["rules"]) == Decimal(month["cost"])


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("zh", "3 人增加，0 人减少，0 人不变；合计 +58.87"),
        ("en", "3 gain, 0 lose, 0 stay; in all +58.87"),
    ],
)
def test_it_is_told_in_tables(hpf: Call, desk: Callable[..., Path], lang: str, words: str) -> None:
    said = hpf("diff-plugin", desk("old"), desk("new", RATE), lang=lang).stdout
    assert words in said
    assert "DE.sample.1" in said
    assert "+26.25" in said


def test_no_change_is_said(hpf: Call, desk: Callable[..., Path]) -> None:
    done = hpf("diff-plugin", desk("old"), desk("new"), lang="en")
    assert done.exit_code == 0
    assert "Formulas and parameters are the same." in done.stdout
    assert "2026-09: no change" in done.stdout


def test_a_column_that_one_version_does_not_know_is_no_mistake(
    hpf: Call, desk: Callable[..., Path]
) -> None:
    old, new = desk("old"), desk("new", RATE, COLUMN)
    staff = new / "hpf_desk" / "sample" / "2026-09" / "staff.csv"
    lines = staff.read_text("utf-8").splitlines()
    heads = ["nights", "夜班", *["2"] * 9]
    text = "\n".join(f"{a},{b}" for a, b in zip(lines, heads, strict=False))
    staff.write_text(text + "\n", "utf-8")
    done = hpf("diff-plugin", old, new, lang="en")
    assert done.exit_code == 0, done.output
    assert "+58.87" in done.stdout


def test_without_a_sample_the_worked_examples_are_compared(
    hpf: Call, desk: Callable[..., Path]
) -> None:
    old, new = desk("old"), desk("new", RATE)
    for folder in (old, new):
        shutil.rmtree(folder / "hpf_desk" / "sample")
    done = hpf("diff-plugin", old, new, "--json")
    assert done.exit_code == 0, done.output
    (example,) = json.loads(done.stdout)["desk"]["months"]
    assert example["label"] == "DE-EX-1 (2026-09)"
    assert {p["id"]: p["by"] for p in example["people"]} == {"A": "15.62", "B": "20", "C": "10"}


def test_an_example_that_the_new_version_alone_refuses_is_told(
    hpf: Call, desk: Callable[..., Path]
) -> None:
    sound = "person.simple * p.simple_rate"
    old, new = desk("old"), desk("new", ("rules.py", sound, f"{sound} / (person.hard - 11)"))
    rules = new / "hpf_desk" / "rules.py"
    rules.write_text(rules.read_text("utf-8").replace("- 11)", "/ person.hard)"), "utf-8")
    for folder in (old, new):
        shutil.rmtree(folder / "hpf_desk" / "sample")
    done = hpf("diff-plugin", old, new, lang="en")
    assert done.exit_code == 2
    assert "examples.yaml DE-EX-1" in done.stderr
    assert "NEW: " in done.stderr


def test_on_a_folder_of_facts(hpf: Call, desk: Callable[..., Path]) -> None:
    old, new = desk("old"), desk("new", RATE)
    facts = old / "hpf_desk" / "sample" / "2026-09"
    done = hpf("diff-plugin", old, new, "--facts", facts, "--period", "2026-09", lang="en")
    assert done.exit_code == 0, done.output
    assert "+58.87" in done.stdout


def test_a_mistake_is_told_with_the_side_it_is_on(hpf: Call, desk: Callable[..., Path]) -> None:
    old, new = desk("old"), desk("new", ("rules.py", "person.simple *", "person.simpel *"))
    done = hpf("diff-plugin", old, new, lang="en")
    assert done.exit_code == 2
    assert "NEW: " in done.stderr
    assert "Did you mean simple?" in done.stderr


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--facts", "x"), "--period"),
        (("--config", "x"), "--facts"),
        (("--scheme", "dsk"), "no scheme in common"),
        (("--period", "2026-08"), "2026-08"),
    ],
)
def test_what_is_asked_wrongly_is_told(
    hpf: Call, desk: Callable[..., Path], more: tuple[str, ...], told: str
) -> None:
    done = hpf("diff-plugin", desk("old"), desk("new"), *more, lang="en")
    assert done.exit_code == 2
    assert told in done.stderr


@pytest.fixture(scope="module")
def sealed(hpf: Any, township_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital with one sealed month."""
    home = copy_of(township_home, tmp_path_factory.mktemp("sealed") / "home")
    for args in (
        ("configure", SAMPLE / "config.yaml"),
        ("import", "township", SAMPLE / "2026-09", "--period", "2026-09", "--yes"),
        ("calculate", "township", "--period", "2026-09"),
    ):
        done = hpf(*args, "--home", home)
        assert done.exit_code == 0, done.output
    return home


@pytest.fixture(scope="module")
def revised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The township's plugin, in a version with another rate."""
    folder = tmp_path_factory.mktemp("revised") / "township"
    shutil.copytree(SAMPLE.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / "parameters.yaml"
    text = path.read_text("utf-8")
    old = 'value: "0.2", reference: {zh: "S2 第一章'
    assert text.count(old) == 1
    path.write_text(text.replace(old, old.replace("0.2", "0.25")), "utf-8")
    return folder


@pytest.mark.parametrize(
    "more",
    [
        ("--stored",),
        pytest.param(("--stored", "--period", "2026-09"), marks=pytest.mark.slow),
    ],
)
def test_on_the_months_of_the_database(
    hpf: Call, sealed: Path, revised: Path, more: tuple[str, ...]
) -> None:
    done = hpf("diff-plugin", "township", revised, *more, "--json", "--home", sealed)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["township"]
    (month,) = found["months"]
    assert month["people"]
    for person in month["people"]:
        assert sum(Decimal(x["by"]) for x in person["parts"]) == Decimal(person["by"]) != 0
    assert sum(Decimal(r["by"]) for r in month["rules"]) == Decimal(month["cost"])
    run = json.loads(hpf("diff-plugin", "run:1", revised, "--json", "--home", sealed).stdout)
    assert run["township"] == found


def test_a_sealed_runs_rules_against_those_installed_are_the_same(hpf: Call, sealed: Path) -> None:
    done = hpf("diff-plugin", "run:1", "township", "--home", sealed, lang="en")
    assert done.exit_code == 0, done.output
    assert "2026-09: no change" in done.stdout


def test_an_unknown_run_is_told(hpf: Call, sealed: Path) -> None:
    for run in ("run:99", "run:x"):
        done = hpf("diff-plugin", run, "township", "--home", sealed, lang="en")
        assert done.exit_code == 2
        assert "hpf runs" in done.stderr
