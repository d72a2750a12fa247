"""Bars: one in a row of a table, columns of months, and a heat map that prints its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports.charts.chart import COLOURS, Chart, Palette, Table, draw, shortened, text_width
from hpf.reports.figures import money

_STEPS = (Decimal("0.6"), Decimal("0.75"), Decimal("0.85"), Decimal("0.95"))


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of a bar chart. mark: where a second value stands (last year's, a mean)."""

    name: str
    value: Decimal | None
    shown: str
    mark: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Month:
    """One column of a trend. shown: its figure in words, where it is printed."""

    name: str
    value: Decimal | None
    shown: str = ""
    group: str = ""


def bar(
    value: Decimal | None,
    most: Decimal,
    *,
    title: str,
    mark: Decimal | None = None,
    width: float = 80,
    height: float = 6,
    palette: Palette = COLOURS,
) -> Chart:
    """A single bar for a table's cell; nothing is drawn where there is no value."""
    top = float(most) or 1.0  # geometry
    length = 0.0 if value is None else max(0.0, min(float(value) / top, 1.0)) * width
    at = None if mark is None else max(0.0, min(float(mark) / top, 1.0)) * width  # geometry
    return draw("bar", title, Table((), ()), width, height, length=length, mark=at, c=palette)


def bars(
    lines: Sequence[Bar],
    *,
    lang: str,
    title: str,
    limits: Sequence[tuple[Decimal, str]] = (),
    most: Decimal | None = None,
    width: float = 380,
    pitch: float = 14,
    palette: Palette = COLOURS,
) -> Chart:
    """Horizontal bars from zero, with dashed limits that are named above.

    A bar below the lowest limit is hatched. marks: hollow circles.
    """
    values = [v for b in lines for v in (b.value, b.mark) if v is not None]
    end = float(most if most is not None else max(values, default=Decimal(1)) or 1)  # geometry
    names = max((text_width(b.name, 7.5) for b in lines), default=0.0)
    left = min(names + 8, width * 0.35)
    right = max((text_width(b.shown, 7.5) for b in lines), default=0.0) + 8
    room = width - left - right
    top = 14.0 if limits else 4.0

    def x(value: Decimal) -> float:
        return left + max(0.0, min(float(value) / end, 1.0)) * room  # geometry

    low = min((limit for limit, _ in limits), default=None)
    drawn = [
        {
            "y": top + pitch * n,
            "name": shortened(b.name, 7.5, left - 6),
            "length": None if b.value is None else x(b.value) - left,
            "low": low is not None and b.value is not None and b.value < low,
            "mark": None if b.mark is None else x(b.mark),
            "shown": b.shown,
        }
        for n, b in enumerate(lines)
    ]
    head = ("项目", "数值") if lang.startswith("zh") else ("Item", "Value")
    return draw(
        "bars", title, Table(head, tuple((b.name, b.shown) for b in lines)),
        width, top + pitch * len(lines) + 2, lines=drawn, left=left, room=room, pitch=pitch,
        limits=[{"x": x(limit), "name": name} for limit, name in limits], c=palette,
    )  # fmt: skip


def trend(
    months: Sequence[Month],
    *,
    lang: str,
    title: str,
    limit: tuple[Decimal, str] | None = None,
    width: float = 236,
    height: float = 120,
    palette: Palette = COLOURS,
) -> Chart:
    """Columns from zero, the last one dark; a dashed limit named on its line."""
    values = [m.value for m in months if m.value is not None] + ([limit[0]] if limit else [])
    most = max((float(v) for v in values), default=1.0) or 1.0  # geometry
    top, foot = 14.0, 24.0 if any(m.group for m in months) else 14.0
    scale = (height - top - foot) / most
    pitch = width / max(len(months), 1)
    drawn = []
    for n, month in enumerate(months):
        tall = 0.0 if month.value is None else max(float(month.value), 0.0) * scale  # geometry
        drawn.append(
            {
                "x": pitch * n + pitch * 0.18,
                "middle": pitch * (n + 0.5),
                "y": height - foot - tall,
                "height": tall,
                "name": shortened(month.name, 6.5, pitch * 1.2),
                "group": month.group,
                "shown": month.shown,
                "said": min(pitch * (n + 0.5), width - text_width(month.shown, 6.5) / 2),
                "last": n == len(months) - 1,
            }
        )
    head = ("期间", "数值") if lang.startswith("zh") else ("Period", "Value")
    rows = tuple((m.name, "—" if m.value is None else money(m.value)) for m in months)
    line = None
    if limit:
        line = {"y": height - foot - float(limit[0]) * scale, "name": limit[1]}  # geometry
    return draw(
        "trend", title, Table(head, rows), width, height, months=drawn, breadth=pitch * 0.64,
        ground=height - foot, limit=line, c=palette,
    )  # fmt: skip


def heat(
    columns: Sequence[tuple[str, str]],
    rows: Sequence[tuple[str, Sequence[tuple[Decimal | None, str]]]],
    *,
    lang: str,
    title: str,
    width: float = 493,
    pitch: float = 16,
    palette: Palette = COLOURS,
) -> Chart:
    """Cells shaded by a share (0 to 1), each with its number; below 0.6 a frame, not a tint.

    columns: name and note; rows: name, then (share, text) for each column.
    """
    left = min(max((text_width(name, 7) for name, _ in rows), default=0.0) + 8, width * 0.25)
    breadth = (width - left) / max(len(columns), 1)
    top = 24.0
    drawn = [
        {
            "y": top + pitch * n,
            "name": shortened(name, 7, left - 6),
            "cells": [
                {"x": left + breadth * i, "level": level(share), "text": said}
                for i, (share, said) in enumerate(cells)
            ],
        }
        for n, (name, cells) in enumerate(rows)
    ]
    heads = [
        {
            "middle": left + breadth * (i + 0.5),
            "name": shortened(name, 6.2, breadth),
            "note": shortened(note, 5.8, breadth),
        }
        for i, (name, note) in enumerate(columns)
    ]
    corner = Text("对象", "Row").say(lang)
    table = Table(
        (corner, *(name for name, _ in columns)),
        tuple((name, *(said for _, said in cells)) for name, cells in rows),
    )
    return draw(
        "heat", title, table, width, top + pitch * len(rows) + 2, rows=drawn, heads=heads,
        breadth=breadth, pitch=pitch, c=palette,
    )  # fmt: skip


def level(share: Decimal | None) -> int:
    """Which shade a share has. -1: nothing; 0: below 0.6; 1 to 4: from 0.6, 0.75, 0.85, 0.95 on."""
    return -1 if share is None else sum(share >= step for step in _STEPS)
