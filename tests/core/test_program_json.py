"""Programs as JSON: what is read back computes the same, and seals the same."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from hpf.core.formula.columns import evaluate
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.running import run_example
from hpf.core.kit.testing import example_cases
from hpf.core.parameters import Parameter
from hpf.core.program import Program
from hpf.core.program_json import (
    digest_of,
    parameters_json,
    program_json,
    read_parameters,
    read_program,
)
from hpf.core.seal import seal
from hpf.core.settings import resolve

PROGRAMS = load_programs(load_plugins())


@pytest.mark.parametrize("code", sorted(PROGRAMS))
def test_what_is_read_back_is_the_same(code: str) -> None:
    """Every field but the author's files, and the text itself, word for word."""
    program = PROGRAMS[code]
    text = program_json(program)
    back = read_program(text)
    assert program_json(back) == text
    for f in fields(Program):
        if f.name not in ("folder", "rules"):
            assert getattr(back, f.name) == getattr(program, f.name), f.name
    for one, two in zip(program.rules, back.rules, strict=True):
        assert two.place == ""
        assert (one.tree, one.names, one.unit, one.kind, one.clauses, one.doc) == (
            two.tree, two.names, two.unit, two.kind, two.clauses, two.doc,
        )  # fmt: skip
    assert back.formula_digest() == program.formula_digest()


def test_runs_replay_to_the_same_seal() -> None:
    """Each worked example, from the program and the parameters as they would be stored."""
    import hpf_plugins.departments as plugin

    replayed = 0
    for case in example_cases(plugin):
        for ready in run_example(case.example)[1]:
            program = case.example.program
            stored = read_program(program_json(program))
            held = read_parameters(parameters_json(ready.parameters))
            before = evaluate(program, ready.checked, ready.parameters, ready.history)
            after = evaluate(stored, ready.checked, held, ready.history)
            assert seal(program, ready.checked, ready.parameters, before, ready.history) == seal(
                stored, ready.checked, held, after, ready.history
            )
            replayed += 1
    assert replayed > 60


def test_the_digest_tells_another_rule() -> None:
    """One character of one tree changes the address."""
    text = program_json(PROGRAMS["ward_nurse"])
    data = json.loads(text)
    tree = json.dumps(data["program"]["rules"][0])
    data["program"]["rules"][0] = json.loads(tree.replace('"op": "own"', '"op": "look"', 1))
    assert digest_of(json.dumps(data)) != digest_of(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[]", "no program in the format"),
        ('{"format": "hpf-program-0"}', "no program in the format"),
        ('{"format": "hpf-program-1", "units": {}, "program": {"~": "Text", "is": ["a", "b"]}}',
         "no program"),
        ('{"format": "hpf-program-1", "units": {}, "program": {"~": "Spell"}}', "unknown 'Spell'"),
        ('{"format": "hpf-program-1", "units": {}, "program": {"~": "Program"}}', "Program: "),
    ],
)  # fmt: skip
def test_what_is_none_is_refused(text: str, words: str) -> None:
    """Another format, an unknown class, a field too few."""
    with pytest.raises(ValueError, match=words):
        read_program(text)


def test_parameters_that_are_none() -> None:
    """A program is no parameters."""
    with pytest.raises(ValueError, match="no parameters"):
        read_parameters('{"~": "map", "is": [["a", 1]]}')


def test_every_kind_of_parameter_comes_back() -> None:
    """Scales with open tops, roundings, tables, dates: equal to what was stored."""
    kinds = set[str]()
    for program in PROGRAMS.values():
        day = next((v.since for p in program.parameters.values() for v in p.values), None)
        if day is None:
            continue
        found, _ = resolve(program.parameters, day.replace(year=2030))
        assert read_parameters(parameters_json(found)) == found
        kinds |= {r.parameter.kind for r in found.values()}
        assert all(isinstance(r.parameter, Parameter) for r in found.values())
    assert kinds >= {"number", "choice", "boolean", "rounding", "scale"}
