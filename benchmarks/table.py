"""The table: one line a measurement, a missed target marked as plainly as one that is met."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("what", "ours", "other", "ratio", "target", "met?")
RIGHT = (1, 2, 3)  # columns of figures


@dataclass(frozen=True, slots=True)
class Line:
    """One measurement. ratio: ours ÷ other; met: None where nothing was promised."""

    what: str
    ours: str
    other: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None

    @property
    def verdict(self) -> str:
        """yes, MISSED, or a dash."""
        return "-" if self.met is None else "yes" if self.met else "MISSED"


def compared(what: str, ours: str, other: str, ratio: float, at_most: float) -> Line:
    """A line whose ratio must not pass a bound."""
    return Line(what, ours, other, ratio, f"<= {at_most:.2f}", ratio <= at_most)


def absent(what: str, package: str) -> Line:
    """A line whose other side cannot run here."""
    return Line(what, "-", f"{package}: not installed")


def seconds(value: float) -> str:
    """A duration, three digits of it: 1.23 s, 45.6 ms, 789 us."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if value >= size or unit == "us":
            shown = value / size
            places = 2 if shown < 10 else 1 if shown < 100 else 0
            return f"{shown:.{places}f} {unit}"
    raise AssertionError(value)


def megabytes(value: float) -> str:
    """Bytes as whole MB."""
    return f"{value / 1e6:.0f} MB"


def render(lines: Sequence[Line], *, judged: bool = True) -> str:
    """The table as text. judged: whether the sizes are those the targets were set for."""
    rows = [HEADINGS, *(_cells(line, judged) for line in lines)]
    widths = [max(_width(row[i]) for row in rows) for i in range(len(HEADINGS))]
    text = [_row(row, widths) for row in rows]
    text.insert(1, "  ".join("-" * w for w in widths))
    return "\n".join(text)


def summary(lines: Sequence[Line]) -> str:
    """How many targets were met, and by how much each other one was missed."""
    promised = [line for line in lines if line.met is not None]
    missed = [line for line in promised if not line.met]
    out = [f"{len(promised) - len(missed)} of {len(promised)} targets met."]
    for line in missed:
        ratio = f" (ratio {line.ratio:.2f})" if line.ratio is not None else ""
        out.append(f"MISSED: {line.what}: {line.ours}{ratio}, target {line.target}")
    return "\n".join(out)


def _cells(line: Line, judged: bool) -> tuple[str, ...]:
    ratio = "" if line.ratio is None else f"{line.ratio:.2f}"
    verdict = line.verdict if judged else "-"
    return (line.what, line.ours, line.other, ratio, line.target, verdict)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    out = []
    for i, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        gap = " " * (width - _width(cell))
        out.append(gap + cell if i in RIGHT else cell + gap)
    return "  ".join(out).rstrip()


def _width(text: str) -> int:
    """Columns on a terminal: an East Asian wide character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
