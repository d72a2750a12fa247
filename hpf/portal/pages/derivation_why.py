"""Why a figure is another than last period: a waterfall of bars, one line a step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from hpf.core.change import Kind, Part, Why
from hpf.core.parameters import ScaleValue
from hpf.portal.language import language, say
from hpf.portal.pages.derivation_words import said
from hpf.reports import figures

_WIDTH: Final = 110.0
_MAIN: Final = 2  # parts that are named as the reason
_LEAST: Final = 1.5  # width of a bar that is nearly nothing


@dataclass(frozen=True, slots=True)
class Bar:
    """A line. kind: total, up, down, same; x, width: of the bar in a picture 110 wide."""

    name: str
    note: str
    amount: str
    kind: str
    x: float = 0.0
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Waterfall:
    """All lines, and where the axis begins."""

    bars: tuple[Bar, ...]
    start: str
    title: str
    reason: str = ""


def waterfall(told: Why, then: str, now: str, own_only: bool) -> Waterfall:
    """The parts as bars. own_only: nothing is said of other people's figures but their effect."""
    before, after = told.before or Decimal(0), told.after or Decimal(0)
    levels = [before, after]
    level = before
    for part in told.parts:
        level += part.amount
        levels.append(level)
    low, high = _axis(levels)
    scale = _WIDTH / (float(high - low) or 1)  # geometry

    def bar(name: str, note: str, amount: str, kind: str, one: Decimal, two: Decimal) -> Bar:
        x = float(min(one, two) - low) * scale
        width = max(float(abs(two - one)) * scale, _LEAST if one != two else 0.0)
        return Bar(name, note, amount, kind, round(x, 2), round(width, 2))

    bars = [bar(then, "", figures.money(before), "total", low, before)]
    level = before
    for part in _with_parameters(told.parts):
        kind = "up" if part.amount > 0 else "down" if part.amount < 0 else "same"
        note = "" if own_only and part.kind is Kind.OTHERS else _note(part)
        bars.append(bar(say(part.names), note, figures.change(part.amount), kind, level,
                        level + part.amount))  # fmt: skip
        level += part.amount
    bars.append(bar(now, "", figures.money(after), "total", low, after))
    title = say((f"从 {figures.money(before)} 到 {figures.money(after)}",
                 f"From {figures.money(before)} to {figures.money(after)}"))  # fmt: skip
    return Waterfall(tuple(bars), figures.money(low) if low else "", title, reason(told))


def reason(told: Why) -> str:
    """One sentence: the one or two parts that did most of it; '' where nothing changed."""
    change = (told.after or Decimal(0)) - (told.before or Decimal(0))
    pulled = [p for p in told.parts if p.amount and (p.amount > 0) == (change > 0)]
    if not change or not pulled:
        return ""
    most = sorted(pulled, key=lambda p: -abs(p.amount))[:_MAIN]
    mark = say(("，", ", "))
    parts = mark.join(f"{say(p.names)} {figures.change(p.amount)}" for p in most)
    return say((f"主要因为{parts}。", f"Mostly {parts}."))


def _with_parameters(parts: tuple[Part, ...]) -> Iterator[Part]:
    """Parameters have a line even where none changed."""
    yield from parts
    if not any(p.kind in (Kind.RATES, Kind.RULES) for p in parts):
        yield Part(Kind.RATES, Kind.RATES.names, Decimal(0))


def _axis(levels: list[Decimal]) -> tuple[Decimal, Decimal]:
    """From zero, or from below the least where all lie close together, in round numbers."""
    low, high = min(levels), max(levels)
    if low <= 0 or high - low > low / 2:
        return min(low, Decimal(0)), max(high, Decimal(0))
    step = Decimal(10) ** max((high - low).adjusted(), 0)
    return ((low - (high - low) / 4) // step) * step, high


def _note(part: Part) -> str:
    if part.before is None and part.after is None:
        return (
            say(("没有变更", "none changed")) if part.kind is Kind.RATES and not part.amount else ""
        )
    if isinstance(part.before, ScaleValue | dict) or isinstance(part.after, ScaleValue | dict):
        return ""
    one, two = (said(v, None, language()) or "—" for v in (part.before, part.after))
    return f"{one} → {two}"
