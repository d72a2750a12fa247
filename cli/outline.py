"""A derivation as rows: the tree on the left, its numbers to the right, then what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from rich.cells import cell_len
from rich.text import Text as Styled

from hpf.core.errors import Text
from hpf.core.formula.steps import NONE, Step, line
from hpf.core.formula.words import words
from hpf.core.program import Program
from hpf.core.values import ABSENT, Trouble
from hpf_cli.console import wrap
from hpf_cli.speech import Words

_STYLES = {"fact": "green", "parameter": "cyan", "more": "dim", "constant": "dim"}
_LEAST, _VALUE, _BASIS = 30, 26, 0.36  # columns of the label, most of the value, share of the basis


@dataclass(frozen=True, slots=True)
class Row:
    """One step as it is shown. before: guides of its first line; below: of its further lines."""

    before: str
    below: str
    step: Step
    formula: Text
    level: int


def fold(step: Step, top: tuple[str, str] | None = None) -> Step:
    """The same with one member of each gathering taken apart, and the others named alone.

    What was left out can be asked for: each has its own derivation.
    """
    row = top or (step.entity, step.id)
    children = step.children
    if step.kind == "gather" and sum(c.kind in ("rule", "member") for c in children) > 1:
        own = [c for c in children if (c.entity, c.id) == row]
        first = (own or [c for c in children if c.children] or [step])[0]
        children = tuple(c if c is first else replace(c, children=()) for c in children)
    return replace(step, children=tuple(fold(c, row) for c in children))


def rows(step: Step, programs: Sequence[Program] = ()) -> Iterator[Row]:
    """Each step with the guides that stand before it; a rule and its formula's root are one row."""
    todo: list[tuple[str, str, Step, int]] = [("", "", step, 0)]
    while todo:
        before, under, one, level = todo.pop()
        formula = NONE
        if one.kind == "rule" and len(one.children) == 1:
            formula = _formula(one, programs)
            one = _merged(one)
        last = len(one.children) - 1
        yield Row(before, under + ("│ " if one.children else "  "), one, formula, level)
        for at, child in reversed(list(enumerate(one.children))):
            turn, on = ("└ ", "  ") if at == last else ("├ ", "│ ")
            todo.append((under + turn, under + on, child, level + 1))


def _formula(step: Step, programs: Sequence[Program]) -> Text:
    for program in programs:
        rule = program.rule(step.entity, step.code)
        # across a binding two schemes may have rules of one name: the clauses tell them apart
        if rule is not None and rule.clauses == step.clauses and rule.names.zh in step.label.zh:
            return Text(words(program, rule, "zh"), words(program, rule, "en"))
    return step.children[0].label


def _merged(step: Step) -> Step:
    """A rule with the operands of its formula as children: the operation is said in words."""
    inner = step.children[0]
    while inner.kind in ("operation", "gather", "rank", "split") and inner.value == step.value:
        only_body = [
            c for c in inner.children if c.kind in ("operation", "gather", "rank", "split")
        ]
        alike = [c for c in only_body if c.value == step.value and c.children]
        if len(alike) != 1 or inner.children[-1] is not alike[0]:
            break
        rest = inner.children[:-1]
        step = replace(step, children=(*rest, alike[0]))
        inner = replace(alike[0], children=(*rest, *alike[0].children))
    if inner.kind in ("rule", "fact", "parameter", "past", "link", "condition", "constant"):
        return step
    note = step.note if inner.note == NONE else inner.note
    return replace(step, note=note, children=inner.children)


def label(step: Step, lang: str) -> str:
    """What the step is called, and whose it is."""
    text = step.label.say(lang)
    if step.id and step.kind in ("rule", "fact", "past", "member"):
        row = f"{step.entity}:{step.id}"
        return row if text == step.id else f"{text} ({row})"
    return text


def basis(step: Step, lang: str) -> str:
    """Clauses, parameter with date and reference, cell, note: all that `line` says after `=`."""
    bare = Step(
        step.kind,
        Text("", ""),
        entity=step.entity,
        clauses=step.clauses,
        cited=step.cited,
        source=step.source,
        note=step.note,
    )
    return line(bare, lang).strip()


def draw(step: Step, lang: str, width: int, programs: Sequence[Program] = ()) -> Iterator[Styled]:
    """The derivation as lines for a terminal `width` columns wide."""
    found = list(rows(step, programs))
    value_width = min(_VALUE, max(cell_len(r.step.shown.say(lang)) for r in found))
    basis_width = min(int(width * _BASIS), max(8, *(cell_len(basis(r.step, lang)) for r in found)))
    label_width = max(_LEAST, width - value_width - basis_width - 4)
    heads = (Words("推导", "Derivation"), Words("数值", "Value"), Words("依据", "Rests on"))
    one, two, three = (h.say(lang) for h in heads)
    yield Styled(_left(one, label_width) + "  " + _right(two, value_width) + "  " + three, "bold")
    yield Styled("─" * (label_width + value_width + basis_width + 4), "dim")
    for row in found:
        yield from _lines(row, lang, (label_width, value_width, basis_width))


def _lines(row: Row, lang: str, widths: tuple[int, int, int]) -> Iterator[Styled]:
    label_width, value_width, basis_width = widths
    step = row.step
    room = max(12, label_width - cell_len(row.before))
    style = "bold" if step.kind == "rule" else _STYLES.get(step.kind, "")
    left = [(part, style) for part in wrap(label(step, lang), room)]
    formula = row.formula.say(lang)
    if formula:
        left += [(part, "dim") for part in wrap(f"= {formula}", room)]
    middle = wrap(step.shown.say(lang), value_width)
    right = wrap(basis(step, lang), basis_width)
    for at in range(max(len(left), len(middle), len(right))):
        text, how = left[at] if at < len(left) else ("", "")
        guides = row.before if at == 0 else row.below
        out = Styled(guides, style="dim")
        out.append(text, style=how)
        out.append(" " * max(0, label_width - cell_len(guides) - cell_len(text)) + "  ")
        out.append(_right(middle[at] if at < len(middle) else "", value_width), style=_tone(step))
        out.append("  ")
        out.append(right[at] if at < len(right) else "", style="dim")
        out.rstrip()
        yield out


def _tone(step: Step) -> str:
    if isinstance(step.value, Trouble):
        return "red"
    if step.value is ABSENT:
        return "dim"
    strong = step.kind in ("rule", "fact", "parameter") and isinstance(step.value, Fraction)
    return "bold" if strong else ""


def _left(text: str, width: int) -> str:
    return text + " " * (width - cell_len(text))


def _right(text: str, width: int) -> str:
    return " " * (width - cell_len(text)) + text
