"""For a plugin's own tests: that it holds, as one assertion or as one test case an example.

from hpf.core.kit.testing import assert_plugin_holds, example_cases

def test_plugin_holds():
    assert_plugin_holds(my_plugin)

@pytest.mark.parametrize("case", example_cases(my_plugin), ids=str)
def test_example(case):
    case.assert_holds()
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hpf.core.errors import Problem
from hpf.core.kit.check import check_scheme
from hpf.core.kit.examples import Example, read_examples
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.kit.running import run_example
from hpf.core.schemes import Scheme


def programs_of(target: Scheme | Iterable[Scheme] | Any) -> Programs:
    """The programs of a scheme, of several, or of a plugin (module or object with hooks).

    Raises SchemeError with every mistake at load.
    """
    if isinstance(target, Scheme):
        target = [target]
    if isinstance(target, list | tuple):
        return Programs({s.code: s for s in target})
    return load_programs(load_plugins({"plugin": target}, installed=False))


def assert_plugin_holds(target: Scheme | Iterable[Scheme] | Any, mutate: bool = False) -> None:
    """Clauses covered, parameters used, every example right in both interpreters.

    mutate: the examples must also notice every mutant. AssertionError lists all that is wrong.
    """
    programs = programs_of(target)
    assert programs, "the plugin declares no scheme"
    wrong = [
        f"{code}: {problem.line('en')}"
        for code in programs
        for problem in check_scheme(
            programs[code], programs.beside(code), mutate, named=programs.named(code)
        ).problems
        if problem.severity == "problem"
    ]
    assert not wrong, "\n".join(["", *wrong])


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example as a test case."""

    example: Example

    def __str__(self) -> str:
        return self.example.id

    def findings(self) -> list[Problem]:
        """What differs, in either interpreter, under any of its profiles."""
        return run_example(self.example)[0]

    def assert_holds(self) -> None:
        """AssertionError with the sentence and every figure that differs."""
        wrong = [p.line("en") for p in self.findings()]
        assert not wrong, "\n".join([self.example.sentence.en, *wrong])


def example_cases(target: Scheme | Iterable[Scheme] | Any) -> list[Case]:
    """The worked examples of a plugin's folders, one case each, in the order of the files."""
    programs = programs_of(target)
    folders = {programs[c].folder: programs.beside(c) for c in programs}
    return [
        Case(example)
        for folder, family in sorted(folders.items())
        if (folder / "examples.yaml").exists()
        for example in read_examples(folder / "examples.yaml", {p.code: p for p in family})
    ]
