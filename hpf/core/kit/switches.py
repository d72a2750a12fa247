"""What each switch of a scheme would change: every reading but the one in force, on given facts.

    found = survey(calculate(program, facts, settings))

A switch is a parameter of kind choice or boolean; of a keyed one, each key is a switch. A keyed
choice whose reference names no reading is none: it is a table of the document, such as the class of
each fee, and turning each of its lines to each class would bury the questions.

Facts are checked once, by the run; an alternative computes only the rules that its parameter
reaches, with what those need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain, islice

import polars as pl

from hpf.core.errors import Problem
from hpf.core.findings import reasons
from hpf.core.formula.columns import evaluate
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.words import used_parameters
from hpf.core.measures import Measure, measures
from hpf.core.parameter_checks import misfits
from hpf.core.parameters import Parameter
from hpf.core.program import Program
from hpf.core.requirements import Unmet, failing
from hpf.core.results import Evaluated, Run
from hpf.core.rule_checks import needs
from hpf.core.settings import Resolved

_ID = re.compile(r"[A-Z][A-Za-z0-9.]*(?:-[A-Za-z0-9.]*[A-Za-z0-9])+")
_SHOWN = 3  # problems of one alternative that are explained; the rest is counted
Value = str | bool
Key = tuple[str, str]  # entity, qualified rule


@dataclass(frozen=True, slots=True)
class Change:
    """The row that an alternative changes most, and by how much (alternative − now)."""

    measure: Measure
    id: str
    name: str
    by: Decimal


@dataclass(frozen=True, slots=True)
class Alternative:
    """One value that a switch does not have, and what the run would be with it.

    total: of the money, None where there is none or where the alternative leads to a problem.
    rows: rows of the measure that change; results: results of any rule that change.
    problems: why the run would not stand, the first few; troubled: in how many places.
    """

    value: Value
    total: Decimal | None = None
    rows: int = 0
    results: int = 0
    largest: Change | None = None
    problems: tuple[Problem, ...] = ()
    troubled: int = 0


@dataclass(frozen=True, slots=True)
class Switch:
    """A parameter (or one key of it) with the value in force.

    reading: id of the ambiguous clause that it answers, '' where its reference names none.
    """

    parameter: Parameter
    key: str
    value: Value
    reading: str
    alternatives: tuple[Alternative, ...]

    @property
    def label(self) -> str:
        """`name`, or `name[key]`."""
        return f"{self.parameter.name}[{self.key}]" if self.key else self.parameter.name


@dataclass(frozen=True, slots=True)
class Survey:
    """All switches of a scheme on one run. total: the money now; unread: switches no rule reads."""

    run: Run
    money: Measure | None
    score: Measure | None
    total: Decimal | None
    switches: tuple[Switch, ...]
    unread: tuple[Parameter, ...]


def survey(run: Run) -> Survey:
    """Every switch, each alternative computed on the run's own facts; the run has no problems."""
    program = run.program
    money, score = measures(program)
    readers = {r.qualified: set(used_parameters(r.tree)) for r in program.rules}
    read = {name for names in readers.values() for name in names}
    switches, unread = [], []
    for parameter in program.parameters.values():
        held = run.parameters.get(parameter.name)
        if held is None or not _alternatives(parameter, None) or _is_a_table(held):
            continue
        if parameter.name not in read:
            unread.append(parameter)
            continue
        reached = _reached(program, parameter.name)
        base = _Base(run, program.part(reached), reached, money, score)
        for key, value in _values(held):
            tried = tuple(
                base.try_one(_changed(run.parameters, held, key, other), other)
                for other in _alternatives(parameter, value)
            )
            switches.append(Switch(parameter, key, value, _reading(held), tried))
    now = money.total(run.evaluated) if money else None
    return Survey(run, money, score, now, tuple(switches), tuple(unread))


def _alternatives(parameter: Parameter, value: Value | None) -> list[Value]:
    every: tuple[Value, ...] = parameter.choices if parameter.kind == "choice" else ()
    if parameter.kind == "boolean":
        every = (True, False)
    return [v for v in every if v != value]


def _is_a_table(held: Resolved) -> bool:
    return held.parameter.kind == "choice" and bool(held.parameter.keys) and not _reading(held)


def _values(held: Resolved) -> Iterator[tuple[str, Value]]:
    value = held.value
    for key, one in value.items() if isinstance(value, Mapping) else (("", value),):
        assert isinstance(one, str | bool)  # what choices and booleans hold
        yield key, one


def _changed(
    parameters: Mapping[str, Resolved], held: Resolved, key: str, other: Value
) -> dict[str, Resolved]:
    value = {**held.value, key: other} if isinstance(held.value, Mapping) else other
    changed = replace(held, dated=replace(held.dated, value=value))
    return {**parameters, held.parameter.name: changed}


def _reading(held: Resolved) -> str:
    """The id that a reference names as `reading ID`: the value in force, else the scheme's own."""
    own = reversed(held.parameter.values)
    for text in (held.dated.cited.en, *(d.cited.en for d in own), held.parameter.note.en):
        _, said, rest = text.partition("reading")
        if said and (found := _ID.findall(rest)):
            return ", ".join(dict.fromkeys(found))
    return ""


def _reached(program: Program, name: str) -> frozenset[Key]:
    """The rules that read a parameter, and those that rest on them in the same period."""
    reached = {(r.entity, r.qualified) for r in program.rules if name in used_parameters(r.tree)}
    reads = {(r.entity, r.qualified): {(n.entity, n.name) for n in needs(r.tree)}
             for r in program.rules}  # fmt: skip
    while more := {k for k, names in reads.items() if k not in reached and names & reached}:
        reached |= more
    return frozenset(reached)


@dataclass(frozen=True, slots=True)
class _Base:
    """The run as it is, and the part of its program that one parameter reaches."""

    run: Run
    part: Program
    reached: frozenset[Key]
    money: Measure | None
    score: Measure | None

    def try_one(self, parameters: Mapping[str, Resolved], value: Value) -> Alternative:
        """The run with other parameters, beside the run as it is."""
        run = self.run
        unfit = misfits(run.program, parameters)
        if unfit:
            return Alternative(value, problems=tuple(unfit[:_SHOWN]), troubled=len(unfit))
        then = evaluate(self.part, run.checked, parameters, run.history)
        problems, troubled = self._problems(parameters, then)
        if problems:
            return Alternative(value, problems=problems, troubled=troubled)
        now = run.evaluated
        results = sum(
            int(then.values[e][q].ne_missing(now.values[e][q]).sum()) for e, q in self.reached
        )
        whole = Evaluated(
            {e: {**columns, **then.values.get(e, {})} for e, columns in now.values.items()}, {}
        )
        changes = [self._changes(whole, m) for m in (self.money, self.score) if m]
        # where no pay changes, what the total score loses or gains is the most that can be told
        largest = next((c for _, c in changes if c), None)
        return Alternative(
            value,
            self.money.total(whole) if self.money else None,
            changes[0][0] if changes else 0,
            results,
            largest,
        )

    def _problems(
        self, parameters: Mapping[str, Resolved], then: Evaluated
    ) -> tuple[tuple[Problem, ...], int]:
        """Why the alternative does not stand: the first row of each rule in trouble or requirement
        not met, and how many there are; explaining all would take as long as the run has rows."""
        run = self.run
        unmet = [(r, rows) for r, rows in failing(self.part, then) if r.severity == "problem"]
        places = sum(int(m.sum()) for masks in then.bad.values() for m in masks.values())
        troubled = places + len(then.orphans) + sum(len(rows) for _, rows in unmet)
        if not troubled:
            return (), 0
        first = {e: {n: _first(m) for n, m in masks.items()} for e, masks in then.bad.items()}
        scalar = Scalar(run.program, run.checked, parameters, run.history)
        some = replace(then, bad=first, orphans=then.orphans[:1])
        found = reasons(run.program, run.checked, some, scalar)
        told = (Unmet(scalar, rule).on(rows[0]) for rule, rows in unmet)
        return tuple(islice(chain(found, told), _SHOWN)), troubled

    def _changes(self, whole: Evaluated, measure: Measure) -> tuple[int, Change | None]:
        now, then = (measure.figures(e) for e in (self.run.evaluated, whole))
        by = {
            i: (b or Decimal(0)) - (a or Decimal(0))
            for i, (a, b) in enumerate(zip(now, then, strict=True))
            if a != b
        }
        if not by:
            return 0, None
        most = max(by, key=lambda i: abs(by[i]))
        rows = self.run.checked.rows[measure.entity]
        id, name = rows.ids[most], rows.names[most] or ""
        return len(by), Change(measure, id, "" if name == id else name, by[most])


def _first(mask: pl.Series) -> pl.Series:
    at = mask.arg_true()[0]
    return pl.Series([i == at for i in range(len(mask))], dtype=pl.Boolean)
