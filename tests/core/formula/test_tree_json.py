"""Trees go to plain JSON and come back the same."""

from __future__ import annotations

import datetime as dt
import json
from fractions import Fraction

import pytest

from hpf.core.formula import tree as t
from hpf.core.formula.tree_json import canonical, digest, from_json, to_json

OWN = t.Own("member", "lab.a")
TREES: list[t.Node] = [
    t.When(t.Compare("lt", OWN, t.Const(Fraction(1, 3))), OWN, t.Const(True)),
    t.Split(OWN, OWN, ("team",), "team", t.Const(t.Rounding(Fraction("0.01"), "down")), None),
    t.Compare("ge", t.PeriodDay("first"), t.Const(dt.date(2026, 9, 1))),
    t.Window("sum", 3, t.FirstOf((OWN, t.Param("rate", t.Const("east")))), None),
]


@pytest.mark.parametrize("tree", TREES, ids=[n.op for n in TREES])
def test_a_tree_comes_back_from_json(tree: t.Node) -> None:
    assert from_json(json.loads(json.dumps(to_json(tree)))) == tree
    assert from_json(json.loads(canonical(tree))) == tree


def test_digests_tell_trees_apart() -> None:
    assert len({digest(n) for n in TREES}) == len(TREES)


def test_an_unknown_node_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown node 'loop'"):
        from_json({"op": "loop"})
