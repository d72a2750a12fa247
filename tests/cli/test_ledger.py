"""`hpf ledger`, `hpf feedback`, `hpf notes`: a quarter of points from agreement to facts."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow"))

import community_home as homes
from click.testing import CliRunner

import hpf_cli.acting
from hpf_cli import main

HEAD, PERSON = homes.first_of("D01"), homes.second_of("D01")
Run = Callable[..., SimpleNamespace]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return homes.build(tmp_path_factory.mktemp("community") / "home").folder


@pytest.fixture
def hpf(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`hpf("ledger open community --period 2026-Q3", by="office")`, on a day of the quarter."""
    home = tmp_path / "home"
    shutil.copytree(made, home)
    monkeypatch.setenv("HPF_HOME", str(home))
    monkeypatch.setenv("HPF_LANG", "en")

    def run(line: str, by: str = "office", at: dt.datetime = homes.JULY, **text: str):
        monkeypatch.setattr(hpf_cli.acting, "now", lambda: at)
        monkeypatch.setenv("HPF_USER", by)
        words = line.split()
        for name, value in text.items():
            words += [f"--{name}", value]
        done = CliRunner().invoke(main, words)
        return SimpleNamespace(code=done.exit_code, out=done.output)

    return run


def agreed(hpf: Run) -> None:
    quarter = ["community", "--period", "2026-Q3"]
    assert hpf(f"notes consent {quarter[0]} hospital --period 2026-Q3", "president",
               text="minutes").code == 0  # fmt: skip
    for row in homes.rows("department"):
        line = f"notes consent community department --period 2026-Q3 --department {row['id']}"
        done = hpf(line, text="minutes")
        assert done.code == 0, done.out
    assert hpf("notes consent community staff --period 2026-Q3", text="assembly").code == 0


def test_a_quarter_of_points_by_commands(hpf: Run) -> None:
    """Agreement, opening, entries, a counter-entry, an adjustment, the list, the close."""
    early = hpf("ledger open community --period 2026-Q3")
    assert early.code == 2
    assert early.out.count("no agreement yet") == 3
    assert "hpf notes consent" in early.out
    none = hpf(f"ledger add community {PERSON} B01 --period 2026-Q3", reason="visit")
    assert "hpf ledger open community --period 2026-Q3" in none.out
    agreed(hpf)
    assert "with 14 standards" in hpf("ledger open community --period 2026-Q3").out
    first = hpf(f"ledger add community {PERSON} B01 --period 2026-Q3", reason="visits")
    assert first.out == f"Entry 1: {PERSON} +3.00\n"
    wrong = hpf(f"ledger add community {PERSON} M02 --period 2026-Q3 --day 2026-07-06", "head",
                reason="complaint")  # fmt: skip
    assert "−5.00" in wrong.out
    assert hpf("ledger reverse 2", "head", reason="unfounded").out == "Entry 3 takes 2 back\n"
    again = hpf("ledger reverse 2", "head", reason="unfounded")
    assert (again.code, "taken back by 3" in again.out) == (2, True)
    assert (
        "D01 B01: 3 → 3.6, from 2026-07-10"
        in hpf("ledger adjust community B01 3.6 --period 2026-Q3", "head", reason="season").out
    )
    beyond = hpf("ledger adjust community B01 3.61 --period 2026-Q3", "head", reason="season")
    assert (beyond.code, "2.4–3.6" in beyond.out) == (2, True)
    listed = hpf("ledger list community --period 2026-Q3")
    assert "3 entries, +3.00 in all" in listed.out
    late = hpf("ledger list community --period 2026-Q3 --late", at=homes.OCTOBER)
    assert "3 entries" in late.out
    early = hpf("ledger close community --period 2026-Q3")
    assert "ends only on 2026-09-30" in early.out
    closed = hpf("ledger close community --period 2026-Q3", at=homes.OCTOBER)
    assert "3 entries are facts now" in closed.out, closed.out


def test_feedback_by_commands_is_closed_by_both_sides(hpf: Run) -> None:
    made = hpf(f"feedback write community {PERSON} --period 2026-Q3", "head", text="too few")
    number = made.out.split()[1]
    assert "one side has not written" in hpf(f"feedback close {number}", "head", text="done").out
    listed = hpf("feedback list community --period 2026-Q3 --overdue", at=homes.OCTOBER)
    assert f"{number}\t2026-07-10\t{PERSON}\toverdue since 2026-07-17" in listed.out
    assert hpf(f"feedback answer {number}", "head_staff", text="next time").code == 0
    assert hpf(f"feedback close {number}", "head", text="agreed").code == 0
    assert "closed" in hpf("feedback list community --period 2026-Q3").out


def test_records_and_what_they_come_to(hpf: Run) -> None:
    """A talk, a training, a source and a finding; then the report of the period."""
    quarter = "--period 2026-Q3"
    assert hpf(f"notes talk community {PERSON} {quarter} --phase 1", "head", text="aims").code == 0
    people = " ".join(f"--person {r['id']}" for r in homes.rows("staff")[:9])
    assert hpf(f"notes training community {quarter} {people}", text="standards").code == 0
    source = hpf("notes source interview", where="minutes 3", text="heads").out.split()[-1]
    assert hpf(f"notes finding --source {source}", text="late feedback").code == 0
    told = hpf(f"notes report community {quarter}").out
    assert "Trained: 10.1 % (1 each; the target is 85 %)" in told, "9 of the 89 there are that day"
    assert "Fewer than 1 talks: S001, S003" in told
    assert "No talk in the stage of plan" in told
    assert "lacks: questionnaire, data" in told
    assert "Departments without a head: D03, D04" in told
    assert "Written: import" in hpf(f"notes hand-over community {quarter}").out
    assert hpf(f"notes hand-over community {quarter}").out == "Nothing changed\n"
    june = hpf(f"notes criterion community {quarter}", at=homes.JUNE, text="three periods")
    assert june.code == 0
    honoured = hpf(f"notes honour community {PERSON} 优秀人才 {quarter} --excellent", "president",
                   text="by the criterion")  # fmt: skip
    assert honoured.code == 0, honoured.out
    money = hpf(f"notes honour community {PERSON} 优秀人才 {quarter}", "president",
                text="and 500 CNY")  # fmt: skip
    assert "names no amount of money" in money.out
