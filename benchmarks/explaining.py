"""How long an explanation takes, asked for one by one, each from nothing but the run."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks import hospital
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core.calculate import calculate
from hpf.core.formula.derivation import derive
from hpf.core.formula.derivation import lines as written
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.intake import load

EVERY = 10  # of the people, for rules other than the deepest


def lines(sizes: Sizes) -> list[Line]:
    """Median and worst: every rule, then the deepest one for everybody."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "facts.xlsx"
        hospital.write_workbook(path, sizes.people, sizes.departments)
        program = hospital.program()
        run = calculate(program, load(path, program, hospital.SEPTEMBER))
    all_rules: list[float] = []
    deepest, longest = program.rules[0], 0
    for rule in program.rules:
        rows = range(0, len(run.checked.rows[rule.entity]), EVERY if rule.entity == "staff" else 1)
        took, most = _explain(run, rule, rows)
        all_rules += took
        if most > longest:
            deepest, longest = rule, most
    everybody, _ = _explain(run, deepest, range(len(run.checked.rows[deepest.entity])))
    return [
        _line(f"{len(program.rules)} rules, every {EVERY}th person, each department", all_rules),
        _line(f"the deepest rule ({longest:,} lines of explanation), everybody", everybody),
    ]


def _explain(run: Run, rule: Rule, rows: Sequence[int]) -> tuple[list[float], int]:
    """Seconds for each row, from the run to the text down to the cells, and the most lines."""
    took, most = [], 0
    for row in rows:
        start = time.perf_counter()
        scalar = Scalar(run.program, run.checked, run.parameters, run.history, run.evaluated)
        text = list(written(derive(scalar, rule.entity, row, rule.qualified), "zh"))
        took.append(time.perf_counter() - start)
        most = max(most, len(text))
    return took, most


def _line(what: str, took: Sequence[float]) -> Line:
    median, worst = statistics.median(took), max(took)
    return Line(f"explanation to the cells: {what}: median (ours), worst (other)",
                seconds(median), seconds(worst))  # fmt: skip
