"""THE MAIN PATH: facts → check → evaluate → seal → save, in one transaction.

    sealed = seal_period(engine, programs, hospital, "township", period, by="甲")

Where configuration binds schemes together, those above run first, and each is sealed. Facts and
settings that have not changed since yield the seal that is stored already, and no new run.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core.calculate import calculate
from hpf.core.compose import Binding, fill, needed_for
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, Problem, Text
from hpf.core.facts import Facts
from hpf.core.faultpoints import reach
from hpf.core.holding import HeldUnit
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.reconcile import Reconciled, reconcile
from hpf.core.results import Run
from hpf.holds import holds, mark_run, units
from hpf.pools import unsettled
from hpf.releases import release_problems
from hpf.storage.configuration import configuration
from hpf.storage.engine import lock, reading, writing
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.history import history_for
from hpf.storage.models import StoredRun
from hpf.storage.runs import Link, latest_run, save_run, settled, units_held
from hpf.storage.troubles import StorageError, trouble

LOCK = 4_850_004  # runs are sealed one after the other


@dataclass(frozen=True, slots=True)
class Ready:
    """A scheme's run before it is saved, with everything that its storing needs to know."""

    run: Run
    facts_upto: int | None
    links: tuple[Binding, ...]
    looked_back: Mapping[Period, int]
    held: tuple[HeldUnit, ...] = ()


@dataclass(frozen=True, slots=True)
class Calculated:
    """What was computed for a period. runs: by scheme, in order of calculation, the asked one
    last; reconciled: what was handed on across bindings beside what was shared out of it."""

    scheme: str
    runs: Mapping[str, Ready]
    reconciled: tuple[Reconciled, ...] = ()

    @property
    def run(self) -> Run:
        """The run that was asked for."""
        return self.runs[self.scheme].run

    @property
    def problems(self) -> list[Problem]:
        """Why nothing may be sealed: what only computing finds, of all schemes."""
        found = [p for r in self.runs.values() for p in r.run.problems if p.severity == "problem"]
        return found + [p for line in self.reconciled if (p := line.problem())]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A stored run. fresh: False where the same was sealed before and nothing was written; held:
    units that were held back."""

    id: int
    seal: str
    run: Run
    fresh: bool
    held: tuple[HeldUnit, ...] = ()


def calculate_period(
    engine: Engine,
    programs: Mapping[str, Program],
    hospital: int,
    scheme: str,
    period: Period,
    *,
    config: HospitalConfig | None = None,
    facts: Mapping[str, Facts] | None = None,
    held: Collection[HeldUnit] = (),
) -> Calculated:
    """Compute a period from the database; nothing is stored.

    config, facts: others than are stored, for a what-if. held: units of the asked scheme that are
    held back; in schemes above it, those whose hold is approved. Raises HpfError with every problem
    of parameters and facts, of all schemes that take part.
    """
    with reading(engine) as session:
        return calculated(session, programs, hospital, scheme, period, config, facts, held)


def seal_period(
    engine: Engine,
    programs: Mapping[str, Program],
    hospital: int,
    scheme: str,
    period: Period,
    *,
    by: str,
    kind: str = "main",
    of: int | None = None,
) -> dict[str, Sealed]:
    """Compute a period and seal it, with the schemes above it; all of it or nothing.

    Units whose hold is approved (`hpf.holds`) are held back, in the schemes above as well.

    kind, of: of the asked scheme's run (a release names the main run it belongs to, and changes
    nobody's pay but that of units held there). Raises HpfError with every problem there is; then
    nothing was written.
    """
    started = dt.datetime.now(dt.UTC)
    with writing(engine) as session:
        lock(session.connection(), LOCK)
        entries = holds(session, hospital, scheme, period, approved=True)
        found = calculated(session, programs, hospital, scheme, period, held=units(entries))
        wrong = found.problems + unsettled(session, hospital, found.runs)
        if kind == "release":
            wrong += release_problems(session, hospital, found.run, of)
        if wrong:
            raise FactsError(wrong)
        sealed: dict[str, Sealed] = {}
        for code, ready in found.runs.items():
            mine = (kind, of) if code == scheme else ("main", None)
            sealed[code] = seal_one(session, hospital, ready, sealed, by, started, *mine)
            if sealed[code].fresh:
                entries = holds(session, hospital, code, period, approved=True)
                mark_run(session, session.get_one(StoredRun, sealed[code].id), ready.run, entries)
        session.commit()
    reach("run.committed")
    return sealed


def hold_problems(
    engine: Engine,
    programs: Mapping[str, Program],
    hospital: int,
    scheme: str,
    period: Period,
    unit: HeldUnit,
) -> None:
    """Refuse to hold a unit back where somebody else's result rests on what is missing
    of it or in doubt.

    Raises FactsError that lists them, or that there is no such unit. What else is wrong with the
    period is no reason: a unit may be held while others are still mended.
    """
    with reading(engine) as session:
        held = {*units(holds(session, hospital, scheme, period)), unit}
    try:
        calculate_period(engine, programs, hospital, scheme, period, held=sorted(held))
    except HpfError as error:
        mine = [p for p in error.problems if p.code.startswith("hold.")]
        if mine:
            raise FactsError(mine) from None


def calculated(
    session: Session,
    programs: Mapping[str, Program],
    hospital: int,
    scheme: str,
    period: Period,
    config: HospitalConfig | None = None,
    given: Mapping[str, Facts] | None = None,
    held: Collection[HeldUnit] = (),
) -> Calculated:
    """As `calculate_period`, within somebody's transaction."""
    decided = config or configuration(session, hospital, programs, period.last_day)
    codes = needed_for(scheme, decided.bindings)
    bindings = [b for b in decided.bindings if b.scheme in codes]
    runs: dict[str, Ready] = {}
    wrong: list[Problem] = []
    for code in codes:
        mine = tuple(b for b in bindings if b.scheme == code)
        if any(b.from_scheme not in runs for b in mine):
            continue  # the scheme above has told why
        try:
            above = () if code == scheme else holds(session, hospital, code, period, approved=True)
            left_out = tuple(held if code == scheme else units(above))
            runs[code] = _one(
                session, programs[code], hospital, period, decided, mine, runs,
                (given or {}).get(code), left_out,
            )  # fmt: skip
        except HpfError as error:
            wrong += error.problems
    if wrong:
        raise FactsError(dict.fromkeys(wrong))
    told = reconcile({c: r.run for c, r in runs.items()}, bindings)
    return Calculated(scheme, runs, tuple(told))


def _one(
    session: Session,
    program: Program,
    hospital: int,
    period: Period,
    config: HospitalConfig,
    bindings: tuple[Binding, ...],
    above: Mapping[str, Ready],
    given: Facts | None,
    held: tuple[HeldUnit, ...],
) -> Ready:
    upto = latest_import(session, hospital, program.code, period)
    if upto is None and given is None:
        raise FactsError([_no_facts(program, period)])
    facts = given or facts_at(session, hospital, program, period, upto)
    facts = fill(facts, bindings, {c: r.run for c, r in above.items()})
    history, looked_back = history_for(session, hospital, program, period)
    run = calculate(program, facts, config.settings.get(program.code), history, held=held)
    return Ready(run, upto, bindings, looked_back, held)


def seal_one(
    session: Session,
    hospital: int,
    ready: Ready,
    above: Mapping[str, Sealed],
    by: str,
    started: dt.datetime,
    kind: str = "main",
    of: int | None = None,
) -> Sealed:
    """Save one scheme's run under its seal, unless the same stands there as the latest.

    above: the runs that filled its bound facts. Raises StorageError for another main run of a
    period that is final.
    """
    run = ready.run
    last = latest_run(session, hospital, run.program.code, run.period)
    links = [Link(b, above[b.from_scheme].id) for b in ready.links]
    if last is not None and _same(last, ready):
        return Sealed(last.id, run.seal["seal"], run, False, ready.held)
    if kind == "main" and last is not None and settled(session, last):
        raise StorageError([_final(last)])
    stored = save_run(
        session, hospital, run, by=by, facts_upto=ready.facts_upto, started=started, kind=kind,
        of=of, links=links, looked_back=ready.looked_back, held=ready.held,
    )  # fmt: skip
    return Sealed(stored.id, stored.seal or "", run, True, ready.held)


def _same(last: StoredRun, ready: Ready) -> bool:
    """Same seal, same units held back: nothing would be told that is not told already."""
    told = [one[:3] for one in units_held(last)]
    return last.seal == ready.run.seal["seal"] and told == [one[:3] for one in sorted(ready.held)]


def _final(last: StoredRun) -> Problem:
    return trouble(
        "period_final",
        (
            f"{last.scheme} {last.period} 已定稿，不再重算",
            f"{last.scheme} {last.period} is final and is not calculated anew",
        ),
        (
            f"更正请作补充差额：hpf calculate {last.scheme} --period {last.period} --pay-in 周期",
            f"Make it a difference: hpf calculate {last.scheme} --period {last.period} --pay-in P",
        ),
        f"run:{last.id}",
    )


def _no_facts(program: Program, period: Period) -> Problem:
    return Problem(
        "runs.no_facts",
        Text(
            f"{period} 还没有导入“{program.names.zh}”的数据",
            f"no facts of '{program.names.en}' are imported for {period}",
        ),
        Text(
            f"请先导入：hpf import {program.code} 工作簿 --period {period}",
            f"Import them first: hpf import {program.code} WORKBOOK --period {period}",
        ),
        program.code,
    )
