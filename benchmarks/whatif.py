"""What if: another weight against what is stored, both computed, compared person by person."""

from __future__ import annotations

import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.month import PERIOD, SCHEME, Place, import_month, place, workbook
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core.change import compare
from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.parameters import Dated
from hpf.core.settings import Settings, resolve
from hpf.runs import calculate_period
from hpf.storage.configuration import configuration
from hpf.storage.engine import reading

LIMIT = 2.0  # seconds


def lines(sizes: Sizes) -> list[Line]:
    """The median of rounds, the first one not counted."""
    with tempfile.TemporaryDirectory() as scratch:
        programs = load_programs(load_plugins())
        book = workbook(Path(scratch), programs[SCHEME], sizes.people)
        walls, busy = [], []
        with place(Path(scratch) / "home", programs, book) as made:
            import_month(made)
            for _ in range(sizes.repeats + 1):
                wall, used = time.perf_counter(), time.process_time()
                touched = what_if(made)
                walls.append(time.perf_counter() - wall)
                busy.append(time.process_time() - used)
            people = made.people
    took, used = (statistics.median(x[1:]) for x in (walls, busy))
    return [
        Line(f"{people} people: what if, another weight ({touched} touched)", seconds(took),
             f"process time {seconds(used)}", None, f"<= {LIMIT:.2f} s", took <= LIMIT)
    ]  # fmt: skip


def what_if(made: Place) -> int:
    """Configuration and facts read, computed twice, compared; how many people it would touch."""
    with reading(made.engine) as session:
        decided = configuration(session, made.hospital, made.programs, PERIOD.last_day)
    runs = [
        calculate_period(made.engine, made.programs, made.hospital, SCHEME, PERIOD, config=config)
        for config in (decided, _other(made, decided))
    ]
    told = compare(runs[0].run, runs[1].run)
    touched = len(told.winners) + len(told.losers)
    if not touched:
        raise ValueError("the other weight changes nothing")
    return touched


def _other(made: Place, config: HospitalConfig) -> HospitalConfig:
    """Nurses' weight at 0.95."""
    mine = config.settings.get(SCHEME, Settings())
    weights = {"role_weight": made.program.parameters["role_weight"]}
    held: Any = resolve(weights, PERIOD.last_day, mine)[0]["role_weight"].value
    value = {**held, "护士": type(next(iter(held.values())))("0.95")}
    dated = Dated(PERIOD.first_day, value, "what-if", "hospital")
    settings = replace(mine, overrides={**mine.overrides, "role_weight": (dated,)})
    return replace(config, settings={**config.settings, SCHEME: settings})
