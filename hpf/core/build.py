"""Building: run each rule's function once on symbols, and check the whole scheme at load.

All mistakes are found and told together, each with file and line.
"""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
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
from hpf.core.parameters import Parameter, parse_parameters, read_yaml
from hpf.core.periods import PERIOD_KINDS
from hpf.core.program import Program, Rule
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
        _add(bad, "period", f"没有周期 {scheme.period}", f"no period kind '{scheme.period}'",
             did_you_mean(scheme.period, PERIOD_KINDS))  # fmt: skip
    _check_names(scheme, bad)
    _check_links(scheme, bad)
    bad.stop(SchemeError)
    names = _names(scheme, parameters)
    rules = [r for i, d in enumerate(scheme.rules) if (r := _draw(scheme, names, d, i, bad))]
    if len(rules) == len(scheme.rules):
        _check_cycles(rules, bad)
        _check_pay(rules, bad)
    _check_clauses(rules, parameters, clauses, bad)
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


def _add(bad: Collector, code: str, zh: str, en: str, cure: Text = Text("", ""), place: str = "",
         name: str = "") -> None:  # fmt: skip
    bad.add(Problem(f"scheme.{code}", Text(zh, en), cure, place=place, name=name))


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
            _add(bad, "entity", f"方案没有声明实体 {entity}", f"entity '{entity}' is not declared",
                 near, place, name)  # fmt: skip
        if (entity, name) in seen:
            _add(bad, "twice", f"{entity}.{name} 声明了两次", f"{entity}.{name} is declared twice",
                 Text("请改名", f"Rename one ({seen[entity, name]})"), place, name)  # fmt: skip
        seen[entity, name] = place


def _check_links(scheme: Scheme, bad: Collector) -> None:
    for entity in scheme.entities.values():
        for link in entity.links:
            if link.to not in scheme.entities:
                near = did_you_mean(link.to, scheme.entities)
                _add(bad, "link", f"链接 {link.name} 指向未声明的实体 {link.to}",
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
        message = Text(f"规则不能载入:{error}", f"the rule does not load: {error}")
        bad.add(Problem("formula.broken", message, place=_line(error, d), name=d.name))
        return None
    return Rule(
        scheme.code, d.entity, d.name, d.kind, d.type, d.unit, tuple(alias(c) for c in d.clauses),
        d.names, d.doc, d.choices, d.place, order, tree,
    )  # fmt: skip


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
            f"规则声明为{d.type.value},公式却是{body._type.value}",
            f"the rule is declared a {d.type.value}, its formula yields a {body._type.value}",
            "请用 scheme.rule、scheme.grade 或 scheme.condition",
            "Use scheme.rule, scheme.grade or scheme.condition",
        )
    if d.type.is_number and body._unit is not None and body._unit != d.unit:
        raise FormulaError(
            "unit",
            f"规则声明的单位是 {d.unit},公式得到的是 {body._unit}",
            f"the rule is declared in {d.unit}, its formula yields {body._unit}",
            "请改 unit=,或检查公式",
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


@dataclass(frozen=True, slots=True)
class Need:
    """A value another rule reads; past ones are not needed now."""

    entity: str
    name: str


def needs(node: t.Node) -> set[Need]:
    """The facts and results of this period that a tree reads, on any row."""
    if isinstance(node, t.Past):
        return set()
    if isinstance(node, t.Own):
        return {Need(node.entity, node.name)}
    return {n for child in t.children(node) for n in needs(child)}


def _check_cycles(rules: Sequence[Rule], bad: Collector) -> None:
    by = {(r.entity, r.qualified): r for r in rules}
    graph = {
        key: sorted({(n.entity, n.name) for n in needs(r.tree)} & set(by)) for key, r in by.items()
    }
    state: dict[tuple[str, str], int] = {}
    for start in graph:
        if state.get(start):
            continue
        stack = [(start, iter(graph[start]))]
        state[start] = 1
        while stack:
            key, rest = stack[-1]
            step = next(rest, None)
            if step is None:
                state[key] = 2
                stack.pop()
            elif state.get(step) == 1:
                loop = [k for k, _ in stack][[k for k, _ in stack].index(step) :]
                words = " → ".join(f"{e}.{by[e, n].name}" for e, n in [*loop, step])
                _add(bad, "cycle", f"规则互相依赖:{words}", f"rules form a cycle: {words}",
                     Text("请改用往期的值 past(1),或拆开规则",
                          "Read an earlier period with past(1), or take the rules apart"),
                     by[key].place, by[key].name)  # fmt: skip
                state[key] = 2
                stack.pop()
            elif not state.get(step):
                state[step] = 1
                stack.append((step, iter(graph[step])))


def _check_pay(rules: Sequence[Rule], bad: Collector) -> None:
    lines = {(r.entity, r.qualified) for r in rules if r.kind in ("pay", "total")}
    for r in rules:
        body = r.tree.body if isinstance(r.tree, t.Only) else r.tree
        if r.kind == "pay" and not _ends_rounded(body):
            _add(bad, "pay_root", f"支付项 {r.name} 的公式要以 round_to 或 split 结尾",
                 f"pay line '{r.name}' must end in round_to or split",
                 Text("例如 return round_to(…)", "e.g. return round_to(…)"), r.place, r.name)  # fmt: skip
        if r.kind == "total" and not _adds_lines(body, r.entity, lines):
            _add(bad, "total", f"合计 {r.name} 只能把支付项相加减",
                 f"total '{r.name}' may only add and subtract pay lines",
                 Text("例如 return row.a + row.b.or_(0)", "e.g. return row.a + row.b.or_(0)"),
                 r.place, r.name)  # fmt: skip
        if _loose_split(body):
            _add(bad, "split_inside", f"{r.name}:split 要是公式的最外层(或只看参数的 when 的一支)",
                 f"{r.name}: split must be the outermost node (or a branch of a when on parameters)",
                 Text("请先写一条只有 split 的规则,再用它的结果;限定对象用 only=",
                      "Make a rule of the split alone and use its result; say for whom with only="),
                 r.place, r.name)  # fmt: skip


def _ends_rounded(node: t.Node) -> bool:
    if isinstance(node, t.When):
        return _ends_rounded(node.then) and _ends_rounded(node.other)
    return isinstance(node, t.Round | t.Split)


def _adds_lines(node: t.Node, entity: str, lines: set[tuple[str, str]]) -> bool:
    match node:
        case t.Arith("add" | "sub", left, right):
            return _adds_lines(left, entity, lines) and _adds_lines(right, entity, lines)
        case t.FirstOf(args):
            return all(_adds_lines(a, entity, lines) for a in args)
        case t.Own(_, name):
            return (entity, name) in lines
        case t.Const(value):
            return value == 0
        case t.Gather("sum", member, _, t.Own(_, name), _):
            return (member, name) in lines
    return False


def _loose_split(node: t.Node) -> bool:
    if isinstance(node, t.When):
        if any(isinstance(n, t.Split) for n in t.walk(node)):
            # a switch for the whole group: a condition that differs by row would lose shares
            by_row = any(isinstance(n, t.Own | t.Gather | t.Rank) for n in t.walk(node.condition))
            return by_row or _loose_split(node.then) or _loose_split(node.other)
        return False
    below = [n for c in t.children(node) for n in t.walk(c)]
    return any(isinstance(n, t.Split) for n in below)


def _check_clauses(
    rules: Sequence[Rule],
    parameters: Mapping[str, Parameter],
    clauses: Mapping[str, Clause],
    bad: Collector,
) -> None:
    if not clauses:
        return
    named = [(c, r.place, r.name) for r in rules for c in r.clauses]
    named += [(alias(p.clause), "parameters.yaml", p.name) for p in parameters.values()]
    for clause, place, name in named:
        if clause not in clauses:
            near = did_you_mean(clause, clauses)
            _add(bad, "clause", f"clauses.yaml 没有条款 {clause}",
                 f"clauses.yaml has no clause {clause}", near, place, name)  # fmt: skip
