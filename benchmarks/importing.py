"""A million facts into the database: how fast, and that memory does not grow with them.

Each import runs in a process of its own, on SQLite and, where its programs and driver are there,
on PostgreSQL: what is shown first (preview), what is written, and what is read back.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import polars as pl

from benchmarks import measure
from benchmarks.ours import SEPTEMBER
from benchmarks.servers import new_database, on_each
from benchmarks.sizes import Sizes
from benchmarks.table import Line, megabytes, seconds
from hpf.core import CNY, DEPARTMENT, Scheme, entity, link
from hpf.core.build import build
from hpf.core.facts import Facts, Source, Table
from hpf.core.program import Program
from hpf.storage.engine import connect, reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.imports import preview, save_import
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital

CHARGE = entity("charge", "收费", "Charge", link("department", DEPARTMENT, "科室", "Department"))
AMOUNTS = 18  # with id and department, twenty facts a row
BOUND = 250_000_000  # bytes beyond the data themselves, whatever their number


def lines(sizes: Sizes) -> list[Line]:
    """Throughput and peak memory, at a quarter of the facts and at all of them."""

    def both(name: str, server: str) -> list[Line]:
        counts = sizes.facts // 4, sizes.facts
        return [line for facts in counts for line in _measured(name, server, facts)]

    return on_each("facts imported", sizes, both)


def _measured(name: str, server: str, facts: int) -> list[Line]:
    folder = Path(tempfile.mkdtemp())
    try:
        url = new_database(server) if server else f"sqlite:///{folder / 'hpf.db'}"
        found = measure.in_child("importing", url, str(facts))
    finally:
        shutil.rmtree(folder)
    count = int(found["facts"])
    what = f"{count:,} facts, {name}"
    rate = count / (found["preview"] + found["save"])
    again = f"same again {seconds(found['again'])}"
    return [
        Line(f"{what}: compared and written", f"{seconds(found['preview'] + found['save'])}",
             f"{rate:,.0f} facts a second; {again}"),
        Line(f"{what}: read back", seconds(found["read"])),
        Line(f"{what}: peak memory beyond the data", megabytes(found["bytes"]), "", None,
             f"<= {megabytes(BOUND)}", found["bytes"] <= BOUND),
    ]  # fmt: skip


def run(url: str, count: int) -> dict[str, float]:
    """One import, in this process: seconds of each step, and the most memory it needed."""
    from benchmarks import child

    program, facts = scheme(), data(count)
    engine = connect(url)
    upgrade(engine)
    with writing(engine) as session:
        hospital = Hospital(code="H", name="H")
        session.add(hospital)
        session.commit()
        id = hospital.id
    before = child.reset()
    marks = [time.perf_counter()]
    with reading(engine) as session:
        shown = preview(session, id, program, facts)
    marks.append(time.perf_counter())
    with writing(engine) as session:
        saved = save_import(session, shown, by="bench")
        session.commit()
    marks.append(time.perf_counter())
    with reading(engine) as session:
        again = preview(session, id, program, facts)
    marks.append(time.perf_counter())
    most = child.peak() - before
    with reading(engine) as session:
        back = facts_at(session, id, program, facts.period)
    marks.append(time.perf_counter())
    if saved is None or not again.empty or len(back.tables["charge"].frame) != count // 20:
        raise ValueError("what was imported is not what is there")
    engine.dispose()
    steps = zip(("preview", "save", "again", "read"), marks[:-1], marks[1:], strict=True)
    return {**{n: b - a for n, a, b in steps}, "bytes": most, "facts": saved.versions or 0}


def scheme() -> Program:
    """A plugin's entity with eighteen amounts."""
    made = Scheme("bench_importing", zh="导入", en="Importing", document="B", here=__file__)
    made.entity(CHARGE)
    for number in range(AMOUNTS):
        made.decimal(
            CHARGE, f"amount_{number}", zh=f"金额{number}", en=f"Amount {number}", unit=CNY
        )
    return build(made)


def data(count: int) -> Facts:
    """So many facts of made-up charges, as a workbook's reader leaves them."""
    chance = random.Random(4)
    rows = count // (AMOUNTS + 2)
    columns: dict[str, pl.Series] = {
        "id": pl.Series([f"C{n:08d}" for n in range(rows)]),
        "department": pl.Series([f"D{chance.randrange(40):02d}" for _ in range(rows)]),
    }
    for number in range(AMOUNTS):
        cents = [Decimal(chance.randrange(10_000_000)).scaleb(-2) for _ in range(rows)]
        columns[f"amount_{number}"] = pl.Series(cents, dtype=pl.Decimal(38, 2))
    letters = {name: chr(65 + at) for at, name in enumerate(columns)}
    source = Source("charges.xlsx", "charge", letters, range(2, rows + 2))
    departments = pl.DataFrame({"id": [f"D{n:02d}" for n in range(40)], "hospital": ["H"] * 40})
    tables: Mapping[str, Table] = {
        "hospital": Table("hospital", pl.DataFrame({"id": ["H"]})),
        "department": Table("department", departments),
        "charge": Table("charge", pl.DataFrame(columns), source),
    }
    return Facts(SEPTEMBER, tables)
