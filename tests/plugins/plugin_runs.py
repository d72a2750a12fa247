"""What the tests ask of any plugin: its runs' figures, its sample, its examples."""

from __future__ import annotations

import csv
import importlib.util
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType

from hpf.core.formula.exact import snap
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.check import check_scheme
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import ABSENT, History, Result

PLUGINS = load_plugins()
PROGRAMS = load_programs(PLUGINS)


def amounts(found: Run, entity: str, rule: str) -> dict[str, Decimal]:
    """id -> amount, of the rows that have one."""
    values = {i: found.value(entity, i, rule) for i in found.checked.rows[entity].ids}
    return {i: v for i, v in values.items() if isinstance(v, Decimal)}


def total(found: Run, rule: str) -> Decimal:
    """A result of the one hospital."""
    (amount,) = amounts(found, "hospital", rule).values()
    return amount


def fen(value: Fraction | int) -> Decimal:
    """Half up to the fen."""
    return Decimal((Fraction(value) * 100 + Fraction(1, 2)) // 1) / 100


def kept(*runs: Run) -> History:
    """Runs' results as later periods read them."""
    periods = {}
    for found in runs:
        by: dict[tuple[str, str], dict[str, Result]] = {}
        for line in found.lines():
            by.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
        periods[found.period] = by
    return History(periods)


def script(path: Path) -> ModuleType:
    """A script of a sample folder, as a module."""
    spec = importlib.util.spec_from_file_location(f"{path.parents[1].name}_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def assert_headings_are_names(program: Program, table: Path) -> None:
    """The second line of a table has the scheme's Chinese name of each column."""
    with table.open(encoding="utf-8", newline="") as file:
        codes, names = list(csv.reader(file))[:2]
    for code, name in zip(codes, names, strict=True):
        indicator = program.indicator(table.stem, code)
        assert indicator is None or indicator.names.zh == name


def assert_every_mutant_is_noticed(code: str) -> None:
    """By the worked examples, and none is excused."""
    report = check_scheme(PROGRAMS[code], PROGRAMS.beside(code), mutate=True)
    assert report.gate is not None
    assert [p.line("en") for p in report.gate.problems] == []
    assert report.gate.excused == ()


def assert_interpreters_agree(program: Program, found: Run, history: History) -> int:
    """On every value of a run; returns how many were compared."""
    two = Scalar(program, found.checked, found.parameters, history)
    compared = 0
    for rule in program.rules:
        for index, id in enumerate(found.checked.rows[rule.entity].ids):
            exact = two.value(rule.entity, index, rule.qualified)
            quick = found.value(rule.entity, id, rule.name)
            if isinstance(exact, Fraction):
                assert isinstance(quick, Decimal)
                assert snap(exact) == Fraction(quick), (rule.qualified, id)
            else:
                assert (None if exact is ABSENT else exact) == quick, (rule.qualified, id)
            compared += 1
    return compared
