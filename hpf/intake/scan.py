"""What the reader of a workbook does not tell, found in the sheet's XML.

The reader gives an empty cell for `#DIV/0!` and for a formula nobody has computed yet; taken as
blanks they could become zeros. So the XML is searched for them, and for merged and hidden cells,
percentage formats, and an extent that would fill the memory. Searches on raw bytes, because a
second parse would cost more than the first.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from hpf.intake.grid import Range, number_of

MAX_ROWS = 1_048_576
MAX_COLUMNS = 702  # up to ZZ
MAX_CELLS = 20_000_000  # the rectangle that the reader lays out
MAX_TEXT = 400_000_000  # bytes of all shared texts, repeated as often as cells repeat them

_N = rb"(?:\w+:)?"  # a namespace prefix, where the writer used one
_REF = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,9})([0-9]{1,9})[\"']")
_STYLE = re.compile(rb"\bs\s*=\s*[\"']([0-9]{1,9})[\"']")
# past column CZ or row 49,999: nearer ones make a rectangle too small to matter
_FAR = (
    r"r\s*=\s*[\"'](?:[A-Za-z]{3}|[D-Zd-z][A-Za-z]|[A-Za-z]{0,2}[5-9][0-9]{4}"
    r"|[A-Za-z]{0,2}[0-9]{6})"
)
_ODD = r"\"e\"|'e'|[<:]f[\s/>]|hidden|mergeCell"
_ROWS = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]{0,9}([0-9]{1,9})[\"']")
_COLUMNS = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,9})[0-9]{1,9}[\"']")
_ERROR = re.compile(
    rb"<" + _N + rb"c\s([^>]*\bt\s*=\s*[\"']e[\"'][^>]*)>(.*?)</" + _N + rb"c\s*>", re.DOTALL
)
_VALUE = re.compile(rb"<" + _N + rb"v[^>]*>([^<]*)<")
_UNCOMPUTED = re.compile(
    rb"<" + _N + rb"c\s([^>]*)>\s*<" + _N + rb"f(?:\s[^>]*)?(?:/>|>[^<]*</" + _N + rb"f\s*>)\s*"
    rb"(<" + _N + rb"v\s*/>|<" + _N + rb"v[^>]*>\s*</" + _N + rb"v\s*>)?\s*</" + _N + rb"c\s*>"
)
_EMPTY_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")
_MERGED = re.compile(
    rb"mergeCell\s[^>]*\bref\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,7}):([A-Za-z]{1,3})([0-9]{1,7})"
)
_ROW = re.compile(rb"<" + _N + rb"row\s([^>]*)>")
_ROW_NUMBER = re.compile(rb"\br\s*=\s*[\"']([0-9]{1,9})[\"']")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_COLUMN = re.compile(rb"<" + _N + rb"col\s([^>]*)>")
_SPAN = re.compile(rb"\b(min|max)\s*=\s*[\"']([0-9]{1,6})[\"']")
_END_OF_TEXT = re.compile(rb"</" + _N + rb"si\s*>")
_CELL = re.compile(rb"<" + _N + rb"c\s([^>]*)>")


@dataclass(frozen=True, slots=True)
class Scan:
    """marks: (row, column, Excel error or '' for an uncomputed formula); all counted from 0."""

    marks: tuple[tuple[int, int, str], ...]
    merged: tuple[Range, ...]
    percents: frozenset[tuple[int, int]]
    hidden_rows: frozenset[int]
    hidden_columns: frozenset[int]


class Body:
    """One sheet's XML, made ready for searching once.

    Polars searches several times faster than `re` and outside Python's lock; nearly every sheet
    holds nothing of what is looked for.
    """

    def __init__(self, xml: bytes) -> None:
        self.xml = xml

    @functools.cached_property
    def _cells(self) -> pl.Series:
        start = max(0, self.xml.find(b"sheetData"))
        return pl.Series([self.xml[start:]], dtype=pl.Binary).cast(pl.String)

    def holds(self, pattern: str) -> bool:
        """Whether the cells' part holds the pattern."""
        return bool(self._cells.str.contains(pattern)[0])


def scan(body: Body, percent_styles: frozenset[int]) -> Scan:
    """Search one sheet's XML. percent_styles: cell formats that show a percentage."""
    xml = body.xml
    percents = frozenset(_percents(xml, percent_styles)) if percent_styles else frozenset()
    columns = _hidden_columns(xml[: xml.find(b"sheetData")])
    if not body.holds(_ODD):
        return Scan((), (), percents, frozenset(), columns)
    merged = tuple(
        (int(r1) - 1, number_of(c1.decode()), int(r2) - 1, number_of(c2.decode()))
        for c1, r1, c2, r2 in (m.groups() for m in _MERGED.finditer(xml))
    )
    marks = (*_errors(xml), *_uncomputed(xml))
    return Scan(marks, merged, percents, _hidden_rows(xml), columns)


def _at(attributes: bytes) -> tuple[int, int] | None:
    found = _REF.search(attributes)
    if not found:
        return None
    return int(found[2]) - 1, number_of(found[1].decode())


def _errors(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for found in _ERROR.finditer(xml):
        at = _at(found[1])
        value = _VALUE.search(found[2])
        if at:
            yield (*at, (value[1].decode("utf-8", "replace") if value else "") or "#ERROR")


def _uncomputed(xml: bytes) -> Iterator[tuple[int, int, str]]:
    for found in _UNCOMPUTED.finditer(xml):
        at = _at(found[1])
        # a formula computed to an empty text is a blank; one never computed is not
        if at and not (found[2] and _EMPTY_TEXT.search(found[1])):
            yield (*at, "")


def _percents(xml: bytes, styles: frozenset[int]) -> Iterator[tuple[int, int]]:
    if not any(b's="%d"' % s in xml or b"s='%d'" % s in xml for s in styles):
        return
    for found in _CELL.finditer(xml):
        style = _STYLE.search(found[1])
        at = _at(found[1]) if style and int(style[1]) in styles else None
        if at:
            yield at


def _hidden_rows(xml: bytes) -> frozenset[int]:
    rows = set()
    for found in _ROW.finditer(xml):
        number = _ROW_NUMBER.search(found[1])
        if number and _HIDDEN.search(found[1]):
            rows.add(int(number[1]) - 1)
    return frozenset(rows)


def _hidden_columns(head: bytes) -> frozenset[int]:
    columns: set[int] = set()
    for found in _COLUMN.finditer(head):
        span = {name: int(value) for name, value in _SPAN.findall(found[1])}
        if _HIDDEN.search(found[1]) and b"min" in span:
            last = min(span.get(b"max", span[b"min"]), MAX_COLUMNS)
            columns.update(range(span[b"min"] - 1, last))
    return frozenset(columns)


def extent(body: Body) -> tuple[int, int]:
    """Rows and columns that a sheet's cells span; (0, 0) where they are too few to matter.

    The reader lays out the whole rectangle, so one cell far out would take all memory: this runs
    before it does.
    """
    if not body.holds(_FAR):
        return 0, 0
    xml = body.xml
    rows = max(map(int, set(_ROWS.findall(xml))), default=0)
    columns = max((number_of(c.decode()) for c in set(_COLUMNS.findall(xml))), default=-1) + 1
    return rows, columns


def repeated_text(shared: bytes, sheets: list[bytes]) -> int:
    """An upper bound of the bytes that shared texts take once each cell has its own copy."""
    uses = 1 + sum(map(len, sheets)) // len('<c t="s"><v>0</v></c>')
    if _none_longer(shared, MAX_TEXT // uses):
        return MAX_TEXT
    texts = list(map(len, _END_OF_TEXT.split(shared)))
    wanted = re.compile(rb"\bt\s*=\s*[\"']s[\"'][^>]*>\s*<" + _N + rb"v[^>]*>\s*([0-9]{1,9})\s*<")
    numbers = (int(found[1]) for xml in sheets for found in wanted.finditer(xml))
    return sum(texts[n] for n in numbers if n < len(texts))


def _none_longer(shared: bytes, limit: int) -> bool:
    """Whether every text ends within `limit` bytes of the one before."""
    at = 0
    while at + limit < len(shared):
        end = shared.rfind(b"</si>", at, at + limit)
        if end < 0:
            return False
        at = end + 5
    return True
