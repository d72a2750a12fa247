"""The plugin manager: what is found, what is refused at start, and what it costs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from plugin_makers import load, plugin, refused, scheme

from hpf.core import (
    Scheme,
    hookimpl,
)
from hpf.core.build import build
from hpf.core.errors import SchemeError
from hpf.core.kit import manager, programs
from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.program import Program


def test_a_misspelt_hook_fails_at_start_with_place_and_nearest_name() -> None:
    @hookimpl
    def hpf_schemess() -> list[Scheme]:
        return []

    told = refused(ward=plugin(hpf_schemess=hpf_schemess))
    line = hpf_schemess.__code__.co_firstlineno
    assert told.startswith(f"test_manager.py:{line} ward: ")
    assert "hook 'hpf_schemess', which does not exist. Did you mean hpf_schemes?" in told


def test_a_hook_without_its_mark_fails_at_start() -> None:
    def hpf_schemes() -> list[Scheme]:
        return []

    assert "lacks @hookimpl" in refused(ward=plugin(hpf_schemes=hpf_schemes))


def test_an_argument_that_is_never_given_fails_at_start() -> None:
    @hookimpl
    def hpf_schemes(entites: Any) -> list[Scheme]:
        return []

    told = refused(ward=plugin(hpf_schemes=hpf_schemes))
    assert "never given an argument 'entites'. Did you mean entities?" in told


def test_duplicate_scheme_codes_are_refused_naming_both_plugins(tmp_path: Path) -> None:
    told = refused(
        one=plugin(hpf_schemes=[scheme(tmp_path)]), two=plugin(hpf_schemes=[scheme(tmp_path)])
    )
    assert "code 'demo' is declared by plugin 'one' and by 'two'" in told


def test_a_hook_that_raises_is_told_with_its_plugin() -> None:
    @hookimpl
    def hpf_schemes() -> list[Scheme]:
        raise RuntimeError("no such table")

    told = refused(ward=plugin(hpf_schemes=hpf_schemes), other=plugin(hpf_schemess=[]))
    assert "hpf_schemess" in told
    told = refused(ward=plugin(hpf_schemes=hpf_schemes))
    assert "plugin 'ward' (hpf_schemes) does not load: RuntimeError: no such table" in told
    assert "Mend the plugin, or uninstall" in told


class Point:
    """An entry point that imports, or fails to."""

    def __init__(self, name: str, value: str, loads: Any) -> None:
        self.name, self.value, self._loads = name, value, loads

    def load(self) -> Any:
        if isinstance(self._loads, Exception):
            raise self._loads
        return self._loads


def points(monkeypatch: pytest.MonkeyPatch, *found: Point) -> None:
    monkeypatch.setattr(manager, "entry_points", lambda group: found if group == "hpf" else ())


def test_entry_points_are_loaded_and_listed_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = plugin(hpf_schemes=[scheme(tmp_path)])
    points(monkeypatch, Point("one", "one:plugin", one), Point("one", "one:plugin", one))
    assert list(load_plugins().schemes) == ["demo"]


def test_a_plugin_that_does_not_import_is_told_with_name_and_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    points(
        monkeypatch,
        Point("bad", "bad_package", ImportError("No module named 'gone'")),
        Point("two", "one:plugin", plugin()),
        Point("two", "other:plugin", plugin()),
    )
    with pytest.raises(SchemeError) as caught:
        load_plugins()
    codes = {p.code: p for p in caught.value.problems}
    assert (
        "plugin 'bad' (bad_package) does not load: ImportError" in codes["plugin.broken"].message.en
    )
    assert "uninstall" in codes["plugin.broken"].cure.en
    assert "one:plugin and other:plugin" in codes["plugin.twice"].message.en


def test_each_program_is_built_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    built: list[str] = []

    def watched(scheme: Scheme) -> Program:
        built.append(scheme.code)
        return build(scheme)

    monkeypatch.setattr(programs, "build", watched)
    found = load_programs(load(a=plugin(hpf_schemes=[scheme(tmp_path), scheme(tmp_path, "other")])))
    assert list(found) == ["demo", "other"]
    assert "demo" in found
    assert len(found) == 2
    assert built == []
    assert found["demo"] is found.find("demo")
    assert built == ["demo"]
    assert {p.code for p in found.beside("demo")} == {"demo", "other"}


def test_an_unknown_scheme_is_told_with_the_nearest(tmp_path: Path) -> None:
    found = load_programs(load(a=plugin(hpf_schemes=[scheme(tmp_path)])))
    with pytest.raises(SchemeError, match=r"no scheme 'dmo'\. Did you mean demo\?"):
        found.find("dmo")
    with pytest.raises(SchemeError, match=r"Known: demo\. List them: hpf schemes"):
        found.find("zzzzzz")
    with pytest.raises(SchemeError, match="No plugin is installed"):
        load_programs(load()).find("demo")


def test_two_managers_know_nothing_of_each_other(tmp_path: Path) -> None:
    assert load(a=plugin(hpf_schemes=[scheme(tmp_path)])).manager is not load().manager
    assert load().schemes == {}


def test_finding_plugins_loads_no_table_engine() -> None:
    code = (
        "import sys; from hpf.core.kit.manager import load_plugins;"
        "load_plugins({}, installed=False); sys.exit('polars' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
