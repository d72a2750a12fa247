"""Numbers and dates as they stand on pages and paper: aligned, signed, never rounded in silence."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from hpf.core.periods import Period
from hpf.core.values import Result

MINUS = "−"  # as wide as a digit, unlike the hyphen
NOT_APPLICABLE = "—"
_SHOWN = 6  # places of a figure that is not money; what is cut off ends in …
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_STEPS = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_WEEKDAYS = (
    ("一", "Monday"), ("二", "Tuesday"), ("三", "Wednesday"), ("四", "Thursday"),
    ("五", "Friday"), ("六", "Saturday"), ("日", "Sunday"),
)  # fmt: skip

# not strftime, which would speak the server's language
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def money(value: Decimal) -> str:
    """Two places at least, thousands apart: 1,234.50; more places only where there are more.

    >>> money(Decimal("1234.5")), money(Decimal("-0.5")), money(Decimal(0)), money(Decimal("0.125"))
    ('1,234.50', '−0.50', '0.00', '0.125')
    """
    sign, whole, part = _digits(value)
    return f"{sign}{whole}.{part:0<2}"


def change(value: Decimal) -> str:
    """Money with its sign; a difference of nothing is 0.00.

    >>> change(Decimal("68.24")), change(Decimal("-45.16")), change(Decimal(0))
    ('+68.24', '−45.16', '0.00')
    """
    return f"+{money(value)}" if value > 0 else money(value)


def amount(value: Decimal) -> str:
    """A figure that is not money: the places it has, six at most.

    >>> amount(Decimal("1.0692")), amount(Decimal("37.107931544")), amount(Decimal("12.000"))
    ('1.0692', '37.107931…', '12')
    """
    sign, whole, part = _digits(value)
    if len(part) > _SHOWN:
        part = part[:_SHOWN] + "…"
    return f"{sign}{whole}.{part}" if part else f"{sign}{whole}"


def points(value: Decimal) -> str:
    """Points to two places; a cut-off one ends in ….

    >>> points(Decimal("97.06")), points(Decimal("8")), points(Decimal("84.98765"))
    ('97.06', '8.00', '84.98…')
    """
    sign, whole, part = _digits(value)
    return f"{sign}{whole}.{part[:2]:0<2}" + ("…" if len(part) > 2 else "")


def percent(value: Decimal, *, signed: bool = False) -> str:
    """A fraction as a percentage to one place, for reading beside the exact figure.

    >>> percent(Decimal("0.0636")), percent(Decimal("0.285"), signed=True), percent(Decimal("-1"))
    ('6.4%', '+28.5%', '−100.0%')
    """
    shown = (abs(value) * 100).quantize(Decimal("0.1"), rounding="ROUND_HALF_UP")
    sign = MINUS if value < 0 and shown else "+" if signed and value > 0 and shown else ""
    return f"{sign}{shown:,}%"


def figure(value: Result | None, lang: str, *, pay: bool = False) -> str:
    """One cell: money, a figure, a word, a day; — where there is nothing to say."""
    if value is None:
        return NOT_APPLICABLE
    if isinstance(value, bool):
        yes, no = ("是", "否") if lang.startswith("zh") else ("yes", "no")
        return yes if value else no
    if isinstance(value, Decimal):
        return money(value) if pay else amount(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def capitals(value: Decimal) -> str:
    """An amount of yuan in the capitals that cheques bear, to the fen.

    >>> capitals(Decimal("7603.24")), capitals(Decimal("10005.05"))
    ('柒仟陆佰零叁元贰角肆分', '壹万零伍元零伍分')
    >>> capitals(Decimal("100000")), capitals(Decimal("-0.30")), capitals(Decimal(0))
    ('壹拾万元整', '负叁角', '零元整')

    Raises ValueError for a fraction of a fen, or an amount of 10^16 yuan and more.
    """
    fen = abs(value) * 100
    if fen != int(fen) or abs(value) >= 10**16:
        raise ValueError(f"{value} is no amount of whole fen below 10^16 yuan")
    yuan, rest = divmod(int(fen), 100)
    jiao, single = divmod(rest, 10)
    words = "负" if value < 0 else ""
    if yuan:
        words += _yuan(yuan) + "元"
    if jiao:
        words += _DIGITS[jiao] + "角"
    if single:
        words += ("零" if yuan and not jiao else "") + _DIGITS[single] + "分"
    if not (yuan or rest):
        return "零元整"
    return words + ("" if rest else "整")


def _yuan(number: int) -> str:
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    words, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if not group:
            gap = True
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _four(group) + _GROUPS[place]
        gap = False
    return words


def _four(group: int) -> str:
    words, zero = "", False
    for step in reversed(range(4)):
        digit = group // 10**step % 10
        if digit:
            words += ("零" if zero and words else "") + _DIGITS[digit] + _STEPS[step]
            zero = False
        else:
            zero = True
    return words


def grouped(code: str, *, most: int = 0) -> str:
    """A seal or code in groups of four; shortened in the middle to `most` groups, if given.

    >>> grouped("7f3a9c21e04b5d16"), grouped("7f3a9c21e04b5d1651da", most=3)
    ('7f3a 9c21 e04b 5d16', '7f3a 9c21 … 51da')
    """
    groups = [code[i : i + 4] for i in range(0, len(code), 4)]
    if most and len(groups) > most:
        groups = [*groups[: most - 1], "…", groups[-1]]
    return " ".join(groups)


def day(value: dt.date, lang: str) -> str:
    """A deadline with its weekday.

    >>> day(dt.date(2026, 10, 19), "zh"), day(dt.date(2026, 10, 19), "en")
    ('2026 年 10 月 19 日（星期一）', 'Monday, 19 October 2026')
    """
    chinese, english = _WEEKDAYS[value.weekday()]
    if lang.startswith("zh"):
        return f"{value.year} 年 {value.month} 月 {value.day} 日（星期{chinese}）"
    return f"{english}, {value.day} {_MONTHS[value.month - 1]} {value.year}"


def period(value: Period, lang: str) -> str:
    """A period as a heading: 2026年9月, September 2026; others as they say themselves.

    >>> period(Period.parse("2026-09"), "zh"), period(Period.parse("2026-09"), "en")
    ('2026年9月', 'September 2026')
    """
    if value.kind != "month" or lang.startswith("zh"):
        return value.say(lang)
    return f"{_MONTHS[value.number - 1]} {value.year}"


def short(period: Period, lang: str) -> str:
    """A period under a chart: 9月, Sep; others as they are written.

    >>> short(Period.parse("2026-09"), "zh"), short(Period.parse("2026-09"), "en")
    ('9月', 'Sep')
    """
    if period.kind != "month":
        return str(period)
    return f"{period.number}月" if lang.startswith("zh") else _MONTHS[period.number - 1][:3]


def brief(value: Period, lang: str) -> str:
    """A period in a sentence: 9月, Sep; others with their year.

    >>> brief(Period.parse("2026-09"), "zh"), brief(Period.parse("2026-Q3"), "zh")
    ('9月', '2026年第3季度')
    """
    return short(value, lang) if value.kind == "month" else period(value, lang)


def _digits(value: Decimal) -> tuple[str, str, str]:
    whole, _, part = f"{value:f}".partition(".")
    sign, whole = (MINUS, whole[1:]) if whole.startswith("-") else ("", whole)
    part = part.rstrip("0")
    if not part and not whole.strip("0"):
        sign = ""
    return sign, f"{int(whole):,}", part
