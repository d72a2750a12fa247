"""The months that two versions of a scheme are compared on, out of files: a workbook's, the
samples that the newer version ships, or where there are none the facts of its worked examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, Problem, told
from hpf.core.facts import Facts
from hpf.core.kit.programs import Programs
from hpf.core.kit.running import run_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.core.values import History
from hpf_cli.finding import period_of
from hpf_cli.stops import problem
from hpf_cli.versions import NEW, OLD, Pair, Version, of_side, sound

if TYPE_CHECKING:
    from hpf.core.kit.examples import Example


def from_files(
    old: Program, new: Program, paths: Sequence[str], period: str, config: str | None
) -> Iterator[Pair]:
    """One month from a workbook or a folder of CSV."""
    when = period_of(period, new)
    if len(paths) != 1:
        raise problem(
            "facts", "--facts 只写一个", "--facts takes one path",
            ("请写一个工作簿或文件夹", "Name one workbook or folder"), "--facts",
        )  # fmt: skip
    yield _pair(_Month(old, new, when, Path(paths[0])), config)


def from_samples(old: Version, new: Version, code: str, period: str | None) -> list[Pair]:
    """The months that the newer version ships as its sample, else those of the older one; each
    looks back on those before it, under its own version. Where neither ships any: the facts of
    the newer version's worked examples."""
    from hpf_cli.samples import config_of, pick, shipped

    found, config = [], None
    for side in (new, old):
        beside = _Beside(side.programs)
        program = side.programs[code]
        found = shipped(program, beside) if program.folder.is_dir() else []
        config = config_of(program)
        if found:
            break
    when = period_of(period, new.programs[code]) if period else None
    if not found and when is None and (pairs := list(_examples(old, new, code))):
        return pairs
    pairs, history = [], (History(), History())
    for sample in pick(found, new.programs[code], when):
        month = _Month(old.programs[code], new.programs[code], sample.period, sample.folder,
                       (*old.programs.values(), *new.programs.values()))  # fmt: skip
        pair = _pair(month, str(config) if config else None, history)
        history = (_kept(history[0], pair.before), _kept(history[1], pair.after))
        pairs.append(pair)
    return pairs


class _Beside(Programs):
    """Programs that are built already, as samples want them."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        object.__setattr__(self, "schemes", programs)
        object.__setattr__(self, "_built", dict(programs))


@dataclass(frozen=True, slots=True)
class _Month:
    """A month's files, to be read by either version. others: schemes whose columns may be there."""

    old: Program
    new: Program
    period: Period
    path: Path
    others: tuple[Program, ...] = field(default=())

    def facts(self, program: Program) -> Facts:
        from hpf.intake import load

        # a column that only the other version knows is no mistake of this one
        others = [p for p in (self.old, self.new, *self.others) if p is not program]
        return load(self.path, program, self.period, others=others)


def _pair(
    month: _Month, config: str | None, history: tuple[History, History] = (History(), History())
) -> Pair:
    runs, wrong = list[Run](), list[Problem]()
    sides = ((OLD, month.old, history[0]), (NEW, month.new, history[1]))
    for side, program, before in sides:
        try:
            settings = _settings(program, config)
            runs.append(sound(calculate(program, month.facts(program), settings, before)))
        except HpfError as error:
            wrong += [of_side(side, p) for p in error.problems]
    if wrong:
        raise FactsError(wrong)
    return Pair(str(month.period), *runs)


def _examples(old: Version, new: Version, code: str) -> Iterator[Pair]:
    """Worked examples that can be computed. Those that both versions refuse are there to be
    refused and say nothing of pay; FactsError with those that one refuses and the other does not.
    """
    from hpf.core.kit.examples import read_examples

    path, wrong = new.programs[code].folder / "examples.yaml", list[Problem]()
    for example in read_examples(path, new.programs) if path.is_file() else ():
        if example.program.code != code:
            continue
        runs, refused = list[Run](), list[Problem]()
        for side, version in ((OLD, old), (NEW, new)):
            try:
                runs.append(_example_run(example, version.programs[code]))
            except HpfError as error:
                refused += [of_side(side, _at(example, p)) for p in error.problems]
        if len(runs) == 1:
            wrong += refused
        elif runs:
            yield Pair(f"{example.id} ({example.period})", *runs)
    if wrong:
        raise FactsError(wrong)


def _example_run(example: Example, program: Program) -> Run:
    profile = "full" if "full" in example.profiles else example.profiles[0]
    try:
        return sound(run_of(_for(example, program), profile))
    except ValueError as error:
        raise FactsError([Problem("example.facts", *told(error))]) from None


def _at(example: Example, one: Problem) -> Problem:
    return replace(one, place=" ".join(x for x in (example.place, one.place) if x))


def _for(example: Example, program: Program) -> Example:
    """The example for a version of its scheme, without what that version does not know."""
    facts: dict[str, Any] = {}
    for entity, rows in example.facts.items():
        if entity in program.entities:
            known = {"name", *(k.name for k in program.entities[entity].links),
                     *(i.code for i in program.of(entity))}  # fmt: skip
            facts[entity] = {
                id: {k: v for k, v in (row or {}).items() if k in known}
                for id, row in (rows or {}).items()
            }
    settings = {k: v for k, v in example.settings.items() if k in program.parameters}
    return replace(example, program=program, facts=facts, settings=settings)


def _settings(program: Program, config: str | None) -> Settings | None:
    """The configuration's values of this scheme, without those that this version does not know."""
    if config is None:
        return None
    from hpf.core.parameter_files import read_yaml

    data = dict(read_yaml(Path(config)) or {})
    given = (data.get("settings") or {}).get(program.code) or {}
    known = {k: v for k, v in given.items() if k in program.parameters}
    asked = {"settings": {program.code: known}} if known else {}
    read = HospitalConfig.parse(asked, {program.code: program}, Path(config).name)
    return read.settings.get(program.code)


def _kept(history: History, run: Run) -> History:
    """With a run's results, for the months after it."""
    results: dict[tuple[str, str], dict[str, object]] = {}
    for line in run.lines():
        results.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
    periods = {**history.periods, run.period: results}
    return replace(history, periods=periods)  # type: ignore[arg-type]  # lines hold results
