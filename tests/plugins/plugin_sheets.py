"""Sample tables to be spoilt, and what is then told of them."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

from hpf.core.errors import FactsError, Problem
from hpf.core.results import Run

Row = dict[str, str]


def rewrite(folder: Path, entity: str, change: Callable[[list[Row]], object]) -> None:
    """Change a table's rows in place, the row of names among them; it may gain columns."""
    path = folder / f"{entity}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    change(rows)
    columns = dict.fromkeys(column for row in rows for column in row)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(columns), restval="")
        out.writeheader()
        out.writerows(rows)


def put(folder: Path, entity: str, id: str, **cells: str) -> None:
    """Write other values into cells of a row."""

    def change(rows: list[Row]) -> None:
        (row,) = [r for r in rows if r["id"] == id]
        row.update(cells)

    rewrite(folder, entity, change)


def add(folder: Path, entity: str, id: str, **cells: str) -> None:
    """One more row at the end, also under an id that stands there already."""
    rewrite(folder, entity, lambda rows: rows.append({"id": id, **cells}))


def drop(folder: Path, entity: str, id: str) -> None:
    """Without a row."""
    rewrite(folder, entity, lambda rows: rows.remove(next(r for r in rows if r["id"] == id)))


def found_wrong(computed: Callable[[], Run]) -> list[Problem]:
    """The problems of a run, or of facts that allow none; each says both in both languages."""
    try:
        found = list(computed().problems)
    except FactsError as error:
        found = list(error.problems)
    for problem in found:
        for text in (problem.message, problem.cure):
            assert text.zh
            assert text.en
    return found
