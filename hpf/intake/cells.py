"""One cell at a time: what was written, read as a number, date, truth value or text.

Every reading says what had to be put right on the way (`notes`), or why it cannot be read
(`fault`). Nothing is guessed: `85%` is 0.85 only where a ratio is asked for, `万元` is refused.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from hpf.core.errors import Text
from hpf.intake.grid import Cell, Mark


class Fault(NamedTuple):
    """Why a cell cannot be read; code as in `intake.<code>`."""

    code: str
    message: Text
    cure: Text


class Reading(NamedTuple):
    """value: None for a blank (or a fault); notes: codes of what was put right."""

    value: Decimal | str | bool | dt.date | None = None
    notes: tuple[str, ...] = ()
    fault: Fault | None = None


BLANK = Reading()
FIRST_DAY, LAST_DAY = dt.date(1900, 3, 1), dt.date(2199, 12, 31)  # Excel counts a 29 Feb 1900
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
_NO_UNSEEN = {ord(c): None for c in _UNSEEN}
ASCII = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x2212: 0x2D}
# in an id, full-width brackets and marks are proper Chinese; digits and letters are a slip
ASCII_WORD = {k: v for k, v in ASCII.items() if chr(v).isalnum()}
ERRORS = re.compile(r"#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|SPILL!|CALC!|GETTING_DATA)")
_TRUE = {"是", "true", "yes", "y", "1"}
_FALSE = {"否", "false", "no", "n", "0"}
_DATE = re.compile(
    r"([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/|\.([0-9]{1,2})\.|年\s*([0-9]{1,2})\s*月\s*)"
    r"([0-9]{1,2})\s*日?"
)
_DAY8 = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def tidy(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without blanks around it (ideographic, non-breaking, unseen ones as well)."""
    clean = text.translate(_NO_UNSEEN).strip()
    return clean, (() if clean == text else ("blanks",))


def fault(code: str, zh: str, en: str, cure_zh: str, cure_en: str) -> Reading:
    """A reading that failed."""
    return Reading(fault=Fault(code, Text(zh, en), Text(cure_zh, cure_en)))


def shown_cell(cell: Cell) -> str:
    """A cell's content as a message shows it: numbers as a spreadsheet does, long texts cut."""
    if isinstance(cell, float):
        return format(cell, ".15g")
    text = str(cell)
    return text if len(text) <= 40 else text[:40] + "…"


def marked(mark: Mark) -> Reading:
    """A cell with an Excel error, or a formula that nobody has computed."""
    if mark.text:
        return fault(
            "excel_error",
            f"单元格是 Excel 错误值 {mark.text}",
            f"the cell holds the Excel error {mark.text}",
            "请改正公式，或直接填数值",
            "Mend the formula, or write the value itself",
        )
    return fault(
        "formula_without_value",
        "单元格是公式，但没有保存计算结果",
        "the cell holds a formula without a computed value",
        "请在 Excel 或 WPS 中打开并保存一次，或粘贴为数值",
        "Open and save the workbook in Excel once, or paste the value",
    )


def wrong(cell: Cell, zh: str, en: str, code: str = "wrong_type") -> Reading:
    """A cell that is not what its column asks for."""
    shown = shown_cell(cell)
    return fault(code, f"“{shown}”不是{zh}", f"'{shown}' is not {en}", f"请填{zh}", f"Write {en}")


def read_boolean(cell: Cell) -> Reading:
    """是/否, yes/no, true/false, y/n, 1/0."""
    if cell is None or cell == "":
        return BLANK
    if isinstance(cell, Mark):
        return marked(cell)
    if isinstance(cell, bool):
        return Reading(cell)
    if isinstance(cell, float | int) and cell in (0, 1):
        return Reading(bool(cell))
    if isinstance(cell, str):
        text, notes = tidy(cell)
        if not text:
            return Reading(None, ("blank_text",))
        word = text.translate(ASCII).lower()
        if not text.isascii() and word != text.lower():
            notes += ("full_width",)
        if word in _TRUE or word in _FALSE:
            return Reading(word in _TRUE, notes)
    return wrong(cell, "是或否", "yes or no", "not_a_boolean")


def read_date(cell: Cell) -> Reading:
    """A calendar day from 1900-03-01 to 2199-12-31."""
    if cell is None or cell == "":
        return BLANK
    if isinstance(cell, Mark):
        return marked(cell)
    if isinstance(cell, dt.datetime):
        return _day(
            cell.year, cell.month, cell.day, cell, ("time",) if cell.time() != dt.time() else ()
        )
    if isinstance(cell, dt.date):
        return _day(cell.year, cell.month, cell.day, cell, ())
    notes: tuple[str, ...] = ()
    text = ""
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        text = format(cell, ".15g")
        if not _DAY8.fullmatch(text):
            return wrong(cell, "日期（如 2026-09-01）", "a date (such as 2026-09-01)", "not_a_date")
    elif isinstance(cell, str):
        text, notes = tidy(cell)
        if not text:
            return Reading(None, ("blank_text",))
        plain = text.translate(ASCII)
        if plain != text:
            text, notes = plain, (*notes, "full_width")
        if ERRORS.fullmatch(text):
            return marked(Mark(text))
    found = _DATE.fullmatch(text) or _DAY8.fullmatch(text)
    if not found:
        return wrong(cell, "日期（如 2026-09-01）", "a date (such as 2026-09-01)", "not_a_date")
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        notes = (*notes, "date_text")
    year, month, day = (int(g) for g in found.groups() if g)
    return _day(year, month, day, cell, notes)


def _day(year: int, month: int, day: int, cell: Cell, notes: tuple[str, ...]) -> Reading:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return fault(
            "not_a_date",
            f"日历上没有“{shown_cell(cell)}”这一天",
            f"'{shown_cell(cell)}' is no day of the calendar",
            "请填写实际日期，如 2026-09-01",
            "Write a real date, such as 2026-09-01",
        )
    if not FIRST_DAY <= date <= LAST_DAY:
        return fault(
            "date_range",
            f"日期“{shown_cell(cell)}”超出范围",
            f"the date '{shown_cell(cell)}' is out of range",
            f"应在 {FIRST_DAY} 至 {LAST_DAY} 之间",
            f"It must lie between {FIRST_DAY} and {LAST_DAY}",
        )
    return Reading(date, notes)


def read_text(cell: Cell, *, key: bool, choices: tuple[str, ...] = ()) -> Reading:
    """A text; key: an id, or the id of another row. 17.0 is '17', as a spreadsheet shows it."""
    if cell is None or cell == "":
        return BLANK
    if isinstance(cell, Mark):
        return marked(cell)
    if isinstance(cell, str):
        return _text(cell, key, choices)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        text = format(cell, ".15g")
        if "e" in text or "n" in text:
            return fault(
                "long_number",
                f"编号 {shown_cell(cell)} 以数字保存，超过 15 位的部分已丢失",
                f"{shown_cell(cell)} is kept as a number, which loses digits past the 15th",
                "请把这一列设为文本格式后重新填写",
                "Format the column as text and write it again",
            )
        if "." not in text or not key:
            return Reading(text)
    elif isinstance(cell, dt.date) and not key and not choices:
        return Reading(cell.isoformat(), ("date_as_text",))
    return fault(
        "not_text",
        f"“{shown_cell(cell)}”被表格软件存成了数字、日期或逻辑值，不能作编号或选项",
        f"'{shown_cell(cell)}' is kept as a number, date or truth value: no id, no choice",
        "请把这一列设为文本格式后重新填写",
        "Format the column as text and write it again",
    )


def _text(cell: str, key: bool, choices: tuple[str, ...]) -> Reading:
    text, notes = tidy(cell)
    if not text:
        return Reading(None, ("blank_text",))
    if key or choices:
        if ERRORS.fullmatch(text):
            return marked(Mark(text))
        if choices and text not in choices:
            folded = unicodedata.normalize("NFKC", text)
            same = [c for c in choices if unicodedata.normalize("NFKC", c) == folded]
            if len(same) == 1:
                return Reading(same[0], (*notes, "full_width"))
        if key:
            plain = text.translate(ASCII_WORD)
            if plain != text:
                return Reading(plain, (*notes, "full_width"))
    return Reading(text, notes)
