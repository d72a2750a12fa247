"""The words reading: a formula in plain Chinese or English, with names instead of codes.

The handbook, `hpf show` and the portal all print these words; nobody writes them a second time.
Names come from the scheme's indicators, rules, parameters and links.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.number_words import plain_number, rounding_words
from hpf.core.formula.speaker import Speaker
from hpf.core.parameters import Bandwidth, Dated, Parameter, ScaleValue, Value
from hpf.core.program import Program, Rule
from hpf.core.rules import REQUIREMENT
from hpf.core.settings import Resolved
from hpf.core.units import RATIO, Unit

__all__ = ["formula_words", "plain_number", "rule_block", "value_words", "words"]


_FAILS = {
    "problem": Text("列为问题，不出结果", "a problem, no results are given out"),
    "notice": Text("只作提示，照常计算", "a notice, the run stands"),
}


def _speaker(program: Program, lang: str, unit: Unit) -> Speaker:
    return Speaker(program, lang.lower().startswith("zh"), unit)


def words(program: Program, rule: Rule, lang: str = "zh") -> str:
    """The rule's formula in words; for whom it holds stands in brackets at the end."""
    return formula_words(program, rule.tree, lang, rule.entity, rule.unit)


def formula_words(
    program: Program, node: t.Node, lang: str = "zh", entity: str = "", unit: Unit = RATIO
) -> str:
    """A tree in words.

    entity: whose row it is seen from; unit: of its value, said beside a rounding step.
    """
    return _speaker(program, lang, unit).say(node, entity)[0]


def rule_block(
    program: Program,
    rule: Rule,
    lang: str = "zh",
    parameters: Mapping[str, Resolved] | None = None,
) -> str:
    """A rule as a handbook shows it: name, clauses, for whom, formula, parameters with reference.

    parameters: the values in force (of a run); without them, the scheme's latest ones.
    """
    speak = _speaker(program, lang, rule.unit)
    body = rule.tree.body if isinstance(rule.tree, t.Only) else rule.tree
    whom = speak.entity(rule.entity)
    if isinstance(rule.tree, t.Only):
        holds = speak.say(rule.tree.condition, rule.entity)[0]
        whom = speak.pick(f"{whom}，限 {holds}", f"{whom} where {holds}")
    colon = speak.pick("：", ": ")
    unit = rule.unit.say(lang)
    lines = [
        rule.names.say(lang) + (speak.pick(f"({unit})", f" ({unit})") if unit else ""),
        *(f"  {speak.pick('条款', 'Clause')} {line}" for line in _clauses(program, rule, lang)),
        f"  {speak.pick('适用', 'For')}{colon}{whom}",
        f"  {_what(rule).say(lang)}{colon}{speak.say(body, rule.entity)[0]}",
    ]
    if rule.kind == REQUIREMENT:
        fails = _FAILS[rule.severity].say(lang) + speak.pick("；", "; ") + rule.cure.say(lang)
        lines.append(f"  {speak.pick('不满足时', 'Where it fails')}{colon}{fails}")
    for name in used_parameters(rule.tree):
        parameter = program.parameters[name]
        lines.append(
            f"  {speak.pick('参数', 'Parameter')}{colon}{_in_force(parameter, lang, parameters)}"
        )
    return "\n".join(lines)


def _what(rule: Rule) -> Text:
    if rule.kind == REQUIREMENT:
        return Text("须满足", "Must hold")
    return Text("公式", "Formula")


def _clauses(program: Program, rule: Rule, lang: str) -> list[str]:
    colon = ":" if lang.startswith("zh") else ": "
    return [
        c + (f"{colon}{program.clauses[c].meaning.say(lang)}" if c in program.clauses else "")
        for c in rule.clauses
    ]


def used_parameters(node: t.Node) -> list[str]:
    """Names of the parameters a tree reads, in the order met."""
    found: dict[str, None] = {}
    for one in t.walk(node):
        if isinstance(one, t.Param):
            found[one.name] = None
        elif isinstance(one, t.Band):
            found[one.scale] = None
    return list(found)


def _in_force(parameter: Parameter, lang: str, run: Mapping[str, Resolved] | None) -> str:
    zh = lang.startswith("zh")
    name = parameter.names.say(lang)
    dated: Dated | None = parameter.values[-1] if parameter.values else None
    if run is not None and parameter.name in run:
        dated = run[parameter.name].dated
    if dated is None:
        left = f"由医院确定（条款 {parameter.clause}）"
        return (
            f"{name} {left}" if zh else f"{name}, set by the hospital (clause {parameter.clause})"
        )
    value, cited = value_words(parameter, dated.value, lang), dated.cited.say(lang)
    if zh:
        return f"{name} = {value}（{dated.since} 起；{cited}；条款 {parameter.clause}）"
    return f"{name} = {value} (from {dated.since}; {cited}; clause {parameter.clause})"


def value_words(parameter: Parameter, value: Value, lang: str = "zh") -> str:
    """A parameter's value: number with unit, table, scale, rounding, choice, date or yes/no.

    Choices and keys by their names. The one place that says how a value is shown.
    """
    zh = lang.startswith("zh")
    if isinstance(value, Mapping):
        said = [
            f"{parameter.key(k).say(lang)} {value_words(parameter, v, lang)}"
            for k, v in value.items()
        ]
        return ("、" if zh else ", ").join(said)
    if isinstance(value, ScaleValue):
        return (";" if zh else "; ").join(_band(parameter, b, zh) for b in value.bands)
    if isinstance(value, t.Rounding):
        return rounding_words(value, parameter.unit, zh)
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if isinstance(value, Fraction):
        unit = parameter.unit.say(lang)
        return plain_number(value) + (f" {unit}" if unit else "")
    return value.isoformat() if isinstance(value, dt.date) else parameter.choice(value).say(lang)


def _band(parameter: Parameter, band: Bandwidth, zh: bool) -> str:
    sides = []
    if band.low is not None:
        sides.append(f"{'≥' if band.low_in else '>'} {plain_number(band.low)}")
    if band.high is not None:
        sides.append(f"{'≤' if band.high_in else '<'} {plain_number(band.high)}")
    span = (" 且 " if zh else " and ").join(sides) or ("全部" if zh else "all")
    if band.rate is None:
        return f"{span}：按填报值" if zh else f"{span}: as reported"
    unit = parameter.unit.say("zh" if zh else "en")
    return f"{span}{':' if zh else ': '}{plain_number(band.rate)}" + (f" {unit}" if unit else "")
