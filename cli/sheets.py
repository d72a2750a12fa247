"""Results as tables, one an entity: people down, rules across; from a run or from its JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hpf.core.errors import Text
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import Result

PAY = ("pay", "total")
SheetRow = tuple[str, str, tuple[Result | None, ...]]  # id, name, values


@dataclass(frozen=True, slots=True)
class Column:
    """One rule's results. unit: in words, both languages; '' for a ratio, a choice, a yes/no."""

    rule: str
    names: Text
    kind: str
    unit: Text
    numeric: bool
    clause: str

    @property
    def pay(self) -> bool:
        """Whether its figures are money that somebody receives."""
        return self.kind in PAY


@dataclass(frozen=True, slots=True)
class Sheet:
    """The results of one entity; rows: (id, name, values in the order of the columns)."""

    entity: str
    names: Text
    columns: tuple[Column, ...]
    rows: tuple[SheetRow, ...]

    @property
    def pays(self) -> bool:
        """Whether any column is pay."""
        return any(c.pay for c in self.columns)

    def total(self, index: int) -> Decimal | None:
        """The exact sum of a column of pay, else None."""
        if not self.columns[index].pay:
            return None
        found = [v for _, _, values in self.rows if isinstance(v := values[index], Decimal)]
        return sum(found, Decimal(0))

    def only(self, wanted: Iterable[Column]) -> Sheet:
        """The same with those columns, and without rows that have nothing in them."""
        kept = set(wanted)
        keep = [i for i, c in enumerate(self.columns) if c in kept]
        rows = ((id, name, tuple(v[i] for i in keep)) for id, name, v in self.rows)
        return Sheet(
            self.entity,
            self.names,
            tuple(self.columns[i] for i in keep),
            tuple(r for r in rows if any(v is not None for v in r[2])),
        )


def of_run(run: Run) -> list[Sheet]:
    """Every result of a run; rules in the order of the document."""
    sheets = []
    for entity, columns in run.evaluated.values.items():
        rules = sorted((r for r in run.program.rules if r.entity == entity), key=lambda r: r.order)
        rows = run.checked.rows[entity]
        values = zip(*(columns[r.qualified].to_list() for r in rules), strict=True)
        heads = tuple(
            Column(
                r.name,
                r.names,
                r.kind,
                _unit(str(r.unit)) if r.type.is_number else Text("", ""),
                r.type.is_number,
                ", ".join(r.clauses),
            )
            for r in rules
        )
        names = [n or "" for n in rows.names.to_list()]
        ids = rows.ids.to_list()
        body = tuple(
            (id, "" if name == id else name, tuple(row))
            for id, name, row in zip(ids, names, values, strict=True)
        )
        if heads and body:
            sheets.append(Sheet(entity, run.program.entities[entity].names, heads, body))
    return sheets


def of_document(document: Mapping[str, Any], program: Program | None) -> list[Sheet]:
    """The same from a file of results; without the scheme's plugin, codes stand for names."""
    by_entity: dict[str, dict[str, dict[str, Result]]] = {}
    heads: dict[str, dict[str, Column]] = {}
    for line in document["results"]:
        entity, rule = str(line["entity"]), str(line["rule"])
        numeric = line["value_type"] == "decimal"
        if rule not in heads.setdefault(entity, {}):
            unit = _unit(str(line["unit"]))
            known = program.rule(entity, rule) if program else None
            names = known.names if known else Text(rule, rule)
            heads[entity][rule] = Column(
                rule, names, str(line["kind"]), unit, numeric, str(line["clause"])
            )
        row = by_entity.setdefault(entity, {}).setdefault(str(line["id"]), {})
        row[rule] = _read(line["value_type"], line["value"])
    sheets = []
    for entity, rows in by_entity.items():
        columns = tuple(_ordered(heads[entity].values(), entity, program))
        declared = program.entities.get(entity) if program else None
        body = tuple(
            (id, "", tuple(values.get(c.rule) for c in columns)) for id, values in rows.items()
        )
        sheets.append(
            Sheet(entity, declared.names if declared else Text(entity, entity), columns, body)
        )
    return sheets


def _ordered(columns: Iterable[Column], entity: str, program: Program | None) -> list[Column]:
    found = list(columns)
    order = {r.name: r.order for r in program.rules if r.entity == entity} if program else {}
    return sorted(found, key=lambda c: order.get(c.rule, len(order)))


def _read(kind: str, value: Any) -> Result:
    if kind == "decimal":
        return Decimal(value)
    if kind == "date":
        return dt.date.fromisoformat(value)
    return bool(value) if kind == "boolean" else str(value)


def _unit(code: str) -> Text:
    from hpf.core.units import unit

    try:
        known = unit(code)
    except ValueError:  # a unit that only an absent plugin declares
        return Text(code, code)
    return Text(known.say("zh"), known.say("en"))


def pay_tables(sheets: Sequence[Sheet]) -> list[Sheet]:
    """What people receive; where a scheme pays nothing, its scores and grades."""
    paid = [s.only(c for c in s.columns if c.pay) for s in sheets if s.pays]
    if paid:
        # staff first; then the longer lists, whose figures the shorter ones sum up
        return sorted(paid, key=lambda s: (s.entity != "staff", -len(s.rows)))
    scored = [s.only([c for c in s.columns if c.kind in ("score", "grade")]) for s in sheets]
    return [s for s in scored if s.rows and s.columns]
