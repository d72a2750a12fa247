"""docs/nodes.md's worked cases hold in both interpreters, and cover every node and problem."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hpf.core.build import build
from hpf.core.formula import nodes as dsl
from hpf.core.formula import symbols
from hpf.core.formula import tree as t
from hpf.core.indicators import Type
from hpf.core.program import Program
from hpf.core.schemes import Scheme
from hpf.core.units import DAY, RATIO
from hpf.core.values import ABSENT, History

PAGE = Path(__file__).parents[3] / "docs" / "nodes.md"
WORDS = {
    **{n: getattr(dsl, n) for n in ("round_to", "when", "larger", "smaller", "rank", "split")},
    **{n: getattr(dsl, n) for n in ("first_day", "last_day", "months_later", "days_between")},
    "first_of": symbols.first_of,
    "exact": symbols.exact,
}
CHOICES = ["east", "west", "north"]
MEMBERS, TEAMS = "ABC", "TU"
A_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def cases() -> list[dict[str, str]]:
    """The table, read once more here because parameters are drawn before fixtures exist."""
    text = PAGE.read_text("utf-8").split("## Worked cases")[1]
    rows = [line.replace("\\|", "\0") for line in text.splitlines() if line.startswith("| ")]
    found = [
        [c.strip().strip("`").replace("\0", "|") for c in row.strip().strip("|").split("|")]
        for row in rows
    ]
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


CASES = cases()
NAMES = [f"{c['node']}: {c['case']}" for c in CASES]


class Given:
    """A case's inputs: values by entity and row, results of earlier periods."""

    def __init__(self, text: str) -> None:
        self.data: dict[str, dict[str, dict[str, Any]]] = {
            "house": {"H": {}},
            "team": {i: {"house": "H"} for i in TEAMS},
            "member": {i: {"team": "T"} for i in MEMBERS},
        }
        self.past: dict[int, dict[str, Decimal]] = {}
        self.broken: set[str] = set()
        for part in filter(None, (p.strip() for p in text.split(";"))):
            name, _, values = part.partition(":")
            self._take(name.strip(), values.split())

    def _take(self, name: str, values: list[str]) -> None:
        if "@" in name:
            held = zip(MEMBERS, values, strict=True)
            self.past[int(name[2:])] = {i: Decimal(v) for i, v in held if v != "-"}
            return
        entity = "team" if name in ("pool", "k") else "member"
        rows = self.data[entity]
        if "!" in values:
            self.broken.add(name)
        for id, text in zip(rows, values, strict=True):
            if name in self.broken:
                rows[id][f"{name}_ok"] = text != "!"
            value: Any = {"-": None, "!": "1", "yes": True, "no": False}.get(text, text)
            rows[id][f"{name}_raw" if name in self.broken else name] = value


def scheme(lab: SimpleNamespace, folder: Path, case: dict[str, str], given: Given) -> Program:
    """A scheme with the case's formula as rule `result`, built as any other is."""
    parameters = PAGE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    nested = "".join(f"  {line}\n" for line in parameters.splitlines())
    (folder / "parameters.yaml").write_text(f"lab:\n{nested}", "utf-8")
    s = Scheme("lab", zh="试", en="Lab", document="L", here=str(folder / "lab.py"))
    for entity in lab.ENTITIES:
        s.entity(entity)
    more: dict[str, Any] = {"zh": "x", "en": "x", "blank": "not_applicable"}
    for entity, names in ((lab.TEAM, ("pool", "k")), (lab.MEMBER, ("a", "b", "c"))):
        for name in names:
            if name not in given.broken:
                s.decimal(entity, name, **more)
                continue
            s.decimal(entity, f"{name}_raw", **more)
            s.boolean(entity, f"{name}_ok", **more)
            rule(s, entity, name, f"when(r.{name}_ok, r.{name}_raw, r.{name}_raw / 0)")
    s.choice(lab.MEMBER, "u", CHOICES, **more)
    s.boolean(lab.MEMBER, "s", **more)
    s.date(lab.MEMBER, "d", **more)
    rule(s, lab.MEMBER, "v", "r.c")
    rule(s, lab.HOUSE, "team_count", "r.teams.count()")
    formula = case["formula"]
    entity = lab.TEAM if formula.startswith("team:") else lab.MEMBER
    rule(s, entity, "result", formula.removeprefix("team:").strip(), case["results"])
    return build(s)


def rule(s: Scheme, entity: Any, name: str, formula: str, results: str = "") -> None:
    body, _, only = formula.partition(" only ")
    space: dict[str, Any] = dict(WORDS)
    exec(f"def {name}(r, p): return {body}\ndef only(r, p): return {only or True}", space)
    kind, choices = Type.DECIMAL, ()
    if {"yes", "no"} & set(results.split()):
        kind = Type.BOOLEAN
    elif any(A_DAY.fullmatch(word) for word in results.split()):
        kind = Type.DATE
    elif set(CHOICES) & set(results.split()):
        kind, choices = Type.CHOICE, tuple(CHOICES)
    unit = DAY if body.startswith("days_between") else RATIO
    s.rule(
        entity, zh=name, en=name, clause="L.1", type=kind, choices=choices, unit=unit,
        only=space["only"] if only else None,
    )(space[name])  # fmt: skip


def expected(lab: SimpleNamespace, word: str) -> Any:
    if word == "!":
        return lab.Bad("division_by_zero")
    if word in ("yes", "no"):
        return word == "yes"
    if A_DAY.fullmatch(word):
        return dt.date.fromisoformat(word)
    if re.fullmatch(r"-?[\d.]+", word):
        return Fraction(word)
    if word in CHOICES:
        return word
    return ABSENT if word == "absent" else lab.Bad(word)


@pytest.mark.parametrize("interpreter", ["columns", "scalar"])
@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_worked_case(
    lab: SimpleNamespace, tmp_path: Path, case: dict[str, str], interpreter: str
) -> None:
    given = Given(case["inputs"])
    prog = scheme(lab, tmp_path, case, given)
    history = History(
        {lab.PERIOD.earlier(k): {("member", "lab.v"): held} for k, held in given.past.items()}
    )
    got = lab.INTERPRETERS[interpreter](prog, lab.checked(prog, given.data), history)
    entity = "team" if case["formula"].startswith("team:") else "member"
    ids = TEAMS if entity == "team" else MEMBERS
    values = [got[entity, id, "result"] for id in ids]
    assert values == [expected(lab, w) for w in case["results"].split()]


def test_every_node_and_every_kind_of_it_has_a_case(lab: SimpleNamespace, tmp_path: Path) -> None:
    seen: set[str] = set()
    for case in CASES:
        prog = scheme(lab, tmp_path, case, Given(case["inputs"]))
        for node in t.walk(next(r.tree for r in prog.rules if r.name == "result")):
            seen |= {node.op, f"{node.op} {getattr(node, 'kind', '')}".strip()}
    kinds = {
        "gather": "sum mean max min count", "arith": "add sub mul div", "logic": "and or not",
        "extreme": "larger smaller", "band": "marginal bracket",
        "window": "sum mean max min count streak",
    }  # fmt: skip
    wanted = {f"{op} {kind}" for op, words in kinds.items() for kind in words.split()}
    assert not (set(t.NODE_OPS) | wanted) - seen


def test_every_problem_named_on_the_page_has_a_case() -> None:
    text = PAGE.read_text("utf-8").split("## Worked cases")[0]
    named = {w for w in re.findall(r"`([a-z_]+)`", text) if w not in ("where", "among")}
    shown = {word for case in CASES for word in case["results"].split()}
    # a pool without takers belongs to the group: it is told beside the results, not in them
    assert named - shown == {"no_takers"}, named - shown


def test_the_page_names_only_nodes_that_exist() -> None:
    text = PAGE.read_text("utf-8").split("## Node by node")[1].split("### Split")[0]
    rows = [line.split("|")[1].strip() for line in text.splitlines() if line.startswith("| ")][1:]
    assert {row.split()[0] for row in rows} == set(t.NODE_OPS)
