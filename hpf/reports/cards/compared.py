"""Oneself against last month and against colleagues, with nobody else's amount to be read off."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from hpf.core.change import Kind, why
from hpf.core.errors import Text
from hpf.core.formula.labels import short
from hpf.core.formula.number_words import MODE_NAMES
from hpf.core.formula.tree import Own, Rounding, walk
from hpf.core.formula.words import used_parameters
from hpf.core.lines import PayLine
from hpf.core.parameters import ScaleValue
from hpf.core.settings import Resolved
from hpf.reports import figures as f
from hpf.reports.cards.words import colon, comma, word
from hpf.reports.charts import Chart, line, strip
from hpf.reports.issue import Issue

BAND = 6  # colleagues from which on a band is shown; with fewer, somebody's pay could be read off
MEAN = 4  # likewise for the mean
_MONTHS = 6
_TOLD = 5  # parts of a difference; the rest is told as one
_FEN = Decimal("0.01")


def mean(values: Sequence[Decimal]) -> Decimal:
    """Rounded to the fen, for comparison alone."""
    exact = sum(values, Decimal(0)) / len(values)
    return exact.quantize(_FEN, rounding="ROUND_HALF_UP")


def lead(before: Decimal | None, total: Decimal, lang: str) -> str:
    """More or less than before, and by how much."""
    if before is None:
        none = Text("上期没有可比的金额", "There is no amount of the last period to compare with")
        return none.say(lang)
    by = total - before
    if not by:
        return Text("与上期相同", "The same as last period").say(lang)
    said = f.money(abs(by))
    return Text(
        f"比上期{'多' if by > 0 else '少'} {said}",
        f"{said} {'more' if by > 0 else 'less'} than last period",
    ).say(lang)


def parts(issue: Issue, id: str, lines: Sequence[PayLine], lang: str) -> list[tuple[str, str]]:
    """What the difference to last period is made of, to the fen, the largest first.

    By line; by cause where the issue asks for it, which takes a second or so for each row.
    """
    if issue.before is None or id not in issue.payouts_before:
        return []
    by: dict[str, Decimal] = {}
    if issue.causes:
        told = why(issue.before, issue.run, issue.paid.entity, id, issue.paid.name)
        kinds: dict[Kind, Decimal] = {}
        for part in told.parts:
            kinds[part.kind] = kinds.get(part.kind, Decimal(0)) + part.amount
        by = {kind.names.say(lang): amount for kind, amount in kinds.items()}
    else:
        for x, sign in [(x, 1) for x in lines] + [(x, -1) for x in issue.lines_before(id)]:
            name = x.rule.names.say(lang)
            by[name] = by.get(name, Decimal(0)) + sign * x.amount
    ranked = sorted(((n, v) for n, v in by.items() if v), key=lambda nv: -abs(nv[1]))
    shown = ranked if len(ranked) <= _TOLD + 1 else ranked[:_TOLD]
    said = [(name, f.change(amount)) for name, amount in shown]
    if rest := ranked[len(shown) :]:
        others = Text(f"其余 {len(rest)} 项", f"{len(rest)} others").say(lang)
        said.append((others, f.change(sum((v for _, v in rest), Decimal(0)))))
    return said


def compared(colleagues: Sequence[Decimal], lang: str) -> str:
    """Among how many, or why not."""
    n = len(colleagues)
    if not n:
        return ""
    if n < MEAN:
        few = Text(f"本科室 {n} 人，人数太少，不作比较",
                   f"{n} people in the department: too few to compare")  # fmt: skip
        return few.say(lang)
    if n < BAND:
        few = Text(f"本科室 {n} 人，人数太少，只比平均",
                   f"{n} people in the department: too few for a band")  # fmt: skip
        return few.say(lang)
    return Text(f"本科室共 {n} 人", f"{n} people in the department").say(lang)


def charts(
    issue: Issue, id: str, total: Decimal, colleagues: Sequence[Decimal], lang: str
) -> Iterator[tuple[str, Chart]]:
    """`strip`: oneself in the department; `line`: the months."""
    if len(colleagues) >= BAND:
        yield "strip", _strip(issue, total, colleagues, lang)
    if len(issue.months) >= 2:
        yield "line", _line(issue, id, total, lang)


def _strip(issue: Issue, total: Decimal, colleagues: Sequence[Decimal], lang: str) -> Chart:
    middle = Decimal(statistics.median(colleagues)).quantize(_FEN)
    low, _, high = (Decimal(q).quantize(_FEN) for q in statistics.quantiles(colleagues, n=4))
    said = Text(
        f"本人 {f.money(total)}，科室中位 {f.money(middle)}，居中的一半 {f.money(low)} 至"
        f" {f.money(high)}",
        f"You {f.money(total)}, median of the department {f.money(middle)}, middle half "
        f"{f.money(low)} to {f.money(high)}",
    ).say(lang)
    return strip(
        total, middle, (low, high), lang=lang, title=said,
        names=(word("median", lang), word("own", lang)), palette=issue.brand.palette,
    )  # fmt: skip


def _line(issue: Issue, id: str, total: Decimal, lang: str) -> Chart:
    months = [*issue.months[-(_MONTHS - 1) :]]
    own = [*(by.get(id) for _, by in months), total]
    unit = issue.unit_of.get(id)
    mates = issue.members.get(unit, ()) if unit else ()
    means: list[Decimal | None] = []
    for by in (*(by for _, by in months), issue.payouts):
        found = [by[i] for i in mates if i in by]
        means.append(mean(found) if len(found) >= MEAN else None)
    names = [*(f.short(p, lang) for p, _ in months), f.short(issue.run.period, lang)]
    said = Text(
        f"近 {len(own)} 期，本期 {f.money(total)}",
        f"The last {len(own)} periods, this one {f.money(total)}",
    ).say(lang)
    return line(
        names, own, means, lang=lang, title=said, labels=(word("own", lang), word("mean", lang)),
        palette=issue.brand.palette,
    )  # fmt: skip


def rates(issue: Issue, lines: Sequence[PayLine], lang: str) -> list[str]:
    """Parameters with another value than last period, of those that the lines rest on."""
    if issue.before is None:
        return []
    read = {name for x in lines for name in _rests_on(issue, x)}
    told = []
    for name, new in issue.run.parameters.items():
        old = issue.before.parameters.get(name)
        if name in read and old is not None and old.value != new.value:
            told.append(_rate(old, new, lang))
    return told


def _rests_on(issue: Issue, x: PayLine) -> frozenset[str]:
    """Parameters that a line reads, itself or in any rule below it."""
    key = (x.rule.entity, x.rule.qualified)
    found = issue.read.get(key)
    if found is None:
        names: set[str] = set()
        todo, seen = [key], {key}
        by = {(r.entity, r.qualified): r for r in issue.run.program.rules}
        while todo:
            tree = by[todo.pop()].tree
            names.update(used_parameters(tree))
            for node in walk(tree):
                if isinstance(node, Own):
                    below = (node.entity, node.name)
                    if below in by and below not in seen:
                        seen.add(below)
                        todo.append(below)
        found = issue.read[key] = frozenset(names)
    return found


def _rate(old: Resolved, new: Resolved, lang: str) -> str:
    name = new.parameter.names.say(lang)
    one, two = old.value, new.value
    if isinstance(one, Mapping) and isinstance(two, Mapping):
        apart = [k for k in two if one.get(k) != two[k]]
        said = comma(lang).join(_from_to(k + " ", one.get(k), two[k], lang) for k in apart)
    elif isinstance(two, ScaleValue):
        said = Text("分档有调整，见手册", "its bands changed: see the handbook").say(lang)
    else:
        said = _from_to("", one, two, lang)
    since, clause = new.dated.since.isoformat(), new.parameter.clause
    where = Text(f"（自 {since} 起，{clause}）", f" (from {since}, {clause})").say(lang)
    return f"{name}{colon(lang)}{said}{where}"


def _from_to(key: str, one: object, two: object, lang: str) -> str:
    a, b = _said(one, lang), _said(two, lang)
    return Text(f"{key}由 {a} 改为 {b}", f"{key}{a} → {b}").say(lang)


def _said(value: object, lang: str) -> str:
    if value is None:
        return f.NOT_APPLICABLE
    if isinstance(value, Rounding) and value.step:
        mode = MODE_NAMES[value.mode].say(lang)
        return f"{short(Fraction(value.step)).say(lang)} {mode}"
    return short(value).say(lang)
