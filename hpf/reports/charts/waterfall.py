"""A waterfall: from one amount to another by steps, each from where the last one ended."""

from __future__ import annotations

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
    shortened,
    text_width,
    wrapped,
)
from hpf.reports.figures import change, money

MOST = 13
_OTHERS = Text("其他", "Other")


@dataclass(frozen=True, slots=True)
class Step:
    """One column. total: the amount stands on the ground; else it is a change. note: below it."""

    name: str
    value: Decimal
    total: bool = False
    note: str = ""


def waterfall(
    steps: Sequence[Step],
    *,
    lang: str,
    title: str,
    width: float = 493,
    height: float = 130,
    palette: Palette = COLOURS,
    from_zero: bool = True,
) -> Chart:
    """Steps between totals; of more than 13 the smallest changes are told as one.

    from_zero: the ground is zero; else it lies below the least amount, and the chart says where.
    """
    shown = _fewest(steps, lang)
    ends, level = [], Decimal(0)
    for step in shown:
        start = Decimal(0) if step.total else level
        level = step.value if step.total else level + step.value
        ends.append((start, level))
    low, high = _range(shown, ends, from_zero)
    notes = any(s.note for s in shown)
    pitch = width / max(len(shown), 1)
    names = [wrapped(step.name, 6.8, pitch - 2) for step in shown]
    second = 8 * any(below for _, below in names)
    top, foot = 14.0, 16.0 + second + 10 * notes + 9 * (not from_zero)
    height += second
    scale = (height - top - foot) / (high - low or 1)

    def y(value: Decimal) -> float:
        return top + (high - max(float(value), low)) * scale  # geometry

    breadth = min(pitch * 0.64, 46)
    columns = []
    for n, (step, (start, end)) in enumerate(zip(shown, ends, strict=True)):
        ground = Decimal(str(low)) if step.total and not from_zero else start
        upper, lower = sorted((y(ground), y(end)))
        said = money(step.value) if step.total else change(step.value)
        columns.append(
            {
                "x": pitch * n + (pitch - breadth) / 2,
                "middle": pitch * (n + 0.5),
                "y": upper,
                "height": max(lower - upper, 0.6),
                "level": y(end),
                "kind": "total" if step.total else "down" if step.value < 0 else "up",
                "value": said,
                "size": 6.5 if text_width(said, 6.5) < pitch * 1.06 else 5.6,
                "name": names[n][0],
                "below": names[n][1],
                "note": shortened(step.note, 6.2, pitch),
            }
        )
    said = "" if from_zero else _ground(low, lang)
    chinese = lang.startswith("zh")
    table = Table(
        ("项目", "金额", "说明") if chinese else ("Step", "Amount", "Note"),
        tuple((s.name, money(s.value) if s.total else change(s.value), s.note) for s in steps),
    )
    return draw(
        "waterfall", title, table, width, height, columns=columns, breadth=breadth,
        ground=y(Decimal(0)) if from_zero else top + (high - low) * scale, remark=said,
        baseline=height - foot + 9, second=second, c=palette,
    )  # fmt: skip


def _fewest(steps: Sequence[Step], lang: str) -> list[Step]:
    if len(steps) <= MOST:
        return list(steps)
    changes = sorted((s for s in steps if not s.total), key=lambda s: abs(s.value))
    folded = changes[: len(steps) - MOST + 1]
    rest = Step(_OTHERS.say(lang), sum((s.value for s in folded), Decimal(0)))
    kept = [s for s in steps if s not in folded]
    last = (
        max(i for i, s in enumerate(kept) if s.total) if any(s.total for s in kept) else len(kept)
    )
    return [*kept[:last], rest, *kept[last:]]


def _range(
    steps: Sequence[Step], ends: Sequence[tuple[Decimal, Decimal]], from_zero: bool
) -> tuple[float, float]:
    levels = [float(v) for pair in ends for v in pair]  # geometry
    if from_zero:
        return min(0.0, *levels), max(0.0, *levels)
    reached = [float(end) for _, end in ends] + [  # geometry
        float(start) for (start, _), s in zip(ends, steps, strict=True) if not s.total
    ]
    low, high = min(reached), max(reached)
    return low - (high - low or abs(high) or 1) * 0.35, high


def _ground(low: float, lang: str) -> str:
    start = money(Decimal(f"{low:.2f}"))
    return f"纵轴从 {start} 起" if lang.startswith("zh") else f"The axis starts at {start}"
