"""The month report's two charts: twelve periods, and from one total to the next."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports import figures as f
from hpf.reports.cards.month_lead import scaled
from hpf.reports.cards.moved import Part, total
from hpf.reports.charts import Chart, Month, Step, trend, waterfall
from hpf.reports.issue import Issue

_PERIODS = 12
_PARTS = 6  # columns between the two totals; the rest is one of them
_WIDE, _TALL = 236, 128  # points, half a page's width


def trend_of(issue: Issue, lang: str) -> Chart | None:
    """Totals of twelve periods; None where this is the only one."""
    earlier = [(p, total(by.values())) for p, by in issue.months][-(_PERIODS - 1) :]
    if not earlier and issue.before is not None:
        earlier = [(issue.before.period, total(issue.payouts_before.values()))]
    if not earlier:
        return None
    every = [*earlier, (issue.run.period, total(issue.payouts.values()))]
    values = [v for _, v in every]
    last = len(every) - 1
    named = {0, last, values.index(max(values)), values.index(min(values))}
    named -= {n for n in named if n != last and n + 1 in named}  # figures that would touch
    months = []
    for n, (period, value) in enumerate(every):
        monthly = period.kind == "month"  # others name their year themselves
        new_year = monthly and (n == 0 or every[n - 1][0].year != period.year)
        name = str(period.number) if monthly else f.short(period, lang)
        group = Text(f"{period.year}年", str(period.year)).say(lang) if new_year else ""
        shown = f.money(scaled(value, lang)) if n in named else ""
        months.append(Month(name, value, shown, group))
    most, least = max(values), min(values)
    said = Text(
        f"近 {len(every)} 期：本期 {f.money(values[-1])} 元，最高 {f.money(most)}，"
        f"最低 {f.money(least)}",
        f"The last {len(every)} periods: now {f.money(values[-1])} CNY, highest {f.money(most)}, "
        f"lowest {f.money(least)}",
    ).say(lang)
    return trend(
        months, lang=lang, title=said, width=_WIDE, height=_TALL, palette=issue.brand.palette
    )


def waterfall_of(issue: Issue, moved: Sequence[Part], lang: str) -> Chart:
    """From last period's total to this one's.

    Figures are rounded so that those printed add up: each level is, and a step is the difference
    of two levels.
    """
    start, end = total(issue.payouts_before.values()), total(issue.payouts.values())
    shown = list(moved) if len(moved) <= _PARTS else list(moved[: _PARTS - 1])
    if rest := moved[len(shown) :]:
        others = Text(f"其他 {len(rest)} 项", f"{len(rest)} others")
        shown.append(Part(others, total(p.amount for p in rest)))
    before = issue.before.period if issue.before else issue.months[-1][0]
    level, printed = start, scaled(start, lang)
    steps = [Step(f.short(before, lang), printed, total=True)]
    for part in shown:
        level += part.amount
        steps.append(Step(part.name.say(lang), scaled(level, lang) - printed))
        printed = scaled(level, lang)
    steps.append(Step(f.short(issue.run.period, lang), scaled(end, lang), total=True))
    said = Text(
        f"从 {f.money(start)} 元到 {f.money(end)} 元：",
        f"From {f.money(start)} to {f.money(end)} CNY: ",
    ).say(lang)
    said += Text("，", ", ").say(lang).join(
        f"{p.name.say(lang)} {f.change(p.amount)}" for p in shown
    )  # fmt: skip
    return waterfall(
        steps, lang=lang, title=said, width=_WIDE, height=_TALL, palette=issue.brand.palette,
        from_zero=not _above(start, end),
    )  # fmt: skip


def _above(start: Decimal, end: Decimal) -> bool:
    """Whether both totals stand so high that steps from zero could not be seen."""
    return start > 0 and end > 0
