"""A run's results in the database: columns of one rule each, number by number, exactly.

A result is (run, rule, row); what is absent has no row, a problem has one without a value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from hpf.core.facts import Checked
from hpf.core.faultpoints import reach
from hpf.core.indicators import Type
from hpf.core.program import Program, Rule
from hpf.core.results import Evaluated, value_type
from hpf.core.values import PastColumn
from hpf.storage.bulk import insert_many, read_many
from hpf.storage.models import RunRow, RunRule, StoredResult, StoredRun
from hpf.storage.texts import from_texts, kind_of_type, to_texts
from hpf.storage.types import canonical

_NUMBER = pl.Decimal(38, 12)


def write_results(
    session: Session, run: StoredRun, program: Program, checked: Checked, evaluated: Evaluated
) -> None:
    """Write a run's rules, rows and results, in the session's transaction."""
    entities = sorted(checked.rows)
    starts: dict[str, int] = {}
    at = 1
    for entity in entities:
        starts[entity] = at
        at += len(checked.rows[entity])
    rules = {(r.entity, r.qualified): n for n, r in enumerate(program.rules, 1)}
    insert_many(
        session,
        "run_rules",
        ("run_id", "rule", "entity", "name", "kind", "type", "unit", "clauses", "name_zh",
         "name_en"),
        (
            (run.id, n, r.entity, r.name, r.kind, value_type(r),
             str(r.unit) if r.type.is_number else "", canonical(list(r.clauses)), r.names.zh,
             r.names.en)
            for n, r in enumerate(program.rules, 1)
        ),
    )  # fmt: skip
    insert_many(
        session,
        "run_rows",
        ("run_id", "row", "hospital_id", "entity", "id", "name"),
        _rows(run, checked, entities, starts),
    )
    insert_many(
        session,
        "results",
        ("run_id", "rule", "row", "value", "text"),
        _results(run, program, evaluated, rules, starts),
    )


def _rows(
    run: StoredRun, checked: Checked, entities: Sequence[str], starts: Mapping[str, int]
) -> Iterator[tuple[Any, ...]]:
    for entity in entities:
        rows = checked.rows[entity]
        pairs = zip(rows.ids.to_list(), rows.names.to_list(), strict=True)
        for n, (id, name) in enumerate(pairs, starts[entity]):
            yield run.id, n, run.hospital_id, entity, id, name or ""


def _results(
    run: StoredRun,
    program: Program,
    evaluated: Evaluated,
    rules: Mapping[tuple[str, str], int],
    starts: Mapping[str, int],
) -> Iterator[tuple[Any, ...]]:
    for rule in program.rules:
        column = evaluated.values[rule.entity][rule.qualified]
        mask = evaluated.bad.get(rule.entity, {}).get(rule.qualified)
        number, start = rules[rule.entity, rule.qualified], starts[rule.entity]
        texts = to_texts(column).to_list()
        bad = [False] * len(texts) if mask is None else mask.to_list()
        numeric = rule.type.is_number
        for n, (text, is_bad) in enumerate(zip(texts, bad, strict=True), start):
            if text is not None or is_bad:
                yield (run.id, number, n, text if numeric else None, None if numeric else text)
        reach("run.results")


def read_results(session: Session, run: int, program: Program, checked: Checked) -> Evaluated:
    """A run's results as they are stored, in the order of the rows given."""
    places = _places(session, run, checked)
    found = _stored(session, run)
    values: dict[str, dict[str, pl.Series]] = {}
    bad: dict[str, dict[str, pl.Series]] = {}
    numbers = {(e, n): k for k, e, n, _ in _rules(session, run)}
    for rule in program.rules:
        at = places[rule.entity]
        held = found.get(numbers.get((rule.entity, rule.name), 0), _NOTHING)
        joined = at.join(held, on="row", how="left", maintain_order="left")
        column = joined["value"]
        values.setdefault(rule.entity, {})[rule.qualified] = _typed(column, rule)
        mask = joined["there"].fill_null(False) & column.is_null()
        if mask.any():
            bad.setdefault(rule.entity, {})[rule.qualified] = mask
    return Evaluated(values, bad)


_NOTHING = pl.DataFrame(schema={"row": pl.Int64, "value": pl.String, "there": pl.Boolean})


def _typed(column: pl.Series, rule: Rule) -> pl.Series:
    kind = kind_of_type(rule.type)
    found = from_texts(column, kind, f"{rule.entity}.{rule.name}")
    return found.cast(_NUMBER) if kind == "decimal" else found


def _places(session: Session, run: int, checked: Checked) -> dict[str, pl.DataFrame]:
    rows = session.execute(
        select(RunRow.entity, RunRow.id, RunRow.row).where(RunRow.run_id == run)
    ).all()
    by: dict[str, dict[str, int]] = {}
    for entity, id, row in rows:
        by.setdefault(entity, {})[id] = row
    found = {}
    for entity, held in checked.rows.items():
        known = by.get(entity, {})
        at = [known.get(id) for id in held.ids.to_list()]
        found[entity] = pl.DataFrame({"row": pl.Series(at, dtype=pl.Int64)})
    return found


def _rules(session: Session, run: int) -> Sequence[tuple[int, str, str, str]]:
    rows = session.execute(
        select(RunRule.rule, RunRule.entity, RunRule.name, RunRule.type).where(
            RunRule.run_id == run
        )
    )
    return [(rule, entity, name, type) for rule, entity, name, type in rows]


def _stored(
    session: Session, run: int, rules: Sequence[int] | None = None
) -> dict[int, pl.DataFrame]:
    """rule number -> row, value as text, there (always true): as the database holds them."""
    said = func.coalesce(cast(StoredResult.value, Text), StoredResult.text)
    query = select(StoredResult.rule, StoredResult.row, said).where(StoredResult.run_id == run)
    if rules is not None:
        query = query.where(StoredResult.rule.in_(rules))
    columns = {"rule": pl.Int64, "row": pl.Int64, "value": pl.String}
    frame = read_many(session, query, columns).with_columns(there=pl.lit(True))
    parts = frame.partition_by("rule", as_dict=True, include_key=False)
    return {key[0]: part for key, part in parts.items()}


def past_columns(
    session: Session, run: int, wanted: Sequence[tuple[str, str]], scheme: str
) -> dict[tuple[str, str], PastColumn]:
    """Results of some rules (entity, short name) of a run, as rules that look back read them."""
    known = {(entity, name): (rule, kind) for rule, entity, name, kind in _rules(session, run)}
    asked = {key: known[key] for key in wanted if key in known}
    if not asked:
        return {}
    stored = _stored(session, run, [rule for rule, _ in asked.values()])
    entities = {entity for entity, _ in asked}
    names = select(RunRow.row, RunRow.id).where(RunRow.run_id == run, RunRow.entity.in_(entities))
    ids = read_many(session, names, {"row": pl.Int64, "id": pl.String})
    found = {}
    for (entity, name), (rule, kind) in asked.items():
        held = stored.get(rule, _NOTHING).filter(pl.col("value").is_not_null())
        joined = held.join(ids, on="row", how="left")
        column = from_texts(joined["value"], _KINDS.get(kind, "text"), f"{entity}.{name}")
        if kind in ("decimal", "integer"):
            column = column.cast(_NUMBER)
        found[entity, f"{scheme}.{name}"] = PastColumn(joined["id"], column)
    return found


_KINDS = {"decimal": "decimal", "integer": "decimal", Type.BOOLEAN: "boolean", Type.DATE: "date"}
