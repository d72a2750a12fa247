"""`hpf check`: tables, findings and exit codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hpf.core.errors import Problem, Text
from hpf.core.kit import check as kit
from hpf.core.program import Program
from hpf_cli import main

Call = Callable[..., Result]


@pytest.fixture(scope="module")
def report() -> kit.Report:
    from hpf_cli.finding import installed

    programs = installed()
    return kit.check_scheme(programs["ward_nurse"], programs.beside("ward_nurse"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_verdict_is_that_of_the_kit(
    hpf: Call, lang: str, report: kit.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kit, "check_scheme", lambda *_: report)
    result = hpf("check", "ward_nurse", lang=lang)
    assert result.exit_code == (0 if report.holds else 1), result.output
    line = next(x for x in reversed(result.stdout.splitlines()) if x.split()[:1] == ["ward_nurse"])
    assert line.split()[1:3] == [str(report.examples), str(report.figures)]


def test_a_finding_is_told_whole_and_is_exit_code_1(
    hpf: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    finding = Problem(
        "x", Text("条款没有规则", "no rule"), Text("写规则", "write it"), "clauses.yaml", name="S1"
    )

    def unclean(program: Program, beside: Sequence[Program] = (), *_: Any) -> kit.Report:
        return kit.Report(program.code, (finding,), 1, 0, 0)

    monkeypatch.setattr(kit, "check_scheme", unclean)
    result = hpf("check", "cardiology")
    assert result.exit_code == 1
    for words in ("clauses.yaml", "S1", "条款没有规则", "写规则", "不通过", "共 1 个问题"):
        assert words in result.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_clauses_of_no_scheme_have_a_line_of_their_own(
    hpf: Call, lang: str, report: kit.Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpf_cli.finding import installed

    program = installed()["cardiology"]
    monkeypatch.setattr(kit, "check_scheme", lambda *_: report)
    lines = [x.strip() for x in hpf("check", "cardiology", lang=lang).stdout.splitlines()]

    def listed(head: str) -> int:
        line = next(x for x in lines if x.startswith(head))
        cells = line.removeprefix(head).split()[:6]
        return sum(int(c.partition("/")[2]) for c in cells if "/" in c)

    schemes = {c.scheme for c in program.clauses.values()}
    mine = sum(c.scheme == "cardiology" for c in program.clauses.values())
    loose = sum(c.scheme == "" for c in program.clauses.values())
    assert {"", "cardiology"} <= schemes
    assert listed("cardiology") == mine
    assert listed({"zh": "未归入方案", "en": "not in a scheme"}[lang]) == loose
    heads = next(x for x in lines if {"zh": "计算", "en": "calc"}[lang] in x).split("  ")
    heads = [x.strip() for x in heads if x.strip()]
    assert len(set(heads)) == len(heads)


@pytest.mark.slow
def test_all_schemes_are_checked_where_none_is_named(hpf: Call) -> None:
    from hpf_cli.finding import installed

    result = hpf("check", lang="en")
    assert result.exit_code in (0, 1)
    for code in installed():
        assert sum(x.split()[:1] == [code] for x in result.stdout.splitlines()) >= 2


def test_an_unknown_scheme_is_told(hpf: Call) -> None:
    result = hpf("check", "cardiolgy", lang="en")
    assert result.exit_code == 2
    assert "Did you mean cardiology?" in result.stderr


@pytest.mark.slow
def test_mutate_counts_what_was_noticed(hpf: Call) -> None:
    result = hpf("check", "ward_nurse", "--mutate")
    assert result.exit_code in (0, 1)
    line = next(x for x in reversed(result.stdout.splitlines()) if x.split()[:1] == ["ward_nurse"])
    mutants, noticed, excused, survived = map(int, line.split()[5:9])
    assert mutants > 20
    assert noticed + excused + survived == mutants
    assert result.exit_code == (1 if survived or line.split()[3] != "0" else 0)


def test_a_narrow_terminal_cuts_no_heading() -> None:
    """80 columns: what the lists name anyway has no column, and no word is broken."""
    environment = {"HPF_LANG": "en", "COLUMNS": "80", "NO_COLOR": "1"}
    lines = CliRunner().invoke(main, ["check", "ward_nurse"], env=environment).stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("Examples and verdict"))
    heads = "\n".join(lines[at + 1 : at + 5]).split("─")[0].split()
    assert heads == ["Scheme", "Examples", "Problems", "Notices", "Verdict"]
