"""A field for each cell, by its indicator's type; read as a workbook's cell is, by the same words.

fields = fields_of(cells)            # WTForms: parses, keeps what was typed, says what is wrong
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from wtforms import SelectField, StringField
from wtforms.fields.choices import Choice
from wtforms.form import BaseForm
from wtforms.widgets import DateInput, TextInput

from hpf.core.errors import Text
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.results import plain
from hpf.core.units import CNY
from hpf.core.values import Result
from hpf.intake.cells import Reading, read_boolean, read_date, read_text
from hpf.intake.numbers import read_number
from hpf.portal.language import language, say
from hpf.reports import figures

Value = Result | None
EMPTY: Final = {  # what a blank is called, and what it will count as
    Blank.REQUIRED: Text("空白（未报）", "blank (not reported)"),
    Blank.ZERO: Text("空白（按零计）", "blank (counts as zero)"),
    Blank.NOT_APPLICABLE: Text("空白（不适用）", "blank (not applicable)"),
}
_YES_NO: Final = (("1", Text("是", "Yes")), ("0", Text("否", "No")))


def read(indicator: Indicator, text: str) -> Reading:
    """What was typed, as the intake reads a cell of the column: never a float, blank is None."""
    if indicator.type.is_number:
        return read_number(text, indicator, written=True)
    if indicator.type is Type.BOOLEAN:
        return read_boolean(text)
    if indicator.type is Type.DATE:
        return read_date(text)
    return read_text(text, key=False, choices=indicator.choices)


def written(value: Value) -> str:
    """A value as a field holds it: plain notation, yes and no as 1 and 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(plain(value))


def shown(indicator: Indicator, value: Value) -> str:
    """A value in words; a blank is a blank and says what it counts as, and is never shown as 0."""
    if value is None:
        return say(EMPTY[indicator.blank])
    return figures.figure(value, language(), pay=indicator.unit == CNY)


class _Cell:
    """What both kinds of field share: reading, and the value where nothing was wrong."""

    indicator: Indicator
    data: Any
    raw: str

    def _take(self, text: str) -> None:
        self.raw = text
        found = read(self.indicator, text)
        self.data = found.value
        if found.fault is not None:
            told, cure = found.fault.message, found.fault.cure
            raise ValueError(say((f"{told.zh}。{cure.zh}", f"{told.en}. {cure.en}")))
        whole = self.indicator.type is Type.INTEGER and isinstance(self.data, Decimal)
        if whole and self.data != self.data.to_integral_value():
            raise ValueError(say(("请填整数", "Write a whole number")))
        known = self.indicator.choices
        if known and self.data is not None and self.data not in known:
            raise ValueError(say(("请从选项中选", "Choose one of the list")))


class TypedCell(_Cell, StringField):  # type: ignore[misc]  # WTForms ships no types
    """A number, a date or a text."""

    def __init__(self, indicator: Indicator, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.indicator, self.raw = indicator, ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        if valuelist:
            self._take(valuelist[0])

    def _value(self) -> str:
        return self.raw if self.raw_data else written(self.data)


class ChosenCell(_Cell, SelectField):  # type: ignore[misc]  # WTForms ships no types
    """A choice, or yes and no; the first one is the blank."""

    def __init__(self, indicator: Indicator, **kwargs: Any) -> None:
        if indicator.type is Type.BOOLEAN:
            known = [(code, say(word)) for code, word in _YES_NO]
        else:
            known = [(c, c) for c in indicator.choices]
        super().__init__(**kwargs)
        self.known = [("", say(EMPTY[indicator.blank])), *known]
        self.indicator, self.raw = indicator, ""
        self.validate_choice = False  # read by `_take`

    def process_data(self, value: Any) -> None:
        """What is stored already."""
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was chosen."""
        if valuelist:
            self._take(valuelist[0])

    def iter_choices(self) -> Any:
        """Each choice, and whether it is the one."""
        chosen = self.raw if self.raw_data else written(self.data)
        return [
            Choice(value=v, label=word, selected=v == chosen, render_kw={})
            for v, word in self.known
        ]

    def has_groups(self) -> bool:
        """One list of all."""
        return False


def fields_of(cells: Mapping[str, tuple[Indicator, Value, str]], formdata: Any = None) -> BaseForm:
    """A form of cells. cells: name -> indicator, stored value, label for those who cannot see the
    table; formdata: what was sent, None for a form to be filled in."""
    made = BaseForm({name: _field(one, label) for name, (one, _, label) in cells.items()})
    data = {name: value for name, (_, value, _) in cells.items()}
    made.process(formdata, data=data)
    return made


def _field(indicator: Indicator, label: str) -> Any:
    """The field of a type, with the keyboard a phone shows for it."""
    keys: dict[str, Any] = {"aria-label": label, "autocomplete": "off"}
    if indicator.choices or indicator.type is Type.BOOLEAN:
        return _unbound(ChosenCell, indicator, keys)
    if indicator.type is Type.DATE:
        return _unbound(TypedCell, indicator, keys, DateInput())
    keys["maxlength"] = 400 if indicator.type is Type.TEXT else 40
    if indicator.type.is_number:
        keys |= {"inputmode": "numeric" if indicator.type is Type.INTEGER else "decimal",
                 "class": "number"}  # fmt: skip
    return _unbound(TypedCell, indicator, keys, TextInput())


def _unbound(kind: Any, indicator: Indicator, keys: dict[str, Any], widget: Any = None) -> Any:
    given = {"render_kw": keys} | ({"widget": widget} if widget else {})
    return kind(indicator=indicator, **given)


def same(one: Value, two: Value) -> bool:
    """Whether two values are one: numbers by what they are worth, yes and 1 never alike."""
    if isinstance(one, bool) or isinstance(two, bool):
        return one is two
    if isinstance(one, dt.date) != isinstance(two, dt.date):
        return False
    return one == two
