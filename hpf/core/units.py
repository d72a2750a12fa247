"""A small unit algebra: enough to refuse yuan plus points, no more.

A unit is a product of base units with whole exponents: `CNY`, `CNY/point`, `point/case`.
A ratio (a share, a coefficient, a percentage held as a fraction) has no base at all.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from hpf.core.errors import BadValue, Text, unknown

_NAMES: dict[str, Text] = {
    "CNY": Text("元", "CNY"),
    "point": Text("分", "point"),
    "person": Text("人", "person"),
    "case": Text("例", "case"),
    "item": Text("项", "item"),
    "visit": Text("人次", "visit"),
    "shift": Text("班", "shift"),
    "trip": Text("趟", "trip"),
    "day": Text("天", "day"),
    "hour": Text("小时", "hour"),
    "month": Text("月", "month"),
    "year": Text("年", "year"),
    "bed": Text("床", "bed"),
    "m2": Text("平方米", "m²"),
    "km": Text("公里", "km"),
    "kg": Text("千克", "kg"),
    "period": Text("期", "period"),
    "rank": Text("名", "rank"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """bases: sorted (base unit, exponent) pairs; empty for a ratio."""

    bases: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        return _merge(self, other, 1)

    def __truediv__(self, other: Unit) -> Unit:
        return _merge(self, other, -1)

    @property
    def is_ratio(self) -> bool:
        """True for a pure number."""
        return not self.bases

    def __str__(self) -> str:
        return self._spell(lambda b: b) or "ratio"

    def say(self, lang: str) -> str:
        """The unit in words: 元/分, CNY/point; empty for a ratio."""
        return self._spell(lambda b: _NAMES[b].say(lang))

    def _spell(self, word: object) -> str:
        spell = word if callable(word) else str
        top = [spell(b) + (f"^{e}" if e > 1 else "") for b, e in self.bases if e > 0]
        low = [spell(b) + (f"^{-e}" if e < -1 else "") for b, e in self.bases if e < 0]
        if not low:
            return "·".join(top)
        return ("·".join(top) or "1") + "/" + "/".join(low)


def _merge(left: Unit, right: Unit, sign: int) -> Unit:
    total = dict(left.bases)
    for base, exponent in right.bases:
        total[base] = total.get(base, 0) + sign * exponent
    return Unit(tuple(sorted((b, e) for b, e in total.items() if e)))


def unit(text: str) -> Unit:
    """Read `CNY`, `CNY/point`, `CNY·day`, `ratio`.

    Raises ValueError for an unknown base unit, with the nearest known one.
    """
    if text in ("", "ratio", "1"):
        return RATIO
    bases: dict[str, int] = {}
    for part, sign in _parts(text):
        found = re.fullmatch(r"([A-Za-z]\w*?)(?:\^([1-9]))?", part)
        if part == "1":
            continue
        if not found or found[1] not in _NAMES:
            raise _no_unit(part)
        bases[found[1]] = bases.get(found[1], 0) + sign * int(found[2] or 1)
    return Unit(tuple(sorted((b, e) for b, e in bases.items() if e)))


_MEANT = {"yuan": "CNY", "rmb": "CNY", "元": "CNY", "分": "point", "例": "case", "天": "day"}


def _no_unit(part: str) -> BadValue:
    if meant := _MEANT.get(part.lower()):
        cure = f"是否想写 {meant}？", f"Did you mean {meant}?"
        return BadValue(f"没有单位 '{part}'", f"unknown unit '{part}'", *cure)
    near = difflib.get_close_matches(part.lower(), list(_NAMES), n=1, cutoff=0.75)
    if near:
        return unknown("单位", "unit", part, near)
    known = ", ".join(_NAMES)
    return BadValue(
        f"没有单位 '{part}'", f"unknown unit '{part}'",
        f"已有的：{known}；自己的单位先用 declare_unit 声明",
        f"Known: {known}. Declare your own with declare_unit",
    )  # fmt: skip


def _parts(text: str) -> list[tuple[str, int]]:
    top, *low = text.split("/")
    split = [p for p in re.split(r"[·*]", top) if p]
    return [(p, 1) for p in split] + [(p, -1) for p in low]


def declare_unit(code: str, zh: str, en: str) -> Unit:
    """Add a base unit that a document needs (`film`, `dose`); declaring it twice alike is fine."""
    if not re.fullmatch(r"[a-z]\w*", code):
        raise ValueError(f"a unit's code is lower-case letters, not '{code}'")
    if _NAMES.setdefault(code, Text(zh, en)) != Text(zh, en):
        raise ValueError(f"unit '{code}' is declared already, with other names")
    return Unit(((code, 1),))


def unit_names(base: str) -> Text:
    """What a base unit is called; KeyError for one nobody declared."""
    return _NAMES[base]


RATIO = Unit()
CNY = Unit((("CNY", 1),))
POINT = Unit((("point", 1),))
PERSON = Unit((("person", 1),))
CASE = Unit((("case", 1),))
ITEM = Unit((("item", 1),))
VISIT = Unit((("visit", 1),))
SHIFT = Unit((("shift", 1),))
TRIP = Unit((("trip", 1),))
DAY = Unit((("day", 1),))
HOUR = Unit((("hour", 1),))
MONTH = Unit((("month", 1),))
YEAR = Unit((("year", 1),))
PERIODS = Unit((("period", 1),))
RANK = Unit((("rank", 1),))
