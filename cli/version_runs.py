"""The stored months that two versions of a scheme are compared on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from hpf.core.calculate import calculate
from hpf.core.errors import FactsError, HpfError, Problem
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf_cli.finding import period_of
from hpf_cli.stops import problem
from hpf_cli.versions import NEW, OLD, Pair, Version, of_side, sound

if TYPE_CHECKING:
    from hpf_cli.home import Opened


def from_database(
    at: Opened, old: Version, new: Version, code: str, period: str | None
) -> list[Pair]:
    """The stored months: that of the run which a side names, one, or all that were sealed."""
    from hpf.storage.engine import reading
    from hpf.storage.runs import runs_of

    named = old.run or new.run
    with reading(at.engine) as session:
        sealed = runs_of(session, at.hospital(session), code)
    if named:
        periods = [r.period for r in sealed if r.id == named]
    else:
        when = period_of(period, new.programs[code]) if period else None
        periods = sorted({r.period for r in sealed if when in (None, r.period)})
        periods = periods or [when] if when else periods
    if not periods:
        raise problem(
            "no_months", f"{code} 还没有封存的月份", f"nothing of {code} is sealed yet",
            ("请用 --facts 或样本，或先 hpf calculate", "Give --facts, or hpf calculate first"),
        )  # fmt: skip
    return [_stored(at, old, new, code, p) for p in periods]


def _stored(at: Opened, old: Version, new: Version, code: str, period: Period) -> Pair:
    runs, wrong = list[Run](), list[Problem]()
    for side, version, other in ((OLD, old, new), (NEW, new, old)):
        try:
            runs.append(sound(_stored_run(at, version, other.run, code, period)))
        except HpfError as error:
            wrong += [of_side(side, p) for p in error.problems]
    if wrong:
        raise FactsError(wrong)
    return Pair(str(period), *runs)


def _stored_run(at: Opened, version: Version, other: int, code: str, period: Period) -> Run:
    """The sealed run itself; else, on the facts and history that the other side's run saw, what
    the version yields; else on what is stored now."""
    from hpf.runs import calculate_period
    from hpf.storage.configuration import settings_of
    from hpf.storage.engine import reading
    from hpf.storage.history import history_of
    from hpf.storage.runs import load_run, sealed_facts, sealed_run, units_held

    program = version.programs[code]
    with reading(at.engine) as session:
        hospital = at.hospital(session)
        if version.run:
            return load_run(session, version.run)
        if other:
            stored = sealed_run(session, other)
            return calculate(
                program, sealed_facts(session, stored, program),
                settings_of(session, hospital, program), history_of(session, stored, program),
                held=units_held(stored),
            )  # fmt: skip
    programs = _Instead(at.programs, program)
    return calculate_period(at.engine, programs, hospital, code, period).run


class _Instead(Mapping[str, Program]):
    """The hospital's schemes, one of them in another version."""

    def __init__(self, programs: Mapping[str, Program], program: Program) -> None:
        self.programs, self.program = programs, program

    def __getitem__(self, code: str) -> Program:
        return self.program if code == self.program.code else self.programs[code]

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self.programs), self.program.code: None})

    def __len__(self) -> int:
        return len({*self.programs, self.program.code})
