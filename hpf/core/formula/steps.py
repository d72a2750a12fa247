"""Steps of a derivation: what was computed, from what, and where it is written.

A step's children are what its value was made of. `as_json` and `lines` are its two outward forms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.formula.labels import Value, short, written
from hpf.core.units import Unit
from hpf.core.values import ABSENT, Trouble

NONE = Text("", "")
_ORIGINS = {
    "scheme": Text("文件", "document"),
    "hospital": Text("医院设定", "set by the hospital"),
    "profile": Text("核对口径", "profile"),
}


@dataclass(frozen=True, slots=True)
class Cited:
    """The parameter a value comes from. origin: scheme, hospital or profile."""

    name: str
    clause: str
    since: dt.date
    reference: Text
    origin: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The cell a fact was read from. place: `pay.xlsx [staff] D18`; by, at: who and when.

    bound: `scheme.rule` where configuration fills the indicator with another scheme's result.
    """

    place: str
    entity: str
    id: str
    code: str
    bound: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation.

    kind: rule, fact, parameter, constant, operation, condition, gather, member, rank, split, past,
    link (a link that is missing) or more (what a long list leaves out).
    value: exact; None where the step only announces its children. unit: of rules, facts and
    parameters. entity, id, code: the row and the name it belongs to. note: what else to know.
    said: the name of a value that is a parameter's choice.
    """

    kind: str
    label: Text
    value: Value | None = None
    unit: Unit | None = None
    entity: str = ""
    id: str = ""
    code: str = ""
    clauses: tuple[str, ...] = ()
    cited: Cited | None = None
    source: Origin | None = None
    note: Text = NONE
    children: tuple[Step, ...] = ()
    said: Text = NONE

    @property
    def shown(self) -> Text:
        """The value as people read it, with its unit; '' where there is none."""
        if self.value is None:
            return NONE
        if self.said != NONE:
            return self.said
        text = short(self.value)
        if self.unit is None or not isinstance(self.value, Fraction):
            return text
        unit = Text(self.unit.say("zh"), self.unit.say("en"))
        return Text(f"{text.zh} {unit.zh}".strip(), f"{text.en} {unit.en}".strip())

    def walk(self) -> Iterator[Step]:
        """The step and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def as_json(step: Step) -> dict[str, object]:
    """Plain objects. `value` is the written form (at most 12 places), `exact` the rational."""
    value = step.value
    out: dict[str, object] = {"kind": step.kind, "label": _both(step.label)}
    if isinstance(value, Trouble):
        out |= {"state": "problem", "value": None, "problem": value.problem().as_json()}
    elif value is ABSENT:
        out |= {"state": "absent", "value": None}
    elif isinstance(value, Fraction):
        out |= {"state": "value", "value": written(value), "exact": str(value)}
    elif isinstance(value, dt.date):
        out |= {"state": "value", "value": value.isoformat()}
    elif value is not None:
        out |= {"state": "value", "value": value}
    if step.said != NONE:
        out["said"] = _both(step.said)
    if step.unit is not None:
        out["unit"] = str(step.unit)
    for name in ("entity", "id", "code"):
        if getattr(step, name):
            out[name] = getattr(step, name)
    if step.clauses:
        out["clauses"] = list(step.clauses)
    if step.cited:
        c = step.cited
        out["parameter"] = {
            "name": c.name, "clause": c.clause, "since": c.since.isoformat(),
            "reference": _both(c.reference), "origin": c.origin,
        }  # fmt: skip
    if step.source:
        s = step.source
        named = ("place", "entity", "id", "code", "bound", "by", "at")
        out["source"] = {n: getattr(s, n) for n in named if getattr(s, n)}
    if step.note != NONE:
        out["note"] = _both(step.note)
    if step.children:
        out["children"] = [as_json(child) for child in step.children]
    return out


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def lines(step: Step, lang: str = "zh") -> list[str]:
    """The derivation as indented text, two spaces a level."""
    out: list[str] = []
    todo = [(step, 0)]
    while todo:
        one, level = todo.pop()
        out.append("  " * level + line(one, lang))
        todo.extend((child, level + 1) for child in reversed(one.children))
    return out


def line(step: Step, lang: str = "zh") -> str:
    """One step: label, whose, value, clauses, parameter, cell, note."""
    zh = lang.lower().startswith("zh")
    text = step.label.say(lang)
    if step.id and step.kind in ("rule", "fact", "past", "member"):
        row = f"{step.entity}:{step.id}"
        text = row if text == step.id else f"{text} ({row})"
    if step.value is not None:
        sign = ": " if step.kind == "condition" else " = "
        text += sign + step.shown.say(lang)
    parts = [text]
    if step.clauses:
        parts.append(f"[{', '.join(step.clauses)}]")
    if step.cited:
        parts.append(_cite(step.cited, lang))
    if step.source:
        parts.append(_source(step.source, zh))
    if step.note != NONE:
        parts.append(f"({step.note.say(lang)})")
    return "  ".join(parts)


def _cite(cited: Cited, lang: str) -> str:
    origin = _ORIGINS.get(cited.origin, Text(cited.origin, cited.origin)).say(lang)
    said = cited.reference.say(lang)
    if lang.lower().startswith("zh"):
        return f"[{cited.clause}] {cited.name}，自 {cited.since} 起，{origin}:{said}"
    return f"[{cited.clause}] {cited.name} since {cited.since}, {origin}: {said}"


def _source(source: Origin, zh: bool) -> str:
    if source.bound:
        return f"← {'绑定' if zh else 'bound to'} {source.bound}"
    who = " ".join(x for x in (source.by, source.at) if x)
    return f"← {source.place}" + (f" {who}" if who else "")
