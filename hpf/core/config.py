"""A hospital's configuration: its parameter values per scheme, and bindings between schemes.

settings:
  cardiology:
    point_value: [{from: 2026-01-01, value: "1.25", reason: "resolution 12 of 2025"}]
bindings:
  - {indicator: cardiology.department.pool, result: hospital_pool.department.share}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpf.core.bindings import Binding, parse_bindings
from hpf.core.errors import Collector, HpfError, ParameterError, Problem, Text, did_you_mean
from hpf.core.parameter_files import read_yaml
from hpf.core.program import Program
from hpf.core.settings import Settings

_ENTRIES = ("settings", "bindings")


@dataclass(frozen=True, slots=True)
class HospitalConfig:
    """What one hospital decided. settings: by scheme code, each value dated and with a reason."""

    settings: Mapping[str, Settings] = field(default_factory=dict)
    bindings: tuple[Binding, ...] = ()

    @classmethod
    def read(cls, path: Path, programs: Mapping[str, Program]) -> HospitalConfig:
        """Read a YAML file; see `parse`."""
        return cls.parse(read_yaml(path), programs, path.name)

    @classmethod
    def parse(cls, data: Any, programs: Mapping[str, Program], place: str) -> HospitalConfig:
        """Check a configuration against the schemes; only those it names are built.

        Raises ParameterError with every mistake, settings and bindings together.
        """
        bad = Collector()
        if not isinstance(data or {}, Mapping):
            message = Text("配置要有 settings 或 bindings", "needs `settings` or `bindings`")
            raise ParameterError([Problem("config.bad", message, place=place)])
        entries: Mapping[str, Any] = data or {}
        for extra in sorted(set(map(str, entries)) - set(_ENTRIES)):
            message = Text(f"配置没有 {extra} 这一项", f"there is no entry '{extra}'")
            bad.add(Problem("config.unknown", message, did_you_mean(extra, _ENTRIES), place=place))
        settings: dict[str, Settings] = {}
        given = entries.get("settings", {})
        if not isinstance(given or {}, Mapping):
            message = Text("settings 要按方案写", "`settings` is a table by scheme")
            bad.add(Problem("config.bad", message, place=place))
            given = {}
        for code, values in (given or {}).items():
            if code not in programs:
                message = Text(f"没有方案 {code}", f"there is no scheme '{code}'")
                near = did_you_mean(str(code), programs)
                bad.add(Problem("config.unknown", message, near, place=f"{place} settings"))
                continue
            if not isinstance(values or {}, Mapping):
                message = Text("要按参数写", "write a table by parameter")
                bad.add(Problem("config.bad", message, place=f"{place} settings {code}"))
                continue
            try:
                settings[code] = Settings.parse(
                    programs[code].parameters, values, f"{place} settings {code}"
                )
            except HpfError as error:
                bad.problems.extend(error.problems)
        bindings: tuple[Binding, ...] = ()
        try:
            bindings = parse_bindings(entries.get("bindings") or (), programs, place)
        except HpfError as error:
            bad.problems.extend(error.problems)
        bad.stop(ParameterError)
        return cls(settings, bindings)
