"""What a month report asks of management: from the figures, and from what the workflow knows."""

from __future__ import annotations

import datetime as dt
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports import figures as f
from hpf.reports.cards.units import FALLS, FEW, Unit
from hpf.reports.issue import Issue, Standing

NEAR = Decimal("0.95")  # of a ceiling
_OFF = Decimal("0.25")  # of the hospital's mean: beyond it one of few departments is told of
_MANY = 8  # departments from which on quartiles say what is far
_FENCE = Decimal("1.5")  # of the middle half's width beyond which a mean is far (Tukey)
_FALLEN = Decimal("0.9")  # of what it was: a mean that fell and fell, to this or below
_MOST = 3  # of one kind that are told of singly


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """A unit whose pay is held back. since: who asked for it and when, if known."""

    name: str
    reason: str
    since: dt.date | None = None


@dataclass(frozen=True, slots=True)
class OpenAppeal:
    """An appeal that waits for its decision. about: whose and which line."""

    about: str
    due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """An approved ceiling of pay, for a month or a year, and what has gone of it, this run
    included."""

    period: str
    amount: Decimal
    spent: Decimal


@dataclass(frozen=True, slots=True)
class Known:
    """What the workflow knows. appeals: None where there is no workflow, as for files alone."""

    held: Sequence[HeldUnit] = ()
    appeals: Sequence[OpenAppeal] | None = None
    answered: int = 0
    limits: Sequence[Limit] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision asked for. due: its day, '' where none is set."""

    what: str
    why: str
    due: str = ""


def decisions(
    issue: Issue, known: Known, units: Sequence[Unit], difference: Decimal, lang: str
) -> list[Decision]:
    """What is asked for, the most pressing first. difference: what does not reconcile."""
    return [
        *_difference(difference, lang),
        *_limits(known, lang),
        *_held(known, lang),
        *_appeals(known, lang),
        *_units(units, lang),
        *_standing(issue, known, lang),
    ]


def _difference(difference: Decimal, lang: str) -> Iterator[Decision]:
    if difference:
        yield Decision(
            Text("对账有差额", "The accounts do not agree").say(lang),
            Text(
                f"各行合计与发放总额差 {f.change(difference)} 元，查明之前不要发放",
                f"Lines and total are {f.change(difference)} CNY apart; pay nothing before it is "
                "found out",
            ).say(lang),
        )


def _limits(known: Known, lang: str) -> Iterator[Decision]:
    for one in known.limits:
        if not one.amount or one.spent < one.amount * NEAR:
            continue
        share = f.percent(one.spent / one.amount)
        left = one.amount - one.spent
        over = left < 0
        yield Decision(
            Text(
                f"{one.period} 核定总额{'已超' if over else '将尽'}",
                f"Ceiling of {one.period} {'passed' if over else 'nearly used'}",
            ).say(lang),
            Text(
                f"核定 {f.money(one.amount)} 元，已用 {f.money(one.spent)} 元（{share}），"
                f"{'超出' if over else '还剩'} {f.money(abs(left))} 元。"
                f"{'申请调整，或退回重算' if over else '以后各期怎样安排'}",
                f"Approved {f.money(one.amount)}, used {f.money(one.spent)} ({share}), "
                f"{f.money(abs(left))} CNY {'above it' if over else 'left'}. "
                f"{'Have it raised, or compute again' if over else 'How to plan what follows'}",
            ).say(lang),
        )


def _held(known: Known, lang: str) -> Iterator[Decision]:
    for one in known.held[:_MOST]:
        since = f"{one.since.isoformat()} " if one.since else ""
        yield Decision(
            Text(f"{one.name} 暂缓发放", f"{one.name}: held back").say(lang),
            Text(
                f"{since}{one.reason}。何时放行",
                f"{since}{one.reason}. When to release it",
            ).say(lang),
        )

    if len(known.held) > _MOST:
        names = Text("、", ", ").say(lang).join(one.name for one in known.held[_MOST:])
        n = len(known.held) - _MOST
        yield Decision(Text(f"另有 {n} 处暂缓", f"{n} more held back").say(lang), names)


def _appeals(known: Known, lang: str) -> Iterator[Decision]:
    waiting = sorted(known.appeals or (), key=lambda a: (a.due or dt.date.max, a.about))
    for one in waiting[:_MOST]:
        yield Decision(
            Text("申诉待答复", "Appeal to be decided").say(lang),
            one.about,
            Text(f"{one.due:%m-%d} 前", f"by {one.due:%m-%d}").say(lang) if one.due else "",
        )
    if len(waiting) > _MOST:
        n = len(waiting) - _MOST
        yield Decision(
            Text(f"另有 {n} 件申诉", f"{n} more appeals").say(lang),
            Text("按期限先后答复", "in the order of their days").say(lang),
        )


def out_of_line(units: Sequence[Unit]) -> list[Unit]:
    """Departments whose mean lies far from the others', or has fallen and fallen; the furthest
    first.

    Where posts are paid differently, means lie apart: so of eight departments and more it is those
    beyond one and a half times the middle half's width that are far.
    """
    beside = [u for u in units if u.off is not None and u.people >= FEW]
    if len(beside) < 2:
        return []
    low, high = _limits_of([u.off for u in beside if u.off is not None])
    far = [u for u in beside if (u.off is not None and not low <= u.off <= high) or _fell(u)]
    return sorted(far, key=lambda u: (-abs(u.off or Decimal(0)), u.id))


def _limits_of(offs: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    if len(offs) < _MANY:
        return -_OFF, _OFF
    first, _, third = statistics.quantiles(offs, n=4, method="inclusive")
    reach = (third - first) * _FENCE
    return first - reach, third + reach


def _fell(unit: Unit) -> bool:
    return unit.falls >= FALLS and unit.mean <= unit.fallen_from * _FALLEN


def _units(units: Sequence[Unit], lang: str) -> Iterator[Decision]:
    every = out_of_line(units)
    for one in every[:_MOST]:
        assert one.off is not None
        by = f.percent(abs(one.off))
        falls = ""
        if one.falls >= FALLS:
            times = Text(f"，已连续 {one.falls} 期下降", f"; it fell {one.falls} times running")
            falls = times.say(lang)
        yield Decision(
            Text(f"{one.name}{'偏低' if one.off < 0 else '偏高'}",
                 f"{one.name}: {'low' if one.off < 0 else 'high'}").say(lang),
            Text(
                f"{one.people} 人，人均 {f.money(one.mean)} 元，"
                f"{'低于' if one.off < 0 else '高于'}全院 {by}{falls}。是否属实、要不要调整",
                f"{one.people} people, {f.money(one.mean)} CNY a head, {by} "
                f"{'below' if one.off < 0 else 'above'} the hospital{falls}. "
                "Check whether that is right",
            ).say(lang),
        )  # fmt: skip
    rest = len(every) - _MOST
    if rest > 0:
        yield Decision(
            Text(f"另有 {rest} 个科室偏离", f"{rest} more departments").say(lang),
            Text("见各科室表", "see the table of departments").say(lang),
        )


def _appeals_en(number: int) -> str:
    return "1 appeal is" if number == 1 else f"{number} appeals are"


def _standing(issue: Issue, known: Known, lang: str) -> Iterator[Decision]:
    period, open_ = f.period(issue.run.period, lang), len(known.appeals or ())
    until = issue.appeal_until
    due = Text(f"{until:%m-%d} 后", f"after {until:%m-%d}").say(lang) if until else ""
    waiting = ""
    if open_:
        waiting = Text(f"还有 {open_} 件申诉未答复", f"{_appeals_en(open_)} open").say(lang)
    match issue.standing:
        case Standing.SEALED:
            yield Decision(
                Text(f"审核并公示{period}结果", f"Review and post {period}").say(lang),
                Text("已封存，还没有公示", "Sealed, not posted yet").say(lang),
            )
        case Standing.POSTED:
            said = Text("公示期满、申诉答复后定稿", "Final when posting is over, appeals heard")
            yield Decision(
                Text(f"{period}定稿", f"Settle {period}").say(lang), waiting or said.say(lang), due
            )
        case Standing.FINAL:
            said = Text("已定稿，申诉都已答复", "Final; no appeal is open")
            if known.appeals is None:
                said = Text("已定稿", "Final")
            yield Decision(
                Text(f"签发{period}发放表", f"Sign the pay list of {period}").say(lang),
                waiting or said.say(lang),
            )
