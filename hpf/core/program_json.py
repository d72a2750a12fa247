"""Programs as plain JSON and back: a sealed run keeps the very rules it was computed by.

A run is replayed years later from this form, with the plugin upgraded or gone. Fields that have
their default are left out, so that a later version, which knows more fields, still reads it.
Where a rule stands in its author's files is left out as well: moving it changes no figure.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

from hpf.core.clauses import Clause
from hpf.core.entities import Entity, Link
from hpf.core.errors import Problem, Text
from hpf.core.formula.tree import Node, Rounding
from hpf.core.formula.tree_json import from_json as tree_from
from hpf.core.formula.tree_json import to_json as tree_to
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.parameters import Bandwidth, Dated, Parameter, ScaleValue
from hpf.core.program import Program, Rule
from hpf.core.settings import Resolved
from hpf.core.units import Unit, declare_unit, unit_names

FORMAT = "hpf-program-1"
_CLASSES: dict[str, type] = {
    c.__name__: c
    for c in (
        Bandwidth, Clause, Dated, Entity, Indicator, Link, Parameter, Problem, Program, Resolved,
        Rounding, Rule, ScaleValue, Text,
    )
}  # fmt: skip
_ENUMS: dict[str, type[Enum]] = {"Type": Type, "Blank": Blank}
_ELSEWHERE = {("Program", "folder"), ("Rule", "place")}


def program_json(program: Program) -> str:
    """One line of canonical JSON; the same program yields the same text on every machine."""
    bases = sorted({b for u in _units(program) for b, _ in u.bases})
    names = {b: list(unit_names(b)) for b in bases}
    return _line({"format": FORMAT, "units": names, "program": _plain(program)})


def parameters_json(parameters: Mapping[str, Resolved]) -> str:
    """The parameters in force, as canonical JSON."""
    return _line(_plain(dict(parameters)))


def read_program(text: str) -> Program:
    """The inverse of `program_json`.

    Raises ValueError for another format, and for anything this version does not know.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"this is no program in the format {FORMAT}")
    for base, (zh, en) in data["units"].items():
        try:
            declare_unit(base, zh, en)
        except ValueError:
            continue  # a base unit of the core, or one that was renamed since: its meaning stands
    program = _rich(data["program"])
    if not isinstance(program, Program):
        raise ValueError("this is no program")
    return program


def read_parameters(text: str) -> dict[str, Resolved]:
    """The inverse of `parameters_json`; ValueError for anything this version does not know."""
    found = _rich(json.loads(text))
    if not isinstance(found, dict) or not all(isinstance(v, Resolved) for v in found.values()):
        raise ValueError("these are no parameters in force")
    return found


def digest_of(text: str) -> str:
    """SHA-256 of a canonical text, hexadecimal: the address it is kept under."""
    return hashlib.sha256(text.encode()).hexdigest()


def _units(program: Program) -> list[Unit]:
    found = [i.unit for i in program.indicators] + [r.unit for r in program.rules]
    return found + [u for p in program.parameters.values() for u in (p.unit, p.input_unit)]


def _line(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    # classes and enums carry their name, since a field alone does not say what it holds
    if value is None or isinstance(value, bool | int) or type(value) is str:
        return value
    if isinstance(value, Node):
        return {"~": "tree", "is": tree_to(value)}
    if isinstance(value, Enum):
        return {"~": type(value).__name__, "is": value.value}
    if isinstance(value, Unit):
        return {"~": "Unit", "is": [list(b) for b in value.bases]}
    if isinstance(value, Text):
        return {"~": "Text", "is": list(value)}
    if isinstance(value, Fraction):
        return {"~": "number", "is": str(value)}
    if isinstance(value, dt.date):
        return {"~": "date", "is": value.isoformat()}
    if isinstance(value, Mapping):
        return {"~": "map", "is": [[_plain(k), _plain(v)] for k, v in value.items()]}
    if isinstance(value, tuple | list):
        return [_plain(v) for v in value]
    if is_dataclass(value):
        return _object(value)
    raise TypeError(f"{value!r} has no place in a program")


def _object(value: Any) -> dict[str, Any]:
    name = type(value).__name__
    if name not in _CLASSES:
        raise TypeError(f"{name} has no place in a program")
    found: dict[str, Any] = {"~": name}
    for f in fields(value):
        held = getattr(value, f.name)
        if (name, f.name) not in _ELSEWHERE and not _is_default(f, held):
            found[f.name] = _plain(held)
    return found


def _is_default(f: Any, held: Any) -> bool:
    if f.default is not MISSING:
        return bool(held == f.default)
    return f.default_factory is not MISSING and held == f.default_factory()


def _rich(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_rich(v) for v in value)
    if not isinstance(value, dict):
        return value
    tag = value["~"]
    match tag:
        case "tree":
            return tree_from(value["is"])
        case "Unit":
            return Unit(tuple((b, e) for b, e in value["is"]))
        case "Text":
            return Text(*value["is"])
        case "number":
            return Fraction(value["is"])
        case "date":
            return dt.date.fromisoformat(value["is"])
        case "map":
            return {_rich(k): _rich(v) for k, v in value["is"]}
    if tag in _ENUMS:
        return _ENUMS[tag](value["is"])
    if tag not in _CLASSES:
        raise ValueError(f"unknown '{tag}' in a program")
    given = {k: _rich(v) for k, v in value.items() if k != "~"}
    if tag == "Program":
        given["folder"] = Path()
    if tag == "Rule":
        given["place"] = ""
    try:
        return _CLASSES[tag](**given)
    except TypeError as error:
        raise ValueError(f"{tag}: {error}") from None
