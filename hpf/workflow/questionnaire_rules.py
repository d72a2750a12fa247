"""A questionnaire as it is frozen when it is opened: the form, and the values its rules take.

The plugin may change or go, and a parameter may get another value: an open questionnaire goes on
as it began, and a closed one reads the same years later.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from fractions import Fraction
from typing import Any

from hpf.core import Figure, Problem, Question, Questionnaire, RaterGroup, Text
from hpf.core.errors import HpfError, did_you_mean
from hpf.core.formula.exact import band_of
from hpf.core.parameters import Bandwidth, ScaleValue, Value
from hpf.core.program import Program
from hpf.core.settings import Settings, resolve

LEAST = 3  # answers of a group whose members are not to be told apart
NAMED = ("self", "superior")  # relations of one or few, who are known anyway
RESPONSES = ("reweight", "withhold")


@dataclass(frozen=True, slots=True)
class Rules:
    """The values in force. raters: None for everybody; sample: groups without one need none.

    sources: parameter -> since when, and where it is printed or why the hospital decided it.
    """

    weights: Mapping[str, Fraction]
    minimum: Mapping[str, int]
    missing: str
    raters: Mapping[str, int | None]
    sample: Mapping[str, int]
    satisfied: Mapping[str, Fraction]
    points: Mapping[str, ScaleValue]
    sources: Mapping[str, tuple[str, str]]

    def as_json(self) -> dict[str, Any]:
        """Numbers as text, so that they stay exact."""
        return {
            "weights": {k: str(v) for k, v in self.weights.items()},
            "minimum": dict(self.minimum),
            "missing": self.missing,
            "raters": dict(self.raters),
            "sample": dict(self.sample),
            "satisfied": {k: str(v) for k, v in self.satisfied.items()},
            "points": {k: [_band(b) for b in v.bands] for k, v in self.points.items()},
            "sources": {k: list(v) for k, v in self.sources.items()},
        }

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Rules:
        """The inverse of `as_json`."""
        return cls(
            {k: Fraction(v) for k, v in data["weights"].items()},
            data["minimum"],
            data["missing"],
            data["raters"],
            data["sample"],
            {k: Fraction(v) for k, v in data["satisfied"].items()},
            {k: ScaleValue(tuple(map(_read_band, v))) for k, v in data["points"].items()},
            {k: (v[0], v[1]) for k, v in data["sources"].items()},
        )


def form_json(form: Questionnaire) -> dict[str, Any]:
    """A declaration as JSON; tuples become lists, texts pairs."""
    found: dict[str, Any] = asdict(form)
    return found


def read_form(data: Mapping[str, Any]) -> Questionnaire:
    """The inverse of `form_json`."""
    parts = {
        "questions": tuple(_made(Question, q) for q in data["questions"]),
        "groups": tuple(_made(RaterGroup, g) for g in data["groups"]),
        "figures": tuple(_made(Figure, f) for f in data["figures"]),
    }
    made: Questionnaire = _made(Questionnaire, {**data, **parts})
    return made


def _made(kind: Any, data: Mapping[str, Any]) -> Any:
    """A declaration of one kind; what it does not know, an older or newer one did."""
    values = {f.name: data[f.name] for f in fields(kind) if f.name in data}
    for name in ("names", "intro"):
        if name in values:
            values[name] = Text(*values[name])
    if "labels" in values:
        values["labels"] = tuple(Text(*label) for label in values["labels"])
    if kind is Figure:
        values["questions"] = tuple(values["questions"])
    return kind(**values)


def freeze(form: Questionnaire, program: Program, settings: Settings, day: dt.date) -> Rules:
    """The values in force on a day. HpfError with every one that is missing or does not fit."""
    names = [form.minimum, form.missing, form.weights, form.raters, form.sample]
    names += [n for f in form.figures for n in (f.satisfied, f.points)]
    wanted = dict.fromkeys(n for n in names if n)
    known = program.parameters
    wrong = [_unknown(form, n, known) for n in wanted if n not in known]
    asked = {n: known[n] for n in wanted if n in known}
    held, lacking = resolve(asked, day, settings)
    wrong += lacking
    if wrong:
        raise HpfError(wrong)
    values = {n: r.value for n, r in held.items()}
    groups = [g.code for g in form.groups]
    single = {groups[0]: Fraction(1)} if len(groups) == 1 and not form.weights else {}
    bad: list[Problem] = []
    weights = single or _by_group(values[form.weights], groups, form.weights, bad)
    minimum = _by_group(values[form.minimum], groups, form.minimum, bad)
    raters = _by_group(values[form.raters], groups, form.raters, bad) if form.raters else {}
    sample = _by_group(values[form.sample], groups, form.sample, bad) if form.sample else {}
    if not bad:
        bad += _unfit(form, weights, minimum, raters, sample, values)
    if bad:
        raise HpfError(bad)
    return Rules(
        weights,
        {g: int(n) for g, n in minimum.items()},
        str(values[form.missing]),
        {g: int(raters[g]) if g in raters else None for g in groups},
        {g: int(n) for g, n in sample.items()},
        {f.code: _fraction(values[f.satisfied]) for f in form.figures if f.satisfied},
        {f.code: _scale(values[f.points]) for f in form.figures if f.points},
        {n: (str(r.dated.since), r.dated.reference) for n, r in held.items()},
    )


def _by_group(
    value: Value, groups: list[str], name: str, bad: list[Problem]
) -> dict[str, Fraction]:
    """A number for each group: one for all, or a table by group."""
    if not isinstance(value, Mapping):
        return dict.fromkeys(groups, _fraction(value))
    found = {}
    for group in groups:
        if group not in value:
            bad.append(_problem(name, f"没有写 {group} 组的值", f"says nothing of group '{group}'"))
        else:
            found[group] = _fraction(value[group])
    return found


def _unfit(
    form: Questionnaire,
    weights: Mapping[str, Fraction],
    minimum: Mapping[str, Fraction],
    raters: Mapping[str, Fraction],
    sample: Mapping[str, Fraction],
    values: Mapping[str, Value],
) -> Iterator[Problem]:
    total = sum(weights.values(), Fraction(0))
    if total != 1 or any(w < 0 for w in weights.values()):
        yield _problem(form.weights, f"权数之和是 {total}，应为 1，且不为负",
                       f"the weights sum to {total}, not to 1, or one is negative")  # fmt: skip
    for name, numbers in ((form.minimum, minimum), (form.raters, raters), (form.sample, sample)):
        for group, number in numbers.items():
            if number.denominator != 1 or number < 1:
                yield _problem(name, f"{group}：{number} 不是正整数",
                               f"{group}: {number} is no positive whole number")  # fmt: skip
    for one in form.groups:
        code, least = one.code, minimum[one.code]
        if one.relation not in NAMED and least < LEAST:
            yield _problem(
                form.minimum, f"{code}：最低 {least} 份太少，会认出是谁；至少 {LEAST} 份",
                f"{code}: a minimum of {least} gives people away; it is at least {LEAST}",
            )  # fmt: skip
        for name, numbers in ((form.raters, raters), (form.sample, sample)):
            if code in numbers and numbers[code] < least:
                yield _problem(name, f"{code}：少于最低份数 {least}",
                               f"{code}: below the minimum of {least}")  # fmt: skip
    if values[form.missing] not in RESPONSES:
        yield _problem(form.missing, f"只能是 {'、'.join(RESPONSES)}",
                       f"it is one of {', '.join(RESPONSES)}")  # fmt: skip
    steps = {q.code: (q.low, q.high) for q in form.questions}
    for figure in form.figures:
        low, high = steps[figure.questions[0]]
        if figure.satisfied and not low < _fraction(values[figure.satisfied]) <= high:
            yield _problem(figure.satisfied, f"不在 {low} 以上、{high} 以内",
                           f"it is not above {low} and up to {high}")  # fmt: skip
        if figure.points:
            ends = (low, high) if figure.measure == "mean" else (0, 1)
            scale = _scale(values[figure.points])
            if any(band_of(scale, Fraction(e), False) is None for e in ends) or any(
                b.rate is None for b in scale.bands
            ):
                yield _problem(figure.points, f"没有覆盖 {ends[0]} 至 {ends[1]}",
                               f"it does not cover {ends[0]} to {ends[1]}")  # fmt: skip


def _fraction(value: Any) -> Fraction:
    if not isinstance(value, Fraction):
        raise TypeError(f"{value!r} is no number")
    return value


def _scale(value: Any) -> ScaleValue:
    if not isinstance(value, ScaleValue):
        raise TypeError(f"{value!r} is no scale")
    return value


def _band(band: Bandwidth) -> list[Any]:
    low, high = (None if end is None else str(end) for end in (band.low, band.high))
    return [low, band.low_in, high, band.high_in, str(band.rate)]


def _read_band(data: list[Any]) -> Bandwidth:
    low, high = (None if end is None else Fraction(end) for end in (data[0], data[2]))
    return Bandwidth(low, data[1], high, data[3], Fraction(data[4]))


def _problem(name: str, zh: str, en: str) -> Problem:
    cure = Text("请改参数：hpf configure", "Mend the parameter: hpf configure")
    message = Text(f"参数 {name}：{zh}", f"parameter '{name}': {en}")
    return Problem("questionnaire.rules", message, cure, name=name)


def _unknown(form: Questionnaire, name: str, known: Mapping[str, Any]) -> Problem:
    message = Text(
        f"问卷 {form.code}：方案没有参数 {name}",
        f"questionnaire '{form.code}': the scheme has no parameter '{name}'",
    )
    return Problem("questionnaire.rules", message, did_you_mean(name, known), name=name)
