"""The two versions that `hpf diff-plugin` compares, and the months it compares them on.

A version is a plugin's folder, a scheme that is installed, or the rules sealed with a run. The
months are a workbook's, those in the database, or the samples that the newer one ships.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, Problem, Text
from hpf.core.facts import Facts
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf.core.values import History
from hpf_cli.finding import period_of, schemes_of
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf_cli.home import Opened

Pair = tuple[Run, Run]


@dataclass(frozen=True, slots=True)
class Version:
    """One side: its schemes by code. run: the number of the sealed run whose rules they are."""

    programs: Mapping[str, Program]
    run: int = 0


OLD, NEW = Text("旧版", "OLD"), Text("新版", "NEW")


def version_of(given: str, side: Text, at: Opened | None) -> Version:
    """What a word on the command line names; `run:12` needs the hospital's database.

    Raises HpfError with every mistake, each with the side it is on.
    """
    number = given.removeprefix("run:")
    try:
        if number != given:
            return _of_run(given, number, at)
        return Version({p.code: p for p in schemes_of(given)[0]})
    except HpfError as error:
        raise type(error)([_of_side(side, p) for p in error.problems]) from None


def _of_run(given: str, number: str, at: Opened | None) -> Version:
    from hpf.storage.engine import reading
    from hpf.storage.programs import load_program
    from hpf.storage.runs import sealed_run

    assert at is not None
    if not number.isdecimal():
        raise problem(
            "run", f"“{given}”不是一次计算", f"'{given}' is no run",
            ("请写 run:编号，hpf runs 列出", "Write run:NUMBER; hpf runs lists them"),
        )  # fmt: skip
    with reading(at.engine) as session:
        program = load_program(session, sealed_run(session, int(number)).program_digest)
    return Version({program.code: program}, int(number))


def both(old: Version, new: Version, scheme: str | None) -> list[str]:
    """The schemes that both versions have, or the one asked for among them."""
    found = [code for code in old.programs if code in new.programs]
    if scheme:
        found = [code for code in found if code == scheme]
    if not found:
        lists = ["、".join(v.programs) or "—" for v in (old, new)]
        raise problem(
            "no_scheme",
            f"两版没有共同的方案：旧版 {lists[0]}；新版 {lists[1]}",
            f"the versions have no scheme in common: OLD {lists[0]}; NEW {lists[1]}",
            ("请检查 OLD、NEW 和 --scheme", "Check OLD, NEW and --scheme"),
        )
    return found


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
    looks back on those before it, under its own version."""
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
    pairs, history = [], (History(), History())
    for sample in pick(found, new.programs[code], when):
        month = _Month(old.programs[code], new.programs[code], sample.period, sample.folder,
                       (*old.programs.values(), *new.programs.values()))  # fmt: skip
        pair = _pair(month, str(config) if config else None, history)
        history = (_kept(history[0], pair[0]), _kept(history[1], pair[1]))
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
            runs.append(_sound(calculate(program, month.facts(program), settings, before)))
        except HpfError as error:
            wrong += [_of_side(side, p) for p in error.problems]
    if wrong:
        raise FactsError(wrong)
    return runs[0], runs[1]


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


def _sound(run: Run) -> Run:
    wrong = [p for p in run.problems if p.severity == "problem"]
    if wrong:
        raise FactsError(wrong)
    return run


def _of_side(side: Text, one: Problem) -> Problem:
    message = Text(f"{side.zh}：{one.message.zh}", f"{side.en}: {one.message.en}")
    return replace(one, message=message)


def _kept(history: History, run: Run) -> History:
    """With a run's results, for the months after it."""
    results: dict[tuple[str, str], dict[str, object]] = {}
    for line in run.lines():
        results.setdefault((line.entity, line.rule.qualified), {})[line.id] = line.value
    periods = {**history.periods, run.period: results}
    return replace(history, periods=periods)  # type: ignore[arg-type]  # lines hold results


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
            runs.append(_sound(_stored_run(at, version, other.run, code, period)))
        except HpfError as error:
            wrong += [_of_side(side, p) for p in error.problems]
    if wrong:
        raise FactsError(wrong)
    return runs[0], runs[1]


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
