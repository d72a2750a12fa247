"""The speaker behind the words reading: each node as a phrase, bracketed where it must be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.choice_words import choice_beside, key_word
from hpf.core.formula.number_words import plain_number, rounding_words, step_words
from hpf.core.program import Program
from hpf.core.units import Unit

# How tightly a piece of text holds together; a looser piece is bracketed inside a tighter one.
SENTENCE, OR, AND, COMPARE, SUM, PRODUCT, ATOM = range(7)
_SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷"}
_COMPARE = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_GATHERED = {
    "sum": Text("之和", "the sum of"),
    "mean": Text("的平均值", "the mean of"),
    "max": Text("的最大值", "the largest of"),
    "min": Text("的最小值", "the smallest of"),
}

Said = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says trees of one program in one language; unit: of the value, beside a rounding step."""

    program: Program
    zh: bool
    unit: Unit

    def pick(self, zh: str, en: str) -> str:
        return zh if self.zh else en

    def text(self, text: Text) -> str:
        return text.zh if self.zh else text.en

    def listed(self, parts: list[str]) -> str:
        return self.pick("、", ", ").join(parts)

    def inside(self, node: t.Node, entity: str, least: int) -> str:
        """The node's words, bracketed when they are looser than `least`."""
        said, tight = self.say(node, entity)
        if tight >= least:
            return said
        return self.pick(f"({said})", f"({said})")

    def say(self, node: t.Node, entity: str) -> Said:
        """The node seen from a row of `entity`: its words, and how tightly they hold together."""
        match node:
            case t.Const(value):
                return self.constant(value), ATOM
            case t.Param(name, key):
                return self.parameter(name, key, entity), ATOM
            case t.PeriodDay(edge):
                first = edge == "first"
                return self.pick(
                    "本期第一天" if first else "本期最后一天",
                    "the period's first day" if first else "the period's last day",
                ), ATOM
            case t.MonthsLater(date, months):
                return self.months_later(date, months, entity), ATOM if self.zh else SENTENCE
            case t.DaysBetween(start, end):
                one, two = (self.inside(n, entity, SUM) for n in (start, end))
                said = self.pick(f"从 {one} 到 {two} 的天数", f"the days from {one} to {two}")
                return said, ATOM if self.zh else SENTENCE
            case t.Own(owner, name):
                return self.named(owner, name), ATOM
            case t.Look():
                return self.look(node, entity), ATOM
            case t.Gather():
                # a Chinese gathering ends in its noun and needs no brackets, an English one does
                return self.gather(node, self.own_row(entity)), ATOM if self.zh else SENTENCE
            case t.Arith(kind, left, right):
                return self.arith(kind, left, right, entity)
            case t.Compare(kind, left, right):
                one, two = self.compared(left, right, entity), self.compared(right, left, entity)
                return f"{one} {_COMPARE[kind]} {two}", COMPARE
            case t.Logic(kind, args):
                return self.logic(kind, args, entity)
            case t.When(condition, then, other):
                return self.when(condition, then, other, entity), SENTENCE
            case t.Extreme(kind, args):
                parts = self.pick(",", ", ").join(self.say(a, entity)[0] for a in args)
                larger = kind == "larger"
                head = self.pick(
                    "取较大者" if larger else "取较小者",
                    "the larger of " if larger else "the smaller of ",
                )
                return head + self.pick(f"({parts})", f"({parts})"), ATOM
            case t.Round(value, how):
                return self.round(value, how, entity)
            case t.Band():
                return self.band(node, entity), ATOM
            case t.Rank():
                return self.rank(node, entity), SENTENCE
            case t.Split():
                return self.split(node, entity), SENTENCE
            case t.Only(condition, body):
                said, holds = self.say(body, entity)[0], self.say(condition, entity)[0]
                return self.pick(
                    f"{said}（仅限：{holds}）", f"{said} (only where {holds})"
                ), SENTENCE
            case t.FirstOf(args):
                either = [self.inside(a, entity, OR) for a in args]
                return self.pick("；若无，则 ", ", or if there is none, ").join(either), SENTENCE
            case t.Past(steps, inner):
                return self.past(steps, inner, entity), ATOM
            case t.Window():
                plain = self.zh and node.where is None  # a noun at its end, as for gatherings
                return self.window(node, entity), ATOM if plain else SENTENCE
        raise TypeError(f"node '{node.op}' has no words")

    # names and values
    def constant(self, value: t.Plain) -> str:
        if isinstance(value, bool):
            return self.pick("是" if value else "否", "yes" if value else "no")
        if isinstance(value, Fraction):
            return plain_number(value)
        if isinstance(value, t.Rounding):
            return self.rounding(value)
        return value.isoformat() if isinstance(value, dt.date) else self.quoted(value)

    def compared(self, node: t.Node, beside: t.Node, entity: str) -> str:
        """One side of a comparison; a word beside the parameter it is a choice of, by its name."""
        named = choice_beside(self.program, node, beside)
        return self.quoted(self.text(named)) if named else self.inside(node, entity, SUM)

    def quoted(self, value: str) -> str:
        return self.pick(f"“{value}”", f"'{value}'")

    def rounding(self, how: t.Rounding) -> str:
        return rounding_words(how, self.unit, self.zh)

    def step(self, step: Fraction) -> str:
        return step_words(step, self.unit, self.zh)

    def named(self, entity: str, name: str) -> str:
        found = self.program.rule(entity, name) or self.program.indicator(entity, name)
        return self.text(found.names) if found else name.rpartition(".")[2]

    def entity(self, code: str) -> str:
        known = self.program.entities.get(code)
        return self.text(known.names) if known else code

    def own_row(self, entity: str) -> str:
        return self.pick(f"本{self.entity(entity)}", f"this {self.entity(entity)}")

    def route(self, path: t.Path, entity: str) -> str:
        """The links walked from `entity`: 科室的医院, Department's Hospital."""
        said = []
        for step in path:
            known = self.program.entities.get(entity)
            link = next((k for k in known.links if k.name == step), None) if known else None
            said.append(self.text(link.names) if link else step)
            entity = link.to if link else ""
        return self.pick("的", "'s ").join(said)

    def parameter(self, name: str, key: t.Node | None, entity: str) -> str:
        known = self.program.parameters.get(name)
        said = self.text(known.names) if known else name
        if key is None:
            return said
        written = key_word(self.program, name, key)
        by = self.quoted(self.text(written)) if written else self.say(key, entity)[0]
        return self.pick(f"{said}（按{by}）", f"{said} (by {by})")

    # nodes
    def look(self, node: t.Look, entity: str) -> str:
        route = self.route(node.path, entity)
        if isinstance(node.inner, t.Gather):
            return self.pick(
                f"{self.gather(node.inner, route)}", f"({self.gather(node.inner, route)})"
            )
        inner = self.inside(node.inner, node.entity, ATOM)
        return self.pick(f"{route}的{inner}", f"{inner} of {route}")

    def gather(self, node: t.Gather, anchor: str) -> str:
        who = self.entity(node.member)
        where = f"{self.say(node.where, node.member)[0]}" if node.where else ""
        among = self.pick(
            f"{anchor}全体{who}" + (f"(限 {where})" if where else ""),
            f"{who} of {anchor}" + (f" where {where}" if where else ""),
        )
        if node.kind == "count":
            if node.value is None:
                return self.pick(f"{among}的数目", f"the number of {among}")
            value = self.say(node.value, node.member)[0]
            return self.pick(f"{among}中有“{value}”的数目", f"the number of {among} with {value}")
        value = self.inside(node.value, node.member, ATOM) if node.value else ""
        gathered = self.text(_GATHERED[node.kind])
        return self.pick(f"{among}的{value}{gathered}", f"{gathered} {value} over all {among}")

    def months_later(self, date: t.Node, months: t.Node, entity: str) -> str:
        since = self.inside(date, entity, SUM)
        if isinstance(months, t.Const) and isinstance(months.value, Fraction):
            count, later = plain_number(abs(months.value)), months.value >= 0
            unit = "month" if abs(months.value) == 1 else "months"
            return self.pick(
                f"{since}{'之后' if later else '之前'} {count} 个月的同一天",
                f"the day {count} {unit} {'after' if later else 'before'} {since}",
            )
        count = self.say(months, entity)[0]
        return self.pick(f"{since}之后满“{count}”之日", f"the day {count} after {since}")

    def arith(self, kind: str, left: t.Node, right: t.Node, entity: str) -> Said:
        tight = SUM if kind in ("add", "sub") else PRODUCT
        # a − (b + c) and a ÷ (b × c) need their brackets; so does a × (b ÷ c), which is no a × b
        loose_right = kind == "add" or (
            kind == "mul" and not (isinstance(right, t.Arith) and right.kind == "div")
        )
        one = self.inside(left, entity, tight)
        two = self.inside(right, entity, tight if loose_right else tight + 1)
        return f"{one} {_SIGNS[kind]} {two}", tight

    def logic(self, kind: str, args: tuple[t.Node, ...], entity: str) -> Said:
        if kind == "not":
            said = self.say(args[0], entity)[0]
            return self.pick(f"非({said})", f"not ({said})"), COMPARE
        tight = AND if kind == "and" else OR
        word = self.pick("且" if kind == "and" else "或", kind)
        return f" {word} ".join(self.inside(a, entity, tight) for a in args), tight

    def when(self, condition: t.Node, then: t.Node, other: t.Node, entity: str) -> str:
        holds = self.say(condition, entity)[0]
        taken = self.inside(then, entity, OR)
        rest, tight = self.say(other, entity)
        if tight < OR and not isinstance(other, t.When):
            rest = self.pick(f"({rest})", f"({rest})")
        return self.pick(
            f"若 {holds}，则 {taken}；否则 {rest}", f"if {holds}, then {taken}; otherwise {rest}"
        )

    def round(self, value: t.Node, how: t.Node, entity: str) -> Said:
        if isinstance(how, t.Const) and isinstance(how.value, t.Rounding):
            if not how.value.step:
                return self.say(value, entity)
            said = self.inside(value, entity, ATOM)
            rounding = self.rounding(how.value)
            return self.pick(f"{said} {rounding}", f"{said} rounded {rounding}"), SENTENCE
        said, by = self.inside(value, entity, ATOM), self.say(how, entity)[0]
        return self.pick(f"{said} 按“{by}”取整", f"{said} rounded by {by}"), SENTENCE

    def band(self, node: t.Band, entity: str) -> str:
        scale, x = self.parameter(node.scale, None, entity), self.say(node.x, entity)[0]
        top = ""
        if node.top is not None:
            rate = self.say(node.top, entity)[0]
            top = self.pick(f"，最高一段用 {rate}", f", {rate} in the top band")
        if node.kind == "marginal":
            return self.pick(
                f"按“{scale}”分段累计({x}{top})", f"{scale}, band by band, on ({x}{top})"
            )
        return self.pick(
            f"“{scale}”中对应的值({x}{top})", f"the {scale} band's value for ({x}{top})"
        )

    def rank(self, node: t.Rank, entity: str) -> str:
        value, within = self.inside(node.value, entity, ATOM), self.route(node.within, entity)
        order = self.pick(
            "由高到低" if node.descending else "由低到高",
            "highest first" if node.descending else "lowest first",
        )
        return self.pick(
            f"{value}在同一{within}内的名次（{order}，同值同名次）",
            f"the place of {value} within the {within} ({order}, equal values share a place)",
        )

    def split(self, node: t.Split, entity: str) -> str:
        seen: t.Node = t.Look(node.within, node.group, node.pool)
        if isinstance(node.pool, t.Const | t.Param):
            seen = node.pool  # the same from every row
        pool = self.inside(seen, entity, OR)
        by, within = self.inside(node.by, entity, SUM), self.route(node.within, entity)
        step = node.step
        if isinstance(step, t.Const) and isinstance(step.value, t.Rounding):
            exact = self.step(step.value.step)
            how = self.pick(f"精确到 {exact}", f"to {exact}")
        else:
            name = self.say(step, entity)[0]
            how = self.pick(f"精度按“{name}”", f"steps by {name}")
        return self.pick(
            f"{pool}在同一{within}内按 {by} 分配（最大余数法，{how}）",
            f"{pool} shared within the {within} by {by} (largest remainder, {how})",
        )

    def past(self, steps: int, inner: t.Node, entity: str) -> str:
        said = self.inside(inner, entity, ATOM)
        if steps == 1:
            return self.pick(f"上期的{said}", f"{said} of the period before")
        return self.pick(f"{steps} 期前的{said}", f"{said} of {steps} periods ago")

    def window(self, node: t.Window, entity: str) -> str:
        span = self.pick(f"近 {node.span} 期", f"the last {node.span} periods")
        if not node.span:
            span = self.pick("本年至今", "the year to date")
        holds = self.say(node.where, entity)[0] if node.where else ""
        if node.kind == "streak":
            return self.pick(
                f"{span}中截至本期连续满足 {holds} 的期数",
                f"how many periods in a row, up to now, {holds} within {span}",
            )
        limit = self.pick(f"(限 {holds} 的各期)", f" where {holds}") if holds else ""
        if node.kind == "count":
            if node.value is None:
                return self.pick(
                    f"{span}中满足 {holds} 的期数", f"the number of periods of {span}{limit}"
                )
            value = self.say(node.value, entity)[0]
            return self.pick(
                f"{span}{limit}中有“{value}”的期数",
                f"the number of periods of {span}{limit} with {value}",
            )
        value = self.inside(node.value, entity, ATOM) if node.value else ""
        gathered = self.text(_GATHERED[node.kind])
        return self.pick(
            f"{span}{limit}的{value}{gathered}", f"{gathered} {value} over {span}{limit}"
        )
