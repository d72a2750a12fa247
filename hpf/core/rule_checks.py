"""Checks over all rules of a scheme: cycles, pay lines and totals, splits, clauses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hpf.core.clauses import Clause, alias
from hpf.core.errors import Collector, Problem, Text, did_you_mean
from hpf.core.formula import tree as t
from hpf.core.parameters import Parameter
from hpf.core.program import Rule, payout_candidates
from hpf.core.units import CNY


def add(bad: Collector, code: str, zh: str, en: str, cure: Text = Text("", ""), place: str = "",
         name: str = "") -> None:  # fmt: skip
    bad.add(Problem(f"scheme.{code}", Text(zh, en), cure, place=place, name=name))


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


def check_cycles(rules: Sequence[Rule], bad: Collector) -> None:
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
                add(bad, "cycle", f"规则互相依赖：{words}", f"rules form a cycle: {words}",
                     Text("请改用往期的值 past(1)，或拆开规则",
                          "Read an earlier period with past(1), or take the rules apart"),
                     by[key].place, by[key].name)  # fmt: skip
                state[key] = 2
                stack.pop()
            elif not state.get(step):
                state[step] = 1
                stack.append((step, iter(graph[step])))


def check_pay(rules: Sequence[Rule], bad: Collector) -> None:
    lines = {(r.entity, r.qualified) for r in rules if r.kind in ("pay", "total")}
    for r in rules:
        body = r.tree.body if isinstance(r.tree, t.Only) else r.tree
        if r.kind == "pay" and not _ends_rounded(body):
            add(bad, "pay_root", f"支付项 {r.name} 要以 round_to 或 split 结尾",
                 f"pay line '{r.name}' must end in round_to or split",
                 Text("例如 return round_to(…)", "e.g. return round_to(…)"),
                 r.place, r.name)  # fmt: skip
        if r.kind == "total" and not _adds_lines(body, r.entity, lines):
            add(bad, "total", f"合计 {r.name} 只能把支付项相加减",
                 f"total '{r.name}' may only add and subtract pay lines",
                 Text("例如 return row.a + row.b.or_(0)", "e.g. return row.a + row.b.or_(0)"),
                 r.place, r.name)  # fmt: skip
        if _loose_split(body):
            add(bad, "split_inside", f"{r.name}:split 要在最外层（或只看参数的 when 里）",
                 f"{r.name}: split must stand outermost (or in a when on parameters)",
                 Text("请先写一条只有 split 的规则，再用它的结果；限定对象用 only=",
                      "Make a rule of the split alone and use its result; say for whom with only="),
                 r.place, r.name)  # fmt: skip


def check_payout(rules: Sequence[Rule], entities: Iterable[str], bad: Collector) -> None:
    """Of a person's totals, one is what is paid: slips and pay lists must not choose by guess."""
    for r in rules:
        if r.payout and (r.kind not in ("pay", "total") or r.unit != CNY):
            add(bad, "payout_kind", f"{r.name} 不是以元计的支付项或合计，不能作为发放金额",
                 f"'{r.name}' is no pay line or total in CNY, and cannot be what is paid",
                 Text("请把 payout=True 写在合计上", "Write payout=True at a total"),
                 r.place, r.name)  # fmt: skip
    found = payout_candidates(rules, entities)
    if len(found) > 1 and all(r.kind == "total" or r.payout for r in found):
        names = "、".join(r.name for r in found)
        add(bad, "payout", f"有几个可以作为发放金额的合计：{names}",
             f"several totals could be what is paid: {', '.join(r.name for r in found)}",
             Text("请在其中一个上写 payout=True", "Write payout=True at one of them"),
             found[0].place, found[0].name)  # fmt: skip


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


def check_clauses(
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
            add(bad, "clause", f"clauses.yaml 没有条款 {clause}",
                 f"clauses.yaml has no clause {clause}", near, place, name)  # fmt: skip
