"""Worked examples of a requirement: true and false are expected, and the gate changes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from asking import CLAUSES, PARAMETERS, data, require

from hpf.core import HOSPITAL, POINT, STAFF, Scheme
from hpf.core.build import build
from hpf.core.kit.check import check_scheme
from hpf.core.program import Program


def example(id: str, points: str, full: bool) -> dict[str, Any]:
    given = data(A={"points": points})
    return {
        "id": id, "scheme": "demo", "sentence": {"zh": "一句", "en": "A sentence"},
        "clauses": ["A.1"], "source": "derived", "period": "2026-09", "facts": given,
        "expect": [{"row": "hospital:H", "rule": "asked", "full": full}],
    }  # fmt: skip


def small(folder: Path, *examples: dict[str, Any]) -> Program:
    """A scheme of one requirement, its clause, its parameter and examples."""
    (folder / "parameters.yaml").write_text(PARAMETERS.split("  least:")[0], "utf-8")
    clause, _ = CLAUSES.strip().splitlines()
    (folder / "clauses.yaml").write_text(clause, "utf-8")
    (folder / "examples.yaml").write_text(yaml.safe_dump(list(examples)), "utf-8")
    s = Scheme("demo", zh="例", en="Demo", document="A", here=str(folder / "demo.py"))
    s.decimal(STAFF, "points", zh="标准分值", en="Standard points", unit=POINT)
    require(s, lambda h, p: h.departments.staff.points.sum() == p.full, HOSPITAL)
    return build(s)


def test_examples_expect_it_true_or_false_and_the_gate_changes_it(tmp_path: Path) -> None:
    program = small(tmp_path, example("A-1", "100", True), example("A-2", "98", False))
    report = check_scheme(program, mutate=True)
    assert [p.line("en") for p in report.problems] == []
    assert report.gate is not None
    assert report.gate.total == report.gate.killed == 3  # ≠ for =, the full marks up and down


def test_an_example_that_expects_the_wrong_answer_is_told(tmp_path: Path) -> None:
    report = check_scheme(small(tmp_path, example("A-1", "98", True)))
    assert [p.code for p in report.problems] == ["example.differs"] * 2  # two profiles
