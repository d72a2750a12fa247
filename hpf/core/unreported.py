"""Blanks of a held unit that are no zeros.

Where an indicator declares that a blank means zero, that presumes a report that was made. A row of
a held unit that lacks a required value, or has no value at all, is no such report: the unit's own
results that rest on its blanks are held as well. Others count the zero, which whoever imported the
facts has accepted; a column of a complete row stays what its indicator says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from hpf.core.errors import Problem, Text
from hpf.core.facts import Checked, Table
from hpf.core.indicators import Blank
from hpf.core.program import Program
from hpf.core.spreading import Key


def unreported(
    program: Program,
    checked: Checked,
    held: Mapping[str, frozenset[int]],
    missing: Mapping[Key, set[int]],
) -> dict[Key, set[int]]:
    """(entity, code) -> held rows whose blank counts as a declared zero, though nobody has reported
    the row whole. What another scheme's sealed result fills is known.

    held: entity -> row numbers; missing: held rows that lack a required value.
    """
    found: dict[Key, set[int]] = {}
    for entity, rows in sorted(held.items()):
        table, origin = checked.rows[entity].table, checked.rows[entity].origin
        indicators = tuple(program.of(entity))
        if table is None or origin is None or not indicators:
            continue
        empty = {i.code: _empty(table, i.code, origin, rows) for i in indicators}
        lacking = rows.intersection(*empty.values())
        lacking = lacking.union(*(missing.get((entity, code), ()) for code in empty))
        for one in indicators:
            mine = lacking & empty[one.code]
            if mine and one.blank is Blank.ZERO and one.code not in table.bound:
                found[entity, one.code] = set(mine)
    return found


def _empty(table: Table, code: str, origin: pl.Series, rows: frozenset[int]) -> frozenset[int]:
    """Rows in which a column has no value; all of them where there is no such column."""
    if code not in table.frame.columns:
        return rows
    given = table.frame[code]
    return frozenset(n for n in rows if given[origin[n]] is None)


def notices(program: Program, blank: Mapping[Key, set[int]]) -> Iterator[Problem]:
    """That blanks are no zeros here, told once for all of a column."""
    for (entity, code), rows in blank.items():
        indicator = program.indicator(entity, code)
        names = indicator.names if indicator else Text(code, code)
        yield Problem(
            "hold.blank",
            Text(
                f"暂缓：{names.zh}({code})有 {len(rows)} 行没有报；"
                "本单位用到它的结果不按零算，先空着",
                f"held back: {names.en} ('{code}') is not reported in {len(rows)} rows; the unit's "
                "own results that use it wait, and are not computed with a zero",
            ),
            severity="notice",
            entity=entity,
            name=code,
        )
