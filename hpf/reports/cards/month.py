"""The month report for management: one sentence, five figures, what changed, what to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.lines import PayLine
from hpf.reports import figures as f
from hpf.reports.cards.asked import Decision, Known, decisions
from hpf.reports.cards.compared import mean
from hpf.reports.cards.month_charts import trend_of, waterfall_of
from hpf.reports.cards.month_lead import lead
from hpf.reports.cards.month_strategy import Strategy, strategies
from hpf.reports.cards.month_words import heading, words_of
from hpf.reports.cards.moved import parts, total
from hpf.reports.cards.slip import foot
from hpf.reports.cards.units import NOWHERE, Unit, units
from hpf.reports.charts import Chart, bar
from hpf.reports.issue import Issue, Standing
from hpf.reports.page import paper
from hpf.reports.press import Paper

_FIRST_PAGE = 14  # departments up to which they stand before what is to be decided
_LINES = 8  # of the reconciliation; the rest is one
_NOTHING_KNOWN = Known()


@dataclass(frozen=True, slots=True)
class Row:
    """A department in the table. bar: the name of its picture."""

    name: str
    people: str
    amount: str
    change: str
    mean: str
    bar: str
    off: str


@dataclass(frozen=True, slots=True)
class Month:
    """Everything the report says, worded; '' or empty where there is nothing to say.

    lead: pieces of one sentence, and whether each is bold; figures: label, value, note.
    """

    title: str
    hospital: str
    about: str
    keys: tuple[tuple[str, str], ...]
    lead: tuple[tuple[str, bool], ...]
    figures: tuple[tuple[str, str, str], ...]
    change_about: str
    rows: tuple[Row, ...]
    rows_about: str
    rows_all: Row
    early: bool
    decisions: tuple[Decision, ...]
    accounts: tuple[tuple[str, str], ...]
    accounts_sum: str
    checks: tuple[tuple[str, str], ...]
    change: tuple[tuple[str, str, str], ...]
    change_sum: str
    signatories: tuple[str, ...]
    strategies: tuple[Strategy, ...]
    foot: str


def month(issue: Issue, lang: str = "zh", known: Known = _NOTHING_KNOWN) -> Paper:
    """The report of a run as a page. Raises ValueError where its scheme pays nothing."""
    model, charts = month_model(issue, lang, known)
    words = {name: text.say(lang) for name, text in words_of(issue).items()}
    running = f"{model.hospital} · {words['report']} · {f.period(issue.run.period, lang)}"
    return paper(
        "month.html.j2", lang, title=model.title, running=running, foot=model.foot, m=model,
        w=words, charts=charts, pictures={n: c.svg for n, c in charts.items()},
    )  # fmt: skip


def month_model(
    issue: Issue, lang: str = "zh", known: Known = _NOTHING_KNOWN
) -> tuple[Month, dict[str, Chart]]:
    """What the report says, and its pictures: `trend`, `change`, and a bar for each department."""
    table, moved = units(issue), parts(issue)
    paid = total(issue.payouts.values())
    lines = [x for id in issue.payouts for x in issue.lines(id)]
    summed = total(x.amount for x in lines)
    charts: dict[str, Chart] = {}
    if chart := trend_of(issue, lang):
        charts["trend"] = chart
    if moved:
        charts["change"] = waterfall_of(issue, moved, lang)
    rows = tuple(_rows(issue, table, charts, lang))
    period = f.period(issue.run.period, lang)
    word = heading(issue.run.period).say(lang)
    gap = next((d for d in (summed - paid, total(u.amount for u in table) - paid) if d), Decimal(0))
    model = Month(
        title=f"{word} {period} {issue.brand.name}",
        hospital=issue.brand.name,
        about=" · ".join(x for x in (period, issue.brand.office) if x),
        keys=tuple(_keys(issue, lang)),
        lead=tuple(lead(issue, moved, table, lang)),
        figures=tuple(_figures(issue, lines, known, lang)),
        change_about=_between(issue, lang),
        rows=rows,
        rows_about=_rows_about(issue, table, lang),
        rows_all=_all(issue, lang),
        early=len(table) > _FIRST_PAGE,
        decisions=tuple(decisions(issue, known, table, gap, lang)),
        accounts=tuple(_accounts(lines, lang)),
        accounts_sum=f.money(summed),
        checks=tuple(_checks(issue, table, summed, paid, lang)),
        change=tuple((p.name.say(lang), p.note.say(lang), f.change(p.amount)) for p in moved),
        change_sum=f.change(total(p.amount for p in moved)),
        signatories=issue.brand.signatories,
        strategies=tuple(strategies(issue, charts, lang)),
        foot=foot(issue, lang),
    )
    return model, charts


def _keys(issue: Issue, lang: str) -> Iterator[tuple[str, str]]:
    run = issue.run
    yield Text("状态", "Status").say(lang), issue.standing.names.say(lang)
    number = "" if issue.number is None else Text(
        f" 第 {issue.number} 次", f", run {issue.number}"
    ).say(lang)  # fmt: skip
    yield Text("运行", "Run").say(lang), f"{run.period}{number}"
    yield Text("方案", "Scheme").say(lang), f"{run.program.code} {run.program.version}"
    if issue.standing is not Standing.PREVIEW:
        yield Text("封存码", "Seal").say(lang), f.grouped(run.seal["seal"], most=4)


def _figures(
    issue: Issue, lines: Sequence[PayLine], known: Known, lang: str
) -> Iterator[tuple[str, str, str]]:
    now, before = issue.payouts, issue.payouts_before
    paid, held = total(now.values()), total(before.values())

    def against(value: Decimal, earlier: Decimal) -> str:
        said = f.change(value - earlier)
        return Text(f"比上期 {said}", f"{said} on last period").say(lang) if before else ""

    yield Text("发放总额（元）", "Paid (CNY)").say(lang), f.money(paid), against(paid, held)
    head = mean(list(now.values())) if now else Decimal(0)
    head_before = mean(list(before.values())) if before else Decimal(0)
    words = words_of(issue)
    yield words["mean"].say(lang), f.money(head), against(head, head_before)
    came = len(now) - len(before)
    said = f.change(Decimal(came)).removesuffix(".00") if came else "0"
    people = Text(f"比上期 {said}", f"{said} on last period").say(lang) if before else ""
    yield words["people"].say(lang), str(len(now)), people
    off = [x for x in lines if x.amount < 0]
    whom, unit = len({(x.rule.entity, x.id) for x in off}), words["count"]
    yield (
        Text("扣发（元）", "Deducted (CNY)").say(lang),
        f.money(total(x.amount for x in off)),
        Text(f"{whom} {unit.zh}", f"{whom} {unit.en}").say(lang) if off else "",
    )
    if known.appeals is not None:
        yield (
            Text("申诉待答复（件）", "Open appeals").say(lang),
            str(len(known.appeals)),
            Text(f"已答复 {known.answered} 件", f"{known.answered} answered").say(lang),
        )
    else:
        change = (paid - held) / held if held > 0 else None
        yield (
            Text("比上期", "On last period").say(lang),
            f.percent(change, signed=True) if change is not None else f.NOT_APPLICABLE,
            "" if before else Text("没有上期", "no earlier one").say(lang),
        )


def _between(issue: Issue, lang: str) -> str:
    if not issue.payouts_before:
        return ""
    before = issue.before.period if issue.before else issue.months[-1][0]
    one, two = f.short(before, lang), f.short(issue.run.period, lang)
    return Text(f"{one}到{two}，万元", f"{one} to {two}, thousand CNY").say(lang)


def _rows(
    issue: Issue, table: Sequence[Unit], charts: dict[str, Chart], lang: str
) -> Iterator[Row]:
    if not table:
        return
    most = max((u.mean for u in table), default=Decimal(0))
    overall = mean(list(issue.payouts.values()))
    for n, unit in enumerate(table):
        name = unit.name or NOWHERE.say(lang)
        off = f.percent(unit.off, signed=True) if unit.off is not None else f.NOT_APPLICABLE
        picture = f"bar-{n}"
        charts[picture] = bar(
            unit.mean, most, title=f"{name} {f.money(unit.mean)}", mark=overall, width=110,
            palette=issue.brand.palette,
        )  # fmt: skip
        yield Row(
            name, str(unit.people), f.money(unit.amount), _change(unit.amount, unit.before),
            f.money(unit.mean), picture, off,
        )  # fmt: skip


def _change(now: Decimal, before: Decimal | None) -> str:
    """In per cent; — where it would say nothing."""
    if before is None or before <= 0 or abs(now - before) >= 10 * before:
        return f.NOT_APPLICABLE
    return f.percent((now - before) / before, signed=True)


def _rows_about(issue: Issue, table: Sequence[Unit], lang: str) -> str:
    if not table:
        return ""
    overall = f.money(mean(list(issue.payouts.values())))
    return Text(
        f"按人均从高到低；竖线为全院人均 {overall} 元",
        f"By amount a head; the tick is the hospital's mean, {overall} CNY",
    ).say(lang)


def _all(issue: Issue, lang: str) -> Row:
    now, before = issue.payouts, issue.payouts_before
    paid = total(now.values())
    held = total(before.values()) if before else None
    head = f.money(mean(list(now.values()))) if now else f.NOT_APPLICABLE
    name = Text("合计", "All").say(lang)
    return Row(name, str(len(now)), f.money(paid), _change(paid, held), head, "", "")


def _accounts(lines: Sequence[PayLine], lang: str) -> Iterator[tuple[str, str]]:
    """What was paid by kind of line; the smallest of many are one."""
    by: dict[str, Decimal] = {}
    for x in lines:
        name = x.rule.names.say(lang)
        by[name] = by.get(name, Decimal(0)) + x.amount
    given = {name: amount for name, amount in by.items() if amount}
    largest = sorted(given, key=lambda n: -abs(given[n]))
    kept = set(largest if len(largest) <= _LINES else largest[: _LINES - 1])
    for name, amount in given.items():
        if name in kept:
            yield name, f.money(amount)
    if rest := [n for n in given if n not in kept]:
        others = Text(f"其余 {len(rest)} 项", f"{len(rest)} others").say(lang)
        yield others, f.money(total(given[n] for n in rest))


def _checks(
    issue: Issue, table: Sequence[Unit], summed: Decimal, paid: Decimal, lang: str
) -> Iterator[tuple[str, str]]:
    """Differences that must be nothing."""
    words = words_of(issue)
    n, every, unit = len(issue.payouts), len(table), words["count"]
    name = Text(f"{n} {unit.zh}合计，差额", f"Sum of {n} {unit.en}, difference")
    yield name.say(lang), f.change(paid - summed)
    if issue.unit_of:
        name = Text(f"{every} 个科室合计，差额", f"Sum of {every} departments, difference")
        yield name.say(lang), f.change(total(u.amount for u in table) - summed)
    for one in issue.reconciled:
        if one.amount is not None and one.shared is not None:
            passed = f"{one.binding.from_scheme} → {one.rule}"
            yield passed, f.change(one.shared - one.amount)
