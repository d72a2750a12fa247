"""Stored runs of five years: how long each question to the database takes, and by which index.

3,000 staff × 60 months are put in directly, seeded, under forty rules a month; then the queries
that commands and pages ask are timed, the median of several rounds each on a fresh session.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from benchmarks.servers import new_database, on_each
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core.periods import Period
from hpf.storage.bulk import insert_many
from hpf.storage.engine import connect, reading, writing
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, StoredProgram, StoredResult, StoredRun
from hpf.storage.person import results_of
from hpf.storage.results import past_columns
from hpf.storage.runs import latest_run, runs_of

RULES, MONTHS, FIRST = 40, 60, 2021
LIMIT = 0.05  # seconds a stored query may take
WHOLE = "all results of a run"
NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def lines(sizes: Sizes) -> list[Line]:
    """One line a query, on SQLite and on PostgreSQL."""
    staff = 3000 if sizes.judged else 300
    return on_each("stored runs", sizes, lambda name, server: _lines(name, server, staff))


def _lines(place: str, server: str, staff: int) -> Iterator[Line]:
    with tempfile.TemporaryDirectory() as folder:
        url = new_database(server) if server else f"sqlite:///{Path(folder) / 'hpf.db'}"
        engine = connect(url)
        upgrade(engine)
        hospital = fill(engine, staff)
        for name, took in measured(engine, hospital):
            what = f"{staff:,} staff x {MONTHS} months, {place}: {name}"
            if name == WHOLE:  # no query of a page: what a run's file or its verification reads
                yield Line(what, seconds(took), "", None, "", None)
            else:
                yield Line(what, seconds(took), "", None, f"<= {seconds(LIMIT)}", took <= LIMIT)
        engine.dispose()


def fill(engine: Engine, staff: int, seed: int = 4) -> int:
    """Sealed runs for sixty months; the hospital's id."""
    pick = random.Random(seed)
    with writing(engine) as session:
        one = Hospital(code="B", name="合成数据")
        session.add(one)
        session.add(StoredProgram(digest="0" * 64, scheme="ward", version="1", document={}, at=NOW))
        session.flush()
        for n in range(MONTHS):
            _month(session, one.id, Period.parse(f"{FIRST + n // 12}-{n % 12 + 1:02}"), staff, pick)
        session.commit()
        return one.id


def _month(
    session: Session, hospital: int, period: Period, staff: int, pick: random.Random
) -> None:
    run = StoredRun(
        hospital_id=hospital, scheme="ward", version="1", period=period, profile="full",
        kind="main", of_id=None, facts_upto=None, program_digest="0" * 64, parameters={},
        history=[], provisional=[], problems=[], notices=[], orphans=[], accepted_zeros=0,
        started=NOW, finished=NOW, by="合成", seal_parts=None, seal=None,
    )  # fmt: skip
    session.add(run)
    session.flush()
    insert_many(
        session, "run_rules",
        ("run_id", "rule", "entity", "name", "kind", "type", "unit", "clauses", "name_zh",
         "name_en"),
        ((run.id, n, "staff", f"r{n}", "pay", "decimal", "CNY", "[]", "甲", "x")
         for n in range(1, RULES + 1)),
    )  # fmt: skip
    insert_many(
        session, "run_rows", ("run_id", "row", "hospital_id", "entity", "id", "name"),
        ((run.id, n, hospital, "staff", f"P{n:05}", "") for n in range(1, staff + 1)),
    )  # fmt: skip
    values = (
        (run.id, rule, row, f"{pick.randrange(10**6) / 100:.2f}", None)
        for rule in range(1, RULES + 1)
        for row in range(1, staff + 1)
    )
    insert_many(session, "results", ("run_id", "rule", "row", "value", "text"), values)
    run.seal, run.seal_parts = f"{run.id:064}", {}
    session.flush()


def measured(engine: Engine, hospital: int) -> Iterator[tuple[str, float]]:
    """Each query's name and median seconds."""
    may = Period.parse("2025-05")
    with reading(engine) as session:
        found = latest_run(session, hospital, "ward", may)
        assert found is not None
        run = found.id

    def year(session: Session) -> list[StoredRun]:
        return runs_of(session, hospital, "ward")[-12:]

    every = [("staff", f"r{n}") for n in range(1, RULES + 1)]
    queries: dict[str, Callable[[Session], Any]] = {
        "list of runs": lambda s: runs_of(s, hospital),
        "latest run of a period": lambda s: latest_run(s, hospital, "ward", may),
        "one person over 12 months": lambda s: results_of(s, hospital, "staff", "P00042", year(s)),
        "one column of a run": lambda s: past_columns(s, run, [("staff", "r3")], "ward"),
        WHOLE: lambda s: past_columns(s, run, every, "ward"),
        "one person in a run": lambda s: results_of(s, hospital, "staff", "P00042", year(s)[:1]),
    }
    for name, ask in queries.items():
        took = []
        for _ in range(7):
            with reading(engine) as session:
                session.connection()
                start = time.perf_counter()
                answer = ask(session)
                took.append(time.perf_counter() - start)
                assert answer, name
        yield name, statistics.median(took)


def explained(engine: Engine) -> list[str]:
    """SQLite's plan of the query for one person's results in a run: by which index it searches."""
    query = select(StoredResult.value).where(
        StoredResult.run_id == 1, StoredResult.rule.in_([1, 2, 3]), StoredResult.row == 42
    )
    said = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with reading(engine) as session:
        return [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {said}"))]
