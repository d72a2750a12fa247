"""A province end to end: hospitals × indicators × years scored and ranked, against Polars by hand.

The scheme is the county plugin's own, found as any plugin is; its generator makes the province.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import polars as pl

from benchmarks import measure, province_by_hand
from benchmarks.sizes import Sizes
from benchmarks.table import Line, compared, seconds
from hpf.core import Period
from hpf.core.checking import check
from hpf.core.config import HospitalConfig
from hpf.core.errors import HpfError
from hpf.core.facts import Facts, Table
from hpf.core.formula.columns import evaluate
from hpf.core.formula.tree import Own, Past, walk
from hpf.core.indicators import Type
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.program import Program
from hpf.core.results import Evaluated
from hpf.core.settings import Resolved, resolve
from hpf.core.values import History, PastColumn

SCHEME = "county_public"
YEARS = (2024, 2025, 2026)
LIMIT = 1.5  # at most this multiple of hand-written Polars

Frames = Mapping[str, pl.DataFrame]  # by entity


@dataclass(frozen=True, slots=True)
class Province:
    """The scheme, what the sample county decided for it, and the facts of each year."""

    program: Program
    known: Mapping[str, Resolved]
    years: Mapping[Period, Frames]


@cache
def program() -> tuple[Program, Mapping[str, Resolved]]:
    """The county's scheme with its sample configuration."""
    programs = load_programs(load_plugins())
    of = programs[SCHEME]
    config = HospitalConfig.read(of.folder / "sample" / "config.yaml", programs)
    day = Period.parse(str(YEARS[-1])).last_day
    known, lacking = resolve(of.parameters, day, config.settings[SCHEME])
    if lacking:
        raise HpfError(lacking)
    return of, known


def make(hospitals: int, items: int) -> Province:
    """The generator's rows as columns: exact decimals, texts, yes/no; nothing is read from disk."""
    of, known = program()
    generator = _generator(of)
    size = generator.Size(hospitals=hospitals, items=items)
    years = {}
    for year in YEARS:
        tables = generator.tables(year, size)
        years[Period.parse(str(year))] = {
            entity: pl.DataFrame([_series(of, entity, n, v) for n, v in columns.items()])
            for entity, columns in tables.items()
        }
    return Province(of, known, years)


def _generator(of: Program) -> ModuleType:
    path = of.folder / "sample" / "province.py"
    spec = importlib.util.spec_from_file_location("hpf_county_province", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def _series(of: Program, entity: str, name: str, values: list[Any]) -> pl.Series:
    indicator = of.indicator(entity, name)
    kind = indicator.type if indicator else Type.TEXT
    if kind is Type.BOOLEAN:
        return pl.Series(name, values, dtype=pl.Boolean)
    if kind.is_number:
        places = max((-v.as_tuple().exponent for v in values if hasattr(v, "as_tuple")), default=0)
        return pl.Series(name, values, dtype=pl.Decimal(38, max(0, places)))
    return pl.Series(name, values, dtype=pl.String)


def ours(data: Province) -> dict[Period, Evaluated]:
    """Every year checked and computed, each with what the years before it left."""
    found: dict[Period, Evaluated] = {}
    read_later = {n.name for r in data.program.rules for p in walk(r.tree) if isinstance(p, Past)
                  for n in walk(p) if isinstance(n, Own)}  # fmt: skip
    past: dict[Period, Mapping[tuple[str, str], PastColumn]] = {}
    for period, frames in data.years.items():
        tables = {entity: Table(entity, frame) for entity, frame in frames.items()}
        checked, problems = check(data.program, Facts(period, tables))
        if problems:
            raise HpfError(problems[:3])
        found[period] = evaluate(data.program, checked, data.known, History(past))
        ids = checked.rows["hospital"].ids
        results = found[period].values["hospital"]
        past[period] = {("hospital", n): PastColumn(ids, results[n]) for n in read_later}
    return found


def by_hand(data: Province, *, required: bool = True) -> dict[Period, dict[str, pl.DataFrame]]:
    """The same years in hand-written Polars."""
    found: dict[Period, dict[str, pl.DataFrame]] = {}
    last: pl.DataFrame | None = None
    for period, frames in data.years.items():
        found[period] = province_by_hand.score(frames, last, required=required)
        last = frames["hospital"].select("id").with_columns(found[period]["hospital"])
    return found


def differences(data: Province) -> list[str]:
    """Where the two disagree: year, entity, rule and how many rows; empty where they never do."""
    mine, theirs = ours(data), by_hand(data)
    found = []
    for period, evaluated in mine.items():
        if evaluated.bad or evaluated.orphans:
            found.append(f"{period}: results that are problems")
        for entity, columns in evaluated.values.items():
            for name, column in columns.items():
                short = name.rpartition(".")[2]
                other = theirs[period][entity][short]
                other = other.cast(column.dtype)
                count = int(column.ne_missing(other).sum())
                if count:
                    found.append(f"{period} {entity} {short}: {count} rows")
    return found


def lines(sizes: Sizes) -> list[Line]:
    """Time of all years, ours against Polars by hand; compared before anything is timed."""
    data = make(sizes.hospitals, sizes.items)
    if wrong := differences(data):
        raise AssertionError(f"results differ, so the times say nothing: {'; '.join(wrong[:5])}")
    tasks: dict[str, Callable[[], object]] = {
        "ours": lambda: ours(data),
        "by hand": lambda: by_hand(data),
        "without": lambda: by_hand(data, required=False),
    }
    took = measure.interleaved(tasks, sizes.repeats)
    size = f"{sizes.hospitals:,} hospitals × {sizes.items} items × {len(YEARS)} years"
    mine, hand, bare = (took[name] for name in tasks)
    return [
        compared(f"{size}: scored and ranked, against hand-written Polars, the same exact work",
                 seconds(mine), seconds(hand), mine / hand, LIMIT),
        Line("  the same, by hand trusting its facts and without the county's requirements",
             seconds(mine), seconds(bare), mine / bare),
    ]  # fmt: skip
