"""Worked examples of a clause: the plugin's sentences, and their figures computed afresh.

Nothing is copied: each example is run when the handbook is made, and what is printed is what the
rules yield, with one line of arithmetic in the example's own numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from hpf.core.errors import HpfError, Text
from hpf.core.facts import decimal_of
from hpf.core.formula.exact import snap
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.examples import Example, Expectation, read_examples
from hpf.core.kit.running import read_by_scalar
from hpf.core.program import Program, Rule
from hpf.core.units import CNY
from hpf.core.values import Absent, Trouble
from hpf.reports import figures as f

_EXAMPLES = 3  # of one clause; the plugin's file has them all
_FIGURES = 6  # of one example
_ABSENT = Text("不计", "none")
_PROBLEM = Text("列为问题，不出结果", "a problem: no result")


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: whose, what, the arithmetic, the value; key: whether the example is about it."""

    name: str
    how: str
    value: str


@dataclass(frozen=True, slots=True)
class Worked:
    """One example. source: printed in the document, or derived from it."""

    sentence: str
    source: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True)
class Workshop:
    """The examples of a scheme by clause; each is run once, when it is first asked for."""

    examples: Mapping[str, tuple[Example, ...]] = field(default_factory=dict)
    _runs: dict[str, Scalar | None] = field(default_factory=dict, repr=False)

    @classmethod
    def of_plugin(cls, program: Program, beside: Sequence[Program]) -> Workshop:
        """beside: the programs of the scheme's folder. Raises SchemeError for a broken file."""
        path = program.folder / "examples.yaml"
        if not path.is_file():
            return cls()
        found: dict[str, list[Example]] = {}
        for example in read_examples(path, {p.code: p for p in beside}):
            if example.program.code == program.code:
                for clause in example.clauses:
                    found.setdefault(clause, []).append(example)
        return cls({id: tuple(several) for id, several in found.items()})

    def of(self, clause: str, rules: Sequence[Rule], lang: str) -> Iterator[Worked]:
        """A few examples of a clause: those printed in the document first, then those whose
        figures are the clause's own."""
        names = {(r.entity, r.name) for r in rules}
        given = self.examples.get(clause, ())

        def rank(example: Example) -> tuple[bool, int, int]:
            own = sum((e.entity, e.rule.name) in names for e in example.expect)
            return example.source != "printed", -(own > 0), len(example.clauses)

        for example in sorted(given, key=rank)[:_EXAMPLES]:
            ran = self._run(example)
            if ran is None:
                continue
            own = [e for e in example.expect if (e.entity, e.rule.name) in names]
            several = sum(e.id != "" for e in own or example.expect) > 1
            figures = tuple(
                figure_of(e, ran, lang, several) for e in (own or list(example.expect))[:_FIGURES]
            )
            source = Text("原文印有", "printed") if example.source == "printed" else Text("", "")
            yield Worked(example.sentence.say(lang), source.say(lang), figures)

    def _run(self, example: Example) -> Scalar | None:
        if example.id not in self._runs:
            profile = "full" if "full" in example.profiles else example.profiles[0]
            try:
                self._runs[example.id] = read_by_scalar(example, profile)
            except (HpfError, ValueError):  # one about facts that are refused has no figures
                self._runs[example.id] = None
        return self._runs[example.id]


def figure_of(e: Expectation, scalar: Scalar, lang: str, several: bool) -> Figure:
    """What an expectation is about, computed. several: whose it is has to be said."""
    name = e.rule.names.say(lang)
    rows = scalar.checked.rows[e.entity]
    if not e.id:
        every = [scalar.value(e.entity, n, e.rule.qualified) for n in range(len(rows))]
        total = sum((v for v in every if isinstance(v, Fraction)), Fraction(0))
        bad = any(isinstance(v, Trouble) for v in every)
        name = Text(f"{name}合计", f"{name}, sum").say(lang)
        return Figure(name, "", _PROBLEM.say(lang) if bad else _said(e.rule, total, lang))
    row = rows.row_of(e.id)
    assert row is not None  # the reader of the file has made sure
    if several:
        name = f"{name} · {rows.names[row] or e.id}"
    value = scalar.value(e.entity, row, e.rule.qualified)
    if isinstance(value, Trouble):
        return Figure(name, value.message.say(lang), _PROBLEM.say(lang))
    if isinstance(value, Absent):
        return Figure(name, "", _ABSENT.say(lang))
    how = in_numbers(scalar, e.rule, row).say(lang) if isinstance(value, Fraction) else ""
    return Figure(name, how, _said(e.rule, value, lang))


def _said(rule: Rule, value: Fraction | bool | str | dt.date, lang: str) -> str:
    shown = decimal_of(snap(value)) if isinstance(value, Fraction) else value
    return f.figure(shown, lang, pay=rule.unit == CNY)
