"""A formula as MathML, which browsers draw: fractions, sums, cases, roundings; names stay words.

The same names as the words reading (`hpf.core.formula.speaker`); the words themselves go along as
`alttext`, for those who listen.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from markupsafe import Markup

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.choice_words import choice_beside, key_word
from hpf.core.formula.speaker import AND, ATOM, COMPARE, OR, PRODUCT, SENTENCE, SUM, Speaker
from hpf.core.formula.words import words
from hpf.core.program import Program, Rule
from hpf.core.rules import REQUIREMENT

_SIGNS = {"add": "+", "sub": "−", "mul": "×"}
_COMPARED = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_EXTREMES = {"larger": "max", "smaller": "min"}
_REST = Text("其他情况", "otherwise")
_MEAN = Text("平均", "mean")
_SPACE = "\N{NO-BREAK SPACE}"  # others are dropped at the ends of an mtext
_LINE = 76  # Latin letters of a sum that stand on one line
_FENCES = {"ceiling": ("⌈", "⌉"), "floor": ("⌊", "⌋")}

Set = tuple[Markup, int]


def mathml(program: Program, rule: Rule, lang: str = "zh") -> Markup:
    """A rule as one `<math>` element: its name, the sign, its formula; for whom stands apart."""
    setter = MathSetter(Speaker(program, lang.startswith("zh"), rule.unit))
    node = rule.tree
    while isinstance(node, t.Only):
        node = node.body
    sign = setter.word(Text(" 须 ", " must: ").say(lang)) if rule.kind == REQUIREMENT else _op("=")
    row = _row(setter.word(rule.names.say(lang)), sign, setter.whole(node, rule.entity))
    return Markup('<math xmlns="{}" display="block" alttext="{}">{}</math>').format(
        "http://www.w3.org/1998/Math/MathML", words(program, rule, lang), row
    )


def _terms(node: t.Node) -> list[tuple[str, t.Node]]:
    """The terms of a sum, each with its sign; of anything else, itself without one."""
    terms = list[tuple[str, t.Node]]()
    while isinstance(node, t.Arith) and node.kind in ("add", "sub"):
        terms.append((node.kind, node.right))
        node = node.left
    return [("", node), *reversed(terms)]


def _width(text: str) -> int:
    """In Latin letters; a Chinese sign is as wide as two."""
    return sum(2 if ord(sign) > 0x2E80 else 1 for sign in text)


def _op(sign: str) -> Markup:
    return Markup("<mo>{}</mo>").format(sign)


def _row(*parts: Markup) -> Markup:
    return Markup("<mrow>{}</mrow>").format(Markup("").join(parts))


def _under(base: Markup, under: Markup) -> Markup:
    return Markup("<munder>{}{}</munder>").format(base, under)


def _sub(base: Markup, index: Markup) -> Markup:
    return Markup("<msub>{}{}</msub>").format(base, index)


def _bracketed(inner: Markup) -> Markup:
    return _row(_op("("), inner, _op(")"))


@dataclass(frozen=True, slots=True)
class MathSetter:
    """Sets trees as MathML; everything that is text is escaped."""

    speak: Speaker

    def word(self, text: str) -> Markup:
        """A name, or a word between two; spaces at its ends are made to stay."""
        kept = text.replace(" ", _SPACE) if text != text.strip() else text
        return Markup("<mtext>{}</mtext>").format(kept)

    def whole(self, node: t.Node, entity: str) -> Markup:
        """A formula by itself: browsers do not break lines of mathematics, so a long sum is broken
        here, before a sign."""
        lines, width = [list[Markup]()], 0
        for sign, term in _terms(node):
            wide = _width(self.speak.say(term, entity)[0])
            if width and width + wide > _LINE:
                lines.append([])
                width = 0
            width += wide
            head = (_op(_SIGNS[sign]),) if sign else ()
            least = SUM + (sign == "sub")
            lines[-1] += [*head, self.inside(term, entity, least) if sign else
                          self.set(term, entity)[0]]  # fmt: skip
        if len(lines) == 1:
            return self.set(node, entity)[0]
        rows = (Markup("<mtr><mtd>{}</mtd></mtr>").format(_row(*line)) for line in lines)
        return Markup('<mtable columnalign="left">{}</mtable>').format(Markup("").join(rows))

    def set(self, node: t.Node, entity: str) -> Set:
        """The node seen from a row of `entity`, and how tightly it holds together."""
        match node:
            case t.Const(value) if isinstance(value, Fraction):
                return Markup("<mn>{}</mn>").format(self.speak.constant(value)), ATOM
            case t.Param(name, key) if key is not None:
                base = self.word(self.speak.parameter(name, None, entity))
                named = key_word(self.speak.program, name, key)
                by = self.word(self.speak.text(named)) if named else self.set(key, entity)[0]
                return _sub(base, by), ATOM
            case t.Arith("div", left, right):
                return Markup("<mfrac>{}{}</mfrac>").format(
                    self.set(left, entity)[0], self.set(right, entity)[0]
                ), ATOM
            case t.Arith(kind, left, right):
                tight = SUM if kind in ("add", "sub") else PRODUCT
                one = self.inside(left, entity, tight)
                two = self.inside(right, entity, tight + (kind == "sub"))
                return _row(one, _op(_SIGNS[kind]), two), tight
            case t.Compare(kind, left, right):
                one, two = self.side(left, right, entity), self.side(right, left, entity)
                return _row(one, _op(_COMPARED[kind]), two), COMPARE
            case t.Logic(kind, args):
                return self.logic(kind, args, entity)
            case t.When():
                return self.cases(node, entity), SENTENCE
            case t.Extreme(kind, args):
                inner = _op(",").join(self.set(a, entity)[0] for a in args)
                return _row(Markup("<mi>{}</mi>").format(_EXTREMES[kind]), _bracketed(inner)), ATOM
            case t.Round(value, how):
                return self.round(value, how, entity)
            case t.Look(path, _, inner) if not isinstance(inner, t.Gather):
                base = self.inside(inner, node.entity, ATOM)
                return _sub(base, self.word(self.speak.route(path, entity))), ATOM
            case t.Gather():
                return self.gather(node), PRODUCT
            case t.Look(path, _, t.Gather() as inner):
                return self.gather(inner, self.speak.route(path, entity)), PRODUCT
            case t.Split():
                return self.share(node, entity), PRODUCT
            case t.Only(condition, body):
                return self.limited(body, condition, entity), SENTENCE
            case t.FirstOf(args):
                either = self.word(self.speak.pick("；若无，则 ", "; or if there is none, "))
                return _row(either.join(self.inside(a, entity, OR) for a in args)), SENTENCE
            case t.Past(steps, inner):
                ago = self.speak.pick("上期", "period before")
                if steps > 1:
                    ago = self.speak.pick(f"{steps} 期前", f"{steps} periods ago")
                return _sub(self.inside(inner, entity, ATOM), self.word(ago)), ATOM
            case t.Window(kind) if kind in ("sum", "mean", "max", "min"):
                return self.window(node, entity), PRODUCT
        said, tight = self.speak.say(node, entity)  # a name, a sentence: what words say better
        return self.word(said), tight

    def inside(self, node: t.Node, entity: str, least: int) -> Markup:
        """The node, bracketed where it is looser than `least`."""
        said, tight = self.set(node, entity)
        return said if tight >= least else _bracketed(said)

    def side(self, node: t.Node, beside: t.Node, entity: str) -> Markup:
        """One side of a comparison; a parameter's choice by its name."""
        if choice_beside(self.speak.program, node, beside):
            return self.word(self.speak.compared(node, beside, entity))
        return self.inside(node, entity, SUM)

    def logic(self, kind: str, args: tuple[t.Node, ...], entity: str) -> Set:
        if kind == "not":
            return _row(_op("¬"), _bracketed(self.set(args[0], entity)[0])), COMPARE
        tight = AND if kind == "and" else OR
        sign = self.word(self.speak.pick(" 且 " if kind == "and" else " 或 ", f" {kind} "))
        return _row(sign.join(self.inside(a, entity, tight) for a in args)), tight

    def cases(self, node: t.When, entity: str) -> Markup:
        """Behind one brace, a line a case, the last one without a condition of its own."""
        lines = list[Markup]()
        rest: t.Node = node
        while isinstance(rest, t.When):
            lines.append(self.case(rest.then, self.set(rest.condition, entity)[0], entity))
            rest = rest.other
        lines.append(self.case(rest, self.word(self.speak.text(_REST)), entity))
        table = Markup('<mtable columnalign="left left">{}</mtable>').format(Markup("").join(lines))
        return _row(_op("{"), table)

    def case(self, value: t.Node, holds: Markup, entity: str) -> Markup:
        said = self.inside(value, entity, OR if isinstance(value, t.When) else SENTENCE)
        return Markup("<mtr><mtd>{}</mtd><mtd>{}</mtd></mtr>").format(said, holds)

    def round(self, value: t.Node, how: t.Node, entity: str) -> Set:
        """Rounded to a step: whole numbers up or down between fences, else the rule below."""
        if isinstance(how, t.Const) and isinstance(how.value, t.Rounding):
            if not how.value.step:
                return self.set(value, entity)
            inner = self.set(value, entity)[0]
            if how.value.step == 1 and how.value.mode in _FENCES:
                first, last = _FENCES[how.value.mode]
                return _row(_op(first), inner, _op(last)), ATOM
            by = self.speak.rounding(how.value)
        else:
            inner = self.set(value, entity)[0]
            by = self.speak.pick("按“{}”取整", "rounded by {}").format(
                self.speak.say(how, entity)[0]
            )
        return _sub(_row(_op("["), inner, _op("]")), self.word(by)), ATOM

    def gather(self, node: t.Gather, of: str = "") -> Markup:
        """A sum, a mean or an extreme, with the rows it runs over below. of: whose, if not own."""
        member = self.speak.entity(node.member)
        who = self.word(self.speak.pick(f"{of}全体{member}", f"{member} of {of}") if of else member)
        if node.where is not None:
            who = _row(who, _op(":"), self.set(node.where, node.member)[0])
        if node.kind == "count":
            return _row(_op("#"), Markup("<mo>{{</mo>{}<mo>}}</mo>").format(who))
        value = self.inside(node.value, node.member, PRODUCT) if node.value else Markup()
        return _row(_under(self.sign(node.kind), who), value)

    def window(self, node: t.Window, entity: str) -> Markup:
        """The same over periods."""
        span = self.speak.pick(f"近 {node.span} 期", f"last {node.span} periods")
        if not node.span:
            span = self.speak.pick("本年至今", "year to date")
        over = self.word(span)
        if node.where is not None:
            over = _row(over, _op(":"), self.set(node.where, entity)[0])
        value = self.inside(node.value, entity, PRODUCT) if node.value else Markup()
        return _row(_under(self.sign(node.kind), over), value)

    def sign(self, kind: str) -> Markup:
        if kind == "sum":
            return _op("∑")
        return self.word(self.speak.text(_MEAN)) if kind == "mean" else Markup(f"<mi>{kind}</mi>")

    def share(self, node: t.Split, entity: str) -> Markup:
        """Pool times the own part of all parts of the group."""
        seen: t.Node = t.Look(node.within, node.group, node.pool)
        if isinstance(node.pool, t.Const | t.Param):
            seen = node.pool  # the same from every row
        own = self.set(node.by, entity)[0]
        group = self.word(self.speak.pick("同一{}", "same {}").format(
            self.speak.route(node.within, entity)))  # fmt: skip
        every = _row(_under(_op("∑"), group), self.inside(node.by, entity, PRODUCT))
        part = Markup("<mfrac>{}{}</mfrac>").format(own, every)
        return _row(self.inside(seen, entity, PRODUCT), _op("×"), part)

    def limited(self, body: t.Node, condition: t.Node, entity: str) -> Markup:
        where = self.word(self.speak.pick("，仅限 ", " only where "))
        return _row(self.inside(body, entity, OR), where, self.set(condition, entity)[0])
