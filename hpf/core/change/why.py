"""Why a person's figure changed from one run to another: exact parts that sum to the difference.

Sequential replacement: what differs is taken from the later run one thing after another, in a
fixed order (the order of `Kind`; within a kind, entities and indicators as the scheme declares
them), and the figure is computed anew each time. A part is the step from one figure to the next,
so the parts sum to the difference, to the fen, whatever changed. Another order would give other
parts; this one is written here, and shown beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from hpf.core.change.nearness import ABOVE, OWN
from hpf.core.change.pair import Group, Pair, State, id_in
from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.columns import evaluate
from hpf.core.formula.words import used_parameters
from hpf.core.indicators import Indicator
from hpf.core.periods import Period
from hpf.core.program import Program, Rule
from hpf.core.results import Run
from hpf.core.settings import Resolved
from hpf.core.units import POINT
from hpf.core.values import History


class Kind(StrEnum):
    """What a part comes from, in the order of replacement."""

    INPUTS = "inputs"
    COEFFICIENTS = "coefficients"
    SCORES = "scores"
    RATES = "rates"
    POOL = "pool"
    OTHERS = "others"
    HEADCOUNT = "headcount"
    TRANSFER = "transfer"
    RULES = "rules"
    EARLIER = "earlier"

    @property
    def names(self) -> Text:
        """The kind in words."""
        return _NAMES[self]


_NAMES = {
    Kind.INPUTS: Text("本人数据", "own figures"),
    Kind.COEFFICIENTS: Text("系数与身份", "coefficients and posts"),
    Kind.SCORES: Text("得分", "scores"),
    Kind.RATES: Text("参数", "parameters"),
    Kind.POOL: Text("科室与医院数据", "figures of the department and the hospital"),
    Kind.OTHERS: Text("他人数据", "figures of others"),
    Kind.HEADCOUNT: Text("人员增减与调动", "people who came, left or moved"),
    Kind.TRANSFER: Text("本人调动", "own transfer"),
    Kind.RULES: Text("规则", "rules"),
    Kind.EARLIER: Text("日期与往期", "dates and earlier periods"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One step. before, after: the two values, where it is about a single one; clause: of it.

    A step after which nothing could be computed is told together with the next one.
    """

    kind: Kind
    names: Text
    amount: Decimal
    before: object = None
    after: object = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """A figure in two runs, and the parts between. None: the row or the figure is absent there."""

    rule: Rule
    id: str
    before: Decimal | None
    after: Decimal | None
    parts: tuple[Part, ...]

    @property
    def difference(self) -> Decimal:
        """after − before, an absent figure counting as nothing."""
        return (self.after or Decimal(0)) - (self.before or Decimal(0))


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step replaces; state and what else holds after it."""

    part: Part
    state: State
    program: Program
    parameters: dict[str, Resolved]
    history: History
    period: Period


def why(before: Run, after: Run, entity: str, id: str, rule: str) -> Why:
    """The parts of the difference of one figure between two runs of a scheme.

    rule: a rule with a number, by its short or qualified name; runs of the same or of two periods.
    Raises KeyError where no run has the row or the rule, ValueError for a rule without a number.
    """
    found = after.program.rule(entity, rule) or before.program.rule(entity, rule)
    if found is None:
        raise KeyError(f"{entity} has no rule '{rule}'")
    if not found.type.is_number:
        raise ValueError(f"'{rule}' is no number")
    figures = [_figure(run, entity, id, found.name) for run in (before, after)]
    pair = Pair(before, after, entity, id)
    if not any((entity, id) == (entity, i) for i in pair.tables[entity]["id"].to_list()):
        raise KeyError(f"{entity}:{id}")
    steps = list(_steps(pair, found))
    # after the last step everything is the later run's, and its figure is known
    values = [*_evaluated(pair, found, steps[:-1]), figures[1]]
    return Why(found, id, figures[0], figures[1], tuple(_parts(figures, steps, values)))


def _figure(run: Run, entity: str, id: str, rule: str) -> Decimal | None:
    if run.program.rule(entity, rule) is None or entity not in run.checked.rows:
        return None
    if run.checked.rows[entity].row_of(id) is None:
        return None
    value = run.value(entity, id, rule)
    return value if isinstance(value, Decimal) else None


def _steps(pair: Pair, rule: Rule) -> Iterator[_Step]:
    """The steps in their order: at the end of them everything comes from the later run."""
    before, after = pair.before, pair.after
    programs = [_only(r.program, rule) for r in (before, after)]
    parameters = dict(before.parameters)
    state = State()
    held = (programs[0], before.history, before.period)

    def step(part: Part) -> _Step:
        return _Step(part, state, held[0], dict(parameters), held[1], held[2])

    changed = sorted(
        ((_kind_of(pair, g), g) for g in pair.changed(_facts_read(programs))),
        key=lambda kg: (list(Kind).index(kg[0]), _order(pair, kg[1])),
    )
    for kind in Kind:
        for _, group in ((k, g) for k, g in changed if k is kind):
            state = replace(state, facts=state.facts | {group})
            yield step(_fact_part(pair, kind, group))
        if kind is Kind.RATES:
            for name in _rates(before, after, programs):
                parameters[name] = after.parameters[name]
                yield step(_rate_part(before, after, name))
        elif kind is Kind.HEADCOUNT and pair.rows_changed():
            state = replace(state, rows=True, moved=not pair.moved())
            yield step(Part(kind, kind.names, Decimal(0)))
        elif kind is Kind.TRANSFER and pair.moved():
            state = replace(state, moved=True)
            yield step(Part(kind, kind.names, Decimal(0)))
        elif kind is Kind.RULES and _rules_changed(programs):
            held = (programs[1], *held[1:])
            parameters = dict(after.parameters)
            yield step(Part(kind, kind.names, Decimal(0)))
    # dates of the period itself, and what rules look back on
    held = (programs[1], after.history, after.period)
    parameters = dict(after.parameters)
    yield step(Part(Kind.EARLIER, Kind.EARLIER.names, Decimal(0)))


def _only(program: Program, rule: Rule) -> Program:
    """The program cut down to one rule and what it rests on; no rules where it has it not."""
    own = program.rule(rule.entity, rule.name)
    keys = [(own.entity, own.qualified)] if own else []
    return program.part(keys)


def _facts_read(programs: list[Program]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for program in programs:
        for rule in program.rules:
            for node in t.walk(rule.tree):
                if isinstance(node, t.Own) and program.indicator(node.entity, node.name):
                    found.setdefault(node.entity, set()).add(node.name.rpartition(".")[2])
    return {entity: frozenset(codes) for entity, codes in found.items()}


def _indicator(pair: Pair, group: Group) -> Indicator | None:
    for run in (pair.after, pair.before):
        if found := run.program.indicator(group.entity, group.code):
            return found
    return None


def _order(pair: Pair, group: Group) -> tuple[int, str]:
    program = pair.after.program
    at = {(i.entity, i.code): n for n, i in enumerate(program.indicators)}
    return at.get((group.entity, group.code), len(at)), group.nearness


def _kind_of(pair: Pair, group: Group) -> Kind:
    if group.nearness not in (OWN, ABOVE):
        return Kind.OTHERS
    indicator = _indicator(pair, group)
    if indicator is None or not indicator.type.is_number or indicator.unit.is_ratio:
        return Kind.COEFFICIENTS
    if indicator.unit == POINT:
        return Kind.SCORES
    return Kind.INPUTS if group.nearness == OWN else Kind.POOL


def _fact_part(pair: Pair, kind: Kind, group: Group) -> Part:
    indicator = _indicator(pair, group)
    names = indicator.names if indicator else Text(group.code, group.code)
    if kind is Kind.OTHERS:
        names = Text(f"他人的{names.zh}", f"{names.en} of others")
    one, two = pair.values(group) or (None, None)
    return Part(kind, names, Decimal(0), one, two, indicator.clause if indicator else "")


def _rates(before: Run, after: Run, programs: list[Program]) -> Iterator[str]:
    """Parameters with another value that the rules as they were can take."""
    read = {n for program in programs for r in program.rules for n in used_parameters(r.tree)}
    for name, new in after.parameters.items():
        old = before.parameters.get(name)
        if name not in read or old is None or old.value == new.value:
            continue
        if old.parameter.kind == new.parameter.kind:
            yield name


def _rate_part(before: Run, after: Run, name: str) -> Part:
    old, new = before.parameters[name], after.parameters[name]
    return Part(
        Kind.RATES, new.parameter.names, Decimal(0), old.value, new.value, new.parameter.clause
    )


def _rules_changed(programs: list[Program]) -> bool:
    one, two = programs
    return one.formula_digest() != two.formula_digest() or set(one.parameters) != set(
        two.parameters
    )


def _evaluated(pair: Pair, rule: Rule, steps: list[_Step]) -> list[Decimal | bool | None]:
    """The figure after each step; None: absent, False: a problem.

    Steps that share rules, parameters and past are computed at once, stacked.
    """
    found: list[Decimal | bool | None] = []
    at = 0
    while at < len(steps):
        first = steps[at]
        same = [first]
        for other in steps[at + 1 :]:
            if other.program is not first.program or other.parameters != first.parameters:
                break
            if other.history is not first.history or other.period != first.period:
                break
            same.append(other)
        found += _figures(pair, rule, same)
        at += len(same)
    return found


def _figures(pair: Pair, rule: Rule, steps: list[_Step]) -> list[Decimal | bool | None]:
    first = steps[0]
    own = first.program.rule(rule.entity, rule.name)
    if own is None:
        return [None] * len(steps)
    checked = pair.stacked([s.state for s in steps], first.period)
    history = pair.history(first.history, len(steps), first.program)
    evaluated = evaluate(first.program, checked, first.parameters, history)
    values = evaluated.values[rule.entity][own.qualified]
    bad = evaluated.bad.get(rule.entity, {}).get(own.qualified)
    found: list[Decimal | bool | None] = []
    for n in range(len(steps)):
        row = checked.rows[rule.entity].row_of(id_in(n, pair.id))
        if row is None:
            found.append(None)
        else:
            found.append(False if bad is not None and bad[row] else values[row])
    return found


def _parts(
    figures: list[Decimal | None], steps: list[_Step], values: list[Decimal | bool | None]
) -> Iterator[Part]:
    last = figures[0] or Decimal(0)
    waiting: list[Part] = []
    for step, value in zip(steps, values, strict=True):
        waiting.append(step.part)
        if value is False:
            continue
        now = value if isinstance(value, Decimal) else Decimal(0)
        one = waiting[0]
        if len(waiting) > 1:
            names = [p.names for p in waiting]
            zh, en = "、".join(n.zh for n in names), ", ".join(n.en for n in names)
            one = Part(waiting[-1].kind, Text(zh, en), Decimal(0))
        if now != last or step.part.kind is not Kind.EARLIER:
            yield replace(one, amount=now - last)
        last, waiting = now, []
