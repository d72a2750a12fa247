"""A small laboratory: programs built from bare trees, run through either interpreter.

The fixture `lab` hands out the module's functions (test modules cannot import one another).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpf.core.checking import check
from hpf.core.entities import Entity, entity, link
from hpf.core.errors import Text
from hpf.core.facts import Checked, facts_of
from hpf.core.formula import columns
from hpf.core.formula import tree as t
from hpf.core.formula.exact import snap
from hpf.core.formula.scalar import Scalar
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.parameters import Parameter
from hpf.core.periods import Period
from hpf.core.program import Program, Rule
from hpf.core.settings import Resolved, resolve
from hpf.core.units import RATIO
from hpf.core.values import ABSENT, NO_HISTORY, History, Trouble

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from points_ward import ward_of  # found by the line above

PERIOD = Period.parse("2026-09")
HOUSE = entity("house", "院", "House")
TEAM = entity("team", "组", "Team", link("house", HOUSE, "院", "House", "teams", optional=True))
MEMBER = entity(
    "member",
    "成员",
    "Member",
    link("team", TEAM, "组", "Team", "members", optional=True),
    link("guest", TEAM, "客组", "Guest team", "guests", optional=True),
)
ENTITIES = (HOUSE, TEAM, MEMBER)
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Bad:
    """A problem as an outcome; code '' where the interpreter does not tell it."""

    code: str = ""

    def __eq__(self, other: object) -> bool:
        """Two problems are alike if both name their code alike, or one names none."""
        return isinstance(other, Bad) and (self.code == other.code or "" in (self.code, other.code))

    __hash__ = None  # type: ignore[assignment]  # not transitive, so no key


def indicator(
    of: Entity, code: str, kind: Type = Type.DECIMAL, choices: Iterable[str] = ()
) -> Indicator:
    """An indicator whose blank means 'not applicable'."""
    return Indicator(
        code, of.code, kind, Text(code, code), RATIO, Blank.NOT_APPLICABLE, choices=tuple(choices)
    )


def rule(of: Entity, name: str, tree: t.Node, kind: Type = Type.DECIMAL, order: int = 0) -> Rule:
    """A rule of scheme `lab` with a tree written by hand."""
    names = Text(name, name)
    return Rule(
        scheme="lab", entity=of.code, name=name, kind="score", type=kind, unit=RATIO,
        clauses=("L.1",), names=names, doc="", choices=(), place="lab.py:1", order=order, tree=tree,
    )  # fmt: skip


def program(
    indicators: Iterable[Indicator],
    rules: Iterable[Rule],
    parameters: Mapping[str, Parameter] | None = None,
    entities: Iterable[Entity] = ENTITIES,
) -> Program:
    """A program without a scheme."""
    return Program(
        "lab", "1", "month", Text("试", "Lab"), "L", Path(), {e.code: e for e in entities},
        tuple(indicators), tuple(rules), parameters or {}, {},
    )  # fmt: skip


def checked(prog: Program, data: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Checked:
    """Facts by hand, checked; every entity gets a table."""
    whole = {code: data.get(code, {}) for code in prog.entities}
    rows, problems = check(prog, facts_of(prog, PERIOD, whole))
    assert not problems, problems
    return rows


def resolved(prog: Program) -> dict[str, Resolved]:
    """The parameters in force."""
    found, lacking = resolve(prog.parameters, PERIOD.last_day)
    assert not lacking, lacking
    return found


def by_columns(prog: Program, rows: Checked, history: History = NO_HISTORY) -> dict[Key, Any]:
    """Every outcome of interpreter one: a Fraction or other value, ABSENT or Bad."""
    evaluated = columns.evaluate(prog, rows, resolved(prog), history)
    out: dict[Key, Any] = {}
    for r in prog.rules:
        values = evaluated.values[r.entity][r.qualified]
        bad = evaluated.bad.get(r.entity, {}).get(r.qualified)
        for index, id in enumerate(rows.rows[r.entity].ids):
            value: Any = values[index]
            if bad is not None and bad[index]:
                assert value is None, (id, r.name, value)
                value = Bad()
            elif value is None:
                value = ABSENT
            elif r.type.is_number:
                value = Fraction(value)
            out[r.entity, id, r.name] = value
    return out


def by_scalar(prog: Program, rows: Checked, history: History = NO_HISTORY) -> dict[Key, Any]:
    """Every outcome of interpreter two, as it would be written (12 places)."""
    return outcomes(Scalar(prog, rows, resolved(prog), history), prog, rows)


def outcomes(scalar: Scalar, prog: Program, rows: Checked) -> dict[Key, Any]:
    """The same from an interpreter two at hand."""
    out: dict[Key, Any] = {}
    for r in prog.rules:
        for index, id in enumerate(rows.rows[r.entity].ids):
            value: Any = scalar.value(r.entity, index, r.qualified)
            if isinstance(value, Trouble):
                value = Bad(value.code)
            elif isinstance(value, Fraction):
                value = snap(value)
            out[r.entity, id, r.name] = value
    return out


INTERPRETERS = {"columns": by_columns, "scalar": by_scalar}


class Lab(SimpleNamespace):
    """This module's names."""

    def __repr__(self) -> str:
        return "lab"


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The laboratory."""
    return Lab(**globals())


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A scheme with a pool, points, a rank and a rate."""
    return ward_of(tmp_path_factory.mktemp("ward"))


def table(path: Path, heading: str) -> list[dict[str, str]]:
    """The rows of the first table below a heading of a Markdown page, by column."""
    lines = iter(path.read_text("utf-8").splitlines())
    for line in lines:
        if line.lstrip("# ").strip() == heading:
            break
    found: list[list[str]] = []
    for line in lines:
        if line.startswith("|"):
            cells = line.replace("\\|", "\0").strip().strip("|").split("|")
            found.append([c.strip().strip("`").replace("\0", "|") for c in cells])
        elif found or line.startswith("#"):
            break
    assert found, f"{path.name} has no table below '{heading}'"
    head, _, *body = found
    return [dict(zip(head, row, strict=True)) for row in body]
