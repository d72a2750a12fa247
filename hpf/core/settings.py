"""What holds in a period: a scheme's parameters with a hospital's dated overrides.

parameters, lacking = resolve(program.parameters, facts.period.last_day, settings)
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hpf.core.errors import Collector, ParameterError, Problem, Text, did_you_mean, told
from hpf.core.parameters import Dated, Parameter, Value, day, parse_value


@dataclass(frozen=True, slots=True)
class Settings:
    """A hospital's choices for one scheme: dated overrides, each with a reason; never a default."""

    overrides: Mapping[str, tuple[Dated, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, known: Mapping[str, Parameter], data: Mapping[str, Any], place: str) -> Settings:
        """Read `{parameter: [{from, value, reason}]}`; ParameterError with every mistake."""
        bad = Collector()
        overrides: dict[str, tuple[Dated, ...]] = {}
        for name, entries in (data or {}).items():
            if name not in known:
                message = Text(f"方案没有参数 {name}", f"the scheme has no parameter '{name}'")
                bad.add(
                    Problem("parameter.unknown", message, did_you_mean(name, known), place=place)
                )
                continue
            try:
                overrides[name] = tuple(
                    Dated(
                        day(e["from"]),
                        parse_value(known[name], e["value"]),
                        str(e["reason"]),
                        "hospital",
                    )
                    for e in entries
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                why, cure = told(error)
                message = Text(f"参数 {name}：{why.zh}", f"parameter '{name}': {why.en}")
                if not cure.en or isinstance(error, KeyError):
                    cure = Text(
                        "每项要有 from、value、reason", "Each entry needs from, value, reason"
                    )
                bad.add(Problem("parameter.bad", message, cure, place, name=name))
        bad.stop(ParameterError)
        return cls(overrides)


@dataclass(frozen=True, slots=True)
class Resolved:
    """A parameter with the one value that holds in a period."""

    parameter: Parameter
    dated: Dated

    @property
    def value(self) -> Value:
        """The value in force."""
        return self.dated.value


def resolve(
    parameters: Mapping[str, Parameter],
    day: dt.date,
    settings: Settings | None = None,
    profile: str = "full",
) -> tuple[dict[str, Resolved], list[Problem]]:
    """What holds on `day`: the hospital's override, else the scheme's value.

    Under a profile other than `full`, a parameter's own value for that profile comes first.
    Returns the values found and one problem for each parameter that has none.
    """
    overrides = settings.overrides if settings else {}
    found: dict[str, Resolved] = {}
    problems: list[Problem] = []
    for name, parameter in parameters.items():
        held = [d for d in overrides.get(name, ()) if d.since <= day]
        dated = max(held, key=lambda d: d.since) if held else parameter.on(day)
        if profile in parameter.profiles:
            dated = Dated(day, parameter.profiles[profile], f"profile {profile}", "profile")
        if dated is None:
            problems.append(missing(parameter, day))
        else:
            found[name] = Resolved(parameter, dated)
    return found, problems


def missing(parameter: Parameter, day: dt.date) -> Problem:
    """The problem of a parameter without a value on a day."""
    name, of = parameter.name, parameter.clause
    message = Text(
        f"参数 {name}（{parameter.names.zh}，条款 {of}）在 {day} 没有值",
        f"parameter '{name}' ({parameter.names.en}, clause {of}) has no value on {day}",
    )
    cure = Text(
        f"请在医院配置里写：{name}: [{{from: {day}, value: …, reason: …}}]",
        f"Write in the hospital's configuration: {name}: [{{from: {day}, value: …, reason: …}}]",
    )
    return Problem("parameter.missing", message, cure, name=name)
