"""Seed S1 has 42 clauses, and each is covered by something that is there."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import yaml

import hpf.workflow
from hpf.workflow.tasks import MATRIX

TABLE = yaml.safe_load((Path(hpf.workflow.__file__).parent / "clauses.yaml").read_text("utf-8"))
PARTS = {
    "1.0": 1, "1.1": 2, "1.2": 4, "1.3": 3, "1.4": 2,
    "2.1": 3, "2.2": 3, "2.3": 3, "2.4": 4,
    "3.1": 3, "3.2": 4, "3.3": 4, "3.4": 4, "4": 2,
}  # fmt: skip
WAYS = {"task", "guard", "duty", "definition", "not modelled"}


def test_every_clause_of_the_document_has_its_line() -> None:
    wanted = {f"S1-{part}-{n}" for part, many in PARTS.items() for n in range(1, many + 1)}
    assert len(wanted) == 42
    assert set(TABLE) == wanted


def test_what_covers_a_clause_is_there() -> None:
    for clause, entry in TABLE.items():
        assert entry["covered"] in WAYS, clause
        assert bool(entry.get("reason")) is (entry["covered"] == "not modelled"), clause
        assert bool(entry.get("by")) is (entry["covered"] != "not modelled"), clause
        for name in entry.get("by", ()):
            module, _, attribute = name.rpartition(".")
            assert hasattr(import_module(f"hpf.{module}"), attribute), (clause, name)


def test_each_cell_of_the_matrix_is_a_task_of_its_clause() -> None:
    cells = {clause for clause in TABLE if clause.startswith("S1-2.")}
    assert {task.code for task in MATRIX} == cells
    assert len(cells) == 13
    assert {c for c in cells if TABLE[c]["covered"] == "task"} == cells
