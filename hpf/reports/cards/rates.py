"""Parameters with their history: what held from when to when, who said so, what is chosen now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hpf.core.errors import Text
from hpf.core.formula.words import value_words
from hpf.core.parameters import Dated, Parameter, ScaleValue
from hpf.core.settings import Settings
from hpf.reports.cards.words import comma

_NOW = Text("现行", "in force")
_OPEN = Text("由医院确定，尚未设定", "for the hospital to decide; not set yet")
_READING = "reading "
_FEW = 3  # entries of a table that are repeated away from its clause


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of a parameter's history. value: lines; state: now, past, later; '' where unset.

    above: the clause that it belongs to, where that is another one: then only what is in force is
    told, and its history there.
    """

    name: str
    value: tuple[str, ...]
    since: str
    until: str
    basis: str
    state: str
    above: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How an ambiguous provision is read. others: what else it could be; by: who chose it."""

    question: str
    chosen: str
    others: str
    note: str
    by: str


def rates(
    parameter: Parameter, settings: Settings, day: dt.date, clause: str, lang: str
) -> Iterator[Rate]:
    """A parameter's history as it is printed at a clause."""
    name = parameter.names.say(lang)
    held = history(parameter, settings)
    away = parameter.clause if parameter.clause != clause else ""
    if not held:
        yield Rate(name, (_OPEN.say(lang),), "", "", "", "", away)
        return
    for dated, until in held:
        state = "past" if until and until < day else "later" if dated.since > day else "now"
        if away and state != "now":
            continue
        lines = tuple(_lines(parameter, dated, lang))
        if away and len(lines) > _FEW:
            lines = (Text(f"{len(lines)} 项", f"{len(lines)} entries").say(lang),)
        yield Rate(
            name,
            lines,
            dated.since.isoformat(),
            until.isoformat() if until else _NOW.say(lang),
            basis(dated, lang),
            state,
            away,
        )
        name = ""


def history(parameter: Parameter, settings: Settings) -> list[tuple[Dated, dt.date | None]]:
    """What held from when, each with its last day (None: it still does), earliest first.

    From its first override on, a hospital's own values hold, and the scheme's no longer do.
    """
    own = sorted(settings.overrides.get(parameter.name, ()), key=lambda d: d.since)
    theirs = sorted(parameter.values, key=lambda d: d.since)
    if own:
        theirs = [d for d in theirs if d.since < own[0].since]
    every = [*theirs, *own]
    ends = [two.since - dt.timedelta(days=1) for _, two in pairwise(every)]
    return list(zip(every, [*ends, None], strict=True)) if every else []


def basis(dated: Dated, lang: str) -> str:
    """Where a value stands, or why the hospital chose it."""
    said = dated.cited.say(lang)
    if lang.startswith("zh") and said.startswith(_READING):
        said = f"解读 {said.removeprefix(_READING)}"
    if dated.origin != "hospital":
        return said
    return Text(f"本院：{said}", f"The hospital: {said}").say(lang)


def _lines(parameter: Parameter, dated: Dated, lang: str) -> Iterator[str]:
    """A value; of a table or a scale one line an entry."""
    value = dated.value
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield f"{parameter.key(key).say(lang)} {value_words(parameter, one, lang)}"
    elif isinstance(value, ScaleValue):
        for band in value.bands:
            yield value_words(parameter, ScaleValue((band,)), lang)
    else:
        yield value_words(parameter, value, lang)


def readings(
    parameters: Sequence[Parameter], settings: Settings, day: dt.date, lang: str
) -> Iterator[Reading]:
    """The switches among some parameters, each as it is turned on the day."""
    for parameter in parameters:
        held = [d for d, _ in history(parameter, settings) if d.since <= day]
        if not held or not _is_switch(parameter, held):
            continue
        dated = held[-1]
        chosen = value_words(parameter, dated.value, lang)
        others = [
            said for c in _choices(parameter) if (said := value_words(parameter, c, lang)) != chosen
        ]
        if parameter.keys:
            others = []
        yield Reading(
            parameter.names.say(lang),
            chosen,
            comma(lang).join(others),
            parameter.note.say(lang),
            basis(dated, lang),
        )


def _choices(parameter: Parameter) -> tuple[str | bool, ...]:
    return (True, False) if parameter.kind == "boolean" else parameter.choices


def _is_switch(parameter: Parameter, held: Sequence[Dated]) -> bool:
    """A choice between readings; a table of words that the document prints is none."""
    if parameter.kind not in ("choice", "boolean"):
        return False
    return not parameter.keys or any(d.cited.en.startswith(_READING) for d in held)
