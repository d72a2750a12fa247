"""How one value of a parameter is written: numbers, days, rounding steps and scales.

All numbers are quoted: a bare 0.45 would be a binary float, and is refused.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hpf.core.errors import BadValue, unknown
from hpf.core.formula.tree import MODES, Rounding

# 16 digits before the point, these and the 12 places of a value fill the 38 digits of a decimal.
STEP_PLACES = 10
_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?(?:/\d+)?")


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """One band of a scale: from low to high, each end in or out, with its rate.

    rate None: the open top band's rate comes with the call (`top=`).
    """

    low: Fraction | None
    low_in: bool
    high: Fraction | None
    high_in: bool
    rate: Fraction | None


@dataclass(frozen=True, slots=True)
class ScaleValue:
    """Bands without gap or overlap, lowest first."""

    bands: tuple[Bandwidth, ...]


def day(value: Any) -> dt.date:
    """A date, or its ISO text; ValueError otherwise."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise BadValue(
            f"'{value}' 不是日期",
            f"'{value}' is no date",
            "请写成 2026-09-01",
            "Write it as 2026-09-01",
        ) from None


def number(value: Any) -> Fraction:
    """A quoted number, or a whole one.

    Raises ValueError for a float, an exponent, a percent sign or a word.
    """
    if isinstance(value, bool | float):
        raise BadValue(
            f"{value!r} 不是精确的数",
            f"{value!r} is not exact",
            f"请加引号写成 '{value}'",
            f"Quote it: '{value}'",
        )
    if isinstance(value, int):
        return Fraction(value)
    if not isinstance(value, str) or not _NUMBER.fullmatch(value):
        plain = _without_percent(value) or "0.45"
        raise BadValue(
            f"'{value}' 不是普通写法的数",
            f"'{value}' is no plain number",
            f"请写成 '{plain}' 这样",
            f"Write it as '{plain}'",
        )
    try:
        return Fraction(value)
    except ZeroDivisionError:
        raise BadValue(
            f"'{value}' 的分母为 0", f"'{value}' divides by zero", "请改分母", "Mend the divisor"
        ) from None


def _without_percent(value: Any) -> str:
    """What a percentage is as a plain number, '' for anything else.

    >>> _without_percent("12.5%"), _without_percent("half")
    ('0.125', '')
    """
    text = str(value).strip()
    if not text.endswith("%") or not _NUMBER.fullmatch(text[:-1]) or "/" in text:
        return ""
    return f"{Decimal(text[:-1]).scaleb(-2):f}"


def rounding(value: Any) -> Rounding:
    """`exact`, or a step with its mode; ValueError for anything else."""
    if value == "exact":
        return Rounding(Fraction(0))
    if not isinstance(value, Mapping):
        step = value if isinstance(value, str) and _NUMBER.fullmatch(value) else "0.1"
        cure = f'{{step: "{step}", mode: half_up}}'
        raise BadValue(
            f"'{value}' 不是取整方法",
            f"'{value}' is no rounding",
            f"请写 {cure}，不取整写 exact",
            f"Write {cure}, or `exact` for none",
        )
    mode = value.get("mode", "half_up")
    if mode not in MODES:
        raise unknown("取整方式", "mode", mode, MODES)
    return Rounding(rounding_step(value["step"]), mode)


def rounding_step(value: Any) -> Fraction:
    """A rounding step: not negative, below 10^16, of at most STEP_PLACES decimal places.

    Raises ValueError for any other, a third among them: its digits would not end.
    """
    step = number(value)
    if step < 0:
        raise BadValue(
            f"取整步长不能是负数：{step}",
            f"a rounding step is not negative: {step}",
            "请写正数，不取整写 exact",
            "Write a positive one, or `exact` for none",
        )
    if step >= 10**16 or 10**STEP_PLACES % step.denominator:
        raise BadValue(
            f"取整步长须小于 10^16，且至多 {STEP_PLACES} 位小数（'0.01' 是两位），'{value}' 不是",
            f"a rounding step is below 10^16 and has at most {STEP_PLACES} decimal places, "
            f"as '0.01' has two: '{value}' does not",
            "请改步长",
            "Take another step",
        )
    return step


_JOINED = (
    "相邻两档要接上：前一档写 upto（含）则后一档写 over，写 below（不含）则写 from",
    "A band ends where the next begins: `upto` (included) before `over`, `below` before `from`",
)


def scale(value: Sequence[Mapping[str, Any]]) -> ScaleValue:
    """Bands that join without gap or overlap; ValueError says between which they do not."""
    if not isinstance(value, list | tuple) or not all(isinstance(b, Mapping) for b in value):
        cure = '[{from: "0", upto: "10", rate: "1"}, {over: "10", rate: "2"}]'
        raise BadValue(
            f"'{value}' 不是分档",
            f"'{value}' is no scale",
            f"请逐档列出，例如 {cure}",
            f"List its bands, e.g. {cure}",
        )
    bands = tuple(_band(b) for b in value)
    if not bands:
        raise BadValue(
            "分档至少要有一档", "a scale needs bands", '例如 [{from: "0", rate: "1"}]',
            'E.g. [{from: "0", rate: "1"}]',
        )  # fmt: skip
    for i, (one, two) in enumerate(itertools.pairwise(bands), 1):
        if one.low is not None and (two.low is None or two.low < one.low):
            raise BadValue(
                f"第 {i + 1} 档比第 {i} 档低", f"band {i + 1} lies below band {i}",
                "请由低到高逐档列出", "List the bands from the lowest upward",
            )  # fmt: skip
        if one.high is None or two.low is None or one.high < two.low:
            raise BadValue(
                f"第 {i} 档与第 {i + 1} 档之间有空缺", f"gap between band {i} and band {i + 1}",
                *_JOINED,
            )  # fmt: skip
        if one.high > two.low or (one.high_in and two.low_in):
            raise BadValue(
                f"第 {i} 档与第 {i + 1} 档重叠", f"band {i} and band {i + 1} overlap", *_JOINED
            )
        if not one.high_in and not two.low_in:
            raise BadValue(
                f"{one.high} 处有空缺：第 {i} 档与第 {i + 1} 档都不含它",
                f"gap at {one.high}: neither band {i} nor band {i + 1} includes it",
                *_JOINED,
            )
    for i, band in enumerate(bands, 1):
        if band.rate is None and i < len(bands):
            raise BadValue(
                f"第 {i} 档：只有最后一档的标准可以留给数据(rate: fact)",
                f"band {i}: only the last band's rate may be left to the facts",
                "请写出这一档的标准",
                "Write this band's rate",
            )
        if band.low is not None and band.high is not None and band.low > band.high:
            raise BadValue(
                f"第 {i} 档的上限小于下限", f"band {i} ends before it begins", "请对调上下限",
                "Change its ends about",
            )  # fmt: skip
    return ScaleValue(bands)


def _band(data: Mapping[str, Any]) -> Bandwidth:
    known = {"from", "over", "upto", "below", "rate"}
    for extra in set(data) - known:
        raise unknown("这一项（分档）", "entry of a band", extra, known)
    if {"from", "over"} <= set(data) or {"upto", "below"} <= set(data):
        raise BadValue(
            "一档的上限或下限写了两个",
            "a band has two beginnings or two ends",
            "一档的下限写 from 或 over 之一，上限写 upto 或 below 之一",
            "A band begins with `from` or `over`, and ends with `upto` or `below`",
        )
    low = data.get("from", data.get("over"))
    high = data.get("upto", data.get("below"))
    rate = data["rate"]
    return Bandwidth(
        None if low is None else number(low),
        "from" in data,
        None if high is None else number(high),
        "upto" in data,
        None if rate == "fact" else number(rate),
    )
