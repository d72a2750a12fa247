"""What all charts share: a picture with a sentence for its name, its table, colours, widths."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from html import escape

from jinja2 import Template

from hpf.reports.fonts import FAMILY, marked
from hpf.reports.templating import environment


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of marks. Four steps of grey stay apart; falls are hatched as well.

    deep, mid, light may be a hospital's own; the rest is the same everywhere.
    """

    deep: str = "#0E5A6F"
    mid: str = "#6FA8B7"
    light: str = "#B4D2DA"
    tint: str = "#E6F0F3"
    ink: str = "#17212B"
    ink2: str = "#4A5763"
    zero: str = "#66727D"
    line: str = "#C3CAD0"
    down: str = "#9A4508"
    warm: str = "#FFF4E3"


COLOURS = Palette()
_WIDER = 1.3  # a single word may stand a little over its room before it is cut


@dataclass(frozen=True, slots=True)
class Table:
    """The chart's numbers: headings, then rows of texts, the first of each a row's heading."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """svg: the picture, in points; title: what it shows, with figures; table: the same numbers."""

    svg: str
    title: str
    table: Table
    width: float  # geometry
    height: float  # geometry


def draw(
    macro: str, title: str, table: Table, width: float, height: float, **values: object
) -> Chart:
    """A chart from its macro in charts.svg.j2."""
    title = marked(title)  # for the page too, whose XML bears no control characters
    made = getattr(_macros().module, macro)(
        title=title, width=width, height=height, family=FAMILY, **values
    )
    return Chart(str(made), title, table, width, height)


@cache
def _macros() -> Template:
    room = environment()
    room.filters["n"] = at
    return room.get_template("charts.svg.j2")


def at(value: float) -> str:
    """A coordinate to a hundredth, without trailing zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def spread(values: Iterable[Decimal | None]) -> tuple[float, float]:
    """The least and the largest of some values, as geometry; (0, 1) where there are none."""
    found = [float(v) for v in values if v is not None]  # geometry
    return (min(found), max(found)) if found else (0.0, 1.0)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round numbers from below `low` to above `high`, about `wanted` steps apart."""
    if high <= low:
        high = low + 1
    raw = (high - low) / wanted
    power = 10.0 ** _floor_log(raw)
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = int(low // step)
    found = [first * step]
    while found[-1] < high - step * 1e-9:
        found.append(found[-1] + step)
    return found


def _floor_log(value: float) -> int:
    power = 0
    while value >= 10:
        value /= 10
        power += 1
    while value < 1:
        value *= 10
        power -= 1
    return power


def text_width(text: str, size: float) -> float:
    """About how wide a text is: full-width characters an em, others somewhat over half."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return (wide + (len(text) - wide) * 0.57) * size


def shortened(text: str, size: float, room: float) -> str:
    """The text, cut with … where it is wider than the room for it."""
    if text_width(text, size) <= room:
        return text
    while text and text_width(text + "…", size) > room:
        text = text[:-1]
    return text + "…"


def wrapped(text: str, size: float, room: float) -> tuple[str, str]:
    """The text on up to two lines, broken at a space or between Chinese signs; then cut with …"""
    if text_width(text, size) <= room:
        return text, ""
    words = text.split()
    if len(words) > 1:
        first, rest = words[0], words[1:]
        while rest and text_width(f"{first} {rest[0]}", size) <= room:
            first, rest = f"{first} {rest[0]}", rest[1:]
        return shortened(first, size, room * _WIDER), shortened(" ".join(rest), size, room)
    if text.isascii():
        return shortened(text, size, room * _WIDER), ""
    cut = (len(text) + 1) // 2  # two lines alike
    while cut > 1 and (text[cut : cut + 1] in "、，。）)" or text_width(text[:cut], size) > room):
        cut -= 1
    return text[:cut], shortened(text[cut:], size, room)


def escaped(text: str) -> str:
    """For attributes of pictures that are put together by hand."""
    return escape(marked(text), quote=True)


def points(pairs: Sequence[tuple[float, float]]) -> str:
    """A polyline's points."""
    return " ".join(f"{at(x)},{at(y)}" for x, y in pairs)
