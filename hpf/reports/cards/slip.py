"""A person's slip: how much, how it came about, against what, what to do about a doubt."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.change import Kind, Why, why
from hpf.core.errors import Text
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.lines import PayLine
from hpf.reports import figures as f
from hpf.reports.cards.proof import Proof, proof
from hpf.reports.charts import Chart, line, strip
from hpf.reports.issue import Issue, Standing
from hpf.reports.page import SYNTHETIC, paper
from hpf.reports.press import Paper

_BAND = 6  # colleagues from which on a band is shown; with fewer, somebody's pay could be read off
_MEAN = 4  # likewise for the mean
_MONTHS = 6
_REMARK = 600  # signs of a remark on the first page; a longer one goes on


@dataclass(frozen=True, slots=True)
class Item:
    """One line: name, arithmetic in the month's own numbers, clause, amount."""

    name: str
    how: str
    clause: str
    amount: str
    zero: bool = False


@dataclass(frozen=True, slots=True)
class Slip:
    """Everything a slip says, worded; '' or empty where there is nothing to say."""

    title: str
    hospital: str
    period: str
    keys: tuple[tuple[str, str], ...]
    total: str
    capitals: str
    sums: tuple[tuple[str, str, str], ...]
    earned: tuple[Item, ...]
    earned_sum: str
    off: tuple[Item, ...]
    why: tuple[tuple[str, str], ...]
    why_lead: str
    compared: str
    remark: str
    questions: tuple[tuple[str, str], ...]
    due: str
    due_note: str
    proof: Proof
    foot: str


def slip(issue: Issue, id: str, lang: str = "zh") -> Paper:
    """The slip of one row as a page. Raises KeyError for a row that is not paid."""
    model, pictures = slip_model(issue, id, lang)
    words = {k: v.say(lang) for k, v in _WORDS.items()}
    running = f"{model.hospital} · {words['slip']} · {model.period}"
    shown = {name: chart for name, chart in pictures.items() if isinstance(chart, Chart)}
    drawn = {n: c.svg if isinstance(c, Chart) else c for n, c in pictures.items()}
    return paper(
        "slip.html.j2", lang, title=model.title, running=running,
        running_right=dict(model.keys).get(words["id"], id), foot=model.foot, pictures=drawn,
        m=model, w=words, charts=shown,
    )  # fmt: skip


def slip_model(
    issue: Issue, id: str, lang: str = "zh"
) -> tuple[Slip, dict[str, Chart | str | bytes]]:
    """What the slip says, and its pictures."""
    total = issue.payouts[id]
    lines = [x for x in issue.lines(id) if x.amount]
    earned = [x for x in lines if x.amount > 0]
    off = [x for x in lines if x.amount < 0]
    before = issue.payouts_before.get(id)
    told = _why(issue, id)
    period = issue.run.period.say(lang)
    colleagues = [issue.payouts[i] for i in issue.members.get(issue.unit_of.get(id, ""), ())]
    pictures: dict[str, Chart | str | bytes] = dict(_charts(issue, id, total, colleagues, lang))
    shown = proof(issue, issue.paid.entity, id, lang)
    pictures |= shown.pictures
    name = issue.names.get(id) or id
    slip_word = _WORDS["slip"].say(lang)
    model = Slip(
        title=f"{slip_word} {period} {name}",
        hospital=issue.brand.name,
        period=period,
        keys=tuple(_keys(issue, id, lang)),
        total=f.money(total),
        capitals=_capitals(total, lang),
        sums=tuple(_sums(earned, off, total, before, colleagues, lang)),
        earned=tuple(_item(issue, x, lang) for x in earned),
        earned_sum=f.money(sum((x.amount for x in earned), Decimal(0))),
        off=tuple(_item(issue, x, lang) for x in off),
        why=tuple(_reasons(told, lang)),
        why_lead=_lead(told, before, total, lang),
        compared=_compared(colleagues, lang),
        remark=issue.remarks.get(id, ""),
        questions=tuple(_questions(issue, lang)),
        due=f.day(issue.appeal_until, lang) if issue.appeal_until else "",
        due_note=_counted(issue, lang),
        proof=shown,
        foot=_foot(issue, lang),
    )
    return model, pictures


def _keys(issue: Issue, id: str, lang: str) -> Iterator[tuple[str, str]]:
    yield _WORDS["id"].say(lang), id
    if issue.names.get(id):
        yield _WORDS["name"].say(lang), issue.names[id]
    if unit := issue.unit_of.get(id):
        yield _WORDS["unit"].say(lang), issue.units[unit]
    state = issue.standing.names.say(lang)
    if issue.paid_on:
        yield _WORDS["paid_on"].say(lang), issue.paid_on.isoformat()
    else:
        yield _WORDS["state"].say(lang), state


def _capitals(total: Decimal, lang: str) -> str:
    if not lang.startswith("zh") or total * 100 != int(total * 100):
        return ""
    return f"人民币{f.capitals(total)}"


def _sums(
    earned: Sequence[PayLine],
    off: Sequence[PayLine],
    total: Decimal,
    before: Decimal | None,
    colleagues: Sequence[Decimal],
    lang: str,
) -> Iterator[tuple[str, str, str]]:
    yield _WORDS["earned"].say(lang), f.money(sum((x.amount for x in earned), Decimal(0))), ""
    yield _WORDS["off"].say(lang), f.money(sum((x.amount for x in off), Decimal(0))), ""
    if before is not None:
        share = f.percent((total - before) / before, signed=True) if before else ""
        yield _WORDS["against_before"].say(lang), f.change(total - before), share
    if len(colleagues) >= _MEAN:
        mean = _mean(colleagues)
        share = f.percent((total - mean) / mean, signed=True) if mean else ""
        yield _WORDS["against_mean"].say(lang), f.change(total - mean), share


def _mean(values: Sequence[Decimal]) -> Decimal:
    """Rounded to the fen, for comparison alone."""
    exact = sum(values, Decimal(0)) / len(values)
    return exact.quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")


def _item(issue: Issue, x: PayLine, lang: str) -> Item:
    how = in_numbers(issue.scalar, x.rule, x.row).say(lang)
    clause = ", ".join(x.rule.clauses[:2]) + (" …" if len(x.rule.clauses) > 2 else "")
    return Item(x.rule.names.say(lang), how, clause, f.money(x.amount), not x.amount)


def _why(issue: Issue, id: str) -> Why | None:
    if issue.before is None or id not in issue.payouts_before:
        return None
    return why(issue.before, issue.run, issue.paid.entity, id, issue.paid.name)


def _reasons(told: Why | None, lang: str) -> Iterator[tuple[str, str]]:
    """Parts by kind, largest first; what is nothing is not told."""
    if told is None:
        return
    by: dict[Kind, Decimal] = {}
    for part in told.parts:
        by[part.kind] = by.get(part.kind, Decimal(0)) + part.amount
    for kind, amount in sorted(by.items(), key=lambda x: -abs(x[1])):
        if amount:
            yield kind.names.say(lang), f.change(amount)


def _lead(told: Why | None, before: Decimal | None, total: Decimal, lang: str) -> str:
    if before is None:
        return Text("上期没有可比的金额", "No amount of the period before to compare with").say(
            lang
        )
    by = total - before
    if not by:
        return Text("与上期相同", "The same as the period before").say(lang)
    word = Text("比上期多" if by > 0 else "比上期少", "More than before by" if by > 0 else
                "Less than before by").say(lang)  # fmt: skip
    gap = "" if lang.startswith("zh") else " "
    return f"{word}{gap} {f.money(abs(by))}".replace("  ", " ")


def _compared(colleagues: Sequence[Decimal], lang: str) -> str:
    n = len(colleagues)
    if n < _MEAN:
        return Text(
            f"本科室 {n} 人，人数太少，不作比较", f"{n} people in the unit: too few to compare"
        ).say(lang)
    return Text(f"在本科室 {n} 人中", f"Among {n} people of the unit").say(lang)


def _charts(
    issue: Issue, id: str, total: Decimal, colleagues: Sequence[Decimal], lang: str
) -> Iterator[tuple[str, Chart]]:
    if len(colleagues) >= _BAND:
        middle = Decimal(statistics.median(colleagues))
        low, _, high = (Decimal(q) for q in statistics.quantiles(colleagues, n=4))
        names = _WORDS["median"].say(lang), _WORDS["own"].say(lang)
        said = Text(
            f"本人 {f.money(total)}，科室中位 {f.money(middle)}，居中的一半 {f.money(low)} 至"
            f" {f.money(high)}",
            f"Own {f.money(total)}, median of the unit {f.money(middle)}, middle half "
            f"{f.money(low)} to {f.money(high)}",
        ).say(lang)
        fen = Decimal("0.01")
        yield "strip", strip(
            total, middle.quantize(fen), (low.quantize(fen), high.quantize(fen)), lang=lang,
            title=said, names=names, palette=issue.brand.palette,
        )  # fmt: skip
    months = [*issue.months[-(_MONTHS - 1) :]]
    if len(months) >= 2:
        own = [*(by.get(id) for _, by in months), total]
        unit = issue.unit_of.get(id)
        mates = set(issue.members.get(unit, ())) if unit else set()
        means: list[Decimal | None] = []
        for by in (*(by for _, by in months), issue.payouts):
            found = [v for i, v in by.items() if i in mates]
            means.append(_mean(found) if len(found) >= _MEAN else None)
        names_of = [*(f.short(p, lang) for p, _ in months), f.short(issue.run.period, lang)]
        labels = _WORDS["own"].say(lang), _WORDS["mean"].say(lang)
        said = Text(
            f"近 {len(own)} 期，本期 {f.money(total)}",
            f"The last {len(own)} periods, this one {f.money(total)}",
        ).say(lang)
        yield (
            "line",
            line(
                names_of,
                own,
                means,
                lang=lang,
                title=said,
                labels=labels,
                palette=issue.brand.palette,
            ),
        )


def _questions(issue: Issue, lang: str) -> Iterator[tuple[str, str]]:
    brand = issue.brand
    office = brand.office or Text("绩效办", "the performance office").say(lang)
    yield (
        _WORDS["ask"].say(lang),
        brand.ask
        or Text(
            f"到{office}当面核对，每个数都能追到条款和来源表格",
            f"See {office}: every figure leads to its clause and its sheet",
        ).say(lang),
    )
    yield (
        _WORDS["appeal"].say(lang),
        brand.appeal
        or Text(f"选一项书面提出，交到{office}", f"Name one line, in writing, to {office}").say(
            lang
        ),
    )
    yield (
        _WORDS["answer"].say(lang),
        brand.answer
        or Text(
            "书面答复；更正的差额在以后一期补发或扣回，本单不改",
            "In writing; a correction is paid or taken back in a later period, this slip stays",
        ).say(lang),
    )


def _counted(issue: Issue, lang: str) -> str:
    if issue.posted is None or issue.appeal_days is None:
        return ""
    return Text(
        f"{issue.posted.month} 月 {issue.posted.day} 日起公示，{issue.appeal_days} 个工作日，"
        "已扣除节假日",
        f"posted on {issue.posted.isoformat()}, {issue.appeal_days} working days",
    ).say(lang)


def _foot(issue: Issue, lang: str) -> str:
    parts = [SYNTHETIC.say(lang)] if issue.synthetic else []
    if issue.standing is Standing.PREVIEW:
        parts.append(issue.standing.names.say(lang))
    if issue.brand.footer:
        parts.append(issue.brand.footer)
    return " · ".join(parts)


_WORDS: Mapping[str, Text] = {
    "slip": Text("个人绩效单", "Performance slip"),
    "id": Text("工号", "Staff number"),
    "name": Text("姓名", "Name"),
    "unit": Text("科室", "Unit"),
    "paid_on": Text("发放", "Paid on"),
    "state": Text("状态", "State"),
    "total": Text("本期实发（元）", "Paid this period (CNY)"),
    "earned": Text("应发合计", "Earned"),
    "off": Text("扣发合计", "Taken off"),
    "against_before": Text("比上期", "vs last period"),
    "against_mean": Text("比科室平均", "vs unit mean"),
    "how": Text("怎么算的", "How it came about"),
    "item": Text("项目", "Item"),
    "sum_how": Text("算法（您本期的数）", "Arithmetic (your own numbers)"),
    "clause": Text("条款", "Clause"),
    "amount": Text("金额（元）", "CNY"),
    "why_off": Text("扣发及原因", "Taken off, and why"),
    "net": Text("实发合计", "Paid"),
    "net_how": Text("应发合计 + 扣发合计；逐行取整到分",
                    "Earned + taken off, line by line to the fen"),
    "compare": Text("比一比", "In comparison"),
    "band": Text("色带：居中的一半同事；不显示任何同事个人数额",
                 "Band: the middle half; nobody's own amount is shown"),
    "months": Text("近几个月", "The last months"),
    "median": Text("科室中位", "Unit median"),
    "own": Text("本人", "You"),
    "mean": Text("科室平均", "Unit mean"),
    "remark": Text("备注", "Remark"),
    "doubt": Text("有疑问？", "A doubt?"),
    "ask": Text("先问", "Ask"),
    "appeal": Text("申诉", "Appeal"),
    "answer": Text("答复", "Answer"),
    "due": Text("申诉截止", "Appeals until"),
    "parts": Text("各项之和就是差额", "the parts sum to the difference"),
}  # fmt: skip
