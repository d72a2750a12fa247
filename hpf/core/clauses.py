"""Clauses: the numbered provisions of a document, and what covers each of them.

`clauses.yaml` lists every clause id of the document with its kind, its meaning in our own words
and, unless rules name it, what covers it instead: a workflow step, a definition, or nothing with
a reason. A clause that computes, bands or has a consequence wants a rule; any other cover of it
needs a written reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpf.core.errors import (
    Collector,
    Problem,
    SchemeError,
    Text,
    both_languages,
    did_you_mean,
    told,
    unknown,
)
from hpf.core.parameter_files import read_yaml

KINDS = ("calc", "band", "cons", "data", "flow", "text")
COVERS = ("rule", "workflow", "definition", "not_modelled")
NEED_A_RULE = ("calc", "band", "cons")
_DIGITS = str.maketrans("一二三四五六七八九①②③④⑤⑥⑦⑧⑨", "123456789123456789")


def alias(clause_id: str) -> str:
    """The ASCII alias: 一→1, ①→1; `S4.7-五.HN.4` is `S4.7-5.HN.4` in code."""
    return clause_id.translate(_DIGITS)


@dataclass(frozen=True, slots=True)
class Clause:
    """One provision.

    id: the catalogue's (ASCII alias); kind: calc, band, cons, data, flow, text.
    meaning: in our own words; covered: rule, workflow, definition, not_modelled.
    reason: why a clause has no rule; scheme: which scheme of the folder it belongs to.
    """

    id: str
    kind: str
    meaning: Text
    covered: str
    reason: str = ""
    scheme: str = ""


def read_clauses(path: Path) -> dict[str, Clause]:
    """Read a clauses.yaml; SchemeError with every mistake in it."""
    bad = Collector()
    found: dict[str, Clause] = {}
    data = read_yaml(path)
    for number, entry in enumerate(data or (), 1):
        place = f"{path.name} #{number}"
        try:
            clause = _clause(entry)
        except (ValueError, KeyError, TypeError) as error:
            bad.add(Problem("clause.bad", *told(error), place=place))
            continue
        if clause.id in found:
            message = Text(f"条款 {clause.id} 写了两遍", f"clause {clause.id} stands twice")
            cure = Text("请改其中一个的编号", "Give one of them its own id")
            bad.add(Problem("clause.twice", message, cure, place))
        found[clause.id] = clause
    bad.stop(SchemeError)
    return found


def _clause(entry: Mapping[str, Any]) -> Clause:
    known = {"id", "kind", "meaning", "covered", "reason", "scheme"}
    for extra in set(entry) - known:
        raise unknown("这一项", "entry", extra, known)
    kind, covered = str(entry["kind"]), str(entry.get("covered", "rule"))
    for word, options in ((kind, KINDS), (covered, COVERS)):
        if word not in options:
            raise unknown("种类", "kind", word, options)
    meaning = entry["meaning"]
    text = Text(meaning, meaning) if isinstance(meaning, str) else both_languages(meaning)
    return Clause(
        alias(str(entry["id"])),
        kind,
        text,
        covered,
        str(entry.get("reason", "")),
        str(entry.get("scheme", "")),
    )


def uncovered(clauses: Mapping[str, Clause], named: Iterable[str]) -> list[Problem]:
    """Clauses nobody covers, and rules that name clauses nobody listed.

    named: the clause ids that rules (of all schemes of the folder) name.
    """
    rules = {alias(n) for n in named}
    problems = []
    for clause in clauses.values():
        by_rule = clause.id in rules
        where = ("clauses.yaml", "", "", clause.id)
        if clause.covered == "rule" and not by_rule:
            problems.append(
                Problem(
                    "clause.uncovered",
                    Text(f"条款 {clause.id} 没有规则", f"no rule names clause {clause.id}"),
                    Text(
                        "请写规则，或在 clauses.yaml 写 covered 与 reason",
                        "Write the rule, or `covered` and `reason` in clauses.yaml",
                    ),
                    *where,
                )
            )
        elif clause.covered != "rule" and by_rule:
            message = Text(
                f"条款 {clause.id} 标为 {clause.covered}，却有规则",
                f"clause {clause.id} is marked {clause.covered}, yet a rule names it",
            )
            cure = Text("请删去 covered，或改规则的 clause=", "Drop `covered`, or mend clause=")
            problems.append(Problem("clause.cover", message, cure, *where))
        elif (
            clause.covered != "rule"
            and not clause.reason
            and (clause.kind in NEED_A_RULE or clause.covered == "not_modelled")
        ):
            message = Text(
                f"条款 {clause.id}({clause.kind})不由规则实现，须写明理由",
                f"clause {clause.id} ({clause.kind}) has no rule and gives no reason",
            )
            cure = Text("请写 reason，说明为何不计算", "Write `reason`: why nothing is computed")
            problems.append(Problem("clause.reason", message, cure, *where))
    for name in sorted(rules - set(clauses)):
        near = did_you_mean(name, clauses)
        message = Text(f"clauses.yaml 没有条款 {name}", f"clauses.yaml has no clause {name}")
        problems.append(Problem("clause.unknown", message, near))
    return problems
