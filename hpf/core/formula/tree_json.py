"""Trees as plain JSON and back: the form that is sealed and digested."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import fields
from fractions import Fraction
from typing import Any

from hpf.core.formula.tree import CLASSES, Node, Rounding


def to_json(node: Node) -> dict[str, Any]:
    """`{"op": …, field: …}`: plain objects, lists, strings and numbers."""
    return {"op": node.op} | {f.name: _plain(getattr(node, f.name)) for f in fields(node)}


def _plain(value: object) -> Any:
    if isinstance(value, Node):
        return to_json(value)
    if isinstance(value, bool) or value is None or isinstance(value, int):
        return value
    if isinstance(value, Fraction):
        return {"number": str(value)}
    if isinstance(value, Rounding):
        return {"rounding": [str(value.step), value.mode]}
    if isinstance(value, dt.date):
        return {"date": value.isoformat()}
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    return value


def from_json(data: Any) -> Node:
    """The inverse of `to_json`.

    Raises ValueError for an op this version does not know.
    """
    op = data["op"]
    if op not in CLASSES:
        raise ValueError(f"unknown node '{op}'; known: {', '.join(CLASSES)}")
    return CLASSES[op](**{name: _rich(v) for name, v in data.items() if name != "op"})


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(v) for v in value)
    if not isinstance(value, dict):
        return value
    if "op" in value:
        return from_json(value)
    if "number" in value:
        return Fraction(value["number"])
    if "rounding" in value:
        return Rounding(Fraction(value["rounding"][0]), value["rounding"][1])
    return dt.date.fromisoformat(value["date"])


def canonical(node: Node) -> str:
    """One line of JSON: the form that is sealed."""
    return json.dumps(to_json(node), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def digest(node: Node) -> str:
    """SHA-256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical(node).encode()).hexdigest()
