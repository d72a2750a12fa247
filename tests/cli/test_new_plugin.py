"""`hpf new-plugin`: what it writes works as it stands, and what cannot be is told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from hpf.core import Period
from hpf.core.calculate import calculate
from hpf.core.kit.check import check_scheme
from hpf.core.kit.folder import folder_programs
from hpf.intake import load
from hpf_cli import main
from hpf_cli.plugin_files import PAID, PERIODS, names_of

Call = Callable[..., Result]
NAMES = ("--zh", "输血科,绩效", "--en", "Transfusion desk's pay")


@pytest.mark.parametrize(("pattern", "kind"), [("pool", "month"), ("rates", "quarter"),
                                               ("score", "year"), ("pool", "half")])  # fmt: skip
def test_each_pattern_is_clean_notices_every_mutant_and_computes_its_sample(
    hpf: Call, tmp_path: Path, pattern: str, kind: str
) -> None:
    result = hpf(
        "new-plugin", "blood-desk", *NAMES, "--pattern", pattern, "--period", kind, "--out",
        tmp_path,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    folder = tmp_path / "hpf-blood-desk"
    program = folder_programs(folder)["blood_desk"]
    report = check_scheme(program, [program], mutate=True)
    assert not report.problems
    assert report.gate is not None
    assert report.gate.killed == report.gate.total > 5
    period = Period.parse(PERIODS[kind])
    sample = folder / "hpf_blood_desk" / "sample" / str(period)
    run = calculate(program, load(sample, program, period))
    assert not run.problems
    amounts = [v for v in run.evaluated.values["staff"]["blood_desk.pay"] if v is not None]
    assert f"{sum(amounts):.2f}" == PAID[pattern]


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PAID)
def test_its_own_tests_pass_and_its_code_is_tidy(hpf: Call, tmp_path: Path, pattern: str) -> None:
    hpf("new-plugin", "blood-desk", *NAMES, "--pattern", pattern, "--out", tmp_path)
    folder = tmp_path / "hpf-blood-desk"
    for command in (
        ["-m", "pytest", "-q", "-p", "no:cacheprovider"],
        ["-m", "ruff", "check", "--isolated", "--line-length", "100", "."],
        ["-m", "ruff", "format", "--isolated", "--line-length", "100", "--check", "."],
    ):
        done = subprocess.run(
            [sys.executable, *command], check=False, cwd=folder, capture_output=True, text=True,
            env={"PYTHONPATH": str(folder)},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_questions_are_asked_at_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["输血科绩效", "Desk pay", "S9.1", "rats", "rates", "month"])
    asked: list[str] = []

    def answer(text: str, **more: object) -> str:
        asked.append(text)
        return next(answers)

    monkeypatch.setattr(click, "prompt", answer)
    monkeypatch.setattr("hpf_cli.new_plugin.sys.stdin", Terminal())
    args = ["new-plugin", "desk", "--out", str(tmp_path)]
    # CliRunner would replace stdin: called as a function of Python instead
    with pytest.raises(SystemExit) as stopped:
        main(args)
    assert stopped.value.code == 0
    assert len(asked) == 6, "a wrong answer is asked for again"
    assert folder_programs(tmp_path / "hpf-desk")["desk"].document == "S9.1"


class Terminal:
    """A standard input at which somebody sits."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["Blood Desk", *NAMES], "blood-desk"),
        (["class", *NAMES], "blood-desk"),
        (["desk", "--zh", "输血科"], "--en"),
        (["desk"], "--zh, --en"),
        (["desk", *NAMES, "--document", "9.1"], "S9.1"),
        (["desk", "--zh", "甲\n乙", "--en", "x"], "one line"),
        (["desk", *NAMES, "--out", "nowhere"], "nowhere"),
        (["desk", *NAMES, "--pattern", "poll"], "pool"),
        (["township", *NAMES], "plugin called township"),
        (["cardiology", *NAMES], "scheme called cardiology"),
        (["cli", *NAMES], "package called cli"),
        (["plugins", *NAMES], "package called plugins"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_written(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = hpf("new-plugin", *args, lang="en")
    assert result.exit_code == 2
    assert told in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_plugin_that_does_not_hold_is_not_left_behind(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpf_cli import plugin_files

    monkeypatch.setitem(plugin_files.PERIODS, "month", "2026-13")
    result = hpf("new-plugin", "desk", *NAMES, "--out", tmp_path)
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_there_is_not_replaced(hpf: Call, tmp_path: Path) -> None:
    (tmp_path / "hpf-desk").mkdir()
    result = hpf("new-plugin", "desk", *NAMES, "--out", tmp_path)
    assert result.exit_code == 2
    assert not list((tmp_path / "hpf-desk").iterdir())


def test_one_name_in_its_spellings() -> None:
    assert names_of("hpf-blood_desk") == names_of("blood-desk")
    assert names_of("blood-desk").initials == "BD"
    assert names_of("desk").initials == "DE"


def test_help_names_every_option(hpf: Call) -> None:
    said = CliRunner().invoke(main, ["new-plugin", "--help", "--lang", "en"]).output
    for option in ("--zh", "--en", "--document", "--pattern", "--period", "--out"):
        assert option in said


def test_a_folder_is_checked_without_being_installed(hpf: Call, tmp_path: Path) -> None:
    hpf("new-plugin", "desk", *NAMES, "--out", tmp_path)
    folder = tmp_path / "hpf-desk"
    result = hpf("check", folder, "--mutate", lang="en")
    assert result.exit_code == 0, result.output
    assert "All clean." in result.stdout
    rules = folder / "hpf_desk" / "rules.py"
    rules.write_text(rules.read_text("utf-8").replace("person.points *", "person.poinst *"))
    result = hpf("check", folder, lang="en")
    assert result.exit_code == 2
    assert "rules.py:" in result.stderr
    assert "Did you mean points?" in result.stderr
