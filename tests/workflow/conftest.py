"""A small hospital's cycle, ready to be moved, and a year of working days."""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

import community_home
from county import county_drawn, county_made, drawn, fresh  # noqa: F401  # fixtures

from hpf.core.errors import HpfError
from hpf.core.periods import Period
from hpf.workflow.cycle import Cycle, move
from hpf.workflow.policy import Policy, Request, Resolution, SealedRun, Situation
from hpf.workflow.roles import Actor, Appointment, Role
from hpf.workflow.tasks import MATRIX, Done

ZONE = ZoneInfo("Asia/Shanghai")
UNITS = frozenset({"cardiology", "surgery"})
SEAL = "5ea1" * 16
APPOINTED = (
    Appointment("boss", frozenset({Role.MANAGEMENT})),
    Appointment("office", frozenset({Role.HR})),
    Appointment("office2", frozenset({Role.HR})),
    Appointment("wards", frozenset({Role.DEPARTMENTS}), UNITS),
    Appointment("admin", frozenset({Role.IT})),
)
BOSS, OFFICE, ADMIN = (
    Actor("boss", Role.MANAGEMENT),
    Actor("office", Role.HR),
    Actor("admin", Role.IT),
)
WHO = {Role.MANAGEMENT: "boss", Role.HR: "office", Role.DEPARTMENTS: "wards", Role.IT: "admin"}


def all_done(but: Iterable[str] = ()) -> tuple[Done, ...]:
    """Every task of the matrix closed, for every department where each has to."""
    left_out = set(but)
    return tuple(
        Done(t.code, Actor(WHO[t.role], t.role, unit))
        for t in MATRIX
        if t.code not in left_out
        for unit in (sorted(UNITS) if t.each else [""])
    )


def situation(**changes: Any) -> Situation:
    """October 2026 of a small hospital on 30 November, with nothing left to be desired."""
    whole = Situation(
        today=dt.date(2026, 11, 30),
        period_end=dt.date(2026, 10, 31),
        departments=UNITS,
        appointments=APPOINTED,
        done=all_done(),
        goals=("safety",),
        focus=("waiting times",),
        run=SealedRun(SEAL, "office"),
        resolution=Resolution("minutes-7", 4, 6, True, SEAL),
        posted=dt.date(2026, 11, 16),
        affected=frozenset({"A1", "A2"}),
        informed=frozenset({"A1", "A2"}),
    )
    return replace(whole, **changes)


@dataclass
class Clock:
    """Moments, each a minute after the last."""

    at: dt.datetime = dt.datetime(2026, 11, 2, 9, tzinfo=ZONE)

    def tick(self) -> dt.datetime:
        self.at += dt.timedelta(minutes=1)
        return self.at


def start() -> Cycle:
    return Cycle("cardiology", Period.parse("2026-10"))


def ask(
    actor: Actor = BOSS, policy: Policy | None = None, given: Situation | None = None
) -> Request:
    return Request(actor, given or situation(), policy or Policy())


def along(*moves: str, clock: Clock | None = None, **changes: Any) -> Cycle:
    """A cycle that has made these moves, each by whoever may."""
    clock = clock or Clock()
    cycle = start()
    for code in moves:
        actor = OFFICE if code in ("start_calculating", "submit") else BOSS
        request = ask(actor, given=situation(**changes))
        cycle = move(cycle, code, request, clock.tick(), why="so agreed")
    return cycle


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


@pytest.fixture(scope="session")
def ward() -> Any:
    """This module's names (test modules cannot import one another)."""
    return SimpleNamespace(**globals())


@pytest.fixture(scope="session")
def community_made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any, Any]:
    """The community hospital's home, what its plugin declares, and its programs: made once."""
    home = community_home.build(tmp_path_factory.mktemp("community") / "home")
    return home.folder, home.loaded(), home.programs()


@pytest.fixture
def house(community_made: tuple[Path, Any, Any], tmp_path: Path) -> Iterator[Any]:
    """The community hospital on a database of its own."""
    folder, declared, programs = community_made
    shutil.copytree(folder, tmp_path / "home")
    found = community_home.House(tmp_path / "home", declared, programs)
    yield found
    found.engine.dispose()
