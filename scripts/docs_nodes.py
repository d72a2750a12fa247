"""The table of nodes on docs/nodes.md: each node of the tree, how it is written and how it reads.

What it is called and what it holds come from the node's class; how it is written, from the first
worked case of the page; how it reads, from the words reading of that case.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import fields
from pathlib import Path
from typing import Any

from hpf.core import Scheme, entity, link
from hpf.core.build import build
from hpf.core.formula import nodes as dsl
from hpf.core.formula import symbols
from hpf.core.formula import tree as t
from hpf.core.formula.words import words
from hpf.core.indicators import Type
from hpf.core.units import DAY, RATIO

PAGE = Path(__file__).resolve().parents[1] / "docs" / "nodes.md"
HOUSE = entity("house", "院", "House")
TEAM = entity("team", "组", "Team", link("house", HOUSE, "院", "House", "teams"))
MEMBER = entity(
    "member", "成员", "Member", link("team", TEAM, "组", "Team", "members"),
    link("guest", TEAM, "客组", "Guest team", "guests", optional=True),
)  # fmt: skip
SPACE: dict[str, Any] = {
    **{n: getattr(dsl, n) for n in ("round_to", "when", "larger", "smaller", "rank", "split")},
    **{n: getattr(dsl, n) for n in ("first_day", "last_day", "months_later", "days_between")},
    "first_of": symbols.first_of,
    "exact": symbols.exact,
}
CHOICES = ["east", "west", "north"]


def table(_: str) -> str:
    """One line a node, of a node of several kinds one line a kind, in the order of the code."""
    shown = first_cases()
    lines = ["| node | holds | written | 读作 | in words |", "|---|---|---|---|---|"]
    for op, node in t.CLASSES.items():
        kinds = [name for name in shown if name == op or name.startswith(f"{op} ")]
        if not kinds:
            raise ValueError(f"docs/nodes.md works through no case of '{op}'")
        for kind in kinds:
            zh, en = _said(shown[kind])
            held = ", ".join(f.name for f in fields(node) if f.name != "kind")
            cells = [kind, held, f"`{shown[kind]}`", zh, en]
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    return "\n".join(lines) + "\n"


def first_cases() -> dict[str, str]:
    """node (with its kind) -> the formula of the first worked case."""
    text = PAGE.read_text("utf-8").split("## Worked cases")[1]
    found: dict[str, str] = {}
    for line in text.splitlines():
        cells = [c.strip() for c in line.replace("\\|", "\0").strip().strip("|").split("|")]
        if len(cells) == 5 and cells[2].startswith("`"):
            found.setdefault(_kind(cells[0], cells[2]), cells[2].strip("`").replace("\0", "|"))
    return found


def _kind(node: str, formula: str) -> str:
    """Gatherings over members and over periods name their kind in the formula alone."""
    if node != "window" and node != "gather":
        return node
    kind = re.findall(r"\b(sum|mean|max|min|count|streak)\(", formula)
    return f"{node} {kind[-1]}" if kind else node


def _said(formula: str) -> tuple[str, str]:
    """The formula in words, Chinese and English."""
    with tempfile.TemporaryDirectory() as folder:
        program = build(_scheme(Path(folder), formula))
    rule = next(r for r in program.rules if r.name == "result")
    return words(program, rule, "zh"), words(program, rule, "en")


def _scheme(folder: Path, formula: str) -> Scheme:
    parameters = PAGE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    nested = "".join(f"  {line}\n" for line in parameters.splitlines())
    (folder / "parameters.yaml").write_text(f"lab:\n{nested}", "utf-8")
    s = Scheme("lab", zh="试", en="Lab", document="L", here=str(folder / "lab.py"))
    for one in (HOUSE, TEAM, MEMBER):
        s.entity(one)
    for name, zh, en in (("pool", "总额", "Pool"), ("k", "系数", "K")):
        s.decimal(TEAM, name, zh=zh, en=en)
    for name in "abc":
        s.decimal(MEMBER, name, zh=name, en=name)
    s.choice(MEMBER, "u", CHOICES, zh="院区", en="Site")
    s.boolean(MEMBER, "s", zh="在岗", en="Present")
    s.date(MEMBER, "d", zh="到岗日", en="First day")
    _rule(s, MEMBER, "v", "r.c", "上期数", "V")
    _rule(s, HOUSE, "team_count", "r.teams.count()", "组数", "Teams")
    of = TEAM if formula.startswith("team:") else MEMBER
    _rule(s, of, "result", formula.removeprefix("team:").strip(), "得数", "Result")
    return s


def _rule(s: Scheme, of: Any, name: str, formula: str, zh: str, en: str) -> None:
    body, _, only = formula.partition(" only ")
    space = dict(SPACE)
    exec(f"def {name}(r, p): return {body}\ndef only(r, p): return {only or True}", space)
    unit, kind, choices = RATIO, Type.DECIMAL, ()
    if body.startswith(("r.d ", "r.s ", "r.a < ", "r.u ==", "~")) or body == "r.s":
        kind = Type.BOOLEAN
    elif body.startswith("months_later"):
        kind = Type.DATE
    elif body.startswith("days_between"):
        unit = DAY
    s.rule(
        of, zh=zh, en=en, clause="L.1", type=kind, choices=choices, unit=unit,
        only=space["only"] if only else None,
    )(space[name])  # fmt: skip
