"""A closed questionnaire's outcome as tables and charts; the same words for office and person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy.orm import Session

from hpf.core import Questionnaire as Form
from hpf.core.facts import decimal_of
from hpf.core.formula.exact import places_of
from hpf.portal.language import language, say
from hpf.reports.charts import Bar, Chart, bars
from hpf.storage.models import Questionnaire
from hpf.storage.questionnaires import counts_of
from hpf.workflow.questionnaire_figures import shown
from hpf.workflow.questionnaire_rules import Rules, read_form

MOST_BARS = 30  # rows that a chart shows; the table has them all


@dataclass(frozen=True, slots=True)
class Table:
    """head: headings; rows: a row's code and its cells."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Feedback:
    """What was said of one row. figures: name, value, and what stands beside it; groups: name,
    answers, whether they are counted, whether they are shown; table: questions by group; remarks:
    in no order; short: groups below their sample, with what they have and need."""

    figures: tuple[tuple[str, str, str], ...]
    groups: tuple[tuple[str, int, bool, bool], ...]
    table: Table
    chart: Chart | None
    remarks: tuple[str, ...]
    short: tuple[tuple[str, int, int], ...]


def feedback_of(session: Session, one: Questionnaire, row: str) -> Feedback | None:
    """What answers about a row came to; None where it is not among those that were judged."""
    form = read_form(one.form)
    rows = (one.outcome or {}).get("rows", [])
    told = next((r for r in rows if r["row"] == row), None)
    if told is None:
        return None
    names = {g.code: say(g.names) for g in form.groups}
    questions = [q for q in form.questions if q.kind == "scale"]
    table = Table(
        (say(("问题", "Question")), *(names[g["group"]] for g in told["groups"])),
        tuple(
            (say(q.names), tuple(_mean(g["means"].get(q.code)) for g in told["groups"]))
            for q in questions
        ),
    )
    remarks = [c.value for c in counts_of(session, one.id, row) if c.group_code == ""]
    return Feedback(
        tuple(_figure(form, f) for f in told["figures"]),
        tuple((names[g["group"]], g["answers"], g["counted"], g["shown"]) for g in told["groups"]),
        table,
        _groups_chart(form, told, names),
        tuple(sorted(remarks, key=lambda r: hashlib.sha256(f"{one.digest}{r}".encode()).digest())),
        tuple((names[g], n[0], n[1]) for g, n in told["short"].items()),
    )


def overview(one: Questionnaire, called: Mapping[str, str]) -> tuple[Table, Chart | None]:
    """All rows with their figures and groups. called: what rows are called."""
    form, rules = read_form(one.form), Rules.read(one.rules)
    heads = [say(f.names) for f in form.figures]
    for g in form.groups:
        weight = rules.weights.get(g.code)
        heads.append(say(g.names) + (f" ({weight_of(weight)})" if weight is not None else ""))
    rows = []
    for told in (one.outcome or {})["rows"]:
        cells = [shown(f["value"]) for f in told["figures"]]
        first = form.figures[0].code
        cells += [
            f"{_group_value(g, first)} · {g['answers']}"
            + ("" if g["counted"] == g["shown"] else say((" 计入", " counted")))
            for g in told["groups"]
        ]
        rows.append((told["row"], tuple(cells)))
    table = Table((say(("对象", "Row")), *heads), tuple(rows))
    found = [
        Bar(called.get(r["row"], r["row"]), Decimal(r["figures"][0]["value"]),
            shown(r["figures"][0]["value"]))
        for r in (one.outcome or {})["rows"]
        if r["figures"][0]["value"] is not None
    ]  # fmt: skip
    if len(found) < 2:
        return table, None
    found.sort(key=lambda b: (-(b.value or Decimal(0)), b.name))
    title = say(form.figures[0].names)
    return table, bars(found[:MOST_BARS], lang=language(), title=title, most=_most(form, 0))


def _group_value(group: Mapping[str, Any], figure: str) -> str:
    told = group["figures"].get(figure)
    return _mean(told) if told else "—"


def _groups_chart(form: Form, told: Mapping[str, Any], names: Mapping[str, str]) -> Chart | None:
    """The first figure by group, beside the whole."""
    first = form.figures[0]
    found = [
        Bar(names[g["group"]], _exact(g["figures"][first.code][1]), _mean(g["figures"][first.code]))
        for g in told["groups"]
        if first.code in g["figures"]
    ]
    whole = told["figures"][0]["value"]
    if whole is None or not found:
        return None
    found.append(Bar(say(("合计", "Overall")), Decimal(whole), shown(whole)))
    return bars(found, lang=language(), title=say(first.names), most=_most(form, 0))


def _figure(form: Form, told: Mapping[str, Any]) -> tuple[str, str, str]:
    names = next(f.names for f in form.figures if f.code == told["figure"])
    beside = [say((f"{told['answers']} 份", f"{told['answers']} answers"))]
    if told["low"] is not None:
        ends = f"{shown(told['low'], 3)}–{shown(told['high'], 3)}"
        beside.insert(0, say((f"95 % 区间 {ends}", f"95 % interval {ends}")))
    if told["points"] is not None:
        beside.append(say((f"折 {told['points']} 分", f"{told['points']} points")))
    return say(names), shown(told["value"], 3), " · ".join(beside)


def weight_of(weight: Fraction) -> str:
    """A weight in decimals, as it was entered; as a fraction where its digits do not end."""
    places = places_of(weight)
    return str(weight) if places > 12 else shown(str(decimal_of(weight)), places)


def _most(form: Form, at: int) -> Decimal:
    figure = form.figures[at]
    if figure.measure == "share":
        return Decimal(1)
    return Decimal(next(q.high for q in form.questions if q.code == figure.questions[0]))


def _mean(told: Any) -> str:
    return "—" if told is None else shown(str(_exact(told[1])))


def _exact(text: str) -> Decimal:
    """A kept fraction, with more digits than anybody is shown."""
    over, _, under = text.partition("/")
    return Decimal(over) / Decimal(under or 1)
