"""How the text of a setting is read; BadValue, in both languages, where it will not do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from hpf.core.errors import BadValue, ParameterError
from hpf.workflow.cycle import narrow
from hpf.workflow.policy import PayOrder, Policy
from hpf.workflow.roles import Role
from hpf.workflow.workdays import Calendar


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise BadValue(
                f"要写 {least} 到 {most} 的整数", f"a whole number from {least} to {most}"
            )
        return int(text)

    return read


def share(text: str) -> Fraction:
    """A fraction above 0 and up to 1: `2/3`."""
    try:
        found = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise BadValue("要写成 2/3 这样的分数", "a fraction such as 2/3") from None
    if not 0 < found <= 1:
        raise BadValue("要大于 0、不超过 1", "more than 0 and at most 1")
    return found


def number(text: str) -> Decimal:
    """A number that is not negative, exact."""
    try:
        found = Decimal(text)
    except ArithmeticError:
        raise BadValue("要写数字", "a number") from None
    if not found.is_finite() or found < 0:
        raise BadValue("不能小于 0", "not below 0")
    return found


def said(text: str) -> str:
    """Any words, but some."""
    if not text.strip():
        raise BadValue("是空的", "it is empty")
    return text.strip()


def words(text: str) -> tuple[str, ...]:
    """Several words, with commas between, none of them twice."""
    found = [w.strip() for w in text.replace("，", ",").replace("、", ",").split(",")]
    if not all(found) or len(set(found)) < len(found):
        raise BadValue("要写不重复的几个词，逗号分隔", "words, none twice, with commas between")
    return tuple(found)


def seats(text: str) -> dict[str, int]:
    """What sits on a committee at least: `人事=1、临床专家=2`."""
    found: dict[str, int] = {}
    for part in words(text):
        name, _, count = part.partition("=")
        if not name.strip() or not count.strip().isdecimal() or int(count) < 1:
            raise BadValue("要写成 人事=1、临床专家=2", "as in personnel=1,expert=2")
        found[name.strip()] = int(count)
    return found


def pay_order(text: str) -> PayOrder:
    """Which comes first, publicity or pay."""
    try:
        return PayOrder(text)
    except ValueError:
        raise BadValue(f"可写：{'、'.join(PayOrder)}", f"one of: {', '.join(PayOrder)}") from None


def own_calendar(text: str) -> Calendar:
    """Working days of the county's own, as JSON."""
    try:
        return Calendar.parse(json.loads(text), "calendar")
    except (json.JSONDecodeError, AttributeError):
        form = '{"years": [2027], "holidays": ["2027-02-05"], "makeup_workdays": []}'
        raise BadValue(f"要写成 {form}", f"write it as {form}") from None
    except ParameterError as error:
        told = error.problems[0].message
        raise BadValue(told.zh, told.en) from None


def yes_or_no(text: str) -> bool:
    """`yes` or `no`."""
    if text not in ("yes", "no"):
        raise BadValue("要写 yes 或 no", "yes or no")
    return text == "yes"


def movers(text: str) -> Mapping[str, frozenset[Role]]:
    """Moves that are left to fewer roles, as JSON."""
    form = '{"finish": ["management"]}'
    try:
        given = {str(m): frozenset(map(Role, who)) for m, who in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError):
        raise BadValue(f"要写成 {form}", f"write it as {form}") from None
    try:
        narrow(Policy(), given)
    except ParameterError as error:
        told = error.problems[0].message
        raise BadValue(told.zh, told.en) from None
    return given
