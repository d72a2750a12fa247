"""Whether the parameters in force suit the formulas that read them.

A hospital's override is well-formed by itself and may still leave a formula without a meaning: a
split without a step, a scale whose open top nobody supplies, half a month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from hpf.core.errors import Problem, Text
from hpf.core.formula import tree as t
from hpf.core.formula.number_words import plain_number
from hpf.core.parameters import MOST_MONTHS, ScaleValue, are_months
from hpf.core.program import Program, Rule
from hpf.core.settings import Resolved


def misfits(program: Program, parameters: Mapping[str, Resolved]) -> list[Problem]:
    """One problem for each parameter and way in which it does not suit a rule.

    parameters: as `resolve` found them; those without a value are not looked at.
    """
    found: dict[tuple[str, str], Problem] = {}
    for rule in program.rules:
        for node in t.walk(rule.tree):
            for problem in _of(node, rule, parameters):
                found.setdefault((problem.code, problem.name), problem)
    return list(found.values())


def _of(node: t.Node, rule: Rule, parameters: Mapping[str, Resolved]) -> Iterator[Problem]:
    match node:
        case t.Split(step=t.Param(name)) if name in parameters:
            held = parameters[name]
            if isinstance(held.value, t.Rounding) and held.value.step == 0:
                yield _no_step(held, rule)
        case t.MonthsLater(months=t.Param(name)) if name in parameters:
            held = parameters[name]
            table = held.value if isinstance(held.value, Mapping) else {"": held.value}
            for key, value in table.items():
                if isinstance(value, Fraction) and not are_months(value):
                    yield _no_months(held, key, value, rule)
        case t.Band(kind, name, _, top) if name in parameters:
            held = parameters[name]
            assert isinstance(held.value, ScaleValue)
            first, last = held.value.bands[0], held.value.bands[-1]
            if last.rate is None and top is None:
                yield _open_top(held, rule)
            below_zero = first.low is None and first.high is not None and first.high <= 0
            if kind == "marginal" and below_zero:
                yield _below_zero(held, rule)


def _no_step(held: Resolved, rule: Rule) -> Problem:
    return _problem(
        "split_step", held,
        Text(f"步长为 0，而“{rule.names.zh}”按它分配，份额无从取整",
             f"a step of 0, by which '{rule.names.en}' splits: shares cannot be rounded"),
        Text("给出大于 0 的步长，例如 {step: '0.01'}", "a step above 0, e.g. {step: '0.01'}"),
    )  # fmt: skip


def _no_months(held: Resolved, key: str, value: Fraction, rule: Rule) -> Problem:
    shown = plain_number(value) + (f" ({key})" if key else "")
    return _problem(
        "months", held,
        Text(f"“{rule.names.zh}”按它推算几个月之后的日期，而 {shown} 不是小于 {MOST_MONTHS} 的整数",
             f"'{rule.names.en}' counts that many months on, and {shown} is no whole number"
             f" below {MOST_MONTHS}"),
        Text("写整数的月数，例如 '6'", "a whole number of months, e.g. '6'"),
    )  # fmt: skip


def _open_top(held: Resolved, rule: Rule) -> Problem:
    return _problem(
        "open_top", held,
        Text(f"最高一档的标准留给数据(rate: fact)，而“{rule.names.zh}”没有取这个数据",
             f"its last band's rate is left to the facts (rate: fact), "
             f"but '{rule.names.en}' supplies none"),
        Text("写明最高一档的标准，或在规则里写 top=",
             "the last band's rate, or let the rule supply it with top="),
    )  # fmt: skip


def _below_zero(held: Resolved, rule: Rule) -> Problem:
    return _problem(
        "first_band", held,
        Text(f"第一档没有下限、上限又不大于 0，而“{rule.names.zh}”从 0 起分段累计",
             f"its first band has no low end and ends at or below 0, "
             f"but '{rule.names.en}' adds up bands from 0"),
        Text("写明第一档的下限(from 或 over)", "a low end of the first band (from or over)"),
    )  # fmt: skip


def _problem(code: str, held: Resolved, fault: Text, cure: Text) -> Problem:
    p, dated = held.parameter, held.dated
    message = Text(
        f"参数 {p.name}（{p.names.zh}，条款 {p.clause}）自 {dated.since} 起的值不合用：{fault.zh}",
        f"parameter '{p.name}' ({p.names.en}, clause {p.clause}) does not suit from"
        f" {dated.since} on: {fault.en}",
    )
    zh, en = "parameters.yaml", "parameters.yaml"
    if dated.origin == "hospital":
        zh, en = "医院配置", "the hospital's configuration"
    where = Text(f"请在{zh}里{cure.zh}", f"Write in {en}: {cure.en}")
    return Problem(f"parameter.{code}", message, where, name=p.name)
