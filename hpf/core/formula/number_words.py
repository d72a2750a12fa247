"""Numbers, steps and rounding modes as the words reading writes them."""

from __future__ import annotations

from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.formula.tree import Rounding
from hpf.core.units import Unit

MODE_NAMES = {
    "half_up": Text("四舍五入", "half up"),
    "half_even": Text("四舍六入五成双", "half to even"),
    "up": Text("远离零进位", "away from zero"),
    "down": Text("舍去尾数", "towards zero"),
    "ceiling": Text("向上取整", "up to the next"),
    "floor": Text("向下取整", "down to the next"),
}


def plain_number(value: Fraction) -> str:
    """Plain decimal notation; a fraction where the digits would not end."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    places = 0
    while (value * 10**places).denominator != 1:
        places += 1
    digits = str(abs(int(value * 10**places))).rjust(places + 1, "0")
    sign = "−" if value < 0 else ""
    return sign + (f"{digits[:-places]}.{digits[-places:]}" if places else digits)


def step_words(step: Fraction, unit: Unit, zh: bool) -> str:
    """A rounding step with its unit: 0.01 元."""
    said = unit.say("zh" if zh else "en")
    return plain_number(step) + (f" {said}" if said else "")


def rounding_words(how: Rounding, unit: Unit, zh: bool) -> str:
    """A step and a mode: 四舍五入到 0.01 元, half up to 0.01 CNY."""
    if not how.step:
        return "不取整" if zh else "not rounded"
    mode, step = MODE_NAMES[how.mode].say("zh" if zh else "en"), step_words(how.step, unit, zh)
    return f"{mode}到 {step}" if zh else f"{mode} to {step}"
