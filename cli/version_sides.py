"""One version's side of a month out of files: the asked scheme, and what fills its bound facts.

Where the configuration binds an indicator to another scheme's result, that scheme is computed
first, by the version's own rules where it has them, else by those that are installed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hpf.core.bindings import bound_indicators, needed_for, parse_bindings
from hpf.core.compose import run_composed
from hpf.core.config import HospitalConfig
from hpf.core.errors import FactsError, HpfError, Problem
from hpf.core.facts import Facts
from hpf.core.parameter_files import read_yaml
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import History
from hpf_cli.finding import installed
from hpf_cli.versions import sound

Histories = Mapping[str, History]


@dataclass(frozen=True, slots=True)
class Month:
    """A month's files, to be read by either version.

    path: where a scheme's facts are, by its code. others: schemes whose columns may be there, so
    that one which only the other version knows is no mistake of this one.
    """

    period: Period
    path: Callable[[Program], Path]
    others: tuple[Program, ...]

    def facts(self, program: Program, bound: frozenset[tuple[str, str]]) -> Facts:
        """As this program reads them."""
        from hpf.intake import load

        others = [p for p in self.others if p is not program]
        return load(self.path(program), program, self.period, others=others, bound=bound)


def computed(
    own: Mapping[str, Program], code: str, month: Month, config: str | None, histories: Histories
) -> dict[str, Run]:
    """The runs of a month by scheme, the asked one last. own: the version's programs by code.

    Raises HpfError with every problem of configuration, facts and rules.
    """
    programs, decided = _decided(own, code, config)
    codes = needed_for(code, decided.bindings)
    read: dict[str, Facts] = {}
    wrong: list[Problem] = []
    for one in codes:
        try:
            bound = bound_indicators(one, decided.bindings)
            read[one] = month.facts(programs[one], frozenset(bound))
        except HpfError as error:
            wrong += error.problems
    if wrong:
        raise FactsError(dict.fromkeys(wrong))
    bindings = [b for b in decided.bindings if b.scheme in codes]
    runs = run_composed(programs, bindings, read, decided.settings, histories)
    for run in runs.values():
        sound(run)
    return {**runs, code: runs[code]}


def _decided(
    own: Mapping[str, Program], code: str, config: str | None
) -> tuple[Mapping[str, Program], HospitalConfig]:
    """The programs that take part, and the configuration without what they do not know."""
    if config is None:
        return own, HospitalConfig()
    place = Path(config).name
    data: Mapping[str, Any] = read_yaml(Path(config)) or {}
    given = data.get("bindings") or ()
    programs = _Over(own, installed()) if given else own
    bindings = [entry for entry in given if _known(entry, programs)]
    needed = needed_for(code, parse_bindings(bindings, programs, place))
    settings = {}
    for one in needed:
        values = (data.get("settings") or {}).get(one) or {}
        known = {k: v for k, v in values.items() if k in programs[one].parameters}
        if known:
            settings[one] = known
    asked: dict[str, Any] = {"settings": settings} if settings else {}
    if bindings:
        asked["bindings"] = bindings
    return programs, HospitalConfig.parse(asked, programs, place)


def _known(entry: Any, programs: Mapping[str, Program]) -> bool:
    """Whether a binding fills something there is; what cannot be read is told when it is parsed."""
    if not isinstance(entry, Mapping):
        return True
    scheme, _, rest = str(entry.get("indicator")).partition(".")
    entity, _, code = rest.partition(".")
    return scheme in programs and programs[scheme].indicator(entity, code) is not None


class _Over(Mapping[str, Program]):
    """A version's programs, and of other schemes those that are installed."""

    def __init__(self, own: Mapping[str, Program], others: Mapping[str, Program]) -> None:
        self.own, self.others = own, others

    def __getitem__(self, code: str) -> Program:
        return self.own[code] if code in self.own else self.others[code]

    def __contains__(self, code: object) -> bool:
        return code in self.own or code in self.others

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self.own, *self.others]))

    def __len__(self) -> int:
        return len({*self.own, *self.others})
