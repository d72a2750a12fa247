"""The mutation gate: would the worked examples notice a wrong parameter, comparison or term?

Each mutant of a scheme is run on the scheme's examples by the scalar interpreter. One that every
example still agrees with has survived: either an example is missing, or `mutants.yaml` beside the
examples lists it with the reason why none can tell it apart:

    - {scheme: cardiology, mutant: "staff.pay:*/flip", reason: "…"}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from hpf.core.errors import Collector, Problem, SchemeError, Text, did_you_mean
from hpf.core.formula.words import used_parameters
from hpf.core.kit.mutants import TreeMutant, tree_mutants
from hpf.core.kit.nudge import ParameterMutant, parameter_mutants, source_of
from hpf.core.kit.running import Ready, still_holds
from hpf.core.parameter_files import read_yaml
from hpf.core.parameters import Value
from hpf.core.program import Program
from hpf.core.rule_checks import needs
from hpf.core.settings import Resolved

Mutant = TreeMutant | ParameterMutant
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Excuse:
    """A line of mutants.yaml: mutants of `scheme` whose id matches `pattern`, and why they live."""

    scheme: str
    pattern: str
    reason: str
    place: str

    def covers(self, scheme: str, id: str) -> bool:
        """Whether it speaks of this mutant; `*` stands for anything."""
        return scheme == self.scheme and fnmatchcase(id, self.pattern)


@dataclass(frozen=True, slots=True)
class Gate:
    """What the gate found. survivors: mutants no example notices and no line excuses."""

    total: int
    killed: int
    excused: tuple[tuple[Mutant, Excuse], ...]
    survivors: tuple[Mutant, ...]
    problems: tuple[Problem, ...]


def read_excuses(path: Path, schemes: Iterable[str]) -> list[Excuse]:
    """The lines of mutants.yaml, if there is one; SchemeError with every mistake."""
    if not path.exists():
        return []
    bad = Collector()
    known = set(schemes)
    found = []
    for number, entry in enumerate(read_yaml(path) or (), 1):
        place = f"{path.name} #{number}"
        fields = {"scheme", "mutant", "reason"}
        if not isinstance(entry, dict) or set(entry) != fields or not str(entry["reason"]).strip():
            message = Text("每项要有 scheme、mutant、reason", "needs scheme, mutant and reason")
            bad.add(Problem("mutants.bad", message, place=place))
        elif entry["scheme"] not in known:
            scheme = str(entry["scheme"])
            message = Text(f"没有方案 {scheme}", f"there is no scheme '{scheme}'")
            bad.add(Problem("mutants.unknown", message, did_you_mean(scheme, known), place=place))
        else:
            found.append(Excuse(entry["scheme"], str(entry["mutant"]), str(entry["reason"]), place))
    bad.stop(SchemeError)
    return found


def run_gate(
    program: Program,
    ready: Sequence[Ready],
    excuses: Sequence[Excuse] = (),
    progress: Progress | None = None,
) -> Gate:
    """Run every mutant of a scheme on its examples.

    ready: the scheme's examples, each under each of its profiles, all holding on `program`.
    progress: called with (mutants done, mutants in all).
    """
    mutants: list[Mutant] = [*tree_mutants(program), *parameter_mutants(program, _given(ready))]
    reach = {id(one): _reached(program, one) for one in ready}
    killed = 0
    excused: list[tuple[Mutant, Excuse]] = []
    survivors: list[Mutant] = []
    used: set[str] = set()
    order = list(ready)
    for done, mutant in enumerate(mutants, 1):
        killer = next((r for r in order if _kills(program, mutant, r, reach[id(r)])), None)
        if killer is not None:
            killed += 1
            # the example that noticed this mutant will likely notice its neighbour
            order.remove(killer)
            order.insert(0, killer)
        else:
            excuse = next((e for e in excuses if e.covers(program.code, mutant.id)), None)
            if excuse is None:
                survivors.append(mutant)
            else:
                excused.append((mutant, excuse))
                used.add(excuse.place)
        if progress:
            progress(done, len(mutants))
    problems = [_survived(m) for m in survivors]
    problems += [_stale(e) for e in excuses if e.scheme == program.code and e.place not in used]
    return Gate(len(mutants), killed, tuple(excused), tuple(survivors), tuple(problems))


def _given(ready: Sequence[Ready]) -> dict[str, dict[str, Value]]:
    """Values that examples set as a hospital would: one of them stands for all."""
    found: dict[str, dict[str, Value]] = {}
    for one in ready:
        for name, resolved in one.parameters.items():
            if source_of(resolved, one.profile) == "hospital":
                found.setdefault(name, {}).setdefault("hospital", resolved.value)
    return found


Reached = tuple[frozenset[str], frozenset[str]]


def _reached(program: Program, ready: Ready) -> Reached:
    """The rules (by entity.name) and parameters that an example's expectations depend on."""
    by = {(r.entity, r.qualified): r for r in program.rules}
    todo = [(e.entity, e.rule.qualified) for e in ready.example.expect]
    rules: set[str] = set()
    parameters: set[str] = set()
    while todo:
        rule = by.get(todo.pop())
        if rule is None or f"{rule.entity}.{rule.name}" in rules:
            continue
        rules.add(f"{rule.entity}.{rule.name}")
        parameters.update(used_parameters(rule.tree))
        todo += [(n.entity, n.name) for n in needs(rule.tree)]
    return frozenset(rules), frozenset(parameters)


def _kills(program: Program, mutant: Mutant, ready: Ready, reached: Reached) -> bool:
    rules, names = reached
    parameters: Mapping[str, Resolved] = ready.parameters
    if isinstance(mutant, TreeMutant):
        rule = mutant.rule
        if f"{rule.entity}.{rule.name}" not in rules:
            return False
        changed = tuple(
            rule if (r.entity, r.name) == (rule.entity, rule.name) else r for r in program.rules
        )
        program = replace(program, rules=changed)
    else:
        held = parameters[mutant.name]
        if mutant.name not in names or source_of(held, ready.profile) != mutant.source:
            return False
        dated = replace(held.dated, value=mutant.changed)
        parameters = {**parameters, mutant.name: replace(held, dated=dated)}
    try:
        return not still_holds(program, ready, parameters)
    except (AssertionError, ArithmeticError, RecursionError):
        return True  # a tree that cannot even be computed is noticed


def _survived(mutant: Mutant) -> Problem:
    return Problem(
        "mutants.survivor",
        Text(
            f"没有例子能发现这个改动：{mutant.meaning.zh}",
            f"no example notices this change: {mutant.meaning.en}",
        ),
        Text(
            f"请加一个例子，或在 mutants.yaml 写明理由(mutant: {mutant.id!r})",
            f"Add an example, or list it with a reason in mutants.yaml (mutant: {mutant.id!r})",
        ),
        place=mutant.place,
        name=mutant.id,
    )


def _stale(excuse: Excuse) -> Problem:
    return Problem(
        "mutants.stale",
        Text(
            f"没有存活的变异与 {excuse.pattern} 相符",
            f"no surviving mutant matches '{excuse.pattern}'",
        ),
        Text("请删去这一项", "Remove the line"),
        place=excuse.place,
    )
