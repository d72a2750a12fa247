"""Two versions of a scheme on the same month: whose pay differs, by which rule, to the fen.

told = upgraded(before, after)       # two runs of the same facts
told.people[0].parts                 # that person's difference, rule by rule; they add up to it
revised(old_program, new_program)    # which rules and parameters are not the same
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.change.compare import compare
from hpf.core.errors import Text
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.words import value_words, words
from hpf.core.lines import pay_lines
from hpf.core.measures import Measure
from hpf.core.program import Program
from hpf.core.results import Run


@dataclass(frozen=True, slots=True)
class RulePart:
    """What one rule adds to one row's difference. None: it yields nothing there."""

    entity: str
    rule: str
    names: Text
    clauses: tuple[str, ...]
    before: Decimal | None
    after: Decimal | None

    @property
    def by(self) -> Decimal:
        """after − before, an absent amount counting as nothing."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class Changed:
    """One row whose figure differs. parts: by rule, without those that are the same."""

    id: str
    name: str
    before: Decimal | None
    after: Decimal | None
    parts: tuple[RulePart, ...]

    @property
    def by(self) -> Decimal:
        """What the parts add up to."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class Upgraded:
    """A month under both versions. people: those whose figure differs, by id; same: how many not;
    measure: what is counted, None where the scheme neither pays nor scores."""

    measure: Measure | None
    people: tuple[Changed, ...]
    same: int

    @property
    def cost(self) -> Decimal:
        """What the new version pays more than the old one."""
        return sum((p.by for p in self.people), Decimal(0))

    def rules(self) -> list[tuple[RulePart, int]]:
        """Each rule's difference over everybody, with how many people it touches."""
        found: dict[tuple[str, str], list[RulePart]] = {}
        for person in self.people:
            for part in person.parts:
                found.setdefault((part.entity, part.rule), []).append(part)
        return [(_summed(parts), len(parts)) for parts in found.values()]


def upgraded(before: Run, after: Run) -> Upgraded:
    """Compare two runs of the same period by what is paid (or scored), row by row.

    A row that only one of them has counts as nothing in the other.
    """
    told = compare(before, after)
    differing = [d for d in told.lines if d.before != d.after]
    sides = [_lines(run, [d.id for d in differing], told.measure) for run in (before, after)]
    people = tuple(
        Changed(d.id, d.name, d.before, d.after, tuple(_parts(d.id, sides))) for d in differing
    )
    return Upgraded(told.measure, people, len(told.lines) - len(differing))


Lines = Mapping[str, Mapping[tuple[str, str], RulePart]]


def _lines(run: Run, ids: list[str], measure: Measure | None) -> Lines:
    """id -> rule -> its amount in the run, of several rows of one rule their sum."""
    if measure is None or not ids:
        return {}
    rows = run.checked.rows.get(measure.entity)
    here = [i for i in ids if rows is not None and rows.row_of(i) is not None]
    if run.program.payout is None:
        return {i: _whole(run, measure, i) for i in here}
    scalar = Scalar.of(run)
    found: dict[str, dict[tuple[str, str], RulePart]] = {}
    for id in here:
        mine = found.setdefault(id, {})
        for line in pay_lines(run, id, scalar):
            rule = line.rule
            key = (rule.entity, rule.name)
            held = mine[key].after if key in mine else None
            amount = (held or Decimal(0)) + line.amount
            mine[key] = RulePart(*key, rule.names, rule.clauses, None, amount)
    return found


def _whole(run: Run, measure: Measure, id: str) -> dict[tuple[str, str], RulePart]:
    """A score is of one piece: what it is made of does not add up to it."""
    rule = run.program.rule(measure.entity, measure.rule.name)
    value = run.value(measure.entity, id, rule.name) if rule else None
    if rule is None or not isinstance(value, Decimal):
        return {}
    key = (rule.entity, rule.name)
    return {key: RulePart(*key, rule.names, rule.clauses, None, value)}


def _parts(id: str, sides: list[Lines]) -> Iterator[RulePart]:
    old, new = (side.get(id, {}) for side in sides)
    for key in dict.fromkeys([*old, *new]):
        one, two = old.get(key), new.get(key)
        known = two or one
        assert known is not None
        before, after = (x.after if x else None for x in (one, two))
        if before != after:
            yield RulePart(*key, known.names, known.clauses, before, after)


def _summed(parts: list[RulePart]) -> RulePart:
    zero, first = Decimal(0), parts[0]
    return RulePart(
        first.entity, first.rule, first.names, first.clauses,
        sum((p.before or zero for p in parts), zero), sum((p.after or zero for p in parts), zero),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Revised:
    """A rule or parameter that is not the same. before, after: in words, '' where it is not there.

    what: rule or parameter.
    """

    what: str
    name: str
    names: Text
    clauses: tuple[str, ...]
    before: Text
    after: Text


def revised(old: Program, new: Program) -> list[Revised]:
    """What differs between two versions: formulas first, then parameters; names alone do not."""
    return [*_rules(old, new), *_parameters(old, new)]


_NONE = Text("", "")


def _rules(old: Program, new: Program) -> Iterator[Revised]:
    pair = [{(r.entity, r.name): r for r in p.rules} for p in (old, new)]
    for key in dict.fromkeys([*pair[0], *pair[1]]):
        one, two = pair[0].get(key), pair[1].get(key)
        if one and two and one.tree == two.tree and one.kind == two.kind:
            continue
        known = two or one
        assert known is not None
        said = [
            Text(words(p, r, "zh"), words(p, r, "en")) if r else _NONE
            for p, r in ((old, one), (new, two))
        ]
        yield Revised("rule", ".".join(key), known.names, known.clauses, *said)


def _parameters(old: Program, new: Program) -> Iterator[Revised]:
    for name in dict.fromkeys([*old.parameters, *new.parameters]):
        said = [_history(p, name) for p in (old, new)]
        if said[0] == said[1]:
            continue
        known = new.parameters.get(name) or old.parameters[name]
        yield Revised("parameter", name, known.names, (known.clause,), *said)


def _history(program: Program, name: str) -> Text:
    parameter = program.parameters.get(name)
    if parameter is None:
        return _NONE
    if not parameter.values:
        return Text("由医院确定", "set by the hospital")
    zh, en = (
        [f"{d.since} {value_words(parameter, d.value, lang)}" for d in parameter.values]
        for lang in ("zh", "en")
    )
    return Text("；".join(zh), "; ".join(en))
