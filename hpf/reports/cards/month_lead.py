"""The sentence that a president can repeat: total, change, main reason, who stands out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports import figures as f
from hpf.reports.cards.asked import out_of_line
from hpf.reports.cards.moved import Part, total
from hpf.reports.cards.units import FALLS, Unit
from hpf.reports.issue import Issue

TEN_THOUSAND, THOUSAND = Decimal(10_000), Decimal(1_000)
_CENT = Decimal("0.01")


def scaled(value: Decimal, lang: str) -> Decimal:
    """In 万元, or thousands of CNY, to two places: for charts and the sentence alone."""
    by = TEN_THOUSAND if lang.startswith("zh") else THOUSAND
    return (value / by).quantize(_CENT, rounding="ROUND_HALF_UP")


def lead(
    issue: Issue, moved: Sequence[Part], table: Sequence[Unit], lang: str
) -> Iterator[tuple[str, bool]]:
    """Pieces of the sentence, and whether each is bold."""
    now, before = total(issue.payouts.values()), total(issue.payouts_before.values())
    yield Text("本期发放 ", "This period pays ").say(lang), False
    yield spoken(now, lang), True
    if issue.payouts_before:
        yield _change(now, before, lang), False
        yield _reason(moved, now - before, lang), False
    else:
        yield (
            Text(f"，{len(issue.payouts)} 人", f" to {len(issue.payouts)} people").say(lang),
            False,
        )
    far = out_of_line(table)
    yield Text("。", ". ").say(lang) if far else Text("。", ".").say(lang), False
    if far:
        yield _far(far[0], lang), False


def spoken(value: Decimal, lang: str) -> str:
    """An amount as one says it: 119.52 万元, CNY 1,195,233.55.

    >>> spoken(Decimal("1195233.55"), "zh"), spoken(Decimal("1195233.55"), "en")
    ('119.52 万元', 'CNY 1,195,233.55')
    >>> spoken(Decimal("-835.5"), "zh")
    '−835.50 元'
    """
    if not lang.startswith("zh"):
        return f"CNY {f.money(value)}"
    if abs(value) < TEN_THOUSAND:
        return f"{f.money(value)} 元"
    return f"{f.money(scaled(value, lang))} 万元"


def _change(now: Decimal, before: Decimal, lang: str) -> str:
    by = now - before
    if not by:
        return Text("，与上期相同", ", the same as last period").say(lang)
    share = ""
    if before > 0 and abs(by) < 10 * before:
        share = f.percent(abs(by) / before)
    said = share or spoken(abs(by), lang)
    return Text(
        f"，比上期{'多' if by > 0 else '少'} {said}",
        f", {said} {'more' if by > 0 else 'less'} than last period",
    ).say(lang)


def _reason(moved: Sequence[Part], by: Decimal, lang: str) -> str:
    """The largest part that goes the way of the difference, and the largest against it where that
    takes back a fifth of it or more."""
    if not by:
        return ""
    along = [p for p in moved if (p.amount > 0) == (by > 0)]
    against = [p for p in moved if (p.amount > 0) != (by > 0)]
    if not along:
        return ""
    main = along[0]
    said = Text(
        f"，主要来自{main.name.zh}（{_signed(main.amount, 'zh')}）",
        f", mainly from {main.name.en} ({_signed(main.amount, 'en')})",
    ).say(lang)
    if against and abs(against[0].amount) * 5 >= abs(main.amount):
        other = against[0]
        said += Text(
            f"，{other.name.zh}抵去 {spoken(abs(other.amount), 'zh')}",
            f", {other.name.en} taking back {spoken(abs(other.amount), 'en')}",
        ).say(lang)
    return said


def _signed(value: Decimal, lang: str) -> str:
    sign = "+" if value > 0 else f.MINUS
    return f"{sign}{spoken(abs(value), lang)}"


def _far(unit: Unit, lang: str) -> str:
    assert unit.off is not None
    by = f.percent(abs(unit.off))
    low = unit.off < 0
    falls = unit.falls >= FALLS
    zh = f"{unit.name}人均{'低于' if low else '高于'}全院 {by}"
    en = f"{unit.name} is {by} {'below' if low else 'above'} the hospital's mean"
    if falls:
        zh += f"，并已连续 {unit.falls} 期下降"
        en += f" and has fallen {unit.falls} times running"
    return Text(f"{zh}，需要您过问。", f"{en}: it needs your attention.").say(lang)
