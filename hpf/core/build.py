"""Building: run each rule's function once on symbols, and check the whole scheme at load.

All mistakes are found and told together, each with file and line.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from hpf.core.clauses import Clause, alias, read_clauses
from hpf.core.entities import Link
from hpf.core.errors import Collector, HpfError, Problem, SchemeError, Text, did_you_mean
from hpf.core.formula import tree as t
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.params import Parameters
from hpf.core.formula.rows import Row
from hpf.core.formula.scope import Declared, Names, Scope
from hpf.core.formula.symbols import Symbol, lift
from hpf.core.indicators import Type
from hpf.core.parameter_files import parse_parameters, read_yaml
from hpf.core.parameters import Parameter
from hpf.core.periods import PERIOD_KINDS
from hpf.core.program import Program, Rule
from hpf.core.rule_checks import add, check_clauses, check_cycles, check_pay, check_payout
from hpf.core.rules import Heading
from hpf.core.schemes import Declaration, Scheme


def build(scheme: Scheme) -> Program:
    """Check a scheme and make a Program of it.

    Raises SchemeError with every mistake: names, units, cycles, scopes, choices, parameters,
    scales, pay lines, clauses that rules name.
    """
    bad = Collector()
    clauses = _gather_errors(bad, lambda: _clauses(scheme)) or {}
    parameters = _gather_errors(bad, lambda: _parameters(scheme)) or {}
    if scheme.period not in PERIOD_KINDS:
        add(bad, "period", f"没有周期 {scheme.period}", f"no period kind '{scheme.period}'",
             did_you_mean(scheme.period, PERIOD_KINDS))  # fmt: skip
    _check_names(scheme, bad)
    _check_links(scheme, bad)
    bad.stop(SchemeError)
    names = _names(scheme, parameters)
    rules = [r for i, d in enumerate(scheme.rules) if (r := _draw(scheme, names, d, i, bad))]
    if len(rules) == len(scheme.rules):
        check_cycles(rules, bad)
        check_pay(rules, bad)
        check_payout(rules, scheme.entities, bad)
    check_clauses(rules, parameters, clauses, bad)
    bad.stop(SchemeError)
    return Program(
        scheme.code,
        scheme.version,
        scheme.period,
        scheme.names,
        scheme.document,
        scheme.folder,
        scheme.entities,
        tuple(scheme.indicators),
        tuple(rules),
        parameters,
        clauses,
    )


def _gather_errors(bad: Collector, read: Any) -> Any:
    try:
        return read()
    except HpfError as error:
        bad.problems.extend(error.problems)
        return None


def _parameters(scheme: Scheme) -> dict[str, Parameter]:
    path = scheme.folder / "parameters.yaml"
    if not path.exists():
        return {}
    data = read_yaml(path) or {}
    return parse_parameters(data.get(scheme.code) or {}, path.name)


def _clauses(scheme: Scheme) -> dict[str, Clause]:
    path = scheme.folder / "clauses.yaml"
    return read_clauses(path) if path.exists() else {}


def _check_names(scheme: Scheme, bad: Collector) -> None:
    seen: dict[tuple[str, str], str] = {}
    for entity, name, place in [
        *((i.entity, i.code, "indicator") for i in scheme.indicators),
        *((r.entity, r.name, r.place) for r in scheme.rules),
        *((e.code, link.name, "link") for e in scheme.entities.values() for link in e.links),
    ]:
        if entity not in scheme.entities:
            near = did_you_mean(entity, scheme.entities)
            add(bad, "entity", f"方案没有声明实体 {entity}", f"entity '{entity}' is not declared",
                 near, place, name)  # fmt: skip
        if (entity, name) in seen:
            add(bad, "twice", f"{entity}.{name} 声明了两次", f"{entity}.{name} is declared twice",
                 Text("请改名", f"Rename one ({seen[entity, name]})"), place, name)  # fmt: skip
        seen[entity, name] = place


def _check_links(scheme: Scheme, bad: Collector) -> None:
    for entity in scheme.entities.values():
        for link in entity.links:
            if link.to not in scheme.entities:
                near = did_you_mean(link.to, scheme.entities)
                add(bad, "link", f"链接 {link.name} 指向未声明的实体 {link.to}",
                     f"link '{link.name}' leads to undeclared entity '{link.to}'", near,
                     entity.code, link.name)  # fmt: skip


def _names(scheme: Scheme, parameters: Mapping[str, Parameter]) -> Names:
    values: dict[str, dict[str, Declared]] = {code: {} for code in scheme.entities}
    for i in scheme.indicators:
        if i.type is not Type.TEXT:
            name = f"{scheme.code}.{i.code}"
            values[i.entity][i.code] = Declared(name, i.type, i.unit, i.choices, False)
    for r in scheme.rules:
        name = f"{scheme.code}.{r.name}"
        values[r.entity][r.name] = Declared(name, r.type, r.unit, r.choices, True)
    links: dict[str, dict[str, Link]] = {
        e.code: {link.name: link for link in e.links} for e in scheme.entities.values()
    }
    back: dict[str, dict[str, tuple[str, str]]] = {code: {} for code in scheme.entities}
    for entity in scheme.entities.values():
        for link in entity.links:
            if link.collection:
                back[link.to][link.collection] = (entity.code, link.name)
    return Names(values, links, back, parameters)


def _draw(scheme: Scheme, names: Names, d: Declaration, order: int, bad: Collector) -> Rule | None:
    scope = Scope(names, d.entity)
    row, p = Row(scope, d.entity), Parameters(names)
    try:
        body = lift(_call(d.draw, row, p))
        if body._scope not in (None, scope):
            raise FormulaError("scope", "结果属于另一行", "the result belongs to another row")
        _fits(d, body)
        tree = body._node
        if d.only is not None:
            condition = lift(_call(d.only, row, p))
            if condition._type is not Type.BOOLEAN:
                raise FormulaError("type", "only= 要是一个条件", "only= must yield a condition")
            tree = t.Only(condition._node, among(tree, condition._node))
    except FormulaError as error:
        place = _line(error, d)
        bad.add(Problem(error.code, error.message, error.cure, place=place, name=d.name))
        return None
    except (TypeError, ValueError, AttributeError) as error:
        message = Text(f"规则不能载入：{error}", f"the rule does not load: {error}")
        cure = Text(
            "请看这一行：公式由行的指标、p 的参数和 hpf.core 的函数组成",
            "Look at that line: a formula is made of the row's values, p's parameters and the "
            "functions of hpf.core",
        )
        bad.add(Problem("formula.broken", message, cure, _line(error, d), name=d.name))
        return None
    heading = {f.name: getattr(d, f.name) for f in fields(Heading)}
    heading["clauses"] = tuple(alias(c) for c in d.clauses)
    return Rule(scheme=scheme.code, order=order, tree=tree, **heading)


def _call(draw: Any, row: Row, p: Parameters) -> Any:
    return draw(row, p) if len(inspect.signature(draw).parameters) > 1 else draw(row)


def _line(error: BaseException, d: Declaration) -> str:
    """File and line in the author's own code."""
    name = d.place.rpartition(":")[0]
    lines = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith(name)]
    return f"{name}:{lines[-1].lineno}" if lines else d.place


def _fits(d: Declaration, body: Symbol) -> None:
    if body._type.is_number != d.type.is_number or (
        not d.type.is_number and body._type is not d.type
    ):
        raise FormulaError(
            "type",
            f"规则声明为{d.type.value}，公式却是{body._type.value}",
            f"the rule is declared a {d.type.value}, its formula yields a {body._type.value}",
            "请用 scheme.rule、scheme.grade 或 scheme.condition",
            "Use scheme.rule, scheme.grade or scheme.condition",
        )
    if d.type.is_number and body._unit is not None and body._unit != d.unit:
        raise FormulaError(
            "unit",
            f"规则声明的单位是 {d.unit}，公式得到的是 {body._unit}",
            f"the rule is declared in {d.unit}, its formula yields {body._unit}",
            "请改 unit=，或检查公式",
            "Change unit=, or check the formula",
        )
    for choice in body._choices if d.type is Type.CHOICE else ():
        if choice not in d.choices:
            near = did_you_mean(choice, d.choices)
            raise FormulaError(
                "choice", f"'{choice}' 不在等级里", f"'{choice}' is no declared grade", *near
            )


def among(node: t.Node, condition: t.Node) -> t.Node:
    """Ranks and splits of a rule run among exactly the rows that its only= admits."""
    if isinstance(node, t.Look | t.Gather | t.Past | t.Window):
        return node
    changed: dict[str, Any] = {}
    for f in fields(node):
        value = getattr(node, f.name)
        if isinstance(node, t.Split) and f.name == "pool":
            continue
        if isinstance(value, t.Node):
            changed[f.name] = among(value, condition)
        elif isinstance(value, tuple) and value and isinstance(value[0], t.Node):
            changed[f.name] = tuple(among(v, condition) for v in value)
    if isinstance(node, t.Rank | t.Split):
        changed["among"] = condition
    return replace(node, **changed) if changed else node
