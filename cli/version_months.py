"""The months that two versions of a scheme are compared on, out of files: a workbook's, the
samples that the newer version ships, or where there are none the facts of its worked examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hpf.core.errors import FactsError, HpfError, Problem, told
from hpf.core.kit.programs import Programs
from hpf.core.kit.running import run_of
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import History
from hpf_cli.finding import period_of
from hpf_cli.stops import problem
from hpf_cli.version_sides import Histories, Month, computed
from hpf_cli.versions import NEW, OLD, Pair, Version, of_side, sound

if TYPE_CHECKING:
    from hpf.core.kit.examples import Example
    from hpf_cli.samples import Sample


def from_files(
    old: Version, new: Version, code: str, paths: Sequence[str], period: str, config: str | None
) -> Iterator[Pair]:
    """One month from a workbook or a folder of CSV, or `scheme=path` for a scheme above."""
    when = period_of(period, new.programs[code])
    own = {one: Path(path) for one, sign, path in (p.partition("=") for p in paths) if sign}
    common = [path for path in paths if path.partition("=")[0] not in own]
    if len(common) > 1 or not (common or code in own):
        raise problem(
            "facts", "--facts 写一个总的路径，上游方案的另写 方案=路径",
            "--facts takes one path, and scheme=path for a scheme above",
            ("请写一个工作簿或文件夹", "Name one workbook or folder"), "--facts",
        )  # fmt: skip
    whole = Path(common[0]) if common else own[code]
    month = Month(when, lambda program: own.get(program.code, whole), _all(old, new))
    yield _pair(old, new, code, month, config)[0]


def from_samples(old: Version, new: Version, code: str, period: str | None) -> list[Pair]:
    """The months that the newer version ships as its sample, else those of the older one; each
    looks back on those before it, under its own version. Where neither ships any: the facts of
    the newer version's worked examples."""
    from hpf_cli.samples import config_of, pick, shipped

    found, config = [], None
    for side in (new, old):
        program = side.programs[code]
        found = shipped(program, _Beside(side.programs)) if program.folder.is_dir() else []
        config = config_of(program)
        if found:
            break
    when = period_of(period, new.programs[code]) if period else None
    if not found and when is None and (pairs := list(_examples(old, new, code))):
        return pairs
    pairs = []
    before: tuple[dict[str, History], dict[str, History]] = ({}, {})
    for sample in pick(found, new.programs[code], when):

        def path(program: Program, sample: Sample = sample) -> Path:
            """A scheme above may ship its month apart."""
            if program.code == code or not program.folder.is_dir():
                return sample.folder
            theirs = shipped(program, _Beside({program.code: program}))
            return next((s.folder for s in theirs if s.period == sample.period), sample.folder)

        month = Month(sample.period, path, _all(old, new))
        pair, *runs = _pair(old, new, code, month, str(config) if config else None, before)
        for histories, side_runs in zip(before, runs, strict=True):
            for one, run in side_runs.items():
                histories[one] = _kept(histories.get(one, History()), run)
        pairs.append(pair)
    return pairs


def _all(old: Version, new: Version) -> tuple[Program, ...]:
    return (*old.programs.values(), *new.programs.values())


class _Beside(Programs):
    """Programs that are built already, as samples want them."""

    def __init__(self, programs: Mapping[str, Program]) -> None:
        object.__setattr__(self, "schemes", programs)
        object.__setattr__(self, "_built", dict(programs))


def _pair(
    old: Version,
    new: Version,
    code: str,
    month: Month,
    config: str | None,
    histories: tuple[Histories, Histories] = ({}, {}),
) -> tuple[Pair, dict[str, Run], dict[str, Run]]:
    """The month under both versions, with the runs of schemes above on each side."""
    runs, wrong = list[dict[str, Run]](), list[Problem]()
    for side, version, before in zip((OLD, NEW), (old, new), histories, strict=True):
        try:
            runs.append(computed(version.programs, code, month, config, before))
        except HpfError as error:
            wrong += [of_side(side, p) for p in error.problems]
    if wrong:
        raise FactsError(wrong)
    one, two = runs
    return Pair(str(month.period), one[code], two[code]), one, two


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


def _kept(history: History, run: Run) -> History:
    """With a run's results, for the months after it."""
    results: dict[tuple[str, str], dict[str, object]] = {}
    for line in run.lines():
        results.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
    periods = {**history.periods, run.period: results}
    return replace(history, periods=periods)  # type: ignore[arg-type]  # lines hold results
