"""Whole columns at once: what is plain goes through Polars, only odd columns cell by cell.

A spreadsheet's number is a binary double. The decimal meant is the one the program shows, 15
significant digits. A column is rounded to s places and turned back into doubles: where that gives
the double there was, and the decimal has at most 15 digits, it is the one that is shown. (Between
decimals of 15 digits lie more than four steps of a double, so even an unlucky last bit in turning
back cannot bring about another one.) All other rows are read cell by cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import polars as pl

from hpf.core.errors import Problem, Text
from hpf.core.facts import PLACES
from hpf.core.indicators import Indicator, Type
from hpf.intake import cells, numbers
from hpf.intake.cells import Reading
from hpf.intake.grid import Cell, Grid

_STEPS = (0, 2, 4, 6, 9, PLACES)
_SAFE = 10.0**15  # a float on purpose: it is compared with doubles before they become decimals
_ODD_KEY = r"^\s|\s$|[\u{200b}-\u{200f}\u{2060}\u{feff}\u{ff01}-\u{ff5e}]|^#"
_ODD_TEXT = r"^\s|\s$|[\u{200b}-\u{200f}\u{2060}\u{feff}]"
_PLAIN = r"^-?[0-9]{1,16}(\.[0-9]{1,12})?$"

NOTES = {
    "blanks": Text("前后的空白已去掉", "blanks around the value were dropped"),
    "blank_text": Text("只有空白，按空单元格处理", "only blanks: taken as an empty cell"),
    "full_width": Text("全角字符已转为半角", "full-width characters were made half-width"),
    "thousands": Text("千分位逗号已去掉", "thousands separators were dropped"),
    "percent": Text("百分数已换算为小数", "percentages were turned into fractions"),
    "unit": Text("数字旁的单位已去掉", "units beside the number were dropped"),
    "text_number": Text("文本格式的数字按数字读取", "numbers kept as text were read as numbers"),
    "scientific": Text("科学记数法已展开", "scientific notation was written out"),
    "rounded": Text(
        f"超过 {PLACES} 位小数，已四舍五入到 {PLACES} 位",
        f"more than {PLACES} decimals: rounded half up to {PLACES}",
    ),
    "date_text": Text("文本写的日期已按日期读取", "dates written as text were read as dates"),
    "time": Text("日期中的时刻未采用", "the time of day beside the date was left out"),
    "date_as_text": Text("日期按文本读取", "dates were read as text"),
}


@dataclass(slots=True)
class Data:
    """The data rows of one sheet: at[i] is the sheet row (from 0) of the i-th row of facts."""

    entity: str
    grid: Grid
    at: Sequence[int]
    ids: Sequence[str | None] = ()
    problems: list[Problem] = field(default_factory=list)
    notices: list[Problem] = field(default_factory=list)

    def complain(self, row: int, column: int, code: str, fault: cells.Fault) -> None:
        """A cell that cannot be read."""
        id = (self.ids[row] if self.ids else None) or ""
        place = self.grid.place(self.at[row], column)
        self.problems.append(
            Problem(f"intake.{fault.code}", fault.message, fault.cure, place, self.entity, id, code)
        )

    def tell(self, code: str, column: int, name: str, rows: Sequence[int]) -> None:
        """What was put right in a column: told once, with the first cell and the count."""
        count, words = len(rows), NOTES[code]
        message = Text(
            f"{words.zh}（{count} 个单元格）", f"{words.en} ({count} cell{'s' * (count > 1)})"
        )
        place = self.grid.place(self.at[rows[0]], column)
        self.notices.append(
            Problem(f"intake.{code}", message, Text("", ""), place, self.entity, "", name, "notice")
        )


def read_column(data: Data, column: int, given: Sequence[Cell], indicator: Indicator) -> pl.Series:
    """One indicator's column as Decimal, String, Boolean or Date; null where blank or faulty."""
    code = indicator.code
    match indicator.type:
        case Type.DECIMAL | Type.INTEGER:
            return _numbers(data, column, given, indicator)
        case Type.BOOLEAN:
            return pl.Series(code, _slow(data, column, code, given, cells.read_boolean), pl.Boolean)
        case Type.DATE:
            return _dates(data, column, code, given)
        case Type.CHOICE:
            return read_texts(data, column, code, given, choices=indicator.choices)
    return read_texts(data, column, code, given)


def _dates(data: Data, column: int, code: str, given: Sequence[Cell]) -> pl.Series:
    if set(map(type, given)) == {dt.date}:
        days = pl.Series(code, given, pl.Date)
        if days.is_between(cells.FIRST_DAY, cells.LAST_DAY).all():
            return days
    return pl.Series(code, _slow(data, column, code, given, cells.read_date), pl.Date)


def read_texts(
    data: Data,
    column: int,
    name: str,
    given: Sequence[Cell],
    *,
    key: bool = False,
    choices: tuple[str, ...] = (),
) -> pl.Series:
    """A column of texts; key: ids, or links to other rows."""
    kinds = set(map(type, given))
    if kinds <= {str, type(None)}:
        texts = pl.Series(name, given, pl.String)
        odd = _ODD_KEY if key or choices else _ODD_TEXT
        if not texts.str.contains(odd).any():
            return texts if None in kinds or "" not in given else texts.replace({"": None})
    elif kinds == {float}:
        doubles = pl.Series(name, given, pl.Float64)  # ids as the file holds them
        if (doubles.floor() == doubles).all() and (doubles.abs() < _SAFE).all():
            return doubles.cast(pl.Int64).cast(pl.String)
    read = _slow(
        data, column, name, given, lambda cell: cells.read_text(cell, key=key, choices=choices)
    )
    return pl.Series(name, read, pl.String)


def _numbers(data: Data, column: int, given: Sequence[Cell], indicator: Indicator) -> pl.Series:
    if data.grid.percents and not indicator.unit.is_ratio:
        given = _refuse_percents(data, column, given, indicator)
    kinds = set(map(type, given))
    if kinds <= {float, str, type(None)}:
        if kinds <= {str, type(None)} and data.grid.written:
            found = _from_plain_texts(given, indicator.code)
            if found is not None:
                return found
        elif str not in kinds or {c for c in given if type(c) is str} == {""}:
            blanked = [None if c == "" else c for c in given] if str in kinds else given
            floats = pl.Series(
                indicator.code, blanked, pl.Float64
            )  # doubles as the file holds them
            return _from_floats(data, column, floats, indicator)
    read = _slow(
        data,
        column,
        indicator.code,
        given,
        lambda cell: numbers.read_number(cell, indicator, data.grid.written),
    )
    return decimals(indicator.code, read)


def _refuse_percents(
    data: Data, column: int, given: Sequence[Cell], indicator: Indicator
) -> Sequence[Cell]:
    """Cells shown as percentages in a column that is no ratio: 0.85 shown as 85% is not 85."""
    refused = [
        i
        for i, row in enumerate(data.at)
        if (row, column) in data.grid.percents and isinstance(given[i], float | int)
    ]
    if not refused:
        return given
    kept = list(given)
    for i in refused:
        shown = f"{float(str(kept[i])) * 100:.10g}%"  # a float for the message alone
        reading = numbers.percent_refused(shown, indicator.unit)
        if reading.fault:
            data.complain(i, column, indicator.code, reading.fault)
        kept[i] = None
    return kept


def _from_plain_texts(given: Sequence[Cell], name: str) -> pl.Series | None:
    """Digits as a CSV file holds them; None when a cell needs a closer look."""
    texts = pl.Series(name, given, pl.String)
    if "" in given:
        texts = texts.replace({"": None})
    if not texts.str.contains(_PLAIN).all():  # null counts as plain
        return None
    places = texts.str.extract(r"\.([0-9]+)$").str.len_chars().max()
    return texts.cast(pl.Decimal(38, int(places) if isinstance(places, int) else 0))


def _from_floats(data: Data, column: int, floats: pl.Series, indicator: Indicator) -> pl.Series:
    head = floats.head(40)  # what a column begins with, it mostly goes on with
    first = next((s for s in _STEPS if _exact(head, s)[1] is None), PLACES)
    found, odd = _exact(floats, first)
    for step in _STEPS[_STEPS.index(first) + 1 :]:
        if odd is None:
            break
        found, odd = _exact(floats, step)
    if odd is None:
        return found
    rows = odd.arg_true().to_list()
    cell_by_cell = [floats[i] for i in rows]
    read = _slow(data, column, indicator.code, cell_by_cell, numbers.from_float, rows)
    patch = pl.Series(rows, dtype=pl.UInt32)
    return found.scatter(patch, decimals(indicator.code, read, PLACES))


def _exact(floats: pl.Series, places: int) -> tuple[pl.Series, pl.Series | None]:
    """The column at that many places, and in which rows that is not the number shown, if any."""
    found = floats.cast(pl.Decimal(38, places), strict=False)
    # back to a double only to see whether the decimal is the number the file shows
    fits = (found.cast(pl.Float64) == floats) & (floats.abs() < _SAFE / 10**places)
    if found.null_count() == floats.null_count() and fits.all():
        return found, None
    return found, (~fits).fill_null(True) & floats.is_not_null()


def decimals(name: str, values: Sequence[object], places: int = -1) -> pl.Series:
    """Decimals (or None) as a column; places: the scale, or -1 for what is needed."""
    if places < 0:
        needed = (-int(v.as_tuple().exponent) for v in values if isinstance(v, Decimal))
        places = max(0, max(needed, default=0))
    return pl.Series(name, values, pl.Decimal(38, places))


def _slow(
    data: Data,
    column: int,
    name: str,
    given: Sequence[Cell],
    read: Callable[[Cell], Reading] | Callable[[float], Reading],
    rows: Sequence[int] | None = None,
) -> list[object]:
    """Cell by cell; each distinct cell is read once. rows: which rows the cells are of."""
    seen: dict[tuple[type, Cell], Reading] = {}
    noted: dict[str, list[int]] = {}
    values: list[object] = []
    for i, cell in enumerate(given):
        reading = seen.get((type(cell), cell))
        if reading is None:
            reading = seen[type(cell), cell] = read(cell)  # type: ignore[arg-type]  # floats only for the reader of floats
        values.append(reading.value)
        row = rows[i] if rows is not None else i
        if reading.fault:
            data.complain(row, column, name, reading.fault)
        for note in reading.notes:
            noted.setdefault(note, []).append(row)
    for note, at in noted.items():
        data.tell(note, column, name, at)
    return values
