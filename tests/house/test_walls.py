"""The walls between rooms hold, and a wall that is broken on purpose is noticed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
TREES = {"hpf": "hpf", "hpf_plugins": "plugins", "hpf_cli": "cli"}
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The three trees under their import names, with the contracts beside them."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.xlsx", "sample")
    for name, tree in TREES.items():
        shutil.copytree(TOP / tree, tmp_path / name, ignore=unwanted)
    shutil.copy(TOP / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-logo", "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def plant(folder: Path, file: str, line: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (path.parent / "__init__.py").exists():
        (path.parent / "__init__.py").write_text("", "utf-8")
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{line}\n", "utf-8")


def broken(result: subprocess.CompletedProcess[str]) -> set[str]:
    """The names of the contracts that the report calls broken."""
    return set(re.findall(r"^(.+?) BROKEN", result.stdout, re.MULTILINE))


def name_of(contract: str) -> str:
    with (TOP / "pyproject.toml").open("rb") as file:
        contracts = tomllib.load(file)["tool"]["importlinter"]["contracts"]
    return next(str(each["name"]) for each in contracts if each["id"] == contract)


def test_the_walls_stand(copy: Path) -> None:
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("contract", "file", "line"),
    [
        ("floors", "hpf/core/planted.py", "import hpf.intake"),
        ("floors", "hpf/core/planted.py", "import hpf_cli"),
        ("floors", "hpf/intake/planted.py", "import hpf_cli"),
        ("floors", "hpf_plugins/departments/planted.py", "import hpf.intake"),
        ("floors", "hpf_plugins/departments/planted.py", "import hpf_cli"),
        ("floors", "hpf/storage/planted.py", "import hpf.intake"),
        ("floors", "hpf/reports/planted.py", "import hpf.portal"),
        ("pure-core", "hpf/core/planted.py", "import flask"),
        ("pure-core", "hpf/core/planted.py", "from sqlalchemy.orm import Session"),
        ("pure-core", "hpf/core/formula/planted.py", "import xlsxwriter"),
        ("pure-core", "hpf/core/kit/planted.py", "import click"),
        ("declaring-plugins", "hpf_plugins/departments/planted.py", "import flask"),
        ("declaring-plugins", "hpf_plugins/departments/planted.py", "import polars"),
        ("public-api", "hpf_plugins/departments/planted.py", "from hpf.core.formula import tree"),
        ("unnamed-plugins", "hpf_cli/planted.py", "from hpf_plugins import departments"),
        ("plugin-siblings", "hpf_plugins/other/planted.py", "from hpf_plugins import departments"),
        ("two-interpreters", "hpf/core/formula/scalar.py", "from hpf.core.formula import columns"),
        ("two-interpreters", "hpf/core/formula/columns.py", "from hpf.core.formula import scalar"),
    ],
)
def test_a_planted_violation_is_caught(copy: Path, contract: str, file: str, line: str) -> None:
    if "portal" in line:
        plant(copy, "hpf/portal/__init__.py", "")
    plant(copy, file, line)
    result = lint(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert name_of(contract) in broken(result), result.stdout


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("hpf/runs.py", "import hpf.intake, hpf.core"),
        ("hpf/storage/planted.py", "import sqlalchemy, hpf.core"),
        ("hpf_cli/planted.py", "import hpf.core, hpf.intake"),
    ],
)
def test_rooms_to_come_have_their_place(copy: Path, file: str, line: str) -> None:
    plant(copy, file, line)
    result = lint(copy)
    assert result.returncode == 0, result.stdout + result.stderr


def test_folders_are_not_imported_by_their_own_names(tmp_path: Path) -> None:
    """Ruff knows that plugins/ and cli/ go by other names, wherever they are imported."""
    planted = tmp_path / "planted.py"
    planted.write_text("import plugins.departments\nfrom cli import main\n", "utf-8")
    config = str(TOP / "pyproject.toml")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--select", "TID251", "--config", config, planted],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.count("TID251") == 2, done.stdout + done.stderr
