"""The seal of a run: digests of facts, parameters, formulas and results, and one over them all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from hpf.core.facts import Checked
from hpf.core.parameters import ScaleValue
from hpf.core.program import Program
from hpf.core.results import Evaluated, plain
from hpf.core.settings import Resolved
from hpf.core.values import History, PastColumn, Result

ALGORITHM = "hpf-seal-1/sha256"


def seal(
    program: Program,
    checked: Checked,
    parameters: Mapping[str, Resolved],
    evaluated: Evaluated,
    history: History,
) -> dict[str, str]:
    """Digests in hexadecimal; the same facts in another order or file give the same seal."""
    parts = {
        "facts": _hash(_facts(program, checked)),
        "parameters": _hash(parameter_lines(parameters)),
        "history": _hash(_history(history)),
        "formulas": program.formula_digest(),
        "results": _hash(_results(checked, evaluated)),
    }
    head = {"scheme": program.code, "version": program.version, "period": str(checked.period)}
    whole = hashlib.sha256(_json({**head, **parts}).encode()).hexdigest()
    return {"algorithm": ALGORITHM, **parts, "seal": whole}


def _hash(lines: list[str]) -> str:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode())
        digest.update(b"\n")
    return digest.hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _texts(column: pl.Series) -> pl.Series:
    """A column as text: decimals without trailing zeros, null as ∅."""
    if isinstance(column.dtype, pl.Decimal):
        text = column.cast(pl.String)
        if column.dtype.scale:
            text = text.str.strip_chars_end("0").str.strip_chars_end(".")
        column = text.replace("-0", "0")
    return column.cast(pl.String).fill_null("∅")


def _digest_column(ids: pl.Series, column: pl.Series) -> str:
    # JSON per cell keeps neighbours apart whatever signs their texts hold
    joined = pl.DataFrame({"i": ids, "v": _texts(column)}).select(
        pl.struct("i", "v").struct.json_encode()
    )
    return hashlib.sha256("\n".join(joined.to_series().to_list()).encode()).hexdigest()


def _facts(program: Program, checked: Checked) -> list[str]:
    lines = []
    for entity, rows in sorted(checked.rows.items()):
        for code, column in sorted(rows.values.items()):
            lines.append(f"{entity}.{code} {_digest_column(rows.ids, column)}")
        for name, at in sorted(rows.links.items()):
            to = next(k.to for k in program.entities[entity].links if k.name == name)
            ids = checked.rows[to].ids.gather(at)
            lines.append(f"{entity}->{name} {_digest_column(rows.ids, ids)}")
    return lines


def _results(checked: Checked, evaluated: Evaluated) -> list[str]:
    lines = []
    for entity, columns in sorted(evaluated.values.items()):
        for name, column in sorted(columns.items()):
            lines.append(f"{entity}.{name} {_digest_column(checked.rows[entity].ids, column)}")
    return lines


def parameter_lines(parameters: Mapping[str, Resolved]) -> list[str]:
    """One line a parameter: its value in force, since when and from whom."""
    return [
        _json([n, _value(r.value), r.dated.since.isoformat(), r.dated.origin])
        for n, r in sorted(parameters.items())
    ]


def _value(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {k: _value(v) for k, v in sorted(value.items())}
    if isinstance(value, ScaleValue):
        return [[str(b.low), b.low_in, str(b.high), b.high_in, str(b.rate)] for b in value.bands]
    return str(value)


def _history(history: History) -> list[str]:
    lines = []
    for period, results in sorted(history.periods.items()):
        for (entity, rule), by_id in sorted(results.items()):
            lines.append(f"{period} {entity} {rule} {_digest_column(*_as_columns(by_id))}")
    return lines


def _as_columns(by_id: Mapping[str, Result]) -> tuple[pl.Series, pl.Series]:
    """Ids in order and their values: the same text however the history is kept."""
    if isinstance(by_id, PastColumn):
        return by_id.ids, by_id.values_column
    ids = sorted(by_id)
    words = [plain(by_id[i]) for i in ids]
    texts = [str(w).lower() if isinstance(w, bool) else w for w in words]
    return pl.Series("i", ids, dtype=pl.String), pl.Series("v", texts, dtype=pl.String)
