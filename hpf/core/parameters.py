"""Parameters: dated, cited values of a scheme, and a hospital's dated overrides.

A scheme's `parameters.yaml` holds, for each parameter, a unit, a clause and values with the day
each holds from and where it stands in the document. All numbers are quoted: a bare 0.45 would be
a binary float, and is refused. What the document leaves to the hospital has `values: required`.

Kinds: number (with unit), choice (one of `choices`), boolean, date, rounding (`step`, `mode`),
scale (`bands`); `keyed_by: INDICATOR-CHOICES` makes any of the first three a table. Choices and
keys have names, `choices: {per_head: {zh: 按人均, en: Per head}}`; the bare list does without.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hpf.core.errors import BadValue, Text, did_you_mean, unknown
from hpf.core.formula.tree import Rounding
from hpf.core.parameter_values import (
    Bandwidth,
    ScaleValue,
    day,
    number,
    rounding,
    rounding_step,
    scale,
)
from hpf.core.units import RATIO, Unit

__all__ = [
    "KINDS", "MOST_MONTHS", "Bandwidth", "Dated", "Parameter", "Scalar", "ScaleValue", "Value",
    "are_months", "day", "number", "parse_value", "rounding_step",
]  # fmt: skip

KINDS = ("number", "choice", "boolean", "date", "rounding", "scale")
MOST_MONTHS = 12 * 10_000  # dates end with the year 9999, so no count of months reaches this

Scalar = Fraction | bool | str | dt.date | Rounding | ScaleValue
Value = Scalar | Mapping[str, Scalar]


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from a day on.

    reference: where it is printed, or the hospital's reason; english: the same, where the scheme
    says it in both languages.
    """

    since: dt.date
    value: Value
    reference: str
    origin: str = "scheme"
    english: str = ""

    @property
    def cited(self) -> Text:
        """The reference in both languages; the one there is, where it was written once."""
        return Text(self.reference, self.english or self.reference)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a scheme; `values` is empty where the hospital must supply it.

    choice_names, key_names: how people read a choice and a table's key. What is kept, configured
    and sealed is the word itself.
    """

    name: str
    kind: str
    names: Text
    clause: str
    unit: Unit = RATIO
    input_unit: Unit = RATIO
    keys: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    values: tuple[Dated, ...] = ()
    profiles: Mapping[str, Value] = field(default_factory=dict)
    note: Text = Text("", "")
    choice_names: Mapping[str, Text] = field(default_factory=dict)
    key_names: Mapping[str, Text] = field(default_factory=dict)

    def choice(self, word: str) -> Text:
        """A choice's name; the word itself where the scheme gives it none."""
        return self.choice_names.get(word, Text(word, word))

    def key(self, word: str) -> Text:
        """A key's name; the word itself where the scheme gives it none."""
        return self.key_names.get(word, Text(word, word))

    def choice_meant(self, said: str) -> str:
        """The choice with this name, in either language; what was said, where there is none."""
        return _meant(self.choice_names, said)

    def key_meant(self, said: str) -> str:
        """The key with this name, in either language; what was said, where there is none."""
        return _meant(self.key_names, said)

    @property
    def required(self) -> bool:
        """Whether the document gives no value, so that the hospital must."""
        return not self.values

    def on(self, day: dt.date) -> Dated | None:
        """The value in force on a day, or None."""
        held = [v for v in self.values if v.since <= day]
        return max(held, key=lambda v: v.since) if held else None


def _meant(names: Mapping[str, Text], said: str) -> str:
    if said in names:
        return said
    return next((word for word, name in names.items() if said in name), said)


def parse_value(parameter: Parameter, value: Any) -> Value:
    """Read one value of a parameter, table or not.

    Raises ValueError saying what is wrong with it.
    """
    if parameter.keys:
        if not isinstance(value, Mapping):
            shown = ", ".join(f"{key}: …" for key in parameter.keys)
            raise BadValue(
                f"'{value}' 不是按键分列的值",
                f"'{value}' is not keyed",
                f"请写 {{{shown}}}",
                f"Write {{{shown}}}",
            )
        for key in value:
            if str(key) not in parameter.keys:
                raise unknown("键", "key", key, parameter.keys)
        return {str(k): _scalar(parameter, v) for k, v in value.items()}
    return _scalar(parameter, value)


def _scalar(parameter: Parameter, value: Any) -> Scalar:
    match parameter.kind:
        case "number":
            return number(value)
        case "boolean":
            if not isinstance(value, bool):
                raise BadValue(
                    f"'{value}' 不是是否值",
                    f"'{value}' is neither true nor false",
                    "请写 true 或 false",
                    "Write true or false",
                )
            return value
        case "date":
            return day(value)
        case "choice":
            if value not in parameter.choices:
                near = did_you_mean(str(value), parameter.choices)
                raise BadValue(f"'{value}' 不在选项中", f"'{value}' is no choice", near.zh, near.en)
            return str(value)
        case "rounding":
            return rounding(value)
    return scale(value)


def are_months(value: Fraction) -> bool:
    """Whether a date can be moved by so many months: a whole number below MOST_MONTHS.

    >>> are_months(Fraction(-6)), are_months(Fraction("1.5"))
    (True, False)
    """
    return value.denominator == 1 and abs(value) < MOST_MONTHS
