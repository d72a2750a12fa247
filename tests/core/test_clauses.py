"""Clauses: every one is covered by a rule, or by something else with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpf.core.clauses import alias, read_clauses, uncovered
from hpf.core.errors import SchemeError

GOOD = """
- {id: S9.1-一.A.①, kind: calc, meaning: 按分计奖}
- {id: S9.1-二.1, kind: flow, meaning: 每月上报, covered: workflow}
- {id: S9.1-二.2, kind: text, meaning: 目的, covered: definition}
- {id: S9.1-二.3, kind: band, meaning: 分档, covered: not_modelled, reason: 原文残缺}
"""


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clauses.yaml"
    path.write_text(text, "utf-8")
    return path


def test_the_alias_is_ascii() -> None:
    assert alias("S4.7-四.US.3.①") == "S4.7-4.US.3.1"


def test_rules_cover_by_catalogue_id_or_alias(tmp_path: Path) -> None:
    clauses = read_clauses(write(tmp_path, GOOD))
    assert uncovered(clauses, ["S9.1-1.A.1"]) == []
    assert uncovered(clauses, ["S9.1-一.A.①"]) == []


@pytest.mark.parametrize(
    ("text", "named", "code"),
    [
        (GOOD, [], "clause.uncovered"),
        (GOOD, ["S9.1-1.A.1", "S9.1-1.B"], "clause.unknown"),
        (GOOD, ["S9.1-1.A.1", "S9.1-2.1"], "clause.cover"),
        (GOOD.replace(", reason: 原文残缺", ""), ["S9.1-1.A.1"], "clause.reason"),
    ],
)
def test_each_gap_is_found(tmp_path: Path, text: str, named: list[str], code: str) -> None:
    problems = uncovered(read_clauses(write(tmp_path, text)), named)
    assert [p.code for p in problems] == [code]


def test_mistakes_in_the_file_come_together(tmp_path: Path) -> None:
    text = GOOD.replace("kind: calc", "kind: clac").replace("covered: workflow", "covered: workflo")
    with pytest.raises(SchemeError) as caught:
        read_clauses(write(tmp_path, text))
    assert len(caught.value.problems) == 2
    assert "calc" in str(caught.value)
    assert "workflow" in str(caught.value)
    assert all("没有种类" in p.line("zh") for p in caught.value.problems)
