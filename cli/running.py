"""The main job as the command line does it: workbook → facts → calculate, for all that take part.

Where the configuration binds an indicator of the scheme to another scheme's result, that scheme
runs first, on the same workbook, and explanations go on into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hpf.core.compose import Binding, bound_indicators, filler, needed_for, run_composed
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, Problem
from hpf.core.facts import Facts
from hpf.core.formula.derivation import derive
from hpf.core.formula.scalar import Scalar
from hpf.core.formula.steps import Step
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.reconcile import Reconciled, reconcile
from hpf.core.results import Run
from hpf.core.settings import Settings, resolve
from hpf.core.values import NO_HISTORY, History
from hpf.intake import load
from hpf.intake.history import not_given, read_past
from hpf_cli.finding import installed, period_of
from hpf_cli.stops import problem


@dataclass(frozen=True, slots=True)
class Asked:
    """The run that was asked for, and those it rests on.

    runs: by scheme code, in order of calculation, the asked one among them.
    """

    run: Run
    runs: Mapping[str, Run]
    bindings: tuple[Binding, ...] = ()
    notices: tuple[Problem, ...] = ()

    def derive(
        self, entity: str, index: int, name: str, depth: int | None = None, whole: bool = False
    ) -> Step:
        """How one value of the run came about, across bindings too."""
        return self._derive(self.run, entity, index, name, depth, whole)

    def _derive(
        self, run: Run, entity: str, index: int, name: str, depth: int | None, whole: bool
    ) -> Step:
        scalar = Scalar.of(run)
        return self._across(run, derive(scalar, entity, index, name, depth, whole), depth, whole)

    def _across(self, run: Run, step: Step, depth: int | None, whole: bool) -> Step:
        """Below each bound fact, the derivation of the result that fills it."""
        children = tuple(self._across(run, child, depth, whole) for child in step.children)
        if above := filler(run, step, self.runs):
            name = f"{above.run.program.code}.{above.rule}"
            children += (self._derive(above.run, above.entity, above.index, name, depth, whole),)
        return replace(step, children=children)

    def reconciled(self) -> list[Reconciled]:
        """What was handed on across the bindings, beside what was shared out of it."""
        return reconcile(self.runs, self.bindings)


def run_asked(
    scheme: str,
    period: str,
    facts: Sequence[str],
    past: str | None,
    config: str | None,
    programs: Programs | None = None,
) -> Asked:
    """Run a scheme as the command line asks for it.

    facts: paths: one for all schemes that take part, and `scheme=path` for one of its own.
    programs: those installed, where they are at hand. Raises HpfError with every problem of
    arguments, configuration, facts and parameters, of all schemes that take part; what only
    computing finds stays in the runs (`stop_at_problems`).
    """
    programs = programs or installed()
    program = programs.find(scheme)
    when = period_of(period, program)
    decided = _config(config, programs)
    codes = needed_for(scheme, decided.bindings)
    bindings = tuple(b for b in decided.bindings if b.scheme in codes)
    taking_part = [programs[code] for code in codes]
    notices, wrong = list[Problem](), list[Problem]()
    histories = _histories(taking_part, when, past, notices, wrong)
    read = _read(taking_part, when, _paths(facts, programs, codes), bindings, wrong)
    wrong += _lacking(taking_part, when, decided.settings)
    if wrong:
        raise FactsError(dict.fromkeys(wrong))
    runs = run_composed(programs, bindings, read, decided.settings, histories)
    notices += [n for found in read.values() for n in found.notices]
    notices += [p for one in runs.values() for p in one.problems if p.severity == "notice"]
    return Asked(runs[scheme], runs, bindings, tuple(dict.fromkeys(notices)))


def _config(path: str | None, programs: Programs) -> HospitalConfig:
    if path is None:
        return HospitalConfig()
    if not Path(path).is_file():
        raise problem(
            "no_file",
            "没有这个配置文件",
            "there is no such configuration file",
            ("请检查 --config 的路径", "Check the path of --config"),
            path,
        )
    return HospitalConfig.read(Path(path), programs)


def _paths(given: Sequence[str], programs: Programs, codes: Sequence[str]) -> dict[str, Path]:
    """Where each scheme's facts are: its own `scheme=path`, else the path for all."""
    own: dict[str, Path] = {}
    common: list[str] = []
    for text in given:
        code, sign, path = text.partition("=")
        if sign and code in programs:
            own[code] = Path(path)
        else:
            common.append(text)
    if len(common) > 1:
        raise problem(
            "facts",
            "--facts 写了不止一个总的路径",
            "--facts names more than one path for all",
            ("上游方案的请写成 方案=路径", "Write scheme=path for a scheme above"),
            common[1],
        )
    lacking = [c for c in codes if c not in own]
    if lacking and not common:
        raise problem(
            "facts",
            f"没有方案 {lacking[0]} 的数据",
            f"there are no facts for {lacking[0]}",
            (f"请写 --facts {lacking[0]}=路径", f"Write --facts {lacking[0]}=PATH"),
            "--facts",
        )
    return {code: own.get(code) or Path(common[0]) for code in codes}


def _histories(
    programs: Sequence[Program],
    period: Period,
    past: str | None,
    notices: list[Problem],
    wrong: list[Problem],
) -> dict[str, History]:
    found: dict[str, History] = {}
    for program in programs:
        history, told = read_past(Path(past), [program.code]) if past else (NO_HISTORY, [])
        wrong += [p for p in told if p.severity == "problem"]
        notices += [p for p in told if p.severity != "problem"]
        notices += not_given(program, period, history)
        # this period's own results, written into the same folder, must not change its seal
        earlier = {p: r for p, r in history.periods.items() if p.last_day < period.first_day}
        found[program.code] = replace(history, periods=earlier)
    return found


def _read(
    programs: Sequence[Program],
    period: Period,
    paths: Mapping[str, Path],
    bindings: Sequence[Binding],
    wrong: list[Problem],
) -> dict[str, Facts]:
    found: dict[str, Facts] = {}
    for program in programs:
        path = paths[program.code]
        others = [p for p in programs if p is not program and paths[p.code] == path]
        bound = bound_indicators(program.code, bindings)
        try:
            found[program.code] = load(path, program, period, others=others, bound=bound)
        except HpfError as error:
            wrong += error.problems
    return found


def _lacking(
    programs: Sequence[Program], period: Period, settings: Mapping[str, Settings]
) -> Iterator[Problem]:
    for program in programs:
        yield from resolve(program.parameters, period.last_day, settings.get(program.code))[1]


def stop_at_problems(asked: Asked) -> None:
    """Raise every problem that computing found: a divisor of zero, a requirement that is not met,
    a pool without takers, a bound amount that was not shared out to the fen, facts without a
    single row."""
    if not any(len(rows) for rows in asked.run.checked.rows.values()):
        raise problem(
            "no_rows",
            "数据里一行也没有",
            "the facts hold not a single row",
            ("请在各表的标题行之下填写数据", "Fill in rows below the headings of each sheet"),
        )
    found = [p for run in asked.runs.values() for p in run.problems if p.severity == "problem"]
    found += [p for line in asked.reconciled() if (p := line.problem())]
    if found:
        raise FactsError([*asked.notices, *found])
