"""Numbers, one cell at a time: decimals of at most 12 places, below 10^16, in the right unit."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from hpf.core.facts import BOUND, PLACES
from hpf.core.indicators import Indicator
from hpf.core.units import Unit
from hpf.intake.cells import (
    ASCII,
    BLANK,
    ERRORS,
    Reading,
    fault,
    marked,
    shown_cell,
    tidy,
    wrong,
)
from hpf.intake.grid import Cell, Mark

DIGITS = 15  # what a spreadsheet shows and keeps of a number
_EXACT = Context(prec=120, rounding=ROUND_HALF_UP)
_QUANTUM = Decimal(1).scaleb(-PLACES)
_YUAN = ("\u00a5", "\uffe5")  # the yuan sign, narrow and wide
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_SCIENTIFIC = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]{1,4}")
_SUFFIX = re.compile(r"([+-]?[0-9][0-9,.]*)\s*([^\W\d_][^\d\s,.%]*)")
_NOT_FINITE = {"nan", "inf", "+inf", "-inf", "infinity", "+infinity", "-infinity"}


def read_number(cell: Cell, indicator: Indicator, written: bool = False) -> Reading:
    """A decimal of at most 12 places, below 10^16. written: the file holds texts only (CSV)."""
    if cell is None or cell == "":
        return BLANK
    if isinstance(cell, Mark):
        return marked(cell)
    if isinstance(cell, bool) or not isinstance(cell, float | int | str):
        return wrong(cell, "数字", "a number")
    if isinstance(cell, int):
        return bounded(Decimal(cell), (), cell)
    if isinstance(cell, float):
        return from_float(cell)
    return _number_text(cell, indicator, written)


def from_float(number: float) -> Reading:  # the file holds doubles
    """A spreadsheet's double, as the 15 significant digits it shows."""
    if number != number or number in (float("inf"), float("-inf")):  # refused
        return _not_finite(str(number))
    return bounded(Decimal(format(number, f".{DIGITS}g")), (), number)


def _not_finite(shown: str) -> Reading:
    return fault(
        "not_finite",
        f"“{shown}”不是有限的数",
        f"'{shown}' is not a finite number",
        "请填数字",
        "Write a number",
    )


def bounded(value: Decimal, notes: tuple[str, ...], cell: Cell) -> Reading:
    """The value within what can be computed, rounded to 12 places."""
    if abs(value) >= BOUND:
        return fault(
            "beyond",
            f"{shown_cell(cell)} 超出可计算的范围",
            f"{shown_cell(cell)} is beyond what is computed",
            "绝对值须小于 10^16",
            "Its magnitude must stay below 10^16",
        )
    if int(value.as_tuple().exponent) < -PLACES:
        rounded = value.quantize(_QUANTUM, context=_EXACT)
        if rounded != value:
            notes = (*notes, "rounded")
        value = rounded
    return Reading(value, notes)


def _number_text(cell: str, indicator: Indicator, written: bool) -> Reading:
    text, notes = tidy(cell)
    if not text:
        return Reading(None, ("blank_text",))
    if not text.isascii():
        plain = text.translate(ASCII).strip()
        notes += ("full_width",) if plain != text else ()
        text = plain
    if text.lower() in _NOT_FINITE:
        return _not_finite(shown_cell(cell))
    if ERRORS.fullmatch(text):
        return marked(Mark(text))
    unit = indicator.unit
    if text[:1] in _YUAN:
        if unit.bases[:1] != (("CNY", 1),):
            return _wrong_unit(cell, "¥", unit)
        text, notes = text[1:].lstrip(), (*notes, "unit")
    suffix = _SUFFIX.fullmatch(text)
    if suffix and not _SCIENTIFIC.fullmatch(text):
        if suffix[2] not in _unit_words(unit):
            return _wrong_unit(cell, suffix[2], unit)
        text, notes = suffix[1], (*notes, "unit")
    percent = text.endswith("%")
    if percent:
        if not unit.is_ratio:
            return percent_refused(cell, unit)
        text, notes = text[:-1].rstrip(), (*notes, "percent")
    if _THOUSANDS.fullmatch(text):
        text, notes = text.replace(",", ""), (*notes, "thousands")
    elif _SCIENTIFIC.fullmatch(text):
        notes = (*notes, "scientific")
    elif not _NUMBER.fullmatch(text):
        return _not_a_number(cell)
    if not written and not notes:
        notes = ("text_number",)
    try:
        value = Decimal(text)
    except InvalidOperation:
        return _not_a_number(cell)
    return bounded(value.scaleb(-2, context=_EXACT) if percent else value, notes, cell)


def _not_a_number(cell: str) -> Reading:
    return fault(
        "not_a_number",
        f"“{shown_cell(cell)}”不是数字",
        f"'{shown_cell(cell)}' is not a number",
        "请填数字；没有数据请留空，不要用符号或文字代替",
        "Write a number; leave the cell empty where there is none",
    )


def _unit_words(unit: Unit) -> set[str]:
    words = {str(unit), unit.say("zh"), unit.say("en")}
    if unit.bases == (("CNY", 1),):
        words |= {"元", "圆", "RMB", "yuan"}
    return words


def _wrong_unit(cell: Cell, found: str, unit: Unit) -> Reading:
    zh, en = unit.say("zh") or "比值", str(unit)
    return fault(
        "unit",
        f"“{shown_cell(cell)}”的单位是“{found}”，这一列的单位是{zh}",
        f"'{shown_cell(cell)}' has the unit '{found}'; this column is in {en}",
        f"请换算成{zh}，只填数字",
        f"Convert it to {en} and write the number alone",
    )


def percent_refused(cell: Cell, unit: Unit) -> Reading:
    """A percentage where the indicator is no ratio."""
    zh, en = unit.say("zh"), str(unit)
    return fault(
        "percent",
        f"“{shown_cell(cell)}”按百分比填写，但这一列不是比值（单位：{zh}）",
        f"'{shown_cell(cell)}' is given as a percentage, but this column is no ratio (unit: {en})",
        "请去掉百分号（和百分比格式），填实际数值",
        "Write the figure itself, without percent sign or percentage format",
    )
