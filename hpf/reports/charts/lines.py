"""Lines: oneself among colleagues, months, a scorecard's radar, paid against a ceiling."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports.charts.chart import (
    COLOURS,
    Chart,
    Palette,
    Table,
    draw,
    points,
    spread,
    text_width,
    ticks,
)
from hpf.reports.figures import MINUS, amount, money, percent
from hpf.reports.figures import points as points_of

_NEAR = 14.0  # within this distance a label would touch a line
_APART = 8.0  # between the names of two lines


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of a radar: own value and the one beside it, both as shares of the most."""

    name: str
    own: Decimal
    other: Decimal | None
    shown: str


def strip(
    own: Decimal,
    middle: Decimal,
    half: tuple[Decimal, Decimal] | None,
    *,
    lang: str,
    title: str,
    names: tuple[str, str],
    width: float = 188,
    height: float = 50,
    palette: Palette = COLOURS,
) -> Chart:
    """Oneself (a dot) against the median (a tick) and the middle half (a band) of a group.

    names: of the median and of oneself. half: None where the group is too small to show it.
    """
    low, high = spread([own, middle, *(half or ())])
    pad = (high - low) * 0.12 or max(abs(high) * 0.1, 1.0)
    below = low - pad if low < 0 else max(low - pad, 0.0)
    marks = ticks(below, high + pad, 3)
    first, last = marks[0], marks[-1]
    room = width - 8

    def x(value: float) -> float:
        return 4 + (value - first) / (last - first or 1) * room

    dot, tick = x(float(own)), x(float(middle))  # geometry
    said = [
        (names[0], money(middle), _within(tick, f"{names[0]} {money(middle)}", 6.5, width)),
        (names[1], money(own), _within(dot, f"{names[1]} {money(own)}", 7.5, width)),
    ]
    head = ("", "金额") if lang.startswith("zh") else ("", "Amount")
    rows = [(names[0], money(middle)), (names[1], money(own))]
    if half:
        band = Text("居中的一半", "Middle half").say(lang)
        rows.append((band, f"{money(half[0])} – {money(half[1])}"))
    return draw(
        "strip", title, Table(head, tuple(rows)), width, height,
        band=[x(float(v)) for v in half] if half else None,  # geometry
        dot=dot, tick=tick, said=said, near=abs(dot - tick) < 62,
        marks=[{"x": x(m), "name": f"{m:,.0f}".replace("-", MINUS)} for m in marks], c=palette,
    )  # fmt: skip


def line(
    names: Sequence[str],
    own: Sequence[Decimal | None],
    other: Sequence[Decimal | None],
    *,
    lang: str,
    title: str,
    labels: tuple[str, str],
    width: float = 188,
    height: float = 60,
    palette: Palette = COLOURS,
) -> Chart:
    """One's own months (solid) and a mean (dashed), with both named at their ends.

    The axis does not start at zero, and the table gives the figures.
    """
    low, high = spread([*own, *other])
    low, high = low - (high - low) * 0.25, high + (high - low) * 0.1  # room for a label below
    top, foot = 14.0, 13.0
    tail = max(text_width(n, 6.5) for n in labels) + 10
    room = width - tail - 6

    def x(n: int) -> float:
        return 4 + room * n / max(len(names) - 1, 1)

    def y(value: Decimal) -> float:
        return top + (high - float(value)) / (high - low or 1) * (height - top - foot)  # geometry

    def path(values: Sequence[Decimal | None]) -> str:
        return points([(x(n), y(v)) for n, v in enumerate(values) if v is not None])

    ends = []
    for values in (own, other):
        given = [(n, v) for n, v in enumerate(values) if v is not None]
        ends.append({"x": x(given[-1][0]), "y": y(given[-1][1])} if given else None)
    if ends[0] and ends[1] and abs(ends[0]["y"] - ends[1]["y"]) < _APART:
        # names at the ends would cover each other: moved apart, about the middle between them
        middle = (ends[0]["y"] + ends[1]["y"]) / 2
        up = -1 if ends[0]["y"] <= ends[1]["y"] else 1
        lifts = (middle + up * _APART / 2, middle - up * _APART / 2)
    else:
        lifts = (ends[0]["y"] if ends[0] else 0.0, ends[1]["y"] if ends[1] else 0.0)
    before = _last_but_one(own)
    label = None
    if before is not None:
        n, value = before
        beside = [v for v in (own[n - 1] if n else None, own[n + 1]) if v is not None]
        # below it where a line would cross the label above it: its own, or the other one
        under = other[n]
        gap = None if under is None else y(under) - y(value)
        dips = all(v > value for v in beside)
        if gap is not None and abs(gap) < _NEAR:
            dips = gap <= 0
        label = {
            "x": x(n), "y": y(value), "shown": money(value),
            "at": y(value) + (8 if dips else -5),
        }  # fmt: skip
    head = (Text("期间", "Period").say(lang), *labels)
    rows = tuple(
        (name, *("—" if v is None else money(v) for v in pair))
        for name, pair in zip(names, zip(own, other, strict=True), strict=True)
    )
    return draw(
        "line", title, Table(head, rows), width, height, own=path(own), other=path(other),
        ends=ends, lifts=lifts, before=label, labels=labels, ground=height - foot,
        months=[{"x": x(n), "name": name} for n, name in enumerate(names)], c=palette,
    )  # fmt: skip


def radar(
    axes: Sequence[Axis],
    *,
    lang: str,
    title: str,
    labels: tuple[str, str],
    centre: Decimal = Decimal(0),
    width: float = 200,
    height: float = 170,
    palette: Palette = COLOURS,
) -> Chart:
    """Five to eight axes: own solid on a tint, the other dashed; the centre may lie above zero.

    Raises ValueError for fewer than five axes or more than eight: use bars.
    """
    if not 5 <= len(axes) <= 8:
        raise ValueError(f"a radar has five to eight axes, not {len(axes)}: use bars")
    middle, reach = (width / 2, height / 2 + 3), min(width / 2 - 46, height / 2 - 24)
    start = float(centre)  # geometry

    def place(n: int, share: float) -> tuple[float, float]:
        angle = math.tau * n / len(axes) - math.pi / 2
        part = max(0.0, min((share - start) / (1 - start or 1), 1.0)) * reach
        return middle[0] + math.cos(angle) * part, middle[1] + math.sin(angle) * part

    rings = [points([place(n, start + (1 - start) * r / 4) for n in range(len(axes))])
             for r in (1, 2, 3, 4)]  # fmt: skip
    names = []
    for n, axis in enumerate(axes):
        x, y = place(n, 1)
        turn = math.cos(math.tau * n / len(axes) - math.pi / 2)
        anchor = "middle" if abs(turn) < 0.2 else "start" if turn > 0 else "end"
        lift = -9 if y < middle[1] - reach * 0.8 else 7 if y > middle[1] + reach * 0.6 else 0
        shift = 0 if anchor == "middle" else 5 if anchor == "start" else -5
        names.append(
            {"x": x + shift, "y": y + lift, "anchor": anchor, "name": axis.name,
             "shown": axis.shown}
        )  # fmt: skip
    own = [place(n, float(a.own)) for n, a in enumerate(axes)]  # geometry
    other = [place(n, float(a.other)) for n, a in enumerate(axes) if a.other is not None]
    head = (Text("项目", "Item").say(lang), *labels)
    rows = tuple(
        (a.name, a.shown, "—" if a.other is None else percent(a.other)) for a in axes
    )  # fmt: skip
    return draw(
        "radar", title, Table(head, rows), width, height, rings=rings,
        spokes=[place(n, 1) for n in range(len(axes))], middle=middle, own=points(own), dots=own,
        other=points(other) if len(other) == len(axes) else "", names=names, c=palette,
    )  # fmt: skip


def grades(
    own: Decimal,
    limits: Sequence[Decimal],
    names: Sequence[str],
    most: Decimal,
    others: Sequence[Decimal],
    *,
    lang: str,
    title: str,
    own_name: str = "",
    width: float = 240,
    palette: Palette = COLOURS,
) -> Chart:
    """A result on the scale of its grades, from zero to the most; others are ticks without names.

    limits: ascending, one fewer than names, the lowest grade first. The lowest grade, in which
    few results lie, is drawn shortened and says so by its break.
    """
    edges = [float(v) for v in (Decimal(0), *limits, most)]  # geometry
    # the lowest grade takes a fifth, however far down it reaches
    first = width * 0.2
    rest = (width - first) / ((edges[-1] - edges[1]) or 1)

    def x(value: Decimal) -> float:
        v = min(max(float(value), 0.0), edges[-1])  # geometry
        if v < edges[1]:
            return v / (edges[1] or 1) * first
        return first + (v - edges[1]) * rest

    bands = []
    for n, name in enumerate(names):
        start, end = (x(Decimal(str(e))) for e in edges[n : n + 2])
        bands.append({"x": start, "width": end - start, "name": name, "step": min(n, 2)})
    said = f"{own_name} {points_of(own)}".strip()
    place = _within(x(own), said, 7.5, width)
    head = ("", Text("分", "Points").say(lang))
    rows = [(own_name, points_of(own))]
    rows += [
        (name, f"{low:g}–{high:g}")
        for name, low, high in zip(names, edges, edges[1:], strict=False)
    ]
    return draw(
        "grades", title, Table(head, tuple(rows)), width, 46, bands=bands, own=x(own), said=said,
        place=place, others=[x(v) for v in others],
        limits=[{"x": x(v), "name": amount(v)} for v in (*limits, most)], c=palette,
    )  # fmt: skip


def gauge(
    value: Decimal,
    limit: Decimal,
    *,
    lang: str,
    title: str,
    due: Decimal | None = None,
    width: float = 236,
    height: float = 26,
    palette: Palette = COLOURS,
) -> Chart:
    """Paid against a ceiling: a bar of the share used, a dashed tick for the share of time gone."""
    share = value / limit if limit else Decimal(0)
    used = max(0.0, min(float(share), 1.0)) * width  # geometry
    head = ("已用", "上限", "比例") if lang.startswith("zh") else ("Used", "Limit", "Share")
    return draw(
        "gauge", title, Table(head, ((money(value), money(limit), percent(share)),)), width, height,
        used=used, over=share > 1, due=None if due is None else float(due) * width,  # geometry
        shown=percent(share), c=palette,
    )  # fmt: skip


def _last_but_one(values: Sequence[Decimal | None]) -> tuple[int, Decimal] | None:
    """The latest value before the last place, and where it stands."""
    for n in reversed(range(len(values) - 1)):
        if (value := values[n]) is not None:
            return n, value
    return None


def _within(x: float, text: str, size: float, width: float) -> dict[str, object]:
    """Where a text begins, ends or stands centred, so that it stays in the picture."""
    half = text_width(text, size) / 2
    if x < half:
        return {"x": 0.0, "anchor": "start"}
    if x > width - half:
        return {"x": width, "anchor": "end"}
    return {"x": x, "anchor": "middle"}
