"""One clause of a handbook: what it says, its formulas, what they rest on, figures worked out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from hpf.core.clauses import Clause
from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.words import used_parameters
from hpf.core.indicators import Blank, Indicator
from hpf.core.parameters import Parameter
from hpf.core.periods import kind_name
from hpf.core.program import Program, Rule
from hpf.core.rules import REQUIREMENT
from hpf.core.settings import Settings
from hpf.core.units import POINT
from hpf.reports.cards.rates import Rate, Reading, rates, readings
from hpf.reports.cards.typeset import Formula, formula
from hpf.reports.cards.words import comma, stop
from hpf.reports.cards.worked import Worked, Workshop

_STOPS = re.compile(r"[：；，。]|[:;,] |\.(?: |$)")
_TITLE = {"zh": 18, "en": 48}  # signs of a clause's first words that make a title
KINDS = {
    "calc": Text("计算", "calculation"),
    "band": Text("分档", "bands"),
    "cons": Text("奖惩", "consequence"),
    "data": Text("数据", "data"),
    "flow": Text("流程", "procedure"),
    "text": Text("原则", "principle"),
}
COVERS = {
    "rule": Text("由公式计算", "computed by a formula"),
    "workflow": Text("由流程办理", "carried out as a procedure"),
    "definition": Text("作为定义写入方案", "built in as a definition"),
    "not_modelled": Text("未纳入计算", "not modelled"),
}
_BLANKS = {
    Blank.REQUIRED: Text("必填，缺了不能计算", "required: nothing is computed without it"),
    Blank.ZERO: Text("当作 0", "counts as 0"),
    Blank.NOT_APPLICABLE: Text("不适用，不当作 0", "does not apply; not a 0"),
}
_YIELDS = {
    "score": Text("评分", "score"),
    "grade": Text("等次", "grade"),
    "pay": Text("发放", "pay line"),
    "total": Text("合计", "total"),
    REQUIREMENT: Text("要求", "requirement"),
}
_FAILS = {
    "problem": Text("不满足就不出结果", "where it fails, no results are given out"),
    "notice": Text("不满足时提示，照常计算", "where it fails, a notice; the run stands"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A formula as it is printed: name, the drawn formula, for whom and when, in words.

    sign: between name and formula; a requirement is no value, but holds or fails. rule: whose
    formula it is.
    """

    rule: Rule
    formula: Formula
    sign: str
    about: str
    fails: str


@dataclass(frozen=True, slots=True)
class Input:
    """A fact that a clause reads. due: by which day of the next month, '' where it is not said."""

    name: str
    of: str
    unit: str
    reporter: str
    due: str
    blank: str


@dataclass(frozen=True, slots=True)
class Provision:
    """A clause, worded. elsewhere: formulas that stand at another clause, name and its id."""

    id: str
    title: str
    meaning: str
    kind: str
    cover: str
    reason: str
    formulas: tuple[Shown, ...]
    elsewhere: tuple[tuple[str, str], ...]
    rates: tuple[Rate, ...]
    inputs: tuple[Input, ...]
    worked: tuple[Worked, ...]
    readings: tuple[Reading, ...]

    @property
    def anchor(self) -> str:
        """What links in the document point to."""
        return "c-" + re.sub(r"[^A-Za-z0-9]", "-", self.id)


@dataclass(frozen=True)
class Book:
    """What all clauses of one handbook rest on."""

    program: Program
    settings: Settings
    day: dt.date
    lang: str
    workshop: Workshop

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """Those that the scheme answers for, in the document's order: its own and those its rules
        name; all of them where the document says of none whose it is."""
        named = {c for r in self.program.rules for c in r.clauses}
        every = self.program.clauses.values()
        if not any(c.scheme for c in every):
            return tuple(every)
        return tuple(c for c in every if c.scheme == self.program.code or c.id in named)

    @cached_property
    def home(self) -> Mapping[tuple[str, str], str]:
        """(entity, rule) -> the clause at which its formula is printed, the first it names."""
        return {(r.entity, r.name): r.clauses[0] for r in self.program.rules if r.clauses}

    @cached_property
    def by_clause(self) -> Mapping[str, tuple[Rule, ...]]:
        """Clause id -> rules that name it, as declared."""
        found: dict[str, list[Rule]] = {}
        for rule in sorted(self.program.rules, key=lambda r: r.order):
            for clause in rule.clauses:
                found.setdefault(clause, []).append(rule)
        return {id: tuple(rules) for id, rules in found.items()}


def provision(book: Book, clause: Clause) -> Provision:
    """One clause, ready to be printed."""
    lang = book.lang
    rules = book.by_clause.get(clause.id, ())
    mine = [r for r in rules if book.home[r.entity, r.name] == clause.id]
    read = list(dict.fromkeys(p for r in mine for p in used_parameters(r.tree)))
    own = [n for n, p in book.program.parameters.items() if p.clause == clause.id]
    parameters = [book.program.parameters[n] for n in dict.fromkeys([*read, *own])]
    told = [rates(p, book.settings, book.day, clause.id, lang) for p in parameters]
    return Provision(
        id=clause.id,
        title=_title(clause, mine or rules, lang),
        meaning=clause.meaning.say(lang),
        kind=KINDS[clause.kind].say(lang),
        cover=COVERS[clause.covered].say(lang),
        reason=_reason(clause, lang),
        formulas=tuple(_shown(book, r) for r in mine),
        elsewhere=tuple(
            (r.names.say(lang), book.home[r.entity, r.name]) for r in rules if r not in mine
        ),
        rates=tuple(chain.from_iterable(told)),
        inputs=tuple(_inputs(book, mine)),
        worked=tuple(book.workshop.of(clause.id, rules, lang)),
        readings=tuple(readings(_at(parameters, clause.id), book.settings, book.day, lang)),
    )  # fmt: skip


def _reason(clause: Clause, lang: str) -> str:
    """Why it has no formula. Plugins write it in English: a Chinese handbook repeats it only where
    something is left out, which nobody should miss."""
    if lang.startswith("zh") and clause.covered != "not_modelled":
        return ""
    return clause.reason


def _at(parameters: Sequence[Parameter], clause: str) -> list[Parameter]:
    return [p for p in parameters if p.clause == clause]


def _title(clause: Clause, rules: Sequence[Rule], lang: str) -> str:
    """The names of what it computes; else the clause's first words, where they are short."""
    paid = [r for r in rules if r.kind in ("pay", "total", "grade")] or [
        r for r in rules if r.kind != REQUIREMENT
    ]
    names = list(dict.fromkeys(r.names.say(lang) for r in paid or rules))
    if names:
        return comma(lang).join(names[:2]) + (
            Text("等", " and more").say(lang) if len(names) > 2 else ""
        )
    first = _STOPS.split(clause.meaning.say(lang))[0].strip()
    zh = lang.startswith("zh")
    if len(first) <= _TITLE["zh" if zh else "en"]:
        return first
    return KINDS[clause.kind].say(lang).capitalize()


def _shown(book: Book, rule: Rule) -> Shown:
    lang = book.lang
    drawn = formula(book.program, rule, lang)
    entity = book.program.entities[rule.entity].names.say(lang)
    who = Text(f"{entity}，限 {drawn.only}", f"{entity} where {drawn.only}").say(lang)
    every = kind_name(book.program.period)
    said = [
        who if drawn.only else entity,
        Text(f"每{every.zh}", f"each {every.en}").say(lang),
        _yields(rule, lang),
        drawn.unit,
        drawn.rounding,
    ]
    sign, fails = "=", ""
    if rule.kind == REQUIREMENT:
        sign = Text("须", "must").say(lang)
        fails = _FAILS[rule.severity].say(lang) + stop(lang) + rule.cure.say(lang)
    return Shown(rule, drawn, sign, " · ".join(x for x in said if x), fails)


def _yields(rule: Rule, lang: str) -> str:
    """What comes of it. A rule in between is of no kind of its own; only one in points scores."""
    if rule.kind == "score" and rule.unit != POINT:
        return ""
    return _YIELDS[rule.kind].say(lang)


def _inputs(book: Book, rules: Sequence[Rule]) -> Iterator[Input]:
    """Facts that the rules read, once each, in the order met."""
    found: dict[tuple[str, str], Indicator] = {}
    for rule in rules:
        for node in t.walk(rule.tree):
            if isinstance(node, t.Own):
                fact = book.program.indicator(node.entity, node.name)
                if fact is not None and book.program.rule(node.entity, node.name) is None:
                    found[fact.entity, fact.code] = fact
    for fact in found.values():
        lang = book.lang
        due = Text(f"次月 {fact.due_day} 日前", f"day {fact.due_day} of the next month").say(lang)
        yield Input(
            fact.names.say(lang),
            book.program.entities[fact.entity].names.say(lang),
            fact.unit.say(lang) if fact.type.is_number else "",
            fact.reporter.say(lang) or "—",
            due if fact.due_day else "—",
            _BLANKS[fact.blank].say(lang),
        )
