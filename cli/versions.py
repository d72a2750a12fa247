"""The two versions that `hpf diff-plugin` compares: a plugin's folder, a scheme that is installed,
or the rules sealed with a run. On which months: `version_months`, `version_runs`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from hpf.core.errors import FactsError, HpfError, Problem, Text
from hpf.core.program import Program
from hpf.core.results import Run
from hpf_cli.finding import schemes_of
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf_cli.home import Opened


class Pair(NamedTuple):
    """One month (or worked example) under both versions."""

    label: str
    before: Run
    after: Run


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
        raise type(error)([of_side(side, p) for p in error.problems]) from None


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


def sound(run: Run) -> Run:
    """The run, where nothing is wrong with it; FactsError with what is."""
    wrong = [p for p in run.problems if p.severity == "problem"]
    if wrong:
        raise FactsError(wrong)
    return run


def of_side(side: Text, one: Problem) -> Problem:
    """A problem that says which version has it."""
    message = Text(f"{side.zh}：{one.message.zh}", f"{side.en}: {one.message.en}")
    return replace(one, message=message)
