"""Running worked examples through both interpreters, under each of their profiles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hpf.core.calculate import calculate
from hpf.core.checking import check
from hpf.core.errors import BadValue, FactsError, HpfError, Problem, Text, told, unknown
from hpf.core.facts import Checked, Facts, facts_of
from hpf.core.formula.exact import snap
from hpf.core.formula.number_words import plain_number
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.examples import Example, Expectation, Figure
from hpf.core.periods import Period
from hpf.core.program import Program, Rule
from hpf.core.results import Run
from hpf.core.settings import Resolved, Settings, resolve
from hpf.core.values import ABSENT, Absent, History, Result, Trouble

Found = Figure | Absent | Trouble


@dataclass(frozen=True, slots=True)
class Ready:
    """An example under one profile, checked and computed once; the mutation gate starts here."""

    example: Example
    profile: str
    checked: Checked
    parameters: Mapping[str, Resolved]
    history: History


def run_example(example: Example) -> tuple[list[Problem], list[Ready]]:
    """Every finding about one example, and what is ready to be run again.

    Both interpreters must yield what is expected; a finding names which one did not.
    """
    findings: list[Problem] = []
    ready: list[Ready] = []
    for profile in example.profiles:
        try:
            run = run_of(example, profile)
        except HpfError as error:
            findings += [_at(example, p) for p in error.problems]
            continue
        except ValueError as error:
            findings.append(_at(example, Problem("example.facts", *told(error))))
            continue
        one = Ready(example, profile, run.checked, run.parameters, run.history)
        ready.append(one)
        findings += [
            _differs(example, profile, e, got, "columns")
            for e in example.expect
            if not _holds(e, profile, got := _columns_value(run, e))
        ]
        findings += scalar_findings(example.program, one)
    return findings, ready


def scalar_findings(
    program: Program, ready: Ready, parameters: Mapping[str, Resolved] | None = None
) -> list[Problem]:
    """What the scalar interpreter yields otherwise than expected, on this program."""
    scalar = Scalar(program, ready.checked, parameters or ready.parameters, ready.history)
    return [
        _differs(ready.example, ready.profile, e, got, "scalar")
        for e in ready.example.expect
        if not _holds(e, ready.profile, got := _scalar_value(scalar, ready.checked, e))
    ]


def still_holds(program: Program, ready: Ready, parameters: Mapping[str, Resolved]) -> bool:
    """Whether every expectation holds; stops at the first that does not."""
    scalar = Scalar(program, ready.checked, parameters, ready.history)
    return all(
        _holds(e, ready.profile, _scalar_value(scalar, ready.checked, e))
        for e in ready.example.expect
    )


def run_of(example: Example, profile: str) -> Run:
    """The main path over an example's facts. Raises HpfError or ValueError as they do not hold."""
    program = example.program
    settings, facts = _given(example)
    return calculate(program, facts, settings, _history(example), profile)


def read_by_scalar(example: Example, profile: str) -> Scalar:
    """Interpreter two over an example, for figures one by one: the columns are not computed.

    Raises HpfError or ValueError where its facts or settings do not hold.
    """
    program = example.program
    settings, facts = _given(example)
    parameters, lacking = resolve(program.parameters, facts.period.last_day, settings, profile)
    checked, problems = check(program, facts)
    if lacking or problems:
        raise FactsError([*problems, *lacking])
    return Scalar(program, checked, parameters, _history(example))


def _given(example: Example) -> tuple[Settings, Facts]:
    program = example.program
    dated = _dated(example.settings, example.period)
    settings = Settings.parse(program.parameters, dated, example.place)
    return settings, facts_of(program, example.period, example.facts)


def _dated(settings: Mapping[str, Any], period: Period) -> dict[str, Any]:
    """A plain value holds from the period's first day."""
    full = {}
    for name, value in settings.items():
        dated = (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(v, Mapping) and "value" in v for v in value)
        )
        plain = [{"from": period.first_day, "value": value, "reason": "example"}]
        full[name] = value if dated else plain
    return full


def _history(example: Example) -> History:
    """Earlier results as written down in the example; ValueError for unknown names."""
    program = example.program
    periods: dict[Period, dict[tuple[str, str], dict[str, Result]]] = {}
    for when, by_entity in example.history.items():
        results = periods.setdefault(Period.parse(str(when)), {})
        for entity, rows in by_entity.items():
            if entity not in program.entities:
                raise unknown("实体（history）", "entity in history", entity, program.entities)
            for id, values in rows.items():
                for name, value in (values or {}).items():
                    rule = program.rule(entity, name)
                    if rule is None:
                        known = [r.name for r in program.rules if r.entity == entity]
                        raise unknown("规则（history）", "rule in history", name, known)
                    results.setdefault((entity, rule.qualified), {})[str(id)] = _past(rule, value)
    return History(periods)


def _past(rule: Rule, value: Any) -> Result:
    if isinstance(value, float):
        raise BadValue(
            f"history 的 {rule.name}：{value} 是浮点数，不精确",
            f"history: {rule.name}: {value} is a float and not exact",
            f"请加引号写成 '{value}'",
            f"Quote it: '{value}'",
        )
    if rule.type.is_number:
        return Decimal(str(value))
    if isinstance(value, bool | dt.date):
        return value
    return str(value)


def _columns_value(run: Run, e: Expectation) -> Found:
    name = e.rule.qualified
    column = run.evaluated.values[e.entity][name]
    bad = run.evaluated.bad.get(e.entity, {}).get(name)
    if not e.id:
        if bad is not None and bad.any():
            return Trouble("problem", Text("有的行有问题", "some rows are problems"))
        return sum((Fraction(v) for v in column.to_list() if v is not None), Fraction(0))
    index = run.checked.rows[e.entity].row_of(e.id)
    assert index is not None
    if bad is not None and bad[index]:
        # the reason of a null is the scalar interpreter's to give; here it counts that it is one
        return Trouble(e.problem or "problem", Text("有问题", "a problem"))
    value = column[index]
    if value is None:
        return ABSENT
    return Fraction(value) if isinstance(value, Decimal) else value


def _scalar_value(scalar: Scalar, checked: Checked, e: Expectation) -> Found:
    rows = checked.rows[e.entity]
    name = e.rule.qualified
    if e.id:
        index = rows.row_of(e.id)
        assert index is not None
        return _snapped(scalar.value(e.entity, index, name))
    total = Fraction(0)
    for index in range(len(rows)):
        value = _snapped(scalar.value(e.entity, index, name))
        if isinstance(value, Trouble):
            return value
        if isinstance(value, Fraction):
            total += value
    return total


def _snapped(value: Found) -> Found:
    return snap(value) if isinstance(value, Fraction) else value


def _holds(e: Expectation, profile: str, got: Found) -> bool:
    if e.absent:
        return isinstance(got, Absent)
    if e.problem:
        return isinstance(got, Trouble) and got.code == e.problem
    expected = e.figures.get(profile)
    if expected is None:
        return True
    if isinstance(expected, Fraction) and isinstance(got, Fraction):
        return snap(expected) == got
    return type(expected) is type(got) and expected == got


def _differs(
    example: Example, profile: str, e: Expectation, got: Found, interpreter: str
) -> Problem:
    expected = e.figures.get(profile)
    wanted = "absent" if e.absent else e.problem or _said(expected)
    row = f"{e.entity}:{e.id}" if e.id else f"sum over {e.entity}"
    return Problem(
        "example.differs",
        Text(
            f"{e.rule.names.zh}：应为 {wanted}，算得 {_said(got)}({profile},{interpreter})",
            f"{e.rule.names.en}: expected {wanted}, got {_said(got)} ({profile}, {interpreter})",
        ),
        Text(
            f"请对照条款 {', '.join(e.rule.clauses)} 检查规则({e.rule.place})或例子",
            f"Check the rule ({e.rule.place}) or the example against clause "
            + ", ".join(e.rule.clauses),
        ),
        place=example.place if e.id else f"{example.place} {row}",
        entity=e.entity,
        id=e.id,
        name=e.rule.name,
    )


def _said(value: Found | None) -> str:
    if isinstance(value, Fraction):
        return plain_number(value)
    return value.code if isinstance(value, Trouble) else str(value)


def _at(example: Example, problem: Problem) -> Problem:
    place = f"{example.place}: {problem.place}" if problem.place else example.place
    return Problem(
        problem.code, problem.message, problem.cure, place, problem.entity, problem.id, problem.name
    )


def run_all(examples: Iterable[Example]) -> tuple[list[Problem], list[Ready]]:
    """All findings, and all that is ready for the mutation gate."""
    findings: list[Problem] = []
    ready: list[Ready] = []
    for example in examples:
        found, more = run_example(example)
        findings += found
        ready += more
    return findings, ready
