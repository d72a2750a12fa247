"""A formula set as mathematics: fractions over a bar, cases behind one, the rest in words.

Names and phrases are those of the words reading (`hpf.core.formula.speaker`); only what mathematics
shows better than a sentence is drawn: quotients, cases, a pool shared in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.speaker import ATOM, OR, PRODUCT, SENTENCE, SUM, Speaker
from hpf.core.formula.words import formula_words
from hpf.core.program import Program, Rule
from hpf.reports.fonts import marked

_SIGNS = {"add": "+", "sub": "−", "mul": "×"}
_REST = Text("其他情况", "otherwise")
_EXTREMES = {"larger": Text("较大者", "the larger of"), "smaller": Text("较小者", "the smaller of")}

Set = tuple[Markup, int]


@dataclass(frozen=True, slots=True)
class Formula:
    """One rule's formula. cases: value and condition, where it is a case distinction.

    only: for which rows, '' for all; rounding: '' where nothing is rounded at the end;
    reading: the same in words, '' where the formula is no more than those.
    """

    name: str
    unit: str
    body: Markup
    cases: tuple[tuple[Markup, str], ...]
    only: str
    rounding: str
    reading: str


def formula(program: Program, rule: Rule, lang: str) -> Formula:
    """A rule's formula, ready for a template."""
    speak = Speaker(program, lang.startswith("zh"), rule.unit)
    draw = Typesetter(speak)
    node, only, rounding = rule.tree, list[str](), list[str]()
    while isinstance(node, t.Only | t.Round):
        if isinstance(node, t.Only):
            only.append(speak.say(node.condition, rule.entity)[0])
            node = node.body
        else:
            rounding.append(draw.rounding(node.how, rule.entity))
            node = node.value
    if isinstance(node, t.Split):
        rounding.append(draw.steps(node, rule.entity))
    cases = tuple(draw.cases(node, rule.entity)) if isinstance(node, t.When) else ()
    body = Markup() if cases else draw.set(node, rule.entity)[0]
    reading = formula_words(program, _plain(rule.tree), lang, rule.entity, rule.unit)
    if body == escape(marked(reading)):
        reading = ""
    return Formula(
        rule.names.say(lang),
        rule.unit.say(lang),
        body,
        cases,
        speak.pick("；", "; ").join(only),
        speak.pick("；", "; ").join(x for x in rounding if x),
        reading,
    )


def _plain(node: t.Node) -> t.Node:
    """Without for whom it holds, which stands apart."""
    return _plain(node.body) if isinstance(node, t.Only) else node


@dataclass(frozen=True, slots=True)
class Typesetter:
    """Sets trees in HTML; everything that is text is escaped."""

    speak: Speaker

    def set(self, node: t.Node, entity: str) -> Set:
        """The node seen from a row of `entity`, and how tightly it holds together."""
        pick = self.speak.pick
        match node:
            case t.Arith("div", left, right):
                return self.fraction(self.set(left, entity)[0], self.set(right, entity)[0]), ATOM
            case t.Arith(kind, left, right):
                tight = SUM if kind in ("add", "sub") else PRODUCT
                one = self.inside(left, entity, tight)
                two = self.inside(right, entity, tight + (kind == "sub"))
                return Markup("{} {} {}").format(one, _SIGNS[kind], two), tight
            case t.When():
                rows = Markup("").join(
                    Markup('<span class="case">{}<span class="if">{}</span></span>').format(v, c)
                    for v, c in self.cases(node, entity)
                )
                return Markup('<span class="cases">{}</span>').format(rows), ATOM
            case t.Extreme(kind, args):
                parts = Markup(pick("，", ", ")).join(self.set(a, entity)[0] for a in args)
                head = self.speak.text(_EXTREMES[kind])
                return Markup("{} ({})").format(head, parts), ATOM
            case t.Round(value, how):
                said = self.rounding(how, entity)
                inner = self.inside(value, entity, ATOM) if said else self.set(value, entity)[0]
                note = Markup('<span class="if">{}</span>').format(
                    pick(f"（{said}）", f" ({said})")
                )
                return (inner + note, PRODUCT) if said else (inner, ATOM)
            case t.Split():
                return self.share(node, entity), PRODUCT
        said, tight = self.speak.say(node, entity)
        return Markup(escape(marked(said))), tight

    def inside(self, node: t.Node, entity: str, least: int) -> Markup:
        """The node, bracketed where it is looser than `least`."""
        said, tight = self.set(node, entity)
        return said if tight >= least else Markup("({})").format(said)

    def fraction(self, over: Markup, under: Markup) -> Markup:
        """A quotient; its bar is drawn, and read out as a sign of division."""
        return Markup(
            '<span class="frac"><span class="over">{}</span><span class="under">{}</span></span>'
        ).format(over, under)

    def cases(self, node: t.Node, entity: str) -> list[tuple[Markup, str]]:
        """Value and condition, the last one without a condition of its own."""
        found = []
        while isinstance(node, t.When):
            holds = marked(self.speak.say(node.condition, entity)[0])
            value = self.inside(node.then, entity, OR)
            found.append((value, self.speak.pick(f"当 {holds}", f"if {holds}")))
            node = node.other
        found.append((self.inside(node, entity, SENTENCE), self.speak.text(_REST)))
        return found

    def share(self, node: t.Split, entity: str) -> Markup:
        """Pool times the own part of all parts."""
        seen: t.Node = t.Look(node.within, node.group, node.pool)
        if isinstance(node.pool, t.Const | t.Param):
            seen = node.pool  # the same from every row
        by, within = self.speak.inside(node.by, entity, SUM), self.speak.route(node.within, entity)
        everyone = self.speak.pick(f"同一{within}内 {by} 之和", f"the sum of {by} in the {within}")
        part = self.fraction(Markup(escape(marked(by))), Markup(escape(marked(everyone))))
        return Markup("{} × {}").format(self.inside(seen, entity, PRODUCT), part)

    def rounding(self, how: t.Node, entity: str) -> str:
        """How a value is rounded; '' where it is not."""
        if isinstance(how, t.Const) and isinstance(how.value, t.Rounding):
            return self.speak.rounding(how.value) if how.value.step else ""
        by = self.speak.say(how, entity)[0]
        return self.speak.pick(f"按“{by}”取整", f"rounded by {by}")

    def steps(self, node: t.Split, entity: str) -> str:
        """How a share comes to whole steps."""
        if isinstance(node.step, t.Const) and isinstance(node.step.value, t.Rounding):
            to = self.speak.step(node.step.value.step)
        else:
            to = self.speak.say(node.step, entity)[0]
        return self.speak.pick(f"最大余数法，到 {to}", f"largest remainder, to {to}")
