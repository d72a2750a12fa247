"""The tutorial followed as it stands: its commands in a folder of their own, step by step."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hpf.core.kit.folder import folder_programs
from hpf_cli import main

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "writing-a-plugin.md").read_text("utf-8")
DESK = TOP / "examples" / "transfusion_desk"
PACKAGE = "hpf_transfusion_desk"
Call = Callable[..., Result]


def commands() -> Iterator[list[str]]:
    """The `hpf` commands of its shell blocks, in order, without their comments."""
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words[:1] == ["hpf"]:
                yield words[1:]


@pytest.fixture
def hpf() -> Call:
    def call(*args: Any) -> Result:
        return CliRunner().invoke(main, [str(a) for a in args], env={"HPF_LANG": "en"})

    return call


def test_from_an_empty_folder_to_a_clean_plugin(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (new, *later) = list(commands())
    assert new[0] == "new-plugin"
    assert hpf(*new).exit_code == 0
    folder = tmp_path / "hpf-transfusion-desk"
    assert hpf("check", folder, "--mutate").exit_code == 0, "it works from the first minute"
    monkeypatch.chdir(folder)
    shutil.copy(DESK / "rules.md", folder)
    clauses = folder / PACKAGE / "clauses.yaml"
    told = hpf("clauses", "import", "rules.md", "--document", "TD", "--to", clauses)
    assert told.exit_code == 0, told.output
    waiting = hpf("check", ".").stdout
    for clause in ("TD.2.1", "TD.2.2", "TD.3.1", "TD.3.2", "TD.4.1", "TD.4.2"):
        assert f"no rule names clause {clause}" in waiting, "the list of what is left to do"
    for name in ("clauses.yaml", "parameters.yaml", "rules.py", "examples.yaml", "mutants.yaml"):
        shutil.copy(DESK / PACKAGE / name, folder / PACKAGE)
    assert hpf("check", ".", "--mutate").exit_code == 0
    shutil.copytree(DESK / PACKAGE / "sample", folder / PACKAGE / "sample", dirs_exist_ok=True)
    programs = folder_programs(folder)
    monkeypatch.setattr("hpf_cli.finding.installed", lambda: programs)
    monkeypatch.setattr("hpf_cli.running.installed", lambda: programs)
    for command in later:
        if command[0] == "diff-plugin":
            shutil.copytree(folder, tmp_path / "as-it-was")
            command = [command[0], tmp_path / "as-it-was", folder]
        if command[0] == "run":
            continue
        done = hpf(*command)
        assert done.exit_code == 0, (command, done.output)
    assert "<math" in (folder / "handbook.html").read_text("utf-8")


def test_the_finished_plugin_is_what_new_plugin_writes_and_no_more() -> None:
    """Whoever follows the page has every file of the example, and none that it does not show."""
    names = {str(p.relative_to(DESK)) for p in DESK.rglob("*") if p.is_file()
             and "__pycache__" not in p.parts and ".egg-info" not in str(p)
             and ".pytest_cache" not in p.parts}  # fmt: skip
    sample = f"{PACKAGE}/sample/2026-09"
    assert names == {
        "README.md", "pyproject.toml", "rules.md", "tests/test_transfusion_desk.py",
        *(f"{PACKAGE}/{n}" for n in ("__init__.py", "rules.py", "clauses.yaml", "parameters.yaml",
                                     "examples.yaml", "mutants.yaml", "source.md")),
        *(f"{sample}/{n}.csv" for n in ("hospital", "department", "staff", "meta")),
    }  # fmt: skip


def test_what_the_page_tells_to_try_says_what_the_mistakes_say(hpf: Call, tmp_path: Path) -> None:
    """`person.quality >= 60`, as section 6 proposes."""
    folder = shutil.copytree(DESK, tmp_path / "desk", ignore=shutil.ignore_patterns("__pycache__"))
    rules = folder / PACKAGE / "rules.py"
    rules.write_text(rules.read_text("utf-8").replace(">= p.pass_mark", ">= 60"), "utf-8")
    done = hpf("check", folder)
    assert done.exit_code == 2
    assert "exact('60', unit('point'))" in done.stderr
