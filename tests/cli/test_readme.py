"""Every `hpf` command of the readme, in its order, in an empty folder: each of them works."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from hpf_cli import pdf
from hpf_cli.speech import Words

Call = Callable[..., Result]
README = Path(__file__).parents[2] / "README.md"
HPF = ".venv/bin/hpf "


def commands() -> list[str]:
    """The `hpf` commands of its fenced blocks; the Chinese one has the same (tests/house)."""
    blocks = re.findall(r"^```sh\n(.*?)^```", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    return [line.removeprefix(HPF) for line in lines if line.startswith(HPF)]


def test_the_readme_leads_from_an_empty_folder_to_a_backup() -> None:
    """The daily path stands in it, in its order."""
    named = [line.split()[0] for line in commands()]
    path = ["demo", "init", "configure", "register", "import", "calculate", "verify-run", "cycle",
            "pay", "what-if", "compare", "audit", "backup", "doctor"]  # fmt: skip
    first = [named.index(name) for name in path]
    assert first == sorted(first)


@pytest.mark.slow
def test_every_command_of_the_readme_works(
    hpf: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPF_HOME", raising=False)
    monkeypatch.setattr(pdf, "can_write", lambda: Words("没有 PDF", "no PDF"))
    for line in commands():
        result = hpf(*shlex.split(line), lang="en")
        assert result.exit_code == 0, (line, result.output[-2000:])
    assert (tmp_path / "our-hospital" / "H01-2026-09-1.xlsx").stat().st_size > 5_000
    assert (tmp_path / "our-hospital.hpfbackup").stat().st_size > 5_000
