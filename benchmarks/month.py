"""A hospital's month: workbook → database → sealed → pay list, 600 people by a shipped scheme.

The township's synthetic sample, its units repeated under new ids. The home, its configuration, its
register and the people's accounts are there before the clock starts; every round gets a database of
its own.
"""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl
from sqlalchemy import Engine

from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core import CNY
from hpf.core.facts import Facts, Table, as_decimal
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.intake import load
from hpf.intake.pay_files import BUILT_IN
from hpf.intake.template import write_template
from hpf.receiving import keep, receive
from hpf.runs import seal_period
from hpf.storage.configuration import decisions_of, set_parameters
from hpf.storage.engine import connect, writing
from hpf.storage.keys import make_keys
from hpf.storage.migrations import upgrade
from hpf.storage.models import Hospital, Staff
from hpf.storage.replay import verify_run
from hpf.storage.secrets import AccountKeys, set_account
from hpf.workflow.payments import BATCH, pay

SCHEME, PERIOD = "township", Period.parse("2026-09")
LIMIT = 10.0  # seconds
STEPS = ("imported", "sealed", "paid")
_JOINED = dt.date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A hospital with everything but its month. people: how many are paid."""

    engine: Engine
    programs: Programs
    hospital: int
    folder: Path
    book: Path
    people: int

    @property
    def program(self) -> Program:
        """The scheme."""
        return self.programs[SCHEME]


def lines(sizes: Sizes) -> list[Line]:
    """Medians of rounds, the first one not counted."""
    with tempfile.TemporaryDirectory() as scratch:
        programs = load_programs(load_plugins())
        book = workbook(Path(scratch), programs[SCHEME], sizes.people)
        rounds = []
        for number in range(sizes.repeats + 1):
            with place(Path(scratch) / str(number), programs, book) as made:
                took = month(made)
                people = made.people
            rounds += [took] if number or sizes.repeats == 1 else []
    walls = {s: statistics.median(r[s][0] for r in rounds) for s in STEPS}
    busy = {s: statistics.median(r[s][1] for r in rounds) for s in STEPS}
    whole, used = sum(walls.values()), sum(busy.values())
    shown = ", ".join(f"{step} {seconds(walls[step])}" for step in STEPS)
    return [
        Line(f"{people} people: workbook to sealed to pay list", seconds(whole),
             f"process time {seconds(used)}", None, f"<= {LIMIT:.2f} s", whole <= LIMIT),
        Line(f"  of it: {shown}", ""),
    ]  # fmt: skip


def month(made: Place) -> dict[str, tuple[float, float]]:
    """Import (what changes is looked at first), seal, pay; wall and process seconds of each."""
    found: dict[str, tuple[float, float]] = {}

    def timed(step: str, task: Callable[[], Any]) -> Any:
        wall, busy = time.perf_counter(), time.process_time()
        answer = task()
        found[step] = (time.perf_counter() - wall, time.process_time() - busy)
        return answer

    timed("imported", lambda: import_month(made))
    sealed = timed("sealed", lambda: seal_period(
        made.engine, made.programs, made.hospital, SCHEME, PERIOD, by="bench"))  # fmt: skip
    files = {made.folder / f"{BATCH}{w.suffix}": w for w in BUILT_IN}
    paid = timed("paid", lambda: pay(
        made.engine, made.folder / "keys", sealed[SCHEME].id, by="bench", files=files, cash=True,
        without_cycle=True, check=lambda s, run: verify_run(s, run.id).problems))  # fmt: skip
    if not paid.pay_list.lines:
        raise ValueError("nobody was paid")
    return found


def import_month(made: Place) -> None:
    """The month's facts into the database."""
    shown = receive(made.engine, made.hospital, made.program, PERIOD, made.book)
    if shown.empty or keep(made.engine, shown, by="bench", path=made.book) is None:
        raise ValueError("there was nothing to import")


@contextmanager
def place(folder: Path, programs: Programs, book: Path) -> Iterator[Place]:
    """Keys, a database, the sample's configuration, people with accounts."""
    folder.mkdir()
    make_keys(_made(folder / "keys"))
    engine = connect(f"sqlite:///{folder / 'hpf.db'}")
    upgrade(engine)
    program = programs[SCHEME]
    config: Any = read_yaml(program.folder / "sample" / "config.yaml")
    ids = load(book, program, PERIOD).tables["staff"].frame["id"].to_list()
    with writing(engine) as session:
        made = Hospital(code="H", name="合成数据")
        session.add(made)
        session.flush()
        decided = decisions_of(SCHEME, config["settings"][SCHEME])
        set_parameters(session, made.id, programs, decided, by="bench")
        keys = AccountKeys.read(folder / "keys")
        for number, id in enumerate(ids):
            person = Staff(hospital_id=made.id, code=id, name=id, joined=_JOINED)
            session.add(person)
            session.flush()
            set_account(session, keys, person, f"99{number:014d}", "bench")
        session.commit()
        hospital = made.id
    try:
        yield Place(engine, programs, hospital, folder, book, len(ids))
    finally:
        engine.dispose()


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700)
    return folder


def workbook(folder: Path, program: Program, people: int) -> Path:
    """The sample's month as the workbook of a hospital of about so many people."""
    sample = load(program.folder / "sample" / str(PERIOD), program, PERIOD)
    copies = max(1, round(people / sample.tables["staff"].frame.height))
    path = folder / "month.xlsx"
    write_template(program, PERIOD, path, facts=repeated(program, sample, copies), synthetic=True)
    return path


def repeated(program: Program, facts: Facts, copies: int) -> Facts:
    """Every row but the hospital's so many times, with ids and links of its own; amounts of the
    hospital as many times as large."""
    tables: dict[str, Table] = {}
    for code, table in facts.tables.items():
        if code == "hospital":
            money = [i.code for i in program.indicators if (i.entity, i.unit) == (code, CNY)]
            sums = [(as_decimal(table.frame[c]) * copies).alias(c) for c in money]
            tables[code] = replace(table, frame=table.frame.with_columns(sums), source=None)
            continue
        own = {link.name for link in program.entities[code].links if link.to != "hospital"}
        named = [c for c in ("id", *sorted(own)) if c in table.frame.columns]
        parts = [
            table.frame.with_columns(pl.concat_str(pl.col(c), pl.lit(f"~{n}")) for c in named)
            for n in range(1, copies + 1)
        ]
        tables[code] = replace(table, frame=pl.concat(parts), source=None)
    return replace(facts, tables=tables)
