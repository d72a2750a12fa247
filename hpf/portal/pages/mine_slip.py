"""What a person's page says of one period: lines with their arithmetic, and what is not paid."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.formula import tree as t
from hpf.core.lines import PayLine
from hpf.core.program import Program, Rule
from hpf.portal.issued import Issued, derivation
from hpf.portal.language import language, say
from hpf.reports import figures
from hpf.reports.cards import compared
from hpf.reports.cards.declared import states
from hpf.reports.cards.items import item
from hpf.reports.issue import Issue

_MIDDLE = 100  # geometry of the bars
_MAIN = 2  # lines that are named as what changed the sum


@dataclass(frozen=True, slots=True)
class Shown:
    """A line. key: `entity|id|rule` for an appeal; how: its arithmetic, '' where that is a bare
    zero; kind: paid, off, zero or absent."""

    key: str
    name: str
    how: str
    clause: str
    amount: str
    reason: str
    kind: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of the change, drawn to the right of the middle or, hatched, to the left."""

    name: str
    said: str
    down: bool
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Slip:
    """One person's period, worded. against: the change in one sentence, with its main reason."""

    total: str
    before: str
    change: str
    against: str
    lines: tuple[Shown, ...]
    off: tuple[str, ...]
    compared: str
    chart: object
    bars: tuple[Bar, ...]


def slip(found: Issued, id: str, *, why: bool = False) -> Slip | None:
    """The page of a person; None for who is not paid. why: with the parts of the change."""
    issue, lang = found.issue, language()
    with found.lock:
        if id not in issue.payouts:
            return None
        total, before = issue.payouts[id], issue.payouts_before.get(id)
        lines = issue.lines(id)
        colleagues = [issue.payouts[i] for i in issue.members.get(issue.unit_of.get(id, ""), ())]
        chart = None
        if len(colleagues) >= compared.BAND:
            chart = next((c for n, c in compared.charts(issue, id, total, colleagues, lang)
                          if n == "strip"), None)  # fmt: skip
        bars = tuple(_bars(issue, id, lines)) if why else ()
        return Slip(
            total=figures.money(total),
            against=_against(issue, total, before, bars),
            before=figures.short(issue.run.period.earlier(1), lang) if before is not None else "",
            change=figures.change(total - before) if before is not None else "",
            lines=tuple(_lines(found, lines, id, lang)),
            off=tuple(states(issue, id, lang)),
            compared=compared.compared(colleagues, lang),
            chart=chart,
            bars=bars,
        )


def _against(issue: Issue, total: Decimal, before: Decimal | None, bars: tuple[Bar, ...]) -> str:
    """How much more or less than the period before, and what did most of it."""
    if before is None:
        return ""
    then = figures.short(issue.run.period.earlier(1), language())
    if total == before:
        return say((f"与 {then}相同。", f"The same as in {then}."))
    by, up = figures.money(abs(total - before)), total > before
    most = [b for b in bars if b.down is not up][:_MAIN]
    parts = say(("，", ", ")).join(f"{b.name} {b.said}" for b in most)
    because = say((f"，主要因为{parts}", f", mostly {parts}")) if parts else ""
    return say((f"比 {then}{'多' if up else '少'} {by} 元{because}。",
                f"{by} CNY {'more' if up else 'less'} than in {then}{because}."))  # fmt: skip


def own_rows(found: Issued, id: str) -> set[tuple[str, str]]:
    """The rows that make up a person's pay: their own, and those of their posts."""
    with found.lock:
        if id not in found.issue.payouts:
            return set()
        return {(x.rule.entity, x.id) for x in found.issue.lines(id)} | {("staff", id)}


def _lines(found: Issued, lines: list[PayLine], id: str, lang: str) -> Iterator[Shown]:
    """Paid, taken off, nothing, not taken: all of them, each with its reason."""
    issue = found.issue
    for line in sorted(lines, key=lambda x: (not x.amount, x.amount < 0)):
        worded = item(issue, line, id, lang)
        kind = "zero" if not line.amount else "paid" if line.amount > 0 else "off"
        name = line.rule.qualified
        yield Shown(
            f"{line.rule.entity}|{line.id}|{line.rule.name}", worded.name,
            "" if worded.how.strip("0.") == "" else worded.how,
            worded.clause, worded.amount, worded.reason, kind,
            derivation(found.stored.id, line.rule.entity, line.id, name),
        )  # fmt: skip
    there = {x.rule.qualified for x in lines}
    for rule in reached(issue.run.program):
        if rule.qualified not in there:
            reason = say(("本期对您不适用", "Does not apply to you this period"))
            yield Shown("", rule.names.say(lang), reason, " ".join(rule.clauses[:1]), "—", "",
                        "absent")  # fmt: skip


def reached(program: Program) -> list[Rule]:
    """All pay lines that the payout's totals lead to, in their order."""
    found: dict[str, Rule] = {}
    paid = program.payout
    todo = [paid] if paid is not None else []
    seen: set[str] = set()
    while todo:
        rule = todo.pop(0)
        if rule.qualified in seen:
            continue
        seen.add(rule.qualified)
        if rule.kind != "total":
            found[rule.qualified] = rule
            continue
        for node in t.walk(rule.tree):
            if isinstance(node, t.Own) and (below := program.rule(node.entity, node.name)):
                todo.append(below)
            elif isinstance(node, t.Gather) and isinstance(node.value, t.Own):
                below = program.rule(node.member, node.value.name)
                todo += [below] if below else []
    return [r for r in found.values() if r.kind == "pay"]


def _bars(issue: Issue, id: str, lines: list[PayLine]) -> Iterator[Bar]:
    if issue.before is None or id not in issue.payouts_before:
        return
    by: dict[str, Decimal] = {}
    for x, sign in [(x, 1) for x in lines] + [(x, -1) for x in issue.lines_before(id)]:
        name = x.rule.names.say(language())
        by[name] = by.get(name, Decimal(0)) + sign * x.amount
    parts = sorted(((n, v) for n, v in by.items() if v), key=lambda nv: -abs(nv[1]))
    most = max((abs(v) for _, v in parts), default=Decimal(1))
    for name, value in parts:
        width = max(1, int(abs(value) * (_MIDDLE - 2) / most))
        left = _MIDDLE - width if value < 0 else _MIDDLE
        yield Bar(name, figures.change(value), value < 0, left, width)
