"""The order of work: rules and the nodes that leave their row, level by level of dependency."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hpf.core.formula import tree as t
from hpf.core.program import Program

LEAVING = (t.Look, t.Gather, t.Rank, t.Split)


@dataclass(frozen=True, slots=True)
class Task:
    """One column to compute: a rule's (by qualified name) or that of a node leaving its row."""

    entity: str
    rule: str = ""
    node: t.Node | None = None


def targets(program: Program) -> Mapping[str, Mapping[str, str]]:
    """entity -> link -> the entity it leads to."""
    return {e.code: {k.name: k.to for k in e.links} for e in program.entities.values()}


def levels(program: Program, dead: Mapping[str, t.Node]) -> list[list[Task]]:
    """Tasks grouped so that each reads only what earlier groups computed.

    dead: trees with switches already decided, by 'entity qualified' (branches never taken are
    not computed).
    """
    trees = {(r.entity, r.qualified): dead[f"{r.entity} {r.qualified}"] for r in program.rules}
    facts_only: dict[Task, int] = {}
    needs: dict[Task, list[Task]] = {}
    todo = [Task(e, q) for e, q in trees]
    while todo:
        task = todo.pop()
        if task in needs:
            continue
        root = trees[task.entity, task.rule] if task.rule else task.node
        assert root is not None
        needs[task] = list(_needs(program, task, root, trees))
        todo.extend(n for n in needs[task] if n not in needs)
    waiting = {task: len(set(n)) for task, n in needs.items()}
    readers: dict[Task, list[Task]] = {task: [] for task in needs}
    for task, wanted in needs.items():
        for one in set(wanted):
            readers[one].append(task)
    level = [task for task, count in waiting.items() if not count]
    order: list[list[Task]] = []
    while level:
        order.append(level)
        following: list[Task] = []
        for task in level:
            facts_only[task] = len(order)
            for reader in readers[task]:
                waiting[reader] -= 1
                if not waiting[reader]:
                    following.append(reader)
        level = following
    return order


def _needs(
    program: Program, task: Task, root: t.Node, trees: Mapping[tuple[str, str], t.Node]
) -> Iterator[Task]:
    if task.node is not None:
        entity = task.entity
        match root:
            case t.Look(_, far, inner):
                yield from _leaves(far, inner, trees)
            case t.Gather(_, member, _, value, where):
                for part in (value, where):
                    if part is not None:
                        yield from _leaves(member, part, trees)
            case t.Rank(value, _, _, among):
                for part in (value, among):
                    if part is not None:
                        yield from _leaves(entity, part, trees)
            case t.Split(pool, by, _, group, _, among):
                yield from _leaves(group, pool, trees)
                for part in (by, among):
                    if part is not None:
                        yield from _leaves(entity, part, trees)
        return
    yield from _leaves(task.entity, root, trees)


def _leaves(
    entity: str, node: t.Node, trees: Mapping[tuple[str, str], t.Node], past: bool = False
) -> Iterator[Task]:
    """The tasks a row-wise tree waits for."""
    if isinstance(node, t.Own):
        if not past and (entity, node.name) in trees:
            yield Task(entity, node.name)
        return
    if isinstance(node, LEAVING):
        yield Task(entity, node=node)
        return
    for child in t.children(node):
        yield from _leaves(entity, child, trees, past or isinstance(node, t.Past))
