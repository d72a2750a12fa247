"""A choice between ways of computing, each worked out only on the rows that go its way.

`when(a, x, when(b, y, z))` as one expression computes x, y and z for every row and then throws
most of them away. Where there are many rows and the ways are products and quotients, that is
nearly all of the work; here the rows are parted first. A way sees only its own rows, so their
bounds are its bounds, and guards that no row of it needs are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from hpf.core.formula import tree as t
from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.col import Col
from hpf.core.formula.columns.rowwise import Rowwise
from hpf.core.formula.columns.store import Frame, Stored

FEW = 5_000  # rows below which parting them costs more than it saves


@dataclass(frozen=True, slots=True)
class Ways:
    """condition: for whom (None: all); ways: (condition, body), the first that holds; the last has
    none."""

    condition: t.Node | None
    ways: tuple[tuple[t.Node | None, t.Node], ...]


def ways_of(tree: t.Node) -> Ways | None:
    """The ways of a tree that is worth parting: at least two of them multiply or divide."""
    condition, node = (tree.condition, tree.body) if isinstance(tree, t.Only) else (None, tree)
    found: list[tuple[t.Node | None, t.Node]] = []
    while isinstance(node, t.When):
        found.append((node.condition, node.then))
        node = node.other
    found.append((None, node))
    costly = sum(any(_costs(n) for n in t.walk(body)) for _, body in found)
    return Ways(condition, tuple(found)) if costly > 1 else None


def _costs(node: t.Node) -> bool:
    return isinstance(node, t.Arith) and node.kind in ("mul", "div")


def work_out(rowwise: Rowwise, frame: Frame, entity: str, key: str, tree: t.Node) -> Stored | None:
    """Compute and keep the column `key`, way by way; None where the rows cannot be parted.

    They cannot where they are few, or where a condition is undecided for some row.
    """
    found = ways_of(tree) if len(frame.rows) >= FEW else None
    where = _where(rowwise, frame, entity, found) if found else None
    if found is None or where is None:
        return None
    rows = _rows(where, len(found.ways))
    parts = [frame.some(at) for at in rows]
    cols = [
        rowwise.on(part).compile(entity, body)
        for part, (_, body) in zip(parts, found.ways, strict=True)
    ]
    if not all(col.number for col in cols):
        return None
    places = c.common(*cols)
    plans = [
        part.plan([c.at_scale(col, places).cast(c.dtype(places)).alias("v"), _mask(col)], len(at))
        for part, col, at in zip(parts, cols, rows, strict=True)
    ]
    together = pl.concat(pl.collect_all(plans))
    at = _positions(rows, len(where))
    value, bad = together["v"].gather(at), together["x"].gather(at).fill_null(False)
    whole = rowwise.compile(entity, tree)  # asked for the error of a row alone
    col = Col(
        pl.lit(None), None, None, True, places, max(x.hi for x in cols), 0.0,
        max(x.err for x in cols), whole.error,
    )  # fmt: skip
    return frame.keep(key, col, value, bad)


def _mask(col: Col) -> pl.Expr:
    bad = pl.lit(False) if col.bad is None else c.sure(col.bad)
    return bad.alias("x")


def _where(rowwise: Rowwise, frame: Frame, entity: str, found: Ways) -> pl.Series | None:
    """The number of the way that each row goes, null for none; None where one is undecided."""
    conditions = [rowwise.compile(entity, node) for node in _conditions(found)]
    if any(x.absent is not None or x.bad is not None for x in conditions):
        return None
    values = [x.value for x in conditions]
    whom = values.pop(0) if found.condition is not None else None
    way: pl.Expr = pl.lit(len(values), dtype=pl.UInt8)
    for number, condition in reversed(list(enumerate(values))):
        way = pl.when(condition).then(pl.lit(number, dtype=pl.UInt8)).otherwise(way)
    if whom is not None:
        way = pl.when(whom).then(way)
    return frame.select([way.alias("way")], len(frame.rows))["way"]


def _conditions(found: Ways) -> Iterator[t.Node]:
    if found.condition is not None:
        yield found.condition
    yield from (condition for condition, _ in found.ways if condition is not None)


def _rows(where: pl.Series, ways: int) -> list[pl.Series]:
    """The numbers of the rows that go each way."""
    way = pl.col(where.name)
    plans = [where.to_frame().lazy().select((way == n).arg_true()) for n in range(ways)]
    return [found.to_series() for found in pl.collect_all(plans)]


def _positions(rows: list[pl.Series], height: int) -> pl.Series:
    """Where each row stands once the ways' rows are put one after the other; null: nowhere."""
    order = pl.concat(rows)
    nowhere = pl.repeat(None, height, dtype=pl.UInt32, eager=True)
    return nowhere.scatter(order, pl.int_range(0, len(order), dtype=pl.UInt32, eager=True))
