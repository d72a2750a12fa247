"""Results of a run: what was computed for whom, ready to be written, compared and sealed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from hpf.core.errors import Problem
from hpf.core.facts import Checked
from hpf.core.indicators import Type
from hpf.core.periods import Period
from hpf.core.program import Program, Rule
from hpf.core.settings import Resolved
from hpf.core.values import NO_HISTORY, History, Result


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What interpreter one yields, rows in the order of `Checked.rows`.

    values: entity -> qualified rule -> column, null where absent or a problem, numbers as
    Decimal(38, 12) snapped; bad: the same keys, only for rules with at least one problem: True
    where it is one. orphans: (qualified rule, group entity, group row) of pools without takers.
    """

    values: Mapping[str, Mapping[str, pl.Series]]
    bad: Mapping[str, Mapping[str, pl.Series]]
    orphans: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One result: the contract's row."""

    entity: str
    id: str
    rule: Rule
    value: Result


@dataclass(frozen=True, slots=True)
class Run:
    """One calculation of one scheme: everything that went in, everything that came out."""

    program: Program
    period: Period
    checked: Checked
    parameters: Mapping[str, Resolved]
    evaluated: Evaluated
    problems: tuple[Problem, ...]
    seal: Mapping[str, str]
    history: History = NO_HISTORY
    profile: str = "full"

    def value(self, entity: str, id: str, rule: str) -> Result | None:
        """One result by (short or qualified) rule name; None if absent. KeyError: unknown row."""
        rows = self.checked.rows[entity]
        index = rows.row_of(id)
        if index is None:
            raise KeyError(f"{entity}:{id}")
        name = f"{self.program.code}.{rule.rpartition('.')[2]}"
        found: Result | None = self.evaluated.values[entity][name][index]
        return found

    def lines(self) -> Iterator[Line]:
        """Every result that is not absent, by entity, id and rule name."""
        for entity in sorted(self.evaluated.values):
            rows = self.checked.rows[entity]
            columns = self.evaluated.values[entity]
            rules = sorted(
                (r for r in self.program.rules if r.entity == entity), key=lambda r: r.name
            )
            ready = [(r, columns[r.qualified].to_list()) for r in rules]
            for index, id in enumerate(rows.ids.to_list()):
                for rule, values in ready:
                    if values[index] is not None:
                        yield Line(entity, id, rule, values[index])


def plain(value: Result) -> str | bool:
    """The written form: plain decimal notation, at most 12 places, no trailing zeros."""
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal):
        text = f"{value:f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return "0" if text in ("-0", "") else text
    return value.isoformat() if isinstance(value, dt.date) else value


def written(results: Iterable[object]) -> str:
    """SHA-256 over the lines of a result document: whoever reads them again can tell a change.

    The seal's own digest of results covers absent ones too, which no document holds.
    """
    digest = hashlib.sha256()
    for line in results:
        text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def as_json(run: Run) -> dict[str, object]:
    """The contract's result document; its seal is the run's, and `written` over the results."""
    results = [_line(line) for line in run.lines()]
    return {
        "scheme": run.program.code,
        "scheme_version": run.program.version,
        "period": str(run.period),
        "profile": run.profile,
        "seal": {**run.seal, "written": written(results)},
        "results": results,
        "problems": [p.as_json() for p in run.problems],
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "entity": line.entity,
        "id": line.id,
        "rule": line.rule.name,
        "kind": line.rule.kind,
        "value_type": value_type(line.rule),
        "unit": str(line.rule.unit) if line.rule.type.is_number else "",
        "value": plain(line.value),
        "clause": ", ".join(line.rule.clauses),
    }


def value_type(rule: Rule) -> str:
    """decimal, choice, date or boolean."""
    return "decimal" if rule.type.is_number else Type(rule.type).value
