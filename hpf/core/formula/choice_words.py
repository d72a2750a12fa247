"""Choices in a formula are read by name: which parameter a word is taken from, and what it says.

A constant is bare, `split`; beside a parameter it is compared with, it has that parameter's names.
"""

from __future__ import annotations

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.parameters import Parameter
from hpf.core.program import Program


def chosen_from(program: Program, node: t.Node) -> Parameter | None:
    """The parameter whose choices a node yields; None where it yields anything else."""
    match node:
        case t.Param(name):
            known = program.parameters.get(name)
            return known if known is not None and known.kind == "choice" else None
        case t.Own(entity, name):
            rule = program.rule(entity, name)
            return chosen_from(program, rule.tree) if rule is not None else None
        case t.Look(inner=inner) | t.Only(body=inner):
            return chosen_from(program, inner)
        case t.When(_, then, other):
            return chosen_from(program, then) or chosen_from(program, other)
        case t.FirstOf(args):
            return next((p for a in args if (p := chosen_from(program, a))), None)
    return None


def choice_beside(program: Program, node: t.Node, beside: t.Node) -> Text | None:
    """The name of a word that is compared with `beside`; None where it has none."""
    if not isinstance(node, t.Const) or not isinstance(node.value, str):
        return None
    parameter = chosen_from(program, beside)
    return parameter.choice_names.get(node.value) if parameter else None


def key_word(program: Program, name: str, key: t.Node) -> Text | None:
    """The name of a key that a rule writes itself, `p.rate['night']`; None for any other."""
    known = program.parameters.get(name)
    if known is None or not isinstance(key, t.Const) or not isinstance(key.value, str):
        return None
    return known.key_names.get(key.value)
