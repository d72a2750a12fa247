"""The trees that are worked out: switches thrown, and questions about a far row asked there.

Neither changes a result. The derivation reads the trees as the rules drew them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, Final

from hpf.core.formula import tree as t

_NAMES: Final = {op: tuple(f.name for f in fields(kind)) for op, kind in t.CLASSES.items()}


def decided(node: t.Node, static: Callable[[t.Node], object | None]) -> t.Node:
    """The tree with every switch on parameters already thrown.

    static: the plain value of a node that no row changes, or None.
    """
    if isinstance(node, t.When):
        known = static(node.condition)
        if isinstance(known, bool):
            return decided(node.then if known else node.other, static)
    changed: dict[str, Any] = {}
    for name in _NAMES[node.op]:
        value = getattr(node, name)
        new: Any = value
        if isinstance(value, t.Node):
            new = decided(value, static)
        elif isinstance(value, tuple) and value and isinstance(value[0], t.Node):
            new = tuple(decided(v, static) for v in value)
            new = value if all(x is y for x, y in zip(new, value, strict=True)) else new
        if new is not value:
            changed[name] = new
    return asked_there(replace(node, **changed) if changed else node)


def asked_there(node: t.Node) -> t.Node:
    """A comparison of a far row's values, made on the far row: one answer travels, not the values.

    A county's table has sixty lines that a hundred thousand items ask for their method. Strict as
    a comparison is, both give the same answer, and both are absent where there is no link.
    """
    match node:
        case t.Compare(_, left, right):
            if found := _far([left, right]):
                return _moved(found, replace(node, left=_inner(left), right=_inner(right)))
        case t.Logic(_, args):
            if (found := _far(args)) and all(isinstance(a, t.Look) for a in args):
                return _moved(found, replace(node, args=tuple(_inner(a) for a in args)))
    return node


def _far(args: Any) -> t.Look | None:
    """The one far row that all of them speak of; None if there is none, or more than one."""
    looks = [a for a in args if isinstance(a, t.Look)]
    plain = all(isinstance(a, t.Look | t.Const) or _switch(a) for a in args)
    same = {(a.path, a.entity) for a in looks}
    return looks[0] if plain and len(same) == 1 else None


def _switch(node: t.Node) -> bool:
    return isinstance(node, t.Param) and node.key is None


def _inner(node: t.Node) -> t.Node:
    return node.inner if isinstance(node, t.Look) else node


def _moved(look: t.Look, question: t.Node) -> t.Node:
    return t.Look(look.path, look.entity, question)
