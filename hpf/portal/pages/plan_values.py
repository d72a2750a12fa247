"""A parameter's value as a form: fields for it, and what the form says, as a configuration file
would. Whatever it says is checked where values are entered, not here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from hpf.core.formula.number_words import MODE_NAMES
from hpf.core.formula.tree import MODES
from hpf.core.formula.words import plain_number
from hpf.core.parameters import Parameter, ScaleValue, Value
from hpf.portal.language import language, say

Field = tuple[str, str, tuple[tuple[str, str], ...]]
_TRUTH: Final = {"true": True, "false": False}
_MORE: Final = 3  # empty rows below the bands of a scale
_MOST: Final = 60  # bands that are read
FACT: Final = "fact"  # the rate of an open top band that the data bring


@dataclass(frozen=True, slots=True)
class Band:
    """A row of a scale's form, as texts. low_in, high_in: whether the bound belongs to it."""

    low: str = ""
    low_in: bool = True
    high: str = ""
    high_in: bool = False
    rate: str = ""


def fields(p: Parameter) -> list[Field]:
    """Form fields for a value that is no scale: name, label, choices (() for free text)."""
    choices = tuple((c, p.choice(c).say(language())) for c in p.choices)
    if p.kind == "boolean":
        choices = (("true", say(("是", "yes"))), ("false", say(("否", "no"))))
    if p.kind == "rounding":
        modes = tuple((m, say(MODE_NAMES[m])) for m in MODES)
        return [("step", say(("取整到", "Step")), ()), ("mode", say(("方式", "Mode")), modes)]
    if p.kind == "scale":
        return []
    unit = p.unit.say(language())
    label = say(("新的值", "New value")) + (f" ({unit})" if unit else "")
    if p.keys:
        return [(f"key-{k}", p.key(k).say(language()), choices) for k in p.keys]
    return [("value", label, choices)]


def bands(p: Parameter, held: Value | None, form: MultiDict[str, str]) -> list[Band]:
    """The rows of a scale's form: what was sent, else what holds; some empty ones below."""
    if p.kind != "scale":
        return []
    rows = [_sent(form, n) for n in range(_MOST) if f"rate-{n}" in form]
    if not rows and isinstance(held, ScaleValue):
        rows = [
            Band(
                "" if b.low is None else plain_number(b.low), b.low_in,
                "" if b.high is None else plain_number(b.high), b.high_in,
                FACT if b.rate is None else plain_number(b.rate),
            )
            for b in held.bands
        ]  # fmt: skip
    used = [r for r in rows if r.low or r.high or r.rate]
    return [*used, *[Band() for _ in range(_MORE)]]


def value(p: Parameter, form: MultiDict[str, str]) -> Any:
    """What the form says, as a configuration file would."""
    if p.kind == "scale":
        return [_band(row) for n in range(_MOST) if _said(row := _sent(form, n))]
    if p.kind == "rounding":
        return {"step": form.get("step", "").strip(), "mode": form.get("mode", "")}
    if p.keys:
        given = {k: form.get(f"key-{k}", "").strip() for k in p.keys}
        return {k: _TRUTH.get(v, v) for k, v in given.items() if v}
    text = form.get("value", "").strip()
    return _TRUTH.get(text, text)


def shown(p: Parameter, given: Any) -> str:
    """An entry as it was made, in a line; choices and keys by their names."""
    if isinstance(given, list):
        return say(("；", "; ")).join(_band_words(b) for b in given)
    if isinstance(given, dict) and p.kind == "rounding":
        mode = MODE_NAMES.get(given.get("mode", "half_up"))
        return f"{given.get('step', '')} {say(mode) if mode else ''}".strip()
    if isinstance(given, dict):
        said = (f"{p.key(str(k)).say(language())} {shown(p, v)}" for k, v in given.items())
        return say(("，", ", ")).join(said)
    if isinstance(given, bool):
        return say(("是", "yes") if given else ("否", "no"))
    return p.choice(str(given)).say(language())


def _band_words(band: Any) -> str:
    """`[10, 20): 3`: a square bracket takes its bound in."""
    low, high = band.get("from", band.get("over")), band.get("upto", band.get("below"))
    left = "[" if "from" in band else "("
    right = "]" if "upto" in band else ")"
    return (
        f"{left if low is not None else '('}{'−∞' if low is None else low}, "
        f"{'∞' if high is None else high}{right if high is not None else ')'}: {band['rate']}"
    )


def _sent(form: MultiDict[str, str], n: int) -> Band:
    said = {
        name: form.get(f"{name}-{n}", "").strip().replace("−", "-")  # as a page writes a minus
        for name in ("low", "high", "rate")
    }
    return Band(
        said["low"], form.get(f"low_in-{n}", "yes") == "yes",
        said["high"], form.get(f"high_in-{n}", "no") == "yes", said["rate"],
    )  # fmt: skip


def _said(row: Band) -> bool:
    return bool(row.low or row.high or row.rate)


def _band(row: Band) -> dict[str, str]:
    found = {"rate": row.rate}
    if row.low:
        found["from" if row.low_in else "over"] = row.low
    if row.high:
        found["upto" if row.high_in else "below"] = row.high
    return found
