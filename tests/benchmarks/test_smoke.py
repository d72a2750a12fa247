"""The benchmarks run, all of them, on tiny data and without openfisca."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def table() -> str:
    """What a quick run prints."""
    command = [sys.executable, "-m", "benchmarks", "--quick"]
    done = subprocess.run(
        command, cwd=TOP, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "what",
    [
        "against openfisca-core",
        "pools off by a fen or more",
        "against hand-written Polars, the same exact work",
        "peak memory",
        "growth, 1 month:",
        "growth, 2 months:",
        "workbook to results.json, process time",
        "scored and ranked, against hand-written Polars, the same exact work",
        "by hand trusting its facts",
        "sample county_public 2026, 187 rows",
        "sample mongolian",
        "sample township",
        "facts, SQLite: compared and written",
        "people: workbook to sealed to pay list",
        "people: what if, another weight",
        "pay day, 12 people, SQLite: errors",
        "pay day, 12 people, SQLite: p95 of a page",
        "pay day, 12 people, SQLite: memory added in its second half",
        "pay day, 12 people, SQLite: a derivation page, the run at hand",
        "pages of the office (12), 60 people",
        "pages of a nurse (12), 60 people",
        "rules in one scheme",
        "the deepest rule",
        "workbook to checked facts",
        "a tagged card of 25 rows, one chart",
        "two processes, and one: cards a second",
        "memory of a worker, the most over 20 cards",
        "first card, its font cut",
    ],
)
def test_every_promise_has_a_line(table: str, what: str) -> None:
    lines = [line for line in table.splitlines() if what in line]
    assert lines, table


def test_a_quick_run_judges_nothing(table: str) -> None:
    body = table.split("----\n", 1)[1].strip().splitlines()
    assert len(body) >= 15
    assert {line.split()[-1] for line in body if "<=" in line} == {"-"}
    assert "targets met" not in table


def test_no_pool_of_ours_is_off(table: str) -> None:
    line = next(line for line in table.splitlines() if "pools off by a fen or more" in line)
    assert line.split("a fen or more")[1].split()[0] == "0"


def test_everybody_gets_their_own_slip(table: str) -> None:
    line = next(line for line in table.splitlines() if "SQLite: errors" in line)
    assert line.split("errors")[1].split()[0] == "0", line


def test_without_openfisca_its_line_says_so(table: str) -> None:
    line = next(line for line in table.splitlines() if "against openfisca-core" in line)
    assert ("not installed" in line) == (find_spec("openfisca_core") is None)
