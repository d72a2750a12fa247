"""A person's slip: how much, how it came about, against what, what to do about a doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.lines import PayLine
from hpf.reports import figures as f
from hpf.reports.cards import compared as c
from hpf.reports.cards.declared import Scores, scores, states
from hpf.reports.cards.items import Item, item, zeros
from hpf.reports.cards.proof import Proof, proof
from hpf.reports.cards.words import WORDS, word
from hpf.reports.charts import Chart
from hpf.reports.charts.chart import text_width
from hpf.reports.issue import Issue, Standing
from hpf.reports.page import SYNTHETIC, paper
from hpf.reports.press import Paper

_LONG = 11  # digits and signs of a total beyond which it is set smaller
_VALUE = 102.0  # points that a value beside the title has room for, before it goes on below
_KEY = 5.3  # mm of one of its lines


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything a slip says, worded; '' or empty where there is nothing to say."""

    title: str
    hospital: str
    period: str
    keys: tuple[tuple[str, str], ...]
    height: str
    total: str
    long: bool
    capitals: str
    sums: tuple[tuple[str, str, str], ...]
    earned: tuple[Item, ...]
    earned_sum: str
    zeros: str
    off: tuple[Item, ...]
    why_lead: str
    why: tuple[tuple[str, str], ...]
    rates: tuple[str, ...]
    states: tuple[str, ...]
    compared: str
    scores: tuple[Scores, ...]
    remark: str
    questions: tuple[tuple[str, str], ...]
    due: str
    due_note: str
    proof: Proof
    foot: str


def slip(issue: Issue, id: str, lang: str = "zh") -> Paper:
    """The slip of one row as a page. Raises KeyError for a row that is not paid."""
    model, pictures = slip_model(issue, id, lang)
    words = {name: text.say(lang) for name, text in WORDS.items()}
    running = f"{model.hospital} · {words['slip']} · {model.period}"
    shown = {name: chart for name, chart in pictures.items() if isinstance(chart, Chart)}
    drawn = {n: p.svg if isinstance(p, Chart) else p for n, p in pictures.items()}
    return paper(
        "slip.html.j2", lang, title=model.title, running=running, running_right=id,
        foot=model.foot, pictures=drawn, m=model, w=words, charts=shown,
    )  # fmt: skip


def slip_model(
    issue: Issue, id: str, lang: str = "zh"
) -> tuple[Slip, dict[str, Chart | str | bytes]]:
    """What the slip says, and its pictures."""
    total = issue.payouts[id]
    lines = issue.lines(id)
    earned = [x for x in lines if x.amount > 0]
    off = [x for x in lines if x.amount < 0]
    before = issue.payouts_before.get(id)
    period = f.period(issue.run.period, lang)
    colleagues = [issue.payouts[i] for i in issue.members.get(issue.unit_of.get(id, ""), ())]
    points, bars = scores(issue, id, lang)
    pictures: dict[str, Chart | str | bytes] = {
        **dict(c.charts(issue, id, total, colleagues, lang)), **bars
    }  # fmt: skip
    shown = proof(issue, issue.paid.entity, id, lang)
    pictures |= shown.pictures
    said = f.money(total)
    keys = tuple(_keys(issue, id, lang))
    model = Slip(
        title=f"{word('slip', lang)} {period} {issue.names.get(id) or id}",
        hospital=issue.brand.name,
        period=period,
        keys=keys,
        height=height(keys),
        total=said,
        long=len(said) > _LONG,
        capitals=_capitals(total, lang),
        sums=tuple(_sums(earned, off, total, before, colleagues, lang)),
        earned=tuple(item(issue, x, id, lang) for x in earned),
        earned_sum=f.money(_sum(earned)),
        zeros=zeros(lines, lang),
        off=tuple(item(issue, x, id, lang) for x in off),
        why_lead=c.lead(before, total, lang),
        why=tuple(c.parts(issue, id, lines, lang)),
        rates=tuple(c.rates(issue, lines, lang)),
        states=tuple(states(issue, id, lang)),
        compared=c.compared(colleagues, lang),
        scores=tuple(points),
        remark=issue.remarks.get(id, ""),
        questions=tuple(_questions(issue, lang)),
        due=f.day(issue.appeal_until, lang) if issue.appeal_until else "",
        due_note=_counted(issue, lang),
        proof=shown,
        foot=foot(issue, lang),
    )
    return model, pictures


def _keys(issue: Issue, id: str, lang: str) -> Iterator[tuple[str, str]]:
    yield word("id", lang), id
    if issue.names.get(id):
        yield word("name", lang), issue.names[id]
    if unit := issue.unit_of.get(id):
        yield word("unit", lang), issue.units[unit]
    if issue.paid_on:
        yield word("paid_on", lang), issue.paid_on.isoformat()
    else:
        yield word("state", lang), issue.standing.names.say(lang)


def height(keys: Sequence[tuple[str, str]], least: float = 24) -> str:  # geometry
    """How tall a head must be for the values beside the title, long names on several lines."""
    lines = sum(max(1, -int(-text_width(value, 9) // _VALUE)) for _, value in keys)
    return f"{max(least, lines * _KEY + 1):.1f}mm"


def _capitals(total: Decimal, lang: str) -> str:
    if not lang.startswith("zh") or total * 100 != int(total * 100):
        return ""
    return f"人民币{f.capitals(total)}"


def _sum(lines: Sequence[PayLine]) -> Decimal:
    return sum((x.amount for x in lines), Decimal(0))


def _sums(
    earned: Sequence[PayLine],
    off: Sequence[PayLine],
    total: Decimal,
    before: Decimal | None,
    colleagues: Sequence[Decimal],
    lang: str,
) -> Iterator[tuple[str, str, str]]:
    yield word("earned", lang), f.money(_sum(earned)), ""
    yield word("off", lang), f.money(_sum(off)), ""
    if before is not None:
        yield word("against_before", lang), f.change(total - before), _share(total, before)
    if len(colleagues) >= c.MEAN:
        middle = c.mean(colleagues)
        yield word("against_mean", lang), f.change(total - middle), _share(total, middle)


def _share(value: Decimal, of: Decimal) -> str:
    """The change in per cent; '' where it would say nothing, as of an amount about zero."""
    if of <= 0 or abs(value - of) >= 10 * of:
        return ""
    return f.percent((value - of) / of, signed=True)


def _questions(issue: Issue, lang: str) -> Iterator[tuple[str, str]]:
    brand = issue.brand
    office = brand.office or Text("绩效办", "the performance office").say(lang)
    ask = Text(
        f"到{office}当面核对，每个数都能追到条款和来源表格",
        f"Go through it with {office}: every figure leads to its clause and its cell",
    )
    appeal = Text(
        f"写明不同意哪一项和理由，交到{office}",
        f"Say in writing which line you dispute and why; hand it to {office}",
    )
    answer = Text(
        "书面答复；更正的差额在以后一期补发或扣回，本单不改",
        "In writing. A correction is settled in a later period; this slip stands",
    )
    yield word("ask", lang), brand.ask or ask.say(lang)
    yield word("appeal", lang), brand.appeal or appeal.say(lang)
    yield word("answer", lang), brand.answer or answer.say(lang)


def _counted(issue: Issue, lang: str) -> str:
    if issue.posted is None or issue.appeal_days is None:
        return ""
    posted, days = issue.posted, issue.appeal_days
    return Text(
        f"{posted.month} 月 {posted.day} 日起公示，{days} 个工作日，已扣除节假日",
        f"posted {posted.isoformat()}, {days} working days, holidays not counted",
    ).say(lang)


def foot(issue: Issue, lang: str) -> str:
    """What stands at the foot of each page of a card: synthetic, preview, the hospital's own."""
    parts = [SYNTHETIC.say(lang)] if issue.synthetic else []
    if issue.standing is Standing.PREVIEW:
        parts.append(issue.standing.names.say(lang))
    if issue.brand.footer:
        parts.append(issue.brand.footer)
    return " · ".join(parts)
