"""Programs of grown trees with awkward facts: ties, thresholds, large numbers, blanks, a past."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from grown import CHOICES, FACTS, Grower
from hypothesis import strategies as st

from hpf.core.formula import tree as t
from hpf.core.indicators import Type
from hpf.core.parameter_files import parse_parameters
from hpf.core.program import Program
from hpf.core.values import History

DAYS = [
    "2026-08-31", "2026-09-01", "2026-09-30", "2026-01-31", "2024-02-29", "0001-01-31",
    "9999-12-01", None,
]  # fmt: skip
PARAMETERS = parse_parameters(
    {
        name: {"name": name, "clause": "L.1", **entry}
        for name, entry in {
            "share": {"values": [{"from": "2026-01-01", "value": "0.45", "reference": "x"}]},
            "wait": {"values": [{"from": "2026-01-01", "value": "6", "reference": "x"}]},
            "term": {
                "keyed_by": list(CHOICES),
                "values": [
                    {"from": "2026-01-01", "value": {"east": "1", "west": "-13"}, "reference": "x"}
                ],
            },
            "third": {"values": [{"from": "2026-01-01", "value": "1/3", "reference": "x"}]},
            "keyed": {
                "keyed_by": list(CHOICES),
                "values": [
                    {"from": "2026-01-01", "value": {"east": "1.2", "west": "0"}, "reference": "x"}
                ],
            },
            "steps": {
                "kind": "rounding",
                "values": [{"from": "2026-01-01", "value": {"step": "0.01"}, "reference": "x"}],
            },
            "left": {
                "kind": "rounding",
                "values": [{"from": "2026-01-01", "value": "exact", "reference": "x"}],
            },
            "tiers": {
                "kind": "scale",
                "values": [
                    {
                        "from": "2026-01-01",
                        "reference": "x",
                        "value": [
                            {"upto": "1", "rate": "0.5"},
                            {"over": "1", "below": "100", "rate": "1/3"},
                            {"from": "100", "upto": "5000", "rate": "-2"},
                        ],
                    }
                ],
            },
            "open": {
                "kind": "scale",
                "values": [
                    {
                        "from": "2026-01-01",
                        "reference": "x",
                        "value": [
                            {"from": "0", "below": "2.5", "rate": "1.005"},
                            {"from": "2.5", "rate": "fact"},
                        ],
                    }
                ],
            },
        }.items()
    },
    "lab",
)
PLAIN = [
    "0", "0", "1", "1", "-1", "2", "2.5", "2.5", "-2.5", "3", "7", "9", "11", "18", "0.5", "0.005",
    "1.005", "0.125", "100", "333.33", "-0.01", "0.0001", "1234567.89", "999999999999.99",
    "5000000000000000", "9999999999999999", "-9999999999999999.99", None, None,
]  # fmt: skip

numbers = st.one_of(
    st.sampled_from(PLAIN), st.integers(-300, 300).map(lambda n: str(Decimal(n) / 100))
)


@dataclass
class Case:
    """A generated program with its facts and history."""

    rules: list[tuple[str, str, Type, t.Node]]
    data: dict[str, dict[str, dict[str, Any]]]
    past: dict[int, dict[tuple[str, str], dict[str, Any]]]

    def program(self, lab: SimpleNamespace) -> Program:
        of = {"member": lab.MEMBER, "team": lab.TEAM, "house": lab.HOUSE}
        indicators = [lab.indicator(of[e], n) for e, names in FACTS.items() for n in names]
        indicators += [
            lab.indicator(lab.MEMBER, "u", Type.CHOICE, CHOICES),
            lab.indicator(lab.MEMBER, "s", Type.BOOLEAN),
            lab.indicator(lab.MEMBER, "d", Type.DATE),
        ]
        rules = [
            replace(lab.rule(of[e], name, tree, kind, i), choices=CHOICES)
            for i, (e, name, kind, tree) in enumerate(self.rules)
        ]
        prog: Program = lab.program(indicators, rules, PARAMETERS)
        return prog

    def history(self, lab: SimpleNamespace) -> History:
        return History({lab.PERIOD.earlier(k): held for k, held in self.past.items()})


@st.composite
def cases(draw: Any) -> Case:
    """A program of up to six rules on up to six members of up to three teams."""
    known: dict[str, list[tuple[str, Type]]] = {"member": [], "team": [], "house": []}
    grower, rules = Grower(draw, known), []
    for i in range(draw(st.integers(1, 6))):
        entity = draw(st.sampled_from(["member", "member", "team", "house"]))
        kind = draw(st.sampled_from([Type.DECIMAL] * 6 + [Type.BOOLEAN, Type.CHOICE, Type.DATE]))
        rules.append((entity, f"r{i}", kind, grower.rule(entity, kind, draw(st.integers(1, 3)))))
        known[entity].append((f"r{i}", kind))
    houses = {"H": {n: draw(numbers) for n in FACTS["house"]}}
    teams = {
        f"T{i}": {"house": draw(st.sampled_from(["H", "H", None])),
                  **{n: draw(numbers) for n in FACTS["team"]}}
        for i in range(draw(st.integers(1, 3)))
    }  # fmt: skip
    to = st.sampled_from([*teams, "T0", None])
    members = {
        f"M{i}": {
            "team": draw(to), "guest": draw(to), "u": draw(st.sampled_from([*CHOICES, None])),
            "s": draw(st.sampled_from([True, False, None])), "d": draw(st.sampled_from(DAYS)),
            **{n: draw(numbers) for n in FACTS["member"]},
        }
        for i in range(draw(st.integers(1, 6)))
    }  # fmt: skip
    data: dict[str, dict[str, dict[str, Any]]] = {"house": houses, "team": teams, "member": members}
    past: dict[int, dict[tuple[str, str], dict[str, Any]]] = {}
    for k in draw(st.sampled_from([(), (1,), (1, 2)])):
        past[k] = {
            (entity, f"lab.{name}"): {id: v for id in data[entity] if (v := draw(_result(kind)))}
            for entity, name, kind, _ in rules
        }
    return Case(rules, data, past)


def _result(kind: Type) -> st.SearchStrategy[Any]:
    if kind is Type.BOOLEAN:
        return st.sampled_from([True, False, None])
    if kind is Type.CHOICE:
        return st.sampled_from([*CHOICES, None])
    if kind is Type.DATE:
        return st.sampled_from([d and dt.date.fromisoformat(d) for d in DAYS])
    return numbers.map(lambda x: None if x is None else Decimal(x))
