"""A strategy map: perspectives as bands, objectives as boxes, arrows from cause up to effect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.reports.charts.chart import (
    COLOURS,
    Chart,
    Palette,
    Table,
    at,
    escaped,
    points,
    shortened,
    wrapped,
)
from hpf.reports.figures import points as said_points
from hpf.reports.fonts import FAMILY

_BOX, _HIGH, _GAP, _ROW = 104.0, 34.0, 12.0, 26.0  # geometry: a box, and the air around it
_LABEL, _PAD = 62.0, 10.0
_APART, _HEAD = 14.0, 7.0  # arrows at one box, and how long their heads are


@dataclass(frozen=True, slots=True)
class Node:
    """A box. level: what is higher stands above; score: shown in the box, None for none; loose:
    whether nothing measures it, which is told by a dashed frame and a word."""

    id: str
    name: str
    perspective: str
    level: int
    score: Decimal | None = None
    loose: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """What the picture and its table say beside the names."""

    title: str
    head: tuple[str, str, str, str]  # objective, perspective, leads to, score
    loose: str


def strategy_map(
    nodes: Sequence[Node],
    arrows: Sequence[tuple[str, str]],
    perspectives: Sequence[str],
    *,
    words: Words,
    width: float = 640,
    palette: Palette = COLOURS,
) -> Chart:
    """The map, first perspective on top. Boxes of a band stand in rows by level."""
    bands = [p for p in perspectives if any(n.perspective == p for n in nodes)]
    places, tops, height = _places(nodes, arrows, bands, width)
    parts = [_band(p, tops[p], width, palette) for p in bands]
    parts += _arrows([(a, b) for a, b in arrows if a in places and b in places], places, palette)
    parts += [_box(n, places[n.id], words, palette) for n in nodes if n.id in places]
    told = escaped(words.title)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {at(width)} {at(height)}" '
        f'width="{at(width)}" height="{at(height)}" role="img" aria-label="{told}" '
        f'font-family="{FAMILY}"><title>{told}</title>'
        f"{''.join(parts)}</svg>"
    )
    return Chart(svg, words.title, _table(nodes, arrows, words), width, height)


def _places(
    nodes: Sequence[Node],
    arrows: Sequence[tuple[str, str]],
    bands: Sequence[str],
    width: float,
) -> tuple[dict[str, tuple[float, float]], dict[str, tuple[float, float]], float]:
    """Where each box's middle stands, and each band's top and foot; from below, so that a box can
    stand above the causes that lead to it."""
    room = int((width - _LABEL - _PAD + _GAP) // (_BOX + _GAP))
    rows: dict[str, list[list[Node]]] = {}
    for band in bands:
        levels = sorted({n.level for n in nodes if n.perspective == band}, reverse=True)
        rows[band] = [
            part
            for level in levels
            for part in _parts(
                [n for n in nodes if n.perspective == band and n.level == level], room
            )
        ]
    tops: dict[str, tuple[float, float]] = {}
    y = 0.0
    heights: dict[int, float] = {}
    for band in bands:
        top = y
        y += _PAD
        for row in rows[band]:
            heights[id(row)] = y + _HIGH / 2
            y += _HIGH + _ROW
        y += _PAD - _ROW
        tops[band] = (top, y)
        y += 8
    xs: dict[str, float] = {}
    for band in reversed(bands):
        for row in reversed(rows[band]):
            _spread(row, arrows, xs, width)
    places = {
        n.id: (xs[n.id], heights[id(row)]) for band in bands for row in rows[band] for n in row
    }
    return places, tops, max(y - 8, 20.0)


def _parts(row: list[Node], room: int) -> list[list[Node]]:
    """A row of as many boxes as there is room for, and what is over in further ones."""
    return [row[i : i + room] for i in range(0, len(row), room)]


def _spread(
    row: list[Node], arrows: Sequence[tuple[str, str]], xs: dict[str, float], width: float
) -> None:
    """Boxes of a row, in the order of where their causes stand, so that arrows cross less."""

    def wish(node: Node) -> float:
        causes = [xs[a] for a, b in arrows if b == node.id and a in xs]
        return sum(causes) / len(causes) if causes else width / 2

    pitch = (width - _LABEL - _PAD) / len(row)
    for n, node in enumerate(sorted(row, key=lambda one: (wish(one), one.id))):
        xs[node.id] = _LABEL + pitch * (n + 0.5)


def _band(name: str, edge: tuple[float, float], width: float, palette: Palette) -> str:
    top, foot = edge
    first, second = wrapped(name, 9, _LABEL - 12)
    middle = (top + foot) / 2 + (0 if second else 3)
    lines = [(first, middle - (3 if second else 0)), (second, middle + 9)]
    said = "".join(
        f'<text x="8" y="{at(y)}" font-size="9" font-weight="700" fill="{palette.ink2}">'
        f"{escaped(text)}</text>"
        for text, y in lines if text
    )  # fmt: skip
    return (
        f'<rect x="0" y="{at(top)}" width="{at(width)}" height="{at(foot - top)}" '
        f'fill="{palette.tint}" rx="4"/>{said}'
    )


def _arrows(
    arrows: Sequence[tuple[str, str]], places: Mapping[str, tuple[float, float]], palette: Palette
) -> list[str]:
    """Each a little beside the next where several leave or reach a box, in order of where they
    come from or lead to: so that each has a head of its own."""

    def beside(id: str, here: int, there: int) -> dict[tuple[str, str], float]:
        mine = sorted((p for p in arrows if p[here] == id), key=lambda p: (places[p[there]][0], p))
        step = min(_APART, (_BOX - 2 * _PAD) / len(mine))
        return {pair: step * (n - (len(mine) - 1) / 2) for n, pair in enumerate(mine)}

    made = []
    for pair in arrows:
        (x, y), (to_x, to_y) = places[pair[0]], places[pair[1]]
        start = (x + beside(pair[0], 0, 1)[pair], y)
        end = (to_x + beside(pair[1], 1, 0)[pair], to_y)
        level = abs(y - to_y) < 1
        made.append(_arrow((x, y) if level else start, (to_x, to_y) if level else end, palette))
    return made


def _arrow(cause: tuple[float, float], effect: tuple[float, float], palette: Palette) -> str:
    """From the cause's edge to the effect's; one that leads down shows, as a mistake would. The
    head is a shape of its own: markers point astray where pages are made for print."""
    up = effect[1] < cause[1]
    if abs(effect[1] - cause[1]) < 1:  # side by side
        way = 1 if effect[0] > cause[0] else -1
        start = (cause[0] + way * _BOX / 2, cause[1])
        end = (effect[0] - way * (_BOX / 2 + 1), effect[1])
    else:
        edge = _HIGH / 2
        start = (cause[0], cause[1] - edge if up else cause[1] + edge)
        end = (effect[0], effect[1] + edge + 1 if up else effect[1] - edge - 1)
    dx, dy = end[0] - start[0], end[1] - start[1]
    long = max((dx * dx + dy * dy) ** 0.5, 1.0)
    dx, dy = dx / long, dy / long
    neck = (end[0] - _HEAD * dx, end[1] - _HEAD * dy)
    half = _HEAD * 0.42
    head = [end, (neck[0] - half * dy, neck[1] + half * dx),
            (neck[0] + half * dy, neck[1] - half * dx)]  # fmt: skip
    return (
        f'<polyline points="{points([start, neck])}" fill="none" stroke="{palette.ink2}" '
        f'stroke-width="1"/><polygon points="{points(head)}" fill="{palette.ink2}"/>'
    )


def _box(node: Node, place: tuple[float, float], words: Words, palette: Palette) -> str:
    x, y = place[0] - _BOX / 2, place[1] - _HIGH / 2
    dashed = ' stroke-dasharray="4 3"' if node.loose else ""
    first, second = wrapped(node.name, 8.5, _BOX - 10)
    note = words.loose if node.loose else said_points(node.score) if node.score is not None else ""
    lines = [first, second, note] if second else [first, note]
    step = 10.0 if len([t for t in lines if t]) < 3 else 9.6
    shown = [t for t in lines if t]
    begin = place[1] - step * (len(shown) - 1) / 2 + 3
    said = "".join(
        _line(text, place[0], begin + step * n, text == note, node.loose, palette)
        for n, text in enumerate(shown)
    )
    return (
        f'<rect x="{at(x)}" y="{at(y)}" width="{at(_BOX)}" height="{at(_HIGH)}" rx="4" '
        f'fill="#FFFFFF" stroke="{palette.down if node.loose else palette.deep}" '
        f'stroke-width="1.2"{dashed}/>{said}'
    )


def _line(text: str, x: float, y: float, note: bool, loose: bool, palette: Palette) -> str:
    weight = ' font-weight="700"' if note and not loose else ""
    size = "7.5" if note else "8.5"
    return (
        f'<text x="{at(x)}" y="{at(y)}" text-anchor="middle" font-size="{size}"{weight} '
        f'fill="{palette.ink}">{escaped(shortened(text, 8.5, _BOX - 4))}</text>'
    )


def _table(nodes: Sequence[Node], arrows: Sequence[tuple[str, str]], words: Words) -> Table:
    names: Mapping[str, str] = {n.id: n.name for n in nodes}
    rows = tuple(
        (
            n.name,
            n.perspective,
            ", ".join(names[b] for a, b in arrows if a == n.id and b in names) or "—",
            words.loose if n.loose else said_points(n.score) if n.score is not None else "—",
        )
        for n in sorted(nodes, key=lambda n: (-n.level, n.id))
    )
    return Table(words.head, rows)
