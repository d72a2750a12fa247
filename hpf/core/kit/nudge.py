"""Mutants of parameters: every number up and down, every band limit, rate and inclusion."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from hpf.core.errors import Text
from hpf.core.formula.tree import Rounding
from hpf.core.formula.words import value_words
from hpf.core.kit.mutants import nudges, rounding_nudges
from hpf.core.parameters import Bandwidth, Parameter, ScaleValue, Value
from hpf.core.program import Program
from hpf.core.settings import Resolved

Change = Callable[[Value], Value]


@dataclass(frozen=True, slots=True)
class ParameterMutant:
    """One changed value of one parameter.

    id: `p.share@2006-01-01/up`; source: the day it holds from, `profile:NAME` or `hospital`.
    """

    id: str
    name: str
    source: str
    changed: Value
    place: str
    meaning: Text


def source_of(resolved: Resolved, profile: str) -> str:
    """Which of a parameter's values is in force: its day, a profile's, or the hospital's own."""
    origin = resolved.dated.origin
    if origin == "profile":
        return f"profile:{profile}"
    return "hospital" if origin == "hospital" else resolved.dated.since.isoformat()


def parameter_mutants(
    program: Program, in_force: Mapping[str, Mapping[str, Value]]
) -> Iterator[ParameterMutant]:
    """Every mutant of every value of every parameter.

    in_force: name -> `hospital` -> the value that examples supply, for what hospitals must set.
    """
    for name, parameter in sorted(program.parameters.items()):
        values = {d.since.isoformat(): d.value for d in parameter.values}
        values |= {f"profile:{p}": v for p, v in parameter.profiles.items()}
        values |= in_force.get(name, {})
        for source, value in values.items():
            for label, changed in _changes(parameter, value):
                yield ParameterMutant(
                    f"p.{name}@{source}/{label}",
                    name,
                    source,
                    changed,
                    f"parameters.yaml {name}",
                    Text(*(_said(parameter, value, changed, lang) for lang in ("zh", "en"))),
                )


def _said(parameter: Parameter, before: Value, after: Value, lang: str) -> str:
    one, two = (value_words(parameter, v, lang) for v in (before, after))
    return f"{parameter.names.say(lang)}: {one} → {two}"


def _changes(parameter: Parameter, value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, Mapping):
        for key, entry in value.items():
            for label, changed in _changes(parameter, entry):
                assert not isinstance(changed, Mapping)
                yield f"{key}/{label}", {**value, key: changed}
    elif isinstance(value, bool):
        yield "flip", not value
    elif isinstance(value, Fraction):
        yield from nudges(value)
    elif isinstance(value, Rounding):
        yield from rounding_nudges(value)
    elif isinstance(value, ScaleValue):
        yield from _scale(value)
    elif isinstance(value, dt.date):
        yield "later", value + dt.timedelta(days=1)
        yield "earlier", value - dt.timedelta(days=1)
    else:
        yield from ((f"is_{c}", c) for c in parameter.choices if c != value)


def _scale(value: ScaleValue) -> Iterator[tuple[str, ScaleValue]]:
    bands = value.bands
    for i, band in enumerate(bands):
        if band.rate is not None:
            for label, rate in nudges(band.rate):
                yield f"band{i + 1}.rate/{label}", _with(bands, {i: {"rate": rate}})
        if band.high is None:
            continue
        shared = i + 1 < len(bands)
        for label, limit in nudges(band.high):
            if _fits(bands, i, limit):
                edits: dict[int, dict[str, Any]] = {i: {"high": limit}}
                if shared:
                    edits[i + 1] = {"low": limit}
                yield f"band{i + 1}.limit/{label}", _with(bands, edits)
        edits = {i: {"high_in": not band.high_in}}
        if shared:
            edits[i + 1] = {"low_in": band.high_in}
        yield f"band{i + 1}.limit/flip", _with(bands, edits)
    first = bands[0]
    if first.low is not None:
        for label, limit in nudges(first.low):
            if first.high is None or limit < first.high:
                yield f"band1.low/{label}", _with(bands, {0: {"low": limit}})
        yield "band1.low/flip", _with(bands, {0: {"low_in": not first.low_in}})


def _fits(bands: tuple[Bandwidth, ...], i: int, limit: Fraction) -> bool:
    low = bands[i].low
    high = bands[i + 1].high if i + 1 < len(bands) else None
    return (low is None or low < limit) and (high is None or limit < high)


def _with(bands: tuple[Bandwidth, ...], edits: Mapping[int, Mapping[str, Any]]) -> ScaleValue:
    return ScaleValue(tuple(replace(b, **edits.get(i, {})) for i, b in enumerate(bands)))
