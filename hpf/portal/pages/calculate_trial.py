"""What-if: the period with other values of parameters, computed and compared, and never kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, ParameterError, Problem, Text, did_you_mean, reason
from hpf.core.formula.words import used_parameters, value_words
from hpf.core.parameters import Dated, Parameter, parse_value
from hpf.core.results import Run
from hpf.core.settings import Settings, resolve
from hpf.holds import holds, units
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.place import Place
from hpf.runs import calculate_period
from hpf.storage.configuration import configuration, settings_of

_TRIED: Final = ("number", "choice", "boolean")
_TRUTH: Final = {"true": True, "false": False}
_SEPARATOR: Final = "|"  # between a table's parameter and its key, in a field's name


@dataclass(frozen=True, slots=True)
class Row:
    """A value that may be tried. name: of its field; choices: () for free text."""

    name: str
    label: str
    clause: str
    now: str
    unit: str
    choices: tuple[tuple[str, str], ...] = ()


def parameters(at: Place) -> list[Row]:
    """The values that the scheme's formulas read, as they hold in the period."""
    program = at.program
    settings = settings_of(session(), desk().hospital, program)
    held, _ = resolve(program.parameters, at.period.last_day, settings)
    read = {n for rule in program.rules for n in used_parameters(rule.tree)}
    return [
        row
        for name, one in held.items()
        if name in read and one.parameter.kind in _TRIED
        for row in _rows(one.parameter, one.value)
    ]


def trial(at: Place, asked: Mapping[str, str]) -> tuple[Run, Run]:
    """The period as it is, and the period with other values.

    asked: by field (`Row.name`). Raises ParameterError for values that cannot be read,
    FactsError for whatever keeps either from being computed.
    """
    hospital, programs = desk().hospital, desk().programs
    decided = configuration(session(), hospital, programs, at.period.last_day)
    config = _changed(decided, at, asked)
    held = units(holds(session(), hospital, at.scheme, at.period, approved=True))
    runs = [
        calculate_period(
            desk().engine, programs, hospital, at.scheme, at.period, config=c, held=held
        )
        for c in (decided, config)
    ]
    if runs[1].problems:
        raise FactsError(runs[1].problems)
    return runs[0].run, runs[1].run


def _rows(parameter: Parameter, value: Any) -> Iterator[Row]:
    choices = tuple((c, parameter.choice(c).say(language())) for c in parameter.choices)
    if parameter.kind == "boolean":
        choices = (("true", say(("是", "yes"))), ("false", say(("否", "no"))))
    label, unit = parameter.names.say(language()), parameter.unit.say(language())
    if isinstance(value, Mapping):
        for key, one in value.items():
            now = value_words(parameter, one, language())
            name = f"{parameter.name}{_SEPARATOR}{key}"
            called = f"{label} · {parameter.key(key).say(language())}"
            yield Row(name, called, parameter.clause, now, unit, choices)
        return
    now = value_words(parameter, value, language())
    yield Row(parameter.name, label, parameter.clause, now, unit, choices)


def _changed(config: HospitalConfig, at: Place, asked: Mapping[str, str]) -> HospitalConfig:
    """The configuration with other values from the period's first day on."""
    program, day = at.program, at.period.first_day
    settings = config.settings.get(program.code, Settings())
    held, _ = resolve(program.parameters, at.period.last_day, settings)
    values: dict[str, Any] = {}
    wrong: list[Problem] = []
    if not asked:
        wrong.append(_nothing())
    for field, text in asked.items():
        name, keyed, key = field.partition(_SEPARATOR)
        parameter = program.parameters.get(name)
        if parameter is None or name not in held:
            message = Text(f"方案没有参数 {name}", f"the scheme has no parameter '{name}'")
            near = did_you_mean(name, program.parameters)
            wrong.append(Problem("parameter.unknown", message, near, name=name))
            continue
        given: Any = _TRUTH.get(text, text)
        try:
            parsed: Any = parse_value(parameter, {key: given} if keyed else given)
        except ValueError as error:
            why, names = reason(error), parameter.names
            message = Text(f"{names.zh}：{why.zh}", f"{names.en}: {why.en}")
            wrong.append(Problem("parameter.bad", message, name=name))
            continue
        before = values.get(name, held[name].value)
        values[name] = {**before, **parsed} if keyed else parsed
    if wrong:
        raise ParameterError(wrong)
    overrides = dict(settings.overrides)
    for name, value in values.items():
        kept = [d for d in overrides.get(name, ()) if d.since < day]
        overrides[name] = (*kept, Dated(day, value, "what-if", "hospital"))
    changed = replace(settings, overrides=overrides)
    return replace(config, settings={**config.settings, program.code: changed})


def _nothing() -> Problem:
    return Problem(
        "portal.nothing_to_try",
        Text("还没有填要试的值", "there is nothing to try"),
        Text("请在一个参数后面填新的值", "Fill in another value of a parameter"),
    )
