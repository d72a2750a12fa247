"""A department's card: where its money comes from, to whom it goes, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.entities import DEPARTMENT
from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.formula import tree as t
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.kit.hookspecs import ReportSection
from hpf.core.program import Rule
from hpf.reports import figures as f
from hpf.reports.cards.accounts import accounts, pools
from hpf.reports.cards.compared import mean
from hpf.reports.cards.declared import named, unit_states, value_of
from hpf.reports.cards.people import People, people
from hpf.reports.cards.proof import seal_line
from hpf.reports.cards.scorecard import scorecard
from hpf.reports.cards.slip import foot
from hpf.reports.cards.words import comma, stop
from hpf.reports.charts import Chart, Step, waterfall
from hpf.reports.issue import Issue
from hpf.reports.page import paper
from hpf.reports.press import Paper

_REST = Text("其余", "Rest")
_DEEP = 4  # how far an amount that is another's unchanged is followed to its arithmetic


@dataclass(frozen=True, slots=True)
class Department:
    """Everything the card says, worded; None or '' where there is nothing to say.

    accounts: name, what must be, what is, the difference, and whether it is nothing.
    """

    title: str
    kind: str
    hospital: str
    unit: str
    about: str
    label: str
    total: str
    long: bool
    keys: tuple[tuple[str, str], ...]
    source: str
    source_about: tuple[str, ...]
    states: tuple[str, ...]
    people: People
    accounts: tuple[tuple[str, str, str, str, bool], ...]
    placed: str
    scores: str
    scores_about: str
    seal: str
    foot: str


def department(issue: Issue, unit: str, lang: str = "zh") -> Paper:
    """The card of one department as a page. Raises KeyError for an unknown one."""
    model, charts = department_model(issue, unit, lang)
    words = {name: text.say(lang) for name, text in _WORDS.items()}
    running = f"{model.hospital} · {model.kind} · {model.unit}"
    return paper(
        "department.html.j2", lang, title=model.title, running=running,
        running_right=f.period(issue.run.period, lang), foot=model.foot,
        pictures={n: c.svg for n, c in charts.items()}, m=model, w=words, charts=charts,
    )  # fmt: skip


def department_model(
    issue: Issue, unit: str, lang: str = "zh"
) -> tuple[Department, dict[str, Chart]]:
    """What the card says, and its pictures: `source`, `scores`."""
    rows = issue.run.checked.rows[DEPARTMENT.code]
    row = rows.row_of(unit)
    if row is None:
        raise KeyError(f"{DEPARTMENT.code}:{unit}")
    table = people(issue, unit, lang)
    paid = [issue.payouts[id] for id in issue.members.get(unit, ())]
    total = sum(paid, Decimal(0))
    charts: dict[str, Chart] = {}
    source = next((s for s in issue.of("waterfall") if s.entity == DEPARTMENT.code), None)
    about: list[str] = []
    label, figure = _WORDS["paid"].say(lang), total
    if source is not None and (steps := waterfall_steps(issue, source, unit, lang)):
        charts["source"], about = _source(issue, source, steps, unit, lang)
        last = [s for s in steps if s.total][-1]
        label, figure = f"{last.name}{_WORDS['cny'].say(lang)}", last.value
    scores, scores_about = scorecard(issue, DEPARTMENT.code, unit, lang, charts)
    name = rows.names[row] or unit
    kind, period = _WORDS["card"].say(lang), f.period(issue.run.period, lang)
    said = f.money(figure)
    n = len(paid)
    model = Department(
        title=f"{kind} {period} {name}",
        kind=kind,
        hospital=issue.brand.name,
        unit=name,
        about=f"{period}{Text(f'　{n} 人', f' · {n} people').say(lang)}",
        label=label,
        total=said,
        long=len(said) > 12,
        keys=tuple(_keys(issue, unit, paid, lang)),
        source=source.names.say(lang) if source else "",
        source_about=tuple(about),
        states=tuple(unit_states(issue, unit, lang)),
        people=table,
        accounts=tuple(
            (a.name.say(lang), f.money(a.there), f.money(a.given), f.change(a.by), not a.by)
            for a in accounts(issue, unit, table.paid)
        ),
        placed=_placed(issue, unit, lang),
        scores=scores,
        scores_about=scores_about,
        seal=seal_line(issue, lang),
        foot=foot(issue, lang),
    )
    return model, charts


def _keys(issue: Issue, unit: str, paid: list[Decimal], lang: str) -> Iterator[tuple[str, str]]:
    total = sum(paid, Decimal(0))
    yield _WORDS["paid_all"].say(lang), f.money(total)
    if paid:
        yield _WORDS["paid_mean"].say(lang), f.money(mean(paid))
    mates = issue.members.get(unit, ())
    earlier = [issue.payouts_before[i] for i in mates if i in issue.payouts_before]
    if earlier and sum(earlier, Decimal(0)) > 0:
        before = sum(earlier, Decimal(0))
        now = sum((issue.payouts[i] for i in mates if i in issue.payouts_before), Decimal(0))
        if now < 11 * before:
            yield _WORDS["before"].say(lang), f.percent((now - before) / before, signed=True)
    for section in issue.of("", "bars", "radar"):
        value = value_of(issue.run, DEPARTMENT.code, unit, section.total)
        if section.entity == DEPARTMENT.code and section.total and isinstance(value, Decimal):
            yield named(issue.run, section.entity, section.total).say(lang), f.points(value)


# Where the money comes from


def waterfall_steps(issue: Issue, section: ReportSection, unit: str, lang: str) -> list[Step]:
    """The declared steps that are not nothing; what they leave unexplained is one of its own."""
    found: list[Step] = []
    level: Decimal | None = None
    for word, name in zip(section.rules, section.shown, strict=True):
        value = value_of(issue.run, section.entity, unit, name)
        if not isinstance(value, Decimal):
            continue
        said = named(issue.run, section.entity, name).say(lang)
        if word[:1] == "=":
            if level is not None and value != level:
                note = Text(f"不计入{said}", "not in it") if value < level else Text("", "")
                found.append(Step(_REST.say(lang), value - level, note=note.say(lang)))
            elif level is not None and found[-1].total:
                found.pop()  # the same amount under another name: the later one is nearer to pay
            found.append(Step(said, value, total=True))
            level = value
        elif value:
            signed = value if word[:1] == "+" else -value
            found.append(Step(said, signed))
            level = (level or Decimal(0)) + signed
    return found if any(s.total for s in found) else []


def _source(
    issue: Issue, section: ReportSection, steps: list[Step], unit: str, lang: str
) -> tuple[Chart, list[str]]:
    totals = [s for s in steps if s.total]
    told = comma(lang).join(f"{s.name} {f.money(s.value)}" for s in totals)
    chart = waterfall(steps, lang=lang, title=told, palette=issue.brand.palette)
    about = []
    for word, name in zip(section.rules, section.shown, strict=True):
        rule = issue.run.program.rule(section.entity, name)
        if (
            word[:1] == "="
            and rule is not None
            and rule.names.say(lang) in [s.name for s in totals[1:]]
        ):
            how = _arithmetic(issue, rule, unit, lang)
            if how:
                about.append(f"{rule.names.say(lang)} = {how}")
    return chart, about


def _arithmetic(issue: Issue, rule: Rule, unit: str, lang: str) -> str:
    """A rule in the department's own numbers; one that only passes on another's amount is
    followed to where it was worked out."""
    row = issue.run.checked.rows[rule.entity].row_of(unit)
    if row is None:
        return ""
    for _ in range(_DEEP):
        value = issue.run.evaluated.values[rule.entity][rule.qualified][row]
        same = [
            r for n in t.walk(rule.tree)
            if isinstance(n, t.Own) and n.entity == rule.entity
            and (r := issue.run.program.rule(n.entity, n.name)) is not None
            and r.type.is_number and r.unit == rule.unit and value
            and issue.run.evaluated.values[r.entity][r.qualified][row] == value
        ]  # fmt: skip
        if not same:
            break
        rule = same[0]
    return in_numbers(issue.scalar, rule, row).say(lang)


def _placed(issue: Issue, unit: str, lang: str) -> str:
    """How many fen went by largest remainder, pool by pool."""
    told = []
    for pool in pools(issue, unit):
        name = pool.account.name.say(lang).partition(" → ")[0]
        if not pool.step:
            continue
        if not pool.extra:
            even = Text(f"{name}分给 {pool.takers} 人，没有尾差",
                        f"{name}: {pool.takers} shares, nothing left over")  # fmt: skip
            told.append(even.say(lang))
            continue
        fen = f.amount(decimal_of(pool.extra * pool.step * 100))
        told.append(
            Text(f"{name}分给 {pool.takers} 人，尾差 {fen} 分按最大余数落到 {pool.extra} 人",
                 f"{name}: of {pool.takers} shares {pool.extra} took the {fen} fen left over, "
                 "by largest remainder").say(lang)
        )  # fmt: skip
    return stop(lang).join(told)


_WORDS = {
    "card": Text("科室绩效卡", "Department card"),
    "cny": Text("（元）", " (CNY)"),
    "paid": Text("本期实发（元）", "Paid this period (CNY)"),
    "paid_all": Text("实发合计", "Paid in all"),
    "paid_mean": Text("人均实发", "Paid per head"),
    "before": Text("同一批人比上期", "Like for like"),
    "income": Text("从收入到可分配，元", "From income to pool, CNY"),
    "accounts": Text("对账", "Reconciliation"),
    "accounts_about": Text("分毫不差", "To the fen"),
    "item": Text("项目", "Item"),
    "there": Text("应等于", "Must be"),
    "given": Text("实际", "Is"),
    "by": Text("差额", "Difference"),
    "states": Text("停发项目", "Switched off"),
    "nobody": Text("本期没有人在本科室领取", "Nobody is paid in this department"),
}  # fmt: skip
